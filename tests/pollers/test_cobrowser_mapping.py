"""Each cell of CoBrowser's column in the mapping table."""

import msgspec
import pytest
from pollers.bench import loose_calls, roster_of, telling

from monitor.errors import PollError, Reason
from monitor.model import Check, Phase, Presence, Roster, SlotAge, Snapshot
from monitor.pollers.vendors.cobrowser import decode_live, used_slots

ROW = {
    "id": "12",
    "name": "Doe",
    "firstname": "Jane",
    "username": "jane",
    "status": "online",
    "lastactive": "1767225000",
    "slot_num": "4",
    "hasFree": "1",
    "numFree": "3",
    "numOpen": "1",
    "numClosed": "0",
}


def live(*rows: object, roster: Roster | None = None) -> Snapshot:
    return decode_live("source", msgspec.json.encode({"getOnlineAgents": rows}), loose_calls(), roster)


def one(**changes: object) -> Snapshot:
    return live({**ROW, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, "12 chat accepting 1/3", id="online with free slots accepts"),
        pytest.param({"status": "ONLINE"}, "12 chat accepting 1/3", id="the case of online does not matter"),
        pytest.param({"status": " Online "}, "12 chat accepting 1/3", id="spaces round online do not matter"),
        pytest.param({"numFree": 0, "hasFree": 0, "numOpen": 4}, "12 chat accepting 4/0", id="full still accepts"),
        pytest.param(
            {"slot_num": 0, "numFree": 0, "hasFree": 0, "numOpen": 0}, "12 chat away 0/0", id="no slot at all is away"
        ),
        pytest.param(
            {"slot_num": 0, "numFree": 2, "numOpen": 0}, "12 chat away 0/0", id="free slots of nothing are not free"
        ),
        pytest.param({"status": "Offline"}, "12 chat away 1/0", id="signed in but Offline is away and nothing is free"),
        pytest.param(
            {"status": "offline", "numOpen": 3, "numFree": 0},
            "12 chat away 3/0",
            id="while Offline the open ones count",
        ),
        pytest.param({"status": "offline", "numOpen": None}, "12 chat away -/0", id="not told is not zero"),
        pytest.param({"numFree": None}, "12 chat accepting 1/-", id="free is not invented"),
        pytest.param({"slot_num": None}, "12 chat accepting 1/3", id="without a number of slots the open ones count"),
    ],
)
def test_a_row_reads_as(changes: dict[str, object], told: str):
    assert telling(one(**changes)) == [told]


def test_another_status_text_is_unknown_and_counted_by_its_text():
    snapshot = live({**ROW, "status": "Teleported"}, {**ROW, "id": 13, "status": "Teleported"})
    assert {reading.presence for reading in snapshot.readings} == {Presence.UNKNOWN}
    assert not any(reading.accepting for reading in snapshot.readings)
    assert snapshot.unknown_statuses == {"Teleported": 2}


def test_a_long_status_text_is_bounded():
    (reading,) = one(status="x" * 500).readings
    assert len(reading.reason) == 64


@pytest.mark.parametrize(
    ("slots", "free", "opened", "closed", "used"),
    [
        pytest.param(4, 3, 1, 0, 1, id="slots less free ones"),
        pytest.param(4, 1, 1, 0, 3, id="new, burning and sleeping slots are in use too"),
        pytest.param(4, 1, 1, 1, 2, id="closed ones are taken off where they fit into the slots"),
        pytest.param(4, 1, 2, 1, 2, id="closed ones that fit exactly are taken off"),
        pytest.param(4, 1, 3, 1, 3, id="closed ones that do not fit are no count of slots"),
        pytest.param(4, 0, 0, 4, 0, id="four closed slots of four are not in use"),
        pytest.param(4, 1, 1, 900, 3, id="a total of the day is no count of slots"),
        pytest.param(4, 4, 2, 0, 2, id="never below the open ones"),
        pytest.param(2, 5, 0, 0, 0, id="never negative"),
        pytest.param(0, 0, 0, 0, 0, id="nothing of nothing"),
    ],
)
def test_used_slots(slots: int, free: int, opened: int, closed: int, used: int):
    assert used_slots(slots, free, opened, closed) == used
    row = {"slot_num": slots, "numFree": free, "numOpen": opened, "numClosed": closed}
    assert [reading.used for reading in one(**row).readings] == [used]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        pytest.param({"hasFree": 0}, Check.FREE_FLAG, id="says no free slot and counts three"),
        pytest.param({"numFree": 0, "numOpen": 4}, Check.FREE_FLAG, id="says free slots and counts none"),
        pytest.param({"numFree": 5}, Check.FREE_OVER_SLOTS, id="more free slots than slots"),
        pytest.param({"numOpen": 5}, Check.OPEN_OVER_SLOTS, id="more open chats than slots"),
    ],
)
def test_a_contradiction_is_counted_and_not_repaired(changes: dict[str, object], check: Check):
    snapshot = one(**changes)
    assert snapshot.contradictions == {check: 1}
    (reading,) = snapshot.readings
    assert reading.free == int(str({**ROW, **changes}["numFree"]))


def test_what_agrees_is_no_contradiction():
    assert one().contradictions == {}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1767225000", 1767225000.0),
        (1767225000, 1767225000.0),
        (1767225000.5, 1767225000.5),
        (0, None),
        ("0", None),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("nan", None),
        (-5, None),
        (10**30, None),
    ],
    ids=str,
)
def test_last_activity(value: object, seconds: float | None):
    assert [reading.last_active for reading in one(lastactive=value).readings] == [seconds]


def test_a_last_activity_of_hundreds_of_digits_is_not_known():
    body = msgspec.json.encode({"getOnlineAgents": [ROW]}).replace(b'"1767225000"', b"9" * 400)
    assert [reading.last_active for reading in decode_live("source", body, loose_calls(), None).readings] == [None]


def test_who_is_in_the_roster_and_not_signed_in_is_offline():
    snapshot = live(ROW, roster=roster_of("12", "15"))
    assert telling(snapshot) == ["12 chat accepting 1/3", "15 chat offline -/0"]
    assert snapshot.unlisted == 1


def test_nobody_signed_in_makes_everybody_offline():
    assert telling(live(roster=roster_of("12", "15"))) == ["12 chat offline -/0", "15 chat offline -/0"]


def test_a_dropped_row_is_not_an_absent_agent():
    bad = {**ROW, "id": 13, "numFree": "plenty"}
    snapshot = live(ROW, bad, roster=roster_of("12", "13", "15"))
    assert telling(snapshot) == ["12 chat accepting 1/3", "15 chat offline -/0"]
    assert (snapshot.records, snapshot.rejected, snapshot.unlisted) == (2, 1, 1)


def test_a_dropped_row_without_a_readable_id_may_be_about_anybody():
    bad = {key: value for key, value in ROW.items() if key != "id"}
    snapshot = live(ROW, bad, roster=roster_of("12", "13", "15"))
    assert telling(snapshot) == ["12 chat accepting 1/3"]
    assert (snapshot.records, snapshot.rejected) == (2, 1)


def test_more_than_half_of_the_rows_unreadable_is_no_payload():
    with pytest.raises(PollError, match="2 or more of 3 records") as caught:
        live(ROW, {"id": 13}, {"id": 14})
    assert caught.value.reason is Reason.DECODE


def test_names_come_in_the_order_in_which_people_say_them():
    account = one().accounts["12"]
    assert (account.id, account.username, account.name) == ("12", "jane", "Jane Doe")


@pytest.mark.parametrize(
    ("told", "ages"),
    [
        pytest.param({}, [], id="no durations"),
        pytest.param(
            {"maxOpenDuration": "90", "avgOpenDuration": "40.5", "minOpenDuration": 5},
            [SlotAge(Phase.OPEN, 90.0, 40.5, 5.0)],
            id="texts, floats and numbers",
        ),
        pytest.param({"maxNewDuration": "0"}, [SlotAge(Phase.NEW, 0.0)], id="no slot in the phase"),
        pytest.param({"maxBurningDuration": None, "maxSleepingDuration": ""}, [], id="null and nothing"),
        pytest.param({"maxOpenDuration": "-1"}, [], id="negative"),
        pytest.param({"maxOpenDuration": "soon"}, [], id="a word"),
        pytest.param({"maxOpenDuration": 10**12}, [], id="longer than a year"),
        pytest.param({"avgOpenDuration": 3}, [], id="an average without the longest"),
    ],
)
def test_how_long_slots_have_been_in_a_phase(told: dict[str, object], ages: list[SlotAge]):
    bare = {key: value for key, value in ROW.items() if "Duration" not in key}
    assert [list(reading.slot_ages) for reading in live({**bare, **told}).readings] == [ages]
