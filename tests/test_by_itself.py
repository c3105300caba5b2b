"""The page changes by itself, without a new poll, at most a second after the moment: expiry, opening, closing, clocks.

The real loop of a running monitor, in time that leaps; its pollers are never started.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hastyloop import LoopClock, run

from monitor.app import PUBLISH_AT_LEAST_EVERY, Monitor
from monitor.config import parse
from monitor.exporter.exposition import Format
from monitor.model import Account, Channel, PollKind, PollOutcome, Presence, Reading, Snapshot
from monitor.pollers.transport import Transport

MAX_AGE = 3000
CONFIG = f"""
sources:
  - {{name: cob, vendor: cobrowser, user: u, api_key: {{env: UNUSED}}, poll: {{max_age: {MAX_AGE}s}}}}
teams:
  - {{name: always, members: [{{source: cob}}]}}
  - {{name: morning, members: [{{source: cob}}], hours: {{open: "Mo-Su 08:00-12:00", timezone: UTC}}}}
  - {{name: evening, members: [{{source: cob}}], hours: {{open: "Mo-Su 12:00-20:00", timezone: UTC}}}}
  - {{name: strict, members: [{{source: cob}}], inactive: {{after: 20m, count_as: away}}}}
"""
WALL = datetime(2026, 7, 8, 11, 45, tzinfo=UTC).timestamp()
NOON = 900.0
"""Seconds until noon."""


class Shown(NamedTuple):
    """What the page said from a moment on."""

    at: float
    statuses: dict[str, str]


class Running:
    """A monitor that publishes by itself, and what its page said each time that it was swapped."""

    def __init__(self) -> None:
        self.clock = LoopClock(WALL)
        self.shown: list[Shown] = []
        self.monitor = Monitor(parse(CONFIG, filename="f.yml", base=Path()), Transport(self.clock), self.clock)
        self._publish = self.monitor.publish
        self.monitor.publish = self.publish  # type: ignore[method-assign]

    def publish(self) -> None:
        self._publish()
        self.shown.append(Shown(asyncio.get_running_loop().time(), statuses(self.monitor)))

    def poll(self) -> None:
        now = self.clock.now()
        jane = Reading("1", Channel.CHAT, frozenset(), Presence.CONNECTED, accepting=True, used=1, free=2)
        found = Snapshot("cob", now, {"1": Account("1")}, (jane,))
        for kind, snapshot in ((PollKind.ROSTER, None), (PollKind.LIVE, found)):
            self.monitor.receive(PollOutcome("cob", kind, now, duration=0.1, interval=1.0, snapshot=snapshot))

    def first(self, team: str, status: str) -> float:
        """When the page first said so."""
        return next(shown.at for shown in self.shown if shown.statuses[team] == status)


def statuses(monitor: Monitor) -> dict[str, str]:
    """By team, read off the page as a scrape gets it."""
    found = {}
    for line in monitor.page.bytes_of(Format.TEXT).decode().splitlines():
        if line.startswith("agentmon_team_status{") and line.endswith(" 1"):
            team, status = line.split('"')[1], line.split('"')[5]
            found[team] = status
    return found


def watched(seconds: float, *, at: float = 0.0, happens: Callable[[Running], None] = lambda _: None) -> Running:
    """A monitor that was polled once, at 0, and then for so long left alone; something `happens` to it meanwhile."""

    async def main() -> Running:
        running = Running()
        tasks = [
            asyncio.create_task(running.monitor._publish_on_change()),
            asyncio.create_task(running.monitor._watch()),
        ]
        running.poll()
        await asyncio.sleep(at)
        happens(running)
        await asyncio.sleep(seconds - at)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        return running

    return run(main())


@pytest.fixture(scope="module")
def hour() -> Running:
    """An hour in which nothing is heard."""
    return watched(3600)


@pytest.mark.parametrize(
    ("team", "status", "moment"),
    [
        pytest.param("always", "unknown", MAX_AGE, id="expiry"),
        pytest.param("evening", "ok", NOON, id="opening"),
        pytest.param("morning", "closed", NOON, id="closing"),
        pytest.param("strict", "unstaffed", 20 * 60, id="somebody has done nothing for too long"),
    ],
)
def test_the_page_changes_by_itself_at_most_a_second_late(hour: Running, team: str, status: str, moment: float):
    assert moment <= hour.first(team, status) <= moment + 1


def test_each_status_is_shown_once_and_in_its_turn(hour: Running):
    turns = {team: list(dict.fromkeys(shown.statuses[team] for shown in hour.shown)) for team in hour.shown[0].statuses}
    assert turns == {
        "always": ["ok", "unknown"],
        "morning": [
            "ok",
            "closed",
        ],
        "evening": ["closed", "ok", "unknown"],
        "strict": ["ok", "unstaffed", "unknown"],
    }


def test_the_page_is_renewed_every_five_seconds_and_hardly_more_often(hour: Running):
    gaps = [after.at - before.at for before, after in pairwise(hour.shown)]
    assert max(gaps) <= PUBLISH_AT_LEAST_EVERY + 0.01
    assert len(hour.shown) <= 3600 / PUBLISH_AT_LEAST_EVERY + 10


def suspend(running: Running) -> None:
    """Two hours in which the loop's own time stands still."""
    running.clock.wall += 7200
    running.clock.elapsed += 7200


def step(running: Running) -> None:
    running.clock.wall += 1800


def test_after_a_suspend_the_page_is_right_within_a_second():
    running = watched(200, at=100, happens=suspend)
    for team, status in (("always", "unknown"), ("evening", "unknown"), ("morning", "closed")):
        assert 100 <= running.first(team, status) <= 101


def test_after_a_step_of_the_wall_clock_the_page_is_right_within_a_second():
    running = watched(200, at=100, happens=step)
    assert 100 <= running.first("evening", "ok") <= 101
    assert {shown.statuses["always"] for shown in running.shown} == {"ok"}


def test_what_a_poll_tells_is_shown_at_once():
    back = MAX_AGE + 500
    running = watched(back + 10, at=back, happens=Running.poll)
    shown_again = next(shown.at for shown in running.shown if shown.at >= back and shown.statuses["always"] == "ok")
    assert shown_again == pytest.approx(back, abs=0.01)
