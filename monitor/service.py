"""agentmon as a service: started, reloaded, and stopped in good order."""

import asyncio
import gc
import os
import resource
import signal
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from monitor import __version__
from monitor.app import Monitor
from monitor.clock import Clock, SystemClock
from monitor.config import Config
from monitor.errors import AgentmonError
from monitor.pollers.transport import Transport
from monitor.reload import Reloader, watch
from monitor.summary import summary
from monitor.systemd import Notifier
from monitor.web.server import Listener, Surface, create_app

log = structlog.get_logger(__name__)

DRAIN = 5.0
"""Seconds that polls in flight get to end by themselves at a stop."""


FILES = 16_384
"""Open files that the service allows itself, where the system lets it."""


class CrashError(AgentmonError):
    """Our own mistake ended the service; it was logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloading:
    """How a running service gets another configuration: at SIGHUP always, the rest where it is wanted.

    `load` raises ConfigError. `over_http` allows POST /-/reload; `watched` is a file whose changes are read.
    """

    load: Callable[[], Config]
    over_http: bool = False
    watched: Path | None = None


async def serve(
    config: Config,
    listen: tuple[str, int],
    *,
    reloading: Reloading | None = None,
    summary_every: float = 0.0,
    clock: Clock | None = None,
) -> None:
    """Run agentmon until SIGTERM or SIGINT, then drain. Raises ListenError where the address cannot be used.

    `summary_every` is in seconds; with 0 the log has no summaries.
    """
    clock = clock or SystemClock()
    stop = asyncio.Event()
    notifier = Notifier.of(os.environ)
    handle_stop(stop)
    _raise_file_limit()
    gc.freeze()  # what was loaded so far stays; the collector, which holds the loop, need not look through it again
    async with Transport(clock) as transport:
        monitor = Monitor(config, transport, clock)
        reloader = _reloader(reloading, monitor, config, notifier)
        _handle_hangup(reloader)
        surface = Surface(
            page=lambda: monitor.page,
            report=lambda: monitor.report,
            waiting=monitor.waiting,
            hint=monitor.fleet.hint,
            explain=monitor.explain,
            register=monitor.register,
            paces=lambda: monitor.fleet.paces,
            follow=monitor.follow,
            now=lambda: clock.now().wall,
            config=lambda: monitor.config.shown,
            cors_origins=lambda: monitor.config.cors_origins,
            problems=monitor.problems,
            reload=_asked_over_http(reloading, reloader),
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
            notifier.ready()
            beside = [
                asyncio.create_task(_watch(reloading, reloader), name="watch configuration"),
                asyncio.create_task(_summarise(monitor, summary_every), name="summary"),
            ]
            try:
                await _run(monitor, stop, notifier)
            finally:
                for task in beside:
                    task.cancel()
    log.info("stopped")


async def _run(monitor: Monitor, stop: asyncio.Event, notifier: Notifier) -> None:
    """Run until `stop`, then drain; raises CrashError where it ends by itself."""
    running = asyncio.create_task(monitor.run(notifier), name="monitor")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    crash = running.exception() if running.done() and not running.cancelled() else None
    if crash is not None:  # a page that is never renewed again would be worse than none
        log.critical("crashed", exc_info=crash)
    log.info("stopping")
    notifier.stopping()
    await monitor.fleet.schedule.stop(DRAIN)
    running.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await running
    if crash is not None:
        raise CrashError("ended by an error of its own; the log above has it")


def _reloader(reloading: Reloading | None, monitor: Monitor, config: Config, notifier: Notifier) -> Reloader | None:
    if reloading is None:
        return None

    def adopt(wanted: Config) -> None:
        monitor.adopt(wanted)
        if wanted.listen != config.listen:
            log.warning("restart_needed", place="web.listen", text="the address changes with the next start")

    return Reloader(config, reloading.load, adopt, monitor.refuse, notifier)


def _asked_over_http(
    reloading: Reloading | None, reloader: Reloader | None
) -> Callable[[], Coroutine[Any, Any, Sequence[str]]] | None:
    if reloading is None or reloader is None or not reloading.over_http:
        return None
    return lambda: reloader.reload("POST /-/reload")


async def _watch(reloading: Reloading | None, reloader: Reloader | None) -> None:
    if reloading is not None and reloader is not None and reloading.watched is not None:
        await watch([reloading.watched], lambda: reloader.reload("the file changed"))


async def _summarise(monitor: Monitor, every: float) -> None:
    before = None
    while every:
        await asyncio.sleep(every)
        log.info("summary", **summary(monitor.report, before))
        before = monitor.report


def _raise_file_limit() -> None:
    """Each reader of the stream is an open file, and the usual soft limit of 1024 is for programs of another time."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def until_stopped() -> None:
    """Return at the first SIGTERM or SIGINT."""
    stop = asyncio.Event()
    handle_stop(stop)
    await stop.wait()


def handle_stop(stop: asyncio.Event) -> None:
    """The first SIGTERM or SIGINT stops in good order, a second one at once."""
    loop = asyncio.get_running_loop()

    def on_signal(number: signal.Signals) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)


def _handle_hangup(reloader: Reloader | None) -> None:
    """SIGHUP reads the configuration again; it never ends anything."""
    attempts: set[asyncio.Task[object]] = set()

    def on_signal() -> None:
        if reloader is None:
            log.warning("reload_not_possible", mend="there is no file to read again")
            return
        attempt: asyncio.Task[object] = asyncio.create_task(reloader.reload("SIGHUP"), name="reload")
        attempts.add(attempt)
        attempt.add_done_callback(attempts.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, on_signal)
