"""The objective: the share of open, known time in which the target of available people was met.

Blind time is in no window: it is neither good nor bad, and has an alert of its own.
"""

from textwrap import indent

from monitor.rules.phrases import SHARE, of_open_team, target, value
from monitor.rules.rows import Alert, Record, Severity
from monitor.rules.thresholds import LONG_WINDOWS, MOST_ERRORS, PAGE, SHARE_OF_WINDOW, TICKET, WINDOWS, Burn, seconds

SECONDS = "agentmon_team_coverage_seconds_total"


def errors(window: str) -> str:
    return f"instance_team_channel:agentmon_coverage_errors:ratio_increase{window}"


def _errors(window: str) -> Record:
    known = f'sum without (result) (increase({SECONDS}{{result=~"covered|uncovered"}}[{window}]))'
    return Record(
        name=errors(window),
        expr=f"""sum without (result) (increase({SECONDS}{{result="uncovered"}}[{window}]))
/
({known} >= {SHARE_OF_WINDOW * seconds(window):g})""",
    )


COVERAGE = tuple(_errors(window) for window in WINDOWS)
COVERAGE_OF_DAYS = tuple(_errors(window) for window in LONG_WINDOWS)


def _exceeds(window: str, factor: float) -> str:
    return f"""  {errors(window)}
> on (job, instance, team, channel)
  clamp_max({factor:g} * (1 - agentmon_team_target_coverage_ratio), {MOST_ERRORS})"""


def _burns(pair: Burn) -> str:
    short = indent(_exceeds(pair.short, pair.factor), "    ")
    return f"{_exceeds(pair.long, pair.factor)}\nand on (job, instance, team, channel)\n  (\n{short}\n  )"


def _any(pairs: tuple[Burn, ...]) -> str:
    cases = "\nor\n".join(_burns(pair) for pair in pairs)
    return f"(\n{indent(cases, '  ')}\n)"


def _share(window: str) -> str:
    return value(f"max({errors(window)}{{team='%s', channel='%s'}})", "team", "channel", form=SHARE)


OBJECTIVE = (
    Alert(
        name="AgentmonTeamCoverageBudgetBurn",
        severity=Severity.CRITICAL,
        why="""The long window says that it matters, the short one that it still goes on. A window takes part once it
        holds a fifth of its length of open, known time. One rule for both pairs: two would page twice. The threshold
        is clamped, because at targets below 93 % no share of time could reach it.""",
        expr=of_open_team(_any(PAGE)),
        wait="2m",
        hold="5m",
        summary="{{ $labels.team }} ({{ $labels.channel }}) misses its coverage target fast",
        description="""{{ $labels.team }} is open and had fewer people available than it wants for <short> of the last
        30 minutes, <hour> of the last hour, <hours> of the last 6 hours (of open time that is known; target: covered
        for <target>).""",
        values={
            "short": _share("30m"),
            "hour": _share("1h"),
            "hours": _share("6h"),
            "target": target("coverage_ratio", form=SHARE),
        },
        meaning="the budget of uncovered time burns so fast that it is gone in two to five days",
        threshold="14.4 times 1 - `targets.coverage` over 1h and 5m, or 6 times over 6h and 30m",
    ),
    Alert(
        name="AgentmonTeamCoverageBudgetBurn",
        severity=Severity.WARNING,
        expr=of_open_team(_any(TICKET)),
        wait="15m",
        hold="15m",
        summary="{{ $labels.team }} ({{ $labels.channel }}) misses its coverage target",
        description="""{{ $labels.team }} had fewer people available than it wants for <hours> of the last 6 hours,
        <day> of the last day, <days> of the last 3 days (of open time that is known; target: covered for <target>).""",
        values={
            "hours": _share("6h"),
            "day": _share("1d"),
            "days": _share("3d"),
            "target": target("coverage_ratio", form=SHARE),
        },
        meaning="the budget of uncovered time burns faster than it grows",
        threshold="3 times 1 - `targets.coverage` over 1d and 2h, or once over 3d and 6h",
    ),
)
