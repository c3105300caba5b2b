"""Lists that LiveAgent cuts at ten without a word: who is missing is not known to be absent, so the poll fails."""

from collections.abc import Sequence

import msgspec
import pytest
from pollers.bench import Bench, adapter_of, canned, failure

from monitor.errors import PollError, Reason, RosterOutdatedError
from monitor.model import Account, Group, Roster, Snapshot
from monitor.pollers.vendors.liveagent_letters import BELIEVED_FOR


def ids(many: int) -> list[str]:
    return [f"a{number:02}" for number in range(many)]


def in_department(many: int) -> bytes:
    rows = [{"userid": one, "onlinestatus": "T", "presetstatus": "T"} for one in ids(many)]
    return msgspec.json.encode({"response": {"agents": rows}})


def states(statuses: Sequence[str]) -> bytes:
    rows = [{"id": one, "onlineStatus": status} for one, status in zip(ids(99), statuses, strict=False)]
    return msgspec.json.encode({"response": {"agentsOnlineStates": rows}})


def roster(many: int) -> Roster:
    return Roster(accounts={one: Account(one, groups=frozenset({"d1"})) for one in ids(many)}, groups=(Group("d1"),))


class Changing:
    """A vendor whose answer a test changes."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __call__(self, _asked: object) -> bytes:
        return self.body


async def departments(bench: Bench, previous: Snapshot | None = None) -> Snapshot:
    return await bench.live(adapter_of("liveagent", departments=["d1"]), None, previous)


@pytest.mark.parametrize(
    ("before", "now", "fails"),
    [
        pytest.param(12, 10, True, id="twelve become exactly ten"),
        pytest.param(11, 10, True, id="eleven become exactly ten"),
        pytest.param(12, 9, False, id="another number is nobody's limit"),
        pytest.param(12, 11, False, id="more than ten are not cut"),
        pytest.param(10, 10, False, id="ten stay ten"),
        pytest.param(8, 10, False, id="eight become ten"),
    ],
)
async def test_a_department_that_listed_more_before(before: int, now: int, fails: bool):
    vendor = Changing(in_department(before))
    async with canned(vendor) as bench:
        previous = await departments(bench)
        vendor.body = in_department(now)
        if not fails:
            assert len((await departments(bench, previous)).readings) == now
            return
        error = await failure(departments(bench, previous))
    assert error.reason is Reason.DECODE
    assert error.detail == (
        f"departments/d1/agents lists exactly 10 agents where {before} are known: "
        "the vendor seems to cut the list short"
    )


async def test_whom_the_list_before_left_out_already_is_no_hole_in_this_one():
    vendor = Changing(in_department(12))
    async with canned(vendor) as bench:
        previous = await departments(bench)
        for many in (9, 10):
            vendor.body = in_department(many)
            previous = await departments(bench, previous)
    assert (len(previous.readings), previous.uncertain) == (10, {"a10", "a11"})


async def test_people_do_leave_departments_so_the_shorter_list_is_believed_in_the_end():
    vendor = Changing(in_department(11))
    async with canned(vendor) as bench:
        previous = await departments(bench)
        vendor.body = in_department(10)
        bench.clock.advance(BELIEVED_FOR)
        assert isinstance(await failure(departments(bench, previous)), PollError)
        bench.clock.advance(1)
        assert len((await departments(bench, previous)).readings) == 10


async def test_the_first_poll_has_nothing_to_compare_with():
    async with canned(lambda _asked: in_department(10)) as bench:
        assert len((await departments(bench)).readings) == 10


@pytest.mark.parametrize(
    ("statuses", "known", "outcome"),
    [
        pytest.param(["T"] * 9 + [""], 12, "fails", id="who is offline is listed, so twelve should be"),
        pytest.param(["T"] * 10, 12, "noted", id="all ten are online: a list of the people online may be of ten"),
        pytest.param(["T"] * 9 + [""], 10, "fine", id="ten are known"),
        pytest.param(["T"] * 8 + [""], 12, "fine", id="nine are nobody's limit"),
    ],
)
async def test_the_list_of_everybody(statuses: list[str], known: int, outcome: str):
    adapter = adapter_of("liveagent", live="agents")
    async with canned(lambda _asked: states(statuses)) as bench:
        if outcome == "fails":
            error = await failure(bench.live(adapter, roster(known)))
            assert isinstance(error, RosterOutdatedError)  # a leaver is known by a new roster, and then no hole
            assert error.reason is Reason.DECODE
            assert "exactly 10 agents where 12 are known" in error.detail
            return
        snapshot = await bench.live(adapter, roster(known))
    assert len(snapshot.readings) == len(statuses)
    assert bool(snapshot.notes) == (outcome == "noted")


async def test_the_list_of_everybody_that_named_somebody_offline_before():
    vendor = Changing(states(["T"] * 12 + [""]))
    adapter = adapter_of("liveagent", live="agents")
    async with canned(vendor) as bench:
        previous = await bench.live(adapter)
        vendor.body = states(["T"] * 10)
        error = await failure(bench.live(adapter, None, previous))
    assert "exactly 10 agents where 13 are known" in error.detail


@pytest.mark.parametrize(
    ("listed", "known", "fails"),
    [
        pytest.param(10, 12, True, id="exactly ten of twelve"),
        pytest.param(100, 101, True, id="exactly a page, and no cursor to the next"),
        pytest.param(10, 10, False, id="ten of ten"),
        pytest.param(9, 12, False, id="nine of twelve: absence proves nothing"),
    ],
)
async def test_the_grid_of_v3(listed: int, known: int, fails: bool):
    letters = [{"departmentid": "d1", "online_status": "T", "preset_status": "T"}]
    grid = msgspec.json.encode(
        [{"agentid": f"a{number:02}", "departments_statuses": letters} for number in range(listed)]
    )
    async with canned(lambda asked: grid if asked.path.endswith("grid/agents") else b"[]") as bench:
        live = bench.live(adapter_of("liveagent", api="v3"), roster(known))
        if fails:
            error = await failure(live)
            assert (type(error), error.reason) == (RosterOutdatedError, Reason.DECODE)
        else:
            assert len((await live).readings) == listed
