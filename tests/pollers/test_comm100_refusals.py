"""A 403 told apart, and the wait for the next quota."""

from collections.abc import Callable

import msgspec
import pytest
from pollers.bench import WALL, Asked, Told, adapter_of, canned, failure, payload, spec_of

from monitor.errors import Reason
from monitor.model import PollOutcome
from monitor.pollers.poller import Poller
from monitor.pollers.vendors.comm100_refusals import DAY, QUOTA_PACE, QUOTA_SPREAD, quota_wait

QUOTA = payload("comm100/quota-of-the-day-403", "livechat/agents")
Answer = Callable[[Asked], bytes | Told]


def refusing(message: str | None, **headers: str) -> Answer:
    body = msgspec.json.encode({"code": 403000, "message": message})
    return lambda asked: b'{"token":"x"}' if asked.method == "POST" else Told(body, 403, headers)


@pytest.mark.parametrize(
    ("message", "reason", "says", "waits"),
    [
        ("You do not have the permission View Reports.", Reason.FORBIDDEN, "needs a permission", False),
        ("Access denied for this role", Reason.FORBIDDEN, "needs a permission", False),
        ("This feature is not available in your edition.", Reason.FORBIDDEN, "is not in this edition", False),
        ("Please upgrade your plan", Reason.FORBIDDEN, "is not in this edition", False),
        ("Requests exceeded the limit of the day", Reason.RATE_LIMITED, "the quota of the day is used up", True),
        ("API call QUOTA reached", Reason.RATE_LIMITED, "the quota of the day is used up", True),
        ("Limit of 300 calls every 5 minutes exceeded", Reason.RATE_LIMITED, "too many requests", False),
        ("Forbidden.", Reason.FORBIDDEN, "is denied: Forbidden.", False),
        (None, Reason.FORBIDDEN, "no permission, not in this edition, or the quota of the day", False),
    ],
    ids=str,
)
async def test_a_403_says_which(message: str | None, reason: Reason, says: str, waits: bool):
    async with canned(refusing(message)) as bench:
        error = await failure(bench.live(adapter_of("comm100")))
    assert (error.reason, error.status) == (reason, 403)
    assert error.detail.startswith("livechat/agents ")
    assert says in error.detail
    assert (error.retry_after is not None) == waits


async def test_what_the_vendor_asks_for_goes_before_our_own_wait():
    async with canned(refusing("quota exceeded", **{"Retry-After": "77"})) as bench:
        assert (await failure(bench.live(adapter_of("comm100")))).retry_after == 77


@pytest.mark.parametrize(
    ("clock", "least", "most"),
    [
        pytest.param(0.0, QUOTA_PACE, QUOTA_PACE, id="just after midnight the pace is slow"),
        pytest.param(43_200.0, QUOTA_PACE, QUOTA_PACE, id="at noon the pace is slow"),
        pytest.param(DAY - 600, 601, 600 + QUOTA_SPREAD, id="ten minutes before, until just after midnight"),
        pytest.param(DAY - 0.5, 1.5, 0.5 + QUOTA_SPREAD, id="half a second before"),
    ],
)
def test_the_wait_for_the_next_quota(clock: float, least: float, most: float):
    assert WALL % DAY == 0
    waits = [quota_wait(WALL + clock, f"comm100-{number}") for number in range(50)]
    assert least <= min(waits) <= max(waits) <= most


def test_sources_come_back_each_at_its_own_moment():
    assert len({quota_wait(WALL + DAY - 60, f"comm100-{number}") for number in range(50)}) > 20


def nobody(asked: Asked) -> bytes | Told:
    if asked.path.endswith("autoDistribution"):
        return Told(b"", 404)
    return b'{"token":"x"}' if asked.method == "POST" else b"[]"


class Site:
    """Answers as a test has it at the time."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, asked: Asked) -> bytes | Told:
        return self.answer(asked)


async def test_a_source_without_quota_is_slow_until_midnight_and_then_well():
    site = Site(refusing("The quota of the day is exceeded"))
    outcomes: list[PollOutcome] = []
    async with canned(site) as bench:
        clock = bench.clock
        clock.advance(DAY / 2)
        poller = Poller(
            spec_of("comm100"), adapter_of("comm100"), bench.http, clock, outcomes.append, lambda *_work: None
        )
        await poller.poll()
        assert poller.interval == QUOTA_PACE
        clock.advance(DAY / 2 - 600)
        await poller.poll()
        until = poller.interval
        assert 600 < until <= 600 + QUOTA_SPREAD
        clock.advance(until)
        assert 0 < clock.now().wall % DAY <= QUOTA_SPREAD
        site.answer = nobody
        await poller.poll()
    assert [outcome.failure for outcome in outcomes[-2:]] == [None, None]
    assert 15 <= poller.interval <= 30  # what the limit had added goes by steps
