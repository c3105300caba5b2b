"""`agentmon probe` against the simulated vendors."""

import json
from pathlib import Path

from running import command

from monitor.cli.demo import demo_configuration
from monitor.simulator import Fault, FaultKind, Simulator, Vendor


def write(folder: Path, simulator: Simulator) -> str:
    file = folder / "demo.yml"
    file.write_text(demo_configuration(simulator, "127.0.0.1:0"), encoding="utf-8")
    return str(file)


async def test_what_was_understood_is_shown_as_json(tmp_path: Path, still_world: Simulator) -> None:
    code, out, _ = await command("probe", write(tmp_path, still_world), "--json")
    assert code == 0
    probe = json.loads(out)
    by_vendor = {source["vendor"]: source for source in probe["sources"]}
    assert by_vendor.keys() == set(Vendor)
    cobrowser = by_vendor["cobrowser"]
    online = sum(post.connected for post in still_world.world.posts("cobrowser"))
    assert sum(agent["presence"] != "offline" for agent in cobrowser["agents"]) == online
    assert {"account", "channel", "state", "used", "free", "groups", "teams"} <= cobrowser["agents"][0].keys()
    assert by_vendor["comm100"]["requests"] == 6  # log-in, four of the roster, one live
    assert by_vendor["iadvize"]["requests"] == still_world.counts[Vendor.IADVIZE]
    assert {team["team"] for team in probe["teams"]} == {"sales", "support", "billing", "phone", "night"}


async def test_one_source_alone_as_a_table(tmp_path: Path, still_world: Simulator) -> None:
    code, out, err = await command("probe", write(tmp_path, still_world), "cobrowser")
    assert (code, err) == (0, "")
    assert out.startswith("cobrowser (cobrowser)")
    assert "2 requests; " in out
    assert {"sales-jane", "support-omar"} <= set(out.split())
    assert still_world.counts[Vendor.IADVIZE] == 0


async def test_an_unknown_source_is_named_with_those_that_exist(tmp_path: Path, still_world: Simulator) -> None:
    code, _, err = await command("probe", write(tmp_path, still_world), "cobrowsr")
    assert code == 1
    assert "no source 'cobrowsr'" in err
    assert "iadvize" in err


async def test_a_failure_says_its_reason_and_what_to_do(tmp_path: Path, still_world: Simulator) -> None:
    still_world.fault("liveagent", Fault(kind=FaultKind.AUTH))
    still_world.fault("iadvize", Fault(kind=FaultKind.HTML))
    code, out, _ = await command("probe", write(tmp_path, still_world))
    assert code == 1
    assert "The live poll failed (auth)" in out
    assert "generation" in out
    assert "The live poll failed (decode)" in out
    assert "not known, which does not mean nobody" in out
