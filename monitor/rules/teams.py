"""Is anyone there, with a free slot? Alerts of teams that are open; each speaks only where its case is proved."""

from monitor.rules.phrases import (
    AVAILABLE,
    PEOPLE,
    SLOTS,
    SOURCE_DOWN,
    names,
    of_open_team,
    target,
    value,
)
from monitor.rules.rows import Alert, Severity


def _is(status: str) -> str:
    return f'agentmon_team_status{{status="{status}"}} == 1'


NOBODY_KNOWS = """
unless on (team, channel)
  agentmon_team_status{status!="unknown"} == 1"""

TEAMS = (
    Alert(
        name="AgentmonTeamUnstaffed",
        severity=Severity.CRITICAL,
        why="""The guard of sources is belt and braces: with an expired source the status can only be ok, unknown or
        closed, and this alert must never be the voice of an outage.""",
        expr=of_open_team(_is("unstaffed"), SOURCE_DOWN),
        wait="2m",
        hold="5m",
        summary="Nobody serves {{ $labels.team }} ({{ $labels.channel }})",
        description="""{{ $labels.team }} is open, its data is complete, and for 2 minutes nobody has been accepting on
        {{ $labels.channel }}. Target: <target> available. People now: <people>.""",
        values={"target": target("available_agents", missing="1"), "people": PEOPLE},
        meaning="open, and nobody accepts contacts",
        threshold="status `unstaffed` for 2 min",
    ),
    Alert(
        name="AgentmonTeamSaturated",
        severity=Severity.CRITICAL,
        why="A full team for a moment is a busy team; five minutes are customers who wait.",
        expr=of_open_team(_is("saturated"), SOURCE_DOWN),
        wait="5m",
        hold="5m",
        summary="Nobody in {{ $labels.team }} ({{ $labels.channel }}) has a free slot",
        description="""{{ $labels.team }} is open, its data is complete, people serve {{ $labels.channel }}, and for 5
        minutes not one of them could take another contact. Slots now: <slots>. People now: <people>.""",
        values={"slots": SLOTS, "people": PEOPLE},
        meaning="people serve, and none of them has a free slot",
        threshold="status `saturated` for 5 min",
    ),
    Alert(
        name="AgentmonTeamBlind",
        severity=Severity.CRITICAL,
        labels={"cause": "data"},
        why="""Fresh data that proves nothing: a selector that never matched, a status nobody can map. Quiet while
        another replica knows.""",
        expr=of_open_team(_is("unknown"), SOURCE_DOWN) + NOBODY_KNOWS,
        wait="10m",
        hold="5m",
        summary="Nobody can tell whether {{ $labels.team }} ({{ $labels.channel }}) is served",
        description="""{{ $labels.team }} is open and all its sources are fresh, but for 10 minutes they have not proved
        a status. Selectors that match nobody: <selectors>. People in a state that cannot be mapped: <unmapped>.""",
        values={
            "selectors": names("max by (source) (agentmon_team_selector_matches{team='%s'}) == 0", "source", "team"),
            "unmapped": value("max(agentmon_team_agents{team='%s', channel='%s', state='unknown'})", "team", "channel"),
        },
        meaning="open, all sources are fresh, and still nothing is proved",
        threshold="status `unknown` for 10 min",
    ),
    Alert(
        name="AgentmonTeamBlind",
        severity=Severity.CRITICAL,
        labels={"cause": "source"},
        why="""A source explains it, and AgentmonSourceDown names that source after 5 minutes. After 15 minutes the
        reason no longer matters: somebody has to look with their own eyes.""",
        expr=of_open_team(_is("unknown"), SOURCE_DOWN.replace("unless", "and")) + NOBODY_KNOWS,
        wait="15m",
        hold="5m",
        summary="Nobody can tell whether {{ $labels.team }} ({{ $labels.channel }}) is served",
        description="""{{ $labels.team }} is open and has been without a provable status for 15 minutes, because these
        sources give no usable data: <sources>.""",
        values={
            "sources": names(
                "max by (source) (agentmon_team_source_fresh{team='%s'} == 0)",
                "source",
                "team",
                missing="none any more",
            )
        },
        meaning="open, and a source that fails leaves nothing proved",
        threshold="status `unknown` for 15 min",
    ),
    Alert(
        name="AgentmonTeamLastAgent",
        severity=Severity.WARNING,
        why="Status `tight` proves the count: on incomplete data it would be a floor.",
        expr=of_open_team(
            f"""agentmon_team_available_agents == 1
and on (job, instance, team, channel)
  agentmon_team_target_available_agents > 1
and on (job, instance, team, channel)
  {_is("tight")}"""
        ),
        wait="2m",
        hold="5m",
        summary="One person is left in {{ $labels.team }} ({{ $labels.channel }})",
        description="""For 2 minutes one person of {{ $labels.team }} could take contacts on {{ $labels.channel }}; the
        target is <target>. People now: <people>.""",
        values={"target": target("available_agents"), "people": PEOPLE},
        meaning="one person is left available where more are wanted",
        threshold="`targets.available_agents` above 1, for 2 min",
    ),
    Alert(
        name="AgentmonTeamLowCapacity",
        severity=Severity.WARNING,
        why="""Status `tight` proves the counts. Where it is tight for free slots, every available person is metered,
        else that target takes no part.""",
        expr=of_open_team(
            f"""{_is("tight")}
and on (job, instance, team, channel)
  (
      agentmon_team_available_agents
    < on (job, instance, team, channel)
      agentmon_team_target_available_agents
    or
      agentmon_team_slots{{state="free"}}
    < on (job, instance, team, channel)
      agentmon_team_target_free_slots
  )"""
        ),
        wait="10m",
        hold="5m",
        summary="{{ $labels.team }} ({{ $labels.channel }}) has less than it wants",
        description="""For 10 minutes {{ $labels.team }} has had too few people or free slots on {{ $labels.channel }}.
        Available: <available>, wanted <target>. Free slots wanted: <free>; slots now: <slots>.
        People now: <people>.""",
        values={
            "available": AVAILABLE,
            "target": target("available_agents"),
            "slots": SLOTS,
            "free": target("free_slots", missing="any"),
            "people": PEOPLE,
        },
        meaning="fewer people or free slots than wanted, and not nobody",
        threshold="`targets.available_agents`, `targets.free_slots`, for 10 min",
    ),
)
