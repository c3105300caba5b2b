from collections.abc import Mapping
from uuid import UUID

import aiohttp
import pytest
from simulator.asking import Answer, Ask, Call, basic

from monitor.simulator import Fault, Simulator, World

ZERO = "00000000-0000-0000-0000-000000000000"
KEY = basic("demo@example.com", "demo-comm100-key")
SALES = "1487fc9d-92e6-4487-a2e8-92e68d600001"
SUPPORT = "1487fc9d-92e6-4487-a2e8-92e68d600002"


@pytest.fixture
def v4(simulator: Simulator, session: aiohttp.ClientSession):
    async def get(path: str, /, headers: Mapping[str, str] = KEY, **params: str) -> Answer:
        asked = {"siteId": "10001000", **params}
        async with session.get(simulator.comm100_v4_url + path, params=asked, headers=headers) as response:
            return Answer(response.status, response.content_type, await response.read(), response.headers)

    return get


async def test_the_base_stands_beside_v3(simulator: Simulator):
    assert simulator.comm100_v4_url == simulator.roots["comm100"] + "/v4"
    assert simulator.oauth_url == simulator.roots["comm100"] + "/oauth/token"


async def test_a_key_needs_its_site(v4: Call):
    assert (await v4("/livechat/agents")).status == 200
    for site in ("", "1"):
        answer = await v4("/livechat/agents", siteId=site)
        assert (answer.status, sorted(answer.json)) == (401, ["code", "message"])
    assert (await v4("/livechat/agents", basic("demo@example.com", "no"))).status == 401
    assert (await v4("/livechat/agents", {})).status == 401


async def test_a_token_needs_no_site(v4: Call, simulator: Simulator, session: aiohttp.ClientSession):
    form = {"grant_type": "password", "email": "demo@example.com", "password": "demo-comm100-password"}
    async with session.post(simulator.oauth_url, data=form) as response:
        told = await response.json()
    assert sorted(told) == ["access_token", "expires_in", "refresh_token", "token_type"]
    assert (told["token_type"], told["expires_in"]) == ("bearer", 43199)
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    assert (await v4("/livechat/agents", bearer, siteId="")).status == 200
    simulator.expire_tokens()
    assert (await v4("/livechat/agents", bearer)).status == 401


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"email": "no"}, {"grant_type": "client_credentials"}])
async def test_a_wrong_form_gets_no_token(simulator: Simulator, session: aiohttp.ClientSession, wrong: dict[str, str]):
    form = {"grant_type": "password", "email": "demo@example.com", "password": "demo-comm100-password", **wrong}
    async with session.post(simulator.oauth_url, data=form) as response:
        assert response.status == 401


async def test_live_agents_are_those_of_v3_under_guids(v4: Call, ask: Ask):
    new = (await v4("/livechat/agents")).json
    old = (await ask("comm100", "/livechat/agents")).json
    assert [(row["status"], row["ongoingChats"]) for row in new] == [
        ("Online", 2),
        ("Lunch", 1),
        ("Online", 3),
        ("Offline", 0),
    ]
    assert [(row["status"], row["ongoingChats"]) for row in old] == [(r["status"], r["ongoingChats"]) for r in new]
    assert all(sorted(row) == ["id", "ongoingChats", "status"] for row in new)
    assert all(str(UUID(row["id"])) == row["id"] for row in new)


async def test_a_custom_away_status_may_come_as_its_id(v4: Call, simulator: Simulator):
    simulator.options.change("comm100", v4_status="id")
    lunch = {row["name"]: row["id"] for row in (await v4("/global/agentAwayStatuses")).json}["Lunch"]
    rows = (await v4("/livechat/agents")).json
    assert [row["status"] for row in rows] == ["Online", lunch, "Online", "Offline"]
    assert (await v4(f"/livechat/agents/{rows[1]['id']}")).json == rows[1]


async def test_the_guid_of_an_account_stays(v4: Call, office: World):
    before = [row["id"] for row in (await v4("/livechat/agents")).json]
    office.remove_person("omar.haddad")
    assert [row["id"] for row in (await v4("/livechat/agents")).json] == [before[0], *before[2:]]


async def test_one_live_agent(v4: Call):
    last = (await v4("/livechat/agents")).json[-1]
    assert (await v4(f"/livechat/agents/{last['id']}")).json == last
    assert (await v4("/livechat/agents/1")).status == 404


async def test_the_live_report(v4: Call, office: World, simulator: Simulator):
    office.add_person("Hand Picker", tools=["comm100"], auto_accept=False, presence="away")
    told = (await v4("/livechat/realTime/Agents")).json
    ids = [row["id"] for row in (await v4("/livechat/agents")).json]
    lunch = {row["name"]: row["id"] for row in (await v4("/global/agentAwayStatuses")).json}["Lunch"]
    assert (told["total"], told["pageCount"]) == (5, 1)
    assert told["list"][1] == {
        "agentId": ids[1],
        "displayName": "Omar Haddad",
        "currentStatusId": lunch,
        "ongoingChats": 1,
        "maxConcurrentChats": 2,
        "intradayChats": 1,
        "intradayLinearChatTime": "00:00:30.0000000",
        "statusDistribution": {},
    }
    # online, plain away and offline have no custom status, and no capacity is 0
    assert [row["currentStatusId"] for row in told["list"]] == [ZERO, lunch, ZERO, ZERO, ZERO]
    assert [row["maxConcurrentChats"] for row in told["list"]] == [4, 2, 3, 1, 0]
    simulator.options.change("comm100", limit_for_all=3)
    assert {row["maxConcurrentChats"] for row in (await v4("/livechat/realTime/Agents")).json["list"]} == {3}


async def test_a_status_id_may_be_in_no_list(v4: Call, office: World):
    office.set_status("jane.doe", "comm100", "away", reason="Fire drill")
    current = (await v4("/livechat/realTime/Agents")).json["list"][0]["currentStatusId"]
    assert current != ZERO
    assert current not in {row["id"] for row in (await v4("/global/agentAwayStatuses")).json}


async def test_five_rows_a_page(v4: Call, office: World):
    for number in range(8):
        office.add_person(f"Extra {number}", tools=["comm100"])
    pages = [(await v4("/livechat/realTime/Agents", pageIndex=str(page))).json for page in range(1, 5)]
    assert [(page["total"], page["pageCount"], len(page["list"])) for page in pages] == [
        (12, 3, 5),
        (12, 3, 5),
        (12, 3, 2),
        (12, 3, 0),
    ]
    assert len({row["agentId"] for page in pages for row in page["list"]}) == 12


@pytest.mark.parametrize("parameter", ["page", ""])
async def test_the_parameter_of_the_page_is_not_documented(
    v4: Call, office: World, simulator: Simulator, parameter: str
):
    for number in range(3):
        office.add_person(f"Extra {number}", tools=["comm100"])
    simulator.options.change("comm100", v4_page_parameter=parameter)
    path = "/livechat/realTime/Agents"
    first = (await v4(path)).json
    assert (await v4(path, pageIndex="2")).json == first
    assert ((await v4(path, page="2")).json == first) == (parameter == "")


async def test_offline_agents_may_be_missing(v4: Call, simulator: Simulator):
    simulator.options.change("comm100", list_offline=False)
    assert len((await v4("/livechat/agents")).json) == 3
    assert (await v4("/livechat/realTime/Agents")).json["total"] == 3


async def test_the_roster(v4: Call, office: World, simulator: Simulator):
    for number in range(8):
        office.add_person(f"Extra {number}", tools=["comm100"], active=number > 0)
    first = (await v4("/global/agents")).json
    assert first["agents"][1] == {
        "id": (await v4("/livechat/agents")).json[1]["id"],
        "email": "omar.haddad@example.com",
        "displayName": "Omar",
        "firstName": "Omar",
        "lastName": "Haddad",
        "isAdmin": False,
        "isActive": True,
        "title": "Agent",
        "departmentIds": [SUPPORT, SALES],
    }
    assert first["agents"][4]["isActive"] is False
    assert (first["total"], len(first["agents"]), first["previousPage"]) == (12, 10, "")
    assert first["nextPage"] == simulator.comm100_v4_url + "/global/agents?pageSize=10&pageIndex=2"
    second = (await v4("/global/agents", pageIndex="2")).json
    assert (len(second["agents"]), second["nextPage"]) == (2, "")
    simulator.options.change("comm100", v4_roster="array")
    assert len((await v4("/global/agents")).json) == 12


async def test_departments_and_away_statuses(v4: Call):
    departments = (await v4("/global/departments")).json
    assert [(row["id"], row["name"]) for row in departments][:2] == [(SALES, "Sales"), (SUPPORT, "Support")]
    statuses = (await v4("/global/agentAwayStatuses")).json
    assert [(row["name"], row["order"], row["isSystem"]) for row in statuses] == [
        ("Away", 0, True),
        ("Lunch", 1, False),
        ("Meeting", 2, False),
        ("Training", 3, False),
    ]


async def test_capacities(v4: Call, office: World, simulator: Simulator):
    office.add_person("Hand Picker", tools=["comm100"], auto_accept=False)
    told = (await v4("/livechat/autoDistributionConfig")).json
    assert told["ifLimitMaxConcurrentChatsForAllAgents"] is False
    assert told["autoDistributionMethod"] == "loadBalancing"
    given = [(row["ifAutoAcceptChat"], row["maxConcurrentChats"]) for row in told["agentAutoDistributionConfigs"]]
    assert given == [(True, 4), (True, 2), (True, 3), (True, 1), (False, 0)]
    ids = [row["agentId"] for row in told["agentAutoDistributionConfigs"]]
    assert ids == [row["id"] for row in (await v4("/livechat/agents")).json]
    simulator.options.change("comm100", limit_for_all=3)
    told = (await v4("/livechat/autoDistributionConfig")).json
    assert (told["ifLimitMaxConcurrentChatsForAllAgents"], told["maxConcurrentChatsForAllAgents"]) == (True, 3)


async def test_faults_of_rows(v4: Call, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="empty_list", times=1), Fault(kind="unknown_status", times=1))
    assert (await v4("/livechat/realTime/Agents")).json == {"total": 0, "pageCount": 0, "list": []}
    rows = (await v4("/livechat/realTime/Agents")).json["list"]
    assert {row["currentStatusId"] for row in rows} == {"7e1e9047-ed00-4000-8000-000000000000"}


async def test_visitors_in_a_chat(v4: Call, office: World):
    office.set_queue("sales", [10])
    assert len((await v4("/livechat/visitors", status="chatting")).json) == 6
    assert len((await v4("/livechat/visitors")).json) == 7
    assert (await v4("/livechat/visitors/chatting")).status == 404


async def test_what_is_not_there_is_404(v4: Call):
    answer = await v4("/livechat/nothing")
    assert (answer.status, answer.json["code"]) == (404, 404000)
