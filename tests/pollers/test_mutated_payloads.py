"""Whatever a vendor sends: a snapshot that says what was read, or a PollError. Never a crash, never a false nobody."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pollers.mutations import ODD, mutated
from pollers.spoiled import FLAVOURS, Flavour, SpoiledWire, check, faults

from monitor.errors import PollError, Reason
from monitor.model import Roster, Snapshot

flavour_of = cache(Flavour)
PARTS = [(name, part) for name in FLAVOURS for part in flavour_of(name).parts]
WHO = {
    name: [part for part in flavour_of(name).parts if flavour_of(name).tells_who(part)]
    for name in FLAVOURS
    if not FLAVOURS[name].only
}
"""Of each flavour, the answers that say who is there."""
ROWS: dict[str, tuple[str, Callable[[Any], list[dict[str, Any]]]]] = {
    "cobrowser": ("numFree", lambda tree: tree["getOnlineAgents"]),
    "iadvize": ("connected", lambda tree: tree["data"]),
    "liveagent v1": ("onlinestatus", lambda tree: tree["response"]["agents"]),
    "liveagent v1 agents": ("onlineStatus", lambda tree: tree["response"]["agentsOnlineStates"]),
    "liveagent v3": ("departments_statuses", lambda tree: tree),
    "comm100 v3 jwt": ("status", lambda tree: tree),
    "comm100 v4 oauth": ("status", lambda tree: tree),
}
"""Of each flavour, the rows of those who are there, and the field without which a row says nothing."""
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as opened:
        yield opened


@cache
def known(name: str) -> Roster:
    return asyncio.run(flavour_of(name).roster(SpoiledWire(flavour_of(name))))


def polled(
    runner: asyncio.Runner, name: str, spoiled: Mapping[str, bytes], *, cursor: str = ""
) -> Snapshot | PollError:
    wire = SpoiledWire(flavour_of(name), spoiled, cursor=cursor)
    try:
        return runner.run(flavour_of(name).poll(wire, known(name)))
    except PollError as error:
        return error


@pytest.mark.parametrize(("name", "part"), PARTS, ids=str)
def test_a_mutated_answer(runner: asyncio.Runner, name: str, part: str, monkeypatch: pytest.MonkeyPatch):
    for module in ("iadvize", "comm100_client", "comm100_report", "liveagent_v3"):
        monkeypatch.setattr(f"monitor.pollers.vendors.{module}.MAX_PAGES", 5)

    @settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
    @given(
        body=mutated(json.loads(flavour_of(name).original(part))),
        cursor=st.sampled_from(("", "", "cursor2", "again", "x" * 300, "é")),
    )
    def whatever_comes(body: bytes, cursor: str) -> None:
        match polled(runner, name, {part: body}, cursor=cursor):
            case Snapshot() as snapshot:
                assert not faults(flavour_of(name), part, snapshot)
            case PollError(reason=reason, status=status) as error:
                assert reason in {Reason.DECODE, Reason.VENDOR_ERROR, Reason.AUTH} or status == 404
                assert len(str(error)) < 500
                assert str(error).isprintable()

    whatever_comes()


@pytest.mark.parametrize("name", WHO)
@given(wrong=st.sampled_from(({}, [1], {"value": 1}, 10**30, -7.5)))
@settings(deadline=None, suppress_health_check=QUIET)
def test_rows_that_are_all_unreadable_are_never_nobody(runner: asyncio.Runner, name: str, wrong: object):
    field, rows_of = ROWS[name]
    spoiled = {}
    for part in WHO[name]:
        tree = json.loads(flavour_of(name).original(part))
        for row in rows_of(tree):
            row[field] = wrong
        spoiled[part] = json.dumps(tree).encode()
    found = polled(runner, name, spoiled)
    assert isinstance(found, PollError)
    assert found.reason is Reason.DECODE


@pytest.mark.parametrize("name", WHO)
@given(
    junk=st.binary(max_size=40)
    | st.text(max_size=40).map(str.encode)
    | st.sampled_from(ODD).map(lambda odd: json.dumps(odd).encode())
)
@settings(deadline=None, suppress_health_check=QUIET)
def test_junk_is_a_failure(runner: asyncio.Runner, name: str, junk: bytes):
    found = polled(runner, name, dict.fromkeys(WHO[name], junk))
    if junk.strip() == b"[]" and name.startswith(("comm100", "liveagent v3")):  # bare lists: so they say nobody
        assert isinstance(found, Snapshot)
    else:
        assert isinstance(found, PollError)


@pytest.mark.parametrize("name", FLAVOURS)
def test_as_it_was_recorded_it_is_read(runner: asyncio.Runner, name: str):
    found = polled(runner, name, {})
    assert isinstance(found, Snapshot)
    assert found.readings
    check(found)
