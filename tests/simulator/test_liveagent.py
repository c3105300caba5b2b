import pytest
from simulator.asking import Ask

from monitor.simulator import Fault, Simulator, World

WRONG_KEY = {
    "response": {
        "status": "ERROR",
        "statuscode": 403,
        "errormessage": "ApiKey not found",
        "debugmessage": "",
    }
}


async def test_departments_with_a_deleted_one(ask: Ask):
    answer = await ask("liveagent", "/api/departments")
    assert answer.content_type == "application/json"
    rows = answer.json["response"]["departments"]
    assert rows[0] == {
        "departmentid": "d1s58gs4",
        "name": "Sales",
        "description": "Before the purchase",
        "onlinestatus": "PRT",
        "presetstatus": "PRT",
        "deleted": "N",
    }
    assert [(row["departmentid"], row["deleted"]) for row in rows] == [
        ("d1s58gs4", "N"),
        ("d2s58gs4", "N"),
        ("d9s58gs4", "Y"),
    ]


async def test_one_department_stands_directly_in_the_response(ask: Ask):
    assert (await ask("liveagent", "/api/departments/d2s58gs4")).json["response"]["name"] == "Support"


async def test_agents_of_a_department(ask: Ask):
    rows = (await ask("liveagent", "/api/departments/d1s58gs4/agents")).json["response"]["agents"]
    assert rows[0] == {
        "userid": "a6000001",
        "firstname": "Jane",
        "lastname": "Doe",
        "email": "jane.doe@example.com",
        "onlinestatus": "PRT",
        "presetstatus": "PRT",
    }
    # Omar is on a break, Klaas is signed out and his client forgot what he had switched on
    assert [(row["onlinestatus"], row["presetstatus"]) for row in rows[1:]] == [("R", "RT"), ("", "")]


async def test_letters_differ_between_departments(ask: Ask, office: World):
    office.add_person(
        "Ravi Menon",
        tools=["liveagent"],
        teams=["sales", "support"],
        slots={"chat": 2, "call": 1, "ticket": 5},
        presence="online",
    )
    letters = [
        (await ask("liveagent", f"/api/departments/{number}/agents")).json["response"]["agents"][-1]["onlinestatus"]
        for number in ("d1s58gs4", "d2s58gs4")
    ]
    assert letters[1] == "MRT"
    assert letters[0] in {"PRT", "R"}


async def test_a_muted_channel_stays_preset(ask: Ask, office: World):
    office.set_status("jane.doe", "liveagent", "online", muted=["chat"])
    jane = (await ask("liveagent", "/api/departments/d1s58gs4/agents")).json["response"]["agents"][0]
    assert (jane["onlinestatus"], jane["presetstatus"]) == ("PR", "PRT")


async def test_a_deleted_department_shows_someone_online_for_ever(ask: Ask, office: World):
    office.set_status("jane.doe", "liveagent", "offline")
    rows = (await ask("liveagent", "/api/departments/d9s58gs4/agents")).json["response"]["agents"]
    assert [row["onlinestatus"] for row in rows] == ["RT"]


async def test_online_status_of_agents_is_spelt_otherwise(ask: Ask):
    rows = (await ask("liveagent", "/api/onlinestatus/agents")).json["response"]["agentsOnlineStates"]
    assert rows[0] == {
        "id": "a6000001",
        "contactid": "c0000001",
        "username": "jane.doe@example.com",
        "firstname": "Jane",
        "lastname": "Doe",
        "avatar_url": "",
        "onlineStatus": "MPRT",
    }
    assert [row["onlineStatus"] for row in rows[1:]] == ["R", "RT", ""]


async def test_online_status_of_departments_counts_in_text(ask: Ask):
    rows = (await ask("liveagent", "/api/onlinestatus/departments")).json["response"]["departmentsOnlineStates"]
    assert rows[0] == {
        "id": "d1s58gs4",
        "name": "Sales",
        "onlineStatus": "PRT",
        "presetStatus": "PRT",
        "chat_count": "3",
        "new_count": "0",
        "customer_reply_count": "0",
        "total_count": "3",
        "max_count": "4",
    }
    assert len(rows) == 2


@pytest.mark.parametrize("path", ["departments", "departments/d1s58gs4/agents", "onlinestatus/agents"])
async def test_both_url_forms_answer_alike(ask: Ask, path: str):
    by_path = await ask("liveagent", f"/api/{path}")
    by_handler = await ask("liveagent", "/api/index.php", handler=path)
    assert by_path.json == by_handler.json


async def test_lists_can_be_cut_silently(ask: Ask, simulator: Simulator):
    simulator.options.change("liveagent", truncate_at=1)
    agents = (await ask("liveagent", "/api/onlinestatus/agents")).json["response"]["agentsOnlineStates"]
    departments = (await ask("liveagent", "/api/onlinestatus/departments")).json["response"]["departmentsOnlineStates"]
    assert (len(agents), len(departments)) == (1, 1)
    # the other lists were never cut
    assert len((await ask("liveagent", "/api/departments")).json["response"]["departments"]) == 3
    assert len((await ask("liveagent", "/api/departments/d1s58gs4/agents")).json["response"]["agents"]) == 3


async def test_ten_of_many_agents(ask: Ask, office: World, simulator: Simulator):
    for number in range(20):
        office.add_person(f"Extra {number}", tools=["liveagent"])
    simulator.options.change("liveagent", truncate_at=10)
    assert len((await ask("liveagent", "/api/onlinestatus/agents")).json["response"]["agentsOnlineStates"]) == 10


@pytest.mark.parametrize("path", ["/api/departments", "/api/index.php"])
@pytest.mark.parametrize("key", ["", "no"])
async def test_a_wrong_key_is_403(ask: Ask, path: str, key: str):
    answer = await ask("liveagent", path, apikey=key, handler="departments")
    assert (answer.status, answer.json) == (403, WRONG_KEY)


@pytest.mark.parametrize("path", ["/api/departments/nowhere", "/api/departments/nowhere/agents", "/api/other"])
async def test_what_is_not_there_is_404_in_the_envelope(ask: Ask, path: str):
    answer = await ask("liveagent", path)
    assert (answer.status, answer.json["response"]["status"]) == (404, "ERROR")


async def test_an_update_is_a_503_in_the_envelope(ask: Ask, simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="status", statuses=(503,), retry_after="120"))
    answer = await ask("liveagent", "/api/departments")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "120")
    assert answer.json["response"]["statuscode"] == 503
