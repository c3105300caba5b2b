"""Start, stop and trouble with the machine itself."""

import asyncio
import json
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from lookups import silent_for_process
from processes import usage
from running import Agentmon, agentmon, command, eventually, free_port

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor


class SlowVendor:
    """A vendor that never answers; `asked` is set once it was asked."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        app = web.Application()
        app.router.add_get("/{path:.*}", self._hang)
        self.server = TestServer(app, host="127.0.0.1")

    async def _hang(self, _request: web.Request) -> web.StreamResponse:
        self.asked.set()
        await asyncio.sleep(3600)
        raise AssertionError


@pytest.fixture
async def slow_vendor() -> AsyncIterator[SlowVendor]:
    vendor = SlowVendor()
    await vendor.server.start_server(shutdown_timeout=0)
    yield vendor
    await vendor.server.close()


def configuration(vendor: SlowVendor, timeout: str = "10s") -> str:
    return f"""
sources:
  - {{name: cob, vendor: cobrowser, url: "http://127.0.0.1:{vendor.server.port}", user: u, api_key: made-up,
     poll: {{interval: 20s, timeout: {timeout}}}}}
teams:
  - {{name: all, members: [{{source: cob}}]}}
"""


async def test_sigterm_lets_polls_end_and_exits_with_0(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    async with agentmon(tmp_path, configuration(slow_vendor, "1s")) as running:
        await slow_vendor.asked.wait()
        assert await running.stop() == 0
        lines = running.log.rstrip().splitlines()
    assert "stopped" in lines[-1]
    assert not [line for line in lines if "error" in line or "Traceback" in line]


async def test_a_silent_name_server_costs_neither_other_sources_nor_pages_nor_the_stop(
    tmp_path: Path, still_world: Simulator
) -> None:
    silent = [
        f"""
  - {{name: away-{number}, vendor: cobrowser, url: "https://vendor-{number}.silent", user: u, api_key: made-up,
     poll: {{interval: 5s, timeout: 1s}}}}"""
        for number in range(8)
    ]
    told = every_second(still_world).replace("sources:", f"sources:{''.join(silent)}", 1)
    async with agentmon(tmp_path, told, env=silent_for_process(tmp_path)) as running:
        await eventually(running.is_ready)
        await eventually(lambda: running.is_value(1, "agentmon_source_up", source="cob"))
        assert await running.value("agentmon_source_up", source="away-0") == 0
        before = await running.value("agentmon_publish_duration_seconds_count") or 0
        await eventually(lambda: has_published_since(running, before + 2))
        running.process.send_signal(signal.SIGHUP)
        await eventually(lambda: "reloaded" in running.log)
        assert await running.stop() == 0
        assert "Traceback" not in running.log


async def has_published_since(running: Agentmon, number: float) -> bool:
    return (await running.value("agentmon_publish_duration_seconds_count") or 0) > number


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
async def test_without_standard_streams_it_runs_and_stops_as_ever(
    tmp_path: Path, slow_vendor: SlowVendor, closed: str
) -> None:
    file, port = tmp_path / "monitor.yml", free_port()
    file.write_text(configuration(slow_vendor, "1s"), encoding="utf-8")
    run = f"exec {sys.executable} -m monitor run --config.file={file} --web.listen-address=127.0.0.1:{port} {closed}"
    running = Agentmon(await asyncio.create_subprocess_shell(run), f"http://127.0.0.1:{port}", tmp_path / "none")
    try:
        await eventually(running.answers)
        assert await running.stop() == 0
    finally:
        if running.process.returncode is None:
            running.process.kill()


async def test_sigint_is_like_sigterm(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    async with agentmon(tmp_path, configuration(slow_vendor, "1s")) as running:
        assert await running.stop(signal.SIGINT) == 0


async def test_a_second_signal_ends_at_once(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    async with agentmon(tmp_path, configuration(slow_vendor, "10s")) as running:
        await slow_vendor.asked.wait()
        running.process.send_signal(signal.SIGTERM)
        await eventually(lambda: "stopping" in running.log)
        assert await running.stop() == 128 + signal.SIGTERM


async def test_not_ready_until_each_source_was_polled_or_failed_once(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    async with agentmon(tmp_path, configuration(slow_vendor, "1s")) as running:
        status, text = await running.get("/-/ready")
        assert (status, "cob" in text) == (503, True)
        await eventually(running.is_ready)


async def test_an_address_in_use_is_named_and_ends_with_1(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    file = tmp_path / "monitor.yml"
    file.write_text(configuration(slow_vendor), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, _, err = await command("run", f"--config.file={file}", f"--web.listen-address={address}")
    assert code == 1
    assert f"cannot listen on {address}: " in err
    assert "Traceback" not in err


async def test_json_logs_are_one_object_a_line(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    async with agentmon(tmp_path, configuration(slow_vendor, "500ms"), "--log.format=json") as running:
        await eventually(lambda: "source_down" in running.log)
        await running.stop()
        events = {line["event"]: line for line in map(json.loads, running.log.splitlines())}
    assert events["source_down"]["source"] == "cob"
    assert events["source_down"]["reason"] == "timeout"
    assert {"config_warning", "started", "stopping", "stopped"} <= events.keys()


KEY = SIMULATOR_CREDENTIALS[Vendor.COBROWSER]["api_key"]


def every_second(simulator: Simulator) -> str:
    """One simulated vendor, polled every second."""
    return f"""
sources:
  - {{name: cob, vendor: cobrowser, url: "{simulator.urls["cobrowser"]}",
     user: {SIMULATOR_CREDENTIALS[Vendor.COBROWSER]["user"]}, api_key: {KEY},
     poll: {{interval: 1s, timeout: 1s, requests_per_minute: 1000}}}}
teams:
  - {{name: all, members: [{{source: cob}}]}}
"""


async def test_lines_of_a_poll_carry_its_number_and_a_summary_tells_how_things_stand(
    tmp_path: Path, still_world: Simulator
) -> None:
    options = ("--log.format=json", "--log.level=debug", "--log.summary=1s")
    async with agentmon(tmp_path, every_second(still_world), *options) as running:
        await eventually(lambda: running.log.count('"summary"') > 1 and running.log.count('"polled"') > 1)
        await running.stop()
        lines = [json.loads(line) for line in running.log.splitlines()]
    polls = [line["poll"] for line in lines if line["event"] == "polled"]
    assert polls == list(range(1, len(polls) + 1))
    of_first = [line for line in lines if line.get("poll") == 1]
    assert [line["event"] for line in of_first] == ["request", "request", "polled"], "the roster, then who is there"
    assert {(line["source"], line["vendor"]) for line in of_first[2:]} == {("cob", "cobrowser")}
    assert {line["status"] for line in of_first[:2]} == {200}
    assert KEY not in running.log
    summaries = [line for line in lines if line["event"] == "summary"]
    assert summaries[-1]["sources"] == "1 fresh"


async def scrape(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether a connection that is open already is answered."""
    writer.write(b"HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return b" 200 " in (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).partition(b"\r\n")[0]


async def test_out_of_file_descriptors_polls_fail_aloud_and_everything_comes_back(
    tmp_path: Path, still_world: Simulator
) -> None:
    async with agentmon(tmp_path, every_second(still_world), "--log.level=debug") as running:
        pid = running.process.pid
        await eventually(lambda: running.is_value(1, "agentmon_source_up", source="cob"))
        kept = await asyncio.open_connection("127.0.0.1", int(running.base.rpartition(":")[2]))
        assert await scrape(*kept)
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (usage(pid).descriptors - 3, before[1]))
        await still_world.down("cobrowser")  # the connection that was kept is gone
        await still_world.up("cobrowser")
        _, writer = await asyncio.open_connection("127.0.0.1", int(running.base.rpartition(":")[2]))
        await eventually(lambda: "accept_failed" in running.log)
        await eventually(lambda: re.search("source_down.*Too many open files.*reason=connect", running.log))
        assert await scrape(*kept)
        await eventually(lambda: running.log.count("Too many open files") > 4, what="three more tries")
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        await eventually(lambda: running.is_value(1, "agentmon_source_up", source="cob"))
        assert running.log.count("accept_failed") == 1
        writer.close()
        kept[1].close()


async def test_a_full_disk_under_the_log_stops_nothing(tmp_path: Path, slow_vendor: SlowVendor) -> None:
    """What cannot be written is lost; polls, scrapes and the end of the process are not."""
    file = tmp_path / "monitor.yml"
    file.write_text(configuration(slow_vendor, "500ms"), encoding="utf-8")
    port = free_port()
    with Path("/dev/full").open("wb") as full:  # noqa: ASYNC230 - a device
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "monitor", "run", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}",
            stdout=full, stderr=full,
        )  # fmt: skip
    running = Agentmon(process, f"http://127.0.0.1:{port}", tmp_path / "no.log")
    await eventually(running.answers)
    await eventually(lambda: running.is_value(1, "agentmon_source_failure", source="cob", reason="timeout"))
    assert await running.stop() == 0
