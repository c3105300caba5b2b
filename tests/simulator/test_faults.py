import asyncio
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from simulator.asking import Ask, until

from monitor.simulator import Fault, Simulator

LIVE = {
    "cobrowser": ("/api/Account.php", {"c": "getOnlineAgents"}),
    "iadvize": ("/operator/live", {"filters[connected]": "1"}),
    "liveagent": ("/api/departments/d1s58gs4/agents", {}),
    "comm100": ("/livechat/agents", {}),
}
VENDORS = sorted(LIVE)
IMPATIENT = 0.2


@pytest.fixture
def poll(ask: Ask):
    async def get(vendor: str, **options: float):
        path, params = LIVE[vendor]
        return await ask(vendor, path, **params, **options)

    return get


@pytest.mark.parametrize("vendor", VENDORS)
async def test_statuses_come_in_turn_and_the_last_one_stays(poll: Ask, simulator: Simulator, vendor: str):
    simulator.fault(vendor, Fault(kind="status", statuses=(500, 502, 200)))
    assert [(await poll(vendor)).status for _ in range(4)] == [500, 502, 200, 200]


async def test_the_last_status_stays_until_it_is_cleared(poll: Ask, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="status", statuses=(500,)))
    assert [(await poll("iadvize")).status for _ in range(3)] == [500, 500, 500]
    simulator.clear("iadvize")
    assert (await poll("iadvize")).status == 200


async def test_retry_after_is_sent(poll: Ask, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="over_limit", retry_after="30", times=1))
    answer = await poll("iadvize")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert "Retry-After" not in (await poll("iadvize")).headers


async def test_latency_delays_a_good_answer(poll: Ask, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="latency", seconds=0.1))
    before = time.monotonic()
    assert (await poll("comm100")).status == 200
    assert time.monotonic() - before >= 0.1


async def test_latency_goes_together_with_another_fault(poll: Ask, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="status", statuses=(500,)), Fault(kind="latency", seconds=0.1))
    before = time.monotonic()
    assert (await poll("comm100")).status == 500
    assert time.monotonic() - before >= 0.1


@pytest.mark.parametrize("kind", ["hang", "stall", "endless"])
async def test_what_does_not_end_runs_into_the_timeout(poll: Ask, simulator: Simulator, kind: str):
    simulator.fault("cobrowser", Fault(kind=kind))
    with pytest.raises(TimeoutError):
        await poll("cobrowser", patience=IMPATIENT)


async def test_a_hang_sends_nothing_and_a_stall_sends_half(simulator: Simulator):
    async def first_bytes() -> bytes:
        port = int(simulator.roots["comm100"].rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/v3/livechat/agents HTTP/1.1\r\nHost: x\r\n\r\n")
        read = b""
        try:
            async with asyncio.timeout(IMPATIENT):
                while chunk := await reader.read(4096):
                    read += chunk
        except TimeoutError:
            pass
        writer.close()
        await writer.wait_closed()
        return read

    simulator.fault("comm100", Fault(kind="hang", times=1), Fault(kind="stall", times=1))
    assert await first_bytes() == b""
    head, _, body = (await first_bytes()).partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert 0 < len(body) < length


async def test_an_endless_body_is_larger_than_anything_sane(simulator: Simulator, session: aiohttp.ClientSession):
    simulator.fault("iadvize", Fault(kind="endless"))
    read = 0
    async with session.get(simulator.urls["iadvize"] + "/group") as response:
        assert response.content_type == "application/json"
        async for chunk in response.content.iter_any():
            read += len(chunk)
            if read > 5_000_000:
                break
    assert read > 5_000_000


async def test_a_reset_is_one(simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="reset"))
    port = int(simulator.roots["liveagent"].rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/departments HTTP/1.1\r\nHost: x\r\n\r\n")
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_truncated_body_is_shorter_than_promised(poll: Ask, simulator: Simulator, vendor: str):
    simulator.fault(vendor, Fault(kind="truncated", times=1))
    with pytest.raises(aiohttp.ClientPayloadError):
        await poll(vendor)
    assert (await poll(vendor)).status == 200


async def test_a_redirect_leads_elsewhere(poll: Ask, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="redirect", location="http://127.0.0.1:9/login"))
    answer = await poll("iadvize")
    assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.1:9/login")


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_page_and_nothing_come_with_200(poll: Ask, simulator: Simulator, vendor: str):
    simulator.fault(vendor, Fault(kind="html", times=1), Fault(kind="empty_body", times=1))
    page, nothing = await poll(vendor), await poll(vendor)
    assert (page.status, page.content_type, page.body[:15]) == (200, "text/html", b"<!DOCTYPE html>")
    assert (nothing.status, nothing.body) == (200, b"")


@pytest.mark.parametrize(
    ("vendor", "body"),
    [
        ("cobrowser", {"error": "Command failed"}),
        ("iadvize", {"meta": {"status": "fail", "message": "Unknown 'group' with 'id' 2"}}),
        (
            "liveagent",
            {
                "response": {
                    "status": "ERROR",
                    "statuscode": 500,
                    "errormessage": "Unable to load agents",
                    "debugmessage": "",
                }
            },
        ),
        ("comm100", {"code": 500000, "message": "The request was incorrect."}),
    ],
)
async def test_an_error_hides_in_a_200(poll: Ask, simulator: Simulator, vendor: str, body: object):
    simulator.fault(vendor, Fault(kind="vendor_error"))
    answer = await poll(vendor)
    assert (answer.status, answer.json) == (200, body)


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("auth", {"cobrowser": 200, "iadvize": 200, "liveagent": 403, "comm100": 401}),
        ("over_limit", {"cobrowser": 429, "iadvize": 429, "liveagent": 429, "comm100": 403}),
        ("permission", dict.fromkeys(VENDORS, 403)),
    ],
)
async def test_refusals_in_each_vendors_words(poll: Ask, simulator: Simulator, kind: str, statuses: dict[str, int]):
    for vendor in VENDORS:
        simulator.fault(vendor, Fault(kind=kind))
    assert {vendor: (await poll(vendor)).status for vendor in VENDORS} == statuses


@pytest.mark.parametrize(
    ("vendor", "nobody"),
    [
        ("cobrowser", {"getOnlineAgents": []}),
        ("iadvize", {"meta": {"status": "success", "filters": ["connected"]}, "data": []}),
        ("liveagent", {"response": {"agents": []}}),
        ("comm100", []),
    ],
)
async def test_an_empty_list_is_a_legal_answer(poll: Ask, simulator: Simulator, vendor: str, nobody: object):
    simulator.fault(vendor, Fault(kind="empty_list"))
    answer = await poll(vendor)
    assert (answer.status, answer.json) == (200, nobody)


async def test_an_empty_roster_has_an_empty_pager(ask: Ask, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="empty_list"))
    assert (await ask("comm100", "/globalSettings/agents", pageSize="2")).json == {
        "count": 0,
        "nextPage": "",
        "previousPage": "",
        "agents": [],
    }


async def test_wrong_types_in_one_row_or_in_all(poll: Ask, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="wrong_types", rows=1, times=1), Fault(kind="wrong_types"))
    rows = (await poll("comm100")).json
    assert rows[:2] == [
        {"id": [1], "status": ["Online"], "ongoingChats": [2]},
        {"id": 2, "status": "Lunch", "ongoingChats": 1},
    ]
    assert all(isinstance(row["id"], list) for row in (await poll("comm100")).json)


async def test_wrong_types_in_a_keyed_list(poll: Ask, simulator: Simulator):
    simulator.options.change("cobrowser", shape="keyed")
    simulator.fault("cobrowser", Fault(kind="wrong_types"))
    assert (await poll("cobrowser")).json["getOnlineAgents"]["101"]["numFree"] == ["2"]


async def test_nobody_in_a_keyed_list(poll: Ask, simulator: Simulator):
    simulator.options.change("cobrowser", shape="keyed")
    simulator.fault("cobrowser", Fault(kind="empty_list"))
    assert (await poll("cobrowser")).json == {"getOnlineAgents": []}


@pytest.mark.parametrize(
    ("vendor", "find", "text"),
    [
        ("cobrowser", lambda told: told["getOnlineAgents"][0]["status"], "teleported"),
        ("liveagent", lambda told: told["response"]["agents"][0]["onlinestatus"], "XZ"),
        ("comm100", lambda told: told[0]["status"], "Teleported"),
    ],
)
async def test_unknown_statuses(poll: Ask, simulator: Simulator, vendor: str, find: Callable[[Any], str], text: str):
    simulator.fault(vendor, Fault(kind="unknown_status"))
    assert find((await poll(vendor)).json) == text


async def test_a_refusal_is_not_spoiled(ask: Ask, simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="wrong_types"))
    assert (await ask("liveagent", "/api/departments", apikey="no")).json["response"]["statuscode"] == 403


async def test_a_fault_may_be_limited_to_a_path(ask: Ask, simulator: Simulator):
    simulator.fault("cobrowser", Fault(kind="status", statuses=(500,), path="c=getAllAgents"))
    assert (await ask("cobrowser", "/api/Account.php", c="getOnlineAgents")).status == 200
    assert (await ask("cobrowser", "/api/Account.php", c="getAllAgents")).status == 500


async def test_a_fault_may_be_limited_in_number(poll: Ask, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="html", times=2))
    types = [(await poll("iadvize")).content_type for _ in range(3)]
    assert types == ["text/html", "text/html", "application/json"]
    assert simulator.faults.active("iadvize") == ()


async def test_a_fault_is_one_vendors_alone(poll: Ask, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="status", statuses=(500,)))
    assert (await poll("comm100")).status == 200


async def test_clearing_lets_go_of_what_hangs(poll: Ask, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="hang"))
    # by hand, because a client library may ask once more when a connection closes under it
    port = int(simulator.roots["comm100"].rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/v3/livechat/agents HTTP/1.1\r\nHost: x\r\n\r\n")
    await until(lambda: simulator.counts["comm100"])
    simulator.clear()
    assert await reader.read() == b""
    writer.close()
    assert (await poll("comm100")).status == 200


@pytest.mark.parametrize("kind", ["truncated", "wrong_length_long", "drip", "endless"])
async def test_who_hangs_up_in_a_broken_answer_leaves_no_trace(
    poll: Ask, simulator: Simulator, caplog: pytest.LogCaptureFixture, kind: str
):
    simulator.fault("iadvize", Fault(kind=kind), Fault(kind="latency", seconds=0.1))
    with pytest.raises(TimeoutError):
        await poll("iadvize", patience=0.05)
    simulator.clear("iadvize")
    simulator.fault("iadvize", Fault(kind="latency", seconds=0.2))  # by then the other answer has ended, too
    assert (await poll("iadvize")).status == 200
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
