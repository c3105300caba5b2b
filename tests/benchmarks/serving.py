"""The service as a process on simulated vendors: scrapes, memory, CPU, event-loop lag, freshness."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import aiohttp
import msgspec
from benchmarks.centre import VENDORS, configuration
from benchmarks.load import Load
from benchmarks.programs import Program, control, load, program, wrk
from benchmarks.results import Row, at_most, plain
from processes import MEGABYTE, cpu_seconds, usage
from running import Agentmon, agentmon, eventually

GZIP = {"Accept-Encoding": "gzip", "Accept": "text/plain;version=0.0.4"}
FORMS: Mapping[str, Mapping[str, str]] = {
    "text, gzip": GZIP,
    "text, plain": {"Accept": "text/plain;version=0.0.4"},
    "OpenMetrics, gzip": {"Accept-Encoding": "gzip", "Accept": "application/openmetrics-text;version=1.0.0"},
}
CONNECTIONS = 8
SCRAPE_EVERY = 0.02
LOOK_EVERY = 0.01
"""Seconds between two looks at the page while waiting for a change; what is found is that much too late at most."""
LONGEST_BLOCK = 0.05
LAG = "agentmon_event_loop_lag_seconds"


class Lengths(msgspec.Struct, frozen=True):
    """Seconds of the parts, and how often a change is waited for."""

    idle: float = 30.0
    load: float = 10.0
    compared: float = 20.0
    changes: int = 20
    readers: float = 45.0


QUICK = Lengths(idle=15.0, load=1.5, compared=2.0, changes=4, readers=15.0)


@dataclass(frozen=True)
class Stage:
    accounts: int
    vendors: Program
    service: Agentmon

    @property
    def metrics(self) -> str:
        return f"{self.service.base}/metrics"

    @property
    def pid(self) -> int:
        return self.service.process.pid

    async def all_fresh(self) -> bool:
        samples = await self.service.samples()
        return all(samples.get(("agentmon_source_fresh", frozenset({("source", name)}))) == 1 for name in VENDORS)

    async def late_ticks(self) -> tuple[float, float]:
        """Timers of the event loop that were watched since the start, and those later than allowed."""
        samples = await self.service.samples()
        every = samples[f"{LAG}_count", frozenset()]
        return every, every - samples[f"{LAG}_bucket", frozenset({("le", str(LONGEST_BLOCK))})]


@asynccontextmanager
async def stage(accounts: int, interval: str, folder: Path) -> AsyncIterator[Stage]:
    """Vendors of that size and the service on them, with every source read."""
    async with program("vendors", f"--accounts={accounts}") as vendors:
        given = json.dumps(configuration(vendors.base, interval))
        async with agentmon(folder, given) as service:
            found = Stage(accounts, vendors, service)
            await eventually(found.all_fresh, deadline=60)
            yield found


async def idle_share(on: Stage, seconds: float) -> float:
    """Share of a core that the service needs without any scrape."""
    before = cpu_seconds(on.pid)
    await asyncio.sleep(seconds)
    return (cpu_seconds(on.pid) - before) / seconds


async def cost_of_scrape(
    url: str, pid: int, seconds: float, headers: Mapping[str, str], idle: float
) -> tuple[Load, float]:
    """A load without pauses, and milliseconds of CPU of the server for each scrape, without what it needs anyway."""
    before = cpu_seconds(pid)
    found = await load(url, seconds=seconds, connections=CONNECTIONS, headers=headers)
    spent = cpu_seconds(pid) - before - idle * found.seconds
    return found, spent * 1000 / found.requests


async def scrapes(on: Stage, lengths: Lengths, idle: float) -> tuple[list[Row], float]:
    """Latency and throughput, and the CPU of one scrape (gzip)."""
    rows = []
    ticks, late = await on.late_ticks()
    for form, headers in FORMS.items():
        found = await load(on.metrics, seconds=lengths.load, every=SCRAPE_EVERY, headers=headers)
        how = f"{found.requests} scrapes, one every {SCRAPE_EVERY * 1000:g} ms, {found.body:,} bytes"
        rows.append(Row(f"scrape, {form}", f"{found.p50:.2f} ms p50, {found.p99:.2f} ms p99", how))
    cost = 0.0
    for form, headers in list(FORMS.items())[:2]:
        found, spent = await cost_of_scrape(on.metrics, on.pid, lengths.load, headers, idle)
        cost = cost or spent
        how = f"{CONNECTIONS} connections, own generator at {found.cpu:.0%} of a core"
        rows.append(
            Row(
                f"throughput, {form}",
                f"{found.rate:,.0f} scrapes/s, {found.p50:.1f} ms p50, {found.p99:.1f} ms p99",
                f"{found.requests} scrapes, {how}",
            )
        )
        rows.append(plain(f"CPU of a scrape, {form}", spent, "ms", "CPU of the process over these, polls deducted"))
        if told := await wrk(on.metrics, seconds=lengths.load, connections=CONNECTIONS, headers=headers):
            rate, p50, p99 = told
            found_by = f"{rate:,.0f} scrapes/s, {p50:.1f} ms p50, {p99:.1f} ms p99"
            rows.append(Row(f"throughput, {form}, by wrk", found_by, f"{CONNECTIONS} connections, one thread"))
    rows.append(await lag_row(on, ticks, late, "event loop late by over 50 ms, under this load"))
    return rows, cost


async def lag_row(on: Stage, ticks: float, late: float, what: str) -> Row:
    now, late_now = await on.late_ticks()
    how = f"timers of the service, {now - ticks:.0f} of them"
    return at_most(what, late_now - late, 0, "times", how)


def memory(on: Stage) -> list[Row]:
    found = usage(on.pid)
    how = f"/proc, {on.accounts:,} accounts, after the loads above"
    return [
        at_most("resident memory", found.resident / MEGABYTE, 200, "MB", how),
        plain("resident memory at its peak", found.peak / MEGABYTE, "MB", how),
    ]


async def freshness(on: Stage, interval: float, changes: int) -> list[Row]:
    """How long until a change at a vendor stands on the page, at any moment between two polls."""
    chance = Random(1)
    found: list[float] = []
    ticks, late = await on.late_ticks()
    async with aiohttp.ClientSession(headers={"Accept-Encoding": "identity"}) as session:
        for number in range(changes):
            await asyncio.sleep(chance.uniform(0.2, interval))
            before = await _available(session, on)
            begun = time.perf_counter()
            await control(on.vendors, pulse=VENDORS[number % len(VENDORS)])
            while await _available(session, on) == before:  # noqa: ASYNC110 - another process's page
                await asyncio.sleep(LOOK_EVERY)
            found.append(time.perf_counter() - begun)
    how = f"{changes} changes at random moments, vendors in turn, {interval:g} s between polls"
    return [
        plain("a change at a vendor is on the page, median", median(found), "s", how),
        at_most("a change at a vendor is on the page, at most", max(found), interval + 0.1, "s", how),
        await lag_row(on, ticks, late, f"event loop late by over 50 ms, polling every {interval:g} s"),
    ]


async def _available(session: aiohttp.ClientSession, on: Stage) -> bytes:
    """The sample of team 0, as it stands on the page."""
    async with session.get(on.metrics) as response:
        page = await response.read()
    return page.partition(b'agentmon_team_available_agents{team="team-00"')[2].partition(b"\n")[0]


def cpu_rows(idle: float, interval: float, accounts: int, seconds: float) -> Sequence[Row]:
    how = f"/proc over {seconds:g} s, {accounts:,} accounts polled every {interval:g} s, no scrape"
    return [plain("CPU of the service", idle * 100, "% of a core", how)]
