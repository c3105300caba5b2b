import aiohttp
import pytest
from simulator.asking import Ask, Call

from monitor.simulator import Fault, Simulator, World


async def test_the_state_is_told(control: Call, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="hang", times=3))
    await simulator.down("comm100")
    status, told = await control("GET", "/")
    assert status == 200
    assert told["iadvize"]["url"] == simulator.urls["iadvize"]
    assert [(fault["kind"], fault["times"]) for fault in told["iadvize"]["faults"]] == [("hang", 3)]
    assert (told["iadvize"]["up"], told["comm100"]["up"]) == (True, False)
    assert told["comm100"]["options"]["token_seconds"] == 7200


async def test_faults_are_hung_and_taken_down(control: Call, simulator: Simulator, ask: Ask):
    order = {"kind": "status", "statuses": [503], "retry_after": "5"}
    assert (await control("POST", "/faults/iadvize", order))[0] == 200
    assert (await ask("iadvize", "/group")).status == 503
    assert (await control("DELETE", "/faults/iadvize"))[0] == 200
    assert (await ask("iadvize", "/group")).status == 200


async def test_several_at_once(control: Call, simulator: Simulator):
    await control("POST", "/faults/iadvize", [{"kind": "html", "times": 1}, {"kind": "latency", "seconds": 0.1}])
    assert [fault.kind for fault in simulator.faults.active("iadvize")] == ["html", "latency"]


async def test_down_and_up(control: Call, simulator: Simulator):
    await control("POST", "/faults/liveagent", {"kind": "down"})
    assert not simulator.is_up("liveagent")
    await control("POST", "/faults/liveagent", {"kind": "up"})
    assert simulator.is_up("liveagent")
    await control("POST", "/faults/liveagent", {"kind": "down"})
    await control("DELETE", "/faults")
    assert simulator.is_up("liveagent")


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/faults/zendesk", {"kind": "hang"}, "no 'zendesk' here; there are cobrowser"),
        ("/faults/iadvize", {"kind": "explosion"}, "explosion"),
        ("/faults/iadvize", {"kind": "status"}, "statuses go with kind status"),
        ("/faults/iadvize", {"kind": "hang", "tmies": 3}, "tmies"),
        ("/faults/iadvize", {"kind": "hang", "times": "three"}, "$.times"),
        ("/faults/iadvize", {"kind": "edition"}, "iadvize has no edition"),
        ("/faults/iadvize", {"kind": "down", "times": 3}, "times"),
        ("/faults/iadvize", "hang", "object"),
        ("/options/cobrowser", {"shape": "round"}, "round"),
        ("/options/cobrowser", {"form": "list"}, "form"),
        ("/teams/kitchen", {"presence": "away"}, "no 'kitchen' here"),
        ("/teams/sales", {"presence": "asleep"}, "asleep"),
        ("/queues/kitchen", {"waits": []}, "no 'kitchen' here"),
        ("/queues/sales", {"waits": [-1]}, "at least 0"),
        ("/queues/sales", {"wait": [1]}, "wait"),
        ("/queues/billing", {"waits": [1], "tool": "liveagent"}, "no queue in liveagent"),
    ],
)
async def test_a_wrong_order_is_explained(control: Call, path: str, body: object, words: str):
    status, told = await control("POST", path, body)
    assert status == 400
    assert words in told["error"]


async def test_what_is_no_json_is_a_400(simulator: Simulator, session: aiohttp.ClientSession):
    async with session.post(simulator.control_url + "/faults/iadvize", data=b"{") as response:
        assert response.status == 400


async def test_one_wrong_order_in_a_list_changes_nothing(control: Call, simulator: Simulator):
    assert (await control("POST", "/faults/iadvize", [{"kind": "html"}, {"kind": "edition"}]))[0] == 400
    assert simulator.faults.active("iadvize") == ()


async def test_options_change_and_keep_the_others(control: Call, simulator: Simulator):
    await control("POST", "/options/comm100", {"next_page": "query"})
    await control("POST", "/options/comm100", {"token_seconds": 5})
    assert simulator.options.comm100.value.next_page == "query"
    assert simulator.options.comm100.value.token_seconds == 5


async def test_a_team_goes_on_a_break(control: Call, ask: Ask):
    assert await control("POST", "/teams/sales", {"presence": "away", "reason": "Meeting"}) == (
        200,
        {"team": "sales", "people": 3},
    )
    statuses = [row["status"] for row in (await ask("comm100", "/livechat/agents")).json]
    assert statuses == ["Meeting", "Meeting", "Online", "Meeting"]
    assert (await control("POST", "/teams/sales", {"presence": "release"}))[0] == 200


async def test_a_queue_is_scripted_and_given_back(control: Call, office: World):
    assert (await control("POST", "/queues/sales", {"waits": [5, 30]}))[0] == 200
    assert office.waits("sales", "comm100") == office.waits("sales", "liveagent") == (30, 5)
    assert (await control("POST", "/queues/sales", {"waits": None, "tool": "comm100"}))[0] == 200
    assert (office.waits("sales", "comm100"), office.waits("sales", "liveagent")) == ((), (30, 5))


async def test_new_faults_are_hung_by_name(control: Call, simulator: Simulator):
    kinds = ["gzip_bomb", "bad_gzip", "wrong_length_long", "wrong_length_short", "invalid_utf8"]
    kinds += ["deep_nesting", "huge_headers", "garbage", "half_bad"]
    order = [{"kind": kind} for kind in kinds] + [{"kind": "drip", "seconds": 0.5}]
    assert (await control("POST", "/faults/liveagent", order))[0] == 200
    assert [fault.kind for fault in simulator.faults.active("liveagent")] == [*kinds, "drip"]


async def test_requests_are_shown(control: Call, ask: Ask):
    await ask("iadvize", "/group")
    assert (await control("GET", "/requests/iadvize"))[1] == [
        {"method": "GET", "path": "/api/2/group", "query": {"key": "***"}}
    ]
