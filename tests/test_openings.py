"""What `agentmon check --at` tells of each team."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from builders import team

from monitor.cli.hours import read_time, tell_openings
from monitor.config import parse
from monitor.model import HoursSpec, TeamSpec
from monitor.reconciler.hours import opening_at

ROOT = Path(__file__).parents[1]
OFFICE = HoursSpec("Mo-Fr 08:00-20:00; PH off", "Europe/Paris", "FR")


def open_during(hours: HoursSpec | None) -> TeamSpec:
    made = team("sales")
    return TeamSpec(made.name, made.selectors, made.targets, hours)


def told(hours: HoursSpec | None, at: str) -> list[str]:
    first, *lines = tell_openings([open_during(hours)], read_time(at))
    assert first == ""
    return lines


def test_a_team_without_hours_is_always_open() -> None:
    assert told(None, "2026-12-25T10:00") == ["sales: always open"]


def test_a_public_holiday() -> None:
    assert told(OFFICE, "2026-12-25T10:00") == [
        "sales: closed",
        "  time    Fri 25 Dec 2026 10:00 CET, Europe/Paris",
        "  hours   Mo-Fr 08:00-20:00; PH off",
        "  day     public holiday in FR",
        "  since   Thu 24 Dec 2026 20:00 CET",
        "  opens   Mon 28 Dec 2026 08:00 CET",
    ]


def test_an_ordinary_day() -> None:
    assert told(OFFICE, "2026-07-08T10:00") == [
        "sales: open",
        "  time    Wed 08 Jul 2026 10:00 CEST, Europe/Paris",
        "  hours   Mo-Fr 08:00-20:00; PH off",
        "  since   Wed 08 Jul 2026 08:00 CEST",
        "  closes  Wed 08 Jul 2026 20:00 CEST",
    ]


def test_hours_that_never_change() -> None:
    assert told(HoursSpec("24/7"), "2026-07-08T10:00")[-2:] == [
        "  since   more than 400 days",
        "  closes  not within two years",
    ]


def test_a_time_with_an_offset_is_that_instant() -> None:
    assert told(OFFICE, "2026-07-08T05:00-01:00")[:2] == [
        "sales: open",
        "  time    Wed 08 Jul 2026 08:00 CEST, Europe/Paris",
    ]
    assert told(OFFICE, "2026-07-08T05:59Z")[0] == "sales: closed"


def test_a_time_without_an_offset_is_each_teams_own() -> None:
    for zone in ("Europe/Paris", "Asia/Tokyo"):
        assert told(HoursSpec("08:00-20:00", zone), "2026-07-08T08:00")[0] == "sales: open"


def test_a_time_that_clocks_skip_is_told() -> None:
    assert told(HoursSpec("24/7", "Europe/Paris"), "2026-03-29T02:30")[1:3] == [
        "  time    Sun 29 Mar 2026 03:00 CEST, Europe/Paris",
        "  note    clocks skip 02:30 on this day; this is the first time behind the gap",
    ]


def test_a_time_that_clocks_show_twice_is_told() -> None:
    hours = HoursSpec("02:15-02:45", "Europe/Paris")
    first = told(hours, "2026-10-25T02:30")
    assert first[:4] == [
        "sales: open",
        "  time    Sun 25 Oct 2026 02:30 CEST, Europe/Paris",
        "  note    clocks show 02:30 twice on this day; this is the first time, the second is",
        "          2026-10-25T02:30+01:00",
    ]
    second = told(hours, first[3].strip())
    assert second[:2] == ["sales: closed", "  time    Sun 25 Oct 2026 02:30 CET, Europe/Paris"]
    assert "note" not in " ".join(second)


@pytest.mark.parametrize("text", ["", "now", "10:00", "25.12.2026 10:00", "2026-13-01T10:00", "2026-12-25T25:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        read_time(text)


@pytest.mark.parametrize("text", ["1999-12-31T10:00", "2077-01-01T10:00Z", "0001-01-01"])
def test_a_year_without_known_holidays(text: str) -> None:
    with pytest.raises(ValueError, match="from 2000 to 2076"):
        read_time(text)


SECTION = (ROOT / "config/README.md").read_text(encoding="utf-8").split("\n## Opening hours\n")[1].split("\n## ")[0]
EXAMPLES = re.findall(r"^\| `(.*?)` \|", SECTION, flags=re.MULTILINE)

# Nothing here knows the program: Christmas of 2026 is a Friday, Ascension 14 May a Thursday, Good Friday 3 April.
MEANINGS: dict[str, tuple[str, str]] = {
    "24/7": ("2026-12-25T00:00", ""),
    "Mo-Fr 08:00-20:00; PH off": ("2026-12-24T08:00", "2026-12-24T20:00 2026-12-25T12:00 2026-12-26T12:00"),
    "Mo-Fr 08:00-12:00,13:00-18:00; Sa 09:00-12:00; PH off": ("2026-12-19T11:00", "2026-12-18T12:30 2026-12-19T13:00"),
    "Mo-Su 08:00-20:00; PH 10:00-16:00": ("2026-12-24T17:00 2026-12-25T11:00", "2026-12-25T17:00"),
    "Mo-Fr 08:00-20:00; PH off; Dec 24,Dec 31 08:00-12:00": (
        "2026-12-24T11:00 2026-12-30T15:00 2026-12-31T11:00",
        "2026-12-24T12:00 2026-12-25T10:00 2026-12-31T12:00",
    ),
    "Mo-Fr 22:00-06:00": ("2026-07-10T23:00 2026-07-11T05:00", "2026-07-11T23:00 2026-07-13T05:00"),
    "Mo-Fr 22:00-06:00; PH off; PH +1 day 00:00-06:00 off": (
        "2026-05-13T23:00 2026-05-15T23:00 2026-05-16T05:00",
        "2026-05-14T01:00 2026-05-14T23:00 2026-05-15T01:00",
    ),
    "Jun-Aug Mo-Su 09:00-21:00; Sep-May Mo-Fr 09:00-18:00": ("2026-07-12T20:00", "2026-11-15T12:00 2026-11-16T20:00"),
    "Mo-Fr 08:00-20:00; Dec 24-Jan 1 off; easter -2 days off": (
        "2026-04-02T12:00",
        "2026-04-03T12:00 2026-12-29T12:00",
    ),
    "week 1-53/2 Sa 10:00-14:00": ("2026-01-03T12:00 2026-07-18T12:00", "2026-07-11T12:00"),
}


def test_each_example_of_the_reference_is_looked_at() -> None:
    assert list(MEANINGS) == EXAMPLES


@pytest.mark.parametrize("expression", MEANINGS)
def test_each_example_of_the_reference_means_what_is_said(expression: str) -> None:
    hours = HoursSpec(expression, "UTC", "FR")
    found = [
        [opening_at(hours, datetime.fromisoformat(f"{at}Z").timestamp()).is_open for at in times.split()]
        for times in MEANINGS[expression]
    ]
    assert all(found[0])
    assert not any(found[1])


@pytest.mark.parametrize("expression", EXAMPLES)
def test_each_example_of_the_reference_is_taken_without_a_warning(expression: str) -> None:
    text = f"""
sources: [{{name: chat, vendor: cobrowser, user: jane, api_key: {{env: KEY}}}}]
teams:
  - name: sales
    members: [{{source: chat}}]
    hours: {{open: "{expression}", timezone: Europe/Paris, country: FR}}
"""
    assert parse(text, filename="f", base=ROOT).warnings == ()
