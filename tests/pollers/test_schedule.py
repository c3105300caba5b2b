"""The schedule with real, short intervals: what is waited for has a deadline, what is counted may be more."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest
from pollers.bench import until

from monitor.pollers.schedule import Schedule


@pytest.fixture
async def schedule() -> AsyncIterator[Schedule]:
    running = Schedule()
    yield running
    await running.stop(0)


class Work:
    """Counts its runs; with a gate it waits there, and counts how many wait at once."""

    def __init__(self, gate: asyncio.Event | None = None) -> None:
        self.gate = gate
        self.begun = self.ended = self.at_once = self.most = self.cancelled = 0

    async def __call__(self) -> None:
        self.begun += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if self.gate:
                await self.gate.wait()
            self.ended += 1
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1


async def test_work_runs_again_and_again(schedule: Schedule):
    work, other = Work(), Work()
    schedule.every(0.02, "work", work)
    schedule.every(0.02, "other", other, phase=0.5)
    schedule.start()
    await until(lambda: work.ended >= 3 and other.ended >= 3)
    assert schedule.missed_runs == 0


async def test_one_run_is_in_flight_and_the_missed_ones_are_counted(schedule: Schedule):
    gate = asyncio.Event()
    work = Work(gate)
    schedule.every(0.02, "work", work)
    schedule.start()
    await until(lambda: schedule.missed_runs >= 3)
    assert (work.begun, work.most) == (1, 1)
    gate.set()
    await until(lambda: work.ended >= 2)
    assert work.most == 1


async def test_a_slow_work_does_not_hold_up_another(schedule: Schedule):
    slow, quick = Work(asyncio.Event()), Work()
    schedule.every(0.02, "slow", slow)
    schedule.every(0.02, "quick", quick)
    schedule.start()
    await until(lambda: quick.ended >= 5)
    assert slow.begun == 1


async def test_the_pace_can_be_changed(schedule: Schedule):
    work = Work()
    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: work.ended == 1)
    schedule.pace("work", 0.02)
    await until(lambda: work.ended >= 3)
    schedule.pace("work", 3600)
    await asyncio.sleep(0.05)  # what was on its way arrives
    ended = work.ended
    await asyncio.sleep(0.1)
    assert work.ended == ended


async def test_work_may_change_its_own_pace(schedule: Schedule):
    runs: list[float] = []

    async def work() -> None:
        runs.append(time.monotonic())
        schedule.pace("work", 0.02)

    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: len(runs) >= 3)


async def test_all_can_be_run_now(schedule: Schedule):
    works = [Work(), Work()]
    for number, work in enumerate(works):
        schedule.every(3600, f"work {number}", work)
    schedule.start()
    await until(lambda: all(work.ended == 1 for work in works))
    # The scheduler counts a run for a moment longer than its work lasts, and skips another one meanwhile.
    executor = schedule._scheduler._lookup_executor("default")
    await until(lambda: not any(executor._instances.values()))
    schedule.run_all_now()
    await until(lambda: all(work.ended == 2 for work in works))


async def test_stop_lets_what_runs_end():
    schedule, gate = Schedule(), asyncio.Event()
    work = Work(gate)
    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: work.begun)
    stopping = asyncio.ensure_future(schedule.stop(5.0))
    await asyncio.sleep(0.02)
    assert not stopping.done()
    gate.set()
    await asyncio.wait_for(stopping, 2)
    assert (work.ended, work.cancelled) == (1, 0)


async def test_stop_cancels_what_does_not_end_in_time_and_that_is_no_error(caplog: pytest.LogCaptureFixture):
    schedule = Schedule()
    work = Work(asyncio.Event())
    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: work.begun)
    await asyncio.wait_for(schedule.stop(0.02), 2)
    await asyncio.sleep(0)
    assert (work.ended, work.cancelled) == (0, 1)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_stop_waits_for_what_is_spawned_while_it_drains():
    schedule, gate, later = Schedule(), asyncio.Event(), asyncio.Event()
    late = Work(later)

    async def work() -> None:
        await gate.wait()
        schedule.spawn("source", "late", late())

    schedule.spawn("source", "work", work())
    stopping = asyncio.ensure_future(schedule.stop(5.0))
    await asyncio.sleep(0)
    gate.set()
    await until(lambda: late.begun)
    await asyncio.sleep(0.02)
    assert not stopping.done()
    later.set()
    await asyncio.wait_for(stopping, 2)
    assert (late.ended, late.cancelled) == (1, 0)


async def test_stop_cancels_what_is_spawned_while_it_drains_and_does_not_end():
    schedule, late = Schedule(), Work(asyncio.Event())

    async def work() -> None:
        schedule.spawn("source", "late", late())

    schedule.spawn("source", "work", work())
    await asyncio.wait_for(schedule.stop(0.05), 2)
    assert (late.ended, late.cancelled) == (0, 1)


async def test_nothing_starts_after_the_stop():
    schedule, work = Schedule(), Work()
    schedule.every(0.02, "work", work)
    schedule.start()
    await until(lambda: work.ended)
    await schedule.stop(1.0)
    ended = work.ended
    await asyncio.sleep(0.08)
    assert work.ended == ended


async def test_stopping_what_never_started_and_twice_does_no_harm():
    schedule = Schedule()
    await schedule.stop(1.0)
    schedule.start()
    await schedule.stop(1.0)
    await schedule.stop(1.0)


async def test_tasks_are_named():
    schedule = Schedule()
    assert schedule.spawn("source", "roster of source", Work()()).get_name() == "roster of source"
    await schedule.stop(1.0)


async def test_what_is_removed_runs_no_more_and_what_runs_of_it_is_cancelled():
    schedule, work, beside, other = Schedule(), Work(asyncio.Event()), Work(asyncio.Event()), Work()
    schedule.every(0.02, "source", work)
    schedule.every(0.02, "other", other)
    schedule.start()
    await until(lambda: work.begun)
    schedule.spawn("source", "roster of source", beside())
    await until(lambda: beside.begun)
    schedule.remove("source")
    await until(lambda: work.cancelled and beside.cancelled)
    ended = other.ended
    await until(lambda: other.ended > ended + 2)
    assert (work.begun, work.ended, beside.ended) == (1, 0, 0)
    schedule.remove("source")
    await schedule.stop(1.0)


async def test_what_takes_a_name_over_runs_at_once_though_its_predecessor_still_ends(schedule: Schedule):
    """As after a reload that changes a source whose vendor hangs."""
    gate, successor = asyncio.Event(), Work()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await gate.wait()

    schedule.every(3600, "source", stubborn)
    schedule.start()
    await until(lambda: schedule._tasks)
    await asyncio.sleep(0)
    for _ in range(3):
        schedule.remove("source")
        schedule.every(3600, "source", successor)
        await until(lambda: successor.ended)
        successor.ended = 0
    assert schedule.missed_runs == 0
    gate.set()


async def test_what_was_removed_before_its_run_began_does_not_take_the_place_of_its_successor(schedule: Schedule):
    work, successor = Work(), Work()
    schedule.every(3600, "source", work)
    schedule.start()
    # Until APScheduler has made a task of the first run, which has not begun.
    while len(asyncio.all_tasks()) == 1:  # noqa: ASYNC110 - a turn of the loop later it has
        await asyncio.sleep(0)
    schedule.remove("source")
    schedule.every(3600, "source", successor)
    await until(lambda: successor.ended)
    assert (work.begun, schedule.missed_runs) == (0, 0)


async def test_what_is_brought_forward_while_it_runs_runs_once_more_afterwards(schedule: Schedule):
    gate = asyncio.Event()
    work = Work(gate)
    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: work.begun)
    for seconds in (2000, 0, 1000):
        schedule.bring_forward("work", seconds)
    gate.set()
    await until(lambda: work.ended == 2)
    assert (work.most, schedule.missed_runs) == (1, 0)
    assert schedule.next_run_at("work") == pytest.approx(time.time() + 3600, abs=5)


async def test_a_change_of_pace_at_its_end_does_not_put_off_what_was_brought_forward(schedule: Schedule):
    gate, begun = asyncio.Event(), 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        await gate.wait()
        schedule.pace("work", 600)

    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: begun)
    schedule.bring_forward("work", 0)
    gate.set()
    await until(lambda: begun == 2)


async def test_a_change_of_pace_while_it_stops_is_no_error():
    schedule, gate, paced = Schedule(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await gate.wait()
        schedule.pace("work", 60)
        paced.set()

    schedule.every(3600, "work", work)
    schedule.start()
    await until(lambda: schedule._tasks)
    stopping = asyncio.create_task(schedule.stop(5.0))
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert paced.is_set()


async def test_it_tells_when_a_work_is_due_next(schedule: Schedule):
    assert schedule.next_run_at("work") is None
    schedule.every(600, "work", Work(), phase=0.5)
    assert schedule.next_run_at("work") == pytest.approx(time.time() + 1, abs=0.5)
    schedule.start()
    schedule.pace("work", 60)
    assert schedule.next_run_at("work") == pytest.approx(time.time() + 60, abs=0.5)
    schedule.remove("work")
    assert schedule.next_run_at("work") is None
