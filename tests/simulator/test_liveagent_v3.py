from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from simulator.asking import Answer, Ask, Call

from monitor.simulator import Channel, Fault, Simulator, World, credentials

KEY = {"apikey": "demo-liveagent-v3-key"}


@pytest.fixture
def v3(simulator: Simulator, session: aiohttp.ClientSession):
    async def get(path: str, /, headers: Mapping[str, str] = KEY, **params: str) -> Answer:
        async with session.get(simulator.liveagent_v3_url + path, params=params, headers=headers) as response:
            return Answer(response.status, response.content_type, await response.read(), response.headers)

    return get


def hire(office: World, many: int, **more: Any) -> None:
    for number in range(many):
        office.add_person(f"Extra {number}", tools=["liveagent"], **more)


async def test_the_base_stands_beside_v1(simulator: Simulator):
    assert simulator.liveagent_v3_url == simulator.roots["liveagent"] + "/api/v3"
    assert credentials("liveagent", "v3") == {"api_key": "demo-liveagent-v3-key"}
    assert credentials("liveagent", "v1") == credentials("liveagent") == {"api_key": "demo-liveagent-key"}


async def test_ping(v3: Ask):
    assert (await v3("/ping")).status == 200


@pytest.mark.parametrize("headers", [{}, {"apikey": "demo-liveagent-key"}, {"apikey": "no"}])
@pytest.mark.parametrize("path", ["/ping", "/agents", "/grid/agents"])
async def test_a_key_that_is_not_of_v3_is_403(v3: Ask, path: str, headers: dict[str, str]):
    answer = await v3(path, headers)
    assert (answer.status, answer.json) == (403, {"message": "ApiKey not found"})


async def test_the_key_is_not_read_from_the_query(v3: Ask):
    assert (await v3("/ping", {}, apikey="demo-liveagent-v3-key")).status == 403


async def test_the_key_of_v3_is_unknown_to_v1(ask: Ask):
    answer = await ask("liveagent", "/api/departments", apikey="demo-liveagent-v3-key")
    assert (answer.status, answer.json["response"]["errormessage"]) == (403, "ApiKey not found")


async def test_agents_are_a_bare_array(v3: Ask):
    answer = await v3("/agents")
    assert answer.content_type == "application/json"
    assert answer.json[0] == {
        "id": "a6000001",
        "name": "Jane Doe",
        "email": "jane.doe@example.com",
        "role": "agent",
        "role_id": "agent",
        "avatar_url": "",
        "online_status": "N",
        "status": "A",
        "gender": "X",
    }
    # Omar is on a break, Klaas is signed out
    assert [row["online_status"] for row in answer.json] == ["N", "P", "N", "F"]


async def test_somebody_may_be_mobile(v3: Ask, office: World):
    office.set_status("jane.doe", "liveagent", "online", reason="mobile")
    assert (await v3("/agents/a6000001")).json["online_status"] == "C"


async def test_deleted_agents_are_listed_unless_told_otherwise(v3: Ask, ask: Ask, office: World, simulator: Simulator):
    office.add_person("Gone Since", tools=["liveagent"], active=False, presence="online")
    last = (await v3("/agents")).json[-1]
    assert (last["name"], last["status"], last["online_status"]) == ("Gone Since", "X", "F")
    assert len((await v3("/grid/agents")).json) == 4
    assert len((await ask("liveagent", "/api/onlinestatus/agents")).json["response"]["agentsOnlineStates"]) == 4
    simulator.options.change("liveagent", list_deleted=False)
    assert [row["status"] for row in (await v3("/agents")).json] == ["A"] * 4


async def test_the_statuses_of_one_agent(v3: Ask):
    assert (await v3("/agents/a6000002/status")).json == [
        {"departmentid": "d1s58gs4", "online_status": "R", "preset_status": "RT", "work_allocation_allowed": False},
        {"departmentid": "d2s58gs4", "online_status": "R", "preset_status": "RT", "work_allocation_allowed": False},
    ]
    jane = (await v3("/agents/a6000001/status")).json
    assert [(row["online_status"], row["work_allocation_allowed"]) for row in jane] == [("PRT", True)]


async def test_the_grid_has_all_agents_in_all_departments(v3: Ask):
    rows = (await v3("/grid/agents")).json
    assert rows[0] == {
        "agentid": "a6000001",
        "firstname": "Jane",
        "lastname": "Doe",
        "system_name": "Jane Doe",
        "username": "jane.doe@example.com",
        "avatar_url": "",
        "roleid": "agent",
        "rolename": "Agent",
        "departments_statuses": [
            {
                "departmentid": "d1s58gs4",
                "online_status": "PRT",
                "preset_status": "PRT",
                "work_allocation_allowed": True,
            }
        ],
        "userstatus": "A",
    }
    assert [len(row["departments_statuses"]) for row in rows] == [1, 2, 0, 1]


async def test_the_cursor_of_the_grid_is_in_a_header(v3: Ask, office: World):
    hire(office, 19)
    first = await v3("/grid/agents")
    assert len(first.json) == 10
    second = await v3("/grid/agents", _cursor=first.headers["next_page_cursor"])
    third = await v3("/grid/agents", _cursor=second.headers["next_page_cursor"])
    assert (len(second.json), len(third.json)) == (10, 3)
    assert "next_page_cursor" not in third.headers
    ids = [row["agentid"] for page in (first, second, third) for row in page.json]
    assert len(set(ids)) == 23


async def test_a_full_last_page_has_no_cursor(v3: Ask, office: World):
    hire(office, 6)
    answer = await v3("/grid/agents")
    assert (len(answer.json), "next_page_cursor" in answer.headers) == (10, False)
    wide = await v3("/grid/agents", _perPage="100")
    assert (len(wide.json), "next_page_cursor" in wide.headers) == (10, False)


async def test_a_cursor_that_was_not_given_is_refused(v3: Ask):
    answer = await v3("/grid/agents", _cursor="page2")
    assert (answer.status, answer.json) == (400, {"message": "Invalid cursor"})


async def test_departments_count_in_floats(v3: Ask):
    answer = await v3("/departments")
    assert answer.json == [
        {
            "department_id": "d1s58gs4",
            "agent_count": 3.0,
            "name": "Sales",
            "online_status": "PRT",
            "agent_ids": ["a6000001", "a6000002", "a6000004"],
            "mailaccount_id": "",
        },
        {
            "department_id": "d2s58gs4",
            "agent_count": 1.0,
            "name": "Support",
            "online_status": "R",
            "agent_ids": ["a6000002"],
            "mailaccount_id": "",
        },
    ]
    assert b'"agent_count":3.0' in answer.body


async def test_ten_rows_a_page_unless_asked_for_more(v3: Ask, office: World):
    hire(office, 34)
    assert len((await v3("/agents")).json) == 10
    assert len((await v3("/agents", _perPage="500")).json) == 38
    last = (await v3("/agents", _page="4")).json
    assert [row["id"] for row in last] == [f"a60000{number:02x}" for number in range(31, 39)]
    assert (await v3("/agents", _page="5")).json == []
    assert [row["id"] for row in (await v3("/agents", _from="2", _to="4", _page="3")).json] == ["a6000003", "a6000004"]
    assert [row["name"] for row in (await v3("/departments", _perPage="1", _page="2")).json] == ["Support"]
    assert len((await v3("/chats", _perPage="2")).json) == 2


async def test_activity_is_of_those_who_are_there(v3: Ask, office: World):
    office.set_load("jane.doe", "liveagent", 1, channel=Channel.CALL)
    office.set_load("omar.haddad", "liveagent", 0)
    rows = (await v3("/agents/activity")).json
    assert [(row["id"], row["agent_status"], len(row["active_tickets"])) for row in rows] == [
        ("a6000001", "B", 3),
        ("a6000002", "A", 0),
        ("a6000003", "B", 3),
    ]
    assert [(ticket["status"], ticket["ticket_status"]) for ticket in rows[0]["active_tickets"]] == [
        ("J", "T"),
        ("J", "T"),
        ("C", "P"),
    ]


async def test_chats_tell_who_talks_rings_and_queues(v3: Ask, office: World):
    office.set_load("jane.doe", "liveagent", 1)
    office.set_load("omar.haddad", "liveagent", 1, phase="new")
    office.set_load("bruna.silva", "liveagent", 0)
    office.set_queue("support", [30, 5])
    rows = (await v3("/chats")).json
    assert [(row["agent_id"], row["department_id"], row["status"]) for row in rows] == [
        ("a6000001", "d1s58gs4", "T"),
        ("a6000002", "d1s58gs4", "R"),
        ("", "d2s58gs4", "Q"),
        ("", "d2s58gs4", "Q"),
    ]
    assert len({row["id"] for row in rows}) == 4


async def test_a_lively_world_has_both_letters_for_a_chat():
    world = World(1, 40)
    seen = set()
    async with Simulator(world, tick=None) as simulator, aiohttp.ClientSession(headers=KEY) as session:
        for _ in range(3):
            world.advance(40)
            async with session.get(simulator.liveagent_v3_url + "/chats?_perPage=500") as response:
                rows = await response.json()
            seen |= {row["status"] for row in rows}
            assert all(row["department_id"] for row in rows)
            assert len({row["id"] for row in rows}) == len(rows)
    assert {"C", "T", "R"} <= seen <= {"C", "T", "R", "Q"}


async def test_both_versions_show_the_same_letters(v3: Ask, ask: Ask):
    for department in ("d1s58gs4", "d2s58gs4"):
        rows = (await ask("liveagent", f"/api/departments/{department}/agents")).json["response"]["agents"]
        old = {row["userid"]: (row["onlinestatus"], row["presetstatus"]) for row in rows}
        new = {
            row["agentid"]: (each["online_status"], each["preset_status"])
            for row in (await v3("/grid/agents")).json
            for each in row["departments_statuses"]
            if each["departmentid"] == department
        }
        assert old == new


@pytest.mark.parametrize("path", ["/agents/nobody", "/agents/nobody/status", "/nothing"])
async def test_what_is_not_there_is_404(v3: Ask, path: str):
    answer = await v3(path)
    assert (answer.status, list(answer.json)) == (404, ["message"])


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        (Fault(kind="auth"), 403, "ApiKey not found"),
        (Fault(kind="vendor_error"), 200, "Unable to load agents"),
        (Fault(kind="over_limit"), 429, "Rate limit exceeded"),
        (Fault(kind="permission"), 403, "Insufficient privileges"),
        (Fault(kind="status", statuses=(502,)), 502, "Processing error"),
    ],
)
async def test_errors_are_one_message(v3: Ask, simulator: Simulator, fault: Fault, status: int, message: str):
    simulator.fault("liveagent", fault)
    answer = await v3("/agents")
    assert (answer.status, answer.json) == (status, {"message": message})


async def test_faults_of_rows_reach_the_departments_of_the_grid(v3: Ask, simulator: Simulator, office: World):
    hire(office, 7)
    simulator.fault("liveagent", Fault(kind="unknown_status", times=1), Fault(kind="empty_list", times=1))
    spoiled = await v3("/grid/agents")
    assert {each["online_status"] for row in spoiled.json for each in row["departments_statuses"]} == {"XZ"}
    assert spoiled.headers["next_page_cursor"]
    nobody = await v3("/grid/agents")
    assert (nobody.json, "next_page_cursor" in nobody.headers) == ([], False)


def test_only_the_call_of_v3_has_another_key():
    assert isinstance(credentials("comm100", "v4")["password"], str)
    assert credentials("comm100", "v4") == credentials("comm100")


async def test_a_fault_may_be_of_v3_alone(v3: Call, ask: Ask, simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="auth", path="/api/v3/"))
    assert (await v3("/agents")).status == 403
    assert (await ask("liveagent", "/api/departments")).status == 200
