"""What the tests of the pollers share: a clock to turn, payloads, canned vendors, and how a snapshot is told."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import msgspec
from aioresponses import CallbackResult, aioresponses

from monitor.clock import Now
from monitor.errors import PollError
from monitor.model import Account, PollSpec, Presence, Reading, Roster, Snapshot, SourceSpec
from monitor.pollers.budget import Priority
from monitor.pollers.recording import Stored, body_of, read
from monitor.pollers.transport import Calls, SourceHttp, Transport
from monitor.pollers.vendors import VENDORS
from monitor.pollers.vendors.base import Adapter, Demand

HttpMaker = Callable[..., SourceHttp]
"""Makes the HTTP of a source; keywords are those of `SourceHttp`."""

WALL = 1_767_225_600.0
FIXTURES = Path(__file__).parents[1] / "fixtures"

HOSTS = {
    "cobrowser": "https://cobrowser.example",
    "iadvize": "https://iadvize.example/api/2",
    "liveagent": "https://liveagent.example",
    "comm100": "https://api.comm100.example/api/v3",
}
TOKEN_URL = "https://portal.comm100.example/adminwebservice/api/jwttoken/generate"
LOGINS: Mapping[str, Mapping[str, str]] = {
    "cobrowser": {"user": "demo", "api_key": "cobrowser-key"},
    "iadvize": {"api_key": "iadvize-key"},
    "liveagent": {"api_key": "liveagent-key"},
    "comm100": {"token_url": TOKEN_URL, "username": "jane@example.com", "password": "comm100-pass", "site_id": "1000"},
}


class FakeClock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.elapsed = 1000.0

    def now(self) -> Now:
        return Now(WALL + self.elapsed - 1000.0, self.elapsed)

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds


@cache
def payload(situation: str, *where: str) -> bytes:
    """The body of an exchange of a recording: the first whose address holds each of `where`."""
    _, exchanges = read(FIXTURES / situation)
    return next(body_of(each) for each in exchanges if all(part in address_of(each) for part in where))


def address_of(exchange: Stored) -> str:
    return f"{exchange.path}?{'&'.join('='.join(pair) for pair in exchange.query)}"


def adapter_of(vendor: str, demand: Demand | None = None, **options: Any) -> Adapter:
    """An adapter built as the configuration builds it."""
    given = {"name": "source", "url": HOSTS[vendor], **LOGINS[vendor], **options}
    return VENDORS[vendor].build(VENDORS[vendor].options.model_validate(given), demand or Demand())


class Asked(msgspec.Struct, frozen=True):
    """A request as it arrived."""

    method: str
    url: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Told(msgspec.Struct, frozen=True):
    """An answer to give; a bare body means 200."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}


Answerer = Callable[[Asked], bytes | Told]


class _Response(aiohttp.ClientResponse):
    """The real response; aioresponses does not know the newest arguments of its making."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("stream_writer", SimpleNamespace(output_size=0))
        super().__init__(*args, **more)


class Bench:
    """One source on a real transport, with a canned vendor at the other end of the wire."""

    def __init__(self, http: SourceHttp, clock: FakeClock, asked: list[Asked]) -> None:
        self.http = http
        self.clock = clock
        self.asked = asked

    def calls(self, priority: Priority = Priority.LIVE) -> Calls:
        return self.http.calls(priority)

    async def roster(self, adapter: Adapter) -> Roster:
        return await adapter.roster(self.calls(Priority.ROSTER))

    async def live(self, adapter: Adapter, roster: Roster | None = None, previous: Snapshot | None = None) -> Snapshot:
        return await adapter.live(self.calls(), roster, previous)


@asynccontextmanager
async def canned(answer: Answerer, *, secrets: Iterable[str] = (), budget: int = 100_000) -> AsyncIterator[Bench]:
    """A bench whose every request is answered by `answer`."""
    clock, asked = FakeClock(), list[Asked]()

    async def callback(url: Any, **request: Any) -> CallbackResult:
        await asyncio.sleep(0)  # as on a wire, others get their turn
        method = "POST" if request.get("data") is not None else "GET"
        asked.append(
            Asked(method, str(url), url.path, dict(url.query), dict(request["headers"]), request.get("data") or b"")
        )
        told = answer(asked[-1])
        told = told if isinstance(told, Told) else Told(told)
        return CallbackResult(status=told.status, body=told.body, headers=dict(told.headers), response_class=_Response)

    async with Transport(clock) as transport:
        http = SourceHttp(transport, timeout=5, requests_per_minute=budget, secrets=lambda: secrets)
        with aioresponses() as wire:
            wire.get(re.compile(".*"), callback=callback, repeat=True)
            wire.post(re.compile(".*"), callback=callback, repeat=True)
            yield Bench(http, clock, asked)


def loose_calls(secrets: Iterable[str] = ()) -> Calls:
    """Calls for decoding alone: nothing is ever sent."""
    http = SourceHttp(Transport(FakeClock()), timeout=1, requests_per_minute=60, secrets=lambda: secrets)
    return http.calls(Priority.LIVE)


def tell(reading: Reading) -> str:
    """A reading in words: account, channel and groups, what it does, used/free."""
    match reading.presence:
        case Presence.CONNECTED:
            does = "accepting" if reading.accepting else "away"
        case other:
            assert not reading.accepting, f"{reading.account} accepts though {other}"
            does = str(other)
    where = "".join(f"@{group}" for group in sorted(reading.groups))
    slots = "/".join("-" if number is None else str(number) for number in (reading.used, reading.free))
    return f"{reading.account} {reading.channel}{where} {does} {slots}"


def telling(snapshot: Snapshot) -> list[str]:
    return sorted(tell(reading) for reading in snapshot.readings)


def roster_of(*ids: str) -> Roster:
    return Roster(accounts={one: Account(one) for one in ids})


def spec_of(vendor: str = "cobrowser", **poll: float) -> SourceSpec:
    return SourceSpec("source", vendor, PollSpec(**poll))  # type: ignore[arg-type]  # one of them is an int


async def failure(call: Any) -> PollError:
    """The PollError that a call ends in; anything else fails the test."""
    try:
        result = await call
    except PollError as error:
        return error
    raise AssertionError(f"no failure, but {result!r}")


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until the condition holds; TimeoutError if it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.002)
