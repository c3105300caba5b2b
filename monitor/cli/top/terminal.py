"""A terminal as a screen and keys, left as it was found."""

import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, Self, TextIO

from rich.console import Console, Group
from rich.control import Control
from rich.screen import Screen
from rich.text import Text

from monitor.cli.top.screen import ENDLESS

USUAL = os.terminal_size((80, 24))
READ = 1024


def can_show(output: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether there is a screen that can be painted, and not a file, a pipe or a terminal that only types."""
    return output.isatty() and environment.get("TERM", "dumb") not in {"dumb", "unknown"}


def allow_any_text(output: TextIO) -> None:
    """An encoding that lacks a sign shows "?" for it: no reason to end."""
    if isinstance(output, TextIOWrapper):
        output.reconfigure(errors="replace")


def print_page(page: Callable[[int], Iterable[Text]]) -> None:
    """Everything once, as wide as the terminal, or as it is where there is none."""
    console = Console(highlight=False)
    for line in page(_size()[0] if sys.stdout.isatty() else ENDLESS):
        console.print(line, soft_wrap=True)


def _size() -> tuple[int, int]:
    """A terminal that does not tell its size has the usual one."""
    try:
        found = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        found = USUAL
    return found.columns or USUAL.columns, found.lines or USUAL.lines


class Terminal:
    """A context manager: the other screen without a cursor, keys one by one and unseen; then everything as before.

    Without a terminal on standard input there are no keys.
    """

    def __init__(self) -> None:
        self._console = Console(force_terminal=True)
        self.keys = sys.stdin.fileno() if sys.stdin.isatty() else None
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._end()

    def paint(self, lines: Iterable[Text]) -> None:
        """Raises OSError where the terminal is gone."""
        self._console.size = self.size()
        with self._console:  # one write, so that nothing flickers
            self._console.control(Control.home())
            self._console.print(Screen(Group(*lines), application_mode=True), end="")

    def size(self) -> tuple[int, int]:
        """Columns and lines, as they are now."""
        return _size()

    def read(self) -> bytes:
        """What was typed; nothing where the terminal is gone."""
        try:
            return os.read(self.keys, READ) if self.keys is not None else b""
        except OSError:
            return b""

    def pause(self) -> None:
        """Stop, as a shell's Ctrl-Z asks for, and go on when it says so."""
        self._end()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._begin()

    def _begin(self) -> None:
        if self.keys is not None:
            self._before = termios.tcgetattr(self.keys)
            tty.setcbreak(self.keys, termios.TCSANOW)
        self._console.set_alt_screen(True)
        self._console.show_cursor(show=False)

    def _end(self) -> None:
        with suppress(OSError):  # a terminal that is gone needs nothing
            self._console.set_alt_screen(enable=False)
            self._console.show_cursor()
        if self.keys is not None:
            with suppress(termios.error):
                termios.tcflush(self.keys, termios.TCIFLUSH)  # keys that were meant for us are none for the shell
                termios.tcsetattr(self.keys, termios.TCSANOW, self._before)  # waits for no terminal that is stopped
