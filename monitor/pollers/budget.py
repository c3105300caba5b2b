"""The request budget of a source: never more than N requests in any 60 seconds, live before roster."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from enum import IntEnum

from monitor.clock import Clock

WINDOW = 60.0


class Priority(IntEnum):
    LIVE = 0
    ROSTER = 1


class Budget:
    """A sliding window over the times at which requests were sent.

    A roster request leaves room for the next live poll (`live_calls`), so that reading ten thousand names never
    delays the answer to "is anyone there".
    """

    def __init__(
        self, per_minute: int, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self.live_calls = 1

    async def acquire(self, priority: Priority) -> None:
        """Wait until a request may be sent, and count it as sent."""
        while (wait := self.take(self._clock.now().elapsed, priority)) > 0:
            await self._sleep(wait)

    def take(self, now: float, priority: Priority) -> float:
        """Count one request and return 0, or return the seconds after which it is worth asking again."""
        while self._sent and self._sent[0] <= now - WINDOW:
            self._sent.popleft()
        reserve = min(self.live_calls, self._per_minute - 1) if priority is Priority.ROSTER else 0
        surplus = len(self._sent) + 1 + reserve - self._per_minute
        if surplus <= 0:
            self._sent.append(now)
            return 0.0
        return max(self._sent[surplus - 1] + WINDOW - now, 0.001)
