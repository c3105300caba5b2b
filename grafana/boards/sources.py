"""The vendors: do they answer, how quickly, and does their answer mean what it meant yesterday?"""

from typing import Any

from grafana_foundation_sdk.builders import dashboard, table

from boards.frame import ALERTS, alerts_firing, framed, several
from boards.palette import CALM, PLAIN, RED, SILVER, YELLOW, absent, steps, words
from boards.panels import buckets, column, dashed, durations, grid, lines, over_time, rows, timeline
from boards.queries import SOURCE, of, reason

UP = f"min by (source) ({of('source_up', SOURCE)})"
FRESH = f"min by (source) ({of('source_fresh', SOURCE)})"
LAST = of("source_last_success_timestamp_seconds", SOURCE)


def of_its(part: str, whole: str) -> str:
    """Divide two families of the same source and replica, and keep the worst replica."""
    return f"max by (source) ({part} / on (job, instance, source) {whole})"


def increase(family: str, *labels: str) -> str:
    by = ", ".join(("source", *labels))
    return f"sum by ({by}) (increase({of(family, SOURCE)}[$__rate_interval]))"


def now() -> table.Panel:
    none = f'label_replace(0 * max by (source) ({of("source_info", SOURCE)}), "reason", "none", "", "")'
    yes_no = words({1: ("yes", CALM), 0: ("NO", RED)})
    panel = grid(
        "Sources now",
        "Up: the last live poll succeeded. Fresh: the last good data is young enough to be used; what is not fresh "
        "takes part in no number. Reason: why the last poll failed. Interval: from one poll to the next as now in "
        "force. With several replicas, the worst of them.",
        {
            "source": "Source",
            "vendor": "Vendor",
            "Value #up": "Up",
            "Value #fresh": "Fresh",
            "reason": "Reason",
            "Value #age": "Last success",
            "Value #expires": "Expires after",
            "Value #interval": "Interval",
            "Value #accounts": "Accounts",
        },
        rows(f"max by (source, vendor) ({of('source_info', SOURCE)})", "info"),
        rows(UP, "up"),
        rows(FRESH, "fresh"),
        rows(f"{reason(SOURCE)}\nor on (source)\n{none}", "reason"),
        rows(f"max by (source) (round(time() - {LAST}))", "age"),
        rows(f"max by (source) ({of('source_max_age_seconds', SOURCE)})", "expires"),
        rows(f"max by (source) ({of('source_poll_interval_seconds', SOURCE)})", "interval"),
        rows(f"max by (source) ({of('source_agents', SOURCE)})", "accounts"),
        nothing="no source is reported",
    )
    for name in ("Up", "Fresh"):
        panel.override_by_name(name, column("none", yes_no, absent("?"), filled=True))
    for name, missing in (("Last success", "never"), ("Expires after", "?"), ("Interval", "?")):
        panel.override_by_name(name, column("s", absent(missing), decimals=0))
    return panel.override_by_name("Accounts", column("none", absent("? not fresh")))


def health() -> Any:
    shown = words({2: ("fresh", CALM), 1: ("failing, still fresh", YELLOW), 0: ("out", RED)})
    return timeline(
        "Up and fresh",
        "fresh: the last poll succeeded. failing: it did not, the data is still young enough. out: the data takes part "
        "in nothing.",
        over_time(f"{FRESH} * on (source) (1 + {UP})", "{{source}}"),
        mappings=[shown],
    )


def age() -> Any:
    return lines(
        "Age of data, against its limit",
        "Age of the last good data as a share of `max_age`. At 100 % it expires and disappears; beyond 200 % the line "
        "leaves the graph.",
        "percentunit",
        over_time(of_its(f"(time() - {LAST})", of("source_max_age_seconds", SOURCE)), "{{source}}"),
        thresholds=steps(PLAIN, (1, RED)),
        most=2,
        empty="before the first good poll.",
    )


def poll_heatmap() -> Any:
    family = of("source_poll_duration_seconds_bucket", SOURCE)
    return durations(
        "Duration of polls",
        "How many live polls took how long, of all chosen sources together; failed ones included.",
        buckets(f"sum by (le) (increase({family}[$__rate_interval]))"),
    )


def poll_quantiles() -> Any:
    family = of("source_poll_duration_seconds_bucket", SOURCE)
    halves = f"sum by (source, le) (rate({family}[$__rate_interval]))"
    return lines(
        "Duration of polls, by source",
        "Half of the polls, and 95 of 100, took no longer.",
        "s",
        over_time(f"histogram_quantile(0.5, {halves})", "{{source}}, half", "half"),
        over_time(f"histogram_quantile(0.95, {halves})", "{{source}}, 95 %", "most"),
    )


def failures() -> Any:
    return lines(
        "Failed polls by reason",
        "Live polls that failed.",
        "short",
        over_time(f"{increase('source_poll_failures_total', 'reason')} > 0", "{{source}}: {{reason}}"),
        bars=True,
        empty="while no poll fails.",
        nothing="none",
    )


def roster_failures() -> Any:
    return lines(
        "Failed readings of the roster, by reason",
        "Who works there could not be read; live data goes on.",
        "short",
        over_time(f"{increase('source_roster_failures_total', 'reason')} > 0", "{{source}}: {{reason}}"),
        bars=True,
        empty="while no reading fails.",
        nothing="none",
    )


def budget() -> Any:
    used = f"60 * rate({of('source_requests_total', SOURCE)}[$__rate_interval])"
    return lines(
        "Requests, against the budget",
        "Requests a minute as a share of `requests_per_minute`: log-in, roster, live and repeated ones.",
        "percentunit",
        over_time(of_its(used, of("source_request_limit_per_minute", SOURCE)), "{{source}}"),
        thresholds=steps(PLAIN, (1, RED)),
    )


def doubtful() -> Any:
    records = increase("source_records_total")
    rejected, unknown = increase("source_rejected_records_total"), increase("source_unknown_statuses_total")
    return lines(
        "Doubtful records",
        "Share of the records that could not be read (rejected) or have a status that agentmon cannot map (unknown).",
        "percentunit",
        over_time(f"{rejected} / ({records} > 0)", "{{source}}: rejected", "rejected"),
        over_time(f"{unknown} / ({records} > 0)", "{{source}}: unknown status", "unknown"),
    )


def contradictions() -> Any:
    return lines(
        "Contradictions by check",
        "Records whose own fields contradict each other, once a poll, record and check.",
        "short",
        over_time(f"{increase('source_contradictions_total', 'check')} > 0", "{{source}}: {{check}}"),
        bars=True,
        empty="while no record contradicts itself.",
        nothing="none",
    )


def accounts() -> Any:
    family = of("source_agents", SOURCE)
    return lines(
        "Accounts, against the day before",
        "Accounts that each source names; dashed: a day before. A fall by half is an alert: who is missing counts as "
        "nobody.",
        "short",
        over_time(f"max by (source) ({family})", "{{source}}", "now"),
        over_time(f"max by (source) ({family} offset 1d)", "{{source}}, a day before", "before"),
        decimals=0,
        empty="in part during the first day, and while a source is expired.",
    ).override_by_query("before", dashed(SILVER))


def unassigned() -> Any:
    return lines(
        "Accounts that count nowhere",
        "In no team, and in the roster but in no live list.",
        "short",
        over_time(f"max by (source) ({of('source_unassigned_agents', SOURCE)})", "{{source}}: in no team", "team"),
        over_time(f"max by (source) ({of('source_unlisted_agents', SOURCE)})", "{{source}}: in no list", "list"),
        decimals=0,
        empty="while every source is expired.",
    )


def interval() -> Any:
    return lines(
        "Interval of polling in force",
        "From one live poll to the next. It grows where a source backs off: it failed, was refused, or asked for it.",
        "s",
        over_time(f"max by (source) ({of('source_poll_interval_seconds', SOURCE)})", "{{source}}"),
    )


def visitors() -> Any:
    return lines(
        "Visitors in a chat",
        "Anywhere in the source, with an agent or a chatbot.",
        "short",
        over_time(f"max by (source) ({of('source_chatting_visitors', SOURCE)})", "{{source}}"),
        decimals=0,
        empty="where the vendor does not tell.",
    )


def alerts() -> table.Panel:
    firing = ALERTS.replace("}", ', source=~"$source"}')
    return grid(
        "Alerts that fire",
        "Alerts of the chosen sources. Alerts aggregate replicas away, so job and instance do not select them.",
        {"alertname": "Alert", "severity": "Severity", "source": "Source"},
        rows(f"max by (alertname, severity, source) ({firing})", "A"),
        empty="while no alert fires.",
        nothing="no alert fires",
    )


def sources() -> dashboard.Dashboard:
    which = 'label_values(agentmon_source_info{job=~"$job", instance=~"$instance"}, source)'
    return framed(
        "agentmon-sources",
        "sources",
        "Do the vendors answer, how quickly, and does their answer mean what it meant yesterday?",
        [several("source", "Source", which)],
        [
            (8, [(24, now())]),
            (7, [(12, health()), (12, age())]),
            (8, [(12, poll_heatmap()), (12, poll_quantiles())]),
            (8, [(12, failures()), (12, roster_failures())]),
            (8, [(8, budget()), (8, doubtful()), (8, contradictions())]),
            (8, [(8, accounts()), (8, unassigned()), (8, interval())]),
            (7, [(12, visitors()), (12, alerts())]),
        ],
        annotations=[alerts_firing('source=~"$source"')],
    )
