"""The processes of the bench: vendors, exporters and the load on them."""

import asyncio
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from benchmarks.load import Load

STOP_WITHIN = 5.0
TO_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Program(msgspec.Struct, frozen=True):
    """A program that listens, as a process of its own."""

    pid: int
    base: str

    @property
    def metrics(self) -> str:
        return f"{self.base}/metrics"


@asynccontextmanager
async def program(module: str, *arguments: str) -> AsyncIterator[Program]:
    """One that tells its port on the first line; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"benchmarks.{module}", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        told = json.loads(await process.stdout.readline())
        yield Program(process.pid, f"http://127.0.0.1:{told['port']}")
    finally:
        process.kill()
        await process.wait()


async def control(vendors: Program, **order: Any) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{vendors.base}/control", json=order) as response:
        response.raise_for_status()


async def load(
    url: str,
    *,
    seconds: float,
    connections: int = 1,
    every: float = 0.0,
    headers: Mapping[str, str] | None = None,
) -> Load:
    """The load of our own generator, a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.load", url),
        *(f"--seconds={seconds}", f"--connections={connections}", f"--every={every}"),
        *(f"--header={name}: {value}" for name, value in (headers or {}).items()),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    found = msgspec.json.decode(out, type=Load)
    if found.failed:
        raise RuntimeError(f"{found.failed} of {found.requests} requests to {url} failed")
    return found


async def wrk(
    url: str, *, seconds: float, connections: int, headers: Mapping[str, str] | None = None
) -> tuple[float, float, float] | None:
    """Requests a second, and median and 99th percentile in milliseconds, as wrk sees it; None where there is none."""
    if shutil.which("wrk") is None:
        return None
    given = [f"-H{name}: {value}" for name, value in (headers or {}).items()]
    process = await asyncio.create_subprocess_exec(
        *("wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", *given, url),
        stdout=asyncio.subprocess.PIPE,
    )
    out = (await process.communicate())[0].decode()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    p50, p99 = (
        float(number) * TO_MILLISECONDS[unit]
        for number, unit in (re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", out).groups() for share in (50, 99))
    )
    return rate, p50, p99
