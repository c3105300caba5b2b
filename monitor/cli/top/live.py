"""The screen while somebody looks: painted when something happens and every second, changed by keys."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from msgspec.structs import replace

from monitor.cli.top.keys import KeyReader
from monitor.cli.top.look import Look, press
from monitor.cli.top.screen import Scene, draw
from monitor.cli.top.terminal import Terminal

TICK = 1.0
"""Seconds after which ages and clock are painted again, news or none."""
BREATH = 0.05
"""Seconds between two paintings, however much happens."""


class LiveScreen:
    """`scene` tells what is to be seen now, and `stop` ends it all."""

    def __init__(self, terminal: Terminal, scene: Callable[[Look], Scene], stop: Callable[[], object]) -> None:
        self._terminal = terminal
        self._scene = scene
        self._stop = stop
        self._look = Look()
        self._page = 1
        self._keys = KeyReader()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something is other than it was painted."""
        self._woken.set()

    async def run(self) -> None:
        """Without end, but for `stop`."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGWINCH, self.wake)
        loop.add_signal_handler(signal.SIGTSTP, self._pause)
        if self._terminal.keys is not None:
            loop.add_reader(self._terminal.keys, self._read)
        while True:
            self._woken.clear()
            self._paint()
            await asyncio.sleep(BREATH)
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK - BREATH):
                    await self._woken.wait()

    def _paint(self) -> None:
        width, height = self._terminal.size()
        picture = draw(self._scene(self._look), width, height)
        self._look, self._page = replace(self._look, first=picture.first), picture.page
        try:
            self._terminal.paint(picture.lines)
        except OSError:  # nobody looks any more
            self._stop()

    def _read(self) -> None:
        typed = self._terminal.read()
        if not typed:
            self._stop()
        for key in self._keys.feed(typed):
            if key == "q":
                self._stop()
            self._look = press(self._look, key, self._page)
        self.wake()

    def _pause(self) -> None:
        self._terminal.pause()
        self.wake()
