"""LiveAgent API v1: agents of each department with letters for chat (T), phone (P) and tickets (M).

The vendor tells who is there, not how loaded they are: no reading of this version is metered.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from pydantic import Field

from monitor.errors import PollError, Reason, RosterOutdatedError
from monitor.fields import Secret, Url
from monitor.model import Account, Channel, Group, Presence, Reading, Roster, Snapshot
from monitor.pollers.transport import Calls, together
from monitor.pollers.vendors.base import Limit, RequestCount, SourceOptions, Vendor
from monitor.pollers.vendors.wire import Id, Tally, Text, decode, message, reason_text, rows, text, unrecognised

CHANNEL_LETTERS = {Channel.CHAT: "T", Channel.CALL: "P", Channel.TICKET: "M"}
KNOWN_LETTERS = frozenset("TPMR")  # R, "read", is a right to read tickets: known, and no channel


class LiveAgentOptions(SourceOptions):
    """An account of LiveAgent."""

    url: Url
    """Address of the account, as in https://acme.ladesk.com (without /api)."""
    api_key: Secret
    """A key of API v1 (a key of v3 is refused by the vendor)."""
    api: Literal["v1"] = "v1"
    """Generation of the API."""
    url_form: Literal["path", "index"] = "path"
    """`path` calls /api/PATH; `index` calls /api/index.php?handler=PATH, for servers without rewriting."""
    departments: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)] | None = None
    """Ids of the departments to poll, one request each (default: every department that is not deleted)."""


class _AgentRow(msgspec.Struct):
    userid: Id
    onlinestatus: str | None
    presetstatus: str | None = None
    firstname: Text = None
    lastname: Text = None
    email: Text = None


class _DepartmentRow(msgspec.Struct):
    departmentid: Id
    name: Text = None
    presetstatus: str | None = None
    deleted: str | None = None


class _Response(msgspec.Struct):
    status: Text = None
    statuscode: Text = None
    errormessage: Text = None
    agents: msgspec.Raw = msgspec.Raw(b"null")
    departments: msgspec.Raw = msgspec.Raw(b"null")


class _Envelope(msgspec.Struct):
    response: _Response


class LiveAgent:
    def __init__(self, options: LiveAgentOptions) -> None:
        self._options = options
        self._chosen = tuple(dict.fromkeys(options.departments or ()))
        self.needs_roster = not self._chosen

    async def roster(self, calls: Calls) -> Roster:
        response = await self._call(calls, "departments")
        return decode_roster(response.departments)

    async def live(self, calls: Calls, roster: Roster | None, _previous: Snapshot | None) -> Snapshot:
        departments = self._chosen or tuple(group.id for group in roster.groups) if roster else self._chosen
        if roster is None and not departments:
            raise PollError(Reason.INTERNAL, "the departments are not known yet")
        if not departments:  # nobody was asked for, which is not nobody there
            raise PollError(Reason.DECODE, "the account has no department that is not deleted")
        answers = await together(self._agents(calls, department, roster) for department in departments)
        by_department = dict(zip(departments, answers, strict=True))
        return decode_live(self._options.name, by_department, calls, roster)

    async def _agents(self, calls: Calls, department: str, roster: Roster | None) -> msgspec.Raw:
        try:
            return (await self._call(calls, "departments", department, "agents")).agents
        except PollError as error:
            if error.status != 404:  # noqa: PLR2004 - not found
                raise
            if roster is None or any(group.id == department for group in roster.groups):
                raise RosterOutdatedError(
                    error.reason, f"the department {department} does not exist any more", status=404
                ) from error
            raise PollError(
                error.reason, f"the configured department {department} does not exist", status=404
            ) from error

    async def _call(self, calls: Calls, *steps: str) -> _Response:
        path = "/".join(steps)

        def explain(status: int, body: bytes) -> PollError | None:
            if status not in {401, 403}:
                return None
            return PollError(Reason.AUTH, f"{path}: {_refusal(_message(body, calls), status)}")

        params = {"apikey": self._options.api_key.reveal()}
        url = f"{self._options.url}/api/{'/'.join(quote(step, safe='') for step in steps)}"
        if self._options.url_form == "index":
            url, params = f"{self._options.url}/api/index.php", {"handler": path, **params}
        body = await calls.get(url, params=params, explain=explain)
        response = decode(body, _Envelope, path).response
        if text(response.status).casefold() == "error":
            raise _body_error(response, path, calls)
        return response


def _message(body: bytes, calls: Calls) -> str:
    try:
        response = decode(body, _Envelope, "").response
    except PollError:
        return ""
    return message(response.errormessage, calls)


def _refusal(words: str, status: int) -> str:
    return f"the API key is refused ({words or status}); keys of API v1 and of v3 are not interchangeable"


def _body_error(response: _Response, path: str, calls: Calls) -> PollError:
    """The failure of a body that says ERROR, which the vendor also sends with status 200."""
    words = message(response.errormessage, calls) or "no message"
    match text(response.statuscode):
        case "401" | "403" as code:
            return PollError(Reason.AUTH, f"{path}: {_refusal(words, int(code))}")
        case "404":
            return PollError(Reason.VENDOR_ERROR, f"{path} was not found: {words}", status=404)
        case code:
            return PollError(Reason.VENDOR_ERROR, f"{path} answered with error {code or '?'}: {words}")


def _items(raw: msgspec.Raw, what: str) -> list[msgspec.Raw]:
    """The rows of a list, which must be there; null is no list."""
    if not bytes(raw).startswith(b"["):
        raise unrecognised(what)
    return decode(raw, list[msgspec.Raw], what)


def decode_roster(raw: msgspec.Raw) -> Roster:
    """Departments that are not deleted, with the channels that each presets."""
    tally = Tally()
    departments = rows(_items(raw, "departments"), _DepartmentRow, tally, "departments")
    groups = tuple(
        Group(
            str(row.departmentid),
            text(row.name),
            frozenset(channel for channel, letter in CHANNEL_LETTERS.items() if letter in letters(row.presetstatus)),
        )
        for row in departments
        if (row.deleted or "").strip().upper() != "Y"
    )
    return Roster(accounts={}, groups=groups, records=tally.records, rejected=tally.rejected)


def letters(status: str | None) -> frozenset[str]:
    """The set of letters of a status; written together, and commas or spaces between them do no harm."""
    return frozenset((status or "").upper()) - frozenset(" ,;|\t")


def decode_live(source: str, agents: Mapping[str, msgspec.Raw], calls: Calls, roster: Roster | None) -> Snapshot:
    """One reading an agent, channel and department: letters differ by department."""
    tally = Tally()
    groups = roster.groups if roster else ()
    offered = {group.id: group.channels for group in groups}
    people: dict[str, _AgentRow] = {}
    seen_in: dict[str, set[str]] = {}
    readings: list[Reading] = []
    unmapped: Counter[str] = Counter()
    for department, raw in agents.items():
        what = f"departments/{department}/agents"
        for row in rows(_items(raw, what), _AgentRow, tally, what):
            people[str(row.userid)] = row
            seen_in.setdefault(str(row.userid), set()).add(department)
            online, preset = letters(row.onlinestatus), letters(row.presetstatus)
            unmapped.update((online | preset) - KNOWN_LETTERS)
            tally.check(
                online_not_preset=row.presetstatus is not None
                and bool((online - preset) & set(CHANNEL_LETTERS.values()))
            )
            readings += _readings(str(row.userid), department, online, preset, offered.get(department, frozenset()))
    tally.unknown.update({reason_text(letter): count for letter, count in unmapped.items()})
    accounts = {
        account: Account(
            id=account,
            email=text(row.email),
            name=text(row.firstname, row.lastname),
            groups=frozenset(seen_in[account]),
        )
        for account, row in people.items()
    }
    return tally.snapshot(source, calls, accounts=accounts, readings=readings, groups=groups)


def _readings(
    account: str,
    department: str,
    online: frozenset[str],
    preset: frozenset[str],
    offered: frozenset[Channel],
) -> Iterable[Reading]:
    """Readings of one row. A channel in neither set gives none, unless nothing at all is set: then it is offline."""
    for channel, letter in CHANNEL_LETTERS.items():
        silent = not online and not preset and (channel is Channel.CHAT or channel in offered)
        if letter not in online and letter not in preset and not silent:
            continue
        accepting = letter in online
        yield Reading(
            account=account,
            channel=channel,
            groups=frozenset({department}),
            presence=Presence.CONNECTED if online else Presence.OFFLINE,
            accepting=accepting,
            reason="preset, not online" if online and not accepting else "",
        )


VENDOR = Vendor(
    name="liveagent",
    options=LiveAgentOptions,
    build=lambda options, _demand: LiveAgent(options),
    count=lambda options, _demand: RequestCount(
        live=len(set(options.departments)) if options.departments else None, roster=1
    ),
    group_pattern=re.compile(r".+"),
    group_help="a department's id or name",
    limit=lambda options: Limit(
        shared=("liveagent", options.url, options.api_key),
        per_minute=180,
        says="LiveAgent allows 180 requests a minute for a key",
    ),
    requests_per_minute=120,  # the vendor allows 180 a minute for a key, which may serve others too
)
