"""Keys out of the bytes that a terminal sends for them."""

import re
from collections.abc import Iterator
from enum import StrEnum


class Key(StrEnum):
    """Keys that are no letters."""

    UP = "up"
    DOWN = "down"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    HOME = "home"
    END = "end"


_SEQUENCES = {
    "A": Key.UP,
    "B": Key.DOWN,
    "H": Key.HOME,
    "F": Key.END,
    "1~": Key.HOME,
    "7~": Key.HOME,
    "4~": Key.END,
    "8~": Key.END,
    "5~": Key.PAGE_UP,
    "6~": Key.PAGE_DOWN,
}
"""After the two characters that introduce them, in both ways in which terminals may send the arrows."""
_SEQUENCE = re.compile(r"\x1b[\[O]([0-9;]*[@-~])")
_BEGUN = re.compile(r"\x1b(?:[\[O][0-9;]{0,16})?\Z")


class KeyReader:
    """Takes bytes as they come, also half a key."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, data: bytes) -> Iterator[str]:
        """A `Key`, or the letter as it is without shift. What is no key of ours is passed over."""
        text = self._rest + data.decode("latin-1")
        self._rest = ""
        place = 0
        while place < len(text):
            if found := _SEQUENCE.match(text, place):
                if key := _SEQUENCES.get(found[1]):
                    yield key
                place = found.end()
            elif _BEGUN.match(text, place):
                self._rest = text[place:]
                return
            else:
                yield text[place].lower()
                place += 1
