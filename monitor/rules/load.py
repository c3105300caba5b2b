"""How full, how long, how restless? Alerts that look at a team over time, and the records they need."""

from monitor.rules.phrases import (
    PEOPLE,
    SHARE,
    SLOTS,
    SOURCE_DOWN,
    just_opened,
    names,
    of_open_team,
    source_was_down,
    target,
    value,
    was_complete,
)
from monitor.rules.rows import Alert, Record, Severity
from monitor.rules.thresholds import (
    FLAPPING_CHANGES,
    FLAPPING_WINDOW,
    OCCUPANCY_WINDOW,
    OCCUPANCY_WINDOWS,
    QUEUE_BEFORE,
    QUEUE_WINDOW,
    TREND_AHEAD,
    TREND_DEVIATIONS,
    TREND_LATELY,
    TREND_WINDOW,
    seconds,
)


def _ratio(name: str, family: str, part: str, whole: str) -> tuple[Record, ...]:
    """Ratios of sums over windows: averages of ratios would weigh an empty minute like a full one."""
    return tuple(
        Record(
            name=f"instance_team_channel:agentmon_{name}:ratio_increase{window}",
            expr=f"""sum without (state) (increase({family}{{state=~"{part}"}}[{window}]))
/
(sum without (state) (increase({family}{{state=~"{whole}"}}[{window}])) > 0)""",
        )
        for window in OCCUPANCY_WINDOWS
    )


TEAM_RECORDS = (
    Record(
        name="team_channel:agentmon_available_agents:max",
        expr="max by (job, team, channel) (agentmon_team_available_agents)",
    ),
    *_ratio("slot_occupancy", "agentmon_team_slot_seconds_total", "used", "used|free"),
    *_ratio("agent_occupancy", "agentmon_team_agent_seconds_total", "partial|full", "idle|partial|full"),
)

OCCUPANCY = f"instance_team_channel:agentmon_slot_occupancy:ratio_increase{OCCUPANCY_WINDOW}"
FREE = 'agentmon_team_slots{state="free"}'
QUEUE = "agentmon_team_queue_length"
HARD_CHANGES = 'agentmon_team_status_changes_total{status=~"unstaffed|saturated"}'

NO_UNMETERED = """unless on (job, instance, team, channel)
  agentmon_team_agents{state="unmetered"} > 0"""

LOAD = (
    Alert(
        name="AgentmonTeamHighOccupancy",
        severity=Severity.WARNING,
        why="""Over half an hour of complete data that does not reach back before opening. Somebody whose slots are not
        known may be free, as in the status itself.""",
        expr=of_open_team(
            f"""  {OCCUPANCY}
> on (job, instance, team, channel)
  agentmon_team_target_occupancy_ratio
{NO_UNMETERED}
{was_complete(OCCUPANCY_WINDOW)}""",
            just_opened(OCCUPANCY_WINDOW),
        ),
        wait="10m",
        hold="10m",
        summary="{{ $labels.team }} ({{ $labels.channel }}) is fuller than it wants",
        description="""Over the last 30 minutes {{ $value | humanizePercentage }} of the slots of {{ $labels.team }} on
        {{ $labels.channel }} were in use; the target is <target> at most. Slots now: <slots>.""",
        values={"target": target("occupancy_ratio", form=SHARE), "slots": SLOTS},
        meaning="slots have been fuller than wanted for long",
        threshold=f"`targets.occupancy`, over {OCCUPANCY_WINDOW}, for 10 min",
    ),
    Alert(
        name="AgentmonTeamSaturationPredicted",
        severity=Severity.WARNING,
        why="""The line through half an hour reaches zero in a quarter of one. The line must explain over half of the
        variance (else it is noise), and the fall must go on (else it is the step of a shift that went home).""",
        expr=of_open_team(
            f"""predict_linear({FREE}[{TREND_WINDOW}], {seconds(TREND_AHEAD)}) <= 0
and
  {-seconds(TREND_WINDOW)} * deriv({FREE}[{TREND_WINDOW}])
  > {TREND_DEVIATIONS} * stddev_over_time({FREE}[{TREND_WINDOW}])
and
  deriv({FREE}[{TREND_LATELY}]) < 0
and on (job, instance, team, channel)
  agentmon_team_status{{status=~"ok|tight"}} == 1
{NO_UNMETERED}
{was_complete(TREND_WINDOW)}""",
            just_opened(TREND_WINDOW),
        ),
        wait="5m",
        hold="10m",
        summary="{{ $labels.team }} ({{ $labels.channel }}) will soon have no free slot",
        description="""If the last 30 minutes go on like this, {{ $labels.team }} has no free slot on {{ $labels.channel
        }} in 15 minutes. Slots now: <slots>. People now: <people>.""",
        values={"slots": SLOTS, "people": PEOPLE},
        meaning="free slots fall steadily and run out soon",
        threshold=f"0 free slots {TREND_AHEAD} ahead, by the trend of {TREND_WINDOW}",
    ),
    Alert(
        name="AgentmonTeamQueueGrowing",
        severity=Severity.WARNING,
        why="A queue that appears because its source came back has not grown.",
        expr=of_open_team(
            f"""  avg_over_time({QUEUE}[{QUEUE_WINDOW}]) - avg_over_time({QUEUE}[{QUEUE_WINDOW}] offset {QUEUE_BEFORE})
>= on (job, instance, team, channel)
  agentmon_team_target_available_agents
and on (job, instance, team, channel)
  min_over_time({QUEUE}[{QUEUE_BEFORE}]) > 0""",
            just_opened("15m"),
            source_was_down("15m"),
        ),
        wait="5m",
        hold="10m",
        summary="More and more people wait for {{ $labels.team }} ({{ $labels.channel }})",
        description="""The queue of {{ $labels.team }} on {{ $labels.channel }} has not been empty for 10 minutes and
        has grown by {{ printf `%.1f` $value }} in them. Waiting now: <waiting>, the first for <wait>. People now:
        <people>.""",
        values={
            "waiting": value("max(agentmon_team_queue_length{team='%s', channel='%s'})", "team", "channel"),
            "wait": value(
                "max(agentmon_team_queue_longest_wait_seconds{team='%s', channel='%s'})",
                "team",
                "channel",
                form="value | humanizeDuration",
                missing="a time that is not known",
            ),
            "people": PEOPLE,
        },
        meaning="the queue grows and does not empty, where a vendor tells of one",
        threshold=f"as many more in {QUEUE_BEFORE} as `targets.available_agents`",
    ),
    Alert(
        name="AgentmonTeamStatusFlapping",
        severity=Severity.WARNING,
        why="""Counted are falls into what customers notice; ok and tight take turns on any busy day. A source that
        comes and goes makes the status do so, and has its own alert.""",
        expr=of_open_team(
            f"sum without (status) (increase({HARD_CHANGES}[{FLAPPING_WINDOW}])) >= {FLAPPING_CHANGES}",
            source_was_down(FLAPPING_WINDOW),
        ),
        wait="0s",
        hold="15m",
        summary="{{ $labels.team }} ({{ $labels.channel }}) comes and goes",
        description="""In the last hour {{ $labels.team }} has become unstaffed or saturated {{ printf `%.0f` $value }}
        times on {{ $labels.channel }}, too shortly each time for an alert of its own. People now: <people>.""",
        values={"people": PEOPLE},
        meaning="the team falls into unstaffed or saturated again and again",
        threshold=f"{FLAPPING_CHANGES} falls in {FLAPPING_WINDOW}",
    ),
    Alert(
        name="AgentmonTeamInactiveAgents",
        severity=Severity.INFO,
        why="A count that is a floor proves this, so incomplete data does not silence it.",
        expr=of_open_team(
            """  agentmon_team_inactive_agents
>= on (job, instance, team, channel)
  agentmon_team_target_available_agents"""
        ),
        wait="15m",
        hold="5m",
        summary="People of {{ $labels.team }} ({{ $labels.channel }}) hold contacts and do nothing",
        description="""For 15 minutes {{ $value }} people of {{ $labels.team }} have held contacts on {{ $labels.channel
        }} without any activity; the target is <target> available. Their customers wait.""",
        values={"target": target("available_agents")},
        meaning="as many people hold contacts and do nothing as the team wants available",
        threshold="`inactive.after`, `targets.available_agents`, then 15 min",
    ),
    Alert(
        name="AgentmonTeamDataIncomplete",
        severity=Severity.WARNING,
        why="""All sources are fresh, so it is a selector that has matched nobody. While the status is unknown, it is
        AgentmonTeamBlind that speaks; while another replica has it all, nothing is missing.""",
        expr=of_open_team(
            """agentmon_team_data_complete == 0
unless on (job, instance, team)
  agentmon_team_status{status="unknown"} == 1""",
            SOURCE_DOWN,
            by="team",
        )
        + """
unless on (team)
  agentmon_team_data_complete == 1""",
        wait="30m",
        hold="5m",
        summary="The numbers of {{ $labels.team }} are floors",
        description="""For 30 minutes all sources of {{ $labels.team }} have been fresh, and yet its data is not
        complete: its counts are floors, its ratios absent. Selectors that match nobody: <selectors>.""",
        values={
            "selectors": names("max by (source) (agentmon_team_selector_matches{team='%s'}) == 0", "source", "team")
        },
        meaning="a selector has matched nobody: counts are floors, ratios absent",
        threshold="`members` of the team, for 30 min",
    ),
)
