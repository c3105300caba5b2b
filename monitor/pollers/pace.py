"""How soon to poll again: the interval while data lives, then ever slower, and slow at once for what cannot heal."""

from monitor.errors import Reason
from monitor.model import PollSpec

FIRST_STEP = 30.0
SLOWEST = 300.0
RECOVERY = 0.25
"""Share of the interval that each good poll takes off what "too many requests" has added."""
CANNOT_HEAL = frozenset({Reason.AUTH, Reason.FORBIDDEN})


class Pace:
    """The interval in force for one kind of poll, in seconds; all instants are `elapsed` ones.

    `base` is the pace while all is well; data (or the start, before the first) lives for `lifetime`. `retry_after` is
    the pause that the vendor asked for at the last failure, 0 for none.
    """

    def __init__(self, base: float, lifetime: float) -> None:
        self._base = base
        self._lifetime = lifetime
        self._good_at: float | None = None
        self._step = 0
        self._stretch = 0.0
        self.interval = base
        self.retry_after = 0.0
        self.failing = False

    def succeeded(self, sent_at: float, base: float | None = None) -> None:
        """A poll sent then went well; `base` is a new pace for good times, where it has to change."""
        self._base = base or self._base
        self._good_at = sent_at
        self._step = 0
        self._stretch = max(self._stretch - self._base * RECOVERY, 0.0)
        self.interval = self._base + self._stretch
        self.retry_after = 0.0
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
            if reason is Reason.RATE_LIMITED:
                most = max(self._lifetime / 2 - self._base, 0.0)
                self._stretch = min(max(2 * self._stretch, self._base), most)
            wait = self._base + self._stretch
        else:
            wait = min(FIRST_STEP * 2**self._step, SLOWEST)
            self._step = min(self._step + 1, 10)
        self.retry_after = retry_after or 0.0
        self.interval = max(wait, self._base, self.retry_after)


def affordable_interval(spec: PollSpec, calls: int) -> float:
    """The interval at which `calls` requests a poll stay within the budget, at most half of `max_age`.

    For polls whose requests only the vendor knows beforehand; where the configuration tells them, it was checked.
    """
    needed = calls * 60.0 / spec.requests_per_minute
    return max(spec.interval, min(needed, spec.max_age / 2))
