"""What brings the next poll forward: a hook that is called, a secret that was changed."""

from pathlib import Path

import aiohttp
import pytest
from running import agentmon, eventually

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor

KEY = SIMULATOR_CREDENTIALS[Vendor.IADVIZE]["api_key"]


def configuration(simulator: Simulator, interval: str, budget: int, more: str = "") -> str:
    return f"""
sources:
  - {{name: iad, vendor: iadvize, url: "{simulator.urls["iadvize"]}", api_key: {{file: key}},
     poll: {{interval: {interval}, timeout: 1s, requests_per_minute: {budget}}}{more}}}
teams:
  - {{name: all, members: [{{source: iad}}]}}
"""


async def test_a_hook_brings_the_next_poll_forward_and_a_flood_changes_nothing(
    tmp_path: Path, still_world: Simulator
) -> None:
    (tmp_path / "key").write_text(KEY, encoding="utf-8")
    text = configuration(still_world, "600s", 60, ", hook: {secret: s3cret}")
    async with agentmon(tmp_path, text) as running, aiohttp.ClientSession() as session:
        await eventually(running.is_ready)
        assert await running.value("agentmon_source_polls_total", source="iad") == 1

        async def hint() -> int:
            async with session.post(f"{running.base}/hooks/iad/s3cret") as response:
                return response.status

        assert {await hint() for _ in range(200)} == {204}
        await eventually(lambda: running.is_value(2, "agentmon_source_polls_total", source="iad"))
        assert {await hint() for _ in range(200)} == {204}
        polls = await running.value("agentmon_source_polls_total", source="iad")
        assert polls == 2, "three calls a poll of a budget of 60 leave six seconds between hinted polls"


@pytest.mark.parametrize("good_at_first", [False, True])
async def test_a_source_that_its_key_locks_out_is_tried_at_once_with_a_new_one(
    tmp_path: Path, still_world: Simulator, *, good_at_first: bool
) -> None:
    key = tmp_path / "key"
    key.write_text(KEY if good_at_first else "wrong", encoding="utf-8")
    async with agentmon(tmp_path, configuration(still_world, "1s", 1000)) as running:
        await eventually(running.is_ready)
        key.write_text("wrong", encoding="utf-8")
        await eventually(lambda: running.is_value(1, "agentmon_source_failure", source="iad", reason="auth"))
        assert await running.value("agentmon_source_poll_interval_seconds", source="iad") == 300
        key.write_text(KEY, encoding="utf-8")
        await eventually(lambda: running.is_value(1, "agentmon_source_up", source="iad"))
        assert "secret_changed" in running.log
