"""Now, as a pair of times, and the one place that reads the machine's clocks."""

import time
from typing import Protocol

import msgspec


class Now(msgspec.Struct, frozen=True):
    """An instant: `wall` in Unix seconds, `elapsed` in seconds of a clock that never steps.

    Ages and lengths come from `elapsed`, calendar facts and published timestamps from `wall`.
    """

    wall: float
    elapsed: float


class Clock(Protocol):
    def now(self) -> Now: ...


# Linux: runs while the machine is suspended, so that a night in suspend is an expired night.
_ELAPSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    def now(self) -> Now:
        return Now(time.time(), time.clock_gettime(_ELAPSED))
