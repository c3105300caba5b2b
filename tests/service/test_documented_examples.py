"""The vendors' own documentation examples, served as they stand, give the numbers that a person reads from them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from running import agentmon, eventually

OFF = {"enabled": False, "slot_number": 0, "slot_max_number": 1, "busy": False, "available": False}
OPERATOR_456 = {
    "id": 456,
    "connected": True,
    "chat": {"enabled": True, "slot_number": 2, "slot_max_number": 4, "busy": False, "available": True},
    "call": OFF,
    "video": OFF,
}
OPERATOR_123 = {
    "id": 123,
    "connected": False,
    "chat": {"enabled": False, "slot_number": 1, "slot_max_number": 2, "busy": False, "available": False},
    "call": {"enabled": True, "slot_number": 1, "slot_max_number": 1, "busy": True, "available": False},
    "video": OFF,
}
SUCCESS = {"status": "success"}
TOM = {"id": 68, "email": "tom@example.com", "displayName": "Tom", "firstName": "Tom", "lastName": "Green"}
DEPARTMENT_AGENTS = [
    {"userid": "ag0h45s", "firstname": "John", "lastname": "Doe", "email": "john@agent.example", "presetstatus": "M"},
    {"userid": "bc0s45s", "firstname": "Any", "lastname": "Body", "email": "any@agent.example", "presetstatus": "M"},
]

ANSWERS: dict[str, object] = {
    "/iadvize/operator/live": {"meta": SUCCESS, "data": [OPERATOR_456, OPERATOR_123]},
    "/iadvize/operator": {"meta": SUCCESS, "data": [{"id": 456, "name": "Doe"}, {"id": 123, "name": "Roe"}]},
    "/iadvize/group": {"meta": SUCCESS, "data": []},
    "/iadvize/skill": {"meta": SUCCESS, "data": []},
    "/liveagent/api/departments": {
        "response": {
            "departments": [
                {"departmentid": "d1s58gs4", "name": "Department 1", "presetstatus": "M", "deleted": "N"},
                {"departmentid": "d2s58gs4", "name": "Department 2", "presetstatus": "MRT", "deleted": "Y"},
            ]
        }
    },
    "/liveagent/api/departments/d1s58gs4/agents": {
        "response": {"agents": [agent | {"onlinestatus": "M"} for agent in DEPARTMENT_AGENTS]}
    },
    "/comm100/token": {"token": "not.a-token-that-can-be.read"},
    "/comm100/livechat/agents": [{"id": 1, "status": "Online", "ongoingChats": 50}],
    "/comm100/globalSettings/agents": {
        "count": 1234,
        "nextPage": "https://api1.comm100.io/api/v3/globalSettings/agents?pageIndex=2",
        "previousPage": "",
        "agents": [TOM],
    },
    "/comm100/globalSettings/departments": [],
    "/comm100/livechat/autoDistribution": {
        "autoDistributionMethod": "loadBanlancing",
        "isLimitMaxConcurrentChatsForAllAgents": True,
        "maxConcurrentChatsForAllAgents": 3,
        "departmentAutoDistributions": [{"departmentId": "1487", "isLastChattedAgentPreferred": "true"}],
        "agentAutoDistributions": [{"agentId": 5, "ifAutoAcceptChat": True, "maxConcurrentChats": 10}],
    },
    "/comm100/livechat/customAwayStatus": [{"id": "BAACB779", "name": "Lunch", "isSystem": False, "order": 1}],
}
JANE = {"id": "12", "name": "Doe", "firstname": "Jane", "username": "jane", "lastactive": "1700000000"}
PAUSED = {"status": "Offline", "slot_num": "4", "hasFree": "0", "numFree": "0", "numOpen": "4", "numClosed": "0"}
ONLINE = {"status": "online", "slot_num": "4", "hasFree": "1", "numFree": "3", "numOpen": "1", "numClosed": "0"}
COBROWSER = [JANE | ONLINE, JANE | PAUSED | {"id": "13", "username": "joe"}]


@pytest.fixture
async def documents() -> AsyncIterator[TestServer]:
    """Serves each example at its path, whatever the query: as plain as a web server gets."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/cobrowser/api/Account.php":
            rows = [*COBROWSER, JANE | PAUSED | {"id": "14"}] if request.query["c"] == "getAllAgents" else COBROWSER
            return web.json_response({request.query["c"]: rows})
        return web.json_response(ANSWERS[request.path])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield server
    await server.close()


def configuration(base: str) -> str:
    return f"""
sources:
  - {{name: iadvize, vendor: iadvize, url: "{base}/iadvize", api_key: made-up}}
  - {{name: cobrowser, vendor: cobrowser, url: "{base}/cobrowser", user: u, api_key: made-up}}
  - {{name: liveagent, vendor: liveagent, url: "{base}/liveagent", api_key: made-up}}
  - {{name: comm100, vendor: comm100, url: "{base}/comm100", token_url: "{base}/comm100/token",
     username: u, password: made-up, site_id: "10001000"}}
teams:
  - {{name: iadvize, channels: [chat, call, video], members: [{{source: iadvize}}]}}
  - {{name: cobrowser, members: [{{source: cobrowser}}]}}
  - {{name: liveagent, channels: [chat, call, ticket], members: [{{source: liveagent, groups: ["Department 1"]}}]}}
  - {{name: comm100, members: [{{source: comm100}}]}}
"""


EXPECTED_STATES = {
    ("iadvize", "chat"): {"partial": 1, "offline": 1},  # 456, 123
    ("iadvize", "call"): {"offline": 1},  # 123 alone: the call of 456 is not enabled
    ("iadvize", "video"): {},
    ("cobrowser", "chat"): {"partial": 1, "finishing": 1, "offline": 1},  # 12 works, 13 paused with 4 open, 14 is out
    ("liveagent", "chat"): {},  # "M" alone says nothing of chat
    ("liveagent", "call"): {},
    ("liveagent", "ticket"): {"unmetered": 2},
    ("comm100", "chat"): {"full": 1},  # 50 chats where 3 are the limit of all agents
}
EXPECTED_SLOTS = {
    ("iadvize", "chat"): {"used": 2, "free": 2, "finishing": 0},
    ("iadvize", "call"): {"used": 0, "free": 0, "finishing": 0},
    ("cobrowser", "chat"): {"used": 1, "free": 3, "finishing": 4},
    ("comm100", "chat"): {"used": 50, "free": 0, "finishing": 0},
}
EXPECTED_CONTRADICTIONS = {("iadvize", "offline_with_load"): 1, ("comm100", "load_over_capacity"): 1}


async def test_the_examples_read_as_a_person_reads_them(tmp_path: Path, documents: TestServer) -> None:
    async with agentmon(tmp_path, configuration(f"http://127.0.0.1:{documents.port}")) as running:
        await eventually(running.is_ready)
        states: dict[tuple[str, str], dict[str, float]] = {}
        slots: dict[tuple[str, str], dict[str, float]] = {}
        contradictions = {}
        for (name, labels), value in (await running.samples()).items():
            label = dict(labels)
            match name:
                case "agentmon_team_agents":
                    states.setdefault((label["team"], label["channel"]), {}).update(
                        {label["state"]: value} if value else {}
                    )
                case "agentmon_team_slots":
                    slots.setdefault((label["team"], label["channel"]), {})[label["state"]] = value
                case "agentmon_source_contradictions_total" if value:
                    contradictions[label["source"], label["check"]] = value
        assert states == EXPECTED_STATES
        assert slots == EXPECTED_SLOTS
        assert contradictions == EXPECTED_CONTRADICTIONS
