"""The API of a running agentmon, asked as its OpenAPI document says, and as it does not say."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
from running import Agentmon, agentmon, eventually

from monitor.cli.demo import demo_configuration
from monitor.simulator import Simulator

DEADLINE = 120.0


async def ask(running: Agentmon, path: str) -> Any:
    status, text = await running.get(path)
    assert status == 200
    return json.loads(text)


def with_teams(document: dict[str, Any], teams: list[str]) -> dict[str, Any]:
    """The document with the teams that there are, so that not every one asked for is missing."""
    told: dict[str, Any] = json.loads(json.dumps(document))
    for path in told["paths"].values():
        for parameter in path["get"]["parameters"]:
            if parameter["name"] == "team":
                parameter["schema"] = {"enum": [*teams, "no-such-team"]}
    return told


async def test_schemathesis_finds_nothing(tmp_path: Path, still_world: Simulator) -> None:
    """The stream, which never ends, has its own tests."""
    async with agentmon(tmp_path, demo_configuration(still_world, "127.0.0.1:0")) as running:
        await eventually(running.is_ready)
        document = await ask(running, "/api/v1/openapi.json")
        names = [team["name"] for team in (await ask(running, "/api/v1/teams"))["teams"]]
        code, said = await schemathesis(tmp_path, with_teams(document, names), running.base)
        assert code == 0, said
        assert "No issues found" in said, said
        code, said = await schemathesis(tmp_path, document, running.base, "--warnings=off")  # of teams all unknown
        assert code == 0, said
        assert "request_failed" not in running.log


async def schemathesis(folder: Path, document: dict[str, Any], base: str, *options: str) -> tuple[int, str]:
    """Exit code and what it says."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from schemathesis.cli import schemathesis; schemathesis()", "run", str(file), f"--url={base}"),
        *("--exclude-path=/api/v1/stream", "--max-examples=15", "--seed=1", "--no-color", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    try:
        async with asyncio.timeout(DEADLINE):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode or 0, said.decode()


async def test_what_it_tells_is_what_the_metrics_tell(tmp_path: Path, still_world: Simulator) -> None:
    async with agentmon(tmp_path, demo_configuration(still_world, "127.0.0.1:0")) as running:
        await eventually(running.is_ready)
        people = (await ask(running, "/api/v1/people"))["people"]
        state = await ask(running, "/api/v1/state")
        samples = await running.samples()
    counted = Counter((one["channel"], one["state"]) for person in people for one in person["channels"])
    published = {
        (labels["channel"], labels["state"]): int(value)
        for (name, pairs), value in samples.items()
        if name == "agentmon_people" and (labels := dict(pairs)) and value
    }
    assert counted == published
    assert all(person["name"].startswith("agent-") for person in people)
    for team in state["teams"]:
        for channel in team["channels"]:
            labels = frozenset({("team", team["name"]), ("channel", channel["channel"])})
            assert samples["agentmon_team_available_agents", labels] == channel["available"]
            assert samples.get(("agentmon_team_slot_occupancy_ratio", labels)) == channel["occupancy"]
    for source in state["sources"]:
        labels = frozenset({("source", source["name"])})
        assert samples["agentmon_source_agents", labels] == source["accounts"]
        assert 0 < source["requests_last_minute"] <= source["requests_per_minute"] == 1000
        assert source["next_poll_at"] > source["last_attempt_at"]


async def test_the_stream_follows_a_change_at_a_vendor_and_ends_with_the_service(
    tmp_path: Path, still_world: Simulator
) -> None:
    async with (
        agentmon(tmp_path, demo_configuration(still_world, "127.0.0.1:0")) as running,
        aiohttp.ClientSession() as session,
    ):
        await eventually(running.is_ready)
        async with session.get(f"{running.base}/api/v1/stream") as response:
            await lines_until(response, b"event: state")
            async with session.post(f"{still_world.control_url}/teams/billing", json={"presence": "away"}) as told:
                assert told.status == 200
            await lines_until(response, b'"status":"unstaffed"')
            begun = asyncio.get_running_loop().time()
            await running.stop()
            assert await response.content.read() is not None
        assert asyncio.get_running_loop().time() - begun < 3.0


async def lines_until(response: aiohttp.ClientResponse, wanted: bytes) -> None:
    async with asyncio.timeout(20):
        while wanted not in (line := await response.content.readline()):
            assert line, "the stream has ended"
