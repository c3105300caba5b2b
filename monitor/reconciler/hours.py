"""Opening hours of teams: whether one is open at an instant, since when, and until when.

Expressions are evaluated in local time without a zone, and the changes put on the time line here. With a zone the
library contradicts itself in the hour that the clocks repeat: its changes fall on the second pass, while its state
follows the reading of the clock in both.

A change happens when a clock on the wall shows its time for the first time. Where clocks go back, the second pass
of the repeated hour changes nothing; where they go forward, a time that they skip stands for the first instant after
it, and hours that lie wholly in the gap do not occur. `unknown` of the syntax is closed: nobody is awaited then.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from math import inf
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

from monitor.model import ALWAYS_OPEN, HoursSpec, Opening

DAYS_BACK = (8, 60, 400)
"""How far back the beginning of a stretch and the last opening are searched, step by step: most are days old."""
DAYS_AHEAD = 731

_DAY = 86_400.0
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local dates without a zone are what expressions are about


def opening_at(hours: HoursSpec | None, wall: float) -> Opening:
    """At `wall`, in Unix seconds. Cheap to ask every second: the last answer is kept while it holds."""
    return ALWAYS_OPEN if hours is None else _schedule(hours).at(wall)


def is_public_holiday(country: str, wall: float, zone: ZoneInfo) -> bool:
    """Whether the day that a calendar in `zone` shows is one that PH means."""
    local = datetime.fromtimestamp(wall, zone).replace(tzinfo=None)
    return bool(OpeningHours("PH", country=country).is_open(local))


def first_instant(local: datetime, zone: ZoneInfo) -> float:
    """When clocks in `zone` first show this local time or, where they skip it, a later one; in Unix seconds."""
    instant = local.replace(tzinfo=zone, fold=0).timestamp()
    if datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0) == local:
        return instant
    # In a gap the two readings lie on both sides of the change, at most a day apart.
    before, after = local.replace(tzinfo=zone, fold=1).timestamp(), instant
    offset = datetime.fromtimestamp(after, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


class _Schedule:
    """One team's hours and the last answer, with the time in which it holds."""

    def __init__(self, hours: HoursSpec) -> None:
        self._rules = OpeningHours(hours.open, country=hours.country)
        self._zone = ZoneInfo(hours.timezone)
        self._opening = ALWAYS_OPEN
        self._holds_from = inf
        self._holds_until = -inf

    def at(self, wall: float) -> Opening:
        if not self._holds_from <= wall < self._holds_until:
            # What is found depends on the day alone, from which the search starts, so an answer outlives no day.
            midnight = wall // _DAY * _DAY
            found = self._opening = self._search(midnight, wall)
            self._holds_from = midnight if found.since is None else max(midnight, found.since)
            tomorrow = midnight + _DAY
            self._holds_until = tomorrow if found.changes_at is None else min(tomorrow, found.changes_at)
        return self._opening

    def _search(self, midnight: float, wall: float) -> Opening:
        today = _EPOCH + timedelta(seconds=midnight)
        end = today + timedelta(days=DAYS_AHEAD)
        nearest, *further = DAYS_BACK
        found = self._walk(today - timedelta(days=nearest), end, wall)
        for days in further:
            if found.since is not None and found.opened_at is not None:
                break
            found = self._walk(today - timedelta(days=days), end, wall)
        return found

    def _walk(self, start: datetime, end: datetime, wall: float) -> Opening:
        """From change to change, from `start`, which is well before `wall`, up to the first change after it."""
        is_open: bool | None = None
        since = opened_at = changes_at = None
        for begins, ends, state, _ in self._rules.intervals(start, end):
            # Neighbours may differ in a comment alone, and hours may vanish in a gap; neither is a change.
            opens = bool(state == State.OPEN)
            if opens == is_open or (begin := first_instant(begins, self._zone)) == first_instant(ends, self._zone):
                continue
            if begin > wall:
                changes_at = begin
                break
            if is_open is not None:
                since = begin
                opened_at = begin if opens else opened_at
            is_open = opens
        return Opening(is_open=bool(is_open), since=since, opened_at=opened_at, changes_at=changes_at)


@lru_cache(maxsize=1024)
def _schedule(hours: HoursSpec) -> _Schedule:
    return _Schedule(hours)
