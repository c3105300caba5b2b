"""Records that cannot be read: dropped and counted, judged with all records of the poll, and remembered as a doubt."""

from typing import Any

import msgspec
import pytest
from pollers.bench import Asked, adapter_of, canned, failure, payload

from monitor.errors import Reason
from monitor.model import Account, Group, Presence, Roster, Snapshot

GOOD = {"firstname": "Jane", "lastname": "Doe", "onlinestatus": "T", "presetstatus": "T"}
ROSTER = Roster(accounts={}, groups=(Group("d1"), Group("d2")))


def departments(**rows: list[dict[str, object]]) -> Any:
    def answer(asked: Asked) -> bytes:
        name = asked.path.split("/")[-2]
        return msgspec.json.encode({"response": {"agents": rows[name]}})

    return answer


def agents(count: int) -> list[dict[str, object]]:
    return [GOOD | {"userid": f"a{number}"} for number in range(count)]


async def liveagent(answer: Any, previous: Snapshot | None = None) -> Snapshot:
    async with canned(answer) as bench:
        return await bench.live(adapter_of("liveagent"), ROSTER, previous)


async def test_a_bad_record_alone_in_its_department_is_one_of_all_records_of_the_poll():
    snapshot = await liveagent(departments(d1=agents(20), d2=[{"firstname": "x"}]))
    assert (snapshot.records, snapshot.rejected, len(snapshot.accounts)) == (21, 1, 20)


async def test_more_than_half_of_all_records_is_a_failure():
    async with canned(departments(d1=agents(1), d2=[{"firstname": "x"}, {"lastname": "y"}])) as bench:
        error = await failure(bench.live(adapter_of("liveagent"), ROSTER))
    assert (error.reason, error.detail) == (Reason.DECODE, "2 or more of 3 records of the poll cannot be read")


async def test_whom_a_dropped_record_was_about_stays_known_and_in_doubt():
    before = await liveagent(departments(d1=agents(3), d2=[]))
    broken = [*agents(2), {"userid": "a2", "onlinestatus": 7}]
    snapshot = await liveagent(departments(d1=broken, d2=[]), before)
    assert (snapshot.uncertain, set(snapshot.accounts)) == ({"a2"}, {"a0", "a1", "a2"})


@pytest.mark.parametrize(
    ("online", "in_doubt"),
    [
        pytest.param("N", True, id="a letter that nobody knows"),
        pytest.param("NT", False, id="beside the letter of chat it changes nothing"),
        pytest.param("R", False, id="a letter that is known and no channel"),
        pytest.param("", False, id="no letter"),
    ],
)
async def test_letters_that_cannot_be_read_leave_their_agent_in_doubt(*, online: str, in_doubt: bool):
    snapshot = await liveagent(departments(d1=[*agents(2), GOOD | {"userid": "x", "onlinestatus": online}], d2=[]))
    assert ("x" in snapshot.uncertain) is in_doubt


async def test_a_department_that_cannot_be_read_fails_the_roster():
    body = msgspec.json.encode(
        {"response": {"departments": [{"departmentid": "d1"}, {"departmentid": "d2"}, {"name": "nameless"}]}}
    )
    async with canned(lambda _asked: body) as bench:
        error = await failure(bench.roster(adapter_of("liveagent")))
    assert (error.reason, error.detail) == (Reason.DECODE, "1 of the departments cannot be read")


async def test_a_department_of_v3_that_cannot_be_read_fails_the_roster():
    lists = {"agents": [{"id": "a1"}, {"name": "nameless"}], "departments": [{"department_id": "d1"}, {"name": "x"}]}
    async with canned(lambda asked: msgspec.json.encode(lists[asked.path.rsplit("/", 1)[1]])) as bench:
        error = await failure(bench.roster(adapter_of("liveagent", api="v3")))
    assert (error.reason, error.detail) == (Reason.DECODE, "1 of the departments cannot be read")


async def test_a_row_of_iadvize_without_any_channel_is_a_bad_record():
    row = {"id": 1, "connected": True, "tchat": {"enabled": True}}
    body = msgspec.json.encode({"meta": {"status": "success"}, "data": [row]})
    async with canned(lambda _asked: body) as bench:
        error = await failure(bench.live(adapter_of("iadvize")))
    assert error.reason is Reason.DECODE


async def test_a_bad_record_alone_in_its_view_is_one_of_all_records_of_the_poll():
    good = payload("iadvize/documented-operator-available", "operator/live")
    bad = msgspec.json.encode({"meta": {"status": "success"}, "data": [{"id": 7, "connected": "maybe"}]})
    known = Roster(accounts={"7": Account("7")})

    def answer(asked: Asked) -> bytes:
        return bad if asked.query.get("filters[connected]") == "0" else good

    async with canned(answer) as bench:
        snapshot = await bench.live(adapter_of("iadvize"), known)
    assert (snapshot.records, snapshot.rejected, snapshot.uncertain) == (3, 1, {"7"})


async def test_an_unreadable_row_does_not_end_the_memory_of_who_was_connected():
    good = payload("iadvize/documented-operator-available", "operator/live")
    broken = good.replace(b'"connected": true', b'"connected": "maybe"')
    assert broken != good
    others = [{"id": 7, "connected": True, "chat": OFF}, {"id": 8, "connected": True, "chat": OFF}]
    known = Roster(accounts={"456": Account("456")})
    answers = iter([good, beside(broken, others), msgspec.json.encode({"meta": {"status": "success"}, "data": []})])
    snapshot = None
    states = []
    for body in answers:
        async with canned(lambda _asked, body=body: body) as bench:
            snapshot = await bench.live(adapter_of("iadvize"), known, snapshot)
        states.append([reading.presence for reading in snapshot.readings if reading.account == "456"])
    assert states == [[Presence.CONNECTED], [Presence.UNKNOWN], [Presence.UNKNOWN]]


OFF = {"enabled": False, "slot_number": 0, "slot_max_number": 1, "busy": False, "available": False}


def beside(body: bytes, rows: list[dict[str, object]]) -> bytes:
    """The answer with more rows."""
    answer = msgspec.json.decode(body)
    return msgspec.json.encode(answer | {"data": [*answer["data"], *rows]})
