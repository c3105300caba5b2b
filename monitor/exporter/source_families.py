"""The rows of sources."""

from collections.abc import Iterator

from monitor.errors import Reason
from monitor.exporter.families import SOURCE, Facts, Sample, counter, gauge, of_sources
from monitor.model import Check


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


SOURCE_FAMILIES = (
    gauge(
        "source_info",
        "Configured source and its vendor; always 1.",
        ("source", "vendor"),
        lambda facts: [((source.spec.name, source.spec.vendor), 1) for source in facts.report.sources],
    ),
    gauge("source_up", "Whether the last live poll succeeded; 0 before the first.", SOURCE, of_sources(lambda s: s.up)),
    gauge(
        "source_failure",
        "Why the last live poll failed, 1 for the reason; all 0 when it succeeded.",
        ("source", "reason"),
        _source_failure,
    ),
    gauge(
        "source_fresh",
        "Whether the last good live poll was sent no more than max_age ago, with a roster read at least once.",
        SOURCE,
        of_sources(lambda s: s.fresh),
    ),
    gauge(
        "source_last_success_timestamp_seconds",
        "When the last good live poll was sent, in Unix time; absent before the first.",
        SOURCE,
        of_sources(lambda s: s.last_success),
    ),
    gauge(
        "source_last_attempt_timestamp_seconds",
        "When the last live poll was sent, in Unix time; absent before the first.",
        SOURCE,
        of_sources(lambda s: s.last_attempt),
    ),
    gauge(
        "source_roster_last_success_timestamp_seconds",
        "When the last good reading of the roster was sent, in Unix time; absent before the first.",
        SOURCE,
        of_sources(lambda s: s.roster_last_success),
    ),
    gauge(
        "source_poll_interval_seconds",
        "Time from one live poll to the next as now in force, back-off included.",
        SOURCE,
        of_sources(lambda s: s.interval),
    ),
    gauge(
        "source_max_age_seconds",
        "Age at which the source's data expires and disappears.",
        SOURCE,
        of_sources(lambda s: s.spec.poll.max_age),
    ),
    gauge(
        "source_request_limit_per_minute",
        "Request budget of the source, in requests a minute.",
        SOURCE,
        of_sources(lambda s: s.spec.poll.requests_per_minute),
    ),
    counter("source_polls_total", "Live polls, failed ones included.", SOURCE, of_sources(lambda s: s.polls)),
    counter(
        "source_requests_total",
        "Requests sent to the vendor: log-in, roster, live and repeated ones.",
        SOURCE,
        of_sources(lambda s: s.requests),
    ),
    counter(
        "source_records_total",
        "Records read from the vendor, dropped ones included.",
        SOURCE,
        of_sources(lambda s: s.records),
    ),
    counter("source_poll_failures_total", "Live polls that failed, by reason.", ("source", "reason"), _poll_failures),
    counter(
        "source_roster_failures_total",
        "Readings of the roster that failed, by reason.",
        ("source", "reason"),
        _roster_failures,
    ),
    gauge(
        "source_agents", "Accounts of the source; absent while it is expired.", SOURCE, of_sources(lambda s: s.agents)
    ),
    gauge(
        "source_unassigned_agents",
        "Accounts of the source that are in no team; absent while it is expired.",
        SOURCE,
        of_sources(lambda s: s.unassigned),
    ),
    gauge(
        "source_unlisted_agents",
        "Accounts in the roster that no live list names; absent while the source is expired.",
        SOURCE,
        of_sources(lambda s: s.unlisted),
    ),
    gauge(
        "source_chatting_visitors",
        "Visitors in a chat anywhere in the source, with an agent or a chatbot; absent where the vendor does not tell.",
        SOURCE,
        of_sources(lambda s: s.chatting_visitors),
    ),
    counter(
        "source_rejected_records_total",
        "Records dropped because they could not be read.",
        SOURCE,
        of_sources(lambda s: s.rejected),
    ),
    counter(
        "source_unknown_statuses_total",
        "Statuses met that agentmon cannot map.",
        SOURCE,
        of_sources(lambda s: s.unknown_statuses),
    ),
    counter(
        "source_contradictions_total",
        "Records whose own fields contradict each other, by check; counted once a poll, record and check.",
        ("source", "check"),
        _contradictions,
    ),
)
