"""`agentmon explain`, from one poll of the simulated vendors and from a running agentmon."""

import json
import re
from pathlib import Path

import pytest
from realparts import self_signed
from running import agentmon, command, eventually, free_port
from strangers import answering

from monitor.cli.demo import demo_configuration
from monitor.simulator import Fault, FaultKind, Simulator, Vendor


def configured(simulator: Simulator, *more: str) -> str:
    return "\n".join((demo_configuration(simulator, "127.0.0.1:0"), *more))


def with_people(simulator: Simulator, people: str) -> str:
    """The demo with other people than its own."""
    return re.sub(r"(?ms)^people:.*?^(?=web:)", people + "\n", configured(simulator))


def write(folder: Path, text: str) -> str:
    file = folder / "demo.yml"
    file.write_text(text, encoding="utf-8")
    return str(file)


async def test_from_a_file_only_sources_that_matter_are_polled(tmp_path: Path, still_world: Simulator) -> None:
    code, out, err = await command("explain", write(tmp_path, with_people(still_world, "")), "billing")
    assert (code, err) == (0, "")
    assert out.startswith("billing on chat: ")
    assert "iadvize: fresh" in out
    assert still_world.counts[Vendor.IADVIZE] > 0
    assert still_world.counts[Vendor.COMM100] == still_world.counts[Vendor.COBROWSER] == 0


@pytest.mark.parametrize(
    ("people", "polled"),
    [
        ("people: {list: [{name: j, accounts: [iadvize/1, comm100/2], max_slots: 3}]}", {"iadvize", "comm100"}),
        ("people: {list: [{name: j, accounts: [iadvize/1, comm100/2]}]}", {"iadvize"}),
        ("people: {list: [{name: j, accounts: [cobrowser/1, comm100/2], max_slots: 3}]}", {"iadvize"}),
        ("people: {match: [email]}", {"iadvize", "comm100", "cobrowser", "liveagent"}),
    ],
)
async def test_sources_that_may_hold_contacts_or_names_of_people_matter(
    tmp_path: Path, still_world: Simulator, people: str, polled: set[str]
) -> None:
    code, _, _ = await command("explain", write(tmp_path, with_people(still_world, people)), "billing")
    assert code == 0
    assert {vendor for vendor, count in still_world.counts.items() if count} == polled


async def test_file_and_address_tell_the_same_but_for_time_and_pseudonyms(
    tmp_path: Path, still_world: Simulator
) -> None:
    text = configured(still_world, "privacy: {pseudonym_key: {env: AGENTMON_TEST_KEY}}")
    env = {"AGENTMON_TEST_KEY": "stays the same"}
    file = write(tmp_path, text)
    async with agentmon(tmp_path, text, env=env) as running:
        await eventually(running.is_ready)
        for team in ("sales", "phone"):
            asked = await command("explain", running.base, team, "--json", env=env)
            polled = await command("explain", file, team, "--json", env=env)
            assert (asked[0], asked[2]) == (polled[0], polled[2]) == (0, "")
            assert timeless(asked[1]) == timeless(polled[1])
        code, out, _ = await command("explain", running.base + "/", "sales", "--all")
        assert code == 0
        status, text = await running.get("/api/v1/teams/sales/explain?format=text&all")
        assert status == 200
        assert out.splitlines()[0] == text.splitlines()[0]
        assert "\x1b" not in out
        code, _, err = await command("explain", running.base, "slaes")
        assert (code, err) == (
            1,
            f"agentmon: {running.base} has no team 'slaes'; there are: sales, support, billing, phone, night\n",
        )


def timeless(text: str) -> object:
    """An explanation without what time changes."""
    found = json.loads(text)
    del found["at"]
    for source in found["sources"]:
        del source["age"]
    for channel in found["channels"]:
        for person in channel["people"]:
            for account in person["accounts"]:
                del account["idle"]
    return found


async def test_names_are_told_only_where_privacy_allows(tmp_path: Path, still_world: Simulator) -> None:
    _, out, _ = await command("explain", write(tmp_path, configured(still_world)), "sales", "--all")
    assert "sales-jane" not in out
    assert "sales-*" not in out
    assert re.search(r"agent-[0-9a-f]{8} \(cobrowser\)", out)
    named = configured(still_world, "privacy: {people: named}")
    _, out, _ = await command("explain", write(tmp_path, named), "sales", "--all")
    assert "agents sales-*" in out
    assert "People go by name." in out
    assert re.search(r"agent-[0-9a-f]{8}", out) is None


async def test_a_dead_vendor_is_part_of_the_answer(tmp_path: Path, still_world: Simulator) -> None:
    still_world.fault("iadvize", Fault(kind=FaultKind.AUTH))
    code, out, _ = await command("explain", write(tmp_path, configured(still_world)), "billing")
    assert code == 0
    assert out.startswith("billing on chat: unknown – nobody is proved available, target 1, while data is missing: ")
    assert "its last poll failed: auth: " in out


async def test_a_team_that_the_file_does_not_have(tmp_path: Path, still_world: Simulator) -> None:
    file = write(tmp_path, configured(still_world))
    code, out, err = await command("explain", file, "slaes")
    assert (code, out) == (1, "")
    assert err == f"agentmon: {file} has no team 'slaes'; there are: sales, support, billing, phone, night\n"
    assert sum(still_world.counts.values()) == 0


# ------------------------------------------------------------------ addresses that are none


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (200, "<html>", "is not an agentmon, or one of another version"),
        (200, '{"team": 3}', "is not an agentmon, or one of another version"),
        (404, "404: Not Found", "is not an agentmon, or one of another version"),
        (404, '{"error": "there is no such team", "teams": []}', "has no team 'sales'; it has no teams"),
        (401, "", "wants a user and a password, or others than these (401)"),
        (502, "", "is not an agentmon, or not well: it answered with status 502"),
    ],
)
async def test_what_is_no_agentmon_is_told_in_one_line(status: int, body: str, sentence: str) -> None:
    async with answering(status, body) as base:
        assert await command("explain", base, "sales") == (1, "", f"agentmon: {base} {sentence}\n")


async def test_nobody_listens_there_and_no_password_is_shown() -> None:
    port = free_port()
    code, out, err = await command("explain", f"http://me:hunter2@127.0.0.1:{port}/?a=hunter2", "sales")
    assert (code, out) == (1, "")
    assert err.startswith(f"agentmon: cannot reach http://127.0.0.1:{port} (")
    assert err.count("\n") == 1
    assert "hunter2" not in err


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    async with answering(200, "{}", self_signed(tmp_path)) as base:
        code, out, err = await command("explain", base, "sales")
    assert (code, out) == (1, "")
    assert err.startswith(f"agentmon: the certificate of {base} is not accepted (")
    assert err.count("\n") == 1


@pytest.mark.parametrize("address", ["http://", "http://[", "https://host:99999"])
async def test_an_address_that_is_none_is_wrong_usage(address: str) -> None:
    code, _, err = await command("explain", address, "sales")
    assert code == 2
    assert "FILE|URL" in err
