"""The small parts of `agentmon top`: times, bars, the order of rows, keys, and events out of bytes."""

from itertools import pairwise
from typing import Any

import pytest
from builders import T0, agents, channel_report, row, team_report
from hypothesis import given
from hypothesis import strategies as st
from top.scenes import HOUR, PARIS, told

from monitor.cli.top.events import LONGEST, Event, EventReader
from monitor.cli.top.formats import bar, moment, time_of_day
from monitor.cli.top.keys import Key, KeyReader
from monitor.cli.top.look import LAST, Look, press
from monitor.cli.top.rows import Wanted, sort
from monitor.model import Channel, Status, TeamReport

# ------------------------------------------------------------------ times and bars


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (0, "17:06"),
        (6 * HOUR, "23:06"),
        (7 * HOUR, "Mon 00:06"),
        (6 * 24 * HOUR, "Sat 17:06"),
        (7 * 24 * HOUR, "22 Jun 17:06"),
        (-24 * HOUR, "14 Jun 17:06"),
        (210 * 24 * HOUR, "11 Jan 2026 16:06"),
    ],
)
def test_a_moment_as_it_is_said_on_a_sunday_in_june_in_paris(after: float, expected: str) -> None:
    assert moment(T0.wall + after, T0.wall, PARIS) == expected


def test_a_time_that_no_calendar_has_is_no_trouble() -> None:
    assert time_of_day(1e300, PARIS) == "23:59:59"
    assert time_of_day(-1e300, None) == "00:00:00"


@pytest.mark.parametrize(
    ("ratio", "target", "expected"),
    [
        row("nothing", 0.0, None, "░░░░░░░░░░"),
        row("a little is more than nothing", 0.01, None, "█░░░░░░░░░"),
        row("half", 0.5, None, "█████░░░░░"),
        row("almost all is not all", 0.99, None, "█████████░"),
        row("all", 1.0, None, "██████████"),
        row("below the target", 0.5, 0.8, "█████░░░│░"),
        row("above the target", 1.0, 0.8, "████████│█"),
        row("a target of all", 0.2, 1.0, "██░░░░░░░│"),
        row("not known, which an empty bar would deny", None, 0.8, ""),
    ],
)
def test_a_bar(ratio: float | None, target: float | None, expected: str) -> None:
    assert bar(ratio, target, 10) == expected


# ------------------------------------------------------------------ rows


def team(name: str, status: Status = Status.OK, **fields: Any) -> TeamReport:
    return team_report(name, channel_report(status, **fields))


CENTRE = told(
    team("t10", agents=agents(idle=9), occupancy=0.1, queue_length=0),
    team("t9", Status.TIGHT, agents=agents(idle=1), occupancy=0.9, queue_length=2),
    team("b", Status.CLOSED, agents=agents(idle=4), occupancy=0.5, queue_length=7),
    team("a", agents=agents(idle=4), occupancy=0.5),
    team_report(
        "u", channel_report(Status.UNKNOWN, agents=agents()), sources={"a": False}, complete=False, data_at=None
    ),
)


@pytest.mark.parametrize(
    ("order", "expected", "turned"),
    [
        row("trouble, then name", "t", ["u", "t9", "a", "t10", "b"], ["b", "a", "t10", "t9", "u"]),
        row("name, numbers in it by their size", "n", ["a", "b", "t9", "t10", "u"], ["u", "t10", "t9", "b", "a"]),
        row(
            "fewest available, the unknown at the end", "a", ["t9", "a", "b", "t10", "u"], ["t10", "a", "b", "t9", "u"]
        ),
        row("fullest", "o", ["t9", "a", "b", "t10", "u"], ["t10", "a", "b", "t9", "u"]),
        row("longest queue", "w", ["b", "t9", "t10", "u", "a"], ["t10", "t9", "b", "u", "a"]),
    ],
)
def test_an_order_and_its_reverse(order: str, expected: list[str], turned: list[str]) -> None:
    rows = Wanted().rows(CENTRE)
    assert [found.team.name for found in sort(rows, order)] == expected
    assert [found.team.name for found in sort(rows, order, is_reversed=True)] == turned


def test_each_channel_of_a_team_is_a_row_unless_others_are_wanted() -> None:
    both = told(team_report("t", channel_report(), channel_report(channel=Channel.TICKET)))
    assert len(Wanted().rows(both)) == 2
    assert [found.channel.channel for found in Wanted(channels=(Channel.TICKET,)).rows(both)] == [Channel.TICKET]


# ------------------------------------------------------------------ keys


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        row("letters, with shift or without", [b"tN"], ["t", "n"]),
        row("arrows", [b"\x1b[A\x1b[B"], [Key.UP, Key.DOWN]),
        row("arrows of a keypad", [b"\x1bOA\x1bOB"], [Key.UP, Key.DOWN]),
        row("pages, and both ends", [b"\x1b[5~\x1b[6~\x1b[H\x1b[4~"], [Key.PAGE_UP, Key.PAGE_DOWN, Key.HOME, Key.END]),
        row("a key in two halves", [b"\x1b", b"[", b"5", b"~q"], [Key.PAGE_UP, "q"]),
        row("keys that mean nothing, with what they consist of", [b"\x1b[15~\x1b[1;5Dq"], ["q"]),
        row("escape alone, and then a letter", [b"\x1b", b"q"], ["\x1b", "q"]),
    ],
)
def test_keys(typed: list[bytes], keys: list[str]) -> None:
    reader = KeyReader()
    assert [key for data in typed for key in reader.feed(data)] == keys


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("o", Look("o")),
        ("r", Look("a", is_reversed=True)),
        (Key.UP, Look("a", first=9)),
        (Key.DOWN, Look("a", first=11)),
        (Key.PAGE_UP, Look("a", first=0)),
        (Key.PAGE_DOWN, Look("a", first=22)),
        (Key.HOME, Look("a", first=0)),
        (Key.END, Look("a", first=LAST)),
        ("x", Look("a", first=10)),
    ],
)
def test_what_a_key_changes(key: str, expected: Look) -> None:
    assert press(Look("a", first=10), key, page=12) == expected


# ------------------------------------------------------------------ events


SENT = (
    b"retry: 2000\n\nevent: state\nid: x-1\ndata: {}\n\n"
    b": a comment\n\nevent: beat\r\ndata: 1\r\ndata:2\r\n\r\nid: 9\n\n"
)
EVENTS = [Event("state", "x-1", b"{}"), Event("beat", "", b"1\n2")]


@given(st.lists(st.integers(0, len(SENT)), max_size=12))
def test_events_are_the_same_however_their_bytes_are_cut(places: list[int]) -> None:
    cuts = [0, *sorted(places), len(SENT)]
    reader = EventReader()
    found = [event for start, end in pairwise(cuts) for event in reader.feed(SENT[start:end])]
    assert found == EVENTS


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_an_event_without_end_is_not_held(end: bytes) -> None:
    reader = EventReader()
    half = b"data: " + b"x" * (LONGEST // 2) + end
    assert list(reader.feed(half)) == []
    with pytest.raises(ValueError, match="without end"):
        list(reader.feed(half))
