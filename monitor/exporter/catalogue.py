"""Every metric family of agentmon: headers, documentation and checks derive from these rows."""

from monitor.exporter.agent_families import AGENT_FAMILIES
from monitor.exporter.families import SOURCE, Family, Kind, Scope, counter, gauge
from monitor.exporter.source_families import SOURCE_FAMILIES
from monitor.exporter.team_families import TEAM_FAMILIES

SELF_FAMILIES = (
    gauge(
        Scope.WHOLE,
        "build_info",
        "Version, source revision and Python version; always 1.",
        ("version", "revision", "python"),
        lambda facts: [((facts.version, facts.revision, facts.python), 1)],
    ),
    gauge(
        Scope.WHOLE,
        "config_last_reload_successful",
        "Whether the last attempt to load the configuration succeeded.",
        (),
        lambda facts: [((), int(facts.is_config_current))],
    ),
    gauge(
        Scope.WHOLE,
        "config_last_reload_success_timestamp_seconds",
        "When the configuration in force was loaded, in Unix time.",
        (),
        lambda facts: [((), facts.config_loaded_at)],
    ),
    counter(
        Scope.WHOLE,
        "scheduler_missed_runs_total",
        "Polls skipped because one of the same source was in flight.",
        (),
        lambda facts: [((), facts.missed_runs)],
    ),
    gauge(
        Scope.WHOLE,
        "event_loop_tasks",
        "Tasks of the event loop that have not ended: polls, connections, readers of the stream, and our own.",
        (),
        lambda facts: [] if facts.tasks is None else [((), facts.tasks)],
    ),
    gauge(
        Scope.WHOLE,
        "exposition_bytes",
        "Size of the exposition before this one, uncompressed.",
        ("format",),
        lambda facts: [((name,), size) for name, size in facts.exposition_bytes.items()],
    ),
    gauge(
        Scope.WHOLE,
        "series",
        "Samples in the exposition before this one.",
        (),
        lambda facts: [((), facts.series)],
    ),
    gauge(
        Scope.WHOLE,
        "series_limit",
        "Configured limit of samples (web.max_series); families of single agents are left out where they exceed it.",
        (),
        lambda facts: [((), facts.series_limit)],
    ),
    gauge(
        Scope.WHOLE,
        "families_left_out",
        "Families of single agents that the limit of series kept out of the exposition before this one.",
        (),
        lambda facts: [((), facts.families_left_out)],
    ),
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

FAMILIES: tuple[Family, ...] = (*TEAM_FAMILIES, *SOURCE_FAMILIES, *SELF_FAMILIES, *AGENT_FAMILIES)
"""What agentmon renders itself, in the order of the exposition."""

DOCUMENTED: tuple[Family, ...] = (*FAMILIES, *HISTOGRAMS)
"""Every agentmon family there is; `process_*` and `python_*` are prometheus-client's own."""
