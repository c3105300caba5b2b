"""An event loop whose time leaps to the next timer, so that hours of a running service pass in a moment."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from unittest.mock import patch

from monitor import beside
from monitor.clock import Now

T = TypeVar("T")


class _Leaping(selectors.DefaultSelector):
    """Instead of waiting for a timer, time is there already; nothing here waits for a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.time += timeout
        return ready


class HastyLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.time


class AtOnce:
    """Workers beside the loop who work in its thread: while another one works, time would leap on."""

    @staticmethod
    def submit(work: Callable[..., object], *args: Any) -> None:
        work(*args)


class LoopClock:
    """Both times of the machine, driven by the loop's; either may be moved by hand, as a step or a suspend does."""

    def __init__(self, wall: float) -> None:
        self.wall, self.elapsed = wall, 5_000.0

    def now(self) -> Now:
        passed = asyncio.get_running_loop().time()
        return Now(self.wall + passed, self.elapsed + passed)


def run(main: Coroutine[Any, Any, T]) -> T:
    with patch.object(beside, "_workers", AtOnce()), asyncio.Runner(loop_factory=HastyLoop) as runner:
        return runner.run(main)
