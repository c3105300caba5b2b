"""One team on one channel in depth."""

from typing import Any

from grafana_foundation_sdk.builders import dashboard, stat, table
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model

from boards.coverage import burning, coverage, short
from boards.frame import ALERTS, alerts_firing, framed, status_changes, variable
from boards.palette import (
    CALM,
    GREEN,
    ORANGE,
    QUIET,
    RED,
    SKY,
    STATES,
    STATUS_WORDS,
    VERMILION,
    YELLOW,
    absent,
    fixed,
    steps,
    words,
)
from boards.panels import column, dashed, grid, lines, now, over_time, rows, tiles, timeline
from boards.queries import (
    BY_CHANNEL,
    CHANNEL,
    TEAM,
    configured,
    data_age,
    each_channel,
    number_as_label,
    of,
    proved,
    record,
    status_code,
)

AVAILABLE = f"max {BY_CHANNEL} ({of('team_available_agents', CHANNEL)})"
OCCUPANCY = f"max {BY_CHANNEL} ({of('team_slot_occupancy_ratio', CHANNEL)})"
MEETS = words({1: ("meets its target", CALM), 0: ("misses its target", YELLOW), 2: ("no target, or not known", QUIET)})


def target(name: str) -> str:
    return f"max {BY_CHANNEL} ({of(f'team_target_{name}', CHANNEL)})"


def is_(state: str) -> str:
    return f'state="{state}"'


def against(value: str, comparison: str, wanted: str, form: str = "$1") -> str:
    """Give 1 where the value meets its target, 0 where it misses it, 2 where there is one of them only; with the two
    in the labels `value` and `want`.
    """
    times = 100 if form.endswith("%") else 1
    met = f"({value} {comparison} bool on (team, channel) {wanted} or on (team, channel) 2 * {each_channel(CHANNEL)})"
    shown = number_as_label("value", f"round({times} * {value})", CHANNEL, form)
    want = configured("want", f"round({times} * {wanted})", CHANNEL)
    return f"{met}\n* on (team, channel) group_left (value)\n{shown}\n* on (team, channel) group_left (want)\n{want}"


def status() -> stat.Panel:
    return tiles(
        "Status",
        "unknown: the data proves nothing, look for yourself. closed: outside opening hours. unstaffed: nobody "
        "accepts. saturated: people, but no free slot. tight: under a target.",
        now(status_code(CHANNEL), "{{channel}}"),
        mappings=[STATUS_WORDS],
        text=options.BigValueTextMode.VALUE,
    )


def targets() -> stat.Panel:
    free = proved(of("team_slots", CHANNEL, 'state="free"'), CHANNEL)
    return tiles(
        "Against the targets",
        "Yellow: misses the target of the team. ≥: a floor, because the data is incomplete; ?: not known; –: the "
        "vendor does not tell, or no target is set.",
        now(against(AVAILABLE, ">=", target("available_agents")), "{{value}} available, want {{want}}", "people"),
        now(against(free, ">=", target("free_slots")), "{{value}} slots free, want {{want}}", "free"),
        now(against(OCCUPANCY, "<=", target("occupancy_ratio"), "$1 %"), "{{value}} full, at most {{want}} %", "full"),
        mappings=[MEETS],
        text=options.BigValueTextMode.NAME,
        orientation=options.VizOrientation.VERTICAL,
    )


def trust() -> stat.Panel:
    exact = words({1: ("exact", CALM), 0: ("floors", YELLOW)})
    panel = tiles(
        "Data",
        "Floors: a source is missing or a selector matched nobody, so there may be more than is counted. Age: of the "
        "oldest data in use.",
        now(f"max by (team) ({of('team_data_complete', TEAM)})", "counts are", "complete"),
        now(data_age(TEAM), "oldest", "age"),
        empty="in part while no source of the team is fresh.",
        orientation=options.VizOrientation.VERTICAL,
        thresholds=steps(QUIET),
        decimals=0,
    )
    panel.override_by_query("complete", [model.DynamicConfigValue("mappings", [exact])])
    return panel.override_by_query("age", [model.DynamicConfigValue("unit", "s")])


def people() -> Any:
    queries = [
        over_time(f"max by (state) ({of('team_agents', CHANNEL, is_(state))})", state, state) for state in STATES
    ]
    panel = lines(
        "People by state",
        "Who can take a contact stands at the bottom (idle, partial, unmetered), who cannot above. People who are "
        "offline are left out. The dashed line is how many should be available. On incomplete data all are floors.",
        "short",
        *queries,
        over_time(target("available_agents"), "wanted available", "target"),
        stacked=True,
        decimals=0,
    )
    for state, color in STATES.items():
        panel.override_by_query(state, [fixed(color)])
    return panel.override_by_query("target", dashed(RED))


def slots() -> Any:
    parts = {"used": ORANGE, "finishing": YELLOW, "free": GREEN}
    queries = [over_time(f"max by (state) ({of('team_slots', CHANNEL, is_(part))})", part, part) for part in parts]
    panel = lines(
        "Slots",
        "Of people who accept: used and free; finishing: held by people who accept no more. The dashed line is how "
        "many should be free.",
        "short",
        *queries,
        over_time(target("free_slots"), "wanted free", "target"),
        stacked=True,
        decimals=0,
        empty="where the vendor does not tell of slots.",
    )
    for part, color in parts.items():
        panel.override_by_query(part, [fixed(color)])
    return panel.override_by_query("target", dashed(RED))


def occupancy() -> Any:
    halves = "ratio_increase30m"
    agents = record(f"instance_team_channel:agentmon_agent_occupancy:{halves}", CHANNEL)
    taken = record(f"instance_team_channel:agentmon_slot_occupancy:{halves}", CHANNEL)
    panel = lines(
        "Occupancy",
        "Slots: used of used and free. Agents: people who hold a contact of those who accept. The two are never the "
        "same number. The dashed line is the target of slots.",
        "percentunit",
        over_time(OCCUPANCY, "slots now", "now"),
        over_time(f"max {BY_CHANNEL} ({taken})", "slots, last 30 min", "slots"),
        over_time(f"max {BY_CHANNEL} ({agents})", "agents, last 30 min", "agents"),
        over_time(target("occupancy_ratio"), "at most wanted", "target"),
        most=1,
        empty="on incomplete data, and where the vendor does not tell of slots.",
    )
    for query, color in (("now", SKY), ("slots", ORANGE), ("agents", GREEN)):
        panel.override_by_query(query, [fixed(color)])
    return panel.override_by_query("target", dashed(RED))


def queue() -> Any:
    longest = f"max {BY_CHANNEL} ({of('team_queue_longest_wait_seconds', CHANNEL)})"
    panel = lines(
        "Queue",
        "Contacts that wait, and, on the right, how long the first of them has waited.",
        "short",
        over_time(f"max {BY_CHANNEL} ({of('team_queue_length', CHANNEL)})", "waiting", "length"),
        over_time(longest, "longest wait", "wait"),
        empty="where no vendor of the team tells of a queue; the wait also while nobody waits.",
    )
    right = [model.DynamicConfigValue("unit", "s"), model.DynamicConfigValue("custom.axisPlacement", "right")]
    return panel.override_by_query("wait", right)


def oldest() -> Any:
    return lines(
        "Oldest slot",
        "Age of the longest slot in each phase, as CoBrowser tells it. Burning: the customer waits for an answer.",
        "s",
        over_time(f"max by (phase) ({of('team_oldest_slot_seconds', CHANNEL)})", "{{phase}}"),
        empty="where the team has nobody in CoBrowser.",
    )


def inactive() -> Any:
    return lines(
        "Inactive people",
        "People who hold contacts and have done nothing for longer than `inactive.after`.",
        "short",
        over_time(f"max {BY_CHANNEL} ({of('team_inactive_agents', CHANNEL)})", "inactive"),
        decimals=0,
        empty="while no source of the team is fresh.",
    )


def alerts() -> table.Panel:
    firing = ALERTS.replace("}", ', team=~"$team"}')
    return grid(
        "Alerts that fire",
        "Alerts of this team on any channel. Alerts aggregate replicas away, so job and instance do not select them.",
        {"alertname": "Alert", "severity": "Severity", "channel": "Channel"},
        rows(f"max by (alertname, severity, channel) ({firing})", "A"),
        empty="while no alert fires.",
        nothing="no alert fires",
    )


def sources() -> table.Panel:
    yes_no = words({1: ("yes", GREEN), 0: ("NO", VERMILION)})
    panel = grid(
        "Its sources",
        "The sources that the team's numbers need. Matches: accounts that its selectors find; 0 never matched "
        "anybody, and keeps the data incomplete until it has once.",
        {"source": "Source", "Value #fresh": "Fresh", "Value #matches": "Matches"},
        rows(f"min by (source) ({of('team_source_fresh', TEAM)})", "fresh"),
        rows(f"max by (source) ({of('team_selector_matches', TEAM)})", "matches"),
    )
    panel.override_by_name("Fresh", column("none", yes_no, filled=True))
    return panel.override_by_name("Matches", column("none", absent("not known")))


def team() -> dashboard.Dashboard:
    ours = 'job=~"$job", instance=~"$instance"'
    offset = (
        dashboard.CustomVariable("utc_offset")
        .label("Hours from UTC")
        .values(",".join(str(hours) for hours in range(-11, 15)))
        .current(model.VariableOption(selected=True, text="0", value="0"))
    )
    hard = of("team_status", CHANNEL, 'status=~"unknown|unstaffed|saturated"')
    troubled = f"max by (status) ({hard} == 1)"
    return framed(
        "agentmon-team",
        "team",
        "One team on one channel: who is there, how full they are, when they are too few.",
        [
            variable("team", "Team", f"label_values(agentmon_team_status{{{ours}}}, team)"),
            variable("channel", "Channel", f'label_values(agentmon_team_status{{{ours}, team=~"$team"}}, channel)'),
            offset,
        ],
        [
            (4, [(5, status()), (14, targets()), (5, trust())]),
            (
                4,
                [
                    (
                        24,
                        timeline(
                            "Status over time",
                            "As published. A gap is time without agentmon, not good time.",
                            over_time(status_code(CHANNEL), "{{channel}}"),
                            mappings=[STATUS_WORDS],
                        ),
                    )
                ],
            ),
            (9, [(12, people()), (12, slots())]),
            (9, [(12, occupancy()), (12, burning())]),
            (4, [(24, coverage())]),
            (10, [(24, short())]),
            (8, [(8, queue()), (8, oldest()), (8, inactive())]),
            (7, [(12, alerts()), (12, sources())]),
        ],
        annotations=[alerts_firing('team=~"$team"'), status_changes(troubled)],
    )
