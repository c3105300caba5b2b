"""Every metric family of agentmon as one declarative row: headers, documentation and checks derive from it.

A row says what it needs of the facts and nothing about how it is written. Absent is never 0: a value that is not
known yields no sample.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from monitor.errors import Reason
from monitor.model import ChannelReport, Check, Report, SourceReport, State, Status, TeamReport


class Kind(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one rendering describes. Byte and series counts are those of the rendering before."""

    report: Report
    version: str
    revision: str
    python: str
    config_loaded_at: float
    missed_runs: int = 0
    exposition_bytes: dict[str, int] = {}
    series: int = 0


Sample = tuple[tuple[str, ...], float]
"""Label values in the order of the family's labels, and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One metric family. `name` is whole, with `_total` for counters; `samples` is None for those that
    prometheus-client renders.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    samples: Callable[[Facts], Iterable[Sample]] | None = None

    @property
    def unit(self) -> str:
        """The unit that the name ends in, as OpenMetrics wants it; "" for none."""
        stem = self.name.removesuffix("_total")
        return next((unit for unit in ("seconds", "bytes", "ratio") if stem.endswith("_" + unit)), "")


TEAM = ("team",)
TEAM_CHANNEL = ("team", "channel")
SOURCE = ("source",)


# ------------------------------------------------------------------ how rows find their values

TeamValue = Callable[[TeamReport], float | None]
SourceValue = Callable[[SourceReport], float | None]


def _team(value: TeamValue, *, with_data: bool = False) -> Callable[[Facts], Iterator[Sample]]:
    def samples(facts: Facts) -> Iterator[Sample]:
        for team in facts.report.teams:
            found = value(team) if team.has_data or not with_data else None
            if found is not None:
                yield (team.name,), found

    return samples


def _channel(
    value: Callable[[TeamReport, ChannelReport], float | None], *, with_data: bool = False
) -> Callable[[Facts], Iterator[Sample]]:
    def samples(facts: Facts) -> Iterator[Sample]:
        for team in facts.report.teams:
            for channel in team.channels if team.has_data or not with_data else ():
                found = value(team, channel)
                if found is not None:
                    yield (team.name, channel.channel), found

    return samples


def _source(value: SourceValue) -> Callable[[Facts], Iterator[Sample]]:
    def samples(facts: Facts) -> Iterator[Sample]:
        for source in facts.report.sources:
            found = value(source)
            if found is not None:
                yield (source.spec.name,), found

    return samples


def _team_agents(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        for channel in team.channels if team.has_data else ():
            for state in State:
                yield (team.name, channel.channel, state), channel.agents[state]


def _team_slots(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        for channel in team.channels if team.has_data else ():
            for state, slots in (("used", channel.used), ("free", channel.free), ("finishing", channel.finishing)):
                if slots is not None:
                    yield (team.name, channel.channel, state), slots


def _oldest_slots(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        for channel in team.channels if team.has_data else ():
            for phase, seconds in channel.oldest.items():
                yield (team.name, channel.channel, phase), seconds


def _team_status(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        for channel in team.channels:
            for status in Status:
                yield (team.name, channel.channel, status), channel.status is status


def _team_sources(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        fresh = sum(team.sources.values())
        yield (team.name, "fresh"), fresh
        yield (team.name, "expired"), len(team.sources) - fresh


def _team_source_fresh(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        for source, fresh in team.sources.items():
            yield (team.name, source), fresh


def _team_matches(facts: Facts) -> Iterator[Sample]:
    for team in facts.report.teams:
        for source, matches in team.matches.items():
            yield (team.name, source), matches


def _available(team: TeamReport, channel: ChannelReport) -> float | None:
    """A floor of 0 says nothing, so on incomplete data it is absent."""
    return channel.available if team.complete or channel.available else None


def _people(facts: Facts) -> Iterator[Sample]:
    for channel, states in facts.report.people.items():
        for state in State:
            yield (channel, state), states[state]


def _source_failure(facts: Facts) -> Iterator[Sample]:
    for source in facts.report.sources:
        for reason in Reason:
            yield (source.spec.name, reason), source.failure is not None and source.failure.reason is reason


def _poll_failures(facts: Facts) -> Iterator[Sample]:
    for source in facts.report.sources:
        for reason in Reason:
            yield (source.spec.name, reason), source.poll_failures.get(reason, 0)


def _roster_failures(facts: Facts) -> Iterator[Sample]:
    for source in facts.report.sources:
        for reason in Reason:
            yield (source.spec.name, reason), source.roster_failures.get(reason, 0)


def _contradictions(facts: Facts) -> Iterator[Sample]:
    for source in facts.report.sources:
        for check in Check:
            yield (source.spec.name, check), source.contradictions.get(check, 0)


def _gauge(name: str, help_: str, labels: tuple[str, ...], samples: Callable[[Facts], Iterable[Sample]]) -> Family:
    return Family(name=f"agentmon_{name}", kind=Kind.GAUGE, help=help_, labels=labels, samples=samples)


def _counter(name: str, help_: str, labels: tuple[str, ...], samples: Callable[[Facts], Iterable[Sample]]) -> Family:
    return Family(name=f"agentmon_{name}", kind=Kind.COUNTER, help=help_, labels=labels, samples=samples)


# ------------------------------------------------------------------ the rows

TEAM_FAMILIES = (
    _gauge(
        "team_agents",
        "People of the team by state on the channel, each once; on incomplete data a floor. "
        "Absent while no source of the team is fresh.",
        ("team", "channel", "state"),
        _team_agents,
    ),
    _gauge(
        "team_available_agents",
        "People who can be given a contact now: idle + partial + unmetered. "
        "On incomplete data a floor, and absent where that floor is 0.",
        TEAM_CHANNEL,
        _channel(_available, with_data=True),
    ),
    _gauge(
        "team_slots",
        "Slots by state: used and free of staffed people, finishing still held by people who accept no more; "
        "metered readings only, absent where there is none.",
        ("team", "channel", "state"),
        _team_slots,
    ),
    _gauge(
        "team_slot_occupancy_ratio",
        "Slot occupancy: used / (used + free), on complete data only. Not agent occupancy.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.occupancy, with_data=True),
    ),
    _gauge(
        "team_availability_ratio",
        "Availability: available people / people online, on complete data only.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.availability, with_data=True),
    ),
    _gauge(
        "team_oldest_slot_seconds",
        "Age of the longest slot in the phase, as CoBrowser tells it; its unit is taken to be seconds.",
        ("team", "channel", "phase"),
        _oldest_slots,
    ),
    _gauge(
        "team_queue_length",
        "Contacts that wait for the team; absent where no vendor of the team tells.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.queue_length, with_data=True),
    ),
    _gauge(
        "team_queue_longest_wait_seconds",
        "How long the first in the team's queues has waited; absent where nobody waits or no vendor tells.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.queue_longest_wait, with_data=True),
    ),
    _gauge(
        "team_status",
        "Status of the team on the channel, 1 for the one that holds. Unknown: the data proves nothing.",
        ("team", "channel", "status"),
        _team_status,
    ),
    _gauge("team_open", "1 while the team's opening hours run; 1 without hours.", TEAM, _team(lambda _team: 1)),
    _gauge(
        "team_sources",
        "Sources of the team by whether their data is fresh or expired.",
        ("team", "state"),
        _team_sources,
    ),
    _gauge(
        "team_source_fresh",
        "Whether the source's data takes part in the team's numbers; joins a source to its teams.",
        ("team", "source"),
        _team_source_fresh,
    ),
    _gauge(
        "team_data_complete",
        "1 where every source of the team is fresh and each of its selectors has matched somebody once.",
        TEAM,
        _team(lambda team: team.complete),
    ),
    _gauge(
        "team_data_timestamp_seconds",
        "When the oldest data in use for the team was asked for, in Unix time.",
        TEAM,
        _team(lambda team: team.data_at, with_data=True),
    ),
    _gauge(
        "team_selector_matches",
        "Accounts of the source that the team's selectors match; absent while the source is expired.",
        ("team", "source"),
        _team_matches,
    ),
    _gauge(
        "team_target_available_agents",
        "Configured target: available people, at least.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.targets.available_agents),
    ),
    _gauge(
        "team_target_free_slots",
        "Configured target: free slots, at least. Absent where none is set.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.targets.free_slots),
    ),
    _gauge(
        "team_target_occupancy_ratio",
        "Configured target: slot occupancy, at most. Absent where none is set.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.targets.occupancy),
    ),
    _gauge(
        "team_target_coverage_ratio",
        "Configured target: share of open, known time that is covered. Absent where none is set.",
        TEAM_CHANNEL,
        _channel(lambda _team, channel: channel.targets.coverage),
    ),
    _gauge(
        "people",
        "People of some team by state on the channel, each once however many teams have them; fresh sources only.",
        ("channel", "state"),
        _people,
    ),
)

SOURCE_FAMILIES = (
    _gauge(
        "source_info",
        "Configured source and its vendor; always 1.",
        ("source", "vendor"),
        lambda facts: [((source.spec.name, source.spec.vendor), 1) for source in facts.report.sources],
    ),
    _gauge("source_up", "Whether the last live poll succeeded; 0 before the first.", SOURCE, _source(lambda s: s.up)),
    _gauge(
        "source_failure",
        "Why the last live poll failed, 1 for the reason; all 0 when it succeeded.",
        ("source", "reason"),
        _source_failure,
    ),
    _gauge(
        "source_fresh",
        "Whether the last good live poll was sent no more than max_age ago, with a roster read at least once.",
        SOURCE,
        _source(lambda s: s.fresh),
    ),
    _gauge(
        "source_last_success_timestamp_seconds",
        "When the last good live poll was sent, in Unix time; absent before the first.",
        SOURCE,
        _source(lambda s: s.last_success),
    ),
    _gauge(
        "source_last_attempt_timestamp_seconds",
        "When the last live poll was sent, in Unix time; absent before the first.",
        SOURCE,
        _source(lambda s: s.last_attempt),
    ),
    _gauge(
        "source_roster_last_success_timestamp_seconds",
        "When the last good reading of the roster was sent, in Unix time; absent before the first.",
        SOURCE,
        _source(lambda s: s.roster_last_success),
    ),
    _gauge(
        "source_poll_interval_seconds",
        "Time from one live poll to the next as now in force, back-off included.",
        SOURCE,
        _source(lambda s: s.interval),
    ),
    _gauge(
        "source_max_age_seconds",
        "Age at which the source's data expires and disappears.",
        SOURCE,
        _source(lambda s: s.spec.poll.max_age),
    ),
    _gauge(
        "source_request_limit_per_minute",
        "Request budget of the source, in requests a minute.",
        SOURCE,
        _source(lambda s: s.spec.poll.requests_per_minute),
    ),
    _counter("source_polls_total", "Live polls, failed ones included.", SOURCE, _source(lambda s: s.polls)),
    _counter(
        "source_requests_total",
        "Requests sent to the vendor: log-in, roster, live and repeated ones.",
        SOURCE,
        _source(lambda s: s.requests),
    ),
    _counter(
        "source_records_total",
        "Records read from the vendor, dropped ones included.",
        SOURCE,
        _source(lambda s: s.records),
    ),
    _counter("source_poll_failures_total", "Live polls that failed, by reason.", ("source", "reason"), _poll_failures),
    _counter(
        "source_roster_failures_total",
        "Readings of the roster that failed, by reason.",
        ("source", "reason"),
        _roster_failures,
    ),
    _gauge("source_agents", "Accounts of the source; absent while it is expired.", SOURCE, _source(lambda s: s.agents)),
    _gauge(
        "source_unassigned_agents",
        "Accounts of the source that are in no team; absent while it is expired.",
        SOURCE,
        _source(lambda s: s.unassigned),
    ),
    _gauge(
        "source_unlisted_agents",
        "Accounts in the roster that no live list names; absent while the source is expired.",
        SOURCE,
        _source(lambda s: s.unlisted),
    ),
    _gauge(
        "source_chatting_visitors",
        "Visitors in a chat anywhere in the source, with an agent or a chatbot; absent where the vendor does not tell.",
        SOURCE,
        _source(lambda s: s.chatting_visitors),
    ),
    _counter(
        "source_rejected_records_total",
        "Records dropped because they could not be read.",
        SOURCE,
        _source(lambda s: s.rejected),
    ),
    _counter(
        "source_unknown_statuses_total",
        "Statuses met that agentmon cannot map.",
        SOURCE,
        _source(lambda s: s.unknown_statuses),
    ),
    _counter(
        "source_contradictions_total",
        "Records whose own fields contradict each other, by check; counted once a poll, record and check.",
        ("source", "check"),
        _contradictions,
    ),
)

SELF_FAMILIES = (
    _gauge(
        "build_info",
        "Version, source revision and Python version; always 1.",
        ("version", "revision", "python"),
        lambda facts: [((facts.version, facts.revision, facts.python), 1)],
    ),
    _gauge(
        "config_last_reload_successful",
        "Whether the last attempt to load the configuration succeeded.",
        (),
        lambda _facts: [((), 1)],
    ),
    _gauge(
        "config_last_reload_success_timestamp_seconds",
        "When the configuration in force was loaded, in Unix time.",
        (),
        lambda facts: [((), facts.config_loaded_at)],
    ),
    _counter(
        "scheduler_missed_runs_total",
        "Polls skipped because one of the same source was in flight.",
        (),
        lambda facts: [((), facts.missed_runs)],
    ),
    _gauge(
        "exposition_bytes",
        "Size of the exposition before this one, uncompressed.",
        ("format",),
        lambda facts: [((name,), size) for name, size in facts.exposition_bytes.items()],
    ),
    _gauge("series", "Samples in the exposition before this one.", (), lambda facts: [((), facts.series)]),
)

POLL_DURATION = Family(
    name="agentmon_source_poll_duration_seconds",
    kind=Kind.HISTOGRAM,
    help="Duration of live polls, failed ones included.",
    labels=SOURCE,
)
LOOP_LAG = Family(
    name="agentmon_event_loop_lag_seconds",
    kind=Kind.HISTOGRAM,
    help="How late the event loop ran a timer; what blocks it delays everything.",
)
PUBLISH_DURATION = Family(
    name="agentmon_publish_duration_seconds",
    kind=Kind.HISTOGRAM,
    help="Time to reconcile and to render one exposition.",
)
HISTOGRAMS = (POLL_DURATION, LOOP_LAG, PUBLISH_DURATION)

FAMILIES: tuple[Family, ...] = (*TEAM_FAMILIES, *SOURCE_FAMILIES, *SELF_FAMILIES)
"""What agentmon renders itself, in the order of the exposition."""

DOCUMENTED: tuple[Family, ...] = (*FAMILIES, *HISTOGRAMS)
"""Every agentmon family there is; `process_*` and `python_*` are prometheus-client's own."""
