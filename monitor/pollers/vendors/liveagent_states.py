"""LiveAgent API v1 by `onlinestatus/agents`: everybody in one request, without departments and preset letters.

Neither its values nor whether it lists who is offline is documented, so absence from it proves nothing (`absence.py`).
"""

from collections.abc import Iterator

import msgspec

from monitor.beside import beside_loop
from monitor.errors import RosterOutdatedError
from monitor.model import Account, Channel, Presence, Reading, Roster, Snapshot
from monitor.pollers.transport import Calls, together
from monitor.pollers.vendors.absence import attendance
from monitor.pollers.vendors.liveagent_letters import CUT_AT, account_of, cut_short, letters, remembered
from monitor.pollers.vendors.liveagent_options import LiveAgentOptions
from monitor.pollers.vendors.liveagent_v1 import account, call, decode_agents, decode_roster, items
from monitor.pollers.vendors.wire import Id, Tally, Text, asked_at, reason_text, rows, text

AGENTS = "onlinestatus/agents"

STATE_LETTERS = {
    "T": Channel.CHAT,
    "P": Channel.CALL,
    "M": Channel.TICKET,
    "N": Channel.CHAT,
    "C": Channel.CHAT,
}
"""Letters taken for a channel, an assumption: those of v1 (public clients test for T and P here), and of v3's agents N
(online) and C (on the mobile app, which takes chats). P is a phone, as v1 has it, not v3's pause."""
OFFLINE_LETTERS = frozenset("F")  # of v3; v1 writes nothing at all
SILENT_LETTERS = frozenset("R")  # connected, on no channel


class _StateRow(msgspec.Struct):
    id: Id
    onlineStatus: str | None  # noqa: N815 - wire name
    username: Text = None
    firstname: Text = None
    lastname: Text = None


class LiveAgentStates:
    """`live: agents`: one request a live poll. The roster reads each department's agents: e-mail, and who exists."""

    needs_roster = False

    def __init__(self, options: LiveAgentOptions) -> None:
        self._options = options

    async def roster(self, calls: Calls) -> Roster:
        groups = decode_roster((await call(self._options, calls, "departments")).departments)
        lists = await together(call(self._options, calls, "departments", each.id, "agents") for each in groups.groups)
        tally = Tally()
        accounts: dict[str, Account] = {}
        for group, response in zip(groups.groups, lists, strict=True):
            for row in decode_agents(response.agents, group.id, tally):
                before = accounts.get(str(row.userid))
                accounts[str(row.userid)] = account(row, frozenset({group.id}) | (before.groups if before else set()))
        return msgspec.structs.replace(
            groups,
            accounts=accounts,
            records=groups.records + tally.records,
            rejected=groups.rejected + tally.rejected,
        )

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        response = await call(self._options, calls, *AGENTS.split("/"))
        return await beside_loop(
            decode_states, self._options.name, response.agentsOnlineStates, calls, roster, previous
        )


def decode_states(
    source: str, raw: msgspec.Raw, calls: Calls, roster: Roster | None, previous: Snapshot | None
) -> Snapshot:
    tally = Tally()
    roster = roster or Roster(accounts={})
    listed = items(raw, AGENTS)
    found = {str(row.id): row for row in rows(listed, _StateRow, tally, AGENTS)}
    readings = [reading for one, row in found.items() for reading in _readings(one, row.onlineStatus, tally)]
    notes = _check_whole(len(listed), readings, roster, remembered(previous, calls))
    told = {one: account_of(roster.accounts.get(one), _account(one, row)) for one, row in found.items()}
    return tally.snapshot(
        source,
        calls,
        accounts={**roster.accounts, **told},
        readings=readings,
        groups=roster.groups,
        unlisted=len(roster.accounts.keys() - found.keys() - tally.rejected_ids),
        notes=notes,
        attendance=attendance(found.keys(), readings, roster.accounts.keys(), previous, asked_at(calls)),
    )


def _account(one: str, row: _StateRow) -> Account:
    return Account(id=one, username=text(row.username), name=text(row.firstname, row.lastname))


def _check_whole(listed: int, readings: list[Reading], roster: Roster, previous: Snapshot | None) -> tuple[str, ...]:
    """Fails where ten are listed of a list that names everybody; a list of the people online may well be of ten.

    The roster says anew who exists before the poll fails for good, so that a leaver is no hole.
    """
    before = previous.readings if previous else ()
    known = roster.accounts.keys() | {reading.account for reading in before}
    if listed != CUT_AT or len(known) <= listed:
        return ()
    if any(reading.presence is Presence.OFFLINE for reading in (*readings, *before)):
        raise cut_short(AGENTS, listed, len(known), RosterOutdatedError)
    return (f"{AGENTS} lists exactly {listed} agents, all online, of {len(known)} known: it may be cut short",)


def _readings(one: str, status: str | None, tally: Tally) -> Iterator[Reading]:
    """A reading on chat, and one on each other channel that a letter names; preset letters are not told here."""
    found = letters(status) - OFFLINE_LETTERS
    unknown = found - STATE_LETTERS.keys() - SILENT_LETTERS
    tally.unknown.update(map(reason_text, sorted(unknown)))
    channels = {STATE_LETTERS[letter] for letter in found & STATE_LETTERS.keys()}
    presence = Presence.OFFLINE if not found else Presence.UNKNOWN if found == unknown else Presence.CONNECTED
    for channel in Channel:
        if channel is Channel.CHAT or channel in channels:
            yield Reading(
                account=one,
                channel=channel,
                groups=frozenset(),
                presence=presence,
                accepting=channel in channels,
                reason="mobile" if channel is Channel.CHAT and found & set("TNC") == {"C"} else "",
            )
