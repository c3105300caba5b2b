"""How LiveAgent is asked, and how it fails: in the status, in the body, for one department of several."""

import asyncio
from typing import Any

import pytest
from pollers.bench import Asked, FakeClock, Told, adapter_of, canned, failure, payload

from monitor.errors import PollError, Reason, RosterOutdatedError
from monitor.model import Group, Roster

NOBODY = payload("liveagent/nobody", "d1/agents")
E403 = payload("liveagent/key-of-v3")
E404 = payload("liveagent/department-gone-for-good", "d2/agents")
E500 = payload("liveagent/error-500-in-a-200", "d1/agents")
E401, E400 = E403.replace(b"403", b"401"), E403.replace(b"403", b"400")
ROSTER = Roster(accounts={}, groups=(Group("d1"), Group("d2")))


async def test_the_path_form():
    async with canned(lambda _asked: NOBODY) as bench:
        await bench.live(adapter_of("liveagent", departments=["d1"]))
    assert [(asked.path, asked.query) for asked in bench.asked] == [
        ("/api/departments/d1/agents", {"apikey": "liveagent-key"})
    ]


async def test_the_index_form():
    async with canned(lambda _asked: NOBODY) as bench:
        await bench.live(adapter_of("liveagent", departments=["d1"], url_form="index"))
    assert [(asked.path, asked.query) for asked in bench.asked] == [
        ("/api/index.php", {"handler": "departments/d1/agents", "apikey": "liveagent-key"})
    ]


async def test_an_id_cannot_leave_its_place_in_the_path():
    async with canned(lambda _asked: NOBODY) as bench:
        await bench.live(adapter_of("liveagent", departments=["../agents?x"]))
    assert [asked.path for asked in bench.asked] == ["/api/departments/../agents?x/agents"]


async def test_without_any_department_nobody_was_asked_for():
    async with canned(lambda _asked: NOBODY) as bench:
        error = await failure(bench.live(adapter_of("liveagent"), Roster(accounts={})))
    assert (error.reason, bench.asked) == (Reason.DECODE, [])


async def test_a_department_named_twice_is_asked_once():
    async with canned(lambda _asked: NOBODY) as bench:
        await bench.live(adapter_of("liveagent", departments=["d1", "d1"]))
    assert len(bench.asked) == 1


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param(Told(E403, 403), Reason.AUTH, id="403"),
        pytest.param(Told(b"", 403), Reason.AUTH, id="a bare 403"),
        pytest.param(Told(E401, 401), Reason.AUTH, id="401"),
        pytest.param(Told(E400, 400), Reason.STATUS, id="400, trouble with the key on the vendor's side"),
        pytest.param(Told(E400), Reason.VENDOR_ERROR, id="400 told in a 200"),
        pytest.param(Told(E403), Reason.AUTH, id="403 told in a 200"),
        pytest.param(Told(E401), Reason.AUTH, id="401 told in a 200"),
        pytest.param(Told(E500), Reason.VENDOR_ERROR, id="ERROR in a 200"),
        pytest.param(Told(E500.replace(b'"ERROR"', b'"error"')), Reason.VENDOR_ERROR, id="error in lower case"),
        pytest.param(Told(E500, 500), Reason.STATUS, id="ERROR in a 500"),
        pytest.param(Told(E500, 503), Reason.STATUS, id="updating"),
        pytest.param(Told(b"<html>", 502), Reason.STATUS, id="502 of a gateway"),
        pytest.param(Told(b"<html>", 504), Reason.STATUS, id="504 of a gateway"),
        pytest.param(Told(b"", 429), Reason.RATE_LIMITED, id="429"),
        pytest.param(
            Told(payload("liveagent/ok-without-agents", "d1/agents")), Reason.DECODE, id="OK without the list"
        ),
        pytest.param(Told(b'{"response":{"agents":null}}'), Reason.DECODE, id="the list is null"),
        pytest.param(Told(b'{"response":{"agents":{}}}'), Reason.DECODE, id="the list is an object"),
        pytest.param(Told(b'{"response":[]}'), Reason.DECODE, id="the envelope is a list"),
        pytest.param(Told(b'{"agents":[]}'), Reason.DECODE, id="no envelope"),
        pytest.param(Told(b"<response><agents/></response>"), Reason.DECODE, id="XML"),
        pytest.param(Told(b""), Reason.DECODE, id="nothing"),
    ],
)
async def test_a_failure_is_never_an_empty_list(told: Told, reason: Reason):
    async with canned(lambda _asked: told) as bench:
        assert (await failure(bench.live(adapter_of("liveagent", departments=["d1"])))).reason is reason
        assert (await failure(bench.roster(adapter_of("liveagent")))).reason is reason


async def test_a_legal_empty_list_is_nobody():
    async with canned(lambda _asked: NOBODY) as bench:
        snapshot = await bench.live(adapter_of("liveagent", departments=["d1"]))
    assert (snapshot.readings, snapshot.records) == ((), 0)


async def test_one_failed_department_fails_the_poll():
    def answer(asked: Asked) -> bytes | Told:
        return (
            Told(E500, 500)
            if "/d2/" in asked.path
            else payload("liveagent/two-departments-and-a-deleted-one", "d1/agents")
        )

    async with canned(answer) as bench:
        error = await failure(bench.live(adapter_of("liveagent"), ROSTER))
    assert (error.reason, error.status) == (Reason.STATUS, 500)


@pytest.mark.parametrize("told", [Told(E404, 404), Told(b"", 404), Told(E404)], ids=["both", "status", "body"])
class TestNotFound:
    async def test_of_a_department_that_the_roster_gave_asks_for_a_new_roster(self, told: Told):
        async with canned(lambda asked: told if "/d2/" in asked.path else NOBODY) as bench:
            error = await failure(bench.live(adapter_of("liveagent"), ROSTER))
        assert isinstance(error, RosterOutdatedError)
        assert "d2" in error.detail

    async def test_of_a_configured_department_names_it(self, told: Told):
        async with canned(lambda _asked: told) as bench:
            error = await failure(bench.live(adapter_of("liveagent", departments=["d7"]), ROSTER))
        assert type(error) is PollError
        assert "configured department d7" in error.detail


async def test_no_more_than_four_departments_at_a_time():
    at_once = most = 0

    async with canned(lambda _asked: NOBODY) as bench:
        calls = bench.calls()
        send = calls._exchange

        async def watched(*args: Any, **more: Any):
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            answer = await send(*args, **more)
            at_once -= 1
            return answer

        calls._exchange = watched
        await adapter_of("liveagent", departments=[f"d{number}" for number in range(20)]).live(calls, None, None)
    assert (len(bench.asked), most) == (20, 4)


async def test_the_snapshot_is_stamped_when_the_first_request_left():
    def slowly(asked: Asked) -> bytes:
        bench.clock.advance(7)
        return NOBODY

    async with canned(slowly) as bench:
        snapshot = await bench.live(adapter_of("liveagent", departments=["d1", "d2"]))
    assert snapshot.observed_at == FakeClock().now()
    assert bench.clock.now().elapsed == FakeClock().now().elapsed + 14


@pytest.mark.parametrize(
    ("told", "words"),
    [
        pytest.param(Told(E403, 403), "this looks like a v3 key", id="in the status"),
        pytest.param(Told(E403), "this looks like a v3 key", id="in the body"),
        pytest.param(
            Told(E403.replace(b"ApiKey not found", b"Insufficient privileges"), 403),
            "the API key is refused (Insufficient privileges)",
            id="a key without the privilege is one of this generation",
        ),
        pytest.param(Told(b"", 403), "the API key is refused (403)", id="a bare 403 says nothing of the generation"),
    ],
)
async def test_a_key_of_the_other_generation_is_explained(told: Told, words: str):
    async with canned(lambda _asked: told) as bench:
        error = await failure(bench.roster(adapter_of("liveagent")))
    assert words in error.detail
    assert ("looks like" in error.detail) == ("looks like" in words)
