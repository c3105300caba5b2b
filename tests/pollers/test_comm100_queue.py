"""Who waits: per department, for the site, or not known; and never at the price of who is there."""

import msgspec
import pytest
from builders import facts
from exporter.parsing import page_of, values
from hypothesis import given, settings
from pollers.bench import Asked, Bench, Told, adapter_of, canned, payload, spec_of
from pollers.mutations import mutated

from monitor.errors import PollError, Reason
from monitor.model import (
    Account,
    Channel,
    Group,
    PollKind,
    PollOutcome,
    Queue,
    Roster,
    Selector,
    Targets,
    TeamSpec,
)
from monitor.pollers.vendors import comm100_beside
from monitor.pollers.vendors.comm100_queue import decode_queue, decode_right_now
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import apply, new_state

SALES, SUPPORT = "1487fc9d-92e6-4487-a2e8-000000000001", "1487fc9d-92e6-4487-a2e8-000000000002"
KNOWN = Roster(
    accounts={"1": Account("1", groups=frozenset({SALES}))}, groups=(Group(SALES, "Sales"), Group(SUPPORT, "Support"))
)
LIVE = payload("comm100/one-team-at-work", "livechat/agents")
REFUSED = Told(payload("comm100/no-permission-403", "livechat/agents"), 403)
QUOTA = Told(payload("comm100/quota-of-the-day-403", "livechat/agents"), 403)
GONE = Told(b"", 404)


def route(kind: object, target: object, *waits: float | None) -> dict[str, object]:
    to = {"type": kind} | ({"id": target} if target is not None else {})
    return {"routeTo": to, "ongoingChats": 5, "queue": [{"visitorId": "v", "waitTime": wait} for wait in waits]}


def queue(group: str, length: int, longest: float | None = None) -> Queue:
    return Queue(Channel.CHAT, group, length, longest)


@pytest.mark.parametrize(
    ("routes", "queues"),
    [
        pytest.param([route(0, None, 50.0)], [queue("", 1, 50.0)], id="to the site"),
        pytest.param(
            [route(1, SALES, 5, 70), route(1, SUPPORT)], [queue(SALES, 2, 70), queue(SUPPORT, 0)], id="to departments"
        ),
        pytest.param(
            [route(0, None, 9), route(2, 7, 30), route(2, 8, 20, 10)], [queue("", 4, 30)], id="to agents is to the site"
        ),
        pytest.param([route("1", SALES, 3)], [queue(SALES, 1, 3)], id="a type in text"),
        pytest.param([route(1, None, 3)], [queue("", 1, 3)], id="to a department that is not named"),
        pytest.param([route(7, "x", 3)], [queue("", 1, 3)], id="to something unknown"),
        pytest.param([route(0, None, None)], [queue("", 1)], id="a wait that is not told"),
        pytest.param([], [queue("", 0)], id="nobody"),
    ],
)
def test_a_queue_reads_as(routes: object, queues: list[Queue]):
    assert list(decode_queue(msgspec.json.encode(routes), "queue")) == queues


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(payload("comm100/error-in-a-200", "livechat/agents"), Reason.VENDOR_ERROR, id="an error in a 200"),
        pytest.param(b"{}", Reason.DECODE, id="an object"),
        pytest.param(b"", Reason.DECODE, id="nothing"),
        pytest.param(b'[{"routeTo":{"type":0}}]', Reason.DECODE, id="a route without its queue"),
        pytest.param(b'[{"routeTo":{"type":0},"queue":[]},{"queue":[]}]', Reason.DECODE, id="one route unreadable"),
    ],
)
def test_a_queue_with_a_hole_is_none(body: bytes, reason: Reason):
    with pytest.raises(PollError) as caught:
        decode_queue(body, "queue")
    assert caught.value.reason is reason


@settings(deadline=None)
@given(body=mutated([route(0, None, 50.0), route(1, SALES, 5, 70), route(2, 7)]))
def test_a_mutated_queue_is_a_queue_or_a_failure(body: bytes):
    try:
        found = decode_queue(body, "queue")
    except PollError:
        return
    assert found
    assert all(one.length >= 0 and (one.longest_wait is None or one.longest_wait >= 0) for one in found)


def test_the_documented_sample_of_the_site():
    assert decode_right_now(b'{"agentsInChat":2,"currentQueueLength":3}', "now") == (queue("", 3),)


@pytest.mark.parametrize("body", [b'{"agentsInChat":2}', b'{"currentQueueLength":-1}', b"[]", b""], ids=str)
def test_a_length_that_is_not_told_is_not_zero(body: bytes):
    with pytest.raises(PollError):
        decode_right_now(body, "now")


class Site:
    """A site whose two reports answer as a test says; None is a good answer."""

    def __init__(self, queue: bytes | Told | None = None, right_now: bytes | Told | None = None) -> None:
        self.queue = queue or msgspec.json.encode([route(1, SALES, 50)])
        self.right_now = right_now or b'{"currentQueueLength":4}'

    def __call__(self, asked: Asked) -> bytes | Told:
        match asked.path.rsplit("/", 1)[1].casefold():
            case "queue":
                return self.queue
            case "rightnow":
                return self.right_now
            case "agents" if "livechat" in asked.path:
                return LIVE
            case "autodistribution":
                return payload("comm100/one-team-at-work", "livechat/autoDistribution")
            case _:
                return b'{"token":"x"}' if asked.method == "POST" else b"[]"


def reports(bench: Bench) -> list[str]:
    return [asked.path.rsplit("/", 1)[1] for asked in bench.asked if "realtime" in asked.path.casefold()]


@pytest.mark.parametrize("api", ["v3", "v4"])
async def test_the_queue_is_read_beside_the_agents(api: str):
    async with canned(Site()) as bench:
        snapshot = await bench.live(adapter_of("comm100", api=api, queue=True))
    assert snapshot.queues == (queue(SALES, 1, 50),)
    assert (len(snapshot.readings), snapshot.records, snapshot.notes) == (7, 7, ())


async def test_by_default_nobody_asks():
    async with canned(Site()) as bench:
        snapshot = await bench.live(adapter_of("comm100"))
    assert (snapshot.queues, snapshot.notes, reports(bench)) == ((), (), [])


@pytest.mark.parametrize("refusal", [REFUSED, GONE], ids=["403", "404"])
async def test_where_it_is_refused_the_length_of_the_site_stands_in(refusal: Told):
    adapter = adapter_of("comm100", queue=True)
    async with canned(Site(refusal)) as bench:
        snapshots = [await bench.live(adapter) for _ in range(2)]
    assert {snapshot.queues for snapshot in snapshots} == {(queue("", 4),)}
    assert {("only the queue of the whole site" in note) for one in snapshots for note in one.notes} == {True}
    assert reports(bench) == ["queue", "rightnow", "rightnow"]


async def test_a_report_that_calls_the_token_wrong_costs_one_log_in_and_not_one_a_poll():
    adapter = adapter_of("comm100", queue=True)
    async with canned(Site(Told(b"", 401))) as bench:
        snapshots = [await bench.live(adapter) for _ in range(4)]
    assert {snapshot.queues for snapshot in snapshots} == {(queue("", 4),)}
    assert [asked.method for asked in bench.asked].count("POST") == 2
    assert reports(bench) == ["queue", "queue", *["rightnow"] * 4]


async def test_where_both_are_refused_nobody_asks_again_until_the_next_roster():
    adapter, site = adapter_of("comm100", queue=True), Site(REFUSED, GONE)
    async with canned(site) as bench:
        snapshots = [await bench.live(adapter) for _ in range(3)]
        assert reports(bench) == ["queue", "rightnow"]
        site.queue = Site().queue
        roster = await bench.roster(adapter)
        healed = await bench.live(adapter, roster)
    assert {snapshot.queues for snapshot in snapshots} == {()}
    assert {len(snapshot.notes) for snapshot in snapshots} == {1}
    assert "the queue is not known" in snapshots[2].notes[0]
    assert (healed.queues, healed.notes) == ((queue(SALES, 1, 50),), ())


@pytest.mark.parametrize(
    "trouble",
    [QUOTA, Told(b"", 500), b"<html>", b"", payload("comm100/error-in-a-200", "livechat/agents")],
    ids=["the quota", "trouble", "a page", "nothing", "an error in a 200"],
)
async def test_trouble_with_the_queue_costs_the_queue_alone_and_is_tried_again(trouble: bytes | Told):
    adapter, site = adapter_of("comm100", queue=True), Site(trouble or Told(b""))
    async with canned(site) as bench:
        snapshot = await bench.live(adapter)
        site.queue = Site().queue
        healed = await bench.live(adapter)
    assert (snapshot.queues, len(snapshot.readings), len(snapshot.notes)) == ((), 7, 1)
    assert snapshot.notes[0].startswith("the queue is not known: ")
    assert healed.queues == (queue(SALES, 1, 50),)


async def test_a_queue_that_does_not_answer_is_left_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(comm100_beside, "PATIENCE", 0.0)
    async with canned(Site()) as bench:
        snapshot = await bench.live(adapter_of("comm100", queue=True))
    assert (snapshot.queues, len(snapshot.readings)) == ((), 7)
    assert "no answer in" in snapshot.notes[0]


PUBLISHED = {
    "everyone": ({}, 6, 70.0),
    "sales": ({"groups": (SALES,)}, 2, 70.0),
    "support by name": ({"groups": ("support",)}, 0, None),
    "one agent": ({"agents": ("id:1",)}, None, None),
}


async def test_teams_publish_the_queues_of_their_departments():
    routes = [route(1, SALES, 5, 70), route(1, SUPPORT), route(0, None, 1, 2, 3), route(2, 7, 4)]
    adapter = adapter_of("comm100", queue=True)
    async with canned(Site(msgspec.json.encode(routes))) as bench:
        snapshot = await bench.live(adapter, KNOWN)
    now = snapshot.observed_at
    state = apply(new_state(spec_of("comm100")), PollOutcome("source", PollKind.ROSTER, now, 0.1, 15.0))
    state = apply(state, PollOutcome("source", PollKind.LIVE, now, 0.1, 15.0, snapshot))
    teams = [
        TeamSpec(name, (Selector("source", **chosen),), {Channel.CHAT: Targets()})
        for name, (chosen, _, _) in PUBLISHED.items()
    ]
    report, _ = reconcile({"source": state}, teams, Memory(), now, {})
    page = page_of(facts(report))
    assert values(page, "team_queue_length", "team") == {
        (name,): length for name, (_, length, _) in PUBLISHED.items() if length is not None
    }
    assert values(page, "team_queue_longest_wait_seconds", "team") == {
        (name,): wait for name, (_, _, wait) in PUBLISHED.items() if wait is not None
    }
