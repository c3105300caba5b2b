"""Opening hours while clocks change, minute by minute, against hours that are worked out by hand."""

from bisect import bisect_right
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from clocks import MINUTE, Span, is_open_on, reading, written

from monitor.model import HoursSpec
from monitor.reconciler.hours import opening_at

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
SATURDAY, SUNDAY = frozenset({5}), frozenset({6})


def daily(start: float, end: float) -> Span:
    return Span(EVERY_DAY, round(start * 60), round(end * 60))


HOURS = {
    "not touched": [daily(8, 20)],
    "across the change": [daily(22, 30)],
    "ends at the first change": [daily(0, 1), daily(20, 24)],
    "ends at two": [daily(0.5, 2)],
    "begins at two": [daily(2, 4)],
    "begins at three": [daily(3, 4)],
    "ends in the hour": [daily(22.5, 26.25)],
    "begins in the hour": [daily(2.25, 9)],
    "around the half hour": [daily(1.75, 2.25)],
    "wholly in the hour after one": [daily(1.25, 1.75)],
    "wholly in the hour after two": [daily(2.25, 2.75)],
    "wholly in the hour after midnight": [daily(0.25, 0.75)],
    "exactly the hour": [daily(1, 2), daily(2, 2.5)],
    "twice in the hour": [daily(1.25, 1.5), daily(1.75, 2.25), daily(2.5, 2.75)],
    "weekdays at night": [Span(WEEKDAYS, 22 * 60, 30 * 60)],
    "saturday night": [Span(SATURDAY, 20 * 60, 26 * 60 + 30)],
    "all of sunday": [Span(SUNDAY, 0, 1440)],
}
CHANGES = [
    ("Europe/Paris", "2026-03-29"),
    ("Europe/Paris", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Sydney", "2026-04-05"),
    ("Australia/Sydney", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),  # by half an hour
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Santiago", "2026-04-05"),  # at midnight
    ("America/Santiago", "2026-09-06"),
    ("Antarctica/Troll", "2026-03-29"),  # by two hours
    ("Antarctica/Troll", "2026-10-25"),
    ("Europe/Lisbon", "2026-10-25"),
    ("Pacific/Apia", "2011-12-30"),  # by a whole day, which never was
    ("Asia/Kolkata", "2026-03-29"),  # not at all
]


@cache
def readings(zone: str, day: str) -> dict[int, datetime]:
    """What the clock shows in each minute of more than two days around a change."""
    start = int(utc(f"{day}T02:00") - 30 * 3600)
    return {minute: reading(minute, ZoneInfo(zone)) for minute in range(start, start + 56 * 3600, MINUTE)}


@pytest.mark.parametrize("name", HOURS)
@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_each_minute_is_as_worked_out_by_hand(zone: str, day: str, name: str) -> None:
    spans = HOURS[name]
    hours = HoursSpec(written(spans), zone)
    expected = {minute: is_open_on(local, spans) for minute, local in readings(zone, day).items()}
    found = {minute: opening_at(hours, minute) for minute in expected}
    assert {minute: opening.is_open for minute, opening in found.items()} == expected

    changes = [minute for before, minute in pairwise(expected) if expected[before] != expected[minute]]
    for minute, opening in found.items():
        passed = bisect_right(changes, minute)
        if passed:
            assert opening.since == changes[passed - 1]
        if passed > 1 or (passed and opening.is_open):
            assert opening.opened_at == changes[passed - (1 if opening.is_open else 2)]
        if passed < len(changes):
            assert opening.changes_at == changes[passed]


def test_hours_in_the_gap_do_not_occur_and_are_no_opening() -> None:
    """The clocks of Paris skip 02:00 to 03:00 on 29 March 2026."""
    hours, at = HoursSpec("Mo-Su 02:15-02:45", "Europe/Paris"), utc("2026-03-29T12:00")
    found = opening_at(hours, at)
    assert (found.is_open, found.opened_at, found.changes_at) == (
        False,
        utc("2026-03-28T01:15"),
        utc("2026-03-30T00:15"),
    )


def test_hours_that_begin_in_the_gap_begin_behind_it() -> None:
    found = opening_at(HoursSpec("Mo-Su 02:15-08:00", "Europe/Paris"), utc("2026-03-29T01:00"))
    assert (found.is_open, found.since) == (True, utc("2026-03-29T01:00"))


def test_hours_in_the_repeated_hour_occur_once() -> None:
    """The clocks of Paris show 02:00 to 03:00 twice on 25 October 2026, from 00:00 and from 01:00 UTC on."""
    hours = HoursSpec("Mo-Su 02:15-02:45", "Europe/Paris")
    first, second = opening_at(hours, utc("2026-10-25T00:30")), opening_at(hours, utc("2026-10-25T01:30"))
    assert (first.is_open, first.since, first.changes_at) == (True, utc("2026-10-25T00:15"), utc("2026-10-25T00:45"))
    assert (second.is_open, second.since, second.changes_at) == (
        False,
        utc("2026-10-25T00:45"),
        utc("2026-10-26T01:15"),
    )


def test_hours_around_the_repeated_hour_last_an_hour_longer() -> None:
    found = opening_at(HoursSpec("Mo-Su 22:00-06:00", "Europe/Paris"), utc("2026-10-25T01:30"))
    assert (found.since, found.changes_at) == (utc("2026-10-24T20:00"), utc("2026-10-25T05:00"))


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
