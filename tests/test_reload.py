"""Another configuration takes over: what it leaves as it was goes on, what it takes away is gone at once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from builders import row
from structlog.testing import capture_logs

from monitor.app import Monitor
from monitor.clock import Now
from monitor.config import Config, ConfigError, parse
from monitor.exporter.exposition import Format
from monitor.model import Account, Channel, PollKind, PollOutcome, Presence, Reading, Snapshot
from monitor.pollers.transport import Transport
from monitor.reload import LOOK_EVERY, Reloader, watch
from monitor.systemd import Notifier

COB = "{name: cob, vendor: cobrowser, user: u, api_key: {env: UNUSED}}"
IAD = '{name: iad, vendor: iadvize, url: "http://127.0.0.1", api_key: {env: UNUSED}}'
ALL = "{name: all, members: [{source: cob}]}"
SALES = "{name: sales, members: [{source: cob, agents: [jane]}]}"


def config(sources: str = f"{COB}, {IAD}", teams: str = f"{ALL}, {SALES}", more: str = "") -> Config:
    return parse(f"sources: [{sources}]\nteams: [{teams}]\n{more}", filename="f.yml", base=Path())


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
    """Both sources have answered: jane is there in `cob`."""
    monitor = Monitor(config(), Transport(clock), clock)
    for source in ("cob", "iad"):
        told(monitor, clock, source)
    monitor.publish()
    return monitor


def told(monitor: Monitor, clock: HandClock, source: str) -> None:
    jane = Reading("1", Channel.CHAT, frozenset(), Presence.CONNECTED, accepting=True, used=1, free=2)
    snapshot = Snapshot(source, clock.now(), {"1": Account("1", username="jane")}, (jane,))
    monitor.receive(PollOutcome(source, PollKind.ROSTER, clock.now(), duration=0.1, interval=15.0))
    monitor.receive(PollOutcome(source, PollKind.LIVE, clock.now(), duration=0.1, interval=15.0, snapshot=snapshot))


def adopt(monitor: Monitor, clock: HandClock, wanted: Config) -> None:
    clock.advance(1.0)
    monitor.adopt(wanted)
    monitor.publish()


def lines(monitor: Monitor, start: str, *parts: str) -> list[str]:
    text = monitor.page.bytes_of(Format.TEXT).decode()
    return [line for line in text.splitlines() if line.startswith(start) and all(part in line for part in parts)]


def value(monitor: Monitor, series: str) -> float | None:
    found = lines(monitor, series + " ")
    return float(found[0].rsplit(" ", 1)[1]) if found else None


AVAILABLE = 'agentmon_team_available_agents{team="all",channel="chat"}'
POLLS = 'agentmon_source_polls_total{source="cob"}'
COUNTED = 'agentmon_team_agent_seconds_total{team="all",channel="chat",state="partial"}'

CARRIED = [
    # what changes                         the sources after it                                data of cob   its polls
    row("nothing", f"{COB}, {IAD}", 1.0, 1.0),
    row("the order", f"{IAD}, {COB}", 1.0, 1.0),
    row("another source is gone", COB, 1.0, 1.0),
    row("only the pace", COB.replace("}}", "}, poll: {interval: 20s}}"), 1.0, 1.0),
    row("another user, so perhaps another account", COB.replace("user: u", "user: v"), None, 0.0),
    row("another address", COB.replace("user: u", 'user: u, url: "http://127.0.0.1:1"'), None, 0.0),
    row("another vendor under the name", IAD.replace("name: iad", "name: cob"), None, 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("sources", "available", "polls"), CARRIED)
def test_what_a_source_keeps(
    monitor: Monitor, clock: HandClock, sources: str, available: float | None, polls: float
) -> None:
    adopt(monitor, clock, config(sources))
    assert (value(monitor, AVAILABLE), value(monitor, POLLS)) == (available, polls)


def test_another_pace_is_in_force_at_once(monitor: Monitor, clock: HandClock) -> None:
    adopt(monitor, clock, config(COB.replace("}}", "}, poll: {interval: 20s, max_age: 30s}}")))
    assert value(monitor, 'agentmon_source_poll_interval_seconds{source="cob"}') == 20.0
    clock.advance(29.0)
    monitor.publish()
    assert value(monitor, AVAILABLE) == 1.0
    clock.advance(0.5)
    monitor.publish()
    assert value(monitor, AVAILABLE) is None, "data of before expires as the new configuration wants it"


def test_whatever_is_gone_leaves_the_page_at_once_and_counters_of_the_rest_go_on(
    monitor: Monitor, clock: HandClock
) -> None:
    clock.advance(9.0)
    adopt(monitor, clock, config(COB, ALL))
    assert lines(monitor, "agentmon_", 'team="sales"') == []
    assert lines(monitor, "agentmon_", 'source="iad"') == []
    assert value(monitor, COUNTED) == 10.0


def test_a_team_that_comes_back_starts_again_at_0(monitor: Monitor, clock: HandClock) -> None:
    adopt(monitor, clock, config(teams=SALES))
    adopt(monitor, clock, config())
    assert value(monitor, COUNTED) == 0.0


def test_a_new_team_counts_from_now_on_and_no_status_is_a_change(monitor: Monitor, clock: HandClock) -> None:
    adopt(monitor, clock, config(teams=f"{ALL.replace('members', 'targets: {available_agents: 5}, members')}, {SALES}"))
    assert value(monitor, 'agentmon_team_status{team="all",channel="chat",status="tight"}') == 1.0
    changes = lines(monitor, "agentmon_team_status_changes_total{")
    assert changes
    assert {line.rsplit(" ", 1)[1] for line in changes} == {"0"}


def test_an_answer_from_before_a_reload_never_counts_for_what_took_its_name(monitor: Monitor, clock: HandClock) -> None:
    told(monitor, clock, "cob")  # arrived, not published yet
    adopt(monitor, clock, config(COB.replace("user: u", "user: v")))
    assert (value(monitor, AVAILABLE), value(monitor, POLLS)) == (None, 0.0)


def test_pseudonyms_without_a_key_outlive_a_reload(monitor: Monitor, clock: HandClock) -> None:
    wanted = config(more="privacy: {agent_series: pseudonym}\n")
    adopt(monitor, clock, wanted)
    before = lines(monitor, "agentmon_agent_state{")
    adopt(monitor, clock, config(more="privacy: {agent_series: pseudonym}\nweb: {max_series: 40000}\n"))
    assert before
    assert lines(monitor, "agentmon_agent_state{") == before


def test_the_page_tells_whether_the_last_attempt_succeeded(monitor: Monitor, clock: HandClock) -> None:
    loaded = value(monitor, "agentmon_config_last_reload_success_timestamp_seconds")
    clock.advance(1.0)
    monitor.refuse(["f.yml:1:1: wrong"])
    monitor.publish()
    assert value(monitor, "agentmon_config_last_reload_successful") == 0.0
    assert value(monitor, "agentmon_config_last_reload_success_timestamp_seconds") == loaded
    assert monitor.problems() == (
        "the new configuration was refused for one problem; the log and agentmon check tell which",
    )
    monitor.refuse(["f.yml:1:1: wrong", "f.yml:2:1: another person is named 'Jane' already"])
    assert "2 problems" in monitor.problems()[0]
    assert "Jane" not in monitor.problems()[0]  # whoever may read the page need not be allowed to know them
    adopt(monitor, clock, config())
    assert value(monitor, "agentmon_config_last_reload_successful") == 1.0
    assert value(monitor, "agentmon_config_last_reload_success_timestamp_seconds") == clock.now().wall
    assert monitor.problems() == ()


# ------------------------------------------------------------------ reading again


WARNED = config(COB.replace("{env: UNUSED}", "plain"))
"""In force before; it gives reason for a warning."""


class Room:
    """What a reloader hands on."""

    def __init__(self) -> None:
        self.adopted: list[Config] = []
        self.refused: list[str] = []


@pytest.fixture
def room() -> Room:
    return Room()


def reloader(room: Room, load: Callable[[], Config]) -> Reloader:
    return Reloader(WARNED, load, room.adopted.append, room.refused.extend, Notifier())


async def test_a_good_file_is_adopted(room: Room) -> None:
    with capture_logs() as logs:
        assert await reloader(room, config).reload("SIGHUP") == ()
    assert (len(room.adopted), room.refused) == (1, [])
    assert [(entry["event"], entry["cause"]) for entry in logs if "cause" in entry] == [("reloaded", "SIGHUP")]


async def test_a_warning_is_said_again_only_where_it_is_new(room: Room) -> None:
    twice = config(f"{COB.replace('{env: UNUSED}', 'plain')}, {IAD.replace('{env: UNUSED}', 'plain')}")
    with capture_logs() as logs:
        await reloader(room, lambda: twice).reload("SIGHUP")
    assert [entry["place"] for entry in logs if entry["event"] == "config_warning"] == [
        "sources[1].name",
        "sources[1].api_key",
    ]


async def test_a_bad_file_is_refused_with_every_mistake_and_its_place(room: Room) -> None:
    with capture_logs() as logs:
        problems = await reloader(room, lambda: config(teams="{name: all, members: [{source: typo}], oops: 1}")).reload(
            "SIGHUP"
        )
    assert (room.adopted, room.refused) == ([], list(problems))
    assert len(problems) == 2
    assert all(problem.startswith("f.yml:2:") for problem in problems)
    told = [entry["text"] for entry in logs if entry["event"] == "config_problem"]
    assert told == list(problems)


async def test_our_own_mistake_leaves_what_is_in_force(room: Room) -> None:
    def broken() -> Config:
        raise RuntimeError("not for the operator")

    with capture_logs() as logs:
        assert await reloader(room, broken).reload("SIGHUP") == ("an error inside agentmon: RuntimeError",)
    assert (room.adopted, len(room.refused)) == ([], 1)
    assert "reload_crashed" in [entry["event"] for entry in logs]


async def test_a_configuration_that_cannot_be_read_is_refused(room: Room) -> None:
    def gone() -> Config:
        raise ConfigError("f.yml", [])

    await reloader(room, gone).reload("SIGHUP")
    assert room.adopted == []


class Steps:
    """A sleep that lets the test act between two looks, and ends the watch after the last step."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self._steps = list(steps)

    async def __call__(self, seconds: float) -> None:
        assert seconds == LOOK_EVERY
        if not self._steps:
            raise asyncio.CancelledError
        self._steps.pop(0)()


def nothing() -> None:
    """Happens between two looks."""


async def looks(file: Path, *steps: Callable[[], object]) -> int:
    """How often the change of a file was told."""
    heard = 0

    def on_change() -> Awaitable[None]:
        nonlocal heard
        heard += 1
        return asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        await watch(lambda: [file], on_change, Steps(*steps))
    return heard


async def test_a_watched_file_is_read_when_it_rests(tmp_path: Path) -> None:
    file = tmp_path / "monitor.yml"
    file.write_text("a", encoding="utf-8")

    def write(text: str) -> Callable[[], object]:
        return lambda: file.write_text(text, encoding="utf-8")

    assert await looks(file, nothing, nothing, nothing) == 0
    assert await looks(file, write("half"), write("half of it"), write("half of it, and the rest")) == 0
    assert await looks(file, write("whole"), nothing, nothing, nothing) == 1
    assert await looks(file, file.unlink, nothing, write("back again"), nothing, nothing) == 1


async def test_a_file_that_was_away_is_read_again_even_as_it_was(tmp_path: Path) -> None:
    """Meanwhile a signal may have been answered with a refusal."""
    file, elsewhere = tmp_path / "monitor.yml", tmp_path / "elsewhere"
    file.write_text("a", encoding="utf-8")
    assert await looks(file, lambda: file.rename(elsewhere), lambda: elsewhere.rename(file), nothing, nothing) == 1


async def test_a_file_that_is_named_later_may_have_changed_since(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for file in (first, second):
        file.write_text("a", encoding="utf-8")
    named, heard = [first], []

    async def on_change() -> None:
        heard.append(len(named))

    with pytest.raises(asyncio.CancelledError):
        await watch(lambda: named, on_change, Steps(nothing, nothing, lambda: named.append(second), *[nothing] * 4))
    assert heard == [2]


async def test_a_link_that_leads_elsewhere_is_a_change(tmp_path: Path) -> None:
    """As Kubernetes swaps a ConfigMap."""
    for name in ("one", "two"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    link = tmp_path / "monitor.yml"
    link.symlink_to(tmp_path / "one")

    def swap() -> None:
        other = tmp_path / "new"
        other.symlink_to(tmp_path / "two")
        other.rename(link)

    assert await looks(link, swap, nothing, nothing) == 1
