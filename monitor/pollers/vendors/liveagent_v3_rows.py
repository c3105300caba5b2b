"""Rows of LiveAgent's API v3 and what they mean; fields as in the vendor's generated client, docs/."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import msgspec

from monitor.errors import Reason, RosterOutdatedError
from monitor.model import Account, Check, Group, Presence, Roster, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.absence import attendance
from monitor.pollers.vendors.liveagent_letters import CUT_AT, Seats, account_of, cut_short, metered
from monitor.pollers.vendors.liveagent_options import LiveAgentOptions
from monitor.pollers.vendors.wire import Id, Tally, Text, asked_at, reason_text, text

GRID = "grid/agents"
PAGE_SIZE = 100
"""Rows asked for in each page; the vendor's default of 10 once showed a client 10 of its 38 agents."""
CHATTING = frozenset("CT")
"""Letters of a chat that somebody talks in (docs/ChatInformation.md); R rings and Q waits, which hold no slot yet."""
CHAT_LETTERS = CHATTING | frozenset("RQ")
RESOLVED = "R"
"""`rstatus` of a chat that is over, whatever its status says."""


class AgentRow(msgspec.Struct):
    """`online_status` is left unread: its P is a pause where a department's is a phone, and a roster is too old."""

    id: Id
    name: Text = None
    email: Text = None
    status: Text = None


class DepartmentRow(msgspec.Struct):
    department_id: Id
    name: Text = None
    agent_ids: list[Id] | None = None


class StatusRow(msgspec.Struct):
    """`work_allocation_allowed` is left unread: what it means is documented nowhere, and the letters decide."""

    departmentid: Id
    online_status: str | None
    preset_status: str | None = None


class GridRow(msgspec.Struct):
    """A row without its list of departments is unreadable, never somebody in none."""

    agentid: Id
    departments_statuses: list[StatusRow]
    firstname: Text = None
    lastname: Text = None
    system_name: Text = None
    username: Text = None


class ChatRow(msgspec.Struct):
    agent_id: Text = None
    status: Text = None
    rstatus: Text = None


def decode_roster(agents: Collection[AgentRow], departments: Collection[DepartmentRow], tally: Tally) -> Roster:
    """Departments, and agents that are not deleted: the vendor lists those too (5.23.17.3, #11543)."""
    deleted = frozenset(str(row.id) for row in agents if text(row.status).upper() == "X")
    return Roster(
        accounts={one.id: one for one in _accounts(agents, departments) if one.id not in deleted},
        groups=tuple(Group(str(row.department_id), text(row.name)) for row in departments),
        inactive=deleted,
        records=tally.records,
        rejected=tally.rejected,
    )


def _accounts(agents: Iterable[AgentRow], departments: Iterable[DepartmentRow]) -> Iterable[Account]:
    groups: dict[str, set[str]] = {}
    for department in departments:
        for agent in department.agent_ids or ():
            groups.setdefault(str(agent), set()).add(str(department.department_id))
    for row in agents:
        one = str(row.id)
        yield Account(id=one, email=text(row.email), name=text(row.name), groups=frozenset(groups.get(one, ())))


def open_chats(found: Iterable[ChatRow], tally: Tally) -> Mapping[str, int]:
    """Chats that are talked in, by agent; an unknown status is counted, and takes no slot."""
    chats: Counter[str] = Counter()
    for row in found:
        status = text(row.status).upper()
        if text(row.rstatus).upper() == RESOLVED:
            continue
        if status not in CHAT_LETTERS:
            tally.unknown[reason_text(f"chat {status or 'without status'}")] += 1
        elif status in CHATTING and (agent := text(row.agent_id)):
            chats[agent] += 1
    return chats


def check_departments(chosen: Iterable[str], roster: Roster | None) -> None:
    known = {group.id for group in roster.groups} if roster else set(chosen)
    for department in chosen:
        if department not in known:
            raise RosterOutdatedError(Reason.STATUS, f"the configured department {department} does not exist")


def check_whole(listed: int, roster: Roster | None) -> None:
    """A list that ends where a page does must hold everybody who the roster knows to be in a department."""
    known = sum(bool(account.groups) for account in roster.accounts.values()) if roster else 0
    if listed in {CUT_AT, PAGE_SIZE} and known > listed:
        raise cut_short(GRID, listed, known, RosterOutdatedError)


def decode_live(
    options: LiveAgentOptions,
    found: Iterable[GridRow],
    chats: Mapping[str, int] | None,
    calls: Calls,
    roster: Roster | None,
    tally: Tally,
    notes: tuple[str, ...],
    previous: Snapshot | None,
) -> Snapshot:
    """Agents in the departments that are watched and not deleted, without deleted agents."""
    watched = set(options.chosen) or (None if roster is None else {group.id for group in roster.groups})
    roster = roster or Roster(accounts={})
    tally.rejected_ids -= roster.inactive
    here = {str(row.agentid): row for row in found if str(row.agentid) not in roster.inactive}
    if watched is not None and not watched and any(row.departments_statuses for row in here.values()):
        raise RosterOutdatedError(Reason.DECODE, "agents are in departments, and the account is said to have none")
    seats = Seats(tally, {})
    for one, row in here.items():
        for status in row.departments_statuses:
            if watched is None or str(status.departmentid) in watched:
                seats.add(one, str(status.departmentid), status.online_status, status.preset_status)
    readings = seats.readings
    if chats is not None:
        readings = list(metered(readings, chats, options.slots_per_agent))
        _check_load(seats, chats, tally)
    told = {one: _account(here[one], groups, roster) for one, groups in seats.groups.items()}
    return tally.snapshot(
        options.name,
        calls,
        accounts=told if options.chosen else {**roster.accounts, **told},
        readings=readings,
        groups=roster.groups,
        unlisted=len(roster.accounts.keys() - here.keys() - tally.rejected_ids),
        notes=notes,
        previous=previous,
        attendance=attendance(here.keys(), seats.readings, roster.accounts.keys(), previous, asked_at(calls)),
    )


def _check_load(seats: Seats, chats: Mapping[str, int], tally: Tally) -> None:
    connected = {reading.account for reading in seats.readings if reading.presence is not Presence.OFFLINE}
    for account in seats.groups.keys() - connected:
        if chats.get(account, 0) > 0:
            tally.contradiction(Check.OFFLINE_WITH_LOAD)


def _account(row: GridRow, groups: Iterable[str], roster: Roster) -> Account:
    name = text(row.firstname, row.lastname) or text(row.system_name)
    told = Account(id=str(row.agentid), username=text(row.username), name=name, groups=frozenset(groups))
    return account_of(roster.accounts.get(told.id), told)
