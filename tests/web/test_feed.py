"""What stands behind the stream: made only while somebody asks, encoded once, and never more than a bound."""

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import pytest
from builders import channel_report, later, report, source_report, team_report

from monitor.model import Report, TeamReport
from monitor.web import feed as feed_module
from monitor.web.feed import BYTES_KEPT, CHANGES_KEPT, WOKEN_AT_ONCE, Feed, Published
from monitor.web.views import Pace, TeamView


class Newsroom:
    """A feed, and what it is made of."""

    def __init__(self) -> None:
        self.report = report(team_report("sales"), source_report("a"))
        self.paces: dict[str, Pace] = {}
        self.feed = Feed(
            Published(report=lambda: self.report, paces=lambda: self.paces, problems=lambda: (), version="1")
        )

    def publish(self, found: Report) -> None:
        self.report = found
        self.feed.state()


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names of teams of which a view was made."""
    names: list[str] = []

    def team_view(team: TeamReport) -> TeamView:
        names.append(team.name)
        return original(team)

    original = feed_module.team_view
    monkeypatch.setattr(feed_module, "team_view", team_view)
    return names


def test_nothing_is_made_before_somebody_asks(newsroom: Newsroom, made: list[str]):
    newsroom.feed.wake()
    assert made == []
    newsroom.feed.state()
    newsroom.feed.state()
    assert made == ["sales"]


def test_a_team_whose_report_is_the_same_is_not_looked_at_again(newsroom: Newsroom, made: list[str]):
    sales, phone = team_report("sales"), team_report("phone")
    newsroom.publish(report(sales, phone))
    newsroom.publish(report(sales, team_report("phone", channel_report(free=9)), at=later(1)))
    assert made == ["sales", "phone", "phone"]


def test_all_readers_get_the_same_bytes(newsroom: Newsroom):
    whole = newsroom.feed.after(None)
    assert whole is not None
    assert newsroom.feed.after(None) is whole
    newsroom.publish(report(team_report("sales", channel_report(free=9)), source_report("a")))
    assert newsroom.feed.after(whole.number) is newsroom.feed.after(whole.number)


def test_publications_that_nobody_looked_at_are_one_change(newsroom: Newsroom):
    whole = newsroom.feed.after(None)
    assert whole is not None
    for free in (5, 6, 7):
        newsroom.report = report(team_report("sales", channel_report(free=free)), source_report("a"))
    change = newsroom.feed.after(whole.number)
    assert change is not None
    assert change.number == whole.number + 1
    assert b'"free_slots":7' in change.body
    assert newsroom.feed.after(change.number) is None


def test_a_source_is_new_where_its_pace_is(newsroom: Newsroom):
    whole = newsroom.feed.after(None)
    assert whole is not None
    newsroom.paces = {"a": Pace(5.0, 3)}
    newsroom.report = report(*newsroom.report.teams, *newsroom.report.sources)
    change = newsroom.feed.after(whole.number)
    assert change is not None
    assert b'"next_poll_at":5.0' in change.body
    assert b'"teams":[]' in change.body


def test_changes_are_kept_up_to_a_number(newsroom: Newsroom):
    whole = newsroom.feed.after(None)
    assert whole is not None
    for free in range(CHANGES_KEPT + 1):
        newsroom.publish(report(team_report("sales", channel_report(free=free + 10))))
    oldest = newsroom.feed.after(whole.number + 1)
    assert oldest is not None
    assert oldest.body.startswith(b"event: change")
    too_old = newsroom.feed.after(whole.number)
    assert too_old is not None
    assert too_old.body.startswith(b"event: state")


def test_changes_are_kept_up_to_a_size(newsroom: Newsroom):
    newsroom.feed.state()
    for free in range(6):
        newsroom.publish(report(*(team_report(f"team-{number}", channel_report(free=free)) for number in range(500))))
    kept = [event for number in range(6) if (event := newsroom.feed.after(number)) and b"event: change" in event.body]
    assert kept
    assert sum(len(event.body) for event in kept) <= BYTES_KEPT


def test_a_change_that_is_larger_than_all_that_is_kept_is_told_as_the_state(newsroom: Newsroom):
    newsroom.feed.state()
    newsroom.publish(report(*(team_report(f"team-{number}") for number in range(3000))))
    event = newsroom.feed.after(0)
    assert event is not None
    assert event.body.startswith(b"event: state")
    assert newsroom.feed.after(event.number) is None


async def test_readers_are_woken_a_few_at_a_time_so_that_others_get_their_turn(newsroom: Newsroom):
    readers = 10 * WOKEN_AT_ONCE
    awake: list[int] = []
    turns: list[int] = []

    async def reader(number: int) -> None:
        await newsroom.feed.news()
        awake.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(readers):
            tasks.create_task(reader(number))
        await asyncio.sleep(0)
        newsroom.feed.wake()
        while len(awake) < readers:
            turns.append(len(awake))
            await asyncio.sleep(0)
            newsroom.feed.wake()  # what comes meanwhile neither doubles nor delays
    assert awake == list(range(readers))
    assert len(turns) >= 10
    assert max(after - before for before, after in pairwise(turns)) <= WOKEN_AT_ONCE


async def test_a_reader_who_gave_up_waiting_is_not_kept(newsroom: Newsroom):
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await newsroom.feed.news()
    assert newsroom.feed._waiting == {}
