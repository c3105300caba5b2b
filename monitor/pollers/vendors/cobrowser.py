"""CoBrowser, `Account.php`: one list of agents signed in, one of all agents; chat only, no groups.

The vendor documents the fields but shows no answer, so every container that PHP's `json_encode` makes of a list
is accepted, and anything else is a failure: only a list that is there and empty means that nobody is signed in.
"""

from collections.abc import Iterable

import msgspec

from monitor.beside import beside_loop
from monitor.errors import PollError, Reason
from monitor.fields import Login, Secret, Url
from monitor.model import Account, Channel, Check, Phase, PollSpec, Presence, Reading, Roster, SlotAge, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.base import RequestCount, SourceOptions, Vendor
from monitor.pollers.vendors.wire import (
    Count,
    Id,
    Tally,
    Text,
    decode,
    message,
    reason_text,
    rows,
    text,
    unrecognised,
)

ONLINE_AGENTS = "getOnlineAgents"
ALL_AGENTS = "getAllAgents"

DURATION_UNIT_SECONDS = 1.0
"""CoBrowser names no unit of its durations; they are taken as seconds."""
SHORT_INTERVAL = 10.0
LONGEST_SLOT = 366 * 86400.0
"""Seconds; beyond it a duration is nonsense."""


class CoBrowserOptions(SourceOptions):
    """An account of CoBrowser."""

    url: Url = "https://client.cobrowser.net"
    """Address of the service."""
    user: Login
    """User name of the account."""
    api_key: Secret
    """The account's API key; it is requested from CoBrowser's support."""


class _AgentRow(msgspec.Struct):
    id: Id
    status: str
    name: Text = None  # the last name
    firstname: Text = None
    username: Text = None
    lastactive: Text = None
    slot_num: Count | None = None
    hasFree: bool | None = None  # noqa: N815 - wire name
    numFree: Count | None = None  # noqa: N815 - wire name
    numOpen: Count | None = None  # noqa: N815 - wire name
    numClosed: Count | None = None  # noqa: N815 - wire name
    maxNewDuration: Text = None  # noqa: N815 - wire name
    avgNewDuration: Text = None  # noqa: N815 - wire name
    minNewDuration: Text = None  # noqa: N815 - wire name
    maxOpenDuration: Text = None  # noqa: N815 - wire name
    avgOpenDuration: Text = None  # noqa: N815 - wire name
    minOpenDuration: Text = None  # noqa: N815 - wire name
    maxBurningDuration: Text = None  # noqa: N815 - wire name
    avgBurningDuration: Text = None  # noqa: N815 - wire name
    minBurningDuration: Text = None  # noqa: N815 - wire name
    maxSleepingDuration: Text = None  # noqa: N815 - wire name
    avgSleepingDuration: Text = None  # noqa: N815 - wire name
    minSleepingDuration: Text = None  # noqa: N815 - wire name


class CoBrowser:
    needs_roster = False

    def __init__(self, options: CoBrowserOptions) -> None:
        self._options = options

    async def roster(self, calls: Calls) -> Roster:
        return await beside_loop(decode_roster, await self._call(calls, ALL_AGENTS), calls)

    async def live(self, calls: Calls, roster: Roster | None, _previous: Snapshot | None) -> Snapshot:
        body = await self._call(calls, ONLINE_AGENTS)
        return await beside_loop(decode_live, self._options.name, body, calls, roster)

    async def _call(self, calls: Calls, command: str) -> bytes:
        params = {
            "user": self._options.user.reveal(),
            "apiKey": self._options.api_key.reveal(),
            "c": command,
        }
        return await calls.get(f"{self._options.url}/api/Account.php", params=params)


def agent_items(body: bytes, command: str, calls: Calls) -> list[msgspec.Raw]:
    """The rows of an answer in any container that PHP makes of a list. Raises PollError where there is none."""
    body = body.lstrip(b"\xef\xbb\xbf").strip()
    if body.startswith(b'"'):  # "returns a JSON encoded string": perhaps encoded twice
        body = decode(body, str, command).encode()
    if body.startswith(b"["):  # the bare list; an empty one does not say of what, so it is not believed
        items = decode(body, list[msgspec.Raw], command)
        if not items:
            raise unrecognised(command, body)
        return items
    answer = decode(body, dict[str, msgspec.Raw], command)
    if (error := answer.get("error")) is not None and bytes(error) not in {b"null", b"false", b'""', b"0"}:
        raise PollError(Reason.VENDOR_ERROR, f"{command} answered with an error: {_words(error, calls)}")
    if command not in answer:
        raise unrecognised(command, body)
    return _listed(bytes(answer[command]), command)


def _words(error: msgspec.Raw, calls: Calls) -> str:
    """The error's text, decoded first: PHP escapes slashes, and an escaped secret would pass unseen."""
    try:
        return message(decode(error, Text, "an error"), calls) or "no message"  # type: ignore[arg-type]  # a union
    except PollError:
        return "no message"


def _listed(value: bytes, command: str) -> list[msgspec.Raw]:
    if value.startswith(b'"') and value != b'""':
        value = decode(value, str, command).strip().encode()
    if value in {b"null", b"false", b'""'}:
        return []
    if value.startswith(b"["):
        return decode(value, list[msgspec.Raw], command)
    keyed = decode(value, dict[str, msgspec.Raw], command)
    if "id" in keyed and not bytes(keyed["id"]).startswith(b"{"):
        return [msgspec.Raw(value)]
    return list(keyed.values())


def decode_roster(body: bytes, calls: Calls) -> Roster:
    tally = Tally()
    agents = rows(agent_items(body, ALL_AGENTS, calls), _AgentRow, tally, ALL_AGENTS)
    accounts = {account.id: account for account in map(_account, agents)}
    return Roster(accounts=accounts, records=tally.records, rejected=tally.rejected)


def decode_live(source: str, body: bytes, calls: Calls, roster: Roster | None) -> Snapshot:
    """Agents signed in, and as `offline` those of the roster who are not: the list is documented as complete."""
    tally = Tally()
    agents = rows(agent_items(body, ONLINE_AGENTS, calls), _AgentRow, tally, ONLINE_AGENTS)
    readings = [_reading(row, tally) for row in agents]
    listed = {account.id: account for account in map(_account, agents)}
    known = dict(roster.accounts) if roster else {}
    absent = known.keys() - listed.keys() - tally.rejected_ids
    # A dropped row whose id cannot be read may be about any of them: then nobody is known to be absent.
    is_complete = tally.rejected == len(tally.rejected_ids)
    return tally.snapshot(
        source,
        calls,
        accounts=known | listed,
        readings=[*readings, *_signed_out(sorted(absent) if is_complete else ())],
        unlisted=len(absent),
    )


def _signed_out(accounts: Iterable[str]) -> Iterable[Reading]:
    for account in accounts:
        yield Reading(account, Channel.CHAT, frozenset(), Presence.OFFLINE, accepting=False, free=0)


def _account(row: _AgentRow) -> Account:
    return Account(id=str(row.id), username=text(row.username), name=text(row.firstname, row.name))


def _reading(row: _AgentRow, tally: Tally) -> Reading:
    if row.hasFree is not None and row.numFree is not None and row.hasFree != (row.numFree > 0):
        tally.contradiction(Check.FREE_FLAG)
    if row.slot_num is not None:
        if row.numFree is not None and row.numFree > row.slot_num:
            tally.contradiction(Check.FREE_OVER_SLOTS)
        if row.numOpen is not None and row.numOpen > row.slot_num:
            tally.contradiction(Check.OPEN_OVER_SLOTS)
    match row.status.strip().casefold():
        case "online":
            accepting = row.slot_num != 0
            return _reading_of(
                row,
                accepting=accepting,
                used=used_slots(row.slot_num, row.numFree, row.numOpen, row.numClosed),
                free=row.numFree if accepting else 0,
                reason="" if accepting else "has no slot",
            )
        case "offline":  # signed in, yet offline: paused
            return _reading_of(row, accepting=False, used=row.numOpen, free=0, reason="paused")
        case _:
            tally.unknown[reason_text(row.status)] += 1
            return _reading_of(
                row,
                presence=Presence.UNKNOWN,
                accepting=False,
                used=None,
                free=None,
                reason=reason_text(row.status),
            )


def _reading_of(
    row: _AgentRow,
    *,
    accepting: bool,
    used: int | None,
    free: int | None,
    reason: str,
    presence: Presence = Presence.CONNECTED,
) -> Reading:
    return Reading(
        account=str(row.id),
        channel=Channel.CHAT,
        groups=frozenset(),
        presence=presence,
        accepting=accepting,
        used=used,
        free=free,
        last_active=_timestamp(row.lastactive),
        reason=reason,
        slot_ages=tuple(_slot_ages(row)),
    )


def _slot_ages(row: _AgentRow) -> Iterable[SlotAge]:
    """Ages of slots by phase, where the longest is told. The unit is not documented; see DURATION_UNIT_SECONDS."""
    for phase, longest, average, shortest in (
        (Phase.NEW, row.maxNewDuration, row.avgNewDuration, row.minNewDuration),
        (Phase.OPEN, row.maxOpenDuration, row.avgOpenDuration, row.minOpenDuration),
        (Phase.BURNING, row.maxBurningDuration, row.avgBurningDuration, row.minBurningDuration),
        (Phase.SLEEPING, row.maxSleepingDuration, row.avgSleepingDuration, row.minSleepingDuration),
    ):
        if longest is not None and (seconds := _duration(longest)) is not None:
            yield SlotAge(phase, seconds, _duration(average), _duration(shortest))


def _duration(value: Text) -> float | None:
    """Seconds; null and "" mean not known, and so does what cannot be a duration."""
    if value is None:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):  # the empty text too
        return None
    seconds = number * DURATION_UNIT_SECONDS
    return seconds if 0 <= seconds < LONGEST_SLOT else None


def used_slots(slots: int | None, free: int | None, opened: int | None, closed: int | None) -> int | None:
    """Slots in use while online: new, burning and sleeping ones occupy a slot as open ones do.

    `closed` is taken off only where it can be a count of slots at all: free + open + closed <= slots.
    """
    if slots is None or free is None:
        return opened
    used = slots - free
    if closed and free + (opened or 0) + closed <= slots:
        used -= closed
    return max(used, opened or 0)


def _timestamp(value: Text) -> float | None:
    """Unix seconds; 0 and "" mean not known."""
    try:
        seconds = float(value or 0)
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < 1e11 else None  # noqa: PLR2004 - beyond the year 5000: not seconds


def _advise(_options: CoBrowserOptions, poll: PollSpec) -> Iterable[str]:
    if poll.interval < SHORT_INTERVAL:
        yield f"CoBrowser documents no limit of requests; an interval under {SHORT_INTERVAL:g} s may be taken ill"


VENDOR = Vendor(
    name="cobrowser",
    options=CoBrowserOptions,
    build=lambda options, _demand: CoBrowser(options),
    count=lambda _options, _demand: RequestCount(live=1, roster=1),
    advise=_advise,
)
