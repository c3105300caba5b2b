"""The wall of a real agentmon on a simulated vendor: it follows the vendor, and comes back when agentmon does."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect
from running import agentmon, free_port
from wall.opened import Walls

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

INTERVAL = 1.0
"""Seconds between two polls."""


@pytest_asyncio.fixture(loop_scope="session")
async def centre() -> AsyncIterator[Simulator]:
    """In it nothing moves that a test does not move."""
    async with Simulator(World(seed=7, agents=30, start=1_790_000_000.0), tick=None) as simulator:
        yield simulator


def configuration(centre: Simulator) -> str:
    key = SIMULATOR_CREDENTIALS[Vendor.IADVIZE]["api_key"]
    return f"""
sources:
  - {{name: iadvize, vendor: iadvize, url: "{centre.urls["iadvize"]}", api_key: {key},
     poll: {{interval: {INTERVAL:g}s, timeout: 500ms, max_age: 3s, requests_per_minute: 1000}}}}
teams:
  - {{name: billing, members: [{{source: iadvize, groups: ["skill:3"]}}]}}
  - {{name: everyone, members: [{{source: iadvize}}]}}
"""


async def test_it_follows_a_simulated_vendor_and_survives_the_death_of_agentmon(
    walls: Walls, centre: Simulator, tmp_path: Path
):
    walls.may_be_refused = True
    port = free_port()
    centre.world.set_team_status("billing", "online")
    async with agentmon(tmp_path, configuration(centre), port=port) as running:
        wall = await walls.open(running.base, time="real")
        await expect(wall.part("billing", "status")).to_have_text("ok", timeout=10_000)
        await expect(wall.part("billing", "spark-line")).not_to_have_attribute("d", "")
        assert await wall.names() == ["billing", "everyone"]
        past = await wall.page.evaluate("fetch('api/v1/history?team=billing&channel=chat').then((a) => a.json())")
        assert {"at", "available"} <= set(past["series"][0]["points"][0])

        clock = asyncio.get_running_loop()
        began = clock.time()
        centre.world.set_team_status("billing", "offline")
        await expect(wall.part("billing", "status")).to_have_text("unstaffed", timeout=10_000)
        assert clock.time() - began < INTERVAL + 3, "a poll, and what a busy machine takes to show it"
        await expect(wall.part("billing", "figure-line").first).to_have_text("0/1")

        await wall.tile("billing").get_by_role("button").click()
        await expect(wall.dialog).to_contain_text("offline not connected")
        await expect(wall.dialog).to_contain_text("People go by pseudonym.")
        await wall.page.keyboard.press("Escape")

        await centre.down("iadvize")
        await expect(wall.part("billing", "status")).to_have_text("unknown", timeout=10_000)
        await expect(wall.part("billing", "figure-line").first).to_have_text("–/1")
        sources = wall.page.get_by_role("region", name="Sources in trouble")
        await expect(sources).to_contain_text("iadvize expired · connect:")
        await centre.up("iadvize")

        running.process.send_signal(signal.SIGKILL)
        await running.process.wait()
        await expect(wall.lost).to_contain_text("numbers are old", timeout=10_000)
    async with agentmon(tmp_path, configuration(centre), port=port):
        await expect(wall.lost).to_be_hidden(timeout=10_000)
        await expect(wall.part("billing", "status")).to_have_text("unstaffed", timeout=10_000)
        await expect(sources).to_be_hidden(timeout=10_000)
