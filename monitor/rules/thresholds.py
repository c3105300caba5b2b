"""Every number of the rules that is not a target of some team, with its reason. Durations are those of Prometheus.

What a team wants (people, free slots, occupancy, coverage, grace) is exported as a metric, so that a changed target
needs no changed rule. What stands here holds for every team.
"""

from dataclasses import dataclass

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def seconds(duration: str) -> int:
    """The length of a duration of one unit, as in `30m`."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


# Watcher.

LAG_QUANTILE = 0.99
LAG_SECONDS = 0.25
"""One tick in a hundred a quarter of a second late: five times the 50 ms that a single block may take. Beyond it
time-outs of polls are measured wrongly."""

SERIES_SHARE = 0.8
"""Before anything is missing: whole families are left out, and then the count may stay well under the limit."""

# Sources.

RATE_LIMITED_WINDOW = "30m"
RATE_LIMITED_SHARE = 0.1
"""Three minutes of thirty. One refusal that a single retry mends is no alert, whatever the interval of polling."""

FAILING_WINDOW = "30m"
FAILING_SHARE = 0.5
"""Data lives for four intervals, so a source whose every second poll fails never expires and looks healthy."""

ROSTER_AGE = "1h"
ROSTER_FAILURES_WINDOW = "15m"
"""Six times the default interval of rosters. Failed readings are repeated after five minutes at most, so that fifteen
without a failure mean that nothing is wrong and the interval is just a long one."""

DRIFT_WINDOW = "1h"
DRIFT_SHARE = 0.02
DRIFT_FACTOR = 2
"""Two records of a hundred more than the day before, and twice as many: an account of ten in an unknown status for
twelve minutes. Vendors contradict themselves every day, so zero is no measure."""

SHRUNK_SHARE = 0.5
SHRUNK_LEAST = 5
"""Half of the accounts are not dismissed in a day; half of four may be."""

# Teams.

FLAPPING_WINDOW = "1h"
FLAPPING_CHANGES = 10
"""Every six minutes on average: customers meet a closed door and a wait of minutes never ends."""

OCCUPANCY_WINDOW = "30m"
"""Some contacts long: a rush of five minutes is what slots are for."""

TREND_WINDOW = "30m"
TREND_LATELY = "10m"
TREND_AHEAD = "15m"
"""Half as far ahead as back, and time enough to end a pause."""

TREND_DEVIATIONS = 2.45
"""How many standard deviations the fitted line must fall over the window. A straight fall is the square root of 12
(3.46) of them, and more than the square root of 6 (2.45) means that the line explains over half of the variance."""

QUEUE_WINDOW = "5m"
QUEUE_BEFORE = "10m"
"""Averages of five minutes, ten minutes apart: a queue that pulses does not grow."""

# Objective.

SHARE_OF_WINDOW = 0.2
"""Open, known time that a window must hold to take part. Without it the first minute of a day would be the whole
window, and one person late by that minute a budget burnt."""

MOST_ERRORS = 0.95
"""Below a target of 93 % the fast thresholds would pass 1, and no desertion however long could reach them."""


@dataclass(frozen=True, slots=True)
class Burn:
    """One pair of windows: the long one says that it matters, the short one that it still goes on."""

    factor: float
    long: str
    short: str


# Google's Site Reliability Workbook, "Alerting on SLOs", recommends these: 2 % of a month's budget in an hour, 5 % in
# six hours, 10 % in three days. The pair over a day is the one that kubernetes-mixin and others put between.
PAGE = (Burn(14.4, "1h", "5m"), Burn(6, "6h", "30m"))
TICKET = (Burn(3, "1d", "2h"), Burn(1, "3d", "6h"))

WINDOWS = ("5m", "30m", "1h", "2h", "6h")
LONG_WINDOWS = ("1d", "3d")
OCCUPANCY_WINDOWS = ("5m", "30m", "1h", "1d")
