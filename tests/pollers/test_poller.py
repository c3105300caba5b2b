"""The order of roster and live, the outcome of each, and that nothing ever comes out as an exception."""

import asyncio
import gc
import weakref
from typing import NoReturn

import pytest
from pollers.bench import roster_of, until
from pollers.fakes import Stage

from monitor.errors import PollError, Reason, RosterOutdatedError, SecretError
from monitor.model import Failure, PollKind
from monitor.pollers.transport import together

DOWN = PollError(Reason.TIMEOUT, "too slow")
GONE = RosterOutdatedError(Reason.STATUS, "the department d2 does not exist any more", status=404)


async def test_the_roster_is_read_before_the_first_live_poll():
    stage = Stage()
    await stage.poll()
    assert stage.adapter.log == ["roster", "live"]
    assert [outcome.kind for outcome in stage.outcomes] == [PollKind.ROSTER, PollKind.LIVE]
    assert stage.adapter.rosters == [roster_of("1")]
    assert stage.spawned == []


async def test_the_next_roster_is_read_beside_the_live_polls_when_it_is_due():
    stage = Stage(roster_interval=600)
    await stage.poll()
    await stage.poll(after=599)
    assert stage.spawned == []
    await stage.poll(after=2)
    assert [name for name, _ in stage.spawned] == ["roster of source"]
    assert stage.adapter.log == ["roster", "live", "live", "live"]
    await stage.run_spawned()
    assert stage.adapter.log[-1] == "roster"
    await stage.poll(after=599)
    assert stage.spawned == []


async def test_one_roster_is_read_at_a_time():
    stage, gate = Stage(), asyncio.Event()
    stage.adapter.steps["roster"] = [gate.wait]
    first = asyncio.ensure_future(stage.poller.poll_roster())
    await asyncio.sleep(0)
    await stage.poller.poll_roster()
    assert stage.adapter.log == ["roster"]
    gate.set()
    await first
    assert len(stage.rosters) == 1


async def test_a_roster_that_fails_does_not_keep_live_from_being_polled():
    stage = Stage()
    stage.adapter.steps["roster"] = [DOWN]
    outcome = await stage.poll()
    assert stage.adapter.rosters == [None]
    assert outcome.failure is None
    assert stage.rosters[0].failure == Failure(Reason.TIMEOUT, "too slow")


async def test_a_failed_roster_is_tried_again_soon_and_no_sooner():
    stage = Stage(interval=15)
    stage.adapter.steps["roster"] = [DOWN]
    await stage.poll()
    await stage.poll(after=14)
    assert stage.adapter.log.count("roster") == 1
    await stage.poll(after=1)
    assert stage.adapter.log.count("roster") == 2
    assert stage.adapter.rosters[-1] == roster_of("1")


async def test_a_failed_second_roster_keeps_the_first():
    stage = Stage(roster_interval=600)
    await stage.poll()
    stage.adapter.steps["roster"] = [DOWN]
    await stage.poll(after=600)
    await stage.run_spawned()
    await stage.poll(after=15)
    assert stage.adapter.rosters[-1] == roster_of("1")


async def test_a_vendor_that_needs_its_roster_fails_with_the_rosters_reason():
    stage = Stage()
    stage.adapter.needs_roster = True
    stage.adapter.steps["roster"] = [PollError(Reason.AUTH, "no")]
    outcome = await stage.poll()
    assert outcome.failure == Failure(Reason.AUTH, "no")
    assert outcome.snapshot is None
    assert (stage.adapter.log, outcome.interval) == (["roster"], 300)


async def test_a_good_outcome():
    stage = Stage(interval=15)

    async def slowly() -> None:
        stage.clock.advance(3)

    stage.adapter.steps["live"] = [slowly]
    begun = stage.clock.now()
    outcome = await stage.poll()
    assert (outcome.source, outcome.kind, outcome.sent_at) == ("source", PollKind.LIVE, begun)
    assert (outcome.duration, outcome.interval, outcome.failure) == (3.0, 15.0, None)
    assert outcome.snapshot is not None


async def test_a_failed_outcome_has_a_reason_and_no_snapshot():
    stage = Stage()
    await stage.poll()
    stage.adapter.steps["live"] = [DOWN]
    outcome = await stage.poll(after=15)
    assert (outcome.snapshot, outcome.failure) == (None, Failure(Reason.TIMEOUT, "too slow"))
    assert outcome.sent_at == stage.clock.now()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PollError(Reason.DECODE, "no"), Reason.DECODE),
        (SecretError("the environment variable KEY is not set"), Reason.AUTH),
        (TimeoutError(), Reason.TIMEOUT),
        (KeyError("agents"), Reason.INTERNAL),
        (RecursionError(), Reason.INTERNAL),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), Reason.INTERNAL),
        (MemoryError(), Reason.INTERNAL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
@pytest.mark.parametrize("kind", ["roster", "live"])
async def test_every_exception_becomes_a_reason(error: Exception, reason: Reason, kind: str):
    stage = Stage()
    stage.adapter.steps[kind] = [error]
    await stage.poll()
    outcome = stage.rosters[0] if kind == "roster" else stage.lives[0]
    assert outcome.failure is not None
    assert outcome.failure.reason is reason


async def test_an_internal_error_does_not_tell_what_it_held():
    stage = Stage()
    stage.adapter.steps["live"] = [ValueError("https://x.example/?apikey=s3cret")]
    outcome = await stage.poll()
    assert outcome.failure == Failure(Reason.INTERNAL, "an error inside agentmon: ValueError")


async def test_a_poll_that_outlasts_its_deadline_is_a_timeout():
    stage = Stage(interval=0.01, timeout=0.02, max_age=0.04)
    stage.adapter.steps["live"] = [asyncio.Event().wait]
    outcome = await stage.poll()
    assert outcome.failure is not None
    assert outcome.failure.reason is Reason.TIMEOUT


async def test_cancelling_is_not_an_outcome():
    stage = Stage()
    stage.adapter.steps["live"] = [asyncio.Event().wait]
    task = asyncio.ensure_future(stage.poller.poll())
    await until(lambda: "live" in stage.adapter.log)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.lives == []


async def test_an_outdated_roster_is_read_again_and_live_tried_once_more():
    stage = Stage()
    stage.adapter.steps["live"] = [GONE]
    outcome = await stage.poll()
    assert stage.adapter.log == ["roster", "live", "roster", "live"]
    assert outcome.failure is None
    assert len(stage.lives) == 1


async def test_a_second_404_is_the_outcome():
    stage = Stage()
    stage.adapter.steps["live"] = [GONE, GONE]
    outcome = await stage.poll()
    assert stage.adapter.log == ["roster", "live", "roster", "live"]
    assert outcome.failure == Failure(Reason.STATUS, GONE.detail)
    assert len(stage.lives) == 1


async def test_an_outdated_roster_that_is_being_read_already_is_waited_for():
    stage, gate, reading = Stage(), asyncio.Event(), list[asyncio.Task[None]]()
    await stage.poll()

    async def gone_meanwhile() -> None:
        reading.append(asyncio.create_task(stage.poller.poll_roster()))
        await asyncio.sleep(0)
        raise GONE

    stage.adapter.steps = {"roster": [gate.wait], "live": [gone_meanwhile]}
    polling = asyncio.create_task(stage.poller.poll())
    for _ in range(10):
        await asyncio.sleep(0)
    assert not polling.done()
    gate.set()
    await asyncio.gather(polling, *reading)
    assert stage.adapter.log == ["roster", "live", "live", "roster", "live"]
    assert stage.lives[-1].failure is None


async def test_live_is_told_the_last_good_snapshot():
    stage = Stage()
    first = (await stage.poll()).snapshot
    stage.adapter.steps["live"] = [DOWN]
    await stage.poll(after=15)
    await stage.poll(after=15)
    assert stage.adapter.previous == [None, first, first]


async def test_no_roster_is_read_while_the_source_is_down():
    stage = Stage(roster_interval=60)
    await stage.poll()
    stage.adapter.steps["live"] = [DOWN, DOWN]
    await stage.poll(after=15)
    await stage.poll(after=60)
    assert stage.spawned == []
    await stage.poll(after=60)
    await stage.poll(after=15)
    assert len(stage.spawned) == 1
    await stage.run_spawned()


async def test_the_interval_backs_off_and_comes_back():
    stage = Stage(interval=15, max_age=60)
    await stage.poll()
    stage.adapter.steps["live"] = [DOWN] * 7
    found = [(await stage.poll(after=pause)).interval for pause in (15, 15, 30, 15, 30, 60, 120)]
    assert found == [15, 15, 15, 30, 60, 120, 240]
    assert (await stage.poll(after=240)).interval == stage.poller.interval == 15


async def test_retry_after_sets_the_pace():
    stage = Stage()
    await stage.poll()
    stage.adapter.steps["live"] = [PollError(Reason.RATE_LIMITED, "slower", retry_after=900.0)]
    assert (await stage.poll(after=15)).interval == 900


async def test_what_live_needs_is_kept_free_of_roster_requests():
    stage = Stage(interval=15)
    stage.adapter.requests = 12
    await stage.poll()
    assert stage.http.budget.live_per_minute == 60  # five polls may fall into a minute


async def test_many_requests_a_poll_stretch_the_interval():
    stage = Stage(interval=15)
    stage.adapter.requests = 20
    assert (await stage.poll()).interval == 20


@pytest.mark.parametrize("kind", ["roster", "live"])
async def test_a_failed_poll_keeps_nothing_of_the_answer_that_made_it_fail(kind: str):
    class Body:
        """Megabytes, in reality."""

    kept: list[weakref.ref[Body]] = []

    async def refuse() -> NoReturn:
        body = Body()
        kept.append(weakref.ref(body))
        raise PollError(Reason.DECODE, "too large")

    stage = Stage()
    stage.adapter.steps[kind] = [lambda: together([refuse(), refuse()])]
    gc.disable()
    try:
        await stage.poll()
        assert [body() for body in kept] == [None] * len(kept) != []
    finally:
        gc.enable()
