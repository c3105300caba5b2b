"""LiveAgent's API v3: letters by department, two tables of letters, deleted agents, open chats and configured slots."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from pollers.bench import Answerer, Asked, Bench, Told, adapter_of, canned, failure, telling

from monitor.errors import Reason, RosterOutdatedError
from monitor.model import Check, Group, Roster, Snapshot

AGENTS = [
    {"id": "a1", "name": "Jane Doe", "email": "jane@example.com", "online_status": "N", "status": "A"},
    {"id": "a2", "name": "Omar Haddad", "email": "omar@example.com", "online_status": "P", "status": "A"},
    {"id": "a9", "name": "Gone Since", "email": "gone@example.com", "online_status": "N", "status": "X"},
]
DEPARTMENTS = [
    {"department_id": "d1", "name": "Sales", "agent_count": 2.0, "agent_ids": ["a1", "a2"]},
    {"department_id": "d2", "name": "Support", "agent_count": 1.0, "agent_ids": ["a1"]},
]


def seat(online: object, preset: object, department: str = "d1", **more: object) -> dict[str, object]:
    return {"departmentid": department, "online_status": online, "preset_status": preset, **more}


def row(one: str, *seats: object) -> dict[str, object]:
    return {"agentid": one, "firstname": "Jane", "username": f"{one}@example.com", "departments_statuses": seats}


def chat(agent: object, status: str, **more: str) -> dict[str, object]:
    return {"agent_id": agent, "status": status, **more}


def vendor(grid: Sequence[object] = (), chats: Sequence[object] | Told = ()) -> Answerer:
    lists: Mapping[str, Any] = {"agents": AGENTS, "departments": DEPARTMENTS, "grid/agents": grid, "chats": chats}

    def answer(asked: Asked) -> bytes | Told:
        told = lists[asked.path.removeprefix("/api/v3/")]
        return told if isinstance(told, Told) else msgspec.json.encode(told)

    return answer


async def polled(bench: Bench, **options: Any) -> Snapshot:
    adapter = adapter_of("liveagent", api="v3", **options)
    return await bench.live(adapter, await bench.roster(adapter))


async def live(*grid: object, chats: Sequence[object] | Told = (), **options: Any) -> Snapshot:
    async with canned(vendor(grid, chats)) as bench:
        return await polled(bench, **options)


@pytest.mark.parametrize(
    ("online", "preset", "told"),
    [
        pytest.param("RT", "RT", ["chat accepting 0/-"], id="T is chat"),
        pytest.param("P", "P", ["call accepting -/-"], id="P is a phone in a department, not a pause"),
        pytest.param("M", "MT", ["chat away 0/-", "ticket accepting -/-"], id="paused on chat alone"),
        pytest.param("", "T", ["chat offline 0/-"], id="only preset and nothing online: offline"),
        pytest.param(None, None, ["chat offline 0/-"], id="both null: offline on chat"),
        pytest.param("R", "R", [], id="R is no channel"),
    ],
)
async def test_letters_of_a_department_read_as_in_v1(online: str | None, preset: str | None, told: list[str]):
    expected = [f"a1 {each.replace(' ', '@d1 ', 1)}" for each in told]
    assert telling(await live(row("a1", seat(online, preset)))) == expected


async def test_the_pause_of_an_agent_and_work_allocation_change_no_reading():
    # Omar's online_status in the roster is P, a pause; what keeps him from chats is his letters alone
    snapshot = await live(row("a2", seat("T", "T", work_allocation_allowed=False)))
    assert telling(snapshot) == ["a2 chat@d1 accepting 0/-"]
    assert (snapshot.notes, snapshot.unknown_statuses, snapshot.contradictions) == ((), {}, {})


async def test_the_roster_names_people_and_departments_and_leaves_out_the_deleted():
    async with canned(vendor()) as bench:
        roster = await bench.roster(adapter_of("liveagent", api="v3"))
    assert set(roster.accounts) == {"a1", "a2"}
    assert roster.accounts["a1"].groups == {"d1", "d2"}
    assert (roster.groups, roster.inactive) == ((Group("d1", "Sales"), Group("d2", "Support")), {"a9"})


async def test_deleted_agents_and_deleted_departments_do_not_count():
    snapshot = await live(row("a9", seat("T", "T")), row("a1", seat("T", "T", "d7"), seat("", "T", "d2")))
    assert telling(snapshot) == ["a1 chat@d2 offline 0/-"]
    assert set(snapshot.accounts) == {"a1", "a2"}
    assert snapshot.unlisted == 1


async def test_no_department_at_all_is_not_nobody_in_any():
    rows = [row("a1", seat("T", "T"))]
    async with canned(lambda _asked: msgspec.json.encode(rows)) as bench:
        error = await failure(bench.live(adapter_of("liveagent", api="v3"), Roster(accounts={})))
    assert (type(error), error.reason) == (RosterOutdatedError, Reason.DECODE)


async def test_names_come_from_the_list_and_e_mail_from_the_roster():
    jane = (await live(row("a1", seat("T", "T")))).accounts["a1"]
    assert (jane.username, jane.email, jane.name) == ("a1@example.com", "jane@example.com", "Jane")


async def test_only_the_departments_named_are_watched():
    snapshot = await live(row("a1", seat("T", "T"), seat("", "T", "d2")), row("a2", seat("T", "T")), departments=["d2"])
    assert telling(snapshot) == ["a1 chat@d2 offline 0/-"]
    assert set(snapshot.accounts) == {"a1"}


async def test_a_department_that_does_not_exist_is_named_after_a_new_roster():
    async with canned(vendor()) as bench:
        error = await failure(polled(bench, departments=["d1", "d8"]))
    assert (type(error), error.reason) == (RosterOutdatedError, Reason.STATUS)
    assert "configured department d8" in error.detail


CHATS = [
    chat("a1", "C"),
    chat("a1", "T"),
    chat("a1", "T", rstatus="R"),
    chat("a1", "R"),
    chat("", "Q"),
    chat(None, "C"),
    chat("a2", "Z"),
]


async def test_open_chats_are_those_talked_in():
    grid = row("a1", seat("T", "T"), seat("PT", "PT", "d2")), row("a2", seat("T", "T"))
    snapshot = await live(*grid, chats=CHATS)
    assert telling(snapshot) == [
        "a1 call@d2 accepting -/-",
        "a1 chat@d1 accepting 2/-",
        "a1 chat@d2 accepting 2/-",
        "a2 chat@d1 accepting 0/-",
    ]
    assert snapshot.unknown_statuses == {"chat Z": 1}


@pytest.mark.parametrize(
    ("online", "slots", "told"),
    [
        pytest.param("T", None, ("2/-", False), id="no capacity is known"),
        pytest.param("T", 3, ("2/1", True), id="one is left"),
        pytest.param("T", 2, ("2/0", True), id="none is left"),
        pytest.param("T", 1, ("2/0", True), id="more than configured is not less than none"),
        pytest.param("R", 3, ("2/0", True), id="nothing can be routed to who does not accept"),
    ],
)
async def test_free_slots_rest_on_the_configured_capacity(online: str, slots: int | None, told: tuple[str, bool]):
    snapshot = await live(row("a1", seat(online, "T")), chats=CHATS, slots_per_agent=slots)
    (line,) = telling(snapshot)
    assert (line.split()[-1], snapshot.readings[0].is_configured) == told


@pytest.mark.parametrize("status", [403, 404])
async def test_chats_that_are_refused_cost_only_the_load(status: int):
    told = Told(b'{"message":"Insufficient privileges"}', status)
    snapshot = await live(row("a1", seat("T", "T")), chats=told, slots_per_agent=3)
    assert telling(snapshot) == ["a1 chat@d1 accepting -/-"]
    assert snapshot.notes == (f"chats is refused ({status}): open chats and so free slots are not known",)
    assert not snapshot.readings[0].is_configured


async def test_chats_of_somebody_offline_are_a_contradiction():
    snapshot = await live(row("a1", seat("", "T")), row("a2", seat("", "T")), chats=CHATS)
    assert snapshot.contradictions == {Check.OFFLINE_WITH_LOAD: 1}


async def test_a_configured_capacity_gives_nothing_in_v1():
    body = b'{"response":{"agents":[{"userid":"a1","onlinestatus":"T","presetstatus":"T"}]}}'
    async with canned(lambda _asked: body) as bench:
        snapshot = await bench.live(adapter_of("liveagent", departments=["d1"], slots_per_agent=3))
    assert telling(snapshot) == ["a1 chat@d1 accepting -/-"]
    assert not snapshot.readings[0].is_configured
