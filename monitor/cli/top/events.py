"""Server-sent events out of bytes, however these are cut."""

from collections.abc import Iterator

import msgspec

LONGEST = 32 * 1024 * 1024
"""Bytes that one event may have: what a server can make us hold."""


class Event(msgspec.Struct, frozen=True):
    """`id` is empty where the server gave none with this event."""

    name: str
    id: str
    data: bytes


class EventReader:
    """Takes bytes as they come, and gives each event that they complete."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._fields: dict[bytes, bytes] = {}
        self._held = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """Raises ValueError where an event is longer than any of agentmon."""
        searched = len(self._rest)
        self._rest += data
        start = 0
        while (end := self._rest.find(b"\n", max(start, searched))) >= 0:
            yield from self._line(bytes(self._rest[start:end]).removesuffix(b"\r"))
            start = end + 1
        del self._rest[:start]
        if self._held + len(self._rest) > LONGEST:
            raise ValueError("an event without end")

    def _line(self, line: bytes) -> Iterator[Event]:
        if not line:
            if b"data" in self._fields:
                yield Event(self._text(b"event"), self._text(b"id"), self._fields[b"data"])
            self._fields, self._held = {}, 0
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name in {b"event", b"id"}:
            self._fields[name] = value
        elif name == b"data":
            before = self._fields.get(name)
            self._fields[name] = value if before is None else before + b"\n" + value
        self._held += len(line)

    def _text(self, name: bytes) -> str:
        return self._fields.get(name, b"").decode(errors="replace")
