"""The objective: coverage, the budget of missed time, how fast it burns, and when."""

from boards.queries import BY_CHANNEL, of, record
from monitor.rules.objective import errors
from monitor.rules.thresholds import LONG_WINDOWS, PAGE, TICKET, WINDOWS

COVERAGE_WINDOW, RETENTION = "28d", "29d"
BURN_WINDOWS = (*WINDOWS, *LONG_WINDOWS)
BURN_LIMITS = tuple(sorted(pair.factor for pair in (*PAGE, *TICKET)))
"""Where the alerts stand, in multiples of what is allowed."""

DAYS = ("7 Sun", "1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat")
"""By day_of_week(); the digit sorts them."""


def _spent(result: str, within: str) -> str:
    family = of("team_coverage_seconds_total", within, f'result=~"{result}"')
    return f"sum without (result) (increase({family}[{COVERAGE_WINDOW}]))"


def covered(within: str, *, blind: bool = False) -> str:
    """Give the share of open, known time that was covered; or the share of open time that was blind."""
    if blind:
        return f"max {BY_CHANNEL} ({_spent('blind', within)} / ({_spent('.+', within)} > 0))"
    return f"min {BY_CHANNEL} ({_spent('covered', within)} / ({_spent('covered|uncovered', within)} > 0))"


def budget_left(within: str) -> str:
    missed = f"{_spent('uncovered', within)} / ({_spent('covered|uncovered', within)} > 0)"
    allowed = f"(1 - {of('team_target_coverage_ratio', within)})"
    return f"min {BY_CHANNEL} (1 - {missed} / on (job, instance, team, channel) {allowed})"


def burn_rate(window: str, within: str) -> str:
    allowed = f"(1 - {of('team_target_coverage_ratio', within)})"
    return f"max {BY_CHANNEL} ({record(errors(window), within)} / on (job, instance, team, channel) {allowed})"


def short_when(within: str) -> str:
    """Give the share of missed time for each hour of the week, with the labels `weekday` and `hour`.

    Each hour of the window gets its labels from the clock of that hour: the record looks back over it, so the clock
    is read in its middle.
    """
    clock = "vector(time() - 1800 + 3600 * ($utc_offset))"
    hours = f'label_replace(count_values ("hour", hour({clock})), "hour", "0$1", "hour", "(.)")'
    named = f'count_values by (hour) ("weekday", 0 * {hours} + on () group_left () day_of_week({clock}))'
    for number, name in enumerate(DAYS):
        named = f'label_replace({named}, "weekday", "{name}", "weekday", "{number}")'
    missed = f"max {BY_CHANNEL} ({record(errors('1h'), within)})"
    hourly = f"{missed} * on () group_left (weekday, hour) {named}"
    return f"avg by (weekday, hour) (avg_over_time(({hourly})[{COVERAGE_WINDOW}:1h]))"
