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
from monitor.web.listener import Listener
from monitor.web.place import HERE, Place
from monitor.web.server import Surface, create_app
from monitor.web_reload import WebReloader

log = structlog.get_logger(__name__)

DRAIN = 5.0
"""Seconds that polls in flight get to end by themselves at a stop."""


YOUNG = 10_000
"""Containers made and not yet gone at which the garbage collector looks through the youngest; Python's own is 700."""
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
    listen: Sequence[tuple[str, int]],
    *,
    place: Place = HERE,
    web: WebReloader | None = None,
    reloading: Reloading | None = None,
    summary_every: float = 0.0,
    clock: Clock | None = None,
) -> None:
    """Run agentmon until SIGTERM or SIGINT, then drain. Raises ListenError where an address cannot be used.

    `summary_every` is in seconds; with 0 the log has no summaries.
    """
    clock = clock or SystemClock()
    web = web or WebReloader()
    stop = asyncio.Event()
    notifier = Notifier.of(os.environ)
    handle_stop(stop)
    _raise_file_limit()
    spare_the_collector()
    async with Transport(clock) as transport:
        monitor = Monitor(config, transport, clock, web.problems)
        reloader = _reloader(reloading, monitor, config, notifier)
        reload = _rereading(reloader, web)
        _handle_hangup(reload)
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
            reload=(lambda: reload("POST /-/reload")) if reloading and reloading.over_http else None,
            web=web.settings,
            version=__version__,
        )
        async with Listener(create_app(surface, place), listen, web.settings) as listener:
            log.info(
                "started",
                version=__version__,
                listen=", ".join(listener.addresses),
                tls=web.settings().tls is not None,
                users=len(web.settings().users),
                sources=len(config.sources),
                teams=len(config.teams),
            )
            notifier.ready()
            beside = [
                asyncio.create_task(_watch(reloading, reloader), name="watch configuration"),
                asyncio.create_task(
                    watch(web.files, lambda: web.reload("a file changed")), name="watch web configuration"
                ),
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


def _rereading(reloader: Reloader | None, web: WebReloader) -> Callable[[str], Coroutine[Any, Any, Sequence[str]]]:
    """Reads both files again; what is wrong with one leaves the other alone."""

    async def reload(cause: str) -> Sequence[str]:
        if reloader is None:
            log.warning("reload_not_possible", mend="there is no file to read again")
            return ()
        return *await reloader.reload(cause), *await web.reload(cause)

    return reload


async def _watch(reloading: Reloading | None, reloader: Reloader | None) -> None:
    if reloading is not None and reloader is not None and reloading.watched is not None:
        watched = reloading.watched
        await watch(lambda: [watched], lambda: reloader.reload("the file changed"))


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


def spare_the_collector() -> None:
    """Have the garbage collector of this process leave out what was loaded so far, which stays, and look more seldom.

    It holds the event loop while it looks, and the thousands of values of a poll hardly ever hold a cycle.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)


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


def _handle_hangup(reload: Callable[[str], Coroutine[Any, Any, object]]) -> None:
    """SIGHUP reads the configuration again; it never ends anything."""
    attempts: set[asyncio.Task[object]] = set()

    def on_signal() -> None:
        attempt: asyncio.Task[object] = asyncio.create_task(reload("SIGHUP"), name="reload")
        attempts.add(attempt)
        attempt.add_done_callback(attempts.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, on_signal)
