"""LiveAgent API v1: agents of each department with letters for chat (T), phone (P) and tickets (M).

The vendor tells who is there, not how loaded they are: no reading of this version is metered.
"""

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from monitor.beside import beside_loop
from monitor.errors import PollError, Reason, RosterOutdatedError
from monitor.model import Account, Channel, Group, Roster, Snapshot
from monitor.pollers.transport import Calls, together
from monitor.pollers.vendors.absence import attendance
from monitor.pollers.vendors.liveagent_letters import (
    CHANNEL_LETTERS,
    CUT_AT,
    Seats,
    cut_short,
    letters,
    refused,
    remembered,
)
from monitor.pollers.vendors.liveagent_options import LiveAgentOptions
from monitor.pollers.vendors.wire import (
    Id,
    Tally,
    Text,
    asked_at,
    decode,
    message,
    rows,
    text,
    unrecognised,
)

REFUSALS = frozenset({401, 403})
"""Of a key: 401 is documented for a wrong one, 403 is what comes. A 400 is documented for trouble with keys on the
vendor's own side, which no other key mends."""


class AgentRow(msgspec.Struct):
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


class Response(msgspec.Struct):
    status: Text = None
    statuscode: Text = None
    errormessage: Text = None
    agents: msgspec.Raw = msgspec.Raw(b"null")
    departments: msgspec.Raw = msgspec.Raw(b"null")
    agentsOnlineStates: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815 - wire name


class _Envelope(msgspec.Struct):
    response: Response


class LiveAgent:
    """`live: departments`: one request a department."""

    def __init__(self, options: LiveAgentOptions) -> None:
        self._options = options
        self._chosen = options.chosen
        self.needs_roster = not self._chosen

    async def roster(self, calls: Calls) -> Roster:
        return decode_roster((await call(self._options, calls, "departments")).departments)

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        departments = self._chosen or tuple(group.id for group in roster.groups) if roster else self._chosen
        if roster is None and not departments:
            raise PollError(Reason.INTERNAL, "the departments are not known yet")
        if not departments:  # nobody was asked for, which is not nobody there
            raise RosterOutdatedError(Reason.DECODE, "the account has no department that is not deleted")
        answers = await together(self._agents(calls, department, roster) for department in departments)
        by_department = dict(zip(departments, answers, strict=True))
        return await beside_loop(
            decode_live, self._options.name, by_department, calls, roster, remembered(previous, calls)
        )

    async def _agents(self, calls: Calls, department: str, roster: Roster | None) -> msgspec.Raw:
        try:
            return (await call(self._options, calls, "departments", department, "agents")).agents
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


async def call(options: LiveAgentOptions, calls: Calls, *steps: str) -> Response:
    """The content of the envelope, which says ERROR in no way that it knows."""
    path = "/".join(steps)

    def explain(status: int, body: bytes) -> PollError | None:
        return refused(path, options.api, _words(body, calls), status) if status in REFUSALS else None

    params = {"apikey": options.api_key.reveal()}
    url = f"{options.url}/api/{'/'.join(quote(step, safe='') for step in steps)}"
    if options.url_form == "index":
        url, params = f"{options.url}/api/index.php", {"handler": path, **params}
    response = decode(await calls.get(url, params=params, explain=explain), _Envelope, path).response
    if text(response.status).casefold() == "error":
        raise _body_error(response, path, options.api, calls)
    return response


def _words(body: bytes, calls: Calls) -> str:
    try:
        response = decode(body, _Envelope, "").response
    except PollError:
        return ""
    return message(response.errormessage, calls)


def _body_error(response: Response, path: str, api: str, calls: Calls) -> PollError:
    """The failure of a body that says ERROR, which the vendor also sends with status 200."""
    words = message(response.errormessage, calls) or "no message"
    match text(response.statuscode):
        case code if code in map(str, REFUSALS):
            return refused(path, api, words, int(code))
        case "404":
            return PollError(Reason.VENDOR_ERROR, f"{path} was not found: {words}", status=404)
        case code:
            return PollError(Reason.VENDOR_ERROR, f"{path} answered with error {code or '?'}: {words}")


def items(raw: msgspec.Raw, what: str) -> list[msgspec.Raw]:
    """The rows of a list, which must be there; null is no list."""
    if not bytes(raw).startswith(b"["):
        raise unrecognised(what)
    return decode(raw, list[msgspec.Raw], what)


def decode_roster(raw: msgspec.Raw) -> Roster:
    """Departments that are not deleted, with the channels that each presets."""
    tally = Tally()
    departments = rows(items(raw, "departments"), _DepartmentRow, tally, "departments")
    if tally.rejected:  # one that cannot be read would not be polled: a hole that nobody sees
        raise PollError(Reason.DECODE, f"{tally.rejected} of the departments cannot be read")
    groups = tuple(
        Group(str(row.departmentid), text(row.name), _offered(row.presetstatus))
        for row in departments
        if (row.deleted or "").strip().upper() != "Y"
    )
    return Roster(accounts={}, groups=groups, records=tally.records, rejected=tally.rejected)


def _offered(preset: str | None) -> frozenset[Channel]:
    return frozenset(channel for channel, letter in CHANNEL_LETTERS.items() if letter in letters(preset))


def decode_agents(raw: msgspec.Raw, department: str, tally: Tally) -> list[AgentRow]:
    what = f"departments/{department}/agents"
    return rows(items(raw, what), AgentRow, tally, what, is_part=True)


def account(row: AgentRow, groups: frozenset[str]) -> Account:
    return Account(id=str(row.userid), email=text(row.email), name=text(row.firstname, row.lastname), groups=groups)


def decode_live(
    source: str,
    agents: Mapping[str, msgspec.Raw],
    calls: Calls,
    roster: Roster | None,
    previous: Snapshot | None = None,
) -> Snapshot:
    """The agents of each department; a list of exactly ten that was longer in `previous` is one cut short.

    These lists alone tell who exists: whoever is in none of them any more has left the departments, or is missing.
    """
    tally = Tally()
    groups = roster.groups if roster else ()
    seats = Seats(tally, {group.id: group.channels for group in groups})
    people: dict[str, AgentRow] = {}
    for department, raw in agents.items():
        found = decode_agents(raw, department, tally)
        _check_whole(raw, department, previous)
        for row in found:
            people[str(row.userid)] = row
            seats.add(str(row.userid), department, row.onlinestatus, row.presetstatus)
    accounts = {one: account(row, frozenset(seats.groups[one])) for one, row in people.items()}
    return tally.snapshot(
        source,
        calls,
        accounts=accounts,
        readings=seats.readings,
        groups=groups,
        previous=previous,
        attendance=attendance(people.keys(), seats.readings, None, previous, asked_at(calls)),
    )


def _check_whole(raw: msgspec.Raw, department: str, previous: Snapshot | None) -> None:
    listed = len(items(raw, department))
    if previous is None or listed != CUT_AT:
        return
    were_there = previous.accounts.keys() - previous.attendance.missing.keys()
    known = sum(department in previous.accounts[one].groups for one in were_there)
    if known > listed:
        raise cut_short(f"departments/{department}/agents", listed, known)
