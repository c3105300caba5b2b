"""What was heard so far and when, and whether it still is to be believed."""

from collections import deque

import msgspec

from monitor.cli.top.stream import SILENCE, Told
from monitor.web.changes import ChangeView, changed_by
from monitor.web.views import StateView

GRACE = 3.0
"""Seconds: an error that the first new try mends is not worth a word."""
REMEMBERED = 6


class Lost(msgspec.Struct, frozen=True):
    """There is no connection `since` (Unix seconds of the server), because of `reason`, which may be empty.

    `next_try_in` is in seconds, None while one is under way.
    """

    since: float
    reason: str = ""
    next_try_in: float | None = None


class _Failed(msgspec.Struct, frozen=True):
    at: float
    reason: str
    next_try_at: float


class Board:
    """Every `elapsed` is in seconds of a clock that never steps."""

    def __init__(self) -> None:
        self._state: StateView | None = None
        self._offsets: deque[float] = deque(maxlen=REMEMBERED)
        self._heard_at = 0.0
        self._failed: _Failed | None = None

    @property
    def has_state(self) -> bool:
        return self._state is not None

    @property
    def state(self) -> StateView:
        """Once there is one."""
        assert self._state is not None  # noqa: S101 - whoever asks has seen to that
        return self._state

    def hear(self, told: Told, elapsed: float) -> None:
        if isinstance(told, StateView):
            self._state = told
        elif isinstance(told, ChangeView):
            self._state = changed_by(self.state, told)
        self._offsets.append(told.at - elapsed)
        self._heard_at, self._failed = elapsed, None

    def fail(self, reason: str, elapsed: float, next_try_in: float) -> None:
        """The connection ended, or could not be made. The first of several failures is when it was lost."""
        at = self._failed.at if self._failed else elapsed
        self._failed = _Failed(at, reason, elapsed + next_try_in)

    def now(self, elapsed: float) -> float:
        """The server's time in Unix seconds, so that ages are true on a machine whose clock is wrong.

        What was heard is older by its way here; the least delayed of the last few counts.
        """
        return max(self._offsets) + elapsed

    def lost(self, elapsed: float) -> Lost | None:
        """None while what was heard is to be believed."""
        failed = self._failed
        is_silent = elapsed - self._heard_at >= SILENCE
        if not is_silent and (failed is None or elapsed - failed.at < GRACE):
            return None
        since = self.now(self._heard_at)
        if failed is None:
            return Lost(since)
        wait = failed.next_try_at - elapsed
        return Lost(since, failed.reason, wait if wait > 0 else None)
