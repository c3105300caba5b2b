"""`rate_limit`: a token bucket for each address, so that one who asks too much takes nothing from the others."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from monitor.web.addresses import Remembered, network_of
from monitor.web.settings import RateLimit, WebSettings


@dataclass(slots=True)
class _Bucket:
    """Full at `full_at` of its clock, one token every interval before that."""

    full_at: float = float("-inf")


class Rates:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` in seconds; only differences count."""
        self._now = now
        self._buckets = Remembered(_Bucket)

    def wait(self, address: str, limit: RateLimit) -> float:
        """0 where the address may go on, which takes a token; else the seconds until it may."""
        now = self._now()
        bucket = self._buckets.of(address)
        full_at = max(bucket.full_at, now) + limit.interval
        late = full_at - now - limit.burst * limit.interval
        if late > 0:
            return late
        bucket.full_at = full_at
        return 0.0


def limited(settings: Callable[[], WebSettings], rates: Rates) -> Middleware:
    @web.middleware
    async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
        rate = settings().rate
        if rate is not None:
            wait = rates.wait(network_of(request.remote), rate)
            if wait:
                raise web.HTTPTooManyRequests(
                    text="Too many requests from this address (rate_limit).\n",
                    headers={hdrs.RETRY_AFTER: str(ceil(wait))},
                )
        return await handler(request)

    return limit
