"""How many visitors are in a chat: of the whole site, from either generation of the documents, or not known."""

import msgspec
import pytest
from pollers.bench import Asked, Bench, Told, adapter_of, canned, payload, telling
from pollers.rig import RigMaker
from pollers.test_simulator_comm100 import flavour

from monitor.errors import PollError, Reason
from monitor.pollers.vendors.comm100_visitors import decode_visitors
from monitor.simulator import Simulator, World

PATH, FILTER = "livechat/visitors/chatting", "livechat/visitors"
REFUSED = Told(payload("comm100/no-permission-403", "livechat/agents"), 403)
QUOTA = Told(payload("comm100/quota-of-the-day-403", "livechat/agents"), 403)
SAMPLE = {
    "id": "7273e957-02cb-4c03-a84c-44283fcfd47d",
    "department": "",
    "email": "ann@customer.example",
    "ip": "203.0.113.9",
    "name": "Ann",
    "status": 3,
}
"""As in the final v3 (v3/Livechat API.md), shortened."""


def visitors(*statuses: object) -> bytes:
    return msgspec.json.encode([SAMPLE | {"status": status} for status in statuses])


@pytest.mark.parametrize(
    ("body", "number"),
    [
        pytest.param(visitors(3, 3), 2, id="the number of the sample"),
        pytest.param(visitors("chatting", "chatting", "chatting"), 3, id="the word of the documents"),
        pytest.param(visitors("Chatting", "inSite", "waitingForChat"), 1, id="everybody was listed, and says so"),
        pytest.param(visitors("inSite"), 0, id="somebody who only looks round"),
        pytest.param(msgspec.json.encode([{"id": "v", "name": "Ann", "numberOfVisits": 1}]), 1, id="no status at all"),
        pytest.param(b"[]", 0, id="nobody"),
    ],
)
def test_visitors_in_a_chat(body: bytes, number: int):
    assert decode_visitors(body, FILTER) == number


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(visitors(3, 10), Reason.DECODE, id="numbers that differ: everybody was listed"),
        pytest.param(visitors(3, None), Reason.DECODE, id="one status is missing"),
        pytest.param(visitors([3]), Reason.DECODE, id="a status that cannot be read"),
        pytest.param(b'[{"status":3},7]', Reason.DECODE, id="a row that cannot be read"),
        pytest.param(payload("comm100/error-in-a-200", "livechat/agents"), Reason.VENDOR_ERROR, id="an error in a 200"),
        pytest.param(b'{"visitors":[]}', Reason.DECODE, id="an object"),
        pytest.param(b"", Reason.DECODE, id="nothing"),
    ],
)
def test_a_list_that_may_hold_others_is_no_number(body: bytes, reason: Reason):
    with pytest.raises(PollError) as caught:
        decode_visitors(body, FILTER)
    assert caught.value.reason is reason


class Site:
    """A site that tells its visitors by path, by filter, or not; its agents are always told."""

    def __init__(self, by_path: bytes | Told, by_filter: bytes | Told = b"[]") -> None:
        self.by_path = by_path
        self.by_filter = by_filter

    def __call__(self, asked: Asked) -> bytes | Told:
        match asked.path.rsplit("/", 2)[1:]:
            case ["visitors", "chatting"]:
                return self.by_path
            case ["livechat", "visitors"]:
                return self.by_filter if asked.query.get("status") == "chatting" else visitors(3, 10, 10)
            case ["livechat", "agents"]:
                return payload("comm100/one-team-at-work", "livechat/agents")
            case [_, "autoDistribution"]:
                return payload("comm100/one-team-at-work", "livechat/autoDistribution")
            case _:
                return b'{"token":"x"}' if asked.method == "POST" else b"[]"


def asked_for(bench: Bench) -> list[str]:
    return [asked.path.removeprefix("/api/v3/") for asked in bench.asked if "visitors" in asked.path]


async def test_the_older_path_is_asked_first_because_its_server_ignores_the_filter():
    async with canned(Site(visitors(3, 3))) as bench:
        snapshot = await bench.live(adapter_of("comm100", visitors=True))
    assert (snapshot.chatting_visitors, snapshot.notes) == (2, ())
    assert asked_for(bench) == [PATH]


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_where_that_path_is_no_visitor_the_filter_is_asked_from_then_on(status: int):
    adapter = adapter_of("comm100", visitors=True)
    async with canned(Site(Told(b"", status), visitors("chatting"))) as bench:
        snapshots = [await bench.live(adapter) for _ in range(2)]
    assert [(one.chatting_visitors, one.notes) for one in snapshots] == [(1, ())] * 2
    assert asked_for(bench) == [PATH, FILTER, FILTER]


async def test_a_server_error_of_the_only_path_is_trouble_and_no_refusal():
    adapter, site = adapter_of("comm100", visitors=True, paths={"visitors": FILTER}), Site(b"[]", Told(b"", 500))
    async with canned(site) as bench:
        first = await bench.live(adapter)
        site.by_filter = visitors(3)
        second = await bench.live(adapter)
    assert (first.chatting_visitors, second.chatting_visitors) == (None, 1)
    assert asked_for(bench) == [FILTER, FILTER]


async def test_a_newer_site_has_the_filter_alone():
    async with canned(Site(visitors(3), visitors(3, 3, 3))) as bench:
        snapshot = await bench.live(adapter_of("comm100", api="v4", visitors=True))
    assert (snapshot.chatting_visitors, asked_for(bench)) == (3, [FILTER])


async def test_by_default_nobody_asks():
    async with canned(Site(visitors(3))) as bench:
        snapshot = await bench.live(adapter_of("comm100"))
    assert (snapshot.chatting_visitors, asked_for(bench)) == (None, [])


async def test_a_refusal_costs_the_number_alone_and_is_asked_again_with_the_next_roster():
    adapter, site = adapter_of("comm100", visitors=True), Site(REFUSED, REFUSED)
    async with canned(site) as bench:
        first, second = [await bench.live(adapter) for _ in range(2)]
        assert asked_for(bench) == [PATH, FILTER]
        site.by_path = visitors(3)
        healed = await bench.live(adapter, await bench.roster(adapter))
    assert (first.chatting_visitors, len(first.readings)) == (None, 7)
    assert first.notes == second.notes
    assert first.notes == (
        f"{PATH} is refused (403) and {FILTER} is refused (403): the number of visitors in a chat is not known",
    )
    assert healed.chatting_visitors == 1


@pytest.mark.parametrize(
    "trouble", [QUOTA, Told(b"", 502), b"<html>", visitors(3, 10)], ids=["the quota", "trouble", "a page", "everybody"]
)
async def test_trouble_costs_the_number_of_one_poll(trouble: bytes | Told):
    adapter, site = adapter_of("comm100", visitors=True), Site(trouble)
    async with canned(site) as bench:
        snapshot = await bench.live(adapter)
        site.by_path = visitors(3)
        healed = await bench.live(adapter)
    assert (snapshot.chatting_visitors, len(snapshot.readings), len(snapshot.notes)) == (None, 7, 1)
    assert snapshot.notes[0].startswith("the number of visitors in a chat is not known: ")
    assert (healed.chatting_visitors, healed.notes) == (1, ())


async def test_a_note_shows_nothing_of_the_visitors():
    async with canned(Site(visitors(3, 10))) as bench:
        (note,) = (await bench.live(adapter_of("comm100", visitors=True))).notes
    assert not any(secret in note for secret in ("Ann", "customer.example", "203.0.113.9"))


@pytest.mark.parametrize(
    ("api", "server"), [("v3", "both"), ("v3", "path"), ("v3", "filter"), ("v4", "both")], ids=lambda one: one
)
async def test_every_server_tells_the_visitors_of_the_agents(
    rig: RigMaker, simulator: Simulator, office: World, api: str, server: str
):
    office.set_queue("sales", [10, 50])
    simulator.options.change("comm100", visitors=server)
    snapshot = await flavour(rig, simulator, api, "oauth", visitors=True).good()
    assert snapshot.chatting_visitors == sum(reading.used or 0 for reading in snapshot.readings) == 6


async def test_their_number_mends_nobodys_load():
    site = Site(visitors(3, 3))
    agents = msgspec.json.encode([{"id": 1, "status": "Online"}, {"id": 2, "status": "Online", "ongoingChats": 0}])

    def answer(asked: Asked) -> bytes | Told:
        return agents if asked.path.endswith("livechat/agents") else site(asked)

    async with canned(answer) as bench:
        snapshot = await bench.live(adapter_of("comm100", visitors=True))
    assert (snapshot.chatting_visitors, telling(snapshot)) == (2, ["1 chat accepting -/-", "2 chat accepting 0/-"])
    assert snapshot.contradictions == {}
