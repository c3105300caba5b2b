"""Which teams are open at a time, and why, for `agentmon check --at`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.model import HoursSpec, Opening, TeamSpec
from monitor.reconciler.hours import DAYS_BACK, first_instant, is_public_holiday, opening_at

YEARS = range(2000, 2077)
"""Years whose public holidays are known; outside of them the answer could be wrong."""


def read_time(text: str) -> datetime:
    """A time as in ISO 8601, with an offset or without. Raises ValueError with the mend."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("not a time; write it as in 2026-12-25T10:00, or as in 2026-12-25T10:00+01:00") from error
    if at.year not in YEARS:
        raise ValueError(f"public holidays are known from {YEARS[0]} to {YEARS[-1]} only")
    return at.replace(microsecond=0)


def tell_openings(teams: Iterable[TeamSpec], at: datetime) -> Iterator[str]:
    """Lines for people; a time without an offset is read in each team's own time zone."""
    for team in teams:
        yield ""
        if team.hours is None:
            yield f"{team.name}: always open"
        else:
            yield from _tell(team.name, team.hours, at)


def _tell(name: str, hours: HoursSpec, at: datetime) -> Iterator[str]:
    zone = ZoneInfo(hours.timezone)
    wall = at.timestamp() if at.tzinfo else first_instant(at, zone)
    opening = opening_at(hours, wall)
    yield f"{name}: {'open' if opening.is_open else 'closed'}"
    yield f"  time    {_shown(wall, zone)}, {hours.timezone}"
    if not at.tzinfo:
        yield from _doubts(at, wall, zone)
    yield f"  hours   {hours.open}"
    if hours.country and is_public_holiday(hours.country, wall, zone):
        yield f"  day     public holiday in {hours.country}"
    yield from _changes(opening, zone)


def _doubts(local: datetime, wall: float, zone: ZoneInfo) -> Iterator[str]:
    """What is to be said of a local time that clocks skip or show twice."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if datetime.fromtimestamp(wall, zone).replace(tzinfo=None, fold=0) != local:
        yield f"  note    clocks skip {local:%H:%M} on this day; this is the first time behind the gap"
    elif first.utcoffset() != second.utcoffset():
        yield f"  note    clocks show {local:%H:%M} twice on this day; this is the first time, the second is"
        yield f"          {second.isoformat(timespec='minutes')}"


def _changes(opening: Opening, zone: ZoneInfo) -> Iterator[str]:
    since = f"more than {DAYS_BACK[-1]} days" if opening.since is None else _shown(opening.since, zone)
    change = "not within two years" if opening.changes_at is None else _shown(opening.changes_at, zone)
    yield f"  since   {since}"
    yield f"  {'closes' if opening.is_open else 'opens '}  {change}"


def _shown(wall: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(wall, zone):%a %d %b %Y %H:%M %Z}"
