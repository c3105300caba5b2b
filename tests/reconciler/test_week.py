"""A simulated week, and every second of it accounted for once more by hand: both must give the same counters.

Everything happens on whole seconds, so that the account is exact; a thousandth is left to the rounding of sums.
"""

from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest
from bruteforce import Key, Script, Worked, work_out
from replaying import Replayed, replay
from week import FASTER, LENGTH, at, script

from monitor.model import Coverage, SlotState, State, Status

ROUNDING = 0.001
HOUR = 3600
OPEN = {
    # Monday to Thursday; on Tuesday a clock that went 90 s ahead closed it early; on Thursday it opened half an hour
    # early, closed an hour early, and was opened again for the last 50 minutes when the clock was set right.
    "office": 4 * 12 * HOUR - 90 + 1200,
    # Seven nights, one of them an hour longer, and one that a fast clock ended an hour early and a step brought back
    # for its last half hour.
    "night": 7 * 10 * HOUR + HOUR - 1800,
}


def test_the_counters_of_a_week_equal_an_account_of_every_second_of_it():
    week = script(seed=1)
    account, replayed = work_out(week), replay(week)
    everything_occurs(account)
    assert differences(account, replayed) == {}
    assert open_seconds(replayed) == {team: pytest.approx(seconds, abs=ROUNDING) for team, seconds in OPEN.items()}
    assert replayed.changes == tuple(change for change in account.changes if not sleeps(week, change.at))


def differences(account: Worked, replayed: Replayed) -> Mapping[Key, tuple[float, float]]:
    """What is expected and what was found, of each counter in which they differ."""
    return {
        key: (account.totals.get(key, 0), replayed.totals.get(key, 0))
        for key in account.totals.keys() | replayed.totals.keys()
        if abs(account.totals.get(key, 0) - replayed.totals.get(key, 0)) > ROUNDING
    }


def open_seconds(replayed: Replayed) -> Mapping[str, float]:
    """What is covered, uncovered or blind, on chat."""
    found: Counter[str] = Counter()
    for (team, channel, counter, _), seconds in replayed.totals.items():
        if (channel, counter) == ("chat", "coverage_seconds"):
            found[team] += seconds
    return found


def sleeps(week: Script, second: int) -> bool:
    """Nobody sees what changes while the machine sleeps."""
    return any(start < second <= end for start, end in week.asleep)


def everything_occurs(account: Worked) -> None:
    """A week in which something never happened would say nothing of it."""
    occurred = {(counter, label) for (_, _, counter, label), total in account.totals.items() if total}
    expected = {
        "agent_seconds": State,
        "slot_seconds": SlotState,
        "coverage_seconds": Coverage,
        "status_changes": Status,
    }
    assert occurred == {(counter, str(label)) for counter, labels in expected.items() for label in labels}


BEGINNING = at("10-27 08:30")
"""Until Sunday morning: the night in which the clocks change, an outage in it, an opening and a closing."""


@pytest.mark.parametrize(
    ("by_itself", "times"),
    [
        pytest.param(False, 0, id="only when an answer comes"),
        pytest.param(True, 0, id="and when the page changes by itself"),
        pytest.param(True, 3000, id="and at any other moment"),
    ],
)
def test_how_often_it_is_looked_changes_no_counter(*, by_itself: bool, times: int):
    beginning = script(seed=2, pace=FASTER, until=BEGINNING)
    between = Random(3).sample(range(BEGINNING), times)  # noqa: S311 - reproducible
    replayed = replay(beginning, by_itself=by_itself, between=between)
    assert differences(work_out(beginning), replayed) == {}


def test_the_script_is_the_same_each_time():
    one, other = script(seed=1, until=BEGINNING // 10), script(seed=1, until=BEGINNING // 10)
    assert one == other
    assert LENGTH == 7 * 24 * HOUR + HOUR
