"""A running service reads its configuration again: by signal, over HTTP, and by itself where that is wanted."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from running import Agentmon, agentmon, eventually

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor

GONE = "agentmon_team_open"


def configuration(simulator: Simulator, *teams: str, more: str = "") -> str:
    credentials = SIMULATOR_CREDENTIALS[Vendor.COBROWSER]
    members = "\n".join(f"  - {{name: {team}, members: [{{source: cob}}]}}" for team in teams)
    return f"""
sources:
  - {{name: cob, vendor: cobrowser, url: "{simulator.urls["cobrowser"]}", user: {credentials["user"]},
     api_key: {credentials["api_key"]}, poll: {{interval: 1s, timeout: 1s, requests_per_minute: 1000}}}}
teams:
{members}
{more}"""


@asynccontextmanager
async def watching(folder: Path, simulator: Simulator, *options: str) -> AsyncIterator[Agentmon]:
    """A service with the team `all`, that has polled; its file is `monitor.yml` in `folder`."""
    async with agentmon(folder, configuration(simulator, "all"), *options) as running:
        await eventually(running.is_ready)
        yield running


def write(folder: Path, text: str) -> None:
    (folder / "monitor.yml").write_text(text, encoding="utf-8")


async def is_there(running: Agentmon, team: str) -> bool:
    return await running.value(GONE, team=team) is not None


async def test_sighup_brings_teams_and_takes_them_away_and_the_rest_goes_on(
    tmp_path: Path, still_world: Simulator
) -> None:
    async with watching(tmp_path, still_world) as running:
        before = await running.value("agentmon_source_polls_total", source="cob") or 0
        write(tmp_path, configuration(still_world, "sales", "support"))
        running.process.send_signal(signal.SIGHUP)
        await eventually(lambda: is_there(running, "sales"))
        samples = await running.samples()
        teams = {dict(labels).get("team") for name, labels in samples if name.startswith("agentmon_team")}
        assert teams == {"sales", "support"}
        assert (await running.value("agentmon_source_polls_total", source="cob") or 0) >= before
        assert await running.is_ready(), "an unchanged source need not be polled again"
        assert await running.value("agentmon_config_last_reload_successful") == 1


async def test_a_bad_file_changes_nothing_and_says_why_everywhere(tmp_path: Path, still_world: Simulator) -> None:
    async with watching(tmp_path, still_world) as running:
        write(tmp_path, configuration(still_world, "sales", more="nonsense: 1\n"))
        running.process.send_signal(signal.SIGHUP)
        await eventually(lambda: running.is_value(0, "agentmon_config_last_reload_successful"))
        assert await is_there(running, "all")
        assert not await is_there(running, "sales")
        _, page = await running.get("/")
        assert "the new configuration was refused for one problem" in page
        assert "nonsense" in running.log
        assert "config_problem" in running.log
        assert "monitor.yml:" in running.log
        write(tmp_path, configuration(still_world, "sales"))
        running.process.send_signal(signal.SIGHUP)
        await eventually(lambda: running.is_value(1, "agentmon_config_last_reload_successful"))
        assert await is_there(running, "sales")


async def test_a_reload_over_http_is_answered_when_it_is_done(tmp_path: Path, still_world: Simulator) -> None:
    async with watching(tmp_path, still_world, "--web.enable-lifecycle") as running:
        write(tmp_path, configuration(still_world, "all", more="nonsense: 1\n"))
        status, text = await post(running)
        assert status == 500
        assert "nonsense" in text
        write(tmp_path, configuration(still_world, "sales"))
        assert (await post(running))[0] == 200
        await eventually(lambda: is_there(running, "sales"), 2.0)


async def test_without_the_flag_nobody_reloads_over_http(tmp_path: Path, still_world: Simulator) -> None:
    async with watching(tmp_path, still_world) as running:
        assert (await post(running))[0] == 403


async def post(running: Agentmon) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(f"{running.base}/-/reload") as response:
        return response.status, await response.text()


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_a_changed_file_is_read_by_itself_only_where_that_is_wanted(
    tmp_path: Path, still_world: Simulator, *, is_wanted: bool
) -> None:
    async with watching(tmp_path, still_world, *(["--config.auto-reload"] if is_wanted else [])) as running:
        write(tmp_path, configuration(still_world, "sales"))
        if is_wanted:
            await eventually(lambda: is_there(running, "sales"))
        else:
            await asyncio.sleep(5.0)
            assert await is_there(running, "all")


async def test_a_storm_of_signals_does_no_harm(tmp_path: Path, still_world: Simulator) -> None:
    async with watching(tmp_path, still_world) as running:
        for _ in range(50):
            running.process.send_signal(signal.SIGHUP)
        write(tmp_path, configuration(still_world, "sales"))
        running.process.send_signal(signal.SIGHUP)
        await eventually(lambda: is_there(running, "sales"))
        assert await running.stop() == 0
