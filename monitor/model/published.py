"""What agentmon publishes: a report on every team and source at an instant."""

from collections.abc import Mapping
from math import inf

import msgspec

from monitor.clock import Now
from monitor.errors import Reason
from monitor.model.told import Failure
from monitor.model.wanted import SourceSpec, Targets
from monitor.model.words import AVAILABLE, Channel, Check, Coverage, Phase, SlotState, State, Status


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
    """What a team on a channel has added up since agentmon knows it; seconds, and changes of the status.

    Seconds of agents and slots are empty where the team wants no metrics of work.
    """

    agent_seconds: Mapping[State, float]
    slot_seconds: Mapping[SlotState, float]
    coverage_seconds: Mapping[Coverage, float]
    status_changes: Mapping[Status, int]


class ChannelReport(msgspec.Struct, frozen=True):
    """A team on one channel. Counts are floors while the team's data is incomplete; None means absent.

    `why` is the rule that gave the status, as a sentence with its numbers. `coverage` is what this instant counts
    as, None while the team is closed. `inactive` people are counted whether they are treated as away or not; None
    where the team wants no metrics of work.
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
    inactive: int | None = 0
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
    work_metrics: bool = True
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
        """For who may read the configuration: those of teams too."""
        return (*self.problems, *(problem for team in self.teams for problem in team.problems))

    @property
    def public_problems(self) -> tuple[str, ...]:
        """What everybody may read: those of teams, and of `problems`, which name accounts and so people, how many."""
        of_teams = tuple(problem for team in self.teams for problem in team.problems)
        if not self.problems:
            return of_teams
        verb = "is one problem" if len(self.problems) == 1 else f"are {len(self.problems)} problems"
        return (*of_teams, f"there {verb} with who is who (people); agentmon check --online tells")
