"""The state of one running agentmon: pollers, store, reconciliation and publication, put together."""

import asyncio
import os
import platform
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import structlog

from monitor import __version__
from monitor.beside import beside_loop
from monitor.clock import Clock, Now
from monitor.config import Config, SourceConfig, agent_naming_of, naming_of
from monitor.explanation import TeamExplanation
from monitor.exporter.exposition import Format, Page, Renderer
from monitor.exporter.families import Facts
from monitor.exporter.telemetry import Telemetry
from monitor.fleet import Fleet, is_same_account
from monitor.model import PollKind, PollOutcome, Report
from monitor.pollers.transport import Transport
from monitor.privacy import Naming
from monitor.reconciler.explain import explain
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.register import register
from monitor.reconciler.store import SourceState, apply, new_state, paced
from monitor.register import Register
from monitor.revision import revision
from monitor.systemd import Notifier

log = structlog.get_logger(__name__)

PUBLISH_AT_LEAST_EVERY = 5.0
SERIES_NEAR = 0.8
"""Share of the limit of series from which on it is told."""
WATCH_EVERY = 0.25
LATE = 4 * PUBLISH_AT_LEAST_EVERY
"""Seconds without a publication from which on the watchdog of systemd gets no beat."""
SECRETS_EVERY = 2.0
"""Seconds between two looks at the secrets of failing sources."""
CLOCK_STEP = 1.0
"""Seconds by which wall time may drift from elapsed time between two looks before plans are made anew."""
SUSPENDED = 5.0
"""Seconds that the loop must have lost against elapsed time to call it a suspend; a busy machine loses less."""


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A configuration from when it was loaded on, with what is made of it once. `loaded_at` is in Unix seconds."""

    config: Config
    loaded_at: float
    naming: Naming
    agents: Naming | None

    @cached_property
    def sources(self) -> Mapping[str, SourceConfig]:
        return {source.spec.name: source for source in self.config.sources}


class Monitor:
    """The state of one running agentmon: outcomes come in, a page stands ready."""

    def __init__(
        self,
        config: Config,
        transport: Transport,
        clock: Clock,
        web_problems: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`web_problems` tells why the web configuration file, as it stands now, is not in force."""
        self._clock = clock
        self._web_problems = web_problems
        self._pseudonym_key = secrets.token_hex(32)
        self.fleet = Fleet(config.sources, transport, self.receive)
        self._in_force = self._from_now_on(config)
        self._states: Mapping[str, SourceState] = {
            name: new_state(source.spec) for name, source in self._in_force.sources.items()
        }
        self._telemetry = Telemetry(self._states)
        self._memory = Memory()
        self._renderer = Renderer()
        self._arrived: deque[PollOutcome | InForce] = deque()
        self._revision = revision(os.environ)
        self._changed = asyncio.Event()
        self._followers: list[Callable[[], None]] = []
        self._tasks: int | None = None
        self._problems_told: frozenset[str] = frozenset()
        self._people_problems_told: frozenset[str] = frozenset()
        self.reload_problems: tuple[str, ...] = ()
        """Why the last configuration offered was refused; empty where it was not."""
        self.report: Report
        self.page: Page
        self.publish()

    def _from_now_on(self, config: Config) -> InForce:
        """Pseudonyms without a configured key stay what they are as long as the process lives."""
        privacy, key = config.file.privacy, self._pseudonym_key
        return InForce(
            config=config,
            loaded_at=self._clock.now().wall,
            naming=naming_of(privacy, key),
            agents=agent_naming_of(privacy, key),
        )

    def receive(self, outcome: PollOutcome) -> None:
        """Take one outcome; the publication follows as soon as the loop gets to it."""
        self._arrived.append(outcome)
        if outcome.kind is PollKind.LIVE:
            self._telemetry.poll_duration.labels(outcome.source).observe(outcome.duration)
        self._changed.set()

    def adopt(self, config: Config) -> None:
        """Let another configuration take over, whole.

        Sources that are as they were keep their data, counters and pace. A source that polls another account than
        before begins anew, one that is only polled in another way keeps its data. Whatever is gone leaves the page
        with the next publication.
        """
        wanted = self._from_now_on(config)
        self.fleet.replace(config.sources)
        self._telemetry.watch(wanted.sources)
        self.reload_problems = ()
        self._arrived.append(wanted)  # after the last outcome of those before
        self._changed.set()

    def refuse(self, problems: Sequence[str]) -> None:
        """A configuration was offered that cannot be used; the one in force stays."""
        self.reload_problems = tuple(problems)
        self._changed.set()

    def publish(self) -> None:
        """Reconcile what is known at this moment and swap the page. In any thread, but in one at a time."""
        begun = time.perf_counter()
        before = getattr(self, "page", None)
        in_force, states = self._take_in()
        report, memory = reconcile(
            states,
            in_force.config.teams,
            self._memory,
            self._clock.now(),
            self.fleet.requests,
            in_force.config.people,
            in_force.agents,
        )
        facts = Facts(
            report=report,
            version=__version__,
            revision=self._revision,
            python=platform.python_version(),
            config_loaded_at=in_force.loaded_at,
            is_config_current=not (self.reload_problems or self._web_problems()),
            missed_runs=self.fleet.schedule.missed_runs,
            tasks=self._tasks,
            exposition_bytes={format_: len(before.bytes_of(format_)) for format_ in Format} if before else {},
            series=before.series if before else 0,
            series_limit=in_force.config.max_series,
            families_left_out=len(before.left_out) if before else 0,
        )
        # The page first: whoever hears that agentmon is ready finds on it what made it so.
        self.page = self._renderer.render(facts, self._telemetry.render())
        self.report, self._memory, self._states, self._in_force = report, memory, states, in_force
        self._telemetry.publish_duration.observe(time.perf_counter() - begun)
        self._tell_problems()

    def _take_in(self) -> tuple[InForce, Mapping[str, SourceState]]:
        """What has arrived since the last publication, in its order."""
        in_force, states = self._in_force, dict(self._states)
        while self._arrived:
            arrived = self._arrived.popleft()
            if isinstance(arrived, PollOutcome):
                states[arrived.source] = apply(states[arrived.source], arrived)
            else:
                states = {
                    name: _carried(states.get(name), in_force.sources.get(name), source)
                    for name, source in arrived.sources.items()
                }
                in_force = arrived
        return in_force, states

    def _tell_problems(self) -> None:
        """Log what is wrong with selectors, people and series, once, and again only after it was mended."""
        problems = frozenset((*self.report.public_problems, *self.series_problems()))
        for problem in sorted(problems - self._problems_told):
            log.warning("problem", text=problem)
        self._problems_told = problems
        of_people = frozenset(self.report.problems)
        for problem in sorted(of_people - self._people_problems_told):
            log.debug("people_problem", text=problem)
        self._people_problems_told = of_people

    def problems(self) -> tuple[str, ...]:
        """What an operator should look at besides what the report tells, in sentences that name nobody.

        What is wrong with a refused configuration may quote people and agents: that is for the log.
        """
        refused = (("configuration", self.reload_problems), ("web configuration", self._web_problems()))
        return (*(_refusal(what, len(wrong)) for what, wrong in refused if wrong), *self.series_problems())

    def series_problems(self) -> tuple[str, ...]:
        """What an operator should know of the limit, in words that stay the same while the page grows."""
        limit = self._in_force.config.max_series
        if self.page.left_out:
            return (f"the limit of {limit} series (web.max_series) leaves no room for {', '.join(self.page.left_out)}",)
        if self.page.series > limit:
            return (f"more series than web.max_series allows ({limit}), and no series of single agents to leave out",)
        if self.page.series > SERIES_NEAR * limit:
            return (f"over {SERIES_NEAR:.0%} of the {limit} series that web.max_series allows are in use",)
        return ()

    def explain(self, team: str) -> TeamExplanation | None:
        """Why a team has the numbers that are published now; None where there is no such team.

        From any thread: what it reads is never changed, only replaced.
        """
        return explain(team, self._memory, self._in_force.naming)

    def register(self) -> Register:
        """Everyone who is counted in what is published now. From any thread, as `explain`."""
        return register(self._memory, self._in_force.naming)

    def follow(self, follower: Callable[[], None]) -> None:
        """Call this after every publication from here on, in the event loop."""
        self._followers.append(follower)

    @property
    def config(self) -> Config:
        """The configuration that is published by now."""
        return self._in_force.config

    def is_alive(self) -> bool:
        """Whether the page is renewed: a service that only answers with an old one would be worse than none."""
        return self._clock.now().elapsed - self.report.at.elapsed <= LATE

    def status(self) -> str:
        """One line for `systemctl status`."""
        fresh = sum(source.fresh for source in self.report.sources)
        return f"{fresh} of {len(self.report.sources)} sources fresh, {len(self.report.teams)} teams"

    def waiting(self) -> list[str]:
        """Sources that have neither succeeded nor failed yet."""
        return [source.spec.name for source in self.report.sources if source.polls == 0]

    async def run(self, notifier: Notifier) -> None:
        """Poll, publish, watch, and tell the service manager of it, until cancelled."""
        self.fleet.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish_on_change(), name="publish")
            tasks.create_task(self._watch(), name="watch")
            tasks.create_task(notifier.keep_telling(self.is_alive, self.status), name="systemd")

    async def _publish_on_change(self) -> None:
        """Publish at every change, at the moment some team changes by itself, and every five seconds anyway."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.until_next_publication()):
                    await self._changed.wait()
            self._changed.clear()
            self._tasks = len(asyncio.all_tasks())
            # Beside the loop: a big contact centre takes longer than polls and scrapes should wait.
            await beside_loop(self.publish)
            for follower in self._followers:
                follower()

    def until_next_publication(self) -> float:
        """Seconds until the page may be wrong without anything having happened, at most five.

        At least a tenth of one: where many people become inactive one by one, that is often enough.
        """
        soonest = self.report.changes_at - self._clock.now().elapsed
        return min(max(soonest + 0.01, 0.1), PUBLISH_AT_LEAST_EVERY)

    async def _watch(self) -> None:
        """Measure how late the loop runs, and plan anew after a clock step or a suspend."""
        loop = asyncio.get_running_loop()
        last, last_tick = self._clock.now(), loop.time()
        secrets_at = last.elapsed
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now, tick = self._clock.now(), loop.time()
            self._telemetry.loop_lag.observe(max(tick - last_tick - WATCH_EVERY, 0.0))
            if has_moved(last, now, tick - last_tick):
                log.info("clock_moved", wall_seconds=round(now.wall - last.wall, 1))
                self.fleet.schedule.run_all_now()
                self._changed.set()
            if now.elapsed - secrets_at >= SECRETS_EVERY:
                secrets_at = now.elapsed
                self.fleet.try_changed_secrets()
            last, last_tick = now, tick


def _refusal(what: str, count: int) -> str:
    wrong = "one problem" if count == 1 else f"{count} problems"
    return f"the new {what} was refused for {wrong}; the log and agentmon check tell which"


def _carried(state: SourceState | None, before: SourceConfig | None, source: SourceConfig) -> SourceState:
    """What is still true of a source under a new configuration."""
    if state is None or before is None or not is_same_account(before, source):
        return new_state(source.spec)
    return state if source.spec == before.spec else paced(state, source.spec)


def has_moved(before: Now, now: Now, ticked: float) -> bool:
    """Whether the wall clock was stepped or the machine suspended between two looks.

    `ticked` is the time that the event loop counted between them, in seconds; it does not run in suspend.
    """
    elapsed = now.elapsed - before.elapsed
    return abs(now.wall - before.wall - elapsed) > CLOCK_STEP or elapsed - ticked > SUSPENDED
