"""LiveAgent's `live: agents`: letters of two generations, and what a list without departments does not tell."""

import msgspec
import pytest
from pollers.bench import Asked, adapter_of, canned, failure, payload, telling

from monitor.errors import Reason
from monitor.model import Roster, Snapshot


def state(status: object, number: str = "a1") -> dict[str, object]:
    return {"id": number, "username": "jane@example.com", "firstname": "Jane", "onlineStatus": status}


def body(*states: object) -> bytes:
    return msgspec.json.encode({"response": {"agentsOnlineStates": states}})


async def live(*states: object, roster: Roster | None = None) -> Snapshot:
    async with canned(lambda _asked: body(*states)) as bench:
        return await bench.live(adapter_of("liveagent", live="agents"), roster)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        pytest.param("", ["chat offline"], id="nothing is offline"),
        pytest.param(None, ["chat offline"], id="null is offline"),
        pytest.param(" ", ["chat offline"], id="a space is offline"),
        pytest.param("F", ["chat offline"], id="F of v3 is offline"),
        pytest.param("T", ["chat accepting"], id="T of v1 is chat"),
        pytest.param("N", ["chat accepting"], id="N of v3 is chat"),
        pytest.param("C", ["chat accepting"], id="C of v3, mobile, is chat"),
        pytest.param("P", ["call accepting", "chat away"], id="P is a phone here, not the pause of v3"),
        pytest.param("M", ["chat away", "ticket accepting"], id="M is tickets"),
        pytest.param("R", ["chat away"], id="only reading is no availability"),
        pytest.param("MRT", ["chat accepting", "ticket accepting"], id="letters written together"),
        pytest.param("P,T", ["call accepting", "chat accepting"], id="letters with commas"),
        pytest.param("X", ["chat unknown"], id="only an unknown letter: present, and not known how"),
        pytest.param("XT", ["chat accepting"], id="an unknown letter beside a known one loses nobody"),
    ],
)
async def test_a_state_reads_as(status: str | None, told: list[str]):
    expected = [f"a1 {channel} {does} -/-" for channel, does in (each.split() for each in told)]
    assert telling(await live(state(status))) == expected


async def test_unknown_letters_are_counted():
    assert (await live(state("XT"), state("X", "a2"))).unknown_statuses == {"X": 2}


async def test_the_mobile_app_is_told():
    snapshot = await live(state("C"), state("CT", "a2"))
    assert [reading.reason for reading in snapshot.readings] == ["mobile", ""]


async def test_everybody_costs_one_request():
    async with canned(lambda _asked: body(state("T"))) as bench:
        await bench.live(adapter_of("liveagent", live="agents"))
    assert [asked.path for asked in bench.asked] == ["/api/onlinestatus/agents"]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(b'{"response":{"status":"OK"}}', id="without the list"),
        pytest.param(b'{"response":{"agentsOnlineStates":null}}', id="the list is null"),
        pytest.param(b'{"response":{"agents":[]}}', id="another list"),
        pytest.param(body({"id": "a1"}), id="rows without a status"),
    ],
)
async def test_a_failure_is_never_nobody(wrong: bytes):
    async with canned(lambda _asked: wrong) as bench:
        error = await failure(bench.live(adapter_of("liveagent", live="agents")))
    assert error.reason is Reason.DECODE


async def test_the_roster_knows_everybody_of_every_department_and_absence_is_no_evidence():
    def answer(asked: Asked) -> bytes:
        parts = asked.path.split("/")
        if parts[2] == "onlinestatus":
            return body(state("T", "a1"))
        return payload("liveagent/two-departments-and-a-deleted-one", f"{asked.path}?")

    adapter = adapter_of("liveagent", live="agents")
    async with canned(answer) as bench:
        roster = await bench.roster(adapter)
        snapshot = await bench.live(adapter, roster)
    assert set(roster.accounts) == {"a1", "a2", "a3", "a4", "a5"}
    assert telling(snapshot) == ["a1 chat accepting -/-"]
    assert snapshot.unlisted == 4
    jane = snapshot.accounts["a1"]
    assert (jane.username, jane.email, jane.groups) == ("jane@example.com", "jane@example.com", {"d1", "d2"})
