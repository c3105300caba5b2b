from base64 import urlsafe_b64decode
from typing import Any

import aiohttp
import msgspec
import pytest
from simulator.asking import Ask, Call, Wall

from monitor.simulator import Fault, Simulator, World

LOG_IN = {
    "LoginType": "Password",
    "Username": "demo@example.com",
    "Password": "demo-comm100-password",
    "SiteId": "10001000",
}
SALES = "1487fc9d-92e6-4487-a2e8-92e68d600001"
ROSTER = "/globalSettings/agents"


@pytest.fixture
def log_in(simulator: Simulator, session: aiohttp.ClientSession):
    async def post(**changes: object):
        async with session.post(simulator.token_url, json={**LOG_IN, **changes}) as response:
            return response.status, await response.json()

    return post


@pytest.fixture
def with_token(simulator: Simulator, session: aiohttp.ClientSession):
    async def get(token: str, path: str = "/livechat/agents"):
        headers = {"Authorization": f"Bearer {token}"}
        async with session.get(simulator.urls["comm100"] + path, headers=headers) as response:
            return response.status, await response.json()

    return get


def claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def test_the_token_carries_text_claims_and_two_hours(log_in: Call):
    status, told = await log_in()
    assert status == 200
    assert list(told) == ["token"]
    body = claims(told["token"])
    assert body["exp"] - body["nbf"] == 7200
    assert (body["agentId"], body["siteId"], body["success"]) == ("1", "10001000", "True")


async def test_the_log_in_may_be_in_lower_case_and_the_site_a_number(log_in: Call):
    assert (await log_in(LoginType="password", SiteId=10001000))[0] == 200


@pytest.mark.parametrize("wrong", [{"Password": "no"}, {"Username": "no"}, {"SiteId": "1"}])
async def test_a_wrong_log_in_is_401(log_in: Call, wrong: dict[str, Any]):
    status, told = await log_in(**wrong)
    assert (status, sorted(told)) == (401, ["code", "message"])


async def test_a_log_in_without_its_parts_is_400(simulator: Simulator, session: aiohttp.ClientSession):
    async with session.post(simulator.token_url, json={"Username": "demo"}) as response:
        assert response.status == 400
        assert (await response.json())["code"] == 400000


async def test_a_token_opens_the_api_until_it_expires(log_in: Call, with_token: Call, wall: Wall):
    token = (await log_in())[1]["token"]
    assert (await with_token(token))[0] == 200
    wall.at += 7199
    assert (await with_token(token))[0] == 200
    wall.at += 1
    assert await with_token(token) == (401, {"code": 401000, "message": "The token has expired."})


async def test_the_life_of_a_token_is_adjustable(log_in: Call, with_token: Call, wall: Wall, simulator: Simulator):
    simulator.options.change("comm100", token_seconds=5)
    token = (await log_in())[1]["token"]
    wall.at += 5
    assert (await with_token(token))[0] == 401


async def test_a_tampered_token_is_refused(log_in: Call, with_token: Call):
    head, body, signature = (await log_in())[1]["token"].split(".")
    for token in (f"{head}.{body}.x{signature[1:]}", f"{head}.{body[:-2]}xx.{signature}", "a.b.c", "nothing"):
        assert (await with_token(token))[0] == 401


async def test_tokens_can_be_revoked(log_in: Call, with_token: Call, simulator: Simulator):
    token = (await log_in())[1]["token"]
    simulator.expire_tokens()
    assert (await with_token(token))[0] == 401
    assert (await with_token((await log_in())[1]["token"]))[0] == 200


async def test_an_expired_token_once(log_in: Call, with_token: Call, simulator: Simulator):
    token = (await log_in())[1]["token"]
    simulator.fault("comm100", Fault(kind="expired_token", path="/livechat/", times=1))
    assert (await with_token(token))[0] == 401
    assert (await with_token(token))[0] == 401
    assert (await with_token((await log_in())[1]["token"]))[0] == 200


async def test_the_oauth_form(simulator: Simulator, session: aiohttp.ClientSession, with_token: Call):
    form = {"grant_type": "password", "email": "demo@example.com", "password": "demo-comm100-password"}
    async with session.post(simulator.roots["comm100"] + "/oauth/token", data=form) as response:
        told = await response.json()
    assert (told["token_type"], told["expires_in"]) == ("bearer", 43199)
    assert (await with_token(told["access_token"]))[0] == 200


async def test_without_credentials_it_is_401(simulator: Simulator, session: aiohttp.ClientSession):
    async with session.get(simulator.urls["comm100"] + "/livechat/agents") as response:
        assert response.status == 401
    for value in ("Basic bm9ib2R5Om5v", "Basic !", "Digest x"):
        headers = {"Authorization": value}
        async with session.get(simulator.urls["comm100"] + "/livechat/agents", headers=headers) as response:
            assert response.status == 401


async def test_live_agents_are_a_bare_array(ask: Ask):
    answer = await ask("comm100", "/livechat/agents")
    assert answer.json == [
        {"id": 1, "status": "Online", "ongoingChats": 2},
        {"id": 2, "status": "Lunch", "ongoingChats": 1},
        {"id": 3, "status": "Online", "ongoingChats": 3},
        {"id": 4, "status": "Offline", "ongoingChats": 0},
    ]


async def test_offline_agents_may_be_missing(ask: Ask, simulator: Simulator):
    simulator.options.change("comm100", list_offline=False)
    assert [row["id"] for row in (await ask("comm100", "/livechat/agents")).json] == [1, 2, 3]


async def test_one_live_agent(ask: Ask):
    assert (await ask("comm100", "/livechat/agents/4")).json["status"] == "Offline"
    assert (await ask("comm100", "/livechat/agents/99")).status == 404


@pytest.mark.parametrize("path", ["/livechat/customAwayStatus", "/globalSettings/agentAwayStatuses"])
async def test_away_statuses_have_names(ask: Ask, path: str):
    rows = (await ask("comm100", path)).json
    assert [row["name"] for row in rows] == ["Lunch", "Meeting", "Training"]
    assert sorted(rows[0]) == ["id", "isSystem", "name", "order"]


async def test_a_name_may_be_in_no_list(ask: Ask, office: World):
    office.set_status("jane.doe", "comm100", "away", reason="Fire drill")
    assert (await ask("comm100", "/livechat/agents")).json[0]["status"] == "Fire drill"


async def test_departments_have_guids(ask: Ask):
    rows = (await ask("comm100", "/globalSettings/departments")).json
    assert [(row["id"][-1], row["name"]) for row in rows] == [("1", "Sales"), ("2", "Support"), ("3", "Billing")]
    members = (await ask("comm100", f"/globalSettings/departments/{SALES}/agents")).json
    assert [row["id"] for row in members["agents"]] == [1, 2, 4]


async def test_capacities(ask: Ask, office: World, simulator: Simulator):
    office.add_person("Hand Picker", tools=["comm100"], auto_accept=False)
    told = (await ask("comm100", "/livechat/autoDistribution")).json
    assert told["isLimitMaxConcurrentChatsForAllAgents"] is False
    assert told["departmentAutoDistributions"][0]["isLastChattedAgentPreferred"] == "true"
    assert told["agentAutoDistributions"][0] == {"agentId": 1, "ifAutoAcceptChat": True, "maxConcurrentChats": 4}
    assert told["agentAutoDistributions"][-1] == {"agentId": 5, "ifAutoAcceptChat": False}
    simulator.options.change("comm100", limit_for_all=3)
    told = (await ask("comm100", "/livechat/autoDistribution")).json
    assert (told["isLimitMaxConcurrentChatsForAllAgents"], told["maxConcurrentChatsForAllAgents"]) == (True, 3)


async def test_roster_rows(ask: Ask, office: World):
    office.add_person("Gone Since", tools=["comm100"], active=False)
    plain = (await ask("comm100", ROSTER)).json["agents"]
    assert plain[0] == {
        "id": 1,
        "email": "jane.doe@example.com",
        "displayName": "Jane",
        "firstName": "Jane",
        "lastName": "Doe",
        "title": "Agent",
        "isActive": True,
        "departmentIds": [SALES],
    }
    assert plain[-1]["isActive"] is False
    assert len((await ask("comm100", "/livechat/agents")).json) == 4
    included = (await ask("comm100", ROSTER, include="department,role")).json["agents"][0]
    assert included["departments"] == [{"id": SALES, "name": "Sales"}]
    assert included["roles"] == [{"id": 2, "name": "Agent"}]


async def test_the_pager_has_ten_rows_and_a_link(ask: Ask, office: World, simulator: Simulator):
    for number in range(8):
        office.add_person(f"Extra {number}", tools=["comm100"])
    first = (await ask("comm100", ROSTER)).json
    assert (first["count"], len(first["agents"]), first["previousPage"]) == (12, 10, "")
    assert first["nextPage"] == simulator.urls["comm100"] + ROSTER + "?pageIndex=2"
    second = (await ask("comm100", ROSTER, pageIndex="2")).json
    assert (len(second["agents"]), second["nextPage"]) == (2, "")
    assert (await ask("comm100", ROSTER, pageIndex="3")).json["agents"] == []
    assert len((await ask("comm100", ROSTER, pageSize="50")).json["agents"]) == 12


@pytest.mark.parametrize(
    ("form", "link"),
    [("relative", "/api/v3/globalSettings/agents?pageSize=2&pageIndex=2"), ("query", "?pageSize=2&pageIndex=2")],
)
async def test_the_link_has_three_forms_and_two_ends(ask: Ask, simulator: Simulator, form: str, link: str):
    simulator.options.change("comm100", next_page=form, last_page="null")
    assert (await ask("comm100", ROSTER, pageSize="2")).json["nextPage"] == link
    assert (await ask("comm100", ROSTER, pageSize="2", pageIndex="2")).json["nextPage"] is None


@pytest.mark.parametrize(
    ("kind", "words"), [("permission", "permission"), ("edition", "edition"), ("over_limit", "limit of the day")]
)
async def test_403_has_three_meanings(ask: Ask, simulator: Simulator, kind: str, words: str):
    simulator.fault("comm100", Fault(kind=kind, path="autoDistribution"))
    answer = await ask("comm100", "/livechat/autoDistribution")
    assert (answer.status, answer.json["code"]) == (403, 403000)
    assert words in answer.json["message"]
    assert (await ask("comm100", "/livechat/agents")).status == 200


async def test_what_is_not_there_is_404(ask: Ask):
    assert (await ask("comm100", "/livechat/nothing")).status == 404
