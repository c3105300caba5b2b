"""A running agentmon as a process, and how to ask it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]

DEADLINE = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def eventually(condition: Callable[[], object], deadline: float = DEADLINE, what: str = "") -> None:
    """Wait until the condition, which may be a coroutine function, holds; or fail, and say what did not happen."""
    try:
        async with asyncio.timeout(deadline):
            while True:
                found = condition()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise AssertionError(f"not within {deadline:g} seconds: {what or 'what the test waits for'}") from error


async def command(*arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of an agentmon command that ends by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "monitor",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    async with asyncio.timeout(DEADLINE):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


class Agentmon:
    """One running process; `log` is its whole output so far."""

    def __init__(self, process: asyncio.subprocess.Process, base: str, log: Path) -> None:
        self.process = process
        self.base = base
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(self.base + path, headers=headers) as response:
            return response.status, await response.text()

    async def samples(self) -> Samples:
        _, text = await self.get("/metrics")
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def value(self, name: str, **labels: str) -> float | None:
        """The value of one series, None where it is absent."""
        return (await self.samples()).get((name, frozenset(labels.items())))

    async def is_value(self, expected: float | None, name: str, **labels: str) -> bool:
        return await self.value(name, **labels) == expected

    async def answers(self) -> bool:
        try:
            return (await self.get("/-/healthy"))[0] == 200
        except aiohttp.ClientError:
            return False

    async def is_ready(self) -> bool:
        return (await self.get("/-/ready"))[0] == 200

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(DEADLINE):
            return await self.process.wait()


@asynccontextmanager
async def agentmon(
    folder: Path, configuration: str, *options: str, env: Mapping[str, str] | None = None, port: int | None = None
) -> AsyncIterator[Agentmon]:
    """`agentmon run` on this configuration and a free port, or on the one given, until the block ends."""
    file = folder / "monitor.yml"
    file.write_text(configuration, encoding="utf-8")
    port = port or free_port()
    arguments = ("run", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}", *options)
    async with started(folder, f"http://127.0.0.1:{port}", *arguments, env=env) as running:
        yield running


@asynccontextmanager
async def started(
    folder: Path, base: str, *arguments: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[Agentmon]:
    log = folder / "agentmon.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "monitor",
            *arguments,
            stdout=output,
            stderr=output,
            env={**os.environ, **(env or {})},
        )
    running = Agentmon(process, base, log)
    try:
        await eventually(lambda: running.answers() if process.returncode is None else _died(running))
        yield running
    finally:
        await running.stop()


def _died(running: Agentmon) -> bool:
    raise AssertionError(f"agentmon ended with {running.process.returncode}:\n{running.log}")
