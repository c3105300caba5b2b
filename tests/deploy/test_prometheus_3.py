"""The rules on Prometheus 3: the same alerts at the same times.

Its ranges leave out a sample at their very beginning. Numbers in texts differ by that sample, so they are told by
Prometheus 2 alone.
"""

import subprocess
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from chain import prometheus
from mutations import rules_of
from running import eventually, free_port
from timelines import survivors

from monitor.rules import ALERTS, Alert

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".prometheus3"
PROMTOOL = HOME / "promtool"

pytestmark = pytest.mark.skipif(
    not PROMTOOL.exists(), reason="Prometheus 3 is missing on this machine: make prometheus3 (needs Go)"
)


def test_promtool_accepts_configuration_and_rules():
    command = [PROMTOOL, "check", "config", ROOT / "deploy/prometheus/prometheus.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda row: "-".join([row.name, row.severity, *row.labels.values()]))
def test_the_timelines_hold(alert: Alert):
    assert survivors(str(PROMTOOL), alert, {"as it is": rules_of(alert)}) == ["as it is"]


async def test_the_server_evaluates_every_rule(tmp_path: Path):
    nobody = f"127.0.0.1:{free_port()}"
    async with (
        prometheus(tmp_path, nobody, f"http://{nobody}", 30, HOME / "prometheus") as base,
        aiohttp.ClientSession() as session,
    ):

        async def rules() -> list[dict[str, Any]]:
            async with session.get(f"{base}/api/v1/rules") as response:
                groups = (await response.json())["data"]["groups"]
            return [rule for group in groups for rule in group["rules"]]

        async def all_were_evaluated() -> bool:
            return all(rule["health"] != "unknown" for rule in await rules())

        await eventually(all_were_evaluated)
        found = await rules()
        assert len(found) > len(ALERTS)
        assert [rule for rule in found if rule["health"] != "ok"] == []
