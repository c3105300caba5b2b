"""Whatever a vendor sends: a snapshot that says what was read, or a PollError. Never a crash, never a false nobody."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pollers.bench import FakeClock, adapter_of, loose_calls, payload, roster_of
from pollers.mutations import ODD, mutated

from monitor.errors import PollError, Reason
from monitor.model import Group, Presence, Roster, Snapshot
from monitor.pollers.budget import Priority
from monitor.pollers.transport import Calls, SourceHttp, Transport

LIVE = {
    "cobrowser": "cobrowser/one-online-one-paused.json",
    "iadvize": "iadvize/three-channels.json",
    "liveagent": "liveagent/agents-of-sales.json",
    "comm100": "comm100/live.json",
}
ROSTERS = [
    ("cobrowser", "cobrowser/everyone.json"),
    ("iadvize", "iadvize/operators-page-2-of-2.json"),
    ("iadvize", "iadvize/groups.json"),
    ("liveagent", "liveagent/departments.json"),
    ("comm100", "comm100/agents.json"),
    ("comm100", "comm100/capacity-of-each.json"),
    ("comm100", "comm100/away-statuses.json"),
]
EXAMPLES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


T = TypeVar("T")


class FixedCalls(Calls):
    """Every request is answered with the same body, at once."""

    def __init__(self, body: bytes) -> None:
        clock = FakeClock()
        super().__init__(SourceHttp(Transport(clock), timeout=1, requests_per_minute=60), Priority.LIVE)
        self.body = body

    async def get(self, *_where: Any, **_more: Any) -> bytes:
        self.count += 1
        return self.body

    async def post_json(self, *_where: Any, **_more: Any) -> bytes:
        return b'{"token": "opaque"}'


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


def known(vendor: str) -> Roster:
    if vendor == "liveagent":
        return Roster(accounts={}, groups=(Group("d1"),))
    return roster_of("12", "459", "1", "77")


def told(runner: asyncio.Runner, call: Coroutine[Any, Any, T]) -> T | PollError:
    try:
        return runner.run(call)
    except PollError as error:
        return error


def read(runner: asyncio.Runner, vendor: str, body: bytes) -> Snapshot | PollError:
    return told(runner, adapter_of(vendor).live(FixedCalls(body), known(vendor), None))


def check(snapshot: Snapshot) -> None:
    assert 2 * snapshot.rejected <= snapshot.records
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot) == snapshot
    for reading in snapshot.readings:
        assert reading.account in snapshot.accounts
        assert reading.presence is Presence.CONNECTED or not reading.accepting
        assert all(number is None or 0 <= number <= 1_000_000 for number in (reading.used, reading.free))
        assert reading.accepting or not reading.free
        assert len(reading.reason) <= 64
        assert reading.last_active is None or 0 < reading.last_active < 1e11


@pytest.mark.parametrize("vendor", LIVE)
def test_a_mutated_live_answer(runner: asyncio.Runner, vendor: str):
    original = json.loads(payload(LIVE[vendor]))

    @EXAMPLES
    @given(body=mutated(original))
    def whatever_comes(body: bytes) -> None:
        match read(runner, vendor, body):
            case Snapshot() as snapshot:
                check(snapshot)
            case PollError(reason=reason) as error:
                assert reason in {Reason.DECODE, Reason.VENDOR_ERROR, Reason.AUTH}
                assert len(str(error)) < 500
                assert str(error).isprintable()

    whatever_comes()


@pytest.mark.parametrize(("vendor", "name"), ROSTERS)
def test_a_mutated_roster_answer(runner: asyncio.Runner, vendor: str, name: str, monkeypatch: pytest.MonkeyPatch):
    original = json.loads(payload(name))
    for module in ("iadvize", "comm100_client"):
        monkeypatch.setattr(f"monitor.pollers.vendors.{module}.MAX_PAGES", 5)

    async def one_part_of_it(body: bytes) -> Roster:
        calls = FixedCalls(body)
        good = {
            "globalSettings/agents": payload("comm100/agents.json"),
            "globalSettings/departments": payload("comm100/departments.json"),
            "livechat/autoDistribution": payload("comm100/capacity-of-each.json"),
            "livechat/customAwayStatus": payload("comm100/away-statuses.json"),
        }
        mine = {"agents": "globalSettings/agents", "capacity-of-each": "livechat/autoDistribution"}.get(
            name.split("/")[1].removesuffix(".json"), "livechat/customAwayStatus"
        )

        async def get(url: str, **_more: Any) -> bytes:
            path = url.rsplit("/api/v3/", maxsplit=1)[-1]
            return body if vendor != "comm100" or path == mine else good[path]

        calls.get = get  # type: ignore[method-assign]
        return await adapter_of(vendor).roster(calls)

    @EXAMPLES
    @given(body=mutated(original))
    def whatever_comes(body: bytes) -> None:
        match told(runner, one_part_of_it(body)):
            case Roster() as roster:
                assert 2 * roster.rejected <= roster.records
                assert msgspec.json.decode(msgspec.json.encode(roster), type=Roster) == roster
            case PollError(reason=reason):
                assert reason in {Reason.DECODE, Reason.VENDOR_ERROR, Reason.AUTH}

    whatever_comes()


SPOILED = {
    "cobrowser": ("numFree", lambda tree: tree["getOnlineAgents"]),
    "iadvize": ("connected", lambda tree: tree["data"]),
    "liveagent": ("onlinestatus", lambda tree: tree["response"]["agents"]),
    "comm100": ("status", lambda tree: tree),
}


@pytest.mark.parametrize("vendor", LIVE)
@given(wrong=st.sampled_from(([], {}, [1], {"value": 1}, 10**30, -7.5)))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_that_are_all_unreadable_are_never_nobody(runner: asyncio.Runner, vendor: str, wrong: object):
    field, rows_of = SPOILED[vendor]
    tree = json.loads(payload(LIVE[vendor]))
    for row in rows_of(tree):
        row[field] = wrong
    found = read(runner, vendor, json.dumps(tree).encode())
    assert isinstance(found, PollError)
    assert found.reason is Reason.DECODE


@pytest.mark.parametrize("vendor", LIVE)
@given(
    junk=st.binary(max_size=40)
    | st.text(max_size=40).map(str.encode)
    | st.sampled_from(ODD).map(lambda odd: json.dumps(odd).encode())
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_junk_is_a_failure(runner: asyncio.Runner, vendor: str, junk: bytes):
    found = read(runner, vendor, junk)
    if vendor == "comm100" and junk.strip() == b"[]":  # its list is bare: this is how it says nobody
        assert isinstance(found, Snapshot)
    else:
        assert isinstance(found, PollError)


def test_the_fixtures_themselves_are_read(runner: asyncio.Runner):
    for vendor, name in LIVE.items():
        found = read(runner, vendor, payload(name))
        assert isinstance(found, Snapshot)
        assert found.readings
        check(found)
    assert loose_calls().first_sent is None
