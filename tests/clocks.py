"""Opening hours by hand: what is open when, from the clock on the wall alone, without the program's own code."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = 60
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class Span(NamedTuple):
    """Hours that begin on each of `days` (0 is Monday), in minutes after midnight; an end may be on the next day."""

    days: frozenset[int]
    start: int
    end: int

    def written(self) -> str:
        days = ",".join(DAYS[day] for day in sorted(self.days))
        return f"{days} {_time(self.start)}-{_time(self.end)}"

    def holds(self, local: datetime) -> bool:
        minute = local.hour * 60 + local.minute
        today = local.weekday() in self.days and self.start <= minute < self.end
        from_yesterday = (local.weekday() - 1) % 7 in self.days and minute < self.end - 1440
        return today or from_yesterday


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def reading(instant: float, zone: ZoneInfo) -> datetime:
    """What a clock shows that stands still, just before its turn, while an hour is repeated."""
    local = datetime.fromtimestamp(instant, zone)
    while local.fold:
        instant -= MINUTE
        local = datetime.fromtimestamp(instant, zone)
    return local.replace(tzinfo=None)


def is_open_on(local: datetime, spans: Iterable[Span]) -> bool:
    return any(span.holds(local) for span in spans)


def written(spans: Iterable[Span]) -> str:
    return ", ".join(span.written() for span in spans)
