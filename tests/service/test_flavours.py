"""One contact centre, read through each generation of API and each log-in: the same people in the same states."""

import json
from pathlib import Path

import pytest
from flavours import comm100_sources, liveagent_sources
from running import command

from monitor.simulator import Simulator, Vendor, World

People = dict[str, set[tuple[str, str, str]]]
"""E-mail to channel, state and department, as far as the vendor tells."""


async def people_of(folder: Path, vendor: Vendor, options: dict[str, str]) -> People:
    """Who `agentmon probe` shows, by e-mail."""
    file = folder / "flavour.yml"
    source = {"name": "s", "vendor": vendor, **options}
    file.write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    code, out, err = await command("probe", str(file), "--json")
    assert code == 0, out + err
    found: People = {}
    for agent in json.loads(out)["sources"][0]["agents"]:
        seen = (agent["channel"], agent["state"], ", ".join(agent["groups"]))
        found.setdefault(agent["username"], set()).add(seen)
    return found


@pytest.fixture
def world() -> World:
    return World(seed=11, agents=25, start=1_790_000_000.0)


async def test_comm100_tells_the_same_in_both_generations_and_all_log_ins(tmp_path: Path, world: World) -> None:
    async with Simulator(world, tick=None) as simulator:
        found = {
            name: await people_of(tmp_path, Vendor.COMM100, options)
            for name, options in comm100_sources(simulator).items()
        }
    reference = found["v3 by JWT"]
    assert len(reference) > 5
    assert {name: people for name, people in found.items() if people != reference} == {}


def there(people: People) -> People:
    """Without who is offline: v1 tells which channels a department offers them, v3 does not."""
    online = {
        email: {
            (channel, "metered" if state in {"idle", "partial", "unmetered"} else state, groups)
            for channel, state, groups in seen
            if state != "offline"
        }
        for email, seen in people.items()
    }
    return {email: seen for email, seen in online.items() if seen}


async def test_liveagent_tells_the_same_in_both_generations_and_forms(tmp_path: Path, world: World) -> None:
    """v3 tells open chats, so that who is unmetered in v1 is idle or partial there; who is there is the same."""
    async with Simulator(world, tick=None) as simulator:
        found = {
            name: await people_of(tmp_path, Vendor.LIVEAGENT, options)
            for name, options in liveagent_sources(simulator).items()
        }
    assert len(found["v1 by path"]) > 5
    assert found["v1 by index"] == found["v1 by path"]
    assert there(found["v3"]).keys() == there(found["v1 by path"]).keys()
