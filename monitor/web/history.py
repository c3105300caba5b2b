"""The last hours of every team, in memory: one point every half minute, within a bound, begun anew at each start."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from monitor.clock import Now
from monitor.model import Channel, Status
from monitor.web.views import ChannelView, Count, Ratio, Seconds, TeamView, UnixTime

RESOLUTION = 30.0
"""Seconds from one point to the next."""
MINUTES = 240
POINTS_OF_ALL = 1_000_000
"""Points of all teams together, about 20 MB: with thousands of teams the memory reaches back less far."""

_STATUSES = tuple(Status)
_NOTHING = -1


class HistoryPoint(msgspec.Struct, frozen=True):
    """A team on a channel as it was published at `at`. Numbers are null where they were absent, floors where they were
    floors.
    """

    at: UnixTime
    status: Status
    is_floor: bool
    available: Count | None
    free_slots: Count | None
    occupancy: Ratio | None


class HistorySeries(msgspec.Struct, frozen=True):
    """The points of a team on a channel, oldest first."""

    team: str
    channel: Channel
    points: tuple[HistoryPoint, ...]


class HistoryView(msgspec.Struct, frozen=True):
    """What agentmon remembers since `begun_at`, its own start: nothing of it is written down anywhere.

    A point is what was published first in each `resolution`, so that what came and went between two of them does not
    show. It reaches back `minutes_kept` at most.
    """

    begun_at: UnixTime
    resolution: Seconds
    minutes_kept: Annotated[float, Meta(ge=0, description="minutes")]
    series: tuple[HistorySeries, ...]


class _Columns:
    """Points of one team and channel, as numbers: `_NOTHING` is null, and as a status no point at all."""

    __slots__ = ("available", "free_slots", "occupancy", "status")

    def __init__(self, missed: int = 0) -> None:
        self.status = array("b", [_NOTHING]) * missed
        self.available = array("i", [_NOTHING]) * missed
        self.free_slots = array("i", [_NOTHING]) * missed
        self.occupancy = array("d", [_NOTHING]) * missed

    def add(self, view: ChannelView) -> None:
        self.status.append(2 * _STATUSES.index(view.status) + view.is_floor)
        self.available.append(_NOTHING if view.available is None else view.available)
        self.free_slots.append(_NOTHING if view.free_slots is None else view.free_slots)
        self.occupancy.append(_NOTHING if view.occupancy is None else view.occupancy)

    def forget(self, points: int) -> None:
        for name in self.__slots__:
            del getattr(self, name)[:points]

    def cut(self, first: int) -> "_Columns":
        found = _Columns()
        for name in self.__slots__:
            setattr(found, name, getattr(self, name)[first:])
        return found

    def points(self, walls: Iterable[float]) -> Iterator[HistoryPoint]:
        columns = zip(walls, self.status, self.available, self.free_slots, self.occupancy, strict=True)
        for wall, status, available, free, share in columns:
            if status != _NOTHING:
                yield HistoryPoint(
                    at=wall,
                    status=_STATUSES[status // 2],
                    is_floor=bool(status % 2),
                    available=None if available == _NOTHING else available,
                    free_slots=None if free == _NOTHING else free,
                    occupancy=None if share == _NOTHING else share,
                )


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of the history, copied out of it: to be told in any thread."""

    begun_at: float
    minutes_kept: float
    walls: Sequence[float]
    columns: Sequence[tuple[str, Channel, _Columns]]

    def told(self) -> HistoryView:
        return HistoryView(
            begun_at=self.begun_at,
            resolution=RESOLUTION,
            minutes_kept=self.minutes_kept,
            series=tuple(
                HistorySeries(team, channel, tuple(columns.points(self.walls)))
                for team, channel, columns in self.columns
            ),
        )


class History:
    """Fed at publication; for the event loop alone. All teams share the times of their points."""

    def __init__(self, begun_at: float, *, points_of_all: int = POINTS_OF_ALL) -> None:
        self._begun_at = begun_at
        self._points_of_all = points_of_all
        self._walls = array("d")
        self._elapsed = array("d")
        self._columns: dict[tuple[str, Channel], _Columns] = {}

    def is_due(self, now: Now) -> bool:
        """Whether the time of the last point is over."""
        return not self._elapsed or now.elapsed // RESOLUTION > self._elapsed[-1] // RESOLUTION

    def record(self, at: Now, teams: Iterable[TeamView]) -> None:
        """Take one point of each team; teams that are gone are forgotten."""
        views = {(team.name, channel.channel): channel for team in teams for channel in team.channels}
        known = self._columns
        self._columns = {key: known[key] if key in known else _Columns(len(self._walls)) for key in views}
        for key, view in views.items():
            self._columns[key].add(view)
        self._walls.append(at.wall)
        self._elapsed.append(at.elapsed)
        surplus = len(self._walls) - self._most
        if surplus > 0:
            del self._walls[:surplus], self._elapsed[:surplus]
            for columns in self._columns.values():
                columns.forget(surplus)

    @property
    def _most(self) -> int:
        """Points of one team and channel."""
        return max(min(int(MINUTES * 60 / RESOLUTION), self._points_of_all // max(len(self._columns), 1)), 1)

    def cut(self, team: str | None, channel: Channel | None, minutes: float) -> Cut:
        """The points of the last `minutes` before the newest; of one team and one channel where these are given."""
        since = (self._elapsed[-1] if self._elapsed else 0.0) - minutes * 60
        first = bisect_left(self._elapsed, since)
        return Cut(
            begun_at=self._begun_at,
            minutes_kept=self._most * RESOLUTION / 60,
            walls=self._walls[first:],
            columns=[
                (name, of, columns.cut(first))
                for (name, of), columns in self._columns.items()
                if team in {None, name} and channel in {None, of}
            ],
        )
