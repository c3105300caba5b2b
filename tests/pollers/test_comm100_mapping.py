"""Each cell of Comm100's column in the mapping table: status names, capacity, who is inactive."""

import msgspec
import pytest
from pollers.bench import loose_calls, payload, telling

from monitor.errors import PollError, Reason
from monitor.model import Account, Check, Roster, Snapshot
from monitor.pollers.vendors.comm100_rows import decode_capacity, decode_live
from monitor.pollers.vendors.wire import Tally

LIST = "livechat/agents"
LUNCH = "5e8b1e5c-6c3f-4d0e-9a57-0c7f4b0e1a01"
OTHER = "5e8b1e5c-6c3f-4d0e-9a57-0c7f4b0e1aff"
ZERO = "00000000-0000-0000-0000-000000000000"
PEOPLE = tuple(str(number) for number in range(1, 7))


def roster(**more: object) -> Roster:
    given = {"away_statuses": {LUNCH: "Lunch"}, "capacity": {"1": 5, "2": 3, "6": 5}, "inactive": frozenset({"8"})}
    return Roster(accounts={one: Account(one) for one in PEOPLE}, **{**given, **more})


def live(*rows: object, **more: object) -> Snapshot:
    return decode_live("source", msgspec.json.encode(rows), loose_calls(), roster(**more), LIST)


def agent(status: object, ongoing: object = 2, number: object = 1) -> dict[str, object]:
    return {"id": number, "status": status, "ongoingChats": ongoing}


def test_the_whole_list():
    snapshot = decode_live(
        "source", payload("comm100/one-team-at-work", "livechat/agents"), loose_calls(), roster(), LIST
    )
    assert telling(snapshot) == [
        "1 chat accepting 2/3",
        "2 chat away 1/0",
        "3 chat away 0/-",
        "4 chat offline 0/-",
        "5 chat unknown 0/-",
        "6 chat accepting 7/0",
    ]
    assert snapshot.unknown_statuses == {"Fire drill": 1}
    assert snapshot.contradictions == {Check.LOAD_OVER_CAPACITY: 1}
    assert "8" not in snapshot.accounts
    assert snapshot.unlisted == 0


@pytest.mark.parametrize(
    ("status", "told", "reason"),
    [
        pytest.param("Online", "1 chat accepting 2/3", "", id="Online accepts"),
        pytest.param("online", "1 chat accepting 2/3", "", id="the case does not matter"),
        pytest.param("Away", "1 chat away 2/0", "Away", id="Away"),
        pytest.param("Offline", "1 chat offline 2/0", "", id="Offline"),
        pytest.param("Lunch", "1 chat away 2/0", "Lunch", id="a name in the list is away, with its reason"),
        pytest.param("LUNCH", "1 chat away 2/0", "LUNCH", id="a name in the list in another case"),
        pytest.param("Fire drill", "1 chat unknown 2/0", "Fire drill", id="a name in no list is unknown"),
        pytest.param("", "1 chat unknown 2/0", "", id="an empty name is unknown"),
        pytest.param(LUNCH, "1 chat away 2/0", "Lunch", id="an id in the list is away, with the name it stands for"),
        pytest.param(f" {LUNCH.upper()} ", "1 chat away 2/0", "Lunch", id="an id in another case"),
        pytest.param(OTHER, "1 chat unknown 2/0", OTHER, id="an id in no list is unknown"),
        pytest.param(ZERO, "1 chat unknown 2/0", ZERO, id="the id of no away status proves nothing"),
    ],
)
def test_a_status_name_reads_as(status: str, told: str, reason: str):
    snapshot = live(agent(status))
    assert telling(snapshot) == [told]
    assert [reading.reason for reading in snapshot.readings] == [reason]


def test_without_the_list_any_other_name_is_away():
    snapshot = live(agent("Fire drill"), away_statuses=None)
    assert telling(snapshot) == ["1 chat away 2/0"]
    assert snapshot.unknown_statuses == {}


@pytest.mark.parametrize("status", [OTHER, ZERO])
def test_an_id_that_names_nothing_is_counted(status: str):
    assert live(agent(status), agent(status, number=2)).unknown_statuses == {status: 2}


def test_the_id_of_no_away_status_is_one_in_no_list():
    assert telling(live(agent(ZERO), away_statuses={ZERO: "Away"})) == ["1 chat unknown 2/0"]
    assert telling(live(agent(ZERO), away_statuses=None)) == ["1 chat unknown 2/0"]


def test_without_the_list_any_other_id_is_away():
    assert telling(live(agent(OTHER), away_statuses=None)) == ["1 chat away 2/0"]


def test_an_empty_list_of_away_names_knows_none():
    assert telling(live(agent("Lunch"), away_statuses={})) == ["1 chat unknown 2/0"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(agent("Online", 5), "1 chat accepting 5/0", id="full"),
        pytest.param(agent("Online", 9), "1 chat accepting 9/0", id="over the capacity is not less than nothing"),
        pytest.param(agent("Online", None), "1 chat accepting -/-", id="without a load nothing is known"),
        pytest.param(agent("Online", 1, 3), "3 chat accepting 1/-", id="without a capacity free is not known"),
        pytest.param(agent("Online", "2", "1"), "1 chat accepting 2/3", id="numbers in text"),
        pytest.param(agent("Online", 2, "c97a2afe-a38f"), "c97a2afe-a38f chat accepting 2/-", id="an id that is text"),
    ],
)
def test_slots(row: object, told: str):
    assert telling(live(row)) == [told]


def test_a_limit_for_all_is_everybodys_even_of_who_is_not_in_the_roster():
    snapshot = live(agent("Online", 2), agent("Online", 2, 99), capacity={}, capacity_of_all=3)
    assert telling(snapshot) == ["1 chat accepting 2/1", "99 chat accepting 2/1"]


@pytest.mark.parametrize(("ongoing", "count"), [(5, 0), (6, 1)])
def test_more_chats_than_slots_is_a_contradiction(ongoing: int, count: int):
    assert live(agent("Online", ongoing)).contradictions.get(Check.LOAD_OVER_CAPACITY, 0) == count


def test_who_is_inactive_gives_no_reading_even_if_listed():
    assert telling(live(agent("Online", number=8), agent("Online"))) == ["1 chat accepting 2/3"]


def test_absence_from_the_list_is_no_evidence():
    snapshot = live(agent("Online"))
    assert telling(snapshot) == ["1 chat accepting 2/3"]
    assert snapshot.unlisted == len(PEOPLE) - 1


def test_a_dropped_row_is_not_unlisted():
    snapshot = live(agent("Online"), agent(["Online"], number=2))
    assert (snapshot.rejected, snapshot.unlisted) == (1, len(PEOPLE) - 2)


def test_without_a_roster_the_list_is_still_read():
    snapshot = decode_live(
        "source", msgspec.json.encode([agent("Online"), agent("Lunch", 0, 2)]), loose_calls(), None, LIST
    )
    assert telling(snapshot) == ["1 chat accepting 2/-", "2 chat away 0/-"]


@pytest.mark.parametrize(
    ("body", "capacity"),
    [
        pytest.param(
            payload("comm100/one-team-at-work", "livechat/autoDistribution"),
            (None, {"1": 5, "2": 3, "6": 5}),
            id="each their own, 0 is not set",
        ),
        pytest.param(payload("comm100/one-limit-for-all", "livechat/autoDistribution"), (3, {}), id="one for all"),
        pytest.param(
            b'{"isLimitMaxConcurrentChatsForAllAgents":true,"maxConcurrentChatsForAllAgents":0,"agentAutoDistributions":'
            b'[{"agentId":1,"ifAutoAcceptChat":true,"maxConcurrentChats":4}]}',
            (None, {}),
            id="a limit of 0 for all is not set",
        ),
        pytest.param(b'{"agentAutoDistributions":[]}', (None, {}), id="nobody accepts by themselves"),
        pytest.param(
            b'{"isLimitMaxConcurrentChatsForAllAgents":"false","departmentAutoDistributions":'
            b'[{"isLastChattedAgentPreferred":"true"}],"agentAutoDistributions":'
            b'[{"agentId":1,"ifAutoAcceptChat":"true","maxConcurrentChats":4},'
            b'{"agentId":2,"ifAutoAcceptChat":"false","maxConcurrentChats":4}]}',
            (None, {"1": 4}),
            id="flags in text",
        ),
        pytest.param(
            b'{"isLimitMaxConcurrentChatsForAllAgents":"true","maxConcurrentChatsForAllAgents":"3"}',
            (3, {}),
            id="one for all in text",
        ),
    ],
)
def test_capacity(body: bytes, capacity: tuple[int | None, dict[str, int]]):
    assert decode_capacity(body, Tally(), "capacity") == capacity


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (payload("comm100/error-in-a-200", "livechat/agents"), Reason.VENDOR_ERROR),
        (b"{}", Reason.DECODE),
        (b"[]", Reason.DECODE),
        (b"", Reason.DECODE),
    ],
    ids=["an error", "an empty object", "a list", "nothing"],
)
def test_capacity_that_is_not_told_is_no_capacity_of_nobody(body: bytes, reason: Reason):
    with pytest.raises(PollError) as caught:
        decode_capacity(body, Tally(), "capacity")
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(payload("comm100/error-in-a-200", "livechat/agents"), Reason.VENDOR_ERROR, id="an error in a 200"),
        pytest.param(b"{}", Reason.DECODE, id="an object"),
        pytest.param(b'{"agents":[]}', Reason.DECODE, id="a list in an object"),
        pytest.param(b"null", Reason.DECODE, id="null"),
        pytest.param(b'""', Reason.DECODE, id="an empty text"),
        pytest.param(b"<html></html>", Reason.DECODE, id="a page"),
        pytest.param(b"", Reason.DECODE, id="nothing"),
        pytest.param(b"[null]", Reason.DECODE, id="a row that is null"),
    ],
)
def test_what_is_not_recognised_fails(body: bytes, reason: Reason):
    with pytest.raises(PollError) as caught:
        decode_live("source", body, loose_calls(), roster(), LIST)
    assert caught.value.reason is reason


def test_a_legal_empty_list_is_nobody():
    assert (
        decode_live("source", payload("comm100/nobody", "livechat/agents"), loose_calls(), roster(), LIST).readings
        == ()
    )
