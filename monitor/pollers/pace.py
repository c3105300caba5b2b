"""How soon to poll again: the interval while data lives, then ever slower, and slow at once for what cannot heal."""

from monitor.errors import Reason
from monitor.model import PollSpec

FIRST_STEP = 30.0
SLOWEST = 300.0
CANNOT_HEAL = frozenset({Reason.AUTH, Reason.FORBIDDEN})


class Pace:
    """The interval in force for one kind of poll, in seconds; all instants are `elapsed` ones.

    `base` is the pace while all is well; data (or the start, before the first) lives for `lifetime`.
    """

    def __init__(self, base: float, lifetime: float) -> None:
        self._base = base
        self._lifetime = lifetime
        self._good_at: float | None = None
        self._step = 0
        self.interval = base
        self.failing = False

    def succeeded(self, sent_at: float, base: float | None = None) -> None:
        """A poll sent then went well; `base` is a new pace for good times, where it has to change."""
        self._base = base or self._base
        self._good_at = sent_at
        self._step = 0
        self.interval = self._base
        self.failing = False

    def failed(self, now: float, reason: Reason, retry_after: float | None = None) -> None:
        """A poll failed. `retry_after` is believed, if it is longer than our pace: the vendor's own `Retry-After` (at
        most an hour by then), or what its adapter works out.
        """
        self.failing = True
        if self._good_at is None:
            self._good_at = now
        if reason in CANNOT_HEAL:
            wait = SLOWEST
        elif now - self._good_at <= self._lifetime:
            wait = self._base
        else:
            wait = min(FIRST_STEP * 2**self._step, SLOWEST)
            self._step = min(self._step + 1, 10)
        self.interval = max(wait, self._base, retry_after or 0.0)


def fitting_interval(spec: PollSpec, calls: int) -> float:
    """The interval at which `calls` requests a poll stay within the budget, at most half of `max_age`."""
    needed = calls * 60.0 / spec.requests_per_minute
    return max(spec.interval, min(needed, spec.max_age / 2))
