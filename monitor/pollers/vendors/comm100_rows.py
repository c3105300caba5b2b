"""What Comm100's lists say of agents: status, chats, capacity. v3 and v4 differ in ids (numbers, GUIDs) and names."""

from collections.abc import Mapping

import msgspec

from monitor.model import Account, Channel, Check, Presence, Reading, Roster, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.absence import attendance
from monitor.pollers.vendors.comm100_refusals import listed
from monitor.pollers.vendors.wire import Count, Id, Tally, Text, asked_at, decode, reason_text, rows, text

NO_AWAY_STATUS = "00000000-0000-0000-0000-000000000000"
"""The id of no custom away status: v4's sample has it for agents who chat, so it tells neither Online nor Offline
(developer.comm100.com/docs/server-api-livechat-real-time)."""


class LiveRow(msgspec.Struct):
    id: Id
    status: str
    ongoingChats: Count | None = None  # noqa: N815 - wire name


class AgentRow(msgspec.Struct):
    id: Id
    email: Text = None
    displayName: Text = None  # noqa: N815 - wire name
    firstName: Text = None  # noqa: N815 - wire name
    lastName: Text = None  # noqa: N815 - wire name
    isActive: bool | None = None  # noqa: N815 - wire name
    departmentIds: list[Id] | None = None  # noqa: N815 - wire name


class NamedRow(msgspec.Struct):
    id: Id
    name: Text = None


class _AgentCapacity(msgspec.Struct):
    agentId: Id  # noqa: N815 - wire name
    ifAutoAcceptChat: bool | None = None  # noqa: N815 - wire name
    maxConcurrentChats: Count | None = None  # noqa: N815 - wire name


class _Capacity(msgspec.Struct):
    """`isLimit…` and `agentAutoDistributions` are v3's names, `ifLimit…` and `…Configs` v4's."""

    isLimitMaxConcurrentChatsForAllAgents: bool | None = None  # noqa: N815 - wire name
    ifLimitMaxConcurrentChatsForAllAgents: bool | None = None  # noqa: N815 - wire name
    maxConcurrentChatsForAllAgents: Count | None = None  # noqa: N815 - wire name
    agentAutoDistributions: list[msgspec.Raw] | None = None  # noqa: N815 - wire name
    agentAutoDistributionConfigs: list[msgspec.Raw] | None = None  # noqa: N815 - wire name


class _AwayStatuses:
    """The away statuses of a site, which names its own: by id and by name, in any case; None where nobody tells."""

    def __init__(self, names: Mapping[str, str] | None) -> None:
        self._by_id = names or {}
        self._names = None if names is None else frozenset(name.casefold() for name in names.values() if name)

    def reason(self, status: str) -> str | None:
        """The away status that a name or an id means, for people to read; None where it is none.

        Where the list is not known, whatever is no other status is taken for one.
        """
        folded = status.strip().casefold()
        if folded == NO_AWAY_STATUS:
            return None
        if folded in self._by_id:
            return reason_text(self._by_id[folded])
        return reason_text(status) if self._names is None or folded in self._names else None


def account_of(row: AgentRow) -> Account:
    return Account(
        id=str(row.id),
        email=text(row.email),
        name=text(row.displayName) or text(row.firstName, row.lastName),
        groups=frozenset(map(str, row.departmentIds or ())),
    )


def decode_capacity(body: bytes, tally: Tally, what: str) -> tuple[int | None, Mapping[str, int]]:
    """One limit for all agents, or each agent's own where it accepts chats by itself: (limit, by account).

    0 or absent means not set, not "no slot".
    """
    told = decode(body, _Capacity, what)
    if told.isLimitMaxConcurrentChatsForAllAgents or told.ifLimitMaxConcurrentChatsForAllAgents:
        return told.maxConcurrentChatsForAllAgents or None, {}
    items = told.agentAutoDistributions
    if items is None:
        items = told.agentAutoDistributionConfigs
    if items is None:
        items = listed(body, what)  # raises: an error object, or nothing that is known
    own = rows(items, _AgentCapacity, tally, what)
    return None, {
        str(row.agentId): row.maxConcurrentChats for row in own if row.ifAutoAcceptChat and row.maxConcurrentChats
    }


def decode_live(
    source: str, body: bytes, calls: Calls, roster: Roster | None, what: str, previous: Snapshot | None = None
) -> Snapshot:
    tally = Tally()
    roster = roster or Roster(accounts={})
    found = [row for row in rows(listed(body, what), LiveRow, tally, what) if str(row.id) not in roster.inactive]
    away = _AwayStatuses(roster.away_statuses)
    there = {str(row.id): roster.accounts.get(str(row.id)) or Account(str(row.id)) for row in found}
    readings = [_reading(row, roster, away, tally) for row in found]
    return tally.snapshot(
        source,
        calls,
        accounts={**roster.accounts, **there},
        readings=readings,
        groups=roster.groups,
        unlisted=len(roster.accounts.keys() - there.keys() - tally.rejected_ids),
        attendance=attendance(there.keys(), readings, roster.accounts.keys(), previous, asked_at(calls)),
    )


def _reading(row: LiveRow, roster: Roster, away: _AwayStatuses, tally: Tally) -> Reading:
    account = str(row.id)
    capacity = roster.capacity.get(account, roster.capacity_of_all)
    ongoing = row.ongoingChats
    if capacity is not None and ongoing is not None and ongoing > capacity:
        tally.contradiction(Check.LOAD_OVER_CAPACITY)
    presence, accepting, reason = _presence(row.status, away, tally)
    free = None if capacity is None or ongoing is None else max(capacity - ongoing, 0) * accepting
    return Reading(
        account=account,
        channel=Channel.CHAT,
        groups=roster.accounts[account].groups if account in roster.accounts else frozenset(),
        presence=presence,
        accepting=accepting,
        used=ongoing,
        free=free,
        reason=reason,
    )


def _presence(status: str, away: _AwayStatuses, tally: Tally) -> tuple[Presence, bool, str]:
    """Presence, accepting and reason.

    `livechat/agents` is documented to tell names, other calls of v4 tell ids of the same statuses: either is heeded.
    """
    match status.strip().casefold():
        case "online":
            return Presence.CONNECTED, True, ""
        case "offline":
            return Presence.OFFLINE, False, ""
        case "away":
            return Presence.CONNECTED, False, "Away"
    reason = away.reason(status)
    if reason is not None:
        return Presence.CONNECTED, False, reason
    tally.unknown[reason_text(status)] += 1
    return Presence.UNKNOWN, False, reason_text(status)
