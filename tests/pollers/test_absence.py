"""Who was there a moment ago and is left out of a list that nobody calls complete: hidden or gone, not known to be."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import pytest
from builders import T0, everything, later, offline, reading, snapshot, state, team, unmapped
from pollers.bench import Asked, Bench, adapter_of, canned
from pollers.rig import RigMaker

from monitor.model import Account, Channel, Group, Reading, Roster, Selector, Snapshot, Status
from monitor.pollers.vendors.absence import DOUBT, attendance
from monitor.reconciler.reconcile import Memory
from monitor.simulator import Simulator, World

HOUR = 3600.0
PEOPLE = Roster(
    accounts={one: Account(one, groups=frozenset({"d1"})) for one in ("jane", "omar")}, groups=(Group("d1", "Sales"),)
)
Rows = dict[str, str]
"""Account to on, off, or odd for a row that cannot be read; whoever is not in it is not listed."""


def comm100(rows: Rows) -> object:
    words: dict[str, object] = {"on": "Online", "off": "Offline", "odd": ["Online"]}
    return [{"id": one, "status": words[status], "ongoingChats": 0} for one, status in rows.items()]


LETTERS: dict[str, object] = {"on": "T", "off": "", "odd": 7}


def states(rows: Rows) -> object:
    return {"response": {"agentsOnlineStates": [{"id": one, "onlineStatus": LETTERS[to]} for one, to in rows.items()]}}


def department(rows: Rows) -> object:
    agents = [{"userid": one, "onlinestatus": LETTERS[to], "presetstatus": "T"} for one, to in rows.items()]
    return {"response": {"agents": agents}}


def grid(rows: Rows) -> object:
    return [
        {"agentid": one, "departments_statuses": [{"departmentid": "d1", "online_status": LETTERS[to]}]}
        for one, to in rows.items()
    ]


LISTS: dict[str, tuple[str, dict[str, object], str, Callable[[Rows], object]]] = {
    "Comm100 v3": ("comm100", {}, "livechat/agents", comm100),
    "Comm100 v4": ("comm100", {"api": "v4"}, "livechat/agents", comm100),
    "LiveAgent v1, agents": ("liveagent", {"live": "agents"}, "onlinestatus/agents", states),
    "LiveAgent v3": ("liveagent", {"api": "v3"}, "grid/agents", grid),
    "LiveAgent v3, one department": ("liveagent", {"api": "v3", "departments": ["d1"]}, "grid/agents", grid),
    "LiveAgent v1, departments": ("liveagent", {"departments": ["d1"]}, "departments/d1/agents", department),
}
WITH_ROSTER = [name for name in LISTS if name != "LiveAgent v1, departments"]


class Shift:
    """One source polled again and again; each poll tells what a team of the department publishes."""

    def __init__(self, bench: Bench, name: str, rows: Rows) -> None:
        vendor, options, _, _ = LISTS[name]
        self._adapter = adapter_of(vendor, **options)
        self._bench = bench
        self._rows = rows
        self._memory = Memory()
        self.snapshot: Snapshot | None = None

    async def poll(self, *, after: float = 15.0, roster: Roster = PEOPLE, **rows: str) -> Status:
        self._bench.clock.advance(after)
        self._rows.clear()
        self._rows |= rows
        self.snapshot = await self._bench.live(self._adapter, roster, self.snapshot)
        groups = () if "onlinestatus" in self._bench.asked[-1].path else ("d1",)
        known = state(msgspec.structs.replace(self.snapshot, source="a"))
        selling = team("team", Selector("a", groups=groups))
        report, self._memory = everything([known], selling, now=self.snapshot.observed_at, memory=self._memory)
        return report.teams[0].channels[0].status


@asynccontextmanager
async def shift(name: str) -> AsyncIterator[Shift]:
    rows: Rows = {}
    _, _, path, written = LISTS[name]

    def answer(asked: Asked) -> bytes:
        if asked.method == "POST":
            return b'{"token":"x"}'
        return msgspec.json.encode(written(rows)) if asked.path.endswith(path) else b"[]"

    async with canned(answer) as bench:
        yield Shift(bench, name, rows)


@pytest.mark.parametrize("name", LISTS)
async def test_who_was_connected_and_is_left_out_leaves_the_team_unknown(name: str):
    async with shift(name) as polls:
        assert await polls.poll(jane="on") == "ok"
        assert await polls.poll() == "unknown"
        assert polls.snapshot is not None
        assert (polls.snapshot.readings, polls.snapshot.uncertain) == ((), {"jane"})
        assert polls.snapshot.notes == ("connected when last seen, in no live list now: 1, who may be there or not",)
        assert await polls.poll(jane="on") == "ok"
        assert (polls.snapshot.uncertain, polls.snapshot.notes) == (frozenset(), ())


@pytest.mark.parametrize("name", LISTS)
async def test_where_leaving_the_list_may_be_signing_off_the_doubt_ends(name: str):
    async with shift(name) as polls:
        await polls.poll(jane="on")
        assert [await polls.poll(after=DOUBT / 2) for _ in range(3)] == ["unknown", "unknown", "unstaffed"]
        assert await polls.poll(after=HOUR) == "unstaffed"


@pytest.mark.parametrize("name", WITH_ROSTER)
async def test_where_the_list_has_named_somebody_offline_it_does_not_end(name: str):
    async with shift(name) as polls:
        await polls.poll(jane="on", omar="off")
        await polls.poll(jane="on", omar="on")
        assert await polls.poll(omar="off") == "unknown"
        assert await polls.poll(after=HOUR, omar="off") == "unknown"
        assert await polls.poll(jane="off", omar="off") == "unstaffed"
        assert await polls.poll(omar="off") == "unstaffed"


async def test_where_only_the_list_tells_who_exists_people_may_have_left_it():
    async with shift("LiveAgent v1, departments") as polls:
        await polls.poll(jane="on", omar="off")
        assert await polls.poll(omar="off") == "unknown"
        assert await polls.poll(after=DOUBT, omar="off") == "unstaffed"


@pytest.mark.parametrize("name", WITH_ROSTER)
async def test_who_is_not_in_the_roster_any_more_is_gone(name: str):
    left = msgspec.structs.replace(PEOPLE, accounts={"omar": PEOPLE.accounts["omar"]})
    async with shift(name) as polls:
        await polls.poll(jane="on", omar="off")
        assert await polls.poll(omar="off") == "unknown"
        assert await polls.poll(omar="off", roster=left) == "unstaffed"
        assert await polls.poll(omar="off") == "unstaffed"


@pytest.mark.parametrize("name", LISTS)
async def test_who_was_never_seen_connected_is_in_no_doubt(name: str):
    async with shift(name) as polls:
        await polls.poll(jane="off")
        assert await polls.poll() == "unstaffed"
        assert polls.snapshot is not None
        assert polls.snapshot.uncertain == frozenset()


@pytest.mark.parametrize("name", LISTS)
async def test_a_row_that_cannot_be_read_does_not_end_the_memory(name: str):
    async with shift(name) as polls:
        await polls.poll(jane="on", omar="on")
        assert await polls.poll(jane="odd", omar="off") == "unknown"
        assert polls.snapshot is not None
        assert polls.snapshot.notes == ()
        assert await polls.poll(omar="off") == "unknown"


@pytest.mark.parametrize("name", LISTS)
async def test_somebody_else_who_is_available_proves_the_team_all_the_same(name: str):
    async with shift(name) as polls:
        await polls.poll(jane="on", omar="on")
        assert await polls.poll(omar="on") == "ok"


@pytest.mark.parametrize(
    ("said", "is_missing"),
    [
        pytest.param([offline("1"), reading("1", channel=Channel.CALL)], True, id="connected on one channel"),
        pytest.param([unmapped("1")], True, id="with a status that nobody can map"),
        pytest.param([offline("1")], False, id="offline"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_connected_is_whoever_was_not_offline(said: list[Reading], *, is_missing: bool):
    before = snapshot(*said, at=T0, accounts=[Account("1")])
    assert attendance((), (), {"1"}, before, later(15)).missing == ({"1": T0.elapsed} if is_missing else {})


@pytest.mark.parametrize("list_offline", [True, False])
async def test_signing_off_at_comm100_is_known_at_once_or_within_the_doubt(
    rig: RigMaker, simulator: Simulator, office: World, *, list_offline: bool
):
    simulator.options.change("comm100", list_offline=list_offline)
    source = rig("comm100")
    await source.good()
    office.set_status("jane.doe", "comm100", "offline")
    found = await source.good()
    (jane,) = (one.id for one in found.accounts.values() if one.name.startswith("Jane"))
    assert (jane in found.uncertain) is not list_offline
    source.poller._clock.ahead += DOUBT + 1
    assert (await source.good()).uncertain == frozenset()
