"""The service under something that listens and watches as systemd does."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ears import Ear
from running import agentmon, eventually

CONFIGURATION = """
sources:
  - {name: cob, vendor: cobrowser, url: "http://127.0.0.1:9", user: u, api_key: made-up}
teams:
  - {name: all, members: [{source: cob}]}
"""


@pytest.fixture
def ear() -> Iterator[Ear]:
    with tempfile.TemporaryDirectory() as folder:  # a path of a socket may have 107 bytes
        ear = Ear(f"{folder}/notify")
        yield ear
        ear.socket.close()


async def test_systemd_hears_ready_then_beats_and_a_status_and_at_last_stopping(tmp_path: Path, ear: Ear) -> None:
    heard: list[dict[str, str]] = []

    def beats(number: int) -> bool:
        heard.extend(ear.heard())
        return sum("WATCHDOG" in told for told in heard) >= number

    watched = {"NOTIFY_SOCKET": ear.address, "WATCHDOG_USEC": "300000"}
    async with agentmon(tmp_path, CONFIGURATION, env=watched) as running:
        await eventually(lambda: beats(3))
        assert heard[0] == {"READY": "1"}
        assert heard[1] == {"WATCHDOG": "1", "STATUS": "0 of 1 sources fresh, 1 teams"}
        assert not any("STOPPING" in told for told in heard)
        assert await running.stop() == 0
    heard.extend(ear.heard())
    assert any("STOPPING" in told for told in heard)


async def test_a_service_that_stands_still_sends_no_beat(tmp_path: Path, ear: Ear) -> None:
    watched = {"NOTIFY_SOCKET": ear.address, "WATCHDOG_USEC": "300000"}
    async with agentmon(tmp_path, CONFIGURATION, env=watched) as running:
        await eventually(lambda: any("WATCHDOG" in told for told in ear.heard()))
        running.process.send_signal(signal.SIGSTOP)
        await eventually(
            lambda: Path(f"/proc/{running.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        )
        ear.heard()
        try:
            assert not await _hears_within(ear, 0.5)
        finally:
            running.process.send_signal(signal.SIGCONT)
        assert await _hears_within(ear, 5.0)


@pytest.mark.parametrize("line", ["", "tems: []"], ids=["taken", "refused"])
async def test_a_reload_is_told_from_its_beginning_to_its_end(tmp_path: Path, ear: Ear, line: str) -> None:
    async with agentmon(tmp_path, CONFIGURATION, env={"NOTIFY_SOCKET": ear.address}) as running:
        heard = ear.heard()
        (tmp_path / "monitor.yml").write_text(f"{CONFIGURATION}{line}\n", encoding="utf-8")
        running.process.send_signal(signal.SIGHUP)

        def turns() -> list[str]:
            heard.extend(ear.heard())
            return [turn for told in heard for turn in ("READY", "RELOADING") if turn in told]

        await eventually(lambda: turns() == ["READY", "RELOADING", "READY"])


async def _hears_within(ear: Ear, seconds: float) -> bool:
    try:
        await eventually(ear.heard, seconds)
    except AssertionError:
        return False
    return True
