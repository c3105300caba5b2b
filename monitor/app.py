"""The room that knows all others: sources, schedule, store, publication and listener, put together and run."""

import asyncio
import gc
import hmac
import os
import platform
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import structlog

from monitor import __version__
from monitor.clock import Clock, Now, SystemClock
from monitor.config import Config, SourceConfig, agent_naming_of, naming_of
from monitor.errors import AgentmonError, SecretError
from monitor.explanation import TeamExplanation
from monitor.exporter.exposition import Format, Page, Renderer
from monitor.exporter.families import Facts
from monitor.exporter.telemetry import Telemetry
from monitor.fields import Secret
from monitor.model import PollKind, PollOutcome, Report
from monitor.pollers.poller import Poller
from monitor.pollers.schedule import Schedule, Work
from monitor.pollers.transport import Exchange, SourceHttp, Transport
from monitor.reconciler.explain import explain
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state
from monitor.web.server import Listener, Surface, create_app
from monitor.web.views import Pace

log = structlog.get_logger(__name__)

PUBLISH_AT_LEAST_EVERY = 5.0
DRAIN = 5.0
"""Seconds that polls in flight get to end by themselves at a stop."""
SERIES_NEAR = 0.8
"""Share of the limit of series from which on it is told."""
WATCH_EVERY = 0.25
SECRETS_EVERY = 2.0
"""Seconds between two looks at the secrets of failing sources."""
CLOCK_STEP = 1.0
"""Seconds by which wall time may drift from elapsed time between two looks before plans are made anew."""
SUSPENDED = 5.0
"""Seconds that the loop must have lost against elapsed time to call it a suspend; a busy machine loses less."""


def poller_of(
    source: SourceConfig,
    transport: Transport,
    emit: Callable[[PollOutcome], None],
    schedule: Schedule,
    exchange: Exchange | None = None,
) -> Poller:
    """A poller for a configured source, with its own budget on the shared transport; over HTTP if not told how."""
    poll = source.spec.poll
    http = SourceHttp(
        transport,
        timeout=poll.timeout,
        requests_per_minute=poll.requests_per_minute,
        secrets=lambda: revealed(secret for _, secret in source.options.secrets()),
        exchange=exchange,
    )
    if live_calls := source.vendor.count(source.options, source.demand).live:
        http.budget.expect(live_calls, poll.interval)
    adapter = source.vendor.build(source.options, source.demand)
    return Poller(source.spec, adapter, http, transport.clock, emit, schedule.spawn)


def revealed(secrets: Iterable[Secret]) -> Iterator[str]:
    """The values, as they stand now, of what must not be shown; one that cannot be read has none."""
    for secret in secrets:
        with suppress(SecretError):
            value = secret.reveal()
            if secret.must_hide(value):
                yield value


def hook_secret(source: SourceConfig) -> Secret | None:
    """The secret of a source's webhook, None where it has none."""
    return dict(source.options.secrets()).get("hook.secret")


class CrashError(AgentmonError):
    """Our own mistake ended the service; it was logged."""


class Monitor:
    """The state of one running agentmon: outcomes come in, a page stands ready."""

    def __init__(self, config: Config, transport: Transport, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self.schedule = Schedule()
        self._pollers = {
            source.spec.name: poller_of(source, transport, self.receive, self.schedule) for source in config.sources
        }
        self._states: dict[str, SourceState] = {source.spec.name: new_state(source.spec) for source in config.sources}
        self._secrets = {
            source.spec.name: [secret for _, secret in source.options.secrets()] for source in config.sources
        }
        self._secrets_tried: dict[str, tuple[str, ...]] = {}
        self._hooks = {source.spec.name: secret for source in config.sources if (secret := hook_secret(source))}
        self._telemetry = Telemetry(self._states)
        self._memory = Memory()
        self._renderer = Renderer()
        self._outcomes: deque[PollOutcome] = deque()
        self._agents = agent_naming_of(config.file.privacy)
        self._naming = naming_of(config.file.privacy)
        self._started_at = clock.now().wall
        self._changed = asyncio.Event()
        self._followers: list[Callable[[], None]] = []
        self._problems_told: frozenset[str] = frozenset()
        self.report: Report
        self.page: Page
        self.publish()

    def receive(self, outcome: PollOutcome) -> None:
        """Take one outcome; the publication follows as soon as the loop gets to it."""
        self._outcomes.append(outcome)
        if outcome.kind is PollKind.LIVE:
            self._telemetry.poll_duration.labels(outcome.source).observe(outcome.duration)
        self._changed.set()

    def publish(self) -> None:
        """Reconcile what is known at this moment and swap the page. In any thread, but in one at a time."""
        begun = time.perf_counter()
        before = getattr(self, "page", None)
        states = dict(self._states)
        while self._outcomes:
            outcome = self._outcomes.popleft()
            states[outcome.source] = apply(states[outcome.source], outcome)
        report, memory = reconcile(
            states,
            self._config.teams,
            self._memory,
            self._clock.now(),
            {name: poller.requests for name, poller in self._pollers.items()},
            self._config.people,
            self._agents,
        )
        facts = Facts(
            report=report,
            version=__version__,
            revision=os.environ.get("AGENTMON_REVISION", "unknown"),
            python=platform.python_version(),
            config_loaded_at=self._started_at,
            missed_runs=self.schedule.missed_runs,
            exposition_bytes={format_: len(before.bytes_of(format_)) for format_ in Format} if before else {},
            series=before.series if before else 0,
            series_limit=self._config.max_series,
            families_left_out=len(before.left_out) if before else 0,
        )
        # The page first: whoever hears that agentmon is ready finds on it what made it so.
        self.page = self._renderer.render(facts, self._telemetry.render())
        self.report, self._memory, self._states = report, memory, states
        self._telemetry.publish_duration.observe(time.perf_counter() - begun)
        self._tell_problems()

    def _tell_problems(self) -> None:
        """Log what is wrong with selectors, people and series, once, and again only after it was mended."""
        problems = frozenset((*self.report.all_problems, *self.series_problems()))
        for problem in sorted(problems - self._problems_told):
            log.warning("problem", text=problem)
        self._problems_told = problems

    def series_problems(self) -> tuple[str, ...]:
        """What an operator should know of the limit, in words that stay the same while the page grows."""
        limit = self._config.max_series
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
        return explain(team, self._memory, self._naming)

    def paces(self) -> dict[str, Pace]:
        """How each source is polled at this moment. For the event loop alone."""
        return {
            name: Pace(self.schedule.next_run_at(name), poller.requests_of_minute)
            for name, poller in self._pollers.items()
        }

    def follow(self, follower: Callable[[], None]) -> None:
        """Call this after every publication from here on, in the event loop."""
        self._followers.append(follower)

    def hint(self, source: str, secret: str) -> bool:
        """Bring the next poll of a source forward, where its hook knows the secret; a flood changes nothing more."""
        poller = self._pollers.get(source)
        wanted = self._hooks.get(source)
        if poller is None or wanted is None:
            return False
        with suppress(SecretError):
            if hmac.compare_digest(wanted.reveal().encode(), secret.encode()):
                self.schedule.bring_forward(source, poller.earliest_in())
                return True
        return False

    def waiting(self) -> list[str]:
        """Sources that have neither succeeded nor failed yet."""
        return [source.spec.name for source in self.report.sources if source.polls == 0]

    async def run(self) -> None:
        """Poll, publish and watch until cancelled."""
        count = len(self._pollers)
        for position, (name, poller) in enumerate(self._pollers.items()):
            self.schedule.every(poller.interval, name, self._work(poller), phase=position / count)
        self.schedule.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish_on_change(), name="publish")
            tasks.create_task(self._watch(), name="watch")

    def _work(self, poller: Poller) -> Work:
        name = poller.spec.name

        async def work() -> None:
            planned = poller.interval
            self._secrets_tried[name] = self._secrets_now(name)
            await poller.poll()
            if poller.interval != planned:
                self.schedule.pace(poller.spec.name, poller.interval)

        return work

    def _secrets_now(self, source: str) -> tuple[str, ...]:
        return tuple(revealed(self._secrets[source]))

    def _try_changed_secrets(self) -> None:
        """A failing source whose secrets are not those of its last poll is tried at once."""
        for name, poller in self._pollers.items():
            tried = self._secrets_tried.get(name)
            if poller.is_failing and tried is not None and tried != self._secrets_now(name):
                log.info("secret_changed", source=name)
                self._secrets_tried[name] = self._secrets_now(name)
                self.schedule.bring_forward(name, 0.0)

    async def _publish_on_change(self) -> None:
        """Publish at every change, at the moment some team changes by itself, and every five seconds anyway."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.until_next_publication()):
                    await self._changed.wait()
            self._changed.clear()
            # Beside the loop: a big contact centre takes longer than polls and scrapes should wait.
            await asyncio.to_thread(self.publish)
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
                self.schedule.run_all_now()
                self._changed.set()
            if now.elapsed - secrets_at >= SECRETS_EVERY:
                secrets_at = now.elapsed
                self._try_changed_secrets()
            last, last_tick = now, tick


def has_moved(before: Now, now: Now, ticked: float) -> bool:
    """Whether the wall clock was stepped or the machine suspended between two looks.

    `ticked` is the time that the event loop counted between them, in seconds; it does not run in suspend.
    """
    elapsed = now.elapsed - before.elapsed
    return abs(now.wall - before.wall - elapsed) > CLOCK_STEP or elapsed - ticked > SUSPENDED


async def serve(config: Config, listen: tuple[str, int], *, clock: Clock | None = None) -> None:
    """Run agentmon until SIGTERM or SIGINT, then drain. Raises ListenError where the address cannot be used."""
    clock = clock or SystemClock()
    stop = asyncio.Event()
    _handle_signals(stop)
    gc.freeze()  # what was loaded so far stays; the collector, which holds the loop, need not look through it again
    async with Transport(clock) as transport:
        monitor = Monitor(config, transport, clock)
        surface = Surface(
            page=lambda: monitor.page,
            report=lambda: monitor.report,
            waiting=monitor.waiting,
            hint=monitor.hint,
            explain=monitor.explain,
            paces=monitor.paces,
            follow=monitor.follow,
            now=lambda: clock.now().wall,
            problems=monitor.series_problems,
            version=__version__,
        )
        async with Listener(create_app(surface), *listen) as listener:
            log.info(
                "started",
                version=__version__,
                listen=f"{listen[0] or '*'}:{listener.port}",
                sources=len(config.sources),
                teams=len(config.teams),
            )
            running = asyncio.create_task(monitor.run(), name="monitor")
            stopping = asyncio.create_task(stop.wait(), name="stop")
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            crash = running.exception() if running.done() and not running.cancelled() else None
            if crash is not None:  # a page that is never renewed again would be worse than none
                log.critical("crashed", exc_info=crash)
            log.info("stopping")
            await monitor.schedule.stop(DRAIN)
            running.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await running
            if crash is not None:
                raise CrashError("ended by an error of its own; the log above has it")
    log.info("stopped")


async def until_stopped() -> None:
    """Return at the first SIGTERM or SIGINT."""
    stop = asyncio.Event()
    _handle_signals(stop)
    await stop.wait()


def _handle_signals(stop: asyncio.Event) -> None:
    """The first SIGTERM or SIGINT stops in good order, a second one at once; SIGHUP ends nothing."""
    loop = asyncio.get_running_loop()

    def on_signal(number: signal.Signals) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    loop.add_signal_handler(
        signal.SIGHUP, lambda: log.warning("reload_not_possible", mend="restart agentmon to read a new configuration")
    )
