"""The main job against the simulated vendors, as a process that is scraped."""

import re
from pathlib import Path

import pytest
from running import Agentmon, agentmon, eventually

from monitor.cli.demo import demo_configuration
from monitor.simulator import Channel, Simulator, Vendor

QUICK = "poll: {interval: 500ms, timeout: 1500ms, max_age: 4s, roster_interval: 30s, requests_per_minute: 10000}"


def configuration(simulator: Simulator) -> str:
    text = re.sub(r', "max_slots": \d+', "", demo_configuration(simulator, "127.0.0.1:0"))  # which ties sources
    begin, end = text.index("poll:"), text.index("\nsources:")
    everyone = "".join(
        f"  - {{name: only-{vendor}, channels: [chat], members: [{{source: {vendor}}}]}}\n" for vendor in Vendor
    )
    return text[:begin] + QUICK + text[end:].replace("people:", everyone + "people:")


async def all_fresh(running: Agentmon) -> bool:
    samples = await running.samples()
    return all(samples.get(("agentmon_source_fresh", frozenset({("source", vendor)}))) == 1 for vendor in Vendor)


def chat_truth(simulator: Simulator, vendor: Vendor) -> dict[str, int]:
    """What a person reads from the simulated world: heads online, and chat slots of people who accept."""
    posts = [post for post in simulator.world.posts(vendor) if post.serves(Channel.CHAT)]
    accepting = [post for post in posts if post.accepting(Channel.CHAT)]
    return {
        "online": sum(post.connected for post in posts),
        "staffed": len(accepting),
        "used": sum(post.used(Channel.CHAT) for post in accepting),
    }


async def chat_seen(running: Agentmon, team: str) -> dict[str, float]:
    samples = await running.samples()

    def sum_of(family: str, *states: str) -> float:
        return sum(
            samples[family, frozenset({("team", team), ("channel", "chat"), ("state", state)})] for state in states
        )

    staffed = ("idle", "partial", "full", "unmetered")
    return {
        "online": sum_of("agentmon_team_agents", *staffed, "finishing", "away", "unknown"),
        "staffed": sum_of("agentmon_team_agents", *staffed),
        "used": sum_of("agentmon_team_slots", "used"),
    }


@pytest.mark.parametrize("vendor", [Vendor.COBROWSER, Vendor.IADVIZE])
async def test_the_published_numbers_are_those_of_the_simulated_world(
    tmp_path: Path, still_world: Simulator, vendor: Vendor
) -> None:
    async with agentmon(tmp_path, configuration(still_world)) as running:
        await eventually(lambda: all_fresh(running))
        assert await chat_seen(running, f"only-{vendor}") == chat_truth(still_world, vendor)


async def test_one_vendor_dies_and_comes_back_and_the_others_do_not_blink(
    tmp_path: Path, still_world: Simulator
) -> None:
    async with agentmon(tmp_path, configuration(still_world)) as running:
        await eventually(lambda: all_fresh(running))
        others = {"only-cobrowser", "only-liveagent", "only-comm100"}

        await still_world.down("iadvize")
        await eventually(
            lambda: running.is_value(None, "agentmon_team_agents", team="only-iadvize", channel="chat", state="idle")
        )
        assert await running.value("agentmon_source_up", source="iadvize") == 0
        assert await running.value("agentmon_source_failure", source="iadvize", reason="connect") == 1
        assert await running.value("agentmon_source_agents", source="iadvize") is None
        assert await running.value("agentmon_team_available_agents", team="only-iadvize", channel="chat") is None
        assert await running.value("agentmon_team_status", team="only-iadvize", channel="chat", status="unknown") == 1
        assert await running.value("agentmon_team_data_complete", team="sales") == 0
        for team in others:
            assert await running.value("agentmon_team_data_complete", team=team) == 1

        await still_world.up("iadvize")
        await eventually(lambda: all_fresh(running), deadline=45)  # the back-off has reached its first step, 30 s
        assert await running.value("agentmon_source_up", source="iadvize") == 1
        assert await running.value("agentmon_source_poll_interval_seconds", source="iadvize") == 0.5
        told = [line for line in running.log.splitlines() if "source=iadvize" in line]
        assert [event for event in ("source_down", "source_recovered") for line in told if event in line] == [
            "source_down",
            "source_recovered",
        ]
