"""The request budget of a source: never more than N requests in any 60 seconds, live before roster."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from enum import IntEnum

from monitor.clock import Clock

WINDOW = 60.0
SPAN = WINDOW + 0.5
"""Seconds for which a request counts: half a second more than the minute, for the vendor counts arrivals, and a request
on a new connection takes longer to arrive than a later one on a kept connection."""


class Priority(IntEnum):
    LIVE = 0
    ROSTER = 1


class Budget:
    """A sliding window over the times at which requests were sent.

    Roster requests get what `live_per_minute` leaves of the budget (at least one), so that reading ten thousand
    names never delays the answer to "is anyone there".
    """

    def __init__(
        self, per_minute: int, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self._sent_for_roster: deque[float] = deque()
        self.live_per_minute = 1
        """Requests that live polls need in any minute."""

    def expect(self, live_calls: int, interval: float) -> None:
        """Keep room for live polls of so many requests, one every `interval` seconds."""
        self.live_per_minute = live_calls * math.ceil(SPAN / interval)

    def succeed(self, other: "Budget") -> None:
        """Count what another budget counted: the vendor does not know that there is a new one."""
        self._sent.extend(other._sent)  # noqa: SLF001 - of the same class
        self._sent_for_roster.extend(other._sent_for_roster)  # noqa: SLF001

    async def acquire(self, priority: Priority) -> None:
        """Wait until a request may be sent, and count it as sent."""
        while (wait := self.take(self._clock.now().elapsed, priority)) > 0:
            await self._sleep(wait)

    def take(self, now: float, priority: Priority) -> float:
        """Count one request and return 0, or return the seconds after which it is worth asking again."""
        wait = _wait(self._sent, self._per_minute, now)
        if priority is Priority.ROSTER:
            share = max(self._per_minute - self.live_per_minute, 1)
            wait = max(wait, _wait(self._sent_for_roster, share, now))
        if wait > 0:
            return wait
        self.spend(now, priority)
        return 0.0

    def spent(self, now: float) -> int:
        """Requests of every kind that count at this moment."""
        _forget(self._sent, now)
        return len(self._sent)

    def spend(self, now: float, priority: Priority) -> None:
        """Count one request that was sent without asking."""
        self._sent.append(now)
        if priority is Priority.ROSTER:
            self._sent_for_roster.append(now)


def _wait(sent: deque[float], limit: int, now: float) -> float:
    """Seconds until one more fits into the last window."""
    _forget(sent, now)
    surplus = len(sent) + 1 - limit
    return max(sent[surplus - 1] + SPAN - now, 0.001) if surplus > 0 else 0.0


def _forget(sent: deque[float], now: float) -> None:
    """Drop what has left the window."""
    while sent and sent[0] <= now - SPAN:
        sent.popleft()
