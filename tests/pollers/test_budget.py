"""The budget as a property: never more than N in any minute, and the roster never in the way of live."""

import asyncio
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pollers.bench import FakeClock

from monitor.pollers.budget import SPAN, WINDOW, Budget, Priority

LIVE, ROSTER = Priority.LIVE, Priority.ROSTER
Steps = list[tuple[float, Priority]]
# eighths of seconds: exact in binary, so that instants exactly a minute apart do occur
unhurried = settings(deadline=None)  # a busy machine is no failure
steps = st.lists(
    st.tuples(st.integers(0, 240).map(lambda eighths: eighths / 8), st.sampled_from(Priority)), max_size=80
)


@unhurried
@given(steps=steps, limit=st.integers(1, 12), live=st.integers(0, 15))
def test_no_minute_ever_holds_more_than_the_limit(steps: Steps, limit: int, live: int):
    budget, now, sent = Budget(limit, FakeClock()), 0.0, []
    budget.live_per_minute = live
    for pause, priority in steps:
        now += pause
        if budget.take(now, priority) == 0:
            sent.append(now)
    for begin in sent:
        assert sum(begin <= instant < begin + WINDOW for instant in sent) <= limit


@unhurried
@given(steps=steps, limit=st.integers(1, 12), taken_over_at=st.integers(0, 80))
def test_nor_where_another_budget_takes_over(steps: Steps, limit: int, taken_over_at: int):
    budget, now, sent = Budget(limit, FakeClock()), 0.0, []
    for number, (pause, priority) in enumerate(steps):
        if number == taken_over_at:
            after = Budget(limit, FakeClock())
            after.succeed(budget)
            budget = after
        now += pause
        if budget.take(now, priority) == 0:
            sent.append(now)
    for begin in sent:
        assert sum(begin <= instant < begin + WINDOW for instant in sent) <= limit


@unhurried
@given(steps=steps, limit=st.integers(1, 12))
def test_what_is_spent_is_what_was_sent_in_the_last_minute(steps: Steps, limit: int):
    budget, now, sent = Budget(limit, FakeClock()), 0.0, []
    for pause, priority in steps:
        now += pause
        if budget.take(now, priority) == 0:
            sent.append(now)
        assert budget.spent(now) == sum(now - SPAN < instant for instant in sent) <= limit


@unhurried
@given(steps=steps, limit=st.integers(1, 12), live=st.integers(0, 15))
def test_whoever_waits_as_told_gets_through_in_the_end(steps: Steps, limit: int, live: int):
    budget, now = Budget(limit, FakeClock()), 0.0
    budget.live_per_minute = live
    for pause, priority in steps:
        now += pause
        waits = 0
        while (wait := budget.take(now, priority)) > 0:
            now += wait
            waits += 1
            assert wait <= SPAN
            assert waits <= 3


@unhurried
@given(
    rosters=st.lists(st.integers(0, 3200).map(lambda eighths: eighths / 8), max_size=200),
    calls=st.integers(1, 10),
    interval=st.sampled_from([10.0, 15.0, 20.0, 30.0, 60.0]),
    spare=st.integers(1, 20),
)
def test_roster_requests_never_delay_live_ones(rosters: list[float], calls: int, interval: float, spare: int):
    """Live polls at their pace, within the budget, get every request at once whatever the roster wants meanwhile."""
    per_minute = calls * math.ceil(SPAN / interval)
    budget = Budget(per_minute + spare, FakeClock())
    budget.live_per_minute = per_minute
    polls = [number * interval for number in range(int(400 / interval))]
    wanted = [(at, ROSTER) for at in rosters] + [(at, LIVE) for at in polls for _ in range(calls)]
    for at, priority in sorted(wanted, key=lambda each: (each[0], each[1] is LIVE)):  # the roster first: the worst case
        wait = budget.take(at, priority)
        assert priority is ROSTER or wait == 0, f"live waits {wait} s at {at} s"


def test_the_roster_gets_at_least_one_a_minute_of_a_budget_that_live_fills():
    budget = Budget(10, FakeClock())
    budget.live_per_minute = 10
    assert budget.take(0.0, ROSTER) == 0
    assert budget.take(1.0, ROSTER) == pytest.approx(SPAN - 1)
    assert budget.take(SPAN, ROSTER) == 0


async def test_waiting_is_sleeping_until_the_oldest_request_leaves_the_window():
    clock, slept = FakeClock(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds)
        await asyncio.sleep(0)

    budget = Budget(2, clock, sleep)
    for pause in (0, 10, 5):
        clock.advance(pause)
        await budget.acquire(LIVE)
    assert slept == [pytest.approx(SPAN - 15)]
    assert clock.elapsed == pytest.approx(1000 + SPAN)
