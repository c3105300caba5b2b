"""A load generator as a process: `python -m benchmarks.load URL --seconds 5 --connections 8`.

It reads and throws away, and tells what share of a core it needed itself: near 1 it would be what is measured.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from math import inf
from statistics import quantiles
from urllib.parse import urlsplit

import msgspec

try:
    from uvloop import run
except ImportError:
    run = asyncio.run

DEADLINE = 60.0
BUFFER = 1 << 16
"""Small enough to stay in the cache of a core: a large one costs three times as much."""


class Load(msgspec.Struct, frozen=True):
    """What a load gave: latencies in milliseconds, body in bytes; `cpu` is the generator's share of a core."""

    requests: int
    seconds: float
    p50: float
    p99: float
    most: float
    body: int
    cpu: float
    failed: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class Client(asyncio.BufferedProtocol):
    """One connection, kept where the server keeps it. Answers are counted as they come, and never put together."""

    def __init__(self, url: str, headers: Sequence[str]) -> None:
        parts = urlsplit(url)
        self._where = parts.hostname, parts.port
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = [f"GET {target} HTTP/1.1", f"Host: {parts.netloc}", *headers]
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[int] | None = None
        self._buffer = memoryview(bytearray(BUFFER))
        self._head = b""
        self._left: float = 0
        self._keeps = True
        self.latencies: list[float] = []
        self.failed = 0
        self.body = 0

    async def run(self, until: float, every: float) -> None:
        loop = asyncio.get_running_loop()
        while time.perf_counter() < until:
            begun = time.perf_counter()
            self._answered, self._head = loop.create_future(), b""
            if self._transport is None:
                await loop.create_connection(lambda: self, *self._where)
            self._transport.write(self._request)
            self.failed += await self._answered != 200
            self.latencies.append((time.perf_counter() - begun) * 1000)
            if every:
                await asyncio.sleep(max(begun + every - time.perf_counter(), 0))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def get_buffer(self, _hint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, count: int) -> None:
        if not self._head.endswith(b"\r\n\r\n"):
            head, end, rest = (self._head + self._buffer[:count].tobytes()).partition(b"\r\n\r\n")
            self._head, count = head + end, len(rest)
            if not end:
                return
            told = head.lower()
            length = told.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._keeps = bool(length) and not told.startswith(b"http/1.0") and b"connection: close" not in told
            self._left = int(length) if length else inf
            self.body = 0
        self.body += count
        self._left -= count
        if self._left <= 0:
            self._end()

    def connection_lost(self, _error: Exception | None) -> None:
        self._transport = None
        if self._answered and not self._answered.done():
            self._keeps = True
            self._end()

    def _end(self) -> None:
        if not self._keeps and self._transport is not None:
            self._transport.close()
            self._transport = None
        if not self._answered.done():
            self._answered.set_result(int(self._head.split(maxsplit=2)[1]) if self._head else 0)


async def load(url: str, headers: Sequence[str], seconds: float, connections: int, every: float) -> Load:
    clients = [Client(url, headers) for _ in range(connections)]
    begun, spent = time.perf_counter(), time.process_time()
    async with asyncio.timeout(seconds + DEADLINE):
        await asyncio.gather(*(client.run(begun + seconds, every) for client in clients))
    lasted, spent = time.perf_counter() - begun, time.process_time() - spent
    latencies = sorted(latency for client in clients for latency in client.latencies)
    cuts = quantiles(latencies, n=100) if len(latencies) > 1 else latencies * 99
    return Load(
        requests=len(latencies),
        seconds=lasted,
        p50=cuts[49],
        p99=min(cuts[98], latencies[-1]),
        most=latencies[-1],
        body=clients[0].body,
        cpu=spent / lasted,
        failed=sum(client.failed for client in clients),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Ask one address again and again.")
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--every", type=float, default=0.0, help="seconds between two requests of a connection")
    parser.add_argument("--header", action="append", default=[])
    told = parser.parse_args()
    found = run(load(told.url, told.header, told.seconds, told.connections, told.every))
    print(json.dumps(msgspec.to_builtins(found)))
