"""What systemd hears: datagrams on a real socket."""

import asyncio
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from ears import Ear
from hastyloop import run
from structlog.testing import capture_logs

from monitor.systemd import Notifier


@pytest.fixture(params=["path", "abstract"])
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    with tempfile.TemporaryDirectory() as folder:  # a path of a socket may have 107 bytes
        ear = Ear(f"{folder}/notify" if request.param == "path" else f"@agentmon-{secrets.token_hex(8)}")
        yield ear
        ear.socket.close()


def test_each_turn_of_the_life_is_one_datagram(ear: Ear) -> None:
    notifier = Notifier(ear.address)
    notifier.ready()
    notifier.reloading()
    notifier.ready()
    notifier.stopping()
    ready, reloading, again, stopping = ear.heard()
    assert ready == again == {"READY": "1"}
    assert reloading["RELOADING"] == "1"
    assert int(reloading["MONOTONIC_USEC"]) > 0
    assert stopping["STOPPING"] == "1"


def told_for(seconds: float, notifier: Notifier, is_alive: Callable[[float], bool], status: str = "") -> None:
    """Keep telling for so long, in a time of its own; who asks is told how long it has gone on."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await notifier.keep_telling(lambda: is_alive(loop.time() - begun), lambda: status)

    run(main())


def test_the_watchdog_gets_a_beat_three_times_as_often_as_it_needs_one(ear: Ear) -> None:
    told_for(29.0, Notifier(ear.address, watchdog=9.0), lambda _at: True)
    assert [told.get("WATCHDOG") for told in ear.heard()] == ["1"] * 10


def test_what_is_not_alive_gets_no_beat(ear: Ear) -> None:
    told_for(29.0, Notifier(ear.address, watchdog=9.0), lambda at: at < 10)
    assert sum("WATCHDOG" in told for told in ear.heard()) == 4


def test_the_status_is_told_once_and_again_when_it_changes(ear: Ear) -> None:
    notifier = Notifier(ear.address)
    told_for(60.0, notifier, lambda _at: True, "2 of 2 sources fresh, 1 teams")
    assert ear.heard() == [{"STATUS": "2 of 2 sources fresh, 1 teams"}]


def test_nothing_is_told_where_nobody_listens() -> None:
    with capture_logs() as logs:
        notifier = Notifier("", watchdog=1.0)
        notifier.ready()
        told_for(10.0, notifier, lambda _at: pytest.fail("nobody watches"))
    assert logs == []


def test_a_lost_datagram_is_logged_once_and_harms_nothing(tmp_path: Path) -> None:
    with capture_logs() as logs:
        notifier = Notifier(str(tmp_path / "gone"))
        notifier.ready()
        notifier.stopping()
    assert [entry["event"] for entry in logs] == ["systemd_not_told"]


def test_a_full_queue_does_not_block(ear: Ear) -> None:
    notifier = Notifier(ear.address)
    with capture_logs() as logs:
        for _ in range(5000):
            notifier.ready()
    assert [entry["event"] for entry in logs] == ["systemd_not_told"]
    assert len(ear.heard()) < 5000


@pytest.mark.parametrize(
    ("environment", "watchdog"),
    [
        ({"NOTIFY_SOCKET": "@a", "WATCHDOG_USEC": "30000000"}, 30.0),
        ({"NOTIFY_SOCKET": "@a", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"NOTIFY_SOCKET": "@a", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"NOTIFY_SOCKET": "@a", "WATCHDOG_USEC": "0"}, None),
        ({"NOTIFY_SOCKET": "@a", "WATCHDOG_USEC": "soon"}, None),
        ({"NOTIFY_SOCKET": "@a"}, None),
        ({"WATCHDOG_USEC": "30000000"}, None),
        ({}, None),
    ],
)
def test_the_environment_says_whether_somebody_watches(environment: dict[str, str], watchdog: float | None) -> None:
    assert Notifier.of(environment).watchdog == watchdog
