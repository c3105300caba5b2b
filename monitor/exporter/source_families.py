"""The rows of sources."""

from collections.abc import Iterator

from monitor.errors import Reason
from monitor.exporter.families import SOURCE, Sample, Scope, counter, gauge, of_source
from monitor.model import Check, SourceReport


def _failure(source: SourceReport) -> Iterator[Sample]:
    for reason in Reason:
        yield (source.spec.name, reason), source.failure is not None and source.failure.reason is reason


def _poll_failures(source: SourceReport) -> Iterator[Sample]:
    for reason in Reason:
        yield (source.spec.name, reason), source.poll_failures.get(reason, 0)


def _roster_failures(source: SourceReport) -> Iterator[Sample]:
    for reason in Reason:
        yield (source.spec.name, reason), source.roster_failures.get(reason, 0)


def _contradictions(source: SourceReport) -> Iterator[Sample]:
    for check in Check:
        yield (source.spec.name, check), source.contradictions.get(check, 0)


SOURCE_FAMILIES = (
    gauge(
        Scope.SOURCE,
        "source_info",
        "Configured source and its vendor; always 1.",
        ("source", "vendor"),
        lambda source: [((source.spec.name, source.spec.vendor), 1)],
    ),
    gauge(
        Scope.SOURCE,
        "source_up",
        "Whether the last live poll succeeded; 0 before the first.",
        SOURCE,
        of_source(lambda s: s.up),
    ),
    gauge(
        Scope.SOURCE,
        "source_failure",
        "Why the last live poll failed, 1 for the reason; all 0 when it succeeded.",
        ("source", "reason"),
        _failure,
    ),
    gauge(
        Scope.SOURCE,
        "source_fresh",
        "Whether the last good live poll was sent no more than max_age ago, with a roster read at least once.",
        SOURCE,
        of_source(lambda s: s.fresh),
    ),
    gauge(
        Scope.SOURCE,
        "source_last_success_timestamp_seconds",
        "When the last good live poll was sent, in Unix time; absent before the first.",
        SOURCE,
        of_source(lambda s: s.last_success),
    ),
    gauge(
        Scope.SOURCE,
        "source_last_attempt_timestamp_seconds",
        "When the last live poll was sent, in Unix time; absent before the first.",
        SOURCE,
        of_source(lambda s: s.last_attempt),
    ),
    gauge(
        Scope.SOURCE,
        "source_roster_last_success_timestamp_seconds",
        "When the last good reading of the roster was sent, in Unix time; absent before the first.",
        SOURCE,
        of_source(lambda s: s.roster_last_success),
    ),
    gauge(
        Scope.SOURCE,
        "source_poll_interval_seconds",
        "Time from one live poll to the next as now in force, back-off included.",
        SOURCE,
        of_source(lambda s: s.interval),
    ),
    gauge(
        Scope.SOURCE,
        "source_max_age_seconds",
        "Age at which the source's data expires and disappears.",
        SOURCE,
        of_source(lambda s: s.spec.poll.max_age),
    ),
    gauge(
        Scope.SOURCE,
        "source_request_limit_per_minute",
        "Request budget of the source, in requests a minute.",
        SOURCE,
        of_source(lambda s: s.spec.poll.requests_per_minute),
    ),
    counter(
        Scope.SOURCE, "source_polls_total", "Live polls, failed ones included.", SOURCE, of_source(lambda s: s.polls)
    ),
    counter(
        Scope.SOURCE,
        "source_requests_total",
        "Requests sent to the vendor: log-in, roster, live and repeated ones.",
        SOURCE,
        of_source(lambda s: s.requests),
    ),
    counter(
        Scope.SOURCE,
        "source_records_total",
        "Records read from the vendor, dropped ones included.",
        SOURCE,
        of_source(lambda s: s.records),
    ),
    counter(
        Scope.SOURCE,
        "source_poll_failures_total",
        "Live polls that failed, by reason.",
        ("source", "reason"),
        _poll_failures,
    ),
    counter(
        Scope.SOURCE,
        "source_roster_failures_total",
        "Readings of the roster that failed, by reason.",
        ("source", "reason"),
        _roster_failures,
    ),
    gauge(
        Scope.SOURCE,
        "source_agents",
        "Accounts of the source; absent while it is expired.",
        SOURCE,
        of_source(lambda s: s.agents),
    ),
    gauge(
        Scope.SOURCE,
        "source_unassigned_agents",
        "Accounts of the source that are in no team; absent while it is expired.",
        SOURCE,
        of_source(lambda s: s.unassigned),
    ),
    gauge(
        Scope.SOURCE,
        "source_unlisted_agents",
        "Accounts in the roster that no live list names; absent while the source is expired.",
        SOURCE,
        of_source(lambda s: s.unlisted),
    ),
    gauge(
        Scope.SOURCE,
        "source_chatting_visitors",
        "Visitors in a chat anywhere in the source, with an agent or a chatbot; absent where the vendor does not tell.",
        SOURCE,
        of_source(lambda s: s.chatting_visitors),
    ),
    counter(
        Scope.SOURCE,
        "source_rejected_records_total",
        "Records dropped because they could not be read.",
        SOURCE,
        of_source(lambda s: s.rejected),
    ),
    counter(
        Scope.SOURCE,
        "source_unknown_statuses_total",
        "Statuses met that agentmon cannot map.",
        SOURCE,
        of_source(lambda s: s.unknown_statuses),
    ),
    counter(
        Scope.SOURCE,
        "source_contradictions_total",
        "Records whose own fields contradict each other, by check; counted once a poll, record and check.",
        ("source", "check"),
        _contradictions,
    ),
)
