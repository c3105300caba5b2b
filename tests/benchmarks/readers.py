"""Readers of the event stream as a process: `python -m benchmarks.readers URL --readers 1000 --seconds 30`.

They read and throw away; of each change they keep how old it was when its first bytes came.
"""

import argparse
import asyncio
import json
import re
import resource
import time
from statistics import quantiles
from urllib.parse import urlsplit

import msgspec

try:
    from uvloop import run
except ImportError:
    run = asyncio.run

DEADLINE = 60.0
AT_ONCE = 100
"""Connections that are opened side by side: more would only wait in the listener's queue."""
_BEGINNING = re.compile(rb"event: (\w+)\n(?:id: [^\n]*\n)?data: \{\"at\":([0-9.]+)")
_LONGEST_BEGINNING = 128


class Readers(msgspec.Struct, frozen=True):
    """What the readers met: ages of changes in milliseconds, `held` connections still open at the end."""

    readers: int
    held: int
    seconds_to_connect: float
    states: int
    changes: int
    beats: int
    received: int
    p50: float
    p99: float
    most: float
    cpu: float


class Reader(asyncio.Protocol):
    def __init__(self, request: bytes) -> None:
        self._request = request
        self._tail = b""
        self.is_open = False
        self.has_state = asyncio.get_running_loop().create_future()
        self.names: list[bytes] = []
        self.ages: list[float] = []
        self.received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.is_open = True
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        text = self._tail + data
        end = 0
        for found in _BEGINNING.finditer(text):
            end = found.end()
            self.names.append(found[1])
            if found[1] == b"change":
                self.ages.append((time.time() - float(found[2])) * 1000)
            elif found[1] == b"state" and not self.has_state.done():
                self.has_state.set_result(None)
        self._tail = text[max(end, len(text) - _LONGEST_BEGINNING) :]

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_open = False


async def read(url: str, readers: int, seconds: float) -> Readers:
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(AT_ONCE)

    async def connect() -> Reader:
        async with gate:
            _, reader = await loop.create_connection(lambda: Reader(request), parts.hostname, parts.port)
            await reader.has_state
            return reader

    begun = time.perf_counter()
    async with asyncio.timeout(DEADLINE):
        opened = await asyncio.gather(*(connect() for _ in range(readers)))
    connected = time.perf_counter() - begun
    spent = time.process_time()
    await asyncio.sleep(seconds)
    spent = time.process_time() - spent
    ages = sorted(age for reader in opened for age in reader.ages) or [0.0]
    cuts = quantiles(ages, n=100) if len(ages) > 1 else ages * 99
    names = [name for reader in opened for name in reader.names]
    return Readers(
        readers=readers,
        held=sum(reader.is_open for reader in opened),
        seconds_to_connect=connected,
        states=names.count(b"state"),
        changes=names.count(b"change"),
        beats=names.count(b"beat"),
        received=sum(reader.received for reader in opened),
        p50=cuts[49],
        p99=min(cuts[98], ages[-1]),
        most=ages[-1],
        cpu=spent / seconds,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Read one event stream many times over.")
    parser.add_argument("url")
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30.0)
    told = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(msgspec.to_builtins(run(read(told.url, told.readers, told.seconds)))))
