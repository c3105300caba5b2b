"""Do the vendors answer, and does their answer mean what it meant yesterday?"""

from monitor.rules.phrases import DURATION, LAST_SUCCESS, REASONS, SHARE, names, value
from monitor.rules.rows import Alert, Record, Severity
from monitor.rules.thresholds import (
    DRIFT_FACTOR,
    DRIFT_SHARE,
    DRIFT_WINDOW,
    FAILING_SHARE,
    FAILING_WINDOW,
    RATE_LIMITED_SHARE,
    RATE_LIMITED_WINDOW,
    ROSTER_AGE,
    ROSTER_FAILURES_WINDOW,
    SHRUNK_LEAST,
    SHRUNK_SHARE,
    seconds,
)

DOUBTFUL = f"source_kind:agentmon_doubtful_records:ratio_increase{DRIFT_WINDOW}"
ACCOUNTS = "source:agentmon_source_agents:max"


def _doubtful(kind: str, family: str) -> Record:
    return Record(
        name=DOUBTFUL,
        expr=f"""sum by (job, source) (increase({family}[{DRIFT_WINDOW}]))
/
(sum by (job, source) (increase(agentmon_source_records_total[{DRIFT_WINDOW}])) > 0)""",
        labels={"kind": kind},
    )


# Replicas are summed and instances dropped: what is compared with the day before must not start anew when a replica
# comes back under another name.
SOURCE_RECORDS = (
    _doubtful("rejected", "agentmon_source_rejected_records_total"),
    _doubtful("unknown status", "agentmon_source_unknown_statuses_total"),
    _doubtful("contradiction", "agentmon_source_contradictions_total"),
    Record(name=ACCOUNTS, expr="max by (job, source) (agentmon_source_agents)"),
)

SOURCES = (
    Alert(
        name="AgentmonSourceDown",
        severity=Severity.WARNING,
        why="""Expired, not merely failed once: from this moment its data takes part in no number. The reason is looked
        up for the text; as a label, each change of it would restart `for`.""",
        expr="max by (source) (agentmon_source_fresh == 0)",
        wait="5m",
        hold="5m",
        summary="The source {{ $labels.source }} gives no usable data",
        description="""The data of {{ $labels.source }} has been expired for 5 minutes. Last successful poll: <last>.
        Failure: <reasons>. Teams whose status is unknown with it: <teams>.""",
        values={
            "last": LAST_SUCCESS,
            "reasons": REASONS,
            "teams": names(
                "max by (team) (agentmon_team_status{status='unknown'} == 1 and on (job, instance, team) "
                "agentmon_team_source_fresh{source='%s'} == 0)",
                "team",
                "source",
            ),
        },
        meaning="the data of a source has expired and takes part in nothing",
        threshold="`max_age` of the source, then 5 min",
    ),
    Alert(
        name="AgentmonSourceAuthFailed",
        severity=Severity.WARNING,
        why="""No `for`: what was refused once is refused again, and the next poll is five minutes away. It wakes nobody
        either: where an open team goes blind over it, AgentmonTeamBlind does.""",
        expr='max by (source) (agentmon_source_failure{reason=~"auth|forbidden"} == 1)',
        wait="0s",
        hold="5m",
        summary="The source {{ $labels.source }} refuses our key",
        description="""{{ $labels.source }} has refused the last poll. Failure: <reasons>. No waiting mends that: the
        key or password was revoked, has expired, or lacks a permission. Teams that need it: <teams>.""",
        values={
            "reasons": REASONS,
            "teams": names("max by (team) (agentmon_team_source_fresh{source='%s'})", "team", "source"),
        },
        meaning="the vendor refuses the key, password or permission",
        threshold="the first refused poll",
    ),
    Alert(
        name="AgentmonSourceRateLimited",
        severity=Severity.WARNING,
        expr=f"""max by (source) (
    avg_over_time(agentmon_source_failure{{reason="rate_limited"}}[{RATE_LIMITED_WINDOW}])
  > {RATE_LIMITED_SHARE}
)""",
        wait="5m",
        hold="15m",
        summary="The source {{ $labels.source }} is asked too often",
        description="""For {{ $value | humanizePercentage }} of the last 30 minutes the last poll of {{ $labels.source
        }} was one that the vendor refused for the number of requests. Interval of polling now: <interval>.""",
        values={"interval": value("max(agentmon_source_poll_interval_seconds{source='%s'})", "source", form=DURATION)},
        meaning="the vendor refuses polls because there are too many",
        threshold=f"{RATE_LIMITED_SHARE:.0%} of {RATE_LIMITED_WINDOW}",
    ),
    Alert(
        name="AgentmonSourceStale",
        severity=Severity.WARNING,
        labels={"part": "live"},
        why="Fresh, and yet: one good poll in four keeps data from expiring, and AgentmonSourceDown from noticing.",
        expr=f"""max by (source) (
    avg_over_time(agentmon_source_up[{FAILING_WINDOW}]) < {FAILING_SHARE}
  unless on (job, instance, source)
    agentmon_source_fresh == 0
)""",
        wait="10m",
        hold="15m",
        summary="Most polls of {{ $labels.source }} fail",
        description="""The data of {{ $labels.source }} is still fresh, but only {{ $value | humanizePercentage }} of
        the last 30 minutes followed a successful poll: its numbers are old more often than not. Last successful poll:
        <last>. Failure now: <reasons>.""",
        values={"last": LAST_SUCCESS, "reasons": REASONS},
        meaning="fresh, but most live polls fail, or the roster has not been read for long",
        threshold=f"half of the polls of {FAILING_WINDOW}",
    ),
    Alert(
        name="AgentmonSourceStale",
        severity=Severity.WARNING,
        labels={"part": "roster"},
        why="An old roster does not expire live data, so nothing else would tell of new people and groups not seen.",
        expr=f"""max by (source) (
    time() - agentmon_source_roster_last_success_timestamp_seconds > {seconds(ROSTER_AGE)}
  and on (job, instance, source)
    sum without (reason) (increase(agentmon_source_roster_failures_total[{ROSTER_FAILURES_WINDOW}])) > 0
  unless on (job, instance, source)
    agentmon_source_fresh == 0
)""",
        wait="15m",
        hold="15m",
        summary="Who works in {{ $labels.source }} has not been read for long",
        description="""Live polls of {{ $labels.source }} succeed, but its roster was read {{ $value | humanizeDuration
        }} ago, and reading it fails. New people, groups and capacities are not seen.""",
        meaning="fresh, but the roster cannot be read",
        threshold=f"{ROSTER_AGE}, six times the default interval, and still failing",
    ),
    Alert(
        name="AgentmonSourceSchemaDrift",
        severity=Severity.WARNING,
        why="""Vendors contradict themselves every day, so a source is compared with itself a day before. On its first
        day it has no measure, and `agentmon probe` is the place to look.""",
        expr=f"""max by (source, kind) (
    {DOUBTFUL} - {DOUBTFUL} offset 1d
  > {DRIFT_SHARE}
  and on (job, source, kind)
    {DOUBTFUL} > {DRIFT_FACTOR} * {DOUBTFUL} offset 1d
)""",
        wait="15m",
        hold="30m",
        summary="The records of {{ $labels.source }} are not what they were yesterday",
        description="""Of the records that {{ $labels.source }} sent in the last hour, <share> are doubtful (kind:
        {{ $labels.kind }}): {{ $value | humanizePercentage }} of all records more than at the same time yesterday.
        The vendor may have changed a field or a status.""",
        values={"share": value(f"max({DOUBTFUL}{{source='%s', kind='%s'}})", "source", "kind", form=SHARE)},
        meaning="more records than yesterday are rejected, in an unknown status, or contradict themselves",
        threshold=f"{DRIFT_SHARE:.0%} of records more than a day before, and {DRIFT_FACTOR} times as many",
    ),
    Alert(
        name="AgentmonSourceShrunk",
        severity=Severity.WARNING,
        why="""A vendor that names fewer people without an error, or a group that was emptied. The same hour a week
        before excuses what is the rhythm of a week.""",
        expr=f"""max by (source) (
    {ACCOUNTS}
  < {SHRUNK_SHARE} * ({ACCOUNTS} offset 1d >= {SHRUNK_LEAST})
  unless on (job, source)
    {ACCOUNTS} >= {SHRUNK_SHARE} * {ACCOUNTS} offset 1w
  and on (job, source)
    agentmon_source_up == 1
)""",
        wait="30m",
        hold="30m",
        summary="{{ $labels.source }} names far fewer people than yesterday",
        description="""{{ $labels.source }} answers, but names {{ $value }} accounts; at the same time yesterday it
        named <before>. Who is missing counts as nobody.""",
        values={"before": value(f"max({ACCOUNTS}{{source='%s'}} offset 1d)", "source")},
        meaning="the source answers, but names far fewer accounts than at the same time before",
        threshold=f"{SHRUNK_SHARE:.0%} of the accounts a day and, if known, a week before; from {SHRUNK_LEAST} on",
    ),
)
