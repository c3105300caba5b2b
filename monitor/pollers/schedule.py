"""When polls start. APScheduler stands behind this module alone.

A job only starts a task of ours and waits until it is done: APScheduler cancels its own jobs when it stops, whatever
they do, and ours are drained instead.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

Work = Callable[[], Coroutine[Any, Any, None]]

FIRST_SPREAD = 2.0
UNLIMITED = 1_000_000
"""Runs of a job at once that APScheduler lets pass: it would count those of a job removed against its successor."""


class Schedule:
    """Runs named work at intervals, one run of each at a time.

    What is due meanwhile by its interval is skipped and counted; what is brought forward follows at once.
    """

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        # The default grace of one second would drop runs without a word whenever the loop is busy.
        self._scheduler.configure(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": UNLIMITED}
        )
        self._tasks: dict[asyncio.Task[None], str] = {}
        """Each with the work that it belongs to."""
        self._works: dict[str, Work] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wanted_after: dict[str, datetime] = {}
        """When work that runs is to run again."""
        self.missed_runs = 0

    def every(self, seconds: float, name: str, work: Work, *, phase: float = 0.0) -> None:
        """Run `work` every `seconds`, for the first time after `phase` (0..1) of a short spread."""
        self._works[name] = work
        self._scheduler.add_job(
            self._run,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            args=(name, work),
            id=name,
            next_run_time=datetime.now(UTC) + timedelta(seconds=phase * min(seconds / 2, FIRST_SPREAD)),
        )

    def pace(self, name: str, seconds: float) -> None:
        """Change the interval of a work; its next run is that far from now. Nothing where it is not scheduled."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.reschedule_job(name, trigger=IntervalTrigger(seconds=seconds, timezone=UTC))

    def bring_forward(self, name: str, seconds: float) -> None:
        """Let the next run of a work be that far from now, unless it is sooner anyway.

        If it runs then, that is soon after it has ended: what it does now may be too early for what is wanted.
        """
        wanted = datetime.now(UTC) + timedelta(seconds=seconds)
        if name in self._running:
            self._wanted_after[name] = min(wanted, self._wanted_after.get(name, wanted))
        else:
            self._let_run_at(name, wanted)

    def _let_run_at(self, name: str, wanted: datetime) -> None:
        job = self._scheduler.get_job(name)
        if job is not None and (job.next_run_time is None or job.next_run_time > wanted):
            job.modify(next_run_time=wanted)

    def next_run_at(self, name: str) -> float | None:
        """When a work is due next, in Unix seconds; None where it is not scheduled."""
        job = self._scheduler.get_job(name)
        due = job.next_run_time if job is not None else None
        return due.timestamp() if due is not None else None

    def remove(self, name: str) -> None:
        """Run a work no more, and cancel what runs of it."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)
        for known in (self._works, self._running, self._wanted_after):
            known.pop(name, None)
        for task, owner in self._tasks.items():
            if owner == name:
                task.cancel()

    def run_all_now(self) -> None:
        """Bring every next run forward: after a clock step or a suspend, planned times mean nothing.

        They are spread as at the start, for from here on each keeps its distance to the others.
        """
        jobs = self._scheduler.get_jobs()
        for position, job in enumerate(jobs):
            job.modify(next_run_time=datetime.now(UTC) + timedelta(seconds=FIRST_SPREAD * position / len(jobs)))

    def spawn(self, owner: str, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that the schedule keeps: named, and ended with it, or with the work that it belongs to."""
        task = asyncio.create_task(work, name=name)
        self._tasks[task] = owner
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self, drain: float) -> None:
        """Start nothing more; let what runs end within `drain` seconds, then cancel it."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        loop = asyncio.get_running_loop()
        until = loop.time() + drain
        while self._tasks and loop.time() < until:  # work that ends may have started some more
            await asyncio.wait(set(self._tasks), timeout=until - loop.time())
        while late := set(self._tasks):
            for task in late:
                task.cancel()
            await asyncio.wait(late)

    async def _run(self, name: str, work: Work) -> None:
        if self._works.get(name) is not work:
            return  # removed after APScheduler had begun
        if name in self._running:
            self.missed_runs += 1
            return
        task = self._running[name] = self.spawn(name, name, work())
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            return  # the scheduler stops, and would log its own cancelling as an error; the task is drained
        if self._running.get(name) is task:  # else it was removed, and what runs by this name now is another work
            del self._running[name]
            if name in self._wanted_after:
                self._let_run_at(name, self._wanted_after.pop(name))
        if not task.cancelled():
            task.result()  # what it raised is for the scheduler's log
