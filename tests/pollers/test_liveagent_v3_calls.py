"""How LiveAgent's API v3 is asked: key, pages, cursors; and how it fails."""

import msgspec
import pytest
from pollers.bench import Asked, Told, adapter_of, canned, failure, telling

from monitor.errors import Reason
from monitor.model import Snapshot
from monitor.pollers.vendors.liveagent_v3 import MAX_CHAT_PAGES

KEY_OF_V1 = "this looks like a v1 key"


def numbered(first: int, many: int) -> list[dict[str, object]]:
    return [
        {"agentid": f"a{number}", "id": f"a{number}", "departments_statuses": []}
        for number in range(first, first + many)
    ]


def encoded(rows: object) -> bytes:
    return msgspec.json.encode(rows)


def nothing(_asked: Asked) -> bytes:
    return b"[]"


async def test_the_key_is_a_header_and_never_in_the_address():
    async with canned(nothing) as bench:
        await bench.roster(adapter_of("liveagent", api="v3"))
        await bench.live(adapter_of("liveagent", api="v3"))
    assert [asked.path for asked in bench.asked] == [
        "/api/v3/agents",
        "/api/v3/departments",
        "/api/v3/grid/agents",
        "/api/v3/chats",
    ]
    assert {asked.headers["apikey"] for asked in bench.asked} == {"liveagent-key"}
    assert not any("liveagent-key" in asked.url for asked in bench.asked)
    assert {asked.query["_perPage"] for asked in bench.asked} == {"100"}


async def test_the_grid_is_followed_by_the_cursor_in_the_header():
    def answer(asked: Asked) -> bytes | Told:
        if not asked.path.endswith("grid/agents"):
            return b"[]"
        match asked.query.get("_cursor"):
            case None:
                return Told(encoded(numbered(0, 2)), headers={"next_page_cursor": "a=2&b"})
            case "a=2&b":
                return Told(encoded(numbered(2, 2)), headers={"Next_Page_Cursor": "z"})
            case _:
                return encoded(numbered(4, 1))

    async with canned(answer) as bench:
        snapshot = await bench.live(adapter_of("liveagent", api="v3"))
    assert snapshot.records == 5
    assert len(bench.asked) == 4


async def test_a_cursor_that_leads_back_is_a_failure():
    async with canned(lambda _asked: Told(b"[]", headers={"next_page_cursor": "same"})) as bench:
        error = await failure(bench.live(adapter_of("liveagent", api="v3")))
    assert error.reason is Reason.DECODE
    assert "lead back" in error.detail


@pytest.mark.parametrize(
    ("sizes", "requests"),
    [
        pytest.param([7], 1, id="a short page is the last"),
        pytest.param([100, 100, 7], 3, id="full pages go on"),
        pytest.param([100, 0], 2, id="an empty page is the last"),
        pytest.param([10, 10, 3], 3, id="a vendor that heeds no size gives pages of ten"),
        pytest.param([10, 0], 2, id="ten in all cost one request more"),
    ],
)
async def test_pages_are_read_to_the_end(sizes: list[int], requests: int):
    def answer(asked: Asked) -> bytes:
        if not asked.path.endswith("/agents"):
            return b"[]"
        page = int(asked.query["_page"])
        return encoded(numbered(sum(sizes[: page - 1]), sizes[page - 1]))

    async with canned(answer) as bench:
        roster = await bench.roster(adapter_of("liveagent", api="v3"))
    assert (len(roster.accounts), len(bench.asked) - 1) == (sum(sizes), requests)


async def test_a_vendor_that_heeds_no_page_is_a_failure():
    async with canned(lambda _asked: encoded(numbered(0, 10))) as bench:
        error = await failure(bench.roster(adapter_of("liveagent", api="v3")))
    assert (error.reason, error.detail) == (Reason.DECODE, "the pages of agents repeat themselves")


async def test_more_chats_than_are_read_cost_only_the_load():
    def answer(asked: Asked) -> bytes:
        if not asked.path.endswith("chats"):
            return b"[]"
        return encoded([{"agent_id": asked.query["_page"], "status": "C"}] * 100)

    async with canned(answer) as bench:
        snapshot = await bench.live(adapter_of("liveagent", api="v3"))
    assert len(bench.asked) == MAX_CHAT_PAGES + 1
    assert "more than 10 pages" in snapshot.notes[0]


@pytest.mark.parametrize(
    ("told", "reason", "words"),
    [
        pytest.param(Told(b'{"message":"ApiKey not found"}', 403), Reason.AUTH, KEY_OF_V1, id="a key of v1"),
        pytest.param(
            Told(b'{"message":"No privilege"}', 403), Reason.AUTH, "No privilege", id="a privilege is missing"
        ),
        pytest.param(Told(b"", 403), Reason.AUTH, "refused (403)", id="a bare 403"),
        pytest.param(
            Told(b'{"message":"liveagent-key is bad"}', 401), Reason.AUTH, "*** is bad", id="a key in the words"
        ),
        pytest.param(Told(b'{"message":"x"}', 500), Reason.STATUS, "500", id="500"),
        pytest.param(Told(b"<html>", 502), Reason.STATUS, "502", id="502 of a gateway"),
        pytest.param(Told(b"<html>", 504), Reason.STATUS, "504", id="504 of a gateway"),
        pytest.param(Told(b"", 429), Reason.RATE_LIMITED, "429", id="429"),
        pytest.param(Told(b'{"message":"Unable"}'), Reason.VENDOR_ERROR, "Unable", id="an error in a 200"),
        pytest.param(Told(b"{}"), Reason.DECODE, "shape", id="an object"),
        pytest.param(Told(b"null"), Reason.DECODE, "not the JSON", id="null"),
        pytest.param(Told(b"<html>"), Reason.DECODE, "HTML", id="HTML"),
        pytest.param(Told(b""), Reason.DECODE, "empty", id="nothing"),
        pytest.param(
            Told(b'[{"agentid":"a1","id":{}}]'), Reason.DECODE, "cannot be read", id="rows without departments"
        ),
    ],
)
async def test_a_failure_is_never_an_empty_list(told: Told, reason: Reason, words: str):
    adapter = adapter_of("liveagent", api="v3")
    async with canned(lambda _asked: told, secrets=["liveagent-key"]) as bench:
        for call in (bench.live(adapter), bench.roster(adapter)):
            error = await failure(call)
            assert error.reason is reason
            assert words in error.detail


async def test_an_update_of_the_vendor_says_when_to_come_back():
    async with canned(lambda _asked: Told(b'{"message":"Updating"}', 503, {"Retry-After": "40"})) as bench:
        error = await failure(bench.live(adapter_of("liveagent", api="v3")))
    assert (error.reason, error.retry_after) == (Reason.STATUS, 40)


async def test_an_archived_agent_that_breaks_the_list_of_agents_costs_names_and_not_who_is_there():
    seats = [{"departmentid": "d1", "online_status": "T", "preset_status": "T"}]
    grid = encoded([{"agentid": "a1", "departments_statuses": seats}])

    def answer(asked: Asked) -> bytes | Told:
        if asked.path.endswith("v3/agents"):
            return Told(b'{"message":"Role not found"}', 500)
        return grid if "grid" in asked.path else b"[]"

    adapter = adapter_of("liveagent", api="v3")
    async with canned(answer) as bench:
        error = await failure(bench.roster(adapter))
        snapshot = await bench.live(adapter)
    assert (error.reason, error.status) == (Reason.STATUS, 500)
    assert telling(snapshot) == ["a1 chat@d1 accepting 0/-"]


async def test_a_legal_empty_list_is_nobody():
    async with canned(nothing) as bench:
        snapshot = await bench.live(adapter_of("liveagent", api="v3"))
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.readings, snapshot.records, snapshot.notes) == ((), 0, ())
