"""A source captured from its simulated vendor, and shown again from the files alone."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flavours import comm100_sources, liveagent_sources
from running import command

from monitor.cli.capture import record, replay
from monitor.cli.demo import demo_configuration
from monitor.clock import SystemClock
from monitor.config import SourceConfig, parse
from monitor.probe import SourceProbe
from monitor.simulator import SIMULATOR_CREDENTIALS, Fault, FaultKind, Simulator, Vendor

VENDORS = tuple(map(str, Vendor))
SHAPES: list[tuple[str, Mapping[str, Any]]] = [
    ("cobrowser", {"shape": "keyed"}),
    ("cobrowser", {"shape": "encoded"}),
    ("comm100", {"next_page": "relative", "maximal_page_size": 2}),
    ("comm100", {"next_page": "query", "maximal_page_size": 7}),
    ("comm100", {"next_page": "absolute", "maximal_page_size": 3, "token_seconds": 5.0}),
    ("comm100", {"limit_for_all": 3}),
    ("iadvize", {"ignored_filters": ["group_id"]}),
    ("iadvize", {"hide_toggled_off": True}),
]
FAULTS = [
    FaultKind.AUTH,
    FaultKind.HTML,
    FaultKind.EMPTY_BODY,
    FaultKind.WRONG_TYPES,
    FaultKind.EMPTY_LIST,
    FaultKind.VENDOR_ERROR,
    FaultKind.OVER_LIMIT,
    FaultKind.PERMISSION,
    FaultKind.RESET,
    FaultKind.TRUNCATED,
]


def source_of(simulator: Simulator, vendor: str, more: str = "") -> SourceConfig:
    """The source of the demonstration, with `more` options in its block."""
    text = demo_configuration(simulator, "127.0.0.1:0")
    text = text.replace(f'"vendor": "{vendor}"', f'"vendor": "{vendor}"{more and ", " + more}')
    config = parse(text, filename="demo.yml", base=Path())
    return next(source for source in config.sources if source.spec.name == vendor)


def structure(seen: SourceProbe) -> list[str]:
    """What a replay must give again: readings, and how they share accounts and groups."""
    lines = [
        (agent.channel, agent.presence, agent.state, agent.used, agent.free, len(agent.groups))
        for agent in seen.agents or ()
    ]
    sizes: dict[str, int] = {}
    members: dict[str, int] = {}
    for agent in seen.agents or ():
        sizes[agent.account] = sizes.get(agent.account, 0) + 1
        for group in agent.groups:
            members[group] = members.get(group, 0) + 1
    return [*sorted(map(str, lines)), str(sorted(sizes.values())), str(sorted(members.values()))]


def totals(seen: SourceProbe) -> tuple[object, ...]:
    reasons = [trouble and trouble.reason for trouble in (seen.live_failure, seen.roster_failure)]
    unknown = sorted(seen.unknown_statuses.values())
    counts = (seen.requests, seen.records, seen.rejected, seen.unlisted, seen.chatting_visitors, len(seen.notes))
    return (*reasons, *counts, unknown, seen.contradictions)


async def there_and_back(source: SourceConfig, folder: Path) -> tuple[SourceProbe, SourceProbe]:
    live = await record(source, folder, SystemClock())
    (back,) = (await replay(folder, SystemClock())).sources
    return live, back


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_replay_shows_what_the_poll_showed(tmp_path: Path, still_world: Simulator, vendor: str) -> None:
    live, back = await there_and_back(source_of(still_world, vendor), tmp_path)
    assert live.agents
    assert totals(back) == totals(live)
    assert structure(back) == structure(live)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_account_is_the_same_in_every_file(tmp_path: Path, still_world: Simulator, vendor: str) -> None:
    source = source_of(still_world, vendor)
    live, back = await there_and_back(source, tmp_path)
    names: dict[str, str] = {}
    for one, other in zip(by_shape(live), by_shape(back), strict=True):
        assert one[1:] == other[1:]
        names[one[0]] = other[0]
    assert len(set(names.values())) == len(names) > 1
    assert not set(names) & set(names.values())


def by_shape(seen: SourceProbe) -> list[tuple[str, ...]]:
    """Accounts in an order that no id decides: by all that is said of them, a group told by its size."""
    sizes = Counter(group for agent in seen.agents or () for group in agent.groups)
    said: dict[str, list[str]] = {}
    for agent in seen.agents or ():
        groups = sorted(sizes[group] for group in agent.groups)
        line = (agent.channel, agent.presence, agent.state, agent.used, agent.free, groups)
        said.setdefault(agent.account, []).append(str(line))
    return sorted(((account, *sorted(lines)) for account, lines in said.items()), key=lambda line: line[1:])


@pytest.mark.parametrize(("vendor", "changes"), SHAPES, ids=str)
async def test_every_shape_of_an_api_survives(
    tmp_path: Path, still_world: Simulator, vendor: str, changes: Mapping[str, Any]
) -> None:
    still_world.options.change(vendor, **changes)
    live, back = await there_and_back(source_of(still_world, vendor), tmp_path)
    assert totals(back) == totals(live)
    assert structure(back) == structure(live)


OPTIONS = [
    ("iadvize", '"views": [{"group_id": 12}, {"website_list": [71, 72]}]'),
    ("liveagent", '"departments": ["d2s58gs4", "d1s58gs4"], "url_form": "index"'),
    ("comm100", '"queue": true, "visitors": true'),
    ("cobrowser", '"poll": {"interval": "5s"}, "allow_insecure": true'),
]


@pytest.mark.parametrize(("vendor", "more"), OPTIONS, ids=str)
async def test_options_of_the_configuration_survive(
    tmp_path: Path, still_world: Simulator, vendor: str, more: str
) -> None:
    live, back = await there_and_back(source_of(still_world, vendor, more), tmp_path)
    assert live.agents
    assert (totals(back), structure(back)) == (totals(live), structure(live))


FLAVOURS = [
    ("comm100", "v3 by OAuth"),
    ("comm100", "v3 by key"),
    ("comm100", "v4 by OAuth"),
    ("comm100", "v4 by key"),
    ("liveagent", "v3"),
]


@pytest.mark.parametrize(("vendor", "flavour"), FLAVOURS, ids=str)
async def test_every_generation_and_log_in_survives(
    tmp_path: Path, still_world: Simulator, vendor: str, flavour: str
) -> None:
    known = {"comm100": comm100_sources, "liveagent": liveagent_sources}[vendor](still_world)
    text = json.dumps({"sources": [{"name": "s", "vendor": vendor, **known[flavour]}]})
    (source,) = parse(text, filename="flavour.yml", base=Path()).sources
    live, back = await there_and_back(source, tmp_path)
    assert live.agents
    assert (totals(back), structure(back)) == (totals(live), structure(live))
    for value in known[flavour].values():
        if value.startswith("demo"):
            assert value not in written(tmp_path)


async def test_a_request_that_another_ones_failure_ended_is_ended_by_it_again(
    tmp_path: Path, still_world: Simulator
) -> None:
    still_world.fault("liveagent", Fault(kind=FaultKind.STATUS, statuses=(500,), path="d2s58gs4/agents"))
    still_world.fault("liveagent", Fault(kind=FaultKind.LATENCY, seconds=0.3, path="d1s58gs4/agents"))
    live, back = await there_and_back(source_of(still_world, "liveagent"), tmp_path)
    assert live.live_failure
    assert live.live_failure.reason == "status"
    assert '"failure": "cancelled"' in written(tmp_path)
    assert totals(back) == totals(live)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("kind", FAULTS, ids=str)
async def test_a_failure_is_the_same_again(
    tmp_path: Path, still_world: Simulator, vendor: str, kind: FaultKind
) -> None:
    still_world.fault(vendor, Fault(kind=kind))
    live, back = await there_and_back(source_of(still_world, vendor), tmp_path)
    assert totals(back) == totals(live)
    assert structure(back) == structure(live)


def written(folder: Path) -> str:
    return "\n".join(file.read_text() for file in folder.iterdir())


@pytest.mark.parametrize("vendor", VENDORS)
async def test_no_file_names_anybody_or_anything(tmp_path: Path, still_world: Simulator, vendor: str) -> None:
    await record(source_of(still_world, vendor), tmp_path, SystemClock())
    files = written(tmp_path).casefold()
    people = [post.person for post in still_world.world.posts(vendor)]
    hidden = {word for person in people for word in (person.first, person.last, person.email, person.key)}
    hidden |= set(SIMULATOR_CREDENTIALS[vendor].values())
    assert [word for word in hidden if len(word) > 3 and f'"{word.casefold()}' in files] == []
    assert "127.0.0.1" not in files


async def test_the_commands_from_a_capture_to_its_replay(tmp_path: Path, still_world: Simulator) -> None:
    file, folder = tmp_path / "demo.yml", tmp_path / "recording"
    file.write_text(demo_configuration(still_world, "127.0.0.1:0"), encoding="utf-8")
    code, out, err = await command("capture", str(file), "iadvize", "--output", str(folder))
    assert (code, err) == (0, "")
    assert str(folder) in out
    still_world.fault("iadvize", Fault(kind=FaultKind.RESET))
    code, out, _ = await command("probe", "--replay", str(folder), "--json")
    assert code == 0
    assert json.loads(out)["sources"][0]["agents"]
    assert json.loads(out)["teams"] == []
    code, out, _ = await command("probe", "--replay", str(folder))
    assert (code, out.split()[0]) == (0, "iadvize")
    code, _, err = await command("capture", str(file), "iadvize", "--output", str(folder))
    assert (code, "not empty" in err) == (1, True)


async def test_a_failed_poll_is_recorded_and_said(tmp_path: Path, still_world: Simulator) -> None:
    file, folder = tmp_path / "demo.yml", tmp_path / "recording"
    file.write_text(demo_configuration(still_world, "127.0.0.1:0"), encoding="utf-8")
    still_world.fault("cobrowser", Fault(kind=FaultKind.HTML))
    code, out, _ = await command("capture", str(file), "cobrowser", "--output", str(folder))
    assert code == 0
    assert "The live poll failed (decode)" in out
    assert "recorded" in out
    assert json.loads((folder / "manifest.json").read_text())["live_failure"] == "decode"
    code, out, _ = await command("probe", "--replay", str(folder))
    assert (code, "The live poll failed (decode)" in out) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["probe"], 2, id="neither a file nor a recording"),
        pytest.param(["probe", "x.yml", "--replay", "x"], 2, id="a file and a recording"),
        pytest.param(["probe", "--replay", "nowhere"], 1, id="a recording that is not there"),
    ],
)
async def test_wrong_use_is_said_in_a_line(tmp_path: Path, arguments: list[str], code: int) -> None:
    found, _, err = await command(*arguments)
    assert found == code
    assert "Traceback" not in err
