"""The newer platform: GUIDs, other paths and names of fields; the same people in the same states."""

from collections.abc import Callable

import msgspec
import pytest
from pollers.bench import Asked, Told, adapter_of, canned, failure, payload, telling

from monitor.errors import Reason
from monitor.pollers.vendors.base import Adapter
from monitor.pollers.vendors.comm100_report import PAGE_PARAMETER

JANE, OMAR, BRUNA = (f"c97a2afe-a38f-46f8-a55b-8ac9f873cd0{number}" for number in (1, 2, 3))
SALES = "1487fc9d-92e6-4487-a2e8-000000000001"
ZERO = "00000000-0000-0000-0000-000000000000"
REFUSED = Told(payload("comm100/no-permission-403", "livechat/agents"), 403)
QUOTA = Told(payload("comm100/quota-of-the-day-403", "livechat/agents"), 403)
V4 = "https://api11.comm100.example/v4"

AGENTS = [
    {"id": JANE, "email": "jane@example.com", "displayName": "Jane", "isActive": True, "departmentIds": [SALES]},
    {"id": OMAR, "email": "omar@example.com", "displayName": "Omar", "isActive": True, "departmentIds": []},
    {"id": BRUNA, "email": "bruna@example.com", "displayName": "Bruna", "isActive": False, "departmentIds": []},
]
LIVE = [
    {"id": JANE, "status": "Online", "ongoingChats": 1},
    {"id": OMAR, "status": "Meeting", "ongoingChats": 2},
    {"id": BRUNA, "status": "Online", "ongoingChats": 0},
]
CAPACITY = {
    "isEnabled": True,
    "ifLimitMaxConcurrentChatsForAllAgents": False,
    "maxConcurrentChatsForAllAgents": 0,
    "agentAutoDistributionConfigs": [
        {"agentId": JANE, "ifAutoAcceptChat": True, "maxConcurrentChats": 4},
        {"agentId": OMAR, "ifAutoAcceptChat": True, "maxConcurrentChats": 0},
    ],
}
Answer = Callable[[Asked], bytes | Told]


def v4(**more: object) -> Adapter:
    return adapter_of("comm100", url=V4, api="v4", **more)


def answering(**instead: object) -> Answer:
    """A good v4, with other answers for some paths (by their last part, or `report` for the real-time one)."""
    good: dict[str, object] = {
        "/livechat/agents": LIVE,
        "/global/agents": AGENTS,
        "/global/departments": [{"id": SALES, "name": "Sales"}],
        "/global/agentAwayStatuses": [{"id": ZERO, "name": "Away"}, {"id": SALES, "name": "Meeting"}],
        "/livechat/autoDistributionConfig": CAPACITY,
    }

    def answer(asked: Asked) -> bytes | Told:
        if asked.method == "POST":
            return b'{"token":"opaque"}'
        path = asked.path.removeprefix("/v4")
        name = "report" if path.endswith("realTime/Agents") else path.rsplit("/", 1)[1]
        other = instead.get(name if path != "/global/agents" else "roster")
        told = other(asked) if callable(other) else other if other is not None else good.get(path, Told(b"", 404))
        return told if isinstance(told, Told) else msgspec.json.encode(told)

    return answer


async def test_people_and_states():
    adapter = v4()
    async with canned(answering()) as bench:
        roster = await bench.roster(adapter)
        snapshot = await bench.live(adapter, roster)
    assert telling(snapshot) == [f"{JANE} chat@{SALES} accepting 1/3", f"{OMAR} chat away 2/-"]
    assert [reading.reason for reading in snapshot.readings] == ["", "Meeting"]
    assert (roster.inactive, roster.away_statuses, roster.notes) == ({BRUNA}, {ZERO: "Away", SALES: "Meeting"}, ())
    assert {asked.url.split("?")[0].removeprefix(V4) for asked in bench.asked if asked.method == "GET"} == {
        "/global/agents",
        "/global/departments",
        "/global/agentAwayStatuses",
        "/livechat/autoDistributionConfig",
        "/livechat/agents",
    }


def paged(asked: Asked) -> object:
    """The roster in pages of one, with a total in the place of v3's count."""
    number = int(asked.query["pageIndex"])
    return {"total": len(AGENTS), "agents": AGENTS[number - 1 : number]}


async def test_a_roster_in_pages():
    async with canned(answering(roster=paged)) as bench:
        roster = await bench.roster(v4())
    assert (roster.accounts.keys(), roster.inactive) == ({JANE, OMAR}, {BRUNA})


async def test_one_limit_for_all():
    limit = CAPACITY | {"ifLimitMaxConcurrentChatsForAllAgents": True, "maxConcurrentChatsForAllAgents": 3}
    async with canned(answering(autoDistributionConfig=limit)) as bench:
        roster = await bench.roster(v4())
    assert (roster.capacity_of_all, roster.capacity) == (3, {})


# ---------------------------------------------------------------- the report that stands in for capacity


def report(page: int, pages: int, *rows: tuple[str, int]) -> object:
    told = [{"agentId": agent, "currentStatusId": ZERO, "maxConcurrentChats": slots} for agent, slots in rows]
    return {"total": 2 * pages, "pageCount": pages, "list": told if page else []}


def turning(asked: Asked) -> object:
    return report(1, 2, *{"1": [(JANE, 4), (OMAR, 0)], "2": [(BRUNA, 2)]}[asked.query[PAGE_PARAMETER]])


def stuck(_asked: Asked) -> object:
    return report(1, 2, (JANE, 4), (OMAR, 0))


@pytest.mark.parametrize(
    ("told", "capacity", "note"),
    [
        pytest.param(turning, {JANE: 4, BRUNA: 2}, "", id="page by page, 0 is not set"),
        pytest.param(stuck, {}, "does not turn its pages", id="a server that ignores the parameter"),
        pytest.param(report(1, 1, (JANE, 4)), {JANE: 4}, "", id="a single page needs no turning"),
        pytest.param(report(0, 0), {}, "", id="nobody"),
        pytest.param(REFUSED, {}, "and so is livechat/realTime/Agents (403)", id="refused too"),
        pytest.param(Told(b"", 404), {}, "and so is livechat/realTime/Agents (404)", id="not there"),
    ],
)
async def test_capacity_by_the_report_where_the_configuration_is_refused(told: object, capacity: object, note: str):
    async with canned(answering(autoDistributionConfig=REFUSED, report=told)) as bench:
        roster = await bench.roster(v4())
    assert roster.capacity == capacity
    assert len(roster.notes) == (1 if note else 0)
    assert note in "".join(roster.notes)


async def test_a_stuck_report_is_asked_twice_and_not_for_every_page():
    forever = {"total": 5000, "pageCount": 1000, "list": [{"agentId": JANE, "maxConcurrentChats": 4}]}
    async with canned(answering(autoDistributionConfig=REFUSED, report=lambda _asked: forever)) as bench:
        await bench.roster(v4())
    assert len([asked for asked in bench.asked if asked.path.endswith("realTime/Agents")]) == 2


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (QUOTA, Reason.RATE_LIMITED),
        (Told(b"", 500), Reason.STATUS),
        (Told(b"{}"), Reason.DECODE),
        (Told(b'{"list":[{"agentId":[]}]}'), Reason.DECODE),
    ],
    ids=["the quota", "trouble", "no list", "unreadable rows"],
)
async def test_other_trouble_with_the_report_fails_the_roster(told: Told, reason: Reason):
    async with canned(answering(autoDistributionConfig=REFUSED, report=told)) as bench:
        assert (await failure(bench.roster(v4()))).reason is reason


async def test_v3_has_no_such_report():
    async with canned(answering()) as bench:
        adapter = adapter_of("comm100", url=V4, paths={"roster_agents": "global/agents"} | V3_PATHS)
        roster = await bench.roster(adapter)
    assert not [asked for asked in bench.asked if "realTime" in asked.path]
    assert "free slots are not known" in "".join(roster.notes)


V3_PATHS = {"departments": "global/departments", "away_statuses": "global/agentAwayStatuses"}
