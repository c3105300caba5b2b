"""Who asks the service during a soak: scrapers who believe nothing, and callers without manners."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
TEXT = "text/plain; version=0.0.4"
LONGEST_GAP = 7.5
"""Seconds for which one and the same publication may be served: one is due every five."""
PUBLICATIONS = "agentmon_publish_duration_seconds_count"

Key = tuple[str, tuple[tuple[str, str], ...]]
Complain = Callable[[str], None]


class Wish(NamedTuple):
    """How a scraper asks."""

    accept: str
    encoding: str
    new_connection: bool = False


WISHES = (
    Wish(TEXT, "identity"),
    Wish(TEXT, "gzip"),
    Wish(OPENMETRICS, "identity", new_connection=True),
    Wish(OPENMETRICS, "gzip"),
)


class Scraper:
    """Scrapes in one way, and compares each page with the one before."""

    def __init__(self, base: str, wish: Wish, complain: Complain) -> None:
        self._base = base
        self._wish = wish
        self._complain = complain
        self._counters: Mapping[Key, float] = {}
        self._publication = (-1.0, 0.0)
        self.samples: Mapping[Key, float] = {}
        self.scrapes = 0
        self.longest_gap = 0.0
        self.slowest = 0.0

    async def run(self, every: float) -> None:
        headers = {"Accept": self._wish.accept, "Accept-Encoding": self._wish.encoding}
        connector = aiohttp.TCPConnector(force_close=self._wish.new_connection)
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            while True:
                await self._scrape(session)
                await asyncio.sleep(every)

    async def _scrape(self, session: aiohttp.ClientSession) -> None:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(10), session.get(f"{self._base}/metrics") as response:
                text = await response.text()
        except (TimeoutError, aiohttp.ClientError) as error:
            self._complain(f"a scrape failed: {type(error).__name__} {error}")
            return
        self.scrapes += 1
        self.slowest = max(self.slowest, time.monotonic() - begun)
        encoding = response.headers.get("Content-Encoding", "identity")
        if response.status != 200 or encoding != self._wish.encoding:
            self._complain(f"/metrics answered {response.status}, {encoding}")
            return
        try:
            families = list((parse_openmetrics if self._wish.accept == OPENMETRICS else parse_text)(text))
        except ValueError as error:
            self._complain(f"a page does not parse: {error}")
            return
        self._compare(families, begun)

    def _compare(self, families: Iterable[Metric], at: float) -> None:
        found = {
            (sample.name, tuple(sorted(sample.labels.items()))): (family.type, sample.value)
            for family in families
            for sample in family.samples
        }
        self.samples = {key: value for key, (_, value) in found.items()}
        counters = {key: value for key, (kind, value) in found.items() if kind in {"counter", "histogram"}}
        for key, value in counters.items():
            if value < self._counters.get(key, 0.0):
                self._complain(f"{key} fell from {self._counters[key]} to {value}")
        self._counters = counters
        for source, is_fresh in self.of("agentmon_source_fresh", "source").items():
            if (("agentmon_source_agents", (("source", source),)) in self.samples) != bool(is_fresh):
                self._complain(f"{source} is {'fresh' if is_fresh else 'expired'}, and its agents are told otherwise")
        self._watch_publications(at)

    def _watch_publications(self, at: float) -> None:
        """The same publication seen twice is at least as old as the time between; how busy we are adds nothing."""
        number = self.samples.get((PUBLICATIONS, ()), 0.0)
        if number != self._publication[0]:
            self._publication = (number, at)
        gap = at - self._publication[1]
        if gap > LONGEST_GAP >= self.longest_gap:
            self._complain(f"the same publication was served for {gap:.1f} s")
        self.longest_gap = max(self.longest_gap, gap)

    def of(self, name: str, label: str) -> Mapping[str, float]:
        """Values of a family by one label."""
        return {dict(labels)[label]: value for (found, labels), value in self.samples.items() if found == name}


async def misbehave(base: str, every: float) -> None:
    """Ask for the rest, with wrong secrets too; leave in the middle of a request, and of an answer."""
    host, port = urlsplit(base).hostname, urlsplit(base).port
    half = (b"", b"GET /metr", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01 no HTTP at all\r\n\r\n")
    async with aiohttp.ClientSession() as session:
        while True:
            for path in ("/", "/-/healthy", "/-/ready", "/nowhere"):
                with suppress(aiohttp.ClientError):
                    await (await session.get(base + path)).read()
            with suppress(aiohttp.ClientError):
                await session.post(f"{base}/hooks/iadvize/a-wrong-secret", data=b"x" * 10_000)
            for request in half:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection(host, port)
                    writer.write(request)
                    await writer.drain()
                    writer.close()
            await asyncio.sleep(every)


async def follow(base: str, chance: Random, complain: Complain) -> None:
    """Read the stream for a while, slowly at times, leave without a word, come back where it was."""
    last = ""
    async with aiohttp.ClientSession() as session:
        while True:
            headers = {"Last-Event-ID": last} if last else {}
            try:
                async with asyncio.timeout(chance.uniform(1, 30)):
                    async with session.get(f"{base}/api/v1/stream", headers=headers) as response:
                        if response.status != 200:
                            complain(f"the stream answered {response.status}")
                        async for line in response.content:
                            if line.startswith(b"id:"):
                                last = line[3:].strip().decode()
                            await asyncio.sleep(chance.choice((0, 0, 0.5)))
                complain("the stream ended by itself")
            except TimeoutError:
                continue
            except aiohttp.ClientError as error:
                complain(f"the stream broke: {type(error).__name__} {error}")
                await asyncio.sleep(1)
