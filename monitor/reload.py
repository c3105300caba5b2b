"""Reading the configuration again: whole or not at all, one attempt at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

import structlog

from monitor.beside import waiting_apart
from monitor.config import Config, ConfigError
from monitor.systemd import Notifier

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at a watched file; a change is read when two looks in a row see the same."""

Signature = tuple[int, int, int] | None


class Reloader:
    """Loads a configuration and hands it to `adopt`, or what is wrong with it to `refuse`."""

    def __init__(
        self,
        in_force: Config,
        load: Callable[[], Config],
        adopt: Callable[[Config], None],
        refuse: Callable[[Sequence[str]], None],
        notifier: Notifier,
    ) -> None:
        self._in_force = in_force
        self._load = load
        self._adopt = adopt
        self._refuse = refuse
        self._notifier = notifier
        self._turn = asyncio.Lock()

    async def reload(self, cause: str) -> tuple[str, ...]:
        """What is wrong, as lines for the operator; empty where the configuration is in force now."""
        async with self._turn:
            self._notifier.reloading()
            try:
                return await self._attempt(cause)
            finally:
                self._notifier.ready()

    async def _attempt(self, cause: str) -> tuple[str, ...]:
        try:
            config = await waiting_apart(self._load)  # a big file and its holidays take a while
            self._adopt(config)
        except ConfigError as error:
            problems = tuple(problem.show(error.filename) for problem in error.problems)
        except Exception as error:  # our own mistake: what is in force stays, and it must be seen
            log.exception("reload_crashed")
            problems = (f"an error inside agentmon: {type(error).__name__}",)
        else:
            log.info("reloaded", cause=cause, sources=len(config.sources), teams=len(config.teams))
            tell_warnings(config, self._in_force)
            self._in_force = config
            return ()
        self._refuse(problems)
        log.error("reload_failed", cause=cause, problems=len(problems))
        for problem in problems:
            log.error("config_problem", text=problem)
        return problems


def tell_warnings(config: Config, before: Config | None = None) -> None:
    """Log what an operator should think about again, and how many requests the sources will make.

    What the configuration `before` gave reason to say is not said again.
    """
    told = {(warning.path, warning.text) for warning in before.warnings} if before else set()
    for warning in config.warnings:
        if (warning.path, warning.text) not in told:
            log.warning("config_warning", place=warning.path, text=warning.text)
    rates_told = {rate.tell() for rate in before.rates} if before else set()
    for rate in config.rates:
        if rate.tell() not in rates_told:
            log.info("request_rate", text=rate.tell())


async def watch(
    files: Callable[[], Iterable[Path]],
    on_change: Callable[[], Awaitable[object]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Await `on_change` whenever the content of a file may be another one, until cancelled.

    A file that is being written is left alone until it rests. One that is gone is no change; that it is back is one,
    even as it was. `files` is asked before each look; one that it did not name before is a change, too: it may have
    been replaced since it was named.
    """
    known = {file: _signature(file) for file in files()}
    seen = dict(known)
    while True:
        await sleep(LOOK_EVERY)
        last, seen = seen, {file: _signature(file) for file in files()}
        known = {file: known.get(file) if now is not None else None for file, now in seen.items()}
        resting = {file: now for file, now in seen.items() if now is not None and now == last.get(file)}
        if any(now != known[file] for file, now in resting.items()):
            known |= resting
            await on_change()


def _signature(file: Path) -> Signature:
    """Of a link, what it leads to: Kubernetes changes the link."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
