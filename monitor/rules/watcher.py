"""Is anybody watching? Alerts about agentmon itself."""

from monitor.rules.rows import Alert, Severity
from monitor.rules.thresholds import LAG_QUANTILE, LAG_SECONDS, SERIES_SHARE

WATCHER = (
    Alert(
        name="AgentmonWatchdog",
        severity=Severity.NONE,
        why="""Always firing: what it proves is the way from here to the receiver. Send it to something that
        complains when it stops coming.""",
        expr="vector(1)",
        wait="0s",
        summary="Alerts of agentmon find their way",
        description="This alert fires always. Where it stops coming, no alert of agentmon comes.",
        meaning="always fires; its silence means that no alert can arrive",
        threshold="none",
    ),
    Alert(
        name="AgentmonDown",
        severity=Severity.CRITICAL,
        why="0: every target is silent; 1: Prometheus knows no target at all. Same labels, one `for`.",
        expr="max by (job) (up{}) == 0\nor\nabsent(up{})",
        wait="2m",
        summary="agentmon does not answer, nobody watches the teams",
        description="""{{ if $value }}Prometheus has no scrape target in the job "{{ $labels.job }}".
        {{- else }}None of the {{ with query "count(up{})" }}{{ . | first | value }}{{ end }}
        target(s) of the job "{{ $labels.job }}" has answered a scrape for 2 minutes.{{ end }}
        Every other alert of agentmon is silent until this one is mended.""",
        meaning="no replica answers, or none is configured: nobody watches",
        threshold="2 min, a restart twice over",
    ),
    Alert(
        name="AgentmonDown",
        severity=Severity.WARNING,
        why="One replica of several: the others still watch, and only the spare is lost.",
        expr="up{} == 0\nand on (job)\n  up{} == 1",
        wait="10m",
        summary="The agentmon replica {{ $labels.instance }} does not answer",
        description="""{{ $labels.instance }} has answered no scrape for 10 minutes;
        {{ with query "sum(up{})" }}{{ . | first | value }}{{ end }} other(s) still watch the teams.""",
        meaning="one replica of several does not answer",
        threshold="10 min, a rollout",
    ),
    Alert(
        name="AgentmonConfigReloadFailed",
        severity=Severity.WARNING,
        expr="max by (instance) (agentmon_config_last_reload_successful == 0)",
        wait="5m",
        summary="{{ $labels.instance }} runs on an old configuration",
        description="""The configuration that {{ $labels.instance }} was told to load has been refused for 5 minutes;
        the one before stays in force, and the next restart will fail. `agentmon check FILE` tells every mistake.""",
        meaning="a new configuration was refused, the old one is in force",
        threshold="5 min, to mend a typing error",
    ),
    Alert(
        name="AgentmonEventLoopBlocked",
        severity=Severity.WARNING,
        expr=f"""max by (instance) (
    histogram_quantile({LAG_QUANTILE}, rate(agentmon_event_loop_lag_seconds_bucket[5m]))
  > {LAG_SECONDS}
)""",
        wait="10m",
        hold="5m",
        summary="The event loop of {{ $labels.instance }} is blocked again and again",
        description="""For 10 minutes one tick in a hundred of {{ $labels.instance }} has been late by
        {{ $value | humanizeDuration }} or more. Polls, time-outs and scrapes are late with it.""",
        meaning="something blocks or starves the process: polls and numbers are late",
        threshold=f"{LAG_QUANTILE:.0%} of ticks within {LAG_SECONDS} s, five times the budget of one block",
    ),
    Alert(
        name="AgentmonSeriesLimitReached",
        severity=Severity.WARNING,
        expr=f"""max by (instance) (
    agentmon_series / on (job, instance) agentmon_series_limit
  >= {SERIES_SHARE}
  or
    agentmon_series / on (job, instance) agentmon_series_limit
  and on (job, instance)
    agentmon_families_left_out > 0
)""",
        wait="5m",
        hold="15m",
        summary="{{ $labels.instance }} comes near its limit of series, or leaves some out",
        description="""For 5 minutes the exposition of {{ $labels.instance }} has held
        {{ $value | humanizePercentage }} of the series that it may hold, or has left families of single agents out
        because they did not fit. Series of teams are never left out.""",
        meaning="the exposition is nearly as large as it may become, or series of single agents are missing",
        threshold=f"{SERIES_SHARE:.0%} of `agentmon_series_limit`, or any family left out",
    ),
)
