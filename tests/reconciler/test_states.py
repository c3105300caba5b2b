"""The state of a person on a channel: the table of states, and how readings merge into one person."""

import pytest
from builders import accepting, offline, on_chat, people, reading, row, unmapped

from monitor.model import Presence, Reading, State
from monitor.reconciler.merge import merge_accounts, merge_groups

STATES = [
    row("accepting, nothing used, something free: idle", accepting(used=0, free=3), "idle"),
    row("accepting, nothing used, free not told: idle", accepting(used=0), "idle"),
    row("accepting, something used, something free: partial", accepting(used=2, free=1), "partial"),
    row("accepting, all used, nothing free: full", accepting(used=3, free=0), "full"),
    row("accepting, nothing free though nothing is used: full", accepting(used=0, free=0), "full"),
    row("accepting, nothing free, used not told: full", accepting(free=0), "full"),
    row("accepting, nothing told: unmetered", accepting(), "unmetered"),
    row("accepting, something used, free not told: unmetered", accepting(used=2), "unmetered"),
    row("accepting, something free, used not told: unmetered", accepting(free=2), "unmetered"),
    row("connected, not accepting, still holding contacts: finishing", reading(used=1, free=0), "finishing"),
    row("holding contacts of an unknown rest: finishing", reading(used=1), "finishing"),
    row("connected, not accepting, no contact: away", reading(used=0, free=0), "away"),
    row("connected, not accepting, contacts not told: away", reading(), "away"),
    row("connected and not accepting is not available whatever is free: away", reading(used=0, free=3), "away"),
    row("not connected: offline", offline(), "offline"),
    row("not connected with load, which contradicts itself: offline", offline(used=2, free=0), "offline"),
    row("present with a status that cannot be mapped: unknown", unmapped(), "unknown"),
    row("a status that cannot be mapped with contacts: unknown, not finishing", unmapped(used=2, free=0), "unknown"),
]


@pytest.mark.parametrize(("one", "state"), STATES)
def test_a_person_with_one_account(one: Reading, state: str):
    assert people(on_chat(one).agents) == {state: 1}


def test_every_state_occurs_in_the_table():
    assert {param.values[1] for param in STATES} == set(State)


GROUPS = [
    row("accepting if any group is", [accepting("1", "a"), reading("1", "b")], "unmetered", None, None),
    row(
        "accepting in one wins over unknown in another",
        [unmapped("1", "a"), accepting("1", "b")],
        "unmetered",
        None,
        None,
    ),
    row("unknown wins over connected", [unmapped("1", "a"), reading("1", "b", used=1)], "unknown", None, None),
    row("connected wins over offline", [reading("1", "a"), offline("1", "b")], "away", None, None),
    row("offline only where every group says so", [offline("1", "a"), offline("1", "b")], "offline", None, None),
    row(
        "slots in two groups are the maximum, never the sum",
        [accepting("1", "a", used=2, free=3), accepting("1", "b", used=2, free=3)],
        "partial",
        2,
        3,
    ),
    row(
        "the maximum of each, wherever it was seen",
        [accepting("1", "a", used=1, free=3), accepting("1", "b", used=2, free=2)],
        "partial",
        2,
        3,
    ),
    row(
        "used of a group that does not accept counts too",
        [accepting("1", "a", used=0, free=2), reading("1", "b", used=1, free=0)],
        "partial",
        1,
        2,
    ),
    row(
        "what one group does not tell, another may",
        [accepting("1", "a"), accepting("1", "b", used=1, free=1)],
        "partial",
        1,
        1,
    ),
    row(
        "full in every group is full",
        [accepting("1", "a", used=2, free=0), accepting("1", "b", used=2, free=0)],
        "full",
        2,
        0,
    ),
    row(
        "finishing in one group and away in another is finishing",
        [reading("1", "a", used=1, free=0), reading("1", "b", used=0, free=0)],
        "finishing",
        0,
        0,
    ),
]


@pytest.mark.parametrize(("readings", "state", "used", "free"), GROUPS)
@pytest.mark.parametrize("turn", [1, -1], ids=["as listed", "the other way round"])
def test_groups_of_one_account_merge(
    turn: int, readings: list[Reading], state: str, used: int | None, free: int | None
):
    channel = on_chat(*readings[::turn])
    assert people(channel.agents) == {state: 1}
    assert (channel.used, channel.free) == (used, free)


def test_the_merged_reading_knows_all_its_groups_and_the_latest_activity():
    merged = merge_groups([accepting("1", "a", last_active=5.0), reading("1", "b", last_active=9.0), reading("1", "c")])
    assert merged.groups == {"a", "b", "c"}
    assert merged.last_active == 9.0
    assert merged.presence is Presence.CONNECTED


ACCOUNTS = [
    row("one account is that account", [accepting(used=1, free=2)], "partial", 1, 2),
    row("used and free are summed", [accepting(used=1, free=2), accepting(used=0, free=1)], "partial", 1, 3),
    row(
        "full in one, free in another: available",
        [accepting(used=2, free=0), accepting(used=0, free=1)],
        "partial",
        2,
        1,
    ),
    row("full in both: full", [accepting(used=2, free=0), accepting(used=1, free=0)], "full", 3, 0),
    row(
        "full in one, free not known in another: not known",
        [accepting(used=2, free=0), accepting()],
        "unmetered",
        2,
        None,
    ),
    row(
        "something free in one is enough, though another does not tell",
        [accepting(used=1, free=1), accepting()],
        "partial",
        1,
        1,
    ),
    row("nothing told by any: not known, never 0", [accepting(), accepting()], "unmetered", None, None),
    row(
        "used of a connected account that does not accept counts",
        [accepting(used=0, free=1), reading(used=2, free=0)],
        "partial",
        2,
        1,
    ),
    row(
        "used of an offline account does not count", [accepting(used=0, free=1), offline(used=2, free=0)], "idle", 0, 1
    ),
    row(
        "free of an account that does not accept does not count",
        [accepting(used=1, free=0), reading(used=0, free=5)],
        "full",
        1,
        0,
    ),
    row("some account unknown, none accepting: unknown", [unmapped(), reading(used=1)], "unknown", 1, None),
    row("accepting wins over unknown", [unmapped(), accepting(used=0, free=1)], "idle", 0, 1),
    row("connected with contacts: finishing", [reading(used=1, free=0), reading(used=0, free=0)], "finishing", 1, None),
    row(
        "contacts held offline do not make finishing",
        [reading(used=0, free=0), offline(used=3, free=0)],
        "away",
        0,
        None,
    ),
    row("connected in one, offline in another: away", [reading(), offline()], "away", None, None),
    row("offline in both: offline", [offline(), offline(used=1, free=0)], "offline", None, None),
]


@pytest.mark.parametrize(("readings", "state", "used", "free"), ACCOUNTS)
@pytest.mark.parametrize("turn", [1, -1], ids=["as listed", "the other way round"])
def test_accounts_of_one_person_merge(
    turn: int, readings: list[Reading], state: str, used: int | None, free: int | None
):
    person = merge_accounts(readings[::turn])
    assert (person.state, person.used, person.free) == (state, used, free)


HELD = [
    row("the metered of accepting accounts", [accepting(used=1, free=2), accepting(used=2, free=0)], (3, 2)),
    row("not what a reading tells that is not metered", [accepting(used=1, free=2), accepting(used=5)], (1, 2)),
    row("used of an account that is only connected", [accepting(used=1, free=2), reading(used=1, free=0)], (2, 2)),
    row(
        "nothing free of an account that is only connected",
        [accepting(used=1, free=2), reading(used=0, free=4)],
        (1, 2),
    ),
    row("nothing of an offline account", [accepting(used=1, free=2), offline(used=3, free=1)], (1, 2)),
    row("nothing of an account whose status is unknown", [accepting(used=1, free=2), unmapped(used=3, free=1)], (1, 2)),
]


@pytest.mark.parametrize(("readings", "slots"), HELD)
def test_slots_of_one_person_with_several_accounts(readings: list[Reading], slots: tuple[int, int]):
    person = merge_accounts(readings)
    assert (person.used_slots, person.free_slots) == slots
