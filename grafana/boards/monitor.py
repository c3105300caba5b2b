"""agentmon itself: who watches the watcher?"""

from typing import Any

from grafana_foundation_sdk.builders import dashboard, stat, table
from grafana_foundation_sdk.models import dashboard as model

from boards.frame import ALERTS, alerts_firing, framed
from boards.palette import CALM, PLAIN, QUIET, RED, YELLOW, steps, words
from boards.panels import buckets, durations, grid, lines, now, over_time, rows, tiles
from boards.queries import OURS, of
from monitor.rules.thresholds import LAG_QUANTILE, LAG_SECONDS, SERIES_SHARE


def foreign(name: str, matchers: str = "") -> str:
    """Select a family that is not ours: of prometheus-client, or of Prometheus itself."""
    return f"{name}{{{', '.join(filter(None, (OURS, matchers)))}}}"


def quantile(share: float, family: str) -> str:
    return f"histogram_quantile({share}, sum by (instance, le) (rate({of(family)}[$__rate_interval])))"


def watching() -> stat.Panel:
    return tiles(
        "Watching",
        "Does Prometheus get an answer from agentmon? If not, every other dashboard is old or empty.",
        now(foreign("up"), "{{instance}}"),
        mappings=[words({0: ("✖ SILENT", RED), 1: ("✔ watching", CALM)})],
        nothing="? NO TARGET",
    )


def configuration() -> stat.Panel:
    return tiles(
        "Configuration",
        "Refused: a new configuration could not be loaded, the one before stays in force, and the next "
        "start will fail.",
        now(of("config_last_reload_successful"), "{{instance}}"),
        mappings=[words({0: ("✖ refused", RED), 1: ("✔ in force", CALM)})],
    )


def loaded() -> stat.Panel:
    return tiles(
        "Running and loaded",
        "Time since the process started, and since the configuration in force was loaded.",
        now(f"time() - {foreign('process_start_time_seconds')}", "{{instance}}: running", "running"),
        now(f"time() - {of('config_last_reload_success_timestamp_seconds')}", "{{instance}}: loaded", "loaded"),
        unit="dtdurations",
        thresholds=steps(QUIET),
        decimals=0,
    )


def versions() -> table.Panel:
    return grid(
        "Versions",
        "What runs where.",
        {"instance": "Instance", "version": "Version", "revision": "Revision", "python": "Python"},
        rows(f"max by (instance, version, revision, python) ({of('build_info')})", "A"),
    )


def lag() -> Any:
    return lines(
        "Lag of the event loop",
        "How late timers run: what blocks the loop delays polls, time-outs and scrapes. Dashed: where the alert "
        "stands.",
        "s",
        over_time(quantile(0.5, "event_loop_lag_seconds_bucket"), "{{instance}}, half", "half"),
        over_time(quantile(LAG_QUANTILE, "event_loop_lag_seconds_bucket"), "{{instance}}, 99 %", "most"),
        thresholds=steps(PLAIN, (LAG_SECONDS, RED)),
    )


def lag_heatmap() -> Any:
    return durations(
        "Lag of the event loop, all ticks",
        "How many ticks were how late.",
        buckets(f"sum by (le) (increase({of('event_loop_lag_seconds_bucket')}[$__rate_interval]))"),
    )


def publishing() -> Any:
    return lines(
        "Time to publish",
        "To reconcile and to render one exposition.",
        "s",
        over_time(quantile(0.5, "publish_duration_seconds_bucket"), "{{instance}}, half", "half"),
        over_time(quantile(0.99, "publish_duration_seconds_bucket"), "{{instance}}, 99 %", "most"),
    )


def scrape() -> Any:
    panel = lines(
        "Size of the exposition",
        "Uncompressed, by format; on the right how long Prometheus takes to fetch it.",
        "bytes",
        over_time(of("exposition_bytes"), "{{instance}}: {{format}}", "size"),
        over_time(foreign("scrape_duration_seconds"), "{{instance}}: scrape", "scrape"),
    )
    right = [model.DynamicConfigValue("unit", "s"), model.DynamicConfigValue("custom.axisPlacement", "right")]
    return panel.override_by_query("scrape", right)


def series() -> Any:
    return lines(
        "Series, against the limit",
        "Samples in the exposition as a share of `web.max_series`. Beyond it, families of single agents are left out. "
        "Dashed: where the alert stands.",
        "percentunit",
        over_time(f"{of('series')} / on (job, instance) {of('series_limit')}", "{{instance}}"),
        thresholds=steps(PLAIN, (SERIES_SHARE, YELLOW), (1, RED)),
        most=1,
    )


def left_out() -> Any:
    return lines(
        "Left out, missed, refused",
        "Families of single agents that the limit keeps out; polls skipped because one was in flight; joins of "
        "accounts that are refused.",
        "short",
        over_time(of("families_left_out"), "{{instance}}: families left out", "families"),
        over_time(
            f"increase({of('scheduler_missed_runs_total')}[$__rate_interval])", "{{instance}}: missed runs", "missed"
        ),
        over_time(of("people_refused_joins"), "{{instance}}: refused joins", "joins"),
        decimals=0,
    )


def memory() -> Any:
    return lines(
        "Memory",
        "Resident memory of the process.",
        "bytes",
        over_time(foreign("process_resident_memory_bytes"), "{{instance}}"),
    )


def processor() -> Any:
    return lines(
        "Processor",
        "Share of one core.",
        "percentunit",
        over_time(f"rate({foreign('process_cpu_seconds_total')}[$__rate_interval])", "{{instance}}"),
    )


def files() -> Any:
    return lines(
        "Open files and sockets, against the limit",
        "As a share of what the system allows the process.",
        "percentunit",
        over_time(f"{foreign('process_open_fds')} / on (job, instance) {foreign('process_max_fds')}", "{{instance}}"),
        thresholds=steps(PLAIN, (1, RED)),
        most=1,
    )


def tasks() -> Any:
    return lines(
        "Tasks of the event loop",
        "Polls, connections, readers of the stream, and those of agentmon itself. What only ever grows is a leak.",
        "short",
        over_time(of("event_loop_tasks"), "{{instance}}"),
        decimals=0,
    )


def alerts() -> table.Panel:
    firing = ALERTS.replace("}", ', alertname!~"AgentmonTeam.*|AgentmonSource.*"}')
    return grid(
        "Alerts that fire",
        "Alerts about agentmon itself. Some aggregate replicas away, so job and instance do not select them.",
        {"alertname": "Alert", "severity": "Severity", "instance": "Instance"},
        rows(f"max by (alertname, severity, instance) ({firing})", "A"),
        empty="while no alert fires.",
        nothing="no alert fires",
    )


def monitor() -> dashboard.Dashboard:
    return framed(
        "agentmon-monitor",
        "monitor",
        "Does agentmon itself keep up: its loop, its memory, its scrapes, its configuration?",
        [],
        [
            (4, [(6, watching()), (6, configuration()), (12, loaded())]),
            (5, [(12, versions()), (12, alerts())]),
            (8, [(12, lag()), (12, lag_heatmap())]),
            (8, [(12, publishing()), (12, scrape())]),
            (8, [(12, series()), (12, left_out())]),
            (8, [(6, memory()), (6, processor()), (6, files()), (6, tasks())]),
        ],
        annotations=[alerts_firing('alertname!~"AgentmonTeam.*|AgentmonSource.*"')],
    )
