"""The published state as views, and the changes in it: made once for all readers, and only while somebody reads."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from monitor.model import Report, TeamReport
from monitor.web.changes import change_between
from monitor.web.views import Pace, StateView, TeamView, source_view, team_view

CHANGES_KEPT = 256
BYTES_KEPT = 1 << 20
"""Of the changes kept: whoever is behind by more gets the whole state, which is shorter then."""

WOKEN_AT_ONCE = 25
"""Readers who are served in one turn of the event loop: a thousand in one would hold it for a tenth of a second."""


LONGEST_NUMBER = 18
"""Digits of the number of an event; more are not ours, and take long to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What the feed is made of, as callables. `problems` are sentences fit for everybody."""

    report: Callable[[], Report]
    paces: Callable[[], Mapping[str, Pace]]
    problems: Callable[[], tuple[str, ...]]
    version: str


class Event(msgspec.Struct, frozen=True):
    """One event of the stream: its number, and its bytes as they go to each reader."""

    number: int
    body: bytes


class Feed:
    """For the event loop alone. `number` counts states that differ in more than their time.

    A difference is taken from the state that was made last, so that readers who come back find no gap, however many
    publications nobody looked at.
    """

    def __init__(self, published: Published) -> None:
        self._published = published
        self._boot = secrets.token_hex(4)
        self._number = 0
        self._report: Report | None = None
        self._state: StateView | None = None
        self._teams: dict[str, tuple[TeamReport, TeamView]] = {}
        self._whole: Event | None = None
        self._changes: deque[Event] = deque(maxlen=CHANGES_KEPT)
        self._bytes = 0
        self._waiting: dict[asyncio.Future[None], None] = {}
        self._woken: deque[asyncio.Future[None]] = deque()

    def state(self) -> StateView:
        """What is published now."""
        report = self._published.report()
        if self._state is None or report is not self._report:
            self._renew(report)
        assert self._state is not None  # noqa: S101 - it was just made
        return self._state

    def wake(self) -> None:
        """Tell the readers that there may be something new: a few at a time, with room for others between."""
        is_under_way = bool(self._woken)
        self._woken.extend(self._waiting)
        self._waiting.clear()
        if not is_under_way:
            self._wake_some()

    def _wake_some(self) -> None:
        for _ in range(min(len(self._woken), WOKEN_AT_ONCE)):
            reader = self._woken.popleft()
            if not reader.done():
                reader.set_result(None)
        if self._woken:
            asyncio.get_running_loop().call_soon(self._wake_some)

    async def news(self) -> None:
        """Wait for the next `wake`."""
        reader: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[reader] = None
        try:
            await reader
        finally:
            self._waiting.pop(reader, None)

    def position(self, last_event_id: str) -> int | None:
        """The number behind the id of an event; None for one of another start, or of none at all."""
        boot, _, number = last_event_id.partition("-")
        is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
        return int(number) if boot == self._boot and is_number else None

    def after(self, position: int | None) -> Event | None:
        """The next event for a reader who has those up to `position`: the next change, the whole state where that one
        is not kept any more (or the reader has none), None where there is nothing new.
        """
        state = self.state()
        if position == self._number:
            return None
        oldest = self._changes[0].number if self._changes else self._number + 1
        if position is not None and oldest - 1 <= position < self._number:
            return self._changes[position + 1 - oldest]
        if self._whole is None:
            self._whole = Event(self._number, self._written("state", state))
        return self._whole

    def _renew(self, report: Report) -> None:
        before, after = self._state, self._made(report)
        change = change_between(before, after) if before is not None else None
        self._report, self._state, self._whole = report, after, None
        if change is None:
            return
        self._number += 1
        self._keep(Event(self._number, self._written("change", change)))

    def _made(self, report: Report) -> StateView:
        """Teams whose report is the one that was looked at before have the same view."""
        paces = self._published.paces()
        known = self._teams
        self._teams = {
            team.name: old if (old := known.get(team.name)) and old[0] is team else (team, team_view(team))
            for team in report.teams
        }
        return StateView(
            at=report.at.wall,
            version=self._published.version,
            teams=tuple(view for _, view in self._teams.values()),
            sources=tuple(source_view(source, paces.get(source.spec.name)) for source in report.sources),
            problems=self._published.problems(),
        )

    def _keep(self, event: Event) -> None:
        if len(self._changes) == self._changes.maxlen:
            self._bytes -= len(self._changes[0].body)
        self._changes.append(event)
        self._bytes += len(event.body)
        while self._bytes > BYTES_KEPT:
            self._bytes -= len(self._changes.popleft().body)

    def _written(self, name: str, view: msgspec.Struct) -> bytes:
        return b"event: %b\nid: %b-%d\ndata: %b\n\n" % (
            name.encode(),
            self._boot.encode(),
            self._number,
            msgspec.json.encode(view),
        )
