from typing import Any

import msgspec
import pytest
from simulator.asking import Ask, Wall

from monitor.simulator import Simulator, World

PATH = "/api/Account.php"
PHASES = ("New", "Open", "Burning", "Sleeping", "Closed")


async def test_online_agents_are_text_under_the_name_of_the_command(ask: Ask):
    answer = await ask("cobrowser", PATH, c="getOnlineAgents")
    assert (answer.status, answer.content_type) == (200, "text/html")
    jane = answer.json["getOnlineAgents"][0]
    durations = {f"{how}{phase}Duration": "0" for how in ("avg", "min", "max") for phase in PHASES}
    assert jane == {
        "id": "101",
        "name": "Doe",
        "firstname": "Jane",
        "username": "sales-jane",
        "status": "online",
        "lastactive": "1767225600",
        "slot_num": "4",
        "hasFree": "1",
        "numFree": "2",
        "numOpen": "2",
        "numClosed": "0",
        **durations,
        "avgOpenDuration": "30",
        "minOpenDuration": "30",
        "maxOpenDuration": "30",
    }


async def test_signed_in_but_offline_is_in_the_online_list(ask: Ask):
    rows = (await ask("cobrowser", PATH, c="getOnlineAgents")).json["getOnlineAgents"]
    told = [(row["username"], row["status"], row["numOpen"], row["numFree"], row["hasFree"]) for row in rows]
    assert told == [
        ("sales-jane", "online", "2", "2", "1"),
        ("support-omar", "Offline", "1", "0", "0"),
        ("billing-bruna", "Online", "3", "0", "0"),
    ]


async def test_signed_out_is_only_in_the_whole_list(ask: Ask):
    rows = (await ask("cobrowser", PATH, c="getAllAgents")).json["getAllAgents"]
    assert [(row["username"], row["status"]) for row in rows][3:] == [("sales-klaas", "offline")]


async def test_closed_slots_and_other_phases_are_told_apart(ask: Ask, office: World):
    office.set_load("jane.doe", "cobrowser", 1, closed=2, phase="sleeping", age=90)
    row = (await ask("cobrowser", PATH, c="getOnlineAgents")).json["getOnlineAgents"][0]
    assert (row["numFree"], row["numOpen"], row["numClosed"]) == ("1", "0", "2")
    assert (row["maxSleepingDuration"], row["maxClosedDuration"]) == ("90", "90")


async def test_activity_is_told_in_wall_time(ask: Ask, office: World, wall: Wall):
    office.set_idle("jane.doe", "cobrowser", 1800)
    wall.at += 86_400
    row = (await ask("cobrowser", PATH, c="getOnlineAgents")).json["getOnlineAgents"][0]
    assert row["lastactive"] == str(1767225600 + 86_400 - 1800)


@pytest.mark.parametrize("wrong", [{"apiKey": "no"}, {"user": "nobody"}, {"apiKey": ""}])
async def test_a_wrong_key_is_an_error_with_200(ask: Ask, wrong: dict[str, Any]):
    answer = await ask("cobrowser", PATH, c="getOnlineAgents", **wrong)
    assert (answer.status, answer.json) == (200, {"error": "Invalid API key"})


async def test_an_unknown_command_is_an_error_with_200(ask: Ask):
    answer = await ask("cobrowser", PATH, c="getAgents")
    assert (answer.status, answer.json) == (200, {"error": "Unknown command 'getAgents'"})


@pytest.mark.parametrize(
    ("empty", "told"), [("list", []), ("object", {}), ("null", None), ("false", False), ("string", "")]
)
async def test_nobody_comes_in_every_form(ask: Ask, simulator: Simulator, office: World, empty: str, told: object):
    for person in office.people:
        office.remove_person(person)
    simulator.options.change("cobrowser", empty=empty)
    assert (await ask("cobrowser", PATH, c="getOnlineAgents")).json == {"getOnlineAgents": told}


async def test_the_list_may_be_keyed_by_id(ask: Ask, simulator: Simulator):
    simulator.options.change("cobrowser", shape="keyed", numbers="number")
    told = (await ask("cobrowser", PATH, c="getOnlineAgents")).json["getOnlineAgents"]
    assert sorted(told) == ["101", "102", "103"]
    assert told["101"]["id"] == 101
    assert told["101"]["numFree"] == 2


async def test_the_list_may_be_bare_or_encoded_twice(ask: Ask, simulator: Simulator):
    simulator.options.change("cobrowser", shape="bare")
    assert len((await ask("cobrowser", PATH, c="getOnlineAgents")).json) == 3
    simulator.options.change("cobrowser", shape="encoded")
    told = (await ask("cobrowser", PATH, c="getOnlineAgents")).json
    assert isinstance(told, str)
    assert len(msgspec.json.decode(told)["getOnlineAgents"]) == 3


async def test_a_lone_agent_may_stand_without_a_list(ask: Ask, simulator: Simulator, office: World):
    simulator.options.change("cobrowser", shape="single")
    assert len((await ask("cobrowser", PATH, c="getOnlineAgents")).json["getOnlineAgents"]) == 3
    for name in ("omar.haddad", "bruna.silva"):
        office.remove_person(name)
    assert (await ask("cobrowser", PATH, c="getOnlineAgents")).json["getOnlineAgents"]["username"] == "sales-jane"
    office.remove_person("jane.doe")
    assert (await ask("cobrowser", PATH, c="getOnlineAgents")).json == {"getOnlineAgents": []}


@pytest.mark.parametrize("shape", ["list", "encoded", "bare"])
async def test_a_byte_order_mark_goes_before_everything(ask: Ask, simulator: Simulator, shape: str):
    simulator.options.change("cobrowser", bom=True, shape=shape)
    told, refused = await ask("cobrowser", PATH, c="getOnlineAgents"), await ask("cobrowser", PATH, apiKey="no")
    assert (told.body[:3], refused.body[:3]) == (b"\xef\xbb\xbf", b"\xef\xbb\xbf")
    assert msgspec.json.decode(refused.body[3:]) == {"error": "Invalid API key"}
    assert b"sales-jane" in told.body


@pytest.mark.parametrize(("option", "told"), [("html", "text/html"), ("json", "application/json")])
async def test_the_content_type_is_an_option(ask: Ask, simulator: Simulator, option: str, told: str):
    simulator.options.change("cobrowser", content_type=option)
    assert (await ask("cobrowser", PATH, c="getOnlineAgents")).content_type == told
    assert (await ask("cobrowser", PATH, c="nothing")).content_type == told
