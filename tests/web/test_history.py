"""The last hours in memory: one point every half minute, bounded, null where nothing is known."""

from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from builders import T0, agents, channel_report, later, report, row, team_report
from web.behind import Behind

from monitor.model import Channel, Status, TeamReport
from monitor.web.history import MINUTES, RESOLUTION, History, HistoryView
from monitor.web.views import team_view

BLIND = {"sources": {"a": False}, "complete": False}


def remember(history: History, *teams: TeamReport, after: float) -> None:
    history.record(later(after), map(team_view, teams))


def told(history: History, team: str | None = None, channel: Channel | None = None, minutes: float = 60) -> HistoryView:
    return history.cut(team, channel, minutes).told()


POINTS = [
    row("known", {}, {}, (Status.OK, False, 1, 3, 0.0)),
    row(
        "known, and nobody",
        {"status": Status.UNSTAFFED, "agents": agents(), "free": 0, "occupancy": None},
        {},
        (Status.UNSTAFFED, False, 0, 0, None),
    ),
    row("nothing known", {"status": Status.UNKNOWN}, BLIND, (Status.UNKNOWN, True, None, None, None)),
    row(
        "floors",
        {"agents": agents(idle=2), "free": 0, "occupancy": None},
        {"sources": {"a": True, "b": False}, "complete": False},
        (Status.OK, True, 2, None, None),
    ),
]


@pytest.mark.parametrize(("channel", "fields", "expected"), POINTS)
def test_a_point_is_what_was_published(channel: dict[str, Any], fields: dict[str, Any], expected: tuple[Any, ...]):
    history = History(T0.wall)
    remember(history, team_report("t", channel_report(**channel), **fields), after=0)
    (series,) = told(history).series
    (point,) = series.points
    assert (series.team, series.channel, point.at) == ("t", Channel.CHAT, T0.wall)
    assert (point.status, point.is_floor, point.available, point.free_slots, point.occupancy) == expected


def test_one_point_is_due_in_each_half_minute():
    history = History(T0.wall)
    taken = []
    for second in range(0, 95, 5):
        if history.is_due(later(second)):
            remember(history, team_report("t"), after=second)
            taken.append(second)
    assert taken == [0, 10, 40, 70]  # elapsed time is at 20 s of a half minute to begin with


def test_it_reaches_back_four_hours_and_no_further():
    history = History(T0.wall)
    points = int(MINUTES * 60 / RESOLUTION)
    for number in range(points + 50):
        remember(history, team_report("t", channel_report(free=number)), after=number * RESOLUTION)
    (series,) = told(history, minutes=10_000).series
    assert len(series.points) == points
    assert [series.points[0].free_slots, series.points[-1].free_slots] == [50, points + 49]
    assert told(history).minutes_kept == MINUTES


def test_minutes_are_counted_back_from_the_newest_point():
    history = History(T0.wall)
    for number in range(10):
        remember(history, team_report("t"), after=number * RESOLUTION)
    (series,) = told(history, minutes=1).series
    assert [point.at for point in series.points] == [later(210).wall, later(240).wall, later(270).wall]


def test_with_very_many_teams_it_reaches_back_less_far():
    history = History(T0.wall, points_of_all=100)
    teams = [team_report(f"team-{number}") for number in range(20)]
    for number in range(9):
        remember(history, *teams, after=number * RESOLUTION)
    found = told(history)
    assert {len(series.points) for series in found.series} == {5}
    assert found.minutes_kept == 5 * RESOLUTION / 60


def test_a_team_that_came_later_has_no_points_before_and_one_that_went_has_none():
    history = History(T0.wall)
    remember(history, team_report("old"), after=0)
    remember(history, team_report("old"), team_report("new"), after=30)
    remember(history, team_report("new"), after=60)
    assert [(series.team, [point.at for point in series.points]) for series in told(history).series] == [
        ("new", [later(30).wall, later(60).wall])
    ]


@pytest.mark.parametrize(
    ("team", "channel", "expected"),
    [
        (None, None, [("a", "chat"), ("a", "call"), ("b", "chat")]),
        ("a", None, [("a", "chat"), ("a", "call")]),
        (None, Channel.CHAT, [("a", "chat"), ("b", "chat")]),
        ("b", Channel.CALL, []),
    ],
)
def test_it_can_be_asked_for_a_part(team: str | None, channel: Channel | None, expected: list[tuple[str, str]]):
    history = History(T0.wall)
    both = team_report("a", channel_report(), channel_report(channel=Channel.CALL))
    remember(history, both, team_report("b"), after=0)
    assert [(series.team, series.channel) for series in told(history, team, channel).series] == expected


def test_an_empty_one_says_since_when_it_is_one():
    found = told(History(T0.wall))
    assert (found.begun_at, found.series) == (T0.wall, ())


async def test_it_is_fed_at_publication_and_asked_over_http(client: TestClient, behind: Behind):
    for second, free in ((0, 1), (1, 2), (40, 3)):
        behind.publish(report(team_report("t", channel_report(free=free)), at=later(second)))
    found = msgspec.convert(
        await (await client.get("/api/v1/history?team=t&channel=chat&minutes=5")).json(), HistoryView
    )
    (series,) = found.series
    assert [(point.at, point.free_slots) for point in series.points] == [(later(0).wall, 1), (later(40).wall, 3)]
    assert (found.begun_at, found.resolution) == (T0.wall, RESOLUTION)
