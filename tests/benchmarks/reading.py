"""A thousand readers of the event stream at once: held, told in time, and what they cost the service."""

import asyncio
import sys
from statistics import median

import msgspec
from benchmarks.readers import Readers
from benchmarks.results import Row, at_least, plain
from benchmarks.serving import Stage, lag_row
from processes import MEGABYTE, cpu_seconds, usage

READERS = 1000
IDLERS = 100
"""Readers who ask and never read, beside them."""


async def rows(on: Stage, seconds: float, idle: float) -> list[Row]:
    """`idle` is the share of a core that the service needs without readers."""
    ticks, late = await on.late_ticks()
    before = usage(on.pid).resident
    idlers = [await _idler(on) for _ in range(IDLERS)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.readers", f"{on.service.base}/api/v1/stream"),
        *(f"--readers={READERS}", f"--seconds={seconds}"),
        stdout=asyncio.subprocess.PIPE,
    )
    reading = asyncio.create_task(process.communicate())
    spent, residents = cpu_seconds(on.pid), []
    begun = asyncio.get_running_loop().time()
    while not reading.done():
        residents.append(usage(on.pid).resident)
        await asyncio.wait({reading}, timeout=0.5)
    lasted = asyncio.get_running_loop().time() - begun
    spent = cpu_seconds(on.pid) - spent
    found = msgspec.json.decode((await reading)[0], type=Readers)
    for writer in idlers:
        writer.close()
    how = f"{found.changes:,} events in {seconds:g} s, generator at {found.cpu:.0%} of a core"
    share = max(spent / lasted - idle, 0.0)
    return [
        at_least("readers of the stream at once", found.held, READERS, "held", how),
        plain("the whole state to all of them", found.seconds_to_connect, "s", f"{READERS} readers, connecting too"),
        Row(
            "age of a change when it comes",
            f"{found.p50:.0f} ms p50, {found.p99:.0f} ms p99, {found.most:.0f} ms at most",
            "from its publication, over all readers",
        ),
        plain("CPU of the service for them", share * 100, "% of a core", f"/proc, {found.received / 1e6:,.0f} MB sent"),
        plain(
            "memory for them",
            (max(residents) - before) / MEGABYTE,
            "MB",
            f"/proc, at its most, {IDLERS} more who never read; median {(median(residents) - before) / MEGABYTE:.0f}",
        ),
        await lag_row(on, ticks, late, f"event loop late by over 50 ms, with {READERS} readers"),
    ]


async def _idler(on: Stage) -> asyncio.StreamWriter:
    host, _, port = on.service.base.rpartition("//")[2].partition(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1)  # which stops reading after two bytes
    writer.write(b"GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\n\r\n")
    return writer
