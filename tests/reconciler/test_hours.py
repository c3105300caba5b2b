"""Opening hours by situation: open or closed, since when, opened when, until when; in local time."""
# ruff: noqa: E501 - rows of a table

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from builders import row

from monitor.model import HoursSpec, Opening
from monitor.reconciler.hours import ALWAYS_OPEN, first_instant, is_public_holiday, opening_at

PARIS = ZoneInfo("Europe/Paris")


def instant(text: str, zone: ZoneInfo = PARIS) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def told(found: Opening, zone: ZoneInfo = PARIS) -> tuple[str, str, str, str]:
    times = (
        "-" if time is None else f"{datetime.fromtimestamp(time, zone):%Y-%m-%d %H:%M}"
        for time in (found.since, found.opened_at, found.changes_at)
    )
    since, opened_at, changes_at = times
    return "open" if found.is_open else "closed", since, opened_at, changes_at


# 2026-07-08 is a Wednesday; 2026-12-25 and 2027-01-01 are Fridays.
NIGHT = "Mo-Fr 22:00-06:00"
OFFICE = "Mo-Fr 08:00-20:00; PH off"
SITUATIONS = [
    row("in the middle of a day", OFFICE, "2026-07-08 13:00", "open", "07-08 08:00", "07-08 08:00", "07-08 20:00"),
    row("the instant of opening is open", OFFICE, "2026-07-08 08:00", "open", "07-08 08:00", "07-08 08:00", "07-08 20:00"),
    row("the instant of closing is closed", OFFICE, "2026-07-08 20:00", "closed", "07-08 20:00", "07-08 08:00", "07-09 08:00"),
    row("a weekend", OFFICE, "2026-07-11 13:00", "closed", "07-10 20:00", "07-10 08:00", "07-13 08:00"),
    row("a public holiday and the weekend behind it", OFFICE, "2026-12-25 10:00", "closed", "12-24 20:00", "12-24 08:00", "12-28 08:00"),
    row("a public holiday with hours of its own", OFFICE.replace("off", "10:00-12:00"), "2026-12-25 10:00", "open", "12-25 10:00", "12-25 10:00", "12-25 12:00"),
    row("the day after a public holiday", "Mo-Su 08:00-20:00; PH +1 day off", "2026-12-26 10:00", "closed", "12-25 20:00", "12-25 08:00", "12-27 08:00"),
    row("before midnight, across it", NIGHT, "2026-07-08 23:00", "open", "07-08 22:00", "07-08 22:00", "07-09 06:00"),
    row("after midnight, across it", NIGHT, "2026-07-11 05:59", "open", "07-10 22:00", "07-10 22:00", "07-11 06:00"),
    row("Saturday night has none", NIGHT, "2026-07-11 23:00", "closed", "07-11 06:00", "07-10 22:00", "07-13 22:00"),
    row("Monday morning has none", NIGHT, "2026-07-13 05:00", "closed", "07-11 06:00", "07-10 22:00", "07-13 22:00"),
    row("a time beyond 24:00", "Mo-Fr 22:00-30:00", "2026-07-09 05:00", "open", "07-08 22:00", "07-08 22:00", "07-09 06:00"),
    row("up to 24:00", "Mo-Fr 10:00-24:00", "2026-07-08 23:59", "open", "07-08 10:00", "07-08 10:00", "07-09 00:00"),
    row("24:00 and 00:00 are one instant", "Mo-Fr 10:00-24:00; Sa 00:00-04:00", "2026-07-10 23:00", "open", "07-10 10:00", "07-10 10:00", "07-11 04:00"),
    row("whole days side by side", "Mo-Fr", "2026-07-08 00:00", "open", "07-06 00:00", "07-06 00:00", "07-11 00:00"),
    row("a break", "Mo-Fr 08:00-12:00,13:00-18:00", "2026-07-08 12:30", "closed", "07-08 12:00", "07-08 08:00", "07-08 13:00"),
    row("neighbours that differ in a comment", 'Mo-Fr 10:00-12:00 "by appointment", Mo-Fr 12:00-15:00 "walk in"', "2026-07-08 12:30", "open", "07-08 10:00", "07-08 10:00", "07-08 15:00"),
    row("closed for two named reasons", 'Mo-Fr 10:00-12:00; We closed "inventory"', "2026-07-08 10:30", "closed", "07-07 12:00", "07-07 10:00", "07-09 10:00"),
    row("closed for part of a day", "Mo-Fr 08:00-20:00; We 12:00-14:00 off", "2026-07-08 13:00", "closed", "07-08 12:00", "07-08 08:00", "07-08 14:00"),
    row("a season that ended weeks ago", "Nov-Mar Mo-Fr 10:00-12:00", "2026-07-08 13:00", "closed", "03-31 12:00", "03-31 10:00", "11-02 10:00"),
    row("a season that ended days ago and began months ago", "Sep-May", "2026-06-05 13:00", "closed", "06-01 00:00", "2025-09-01 00:00", "09-01 00:00"),
    row("a season across the year's end", "Dec 20-Jan 5 10:00-12:00", "2026-12-31 11:00", "open", "12-31 10:00", "12-31 10:00", "12-31 12:00"),
    row("one day of the year", "Dec 24 10:00-12:00", "2026-07-08 13:00", "closed", "2025-12-24 12:00", "2025-12-24 10:00", "12-24 10:00"),
    row("the first Monday of a month", "Mo[1] 10:00-12:00", "2026-07-08 13:00", "closed", "07-06 12:00", "07-06 10:00", "2026-08-03 10:00"),
    row("every other week", "week 1-53/2 Mo 10:00-12:00", "2026-07-08 13:00", "closed", "06-29 12:00", "06-29 10:00", "07-13 10:00"),
    row("week 53", "week 53 Mo 10:00-12:00", "2026-12-28 11:00", "open", "12-28 10:00", "12-28 10:00", "12-28 12:00"),
    row("easter", "easter -2 days 10:00-12:00", "2026-04-03 11:00", "open", "04-03 10:00", "04-03 10:00", "04-03 12:00"),
    row("not at easter", "Mo-Su 10:00-12:00; easter off", "2026-04-05 11:00", "closed", "04-04 12:00", "04-04 10:00", "04-06 10:00"),
    row("the leap day", "Feb 29 10:00-12:00", "2028-02-29 11:00", "open", "2028-02-29 10:00", "2028-02-29 10:00", "2028-02-29 12:00"),
    row("the next leap day", "Feb 29 10:00-12:00", "2026-07-08 13:00", "closed", "-", "-", "2028-02-29 10:00"),
    row("the next leap day is too far", "Feb 29 10:00-12:00", "2025-07-08 13:00", "closed", "-", "-", "-"),
    row("a year that is over", "2025 Mo-Su 10:00-12:00", "2026-07-08 13:00", "closed", "2025-12-31 12:00", "2025-12-31 10:00", "-"),
    row("a year to come", "2028 Mo-Su 10:00-12:00", "2026-07-08 13:00", "closed", "-", "-", "2028-01-01 10:00"),
    row("always", "24/7", "2026-07-08 13:00", "open", "-", "-", "-"),
    row("always but for holidays", "24/7; PH off", "2026-07-08 13:00", "open", "05-26 00:00", "05-26 00:00", "07-14 00:00"),
    row("a comment is no rule", '"by appointment"', "2026-07-08 13:00", "open", "-", "-", "-"),
    row("never", "off", "2026-07-08 13:00", "closed", "-", "-", "-"),
    row("a holiday of no country", "PH", "2026-07-14 13:00", "open", "07-14 00:00", "07-14 00:00", "07-15 00:00"),
    row("unknown is closed", "Mo-Fr 10:00-12:00 unknown", "2026-07-08 11:00", "closed", "-", "-", "-"),
    row("unknown ends what is open", "Mo-Fr 10:00-12:00, Mo-Fr 12:00-14:00 unknown", "2026-07-08 13:00", "closed", "07-08 12:00", "07-08 10:00", "07-09 10:00"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "at", "state", "since", "opened_at", "changes_at"), SITUATIONS)
def test_opening(expression: str, at: str, state: str, since: str, opened_at: str, changes_at: str) -> None:
    found = opening_at(HoursSpec(expression, "Europe/Paris", "FR"), instant(at))
    expected = (
        state,
        *(time if len(time) != len("07-08 08:00") else f"{at[:4]}-{time}" for time in (since, opened_at, changes_at)),
    )
    assert told(found) == expected


def test_without_hours_a_team_is_always_open() -> None:
    assert opening_at(None, 0.0) is ALWAYS_OPEN
    assert told(ALWAYS_OPEN) == ("open", "-", "-", "-")


def test_holidays_need_a_country() -> None:
    at = instant("2026-12-25 10:00")
    assert opening_at(HoursSpec(OFFICE, "Europe/Paris"), at).is_open
    assert not opening_at(HoursSpec(OFFICE, "Europe/Paris", "FR"), at).is_open
    assert opening_at(HoursSpec(OFFICE, "Europe/Paris", "US"), instant("2026-07-14 10:00")).is_open


def test_the_zone_decides_what_the_day_is() -> None:
    """22:00 in Paris on Christmas Eve is Christmas in Auckland."""
    at = instant("2026-12-24 22:00")
    assert is_public_holiday("NZ", at, ZoneInfo("Pacific/Auckland"))
    assert not is_public_holiday("NZ", at, PARIS)


def test_each_team_has_its_own_zone() -> None:
    at = instant("2026-07-08 10:00")
    found = [opening_at(HoursSpec("08:00-20:00", zone), at).is_open for zone in ("Europe/Paris", "America/New_York")]
    assert found == [True, False]


def test_a_second_later_is_the_same_answer_and_not_a_new_one() -> None:
    hours, at = HoursSpec(OFFICE, "Europe/Paris", "FR"), instant("2026-07-08 13:00")
    assert opening_at(hours, at + 1) is opening_at(hours, at)
    assert opening_at(HoursSpec(OFFICE, "Europe/Paris", "FR"), at + 2) is opening_at(hours, at)


def test_answers_follow_a_clock_that_is_set_back_and_forth() -> None:
    hours = HoursSpec("08:00-20:00", "Europe/Paris")
    asked = ["2026-07-08 13:00", "2026-07-08 21:00", "2026-07-08 13:00", "2026-07-07 07:59", "2026-07-09 08:00"]
    assert [opening_at(hours, instant(at)).is_open for at in asked] == [True, False, True, False, True]


def test_hours_without_a_change_are_searched_again_each_day() -> None:
    """Two years are searched; what lies beyond comes into sight by itself, also in a process that never ends."""
    hours = HoursSpec("Feb 29 10:00-12:00", "Europe/Paris")
    assert opening_at(hours, instant("2026-02-20 12:00")).changes_at is None
    assert opening_at(hours, instant("2026-03-02 12:00")).changes_at == instant("2028-02-29 10:00")


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        row("ordinary", "2026-07-08T02:30", "2026-07-08T00:30Z"),
        row("skipped", "2026-03-29T02:30", "2026-03-29T01:00Z"),
        row("repeated", "2026-10-25T02:30", "2026-10-25T00:30Z"),
    ],
)
def test_first_instant_of_a_local_time(local: str, expected: str) -> None:
    assert first_instant(datetime.fromisoformat(local), PARIS) == datetime.fromisoformat(expected).timestamp()
