"""Every value that crosses rooms. All are frozen; the words are those of the field (idle, slots, occupancy)."""

from collections.abc import Mapping
from enum import StrEnum
from math import inf

import msgspec

from monitor.clock import Now
from monitor.errors import Reason

REASON_TEXT_LIMIT = 64


class Channel(StrEnum):
    CHAT = "chat"
    CALL = "call"
    VIDEO = "video"
    TICKET = "ticket"


class Presence(StrEnum):
    """What a vendor says of an account's connection; `UNKNOWN` is present with a status we cannot map."""

    CONNECTED = "connected"
    UNKNOWN = "unknown"
    OFFLINE = "offline"


class State(StrEnum):
    """State of a person on a channel; exactly one holds."""

    IDLE = "idle"
    PARTIAL = "partial"
    FULL = "full"
    UNMETERED = "unmetered"
    FINISHING = "finishing"
    AWAY = "away"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


AVAILABLE = frozenset({State.IDLE, State.PARTIAL, State.UNMETERED})
STAFFED = AVAILABLE | {State.FULL}
ONLINE = frozenset(State) - {State.OFFLINE}


class Status(StrEnum):
    """Status of a team on a channel, in the order in which the rules are tried."""

    CLOSED = "closed"
    OK = "ok"
    UNKNOWN = "unknown"
    UNSTAFFED = "unstaffed"
    SATURATED = "saturated"
    TIGHT = "tight"


class Coverage(StrEnum):
    """What a second of an open team counts as: `BLIND` where the data proves neither of the others."""

    COVERED = "covered"
    UNCOVERED = "uncovered"
    BLIND = "blind"


class SlotState(StrEnum):
    """Slots of a team; `FINISHING` are still held by people who accept no more."""

    USED = "used"
    FREE = "free"
    FINISHING = "finishing"


class Phase(StrEnum):
    """What an occupied slot is doing, in CoBrowser's words."""

    NEW = "new"
    OPEN = "open"
    BURNING = "burning"
    SLEEPING = "sleeping"


class Check(StrEnum):
    """A vendor's own fields that contradict each other: counted, never repaired."""

    FREE_FLAG = "free_flag"
    FREE_OVER_SLOTS = "free_over_slots"
    OPEN_OVER_SLOTS = "open_over_slots"
    AVAILABLE_WITHOUT_SLOT = "available_without_slot"
    BUSY_WITH_SLOT = "busy_with_slot"
    OFFLINE_WITH_LOAD = "offline_with_load"
    ONLINE_NOT_PRESET = "online_not_preset"
    LOAD_OVER_CAPACITY = "load_over_capacity"


AccountKey = tuple[str, str]
"""Source and account id."""


# ------------------------------------------------------------------ what a source says

# gc=False: values of which there are thousands hold nothing that could lead back to them. Looked through by the
# garbage collector, 10,000 accounts stopped the event loop for 90 ms instead of 50 (2026-11).


class Group(msgspec.Struct, frozen=True, gc=False):
    """A department, group, skill or website of a source.

    `id` is as selectors write it; `channels` are those that the group itself offers, where the vendor says so.
    """

    id: str
    name: str = ""
    channels: frozenset[Channel] = frozenset()


class Account(msgspec.Struct, frozen=True, gc=False):
    """One account of a source; `groups` as the roster knows them. Empty text: the vendor does not say."""

    id: str
    username: str = ""
    email: str = ""
    name: str = ""
    external_id: str = ""
    groups: frozenset[str] = frozenset()


class SlotAge(msgspec.Struct, frozen=True, gc=False):
    """How long an account's slots have been in a phase, in seconds; None where the vendor does not say."""

    phase: Phase
    longest: float
    average: float | None = None
    shortest: float | None = None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one source says of one account on one channel, in the groups it was seen in.

    `used` and `free` are slots (>= 0), None where the vendor does not say; `free` is what can be routed now.
    `last_active` is in Unix seconds. `reason` is text for people, at most 64 characters, never a label.
    `is_configured` marks a `free` that rests on a capacity from the configuration, because no vendor tells it.
    `slot_ages` has one entry for each phase that the vendor tells of.
    """

    account: str
    channel: Channel
    groups: frozenset[str]
    presence: Presence
    accepting: bool
    used: int | None = None
    free: int | None = None
    last_active: float | None = None
    reason: str = ""
    is_configured: bool = False
    slot_ages: tuple[SlotAge, ...] = ()


class Queue(msgspec.Struct, frozen=True, gc=False):
    """Contacts that wait for a group, or for the whole source where `group` is empty.

    `longest_wait` in seconds, None where the vendor does not say or nobody waits.
    """

    channel: Channel
    group: str
    length: int
    longest_wait: float | None = None


class Roster(msgspec.Struct, frozen=True):
    """Who exists: the slow half of a source.

    `capacity` is slots by account id, `capacity_of_all` one limit for every account; `away_statuses` the names of
    away statuses by their id in lower case, None if they could not be read; `inactive` are accounts that exist and
    take no part; `notes` name optional parts that the vendor refused, with what that costs.
    """

    accounts: Mapping[str, Account]
    groups: tuple[Group, ...] = ()
    capacity: Mapping[str, int] = {}
    capacity_of_all: int | None = None
    away_statuses: Mapping[str, str] | None = None
    inactive: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    records: int = 0
    rejected: int = 0


class Attendance(msgspec.Struct, frozen=True):
    """What one poll has to know of those before it, where a live list may leave people out.

    `names_offline`: it has named somebody offline, so it is one that names everybody. `missing` are accounts that were
    connected when last read and that it names no more, with the elapsed time of that reading.
    """

    names_offline: bool = False
    missing: Mapping[str, float] = {}


class Snapshot(msgspec.Struct, frozen=True):
    """One good live poll of a source, whole: roster and live joined. Plain and serialisable.

    `observed_at` is when the first request of the poll was sent. `unlisted` counts accounts of the roster that
    no live list named. `unknown_statuses` counts statuses that could not be mapped, by their text.
    """

    source: str
    observed_at: Now
    accounts: Mapping[str, Account]
    readings: tuple[Reading, ...]
    groups: tuple[Group, ...] = ()
    records: int = 0
    rejected: int = 0
    unlisted: int = 0
    unknown_statuses: Mapping[str, int] = {}
    contradictions: Mapping[Check, int] = {}
    notes: tuple[str, ...] = ()
    uncertain: frozenset[str] = frozenset()
    """Accounts of whom this poll said something that could not be read, or that it left out though they were there a
    moment ago: their absence or state proves nothing."""
    attendance: Attendance = Attendance()
    queues: tuple[Queue, ...] = ()
    """Every queue that the vendor tells of, the empty ones too; none means that it does not tell."""
    chatting_visitors: int | None = None
    """Visitors in a chat anywhere in the source, with an agent or without; None where the vendor does not tell."""


class Failure(msgspec.Struct, frozen=True):
    """Why a poll failed; `detail` is fit to be shown and holds no secret."""

    reason: Reason
    detail: str


class PollKind(StrEnum):
    LIVE = "live"
    ROSTER = "roster"


class PollOutcome(msgspec.Struct, frozen=True):
    """How one poll ended: with a snapshot (live), with a roster's counts, or with a failure, never with two.

    `sent_at` is when its first request left, or when it began if none did; `duration` in seconds.
    `interval` is the pace now in force for live polls, in seconds, back-off included.
    """

    source: str
    kind: PollKind
    sent_at: Now
    duration: float
    interval: float
    snapshot: Snapshot | None = None
    failure: Failure | None = None
    records: int = 0
    rejected: int = 0
    notes: tuple[str, ...] = ()


# ------------------------------------------------------------------ what the operator wants


class PollSpec(msgspec.Struct, frozen=True):
    """Pace and limits of a source; all in seconds but the last, in requests a minute."""

    interval: float = 15.0
    timeout: float = 10.0
    max_age: float = 60.0
    roster_interval: float = 600.0
    requests_per_minute: int = 60

    @property
    def deadline(self) -> float:
        """Seconds that one whole live poll may take."""
        return max(self.max_age / 2, self.timeout)


class SourceSpec(msgspec.Struct, frozen=True):
    name: str
    vendor: str
    poll: PollSpec


class Selector(msgspec.Struct, frozen=True):
    """One entry of a team's members: groups and agents must both match; empty means every one."""

    source: str
    groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Targets(msgspec.Struct, frozen=True):
    """What a team wants on a channel; None takes no part."""

    available_agents: int = 1
    free_slots: int | None = None
    occupancy: float | None = None
    coverage: float | None = None


class HoursSpec(msgspec.Struct, frozen=True):
    """Opening hours in OpenStreetMap's syntax, in a time zone; `country` (two letters) gives PH its meaning."""

    open: str
    timezone: str = "UTC"
    country: str | None = None


class Inactivity(msgspec.Struct, frozen=True):
    """Who counts as inactive: staffed, loaded, and without activity for longer than `after` seconds.

    With `as_away` they are treated as away; else they stay staffed.
    """

    after: float = 1200.0
    as_away: bool = False


class TeamSpec(msgspec.Struct, frozen=True):
    """`hours` is None for a team that is always open; `grace` is the time after opening, in seconds."""

    name: str
    selectors: tuple[Selector, ...]
    targets: Mapping[Channel, Targets]
    """One entry for each channel of the team, in the order of the configuration."""
    hours: HoursSpec | None = None
    grace: float = 300.0
    inactive: Inactivity = Inactivity()

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(selector.source for selector in self.selectors))


class Match(StrEnum):
    """What accounts of different sources must agree in to be one person's; case is ignored."""

    EMAIL = "email"
    EXTERNAL_ID = "external_id"
    USERNAME = "username"


class PersonSpec(msgspec.Struct, frozen=True):
    """One human by hand; `max_slots` limits what they hold in all tools together."""

    name: str
    accounts: tuple[AccountKey, ...]
    max_slots: int | None = None


class PeopleSpec(msgspec.Struct, frozen=True):
    """Which accounts are one human's; empty: each account is a person."""

    match: tuple[Match, ...] = ()
    listed: tuple[PersonSpec, ...] = ()


NO_PEOPLE = PeopleSpec()


# ------------------------------------------------------------------ what agentmon publishes


class Opening(msgspec.Struct, frozen=True):
    """Whether a team is open at an instant. Times in Unix seconds; None: there is none within the years searched."""

    is_open: bool
    since: float | None
    """When this stretch, open or closed, began."""
    opened_at: float | None
    """The last change from closed to open at or before the instant."""
    changes_at: float | None
    """The next change, strictly after the instant."""


ALWAYS_OPEN = Opening(is_open=True, since=None, opened_at=None, changes_at=None)


class Totals(msgspec.Struct, frozen=True):
    """What a team on a channel has added up since agentmon knows it; seconds, and changes of the status."""

    agent_seconds: Mapping[State, float]
    slot_seconds: Mapping[SlotState, float]
    coverage_seconds: Mapping[Coverage, float]
    status_changes: Mapping[Status, int]


class ChannelReport(msgspec.Struct, frozen=True):
    """A team on one channel. Counts are floors while the team's data is incomplete; None means absent.

    `why` is the rule that gave the status, as a sentence with its numbers. `coverage` is what this instant counts
    as, None while the team is closed. `inactive` people are counted whether they are treated as away or not.
    `uncertain` are those of whom nothing is proved, in no state or in a doubtful one.
    """

    channel: Channel
    status: Status
    targets: Targets
    agents: Mapping[State, int]
    used: int | None
    free: int | None
    finishing: int | None
    occupancy: float | None
    availability: float | None
    why: str = ""
    coverage: Coverage | None = None
    inactive: int = 0
    uncertain: int = 0
    oldest: Mapping[Phase, float] = {}
    queue_length: int | None = None
    queue_longest_wait: float | None = None

    @property
    def available(self) -> int:
        return sum(self.agents[state] for state in AVAILABLE)


class TeamReport(msgspec.Struct, frozen=True):
    """A team at an instant. `data_at` (Unix seconds): when the oldest data in use was asked for.

    `sources` says of each whether it is fresh; those in `beside` only hold another account of somebody with a limit.
    `matches` counts matched accounts by fresh source; `problems` are sentences for the operator.
    """

    name: str
    sources: Mapping[str, bool]
    complete: bool
    data_at: float | None
    matches: Mapping[str, int]
    channels: tuple[ChannelReport, ...]
    problems: tuple[str, ...] = ()
    opening: Opening = ALWAYS_OPEN
    grace: float = 0.0
    beside: frozenset[str] = frozenset()
    is_tried: bool = True
    """Whether each of its sources has answered or failed once; what is said before that is no more than the start."""

    @property
    def has_data(self) -> bool:
        """Whether anything is known of the team's people; what is beside alone tells of nobody's presence."""
        return any(is_fresh for source, is_fresh in self.sources.items() if source not in self.beside)


class SourceReport(msgspec.Struct, frozen=True, kw_only=True):
    """A source at an instant; timestamps in Unix seconds, None before the first; counters since start.

    `data_age` is in seconds of elapsed time, which no step of the wall clock changes.

    `agents`, `unassigned`, `unlisted` and `chatting_visitors` are None while the source is expired.
    """

    spec: SourceSpec
    up: bool
    fresh: bool
    failure: Failure | None
    roster_failure: Failure | None
    last_attempt: float | None
    last_success: float | None
    data_age: float | None
    roster_last_success: float | None
    interval: float
    requests: int
    polls: int
    records: int
    rejected: int
    unknown_statuses: int
    contradictions: Mapping[Check, int]
    poll_failures: Mapping[Reason, int]
    roster_failures: Mapping[Reason, int]
    agents: int | None
    unassigned: int | None
    unlisted: int | None
    chatting_visitors: int | None = None
    notes: tuple[str, ...] = ()


class AgentChannel(msgspec.Struct, frozen=True):
    """One account on one channel; slots are None where the vendor does not tell."""

    channel: Channel
    state: State
    used: int | None
    free: int | None


class AgentReport(msgspec.Struct, frozen=True):
    """One account, as series of single agents tell it. `label` is unique in its source; `name` is empty if not told."""

    label: str
    name: str
    channels: tuple[AgentChannel, ...]


class AgentsReport(msgspec.Struct, frozen=True):
    """The accounts of a fresh source."""

    source: str
    agents: tuple[AgentReport, ...]


class Report(msgspec.Struct, frozen=True):
    """Everything that one publication says, at one instant. `people` is absent where no source is fresh.

    `changes_at` is the elapsed time at which it becomes wrong though no source says anything new; infinite if never.
    `refused_joins` counts the joins of accounts that were refused; `problems` are sentences for the operator that
    concern no single team.
    """

    at: Now
    teams: tuple[TeamReport, ...]
    sources: tuple[SourceReport, ...]
    people: Mapping[Channel, Mapping[State, int]]
    totals: Mapping[tuple[str, Channel], Totals] = {}
    agents: tuple[AgentsReport, ...] = ()
    """Of each fresh source; empty unless series of single agents are wanted."""
    changes_at: float = inf
    refused_joins: int = 0
    problems: tuple[str, ...] = ()

    @property
    def all_problems(self) -> tuple[str, ...]:
        """Those of teams too."""
        return (*self.problems, *(problem for team in self.teams for problem in team.problems))
