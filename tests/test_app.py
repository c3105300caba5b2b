"""The composition, with time handed in: what is published when, without a vendor and without waiting."""

import asyncio
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.app import LATE, PUBLISH_AT_LEAST_EVERY, Monitor, has_moved
from monitor.clock import Now
from monitor.config import Config, parse
from monitor.exporter.exposition import Format
from monitor.model import Account, Channel, PollKind, PollOutcome, Presence, Reading, Snapshot
from monitor.pollers.transport import Transport
from monitor.service import CrashError, serve
from monitor.web.views import Pace

CONFIGURATION = """
sources:
  - {name: cob, vendor: cobrowser, user: u, api_key: {env: UNUSED}, poll: {interval: 1s, timeout: 1s, max_age: 4s}}
  - {name: iad, vendor: iadvize, url: "http://127.0.0.1", api_key: {env: UNUSED}, hook: {secret: s3cret}}
teams:
  - {name: all, members: [{source: cob}]}
  - {name: typo, members: [{source: cob, agents: [jnae]}]}
"""


def config(more: str = "") -> Config:
    return parse(CONFIGURATION + more, filename="f.yml", base=Path())


CONFIG = config()


class HandClock:
    def __init__(self) -> None:
        self.time = Now(1_790_000_000.0, 50.0)

    def now(self) -> Now:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time = Now(self.time.wall + seconds, self.time.elapsed + seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def monitor(clock: HandClock) -> Monitor:
    return Monitor(CONFIG, Transport(clock), clock)


def roster(clock: HandClock) -> PollOutcome:
    return PollOutcome(source="cob", kind=PollKind.ROSTER, sent_at=clock.now(), duration=0.1, interval=1.0)


def live(clock: HandClock) -> PollOutcome:
    jane = Reading("1", Channel.CHAT, frozenset(), Presence.CONNECTED, accepting=True, used=1, free=2)
    snapshot = Snapshot("cob", clock.now(), {"1": Account("1", username="jane")}, (jane,))
    return PollOutcome(
        source="cob", kind=PollKind.LIVE, sent_at=clock.now(), duration=0.1, interval=1.0, snapshot=snapshot
    )


def line(monitor: Monitor, start: str) -> list[str]:
    text = monitor.page.bytes_of(Format.TEXT).decode()
    return [line for line in text.splitlines() if line.startswith(start)]


AVAILABLE = 'agentmon_team_available_agents{team="all",channel="chat"}'


def test_a_page_stands_ready_before_the_first_poll(monitor: Monitor) -> None:
    assert line(monitor, 'agentmon_source_up{source="cob"}') == ['agentmon_source_up{source="cob"} 0']
    assert line(monitor, AVAILABLE) == []
    assert monitor.waiting() == ["cob", "iad"]


def test_what_a_poll_told_is_published_and_disappears_when_it_is_too_old(monitor: Monitor, clock: HandClock) -> None:
    monitor.receive(roster(clock))
    monitor.receive(live(clock))
    monitor.publish()
    assert line(monitor, AVAILABLE) == [AVAILABLE + " 1"]
    assert monitor.waiting() == ["iad"]

    clock.advance(4.0)
    monitor.publish()
    assert line(monitor, AVAILABLE) == [AVAILABLE + " 1"]

    clock.advance(0.01)
    monitor.publish()
    assert line(monitor, AVAILABLE) == []


def test_the_page_is_renewed_when_data_expires_and_every_five_seconds(monitor: Monitor, clock: HandClock) -> None:
    assert monitor.until_next_publication() == PUBLISH_AT_LEAST_EVERY
    monitor.receive(roster(clock))
    monitor.receive(live(clock))
    monitor.publish()
    clock.advance(3.0)
    assert monitor.until_next_publication() == pytest.approx(1.0, abs=0.02)
    clock.advance(2.0)
    monitor.publish()
    assert monitor.until_next_publication() == PUBLISH_AT_LEAST_EVERY


def test_a_selector_that_matches_nobody_is_logged_once(monitor: Monitor, clock: HandClock) -> None:
    monitor.receive(roster(clock))
    monitor.receive(live(clock))
    with capture_logs() as logs:
        monitor.publish()
        monitor.publish()
    assert [entry["event"] for entry in logs] == ["problem"]
    assert "team typo" in logs[0]["text"]


@pytest.mark.parametrize(
    ("wall", "elapsed", "ticked", "moved"),
    [
        pytest.param(0.25, 0.25, 0.25, False, id="time goes on"),
        pytest.param(3.0, 3.0, 3.0, False, id="a blocked loop is no step"),
        pytest.param(3600.0, 0.25, 0.25, True, id="the wall clock is stepped forward"),
        pytest.param(-3600.0, 0.25, 0.25, True, id="the wall clock is stepped back"),
        pytest.param(28800.0, 28800.0, 0.25, True, id="a night in suspend"),
        pytest.param(0.9, 0.25, 0.25, False, id="a correction of less than a second"),
    ],
)
def test_clock_steps_and_suspends_are_told_from_time_that_goes_on(
    *, wall: float, elapsed: float, ticked: float, moved: bool
) -> None:
    assert has_moved(Now(1000.0, 50.0), Now(1000.0 + wall, 50.0 + elapsed), ticked) is moved


@pytest.mark.parametrize(
    ("source", "secret", "heard"),
    [
        ("iad", "s3cret", True),
        ("iad", "S3cret", False),
        ("iad", "", False),
        ("iad", "s3crét", False),
        ("iad", "\udcff\udcfe", False),
        ("cob", "s3cret", False),
        ("nobody", "s3cret", False),
    ],
)
def test_a_hint_is_heard_from_who_knows_the_secret_of_the_hook(
    *, monitor: Monitor, source: str, secret: str, heard: bool
) -> None:
    assert monitor.fleet.hint(source, secret) is heard


async def test_followers_hear_of_each_publication_in_the_event_loop(monitor: Monitor, clock: HandClock) -> None:
    heard: asyncio.Queue[tuple[int, threading.Thread]] = asyncio.Queue()
    monitor.follow(lambda: heard.put_nowait((monitor.report.sources[0].polls, threading.current_thread())))
    publishing = asyncio.create_task(monitor._publish_on_change())
    for polls in (1, 2):
        monitor.receive(live(clock))
        async with asyncio.timeout(5):
            assert await heard.get() == (polls, threading.main_thread())
    publishing.cancel()


async def test_tasks_of_the_loop_are_counted_at_each_publication(monitor: Monitor, clock: HandClock) -> None:
    assert line(monitor, "agentmon_event_loop_tasks ") == []
    published = asyncio.Event()
    monitor.follow(published.set)
    tasks = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(7)]
    publishing = asyncio.create_task(monitor._publish_on_change())
    monitor.receive(live(clock))
    async with asyncio.timeout(5):
        await published.wait()
    assert line(monitor, "agentmon_event_loop_tasks ") == [f"agentmon_event_loop_tasks {len(asyncio.all_tasks())}"]
    for task in (publishing, *tasks):
        task.cancel()


async def test_who_is_counted_is_told_as_privacy_allows(monitor: Monitor, clock: HandClock) -> None:
    monitor.receive(roster(clock))
    monitor.receive(live(clock))
    monitor.publish()
    (jane,) = monitor.register().people
    assert jane.name.startswith("agent-")
    assert (jane.channels[0].used, jane.channels[0].teams) == (1, ("all",))


async def test_the_pace_of_each_source_is_told_once_it_is_polled(monitor: Monitor) -> None:
    assert monitor.fleet.paces == {"cob": Pace(None, 0), "iad": Pace(None, 0)}
    monitor.fleet.start()
    paces = monitor.fleet.paces
    await monitor.fleet.schedule.stop(0)
    assert all(pace.next_poll_at == pytest.approx(time.time(), abs=3) for pace in paces.values())


def test_a_service_that_publishes_nothing_any_more_is_not_alive(monitor: Monitor, clock: HandClock) -> None:
    clock.advance(LATE)
    assert monitor.is_alive()
    clock.advance(0.01)
    assert not monitor.is_alive()
    monitor.publish()
    assert monitor.is_alive()


def test_the_status_line_counts_sources_and_teams(monitor: Monitor, clock: HandClock) -> None:
    assert monitor.status() == "0 of 2 sources fresh, 2 teams"
    monitor.receive(roster(clock))
    monitor.receive(live(clock))
    monitor.publish()
    assert monitor.status() == "1 of 2 sources fresh, 2 teams"


async def test_our_own_mistake_is_logged_and_ends_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_self: Monitor) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("monitor.service.handle_stop", lambda _stop: None)
    monkeypatch.setattr(Monitor, "_watch", broken)
    with capture_logs() as logs, pytest.raises(CrashError):
        await serve(CONFIG, [("127.0.0.1", 0)])
    assert [entry["event"] for entry in logs if entry["log_level"] == "critical"] == ["crashed"]


def monitor_with(more: str, clock: HandClock) -> Monitor:
    return Monitor(config(more), Transport(clock), clock)


async def test_series_of_single_agents_are_told_as_the_configuration_wants(clock: HandClock) -> None:
    for wish, series in (("off", 0), ("pseudonym", 1), ("named", 1)):
        monitor = monitor_with(f"privacy: {{agent_series: '{wish}'}}\n", clock)
        monitor.receive(roster(clock))
        monitor.receive(live(clock))
        monitor.publish()
        told = line(monitor, "agentmon_agent_state{")
        assert len(told) == series
        assert ('agent="1"' in "".join(told)) == (wish == "named")
        assert len(line(monitor, "agentmon_agent_info{")) == (wish == "named")


@pytest.mark.parametrize(
    ("wish", "limit", "words", "left_out"),
    [
        ("named", 1000, (), 0),
        ("off", 1, ("more series than web.max_series allows (1)",), 0),
        ("named", 1, ("more series than", "leaves no room for agentmon_agent_state"), 3),
    ],
)
async def test_a_reached_limit_of_series_is_said_once_and_kept_as_a_problem(
    clock: HandClock, wish: str, limit: int, words: tuple[str, ...], left_out: int
) -> None:
    with capture_logs() as logs:
        monitor = monitor_with(f"privacy: {{agent_series: '{wish}'}}\nweb: {{max_series: {limit}}}\n", clock)
        monitor.receive(roster(clock))
        monitor.receive(live(clock))
        monitor.publish()
        monitor.publish()
    said = [entry["text"] for entry in logs if "series" in entry.get("text", "")]
    assert [word in text for word, text in zip(words, said, strict=True)] == [True] * len(words)
    assert line(monitor, "agentmon_series_limit ") == [f"agentmon_series_limit {limit}"]
    assert line(monitor, "agentmon_families_left_out ") == [f"agentmon_families_left_out {left_out}"]
    assert list(monitor.series_problems()) == said[-1:]
