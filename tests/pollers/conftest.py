from collections.abc import AsyncIterator, Callable

import pytest
from pollers.bench import FakeClock
from pollers.rawserver import RawServer, raw_server

from monitor.pollers.transport import SourceHttp, Transport


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def transport(clock: FakeClock) -> AsyncIterator[Transport]:
    async with Transport(clock) as opened:
        yield opened


@pytest.fixture
def source_http(transport: Transport) -> Callable[..., SourceHttp]:
    """Makes the HTTP of a source; patient enough for any machine unless told otherwise."""

    def make(**options: object) -> SourceHttp:
        given = {"timeout": 5.0, "requests_per_minute": 1000, **options}
        return SourceHttp(transport, **given)

    return make


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    async with raw_server() as server:
        yield server
