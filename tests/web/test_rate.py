"""`rate_limit`: a bucket of tokens for each address."""

import pytest
from aiohttp.test_utils import TestClient
from web.behind import Behind

from monitor.web.rate import Rates
from monitor.web.settings import RateLimit, WebSettings

LIMIT = RateLimit(interval=2.0, burst=3)


class Clock:
    time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_and_then_one_each_interval(clock: Clock):
    rates = Rates(clock)
    assert [rates.wait("a", LIMIT) for _ in range(5)] == [0.0, 0.0, 0.0, 2.0, 2.0]
    clock.time += 2.0
    assert [rates.wait("a", LIMIT) for _ in range(2)] == [0.0, 2.0]
    clock.time += 1000.0
    assert [rates.wait("a", LIMIT) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]


def test_one_address_takes_nothing_from_another(clock: Clock):
    rates = Rates(clock)
    for _ in range(10):
        rates.wait("a", LIMIT)
    assert rates.wait("b", LIMIT) == 0.0


async def test_too_many_requests_are_told_when_to_come_back(client: TestClient, behind: Behind):
    behind.web = WebSettings(rate=RateLimit(interval=1000.0, burst=2))
    assert [(await client.get("/-/healthy")).status for _ in range(3)] == [200, 200, 429]
    response = await client.get("/api/v1/state")
    assert (response.status, response.content_type) == (429, "application/problem+json")
    assert 0 < int(response.headers["Retry-After"]) <= 1000
    behind.web = WebSettings()
    assert (await client.get("/-/healthy")).status == 200
