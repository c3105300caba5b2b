"""Every fault that the simulator knows, on each vendor: a snapshot or the reason that the contract decides."""

import pytest
from pollers.rig import LIVE_PATH, SECRETS, RigMaker, chat

from monitor.errors import Reason
from monitor.model import PollKind
from monitor.simulator import Fault, FaultKind, Simulator

VENDORS = ("cobrowser", "iadvize", "liveagent", "comm100")
FAULTS = {
    FaultKind.STATUS: {"statuses": (500,)},
    FaultKind.LATENCY: {"seconds": 0.02},
    FaultKind.REDIRECT: {"location": "http://localhost:9/login"},
}
SLOW = {FaultKind.HANG, FaultKind.STALL, FaultKind.DRIP}
EVERYWHERE = {
    FaultKind.STATUS: Reason.STATUS,
    FaultKind.LATENCY: None,
    FaultKind.HANG: Reason.TIMEOUT,
    FaultKind.STALL: Reason.TIMEOUT,
    FaultKind.REDIRECT: Reason.STATUS,
    FaultKind.RESET: Reason.CONNECT,
    FaultKind.TRUNCATED: Reason.CONNECT,
    FaultKind.HTML: Reason.DECODE,
    FaultKind.EMPTY_BODY: Reason.DECODE,
    FaultKind.WRONG_TYPES: Reason.DECODE,
    FaultKind.ENDLESS: Reason.DECODE,
    FaultKind.DRIP: Reason.TIMEOUT,
    FaultKind.WRONG_LENGTH_LONG: Reason.CONNECT,
    FaultKind.WRONG_LENGTH_SHORT: Reason.DECODE,
    FaultKind.GZIP_BOMB: Reason.DECODE,
    FaultKind.BAD_GZIP: Reason.DECODE,
    FaultKind.DEEP_NESTING: Reason.DECODE,
    FaultKind.HUGE_HEADERS: Reason.DECODE,
    FaultKind.GARBAGE: Reason.DECODE,
    FaultKind.HALF_BAD: None,
    FaultKind.EMPTY_LIST: None,
    FaultKind.VENDOR_ERROR: Reason.VENDOR_ERROR,
    FaultKind.AUTH: Reason.AUTH,
    FaultKind.OVER_LIMIT: Reason.RATE_LIMITED,
    FaultKind.PERMISSION: Reason.FORBIDDEN,
}
# An empty list of departments is legal, and leaves no department to ask for agents.
NOTHING_TO_ASK = ("liveagent", FaultKind.EMPTY_LIST)
PARTICULAR = {
    # Bytes that are no text cost the row that they stand in; at iAdvize they stand in the envelope
    ("cobrowser", FaultKind.INVALID_UTF8): None,
    ("iadvize", FaultKind.INVALID_UTF8): Reason.DECODE,
    ("liveagent", FaultKind.INVALID_UTF8): None,
    ("comm100", FaultKind.INVALID_UTF8): None,
    # CoBrowser has no documented refusal: a 200 that says error is all that can be said
    ("cobrowser", FaultKind.AUTH): Reason.VENDOR_ERROR,
    ("liveagent", FaultKind.PERMISSION): Reason.AUTH,
    ("cobrowser", FaultKind.UNKNOWN_STATUS): None,
    ("liveagent", FaultKind.UNKNOWN_STATUS): None,
    ("comm100", FaultKind.UNKNOWN_STATUS): None,
    ("comm100", FaultKind.EXPIRED_TOKEN): Reason.AUTH,
    ("comm100", FaultKind.EDITION): Reason.FORBIDDEN,
}
FROM_THE_START = {
    # The log-in comes first, and one word is all of it
    ("comm100", FaultKind.INVALID_UTF8): Reason.DECODE,
    # A department that cannot be read would not be polled, and nobody would miss it
    ("liveagent", FaultKind.INVALID_UTF8): Reason.DECODE,
    ("liveagent", FaultKind.HALF_BAD): Reason.DECODE,
}
EXPECTED = {(vendor, kind): reason for vendor in VENDORS for kind, reason in EVERYWHERE.items()} | PARTICULAR
CASES = [pytest.param(*case, reason, id=" ".join(case)) for case, reason in EXPECTED.items()]


def fault(kind: FaultKind, **more: object) -> Fault:
    return Fault(kind=kind, **{**FAULTS.get(kind, {}), **more})


def patience(kind: FaultKind) -> dict[str, float]:
    return {"timeout": 0.15, "max_age": 1.0} if kind in SLOW else {}


def test_every_fault_has_an_expected_outcome():
    assert {kind for _, kind in EXPECTED} == set(FaultKind)


@pytest.mark.parametrize(("vendor", "kind", "reason"), CASES)
async def test_a_fault_of_the_live_call(
    rig: RigMaker, simulator: Simulator, vendor: str, kind: FaultKind, reason: Reason | None
):
    source = rig(vendor, **patience(kind))
    before = chat(await source.good())
    simulator.fault(vendor, fault(kind, path=LIVE_PATH[vendor]))
    outcome = await source.poll()
    assert outcome.duration <= source.spec.poll.deadline
    assert SECRETS[vendor] not in repr(outcome)
    if reason is None:
        assert outcome.snapshot is not None
    else:
        assert outcome.snapshot is None
        assert outcome.failure is not None
        assert outcome.failure.reason is reason
    simulator.clear()
    assert chat(await source.good()) == before


@pytest.mark.parametrize(("vendor", "kind", "reason"), CASES)
async def test_a_fault_of_every_call_from_the_start(
    rig: RigMaker, simulator: Simulator, vendor: str, kind: FaultKind, reason: Reason | None
):
    simulator.fault(vendor, fault(kind))
    source = rig(vendor, **patience(kind))
    reason = FROM_THE_START.get((vendor, kind), reason)
    live_reason = Reason.DECODE if (vendor, kind) == NOTHING_TO_ASK else reason
    await source.poll()
    assert all(outcome.duration <= source.spec.poll.deadline for outcome in source.outcomes)
    told = [(outcome.kind, outcome.failure and outcome.failure.reason) for outcome in source.outcomes]
    rosters = 2 if (vendor, kind) == NOTHING_TO_ASK else 1  # perhaps the first answer was the odd one
    assert told == [*[(PollKind.ROSTER, reason)] * rosters, (PollKind.LIVE, live_reason)]
    assert (source.outcomes[-1].snapshot is None) == (live_reason is not None)


async def test_an_account_that_had_no_departments_for_a_moment_is_read_again_as_soon_as_it_has(
    rig: RigMaker, simulator: Simulator
):
    simulator.fault("liveagent", fault(FaultKind.EMPTY_LIST))
    source = rig("liveagent")
    assert [(await source.poll()).failure.reason for _ in range(3)] == [Reason.DECODE] * 3
    simulator.clear()
    assert (await source.poll()).failure is None
    assert chat(await source.good())


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_closed_port(rig: RigMaker, simulator: Simulator, vendor: str):
    source = rig(vendor)
    await source.good()
    await simulator.down(vendor)
    outcome = await source.poll()
    assert outcome.failure is not None
    assert outcome.failure.reason is Reason.CONNECT
    await simulator.up(vendor)
    await source.good()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("kind", [FaultKind.OVER_LIMIT, FaultKind.STATUS])
async def test_retry_after_slows_the_source_down(rig: RigMaker, simulator: Simulator, vendor: str, kind: FaultKind):
    source = rig(vendor)
    await source.good()
    more = {"statuses": (503,)} if kind is FaultKind.STATUS else {}
    simulator.fault(vendor, Fault(kind=kind, retry_after="77", path=LIVE_PATH[vendor], **more))
    assert (await source.poll()).interval == 77


@pytest.mark.parametrize("vendor", VENDORS)
async def test_one_spoiled_row_costs_one_row(rig: RigMaker, simulator: Simulator, vendor: str):
    source = rig(vendor)
    await source.good()
    path = {"iadvize": "filters[connected]=1", "liveagent": "d1s58gs4/agents"}.get(vendor, LIVE_PATH[vendor])
    simulator.fault(vendor, Fault(kind="wrong_types", rows=1, times=1, path=path))
    snapshot = await source.good()
    assert snapshot.rejected == 1
    assert snapshot.readings


async def test_nobody_in_the_lists_is_what_each_vendor_means_by_it(rig: RigMaker, simulator: Simulator):
    found = {}
    for vendor in VENDORS:
        source = rig(vendor)
        await source.good()
        simulator.fault(vendor, Fault(kind="empty_list", path=LIVE_PATH[vendor]))
        found[vendor] = {does for does, _, _ in chat(await source.good()).values()}
    # complete by its documents; last seen connected; and two lists that prove nothing about who is not in them
    assert found == {"cobrowser": {"offline"}, "iadvize": {"unknown"}, "liveagent": set(), "comm100": set()}


@pytest.mark.parametrize("vendor", ["cobrowser", "liveagent", "comm100"])
async def test_unknown_statuses_are_counted_and_nobody_is_available_through_them(
    rig: RigMaker, simulator: Simulator, vendor: str
):
    source = rig(vendor)
    simulator.fault(vendor, Fault(kind="unknown_status", path=LIVE_PATH[vendor]))
    snapshot = await source.good()
    assert snapshot.unknown_statuses
    assert not any(reading.accepting for reading in snapshot.readings)


async def test_an_expired_token_is_renewed_within_the_poll(rig: RigMaker, simulator: Simulator):
    source = rig("comm100")
    await source.good()
    simulator.expire_tokens()
    await source.good()
    simulator.fault("comm100", Fault(kind="expired_token", times=1))
    await source.good()


async def test_optional_parts_that_are_refused_are_told_and_cost_only_themselves(rig: RigMaker, simulator: Simulator):
    for path in ("autoDistribution", "customAwayStatus", "agentAwayStatuses"):
        simulator.fault("comm100", Fault(kind="edition", path=path))
    source = rig("comm100")
    snapshot = await source.good()
    assert chat(snapshot)["Jane"] == ("accepting", 2, None)
    assert len(source.outcomes[0].notes) == 2


async def test_a_configured_department_that_does_not_exist_is_named(rig: RigMaker):
    outcome = await rig("liveagent", departments=["d1s58gs4", "d7"]).poll()
    assert outcome.failure is not None
    assert outcome.failure.reason is Reason.STATUS
    assert "d7" in outcome.failure.detail


async def test_a_department_that_is_gone_for_a_moment_refreshes_the_roster(rig: RigMaker, simulator: Simulator):
    source = rig("liveagent")
    await source.good()
    simulator.fault("liveagent", Fault(kind="status", statuses=(404,), times=1, path="d1s58gs4/agents"))
    assert "Jane" in chat(await source.good())
    assert [outcome.kind for outcome in source.outcomes] == ["roster", "live", "roster", "live"]
