"""What a cycle costs, from bytes to exposition, stage by stage: CPU time, rounds of all sizes in turn.

Each round has new numbers for every account. The collector runs before each measurement, and is left on during it, as
in the service. Each size lives in a process of its own: a centre ten times as large beside it would be looked through
by the collector, and would take its place in the caches.
"""

import asyncio
import gc
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar

import msgspec
from benchmarks.answers import Answers
from benchmarks.centre import VENDORS, Centre, configuration

from monitor.clock import Clock, Now, SystemClock
from monitor.config import Config, SourceConfig, load
from monitor.exporter.exposition import Page, Renderer
from monitor.exporter.families import Facts
from monitor.exporter.telemetry import Telemetry
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.model import PollKind, PollOutcome, Report, Roster, Snapshot
from monitor.pollers.budget import Priority
from monitor.pollers.transport import Answer, Request, SourceHttp, Transport
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state
from monitor.service import spare_the_collector

T = TypeVar("T")
STAGES = (*(f"decode {vendor}" for vendor in VENDORS), "take in", "reconcile", "render")


def renderer() -> Callable[[Report], Page]:
    """The exporter, as the service uses it."""
    telemetry, kept = Telemetry(VENDORS), Renderer()

    def rendered(report: Report) -> Page:
        facts = Facts(report=report, version="1.2.3", revision="bench", python="3.11", config_loaded_at=0.0)
        return kept.render(facts, telemetry.render())

    return rendered


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The result, and milliseconds of CPU."""
    gc.collect()
    begun = time.process_time()
    found = work()
    return found, (time.process_time() - begun) * 1000


class Source:
    """One source as the service builds it, on answers that stand ready."""

    def __init__(self, config: SourceConfig, answers: Answers, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        async def exchange(_http: SourceHttp, request: Request, on_sent: Callable[[], None]) -> Answer:
            on_sent()
            return Answer(200, answers.get(request.url.path, request.url.query))

        self.spec = config.spec
        self._loop = loop
        self._adapter = config.vendor.build(config.options, config.demand)
        self._http = SourceHttp(Transport(clock), timeout=10, requests_per_minute=10**9, exchange=exchange)
        self._previous: Snapshot | None = None
        self._roster: Roster = loop.run_until_complete(self._adapter.roster(self._http.calls(Priority.ROSTER)))

    def poll(self) -> Snapshot:
        """A live poll, from the first request to the snapshot."""
        calls = self._http.calls(Priority.LIVE)
        return self._loop.run_until_complete(self._adapter.live(calls, self._roster, self._previous))

    def keep(self, snapshot: Snapshot) -> None:
        self._previous = snapshot


class World:
    """A centre of one size, from round to round."""

    def __init__(self, accounts: int, loop: asyncio.AbstractEventLoop) -> None:
        self._answers = Answers(Centre(accounts))
        self._config = loaded(configuration("http://127.0.0.1:1", "15s"))
        self._clock = SystemClock()
        self._sources = [Source(one, self._answers, self._clock, loop) for one in self._config.sources]
        self._states: Mapping[str, SourceState] = {one.spec.name: new_state(one.spec) for one in self._sources}
        self._memory = Memory()
        self._render = renderer()
        for source in self._sources:
            self._states[source.spec.name] = apply(self._states[source.spec.name], self._outcome(source.spec.name))
        self.round()

    def _outcome(self, source: str, snapshot: Snapshot | None = None) -> PollOutcome:
        kind = PollKind.LIVE if snapshot else PollKind.ROSTER
        return PollOutcome(source, kind, self._clock.now(), duration=0.1, interval=15.0, snapshot=snapshot)

    def round(self) -> tuple[dict[str, float], int]:
        """Milliseconds of each stage, and the samples of the exposition."""
        self._answers.turn()
        spent: dict[str, float] = {}
        changed = {}
        for source in self._sources:
            source.poll()  # the answers are encoded, and that is not what is measured
            snapshot, spent[f"decode {source.spec.name}"] = timed(source.poll)
            source.keep(snapshot)
            changed[source.spec.name] = self._outcome(source.spec.name, snapshot)
        self._states, spent["take in"] = timed(
            lambda: {name: apply(self._states[name], outcome) for name, outcome in changed.items()}
        )
        now: Now = self._clock.now()
        (report, self._memory), spent["reconcile"] = timed(
            lambda: reconcile(self._states, self._config.teams, self._memory, now, {}, self._config.people)
        )
        assert all(source.fresh for source in report.sources), "a poll of the bench failed"
        self.page, spent["render"] = timed(lambda: self._render(report))
        return spent, self.page.series


def loaded(given: Mapping[str, Any]) -> Config:
    with TemporaryDirectory(prefix="agentmon-bench-") as folder:
        file = Path(folder) / "bench.yml"
        file.write_text(json.dumps(given), encoding="utf-8")
        return load(file)


class Plan(msgspec.Struct, frozen=True):
    """`rounds` are those of a stint."""

    accounts: int
    rounds: int


@dataclass
class Line:
    """What was found of one size: the milliseconds of each stage, round by round."""

    accounts: int
    samples: int = 0
    found: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    def add(self, spent: Mapping[str, float], samples: int) -> None:
        self.samples = samples
        for stage, milliseconds in spent.items():
            self.found[stage].append(milliseconds)

    def median_of(self, *stages: str) -> float:
        """Of the sums of these stages, round by round."""
        return median(sum(spent) for spent in zip(*(self.found[stage] for stage in stages), strict=True))


_here: World
"""The centre of this process."""


def _settle(accounts: int) -> None:
    global _here  # noqa: PLW0603 - what a process of a pool keeps from one call to the next
    configure(LogLevel.INFO, LogFormat.CONSOLE, Mask())  # as the service is
    spare_the_collector()  # as well
    _here = World(accounts, asyncio.new_event_loop())


def _round() -> tuple[dict[str, float], int]:
    return _here.round()


class Cycles:
    """Every size, each in a process of its own, one at work at a time; the large ones in fewer rounds.

    Rounds are asked for in several stints, so that no minute of the machine decides about a median.
    """

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.lines = [Line(plan.accounts) for plan in plans]
        self.stints = 0
        self._plans = plans
        self._pools: list[ProcessPoolExecutor] = []
        self._ended = ExitStack()

    def __enter__(self) -> Self:
        for plan in self._plans:
            pool = self._ended.enter_context(ProcessPoolExecutor(1, mp_context=get_context("spawn")))
            pool.submit(_settle, plan.accounts).result()
            self._pools.append(pool)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.close()

    def stint(self) -> None:
        self.stints += 1
        for number in range(max(plan.rounds for plan in self._plans)):
            for pool, plan, line in zip(self._pools, self._plans, self.lines, strict=True):
                if number < plan.rounds:
                    line.add(*pool.submit(_round).result())
