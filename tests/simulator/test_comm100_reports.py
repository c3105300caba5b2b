import pytest
from simulator.asking import Ask

from monitor.simulator import Simulator, World

REPORTS = "/livechat/reports"
SALES = "1487fc9d-92e6-4487-a2e8-92e68d600001"


async def test_the_queue_of_each_department(ask: Ask, office: World):
    office.set_queue("sales", [10, 50])
    rows = (await ask("comm100", f"{REPORTS}/realtime/queue")).json
    sales = rows[0]
    visitors = [each.pop("visitorId") for each in sales["queue"]]
    assert sales == {
        "routeTo": {"type": 1, "id": SALES},
        "ongoingChats": 3,
        "avgWaitTimeInLast30Mins": 30.0,
        "avgWaitTimeInLast60Mins": 30.0,
        "abandonedChatsInLast30Mins": 0.0,
        "switchedToMessagesInLast30Mins": 0.0,
        "queue": [{"waitTime": 50.0}, {"waitTime": 10.0}],
    }
    assert len(set(visitors)) == 2
    assert [(row["ongoingChats"], row["queue"]) for row in rows[1:]] == [(1, []), (3, [])]


async def test_waits_grow(ask: Ask, office: World):
    office.set_queue("billing", [7], tool="comm100")
    office.advance(3)
    assert [each["waitTime"] for each in (await ask("comm100", f"{REPORTS}/realtime/queue")).json[2]["queue"]] == [10.0]


async def test_one_queue_for_the_site(ask: Ask, office: World, simulator: Simulator):
    office.set_queue("sales", [10])
    office.set_queue("billing", [20])
    simulator.options.change("comm100", one_queue=True)
    (row,) = (await ask("comm100", f"{REPORTS}/realtime/queue")).json
    assert (row["routeTo"], row["ongoingChats"]) == ({"type": 0}, 6)
    assert [each["waitTime"] for each in row["queue"]] == [20.0, 10.0]


@pytest.mark.parametrize("path", ["realtime/rightnow", "realtime/rightNow", "rightnow"])
async def test_right_now(ask: Ask, office: World, path: str):
    office.set_queue("sales", [10, 50])
    # Jane 2 of 4, Bruna 3 of 3, Omar one while away; Klaas is signed out
    assert (await ask("comm100", f"{REPORTS}/{path}")).json == {
        "agentsInChat": 3,
        "ongoingChats": 6,
        "visitorsOnSite": 8,
        "loggedInAgents": 3,
        "currentQueueLength": 2,
        "chatUtilization": 0.86,
    }


async def test_some_numbers_exist_only_with_allocation_or_chatbot(ask: Ask, simulator: Simulator):
    simulator.options.change("comm100", auto_allocation=False, chatbot=True)
    assert sorted((await ask("comm100", f"{REPORTS}/realtime/rightnow")).json) == [
        "agentsInChat",
        "loggedInAgents",
        "ongoingChats",
        "ongoingChatsWithAgents",
        "ongoingChatsWithChatbot",
        "visitorsOnSite",
    ]


@pytest.mark.parametrize(
    ("edition", "queue", "right_now"), [("enterprise", 200, 200), ("business", 403, 200), ("team", 403, 403)]
)
async def test_reports_depend_on_the_edition(ask: Ask, simulator: Simulator, edition: str, queue: int, right_now: int):
    simulator.options.change("comm100", edition=edition)
    answer = await ask("comm100", f"{REPORTS}/realtime/queue")
    assert answer.status == queue
    if queue == 403:
        assert answer.json == {"code": 403000, "message": "This feature is not available in your edition."}
    assert (await ask("comm100", f"{REPORTS}/realtime/rightnow")).status == right_now
    assert (await ask("comm100", "/livechat/agents")).status == 200


async def test_visitors_in_a_chat(ask: Ask):
    chatting = (await ask("comm100", "/livechat/visitors/chatting")).json
    assert len(chatting) == len({row["id"] for row in chatting}) == 6
    assert {row["status"] for row in chatting} == {3}
    assert (await ask("comm100", "/livechat/visitors", status="chatting")).json == chatting
    assert (await ask("comm100", "/livechat/visitors", status="queued")).json == []


async def test_all_visitors_are_those_in_a_chat_and_those_who_wait(ask: Ask, office: World):
    office.set_queue("sales", [10, 50])
    rows = (await ask("comm100", "/livechat/visitors")).json
    assert sorted(row["status"] for row in rows) == [1, 1, 3, 3, 3, 3, 3, 3]
    assert len((await ask("comm100", "/livechat/visitors", status="waitingForChat")).json) == 2


@pytest.mark.parametrize(("server", "path", "listed"), [("path", 200, 8), ("filter", 404, 6)])
async def test_servers_of_one_generation(
    ask: Ask, office: World, simulator: Simulator, server: str, path: int, listed: int
):
    office.set_queue("sales", [10, 50])
    simulator.options.change("comm100", visitors=server)
    assert (await ask("comm100", "/livechat/visitors/chatting")).status == path
    assert len((await ask("comm100", "/livechat/visitors", status="chatting")).json) == listed


async def test_an_unknown_report_is_404(ask: Ask):
    assert (await ask("comm100", f"{REPORTS}/realtime/weather")).status == 404
