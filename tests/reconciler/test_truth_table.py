"""The rules of reconciliation, one after the other: what a team says, and what it says if the one fact that the rule
turns on were different. Each row fails if its rule is dropped; what a rule says in detail is in the tables beside."""
# ruff: noqa: E501 - rows of a table

from typing import Any

import msgspec
import pytest
from builders import (
    accepting,
    everything,
    failed,
    human,
    later,
    listed,
    live,
    offline,
    people,
    reading,
    row,
    snapshot,
    spec,
    state,
    team,
    unmapped,
)
from situations import ALL, EVERYONE, OTHER, published

from monitor.model import (
    NO_PEOPLE,
    Channel,
    Check,
    HoursSpec,
    Inactivity,
    Selector,
    State,
    Status,
)
from monitor.reconciler.store import apply, new_state

IDLE, PARTIAL, FULL = accepting("1", used=0, free=2), accepting("2", used=1, free=2), accepting("3", used=3, free=0)
AWAY, FINISHING, OFFLINE, UNMAPPED = (
    reading("4", used=0, free=0),
    reading("5", used=1, free=0),
    offline("6"),
    unmapped("7"),
)
UNTOLD = accepting("8")
ASLEEP = accepting("9", used=1, free=1, last_active=later(-1300).wall)
"""Loaded, and idle for more than twenty minutes."""

ONLY_X, ONLY_Y = (Selector("a", groups=("x",)),), (Selector("a", groups=("y",)),)
NIGHTLY, ALL_DAY = HoursSpec("Mo-Su 22:00-06:00"), HoursSpec("Mo-Su 06:00-22:00")  # T0 is a Sunday, 15:06:40
SINCE_THREE = HoursSpec("Mo-Su 15:00-22:00")
LATE = HoursSpec("Mo-Su 14:00-22:00")


def told(**situation: Any) -> str:
    """Status, coverage, people, and slots used/free where they are known."""
    channel = published(**situation).channels[0]
    counted = "".join(f", {count} {name}" for name, count in people(channel.agents).items())
    slots = "" if channel.used is None else f", {channel.used}/{channel.free}"
    inactive = f", {channel.inactive} inactive" if channel.inactive else ""
    return f"{channel.status} {channel.coverage or '-'}{counted}{slots}{inactive}"


JANE = human("a/1", "b/1")
SMALL = listed(human("a/1", "b/1", max_slots=2))
TWO_OF = [accepting("1", ["x"], used=1, free=1), accepting("1", ["y"], used=1, free=1)]
TWO_LETTERS = [accepting("1", ["x"]), reading("1", ["y"])]

# Rule, situation, what the team says, the fact that the rule turns on, what it would say otherwise.
RULES = [
    # ---- 1: a person is made of what the team selects, and what is seen in several groups is one
    row("1 slots seen in two groups are the maximum, not the sum", {"a": TWO_OF}, "ok covered, 1 partial, 1/1", {"a": [TWO_OF[0], accepting("2", ["y"], used=1, free=1)]}, "ok covered, 2 partial, 2/2"),
    row("1 accepting in one group is accepting", {"a": TWO_LETTERS}, "ok covered, 1 unmetered", {"a": [reading("1", "x"), reading("1", "y")]}, "unstaffed uncovered, 1 away"),
    row("1 a team sees the letters of its departments alone", {"a": TWO_LETTERS, "members": ONLY_Y}, "unstaffed uncovered, 1 away", {"members": ONLY_X}, "ok covered, 1 unmetered"),
    row("1 several selectors unite, and count nobody twice", {"a": TWO_LETTERS, "members": (*ONLY_Y, *ALL)}, "ok covered, 1 unmetered", {"members": ONLY_Y}, "unstaffed uncovered, 1 away"),
    row("1 a channel of its own is a count of its own", {"a": [IDLE, reading("1", channel=Channel.CALL)]}, "ok covered, 1 idle, 0/2", {"a": [reading("1")]}, "unstaffed uncovered, 1 away"),
    # ---- 2: accounts of one person merge
    row("2 used and free of one person are summed", {"a": [accepting(used=1, free=0)], "b": [accepting(used=1, free=1)], "members": EVERYONE, "who": listed(JANE)}, "ok covered, 1 partial, 2/1", {"who": NO_PEOPLE}, "ok covered, 1 partial, 1 full, 2/1"),
    row("2 what an account does not tell is not known, though another has nothing free", {"a": [accepting(used=1, free=0)], "b": [accepting()], "members": EVERYONE, "who": listed(JANE)}, "ok covered, 1 unmetered, 1/0", {"b": [accepting(used=0, free=0)]}, "saturated uncovered, 1 full, 1/0"),
    row("2 accepting somewhere comes before a status that cannot be mapped", {"a": [IDLE], "b": [unmapped()], "members": EVERYONE, "who": listed(JANE)}, "ok covered, 1 idle, 0/2", {"a": [reading()]}, "unknown blind, 1 unknown"),
    row("2 a status that cannot be mapped comes before finishing", {"a": [reading(used=1)], "b": [unmapped()], "members": EVERYONE, "who": listed(JANE)}, "unknown blind, 1 unknown", {"b": [offline()]}, "unstaffed uncovered, 1 finishing"),
    row("2 contacts held make the difference of finishing and away", {"a": [FINISHING]}, "unstaffed uncovered, 1 finishing, 0/0", {"a": [AWAY]}, "unstaffed uncovered, 1 away, 0/0"),
    row("2 contacts held offline do not", {"a": [reading(used=0)], "b": [offline(used=2)], "members": EVERYONE, "who": listed(JANE)}, "unstaffed uncovered, 1 away", {"b": [reading(used=2)]}, "unstaffed uncovered, 1 finishing"),
    row("2 connected somewhere is not offline", {"a": [AWAY], "b": [offline("4")], "members": EVERYONE, "who": listed(human("a/4", "b/4"))}, "unstaffed uncovered, 1 away, 0/0", {"a": [OFFLINE], "who": NO_PEOPLE}, "unstaffed uncovered, 2 offline"),
    row("2 full in one tool and free in another is available", {"a": [accepting(used=2, free=0)], "b": [accepting(used=0, free=1)], "members": OTHER, "who": listed(JANE)}, "ok covered, 1 idle, 0/1", {"who": SMALL}, "saturated uncovered, 1 full, 0/0"),
    # ---- 4: the status, the first that matches
    row("4 closed comes before everything", {"a": [IDLE], "hours": NIGHTLY}, "closed -, 1 idle, 0/2", {"hours": ALL_DAY}, "ok covered, 1 idle, 0/2"),
    row("4 closed, though nothing is known", {"a": [], "members": EVERYONE, "hours": NIGHTLY}, "closed -", {"hours": None}, "unknown blind"),
    row("4 ok: as many available as wanted", {"a": [IDLE, PARTIAL, UNTOLD], "available_agents": 3}, "ok covered, 1 idle, 1 partial, 1 unmetered, 1/4", {"available_agents": 4}, "tight uncovered, 1 idle, 1 partial, 1 unmetered, 1/4"),
    row("4 free slots below their target are tight, though people are enough", {"a": [PARTIAL], "free_slots": 3}, "tight covered, 1 partial, 1/2", {"free_slots": 2}, "ok covered, 1 partial, 1/2"),
    row("4 free slots take no part where somebody available does not tell", {"a": [PARTIAL, UNTOLD], "free_slots": 3}, "ok covered, 1 partial, 1 unmetered, 1/2", {"a": [PARTIAL]}, "tight covered, 1 partial, 1/2"),
    row("4 occupancy over its target is tight", {"a": [PARTIAL, FULL], "occupancy": 0.6}, "tight covered, 1 partial, 1 full, 4/2", {"occupancy": 0.7}, "ok covered, 1 partial, 1 full, 4/2"),
    row("4 occupancy takes part on complete data alone", {"a": [PARTIAL, FULL], "members": EVERYONE, "occupancy": 0.6}, "ok covered, 1 partial, 1 full, 4/2", {"b": []}, "tight covered, 1 partial, 1 full, 4/2"),
    row("4 what incomplete data proves is ok", {"a": [IDLE], "members": EVERYONE}, "ok covered, 1 idle, 0/2", {"a": [FULL]}, "unknown blind, 1 full, 3/0"),
    row("4 incomplete data is unknown before it is unstaffed", {"a": [AWAY], "members": EVERYONE}, "unknown blind, 1 away, 0/0", {"b": []}, "unstaffed uncovered, 1 away, 0/0"),
    row("4 incomplete data is unknown before it is saturated", {"a": [FULL], "members": EVERYONE}, "unknown blind, 1 full, 3/0", {"b": []}, "saturated uncovered, 1 full, 3/0"),
    row("4 incomplete data is unknown before it is tight", {"a": [IDLE], "members": EVERYONE, "available_agents": 2}, "unknown blind, 1 idle, 0/2", {"b": []}, "tight uncovered, 1 idle, 0/2"),
    row("4 expired data takes no part at all", {"a": [AWAY], "b": [IDLE], "members": EVERYONE, "expired": True}, "unknown blind, 1 away, 0/0", {"expired": False}, "ok covered, 1 idle, 1 away, 0/2"),
    row("4 a selector that never matched leaves the team incomplete", {"a": [FULL], "members": (*ALL, *ONLY_X, Selector("a", agents=("jane",)))}, "unknown blind, 1 full, 3/0", {"members": (*ALL, *ONLY_X)}, "saturated uncovered, 1 full, 3/0"),
    row("4 people in state unknown may be available", {"a": [FULL, UNMAPPED]}, "unknown blind, 1 full, 1 unknown, 3/0", {"a": [FULL]}, "saturated uncovered, 1 full, 3/0"),
    row("4 people in state unknown are too few all the same", {"a": [FULL, UNMAPPED], "available_agents": 2}, "saturated uncovered, 1 full, 1 unknown, 3/0", {"available_agents": 1}, "unknown blind, 1 full, 1 unknown, 3/0"),
    row("4 enough people with too few slots are not unknown on complete data", {"a": [PARTIAL], "free_slots": 3}, "tight covered, 1 partial, 1/2", {"members": EVERYONE}, "unknown covered, 1 partial, 1/2"),
    row("4 unstaffed: nobody staffed, whoever else is there", {"a": [FINISHING, AWAY, OFFLINE]}, "unstaffed uncovered, 1 finishing, 1 away, 1 offline, 0/0", {"a": [FINISHING, AWAY, OFFLINE, FULL]}, "saturated uncovered, 1 full, 1 finishing, 1 away, 1 offline, 3/0"),
    row("4 saturated: staffed, nobody available", {"a": [FULL], "available_agents": 2}, "saturated uncovered, 1 full, 3/0", {"a": [FULL, IDLE]}, "tight uncovered, 1 idle, 1 full, 3/2"),
    row("4 a record that could not be read proves no absence", {"a": [FULL], "uncertain": "4"}, "unknown blind, 1 full, 3/0", {"uncertain": ""}, "saturated uncovered, 1 full, 3/0"),
    row("4 the exception: a limit and a hidden account prove nothing", {"a": [IDLE], "who": SMALL}, "unknown blind, 0/0", {"who": listed(JANE)}, "ok covered, 1 idle, 0/2"),
    row("4 and so does a load that was known before it expired", {"a": [IDLE], "b": [accepting(used=0, free=9)], "expired": True, "who": SMALL}, "unknown blind, 0/0", {"expired": False}, "ok covered, 1 idle, 0/2"),
    # ---- 5: absence is not evidence
    row("5 whom no list names is in no state, not offline", {"a": []}, "unstaffed uncovered", {"a": [OFFLINE]}, "unstaffed uncovered, 1 offline"),
    # ---- 7: who does nothing
    row("7 loaded and idle for too long: counted, and staffed", {"a": [ASLEEP]}, "ok covered, 1 partial, 1/1, 1 inactive", {"inactive": Inactivity(after=1400)}, "ok covered, 1 partial, 1/1"),
    row("7 away if the team says so", {"a": [ASLEEP], "inactive": Inactivity(as_away=True)}, "unstaffed uncovered, 1 away, 0/0, 1 inactive", {"inactive": Inactivity()}, "ok covered, 1 partial, 1/1, 1 inactive"),
    row("7 not who holds nothing", {"a": [msgspec.structs.replace(ASLEEP, used=0)], "inactive": Inactivity(as_away=True)}, "ok covered, 1 idle, 0/1", {"a": [ASLEEP]}, "unstaffed uncovered, 1 away, 0/0, 1 inactive"),
    row("7 not who is not staffed", {"a": [msgspec.structs.replace(ASLEEP, accepting=False)], "inactive": Inactivity(as_away=True)}, "unstaffed uncovered, 1 finishing, 0/0", {"a": [ASLEEP]}, "unstaffed uncovered, 1 away, 0/0, 1 inactive"),
    row("7 idle since before the team opened, however short that is ago", {"a": [ASLEEP], "inactive": Inactivity(after=9999), "hours": SINCE_THREE}, "ok covered, 1 partial, 1/1, 1 inactive", {"hours": LATE}, "ok covered, 1 partial, 1/1"),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "says", "otherwise", "would_say"), RULES)
def test_each_rule_decides(situation: dict[str, Any], says: str, otherwise: dict[str, Any], would_say: str):
    assert told(**situation) == says
    assert told(**situation | otherwise) == would_say
    assert says != would_say


def test_every_state_and_every_status_occurs():
    said = " ".join(text for param in RULES for text in param.values[1::2]).replace(",", "").split()
    assert {*State, *Status} <= set(said)


# ------------------------------------------------------------------ rules that show elsewhere


def test_3_a_contradiction_is_counted_and_repaired_nowhere():
    """Busy by its own flag with a slot free, and the other way round: readings are taken as they are."""
    seen = snapshot(FULL, IDLE)
    doubted = msgspec.structs.replace(seen, contradictions={Check.BUSY_WITH_SLOT: 2})
    plain, _ = everything([state(seen)])
    report, _ = everything([state(doubted)])
    assert report.teams == plain.teams
    assert {check: count for check, count in report.sources[0].contradictions.items() if count} == {"busy_with_slot": 2}


def test_6_what_the_first_answers_of_all_sources_make_of_a_team_is_no_change_either():
    both, quiet = team("team", *EVERYONE), {"b": new_state(spec("b"))}
    _, memory = everything([new_state(spec("a")), *quiet.values()], both)
    _, memory = everything([state(snapshot(FULL)), *quiet.values()], both, memory=memory, now=later(1))
    failed_once = apply(quiet["b"], live(failed(), source="b"))
    report, memory = everything([state(snapshot(FULL)), failed_once], both, memory=memory, now=later(2))
    assert sum(report.totals["team", Channel.CHAT].status_changes.values()) == 0
    answered = state(snapshot(offline("9"), source="b", at=later(3)))
    report, _ = everything([state(snapshot(FULL)), answered], both, memory=memory, now=later(3))
    told = report.totals["team", Channel.CHAT].status_changes
    assert {name: count for name, count in told.items() if count} == {"saturated": 1}


def test_6_start_is_no_change_and_what_comes_later_is_not_dated_back():
    known = state(snapshot(IDLE))
    report, memory = everything([known])
    assert sum(report.totals["team", Channel.CHAT].status_changes.values()) == 0
    away = state(snapshot(reading("1"), at=later(2)))
    report, _ = everything([away], memory=memory, now=later(10))
    totals = report.totals["team", Channel.CHAT]
    assert {name: seconds for name, seconds in totals.agent_seconds.items() if seconds} == {"idle": 10}
    assert {name: count for name, count in totals.status_changes.items() if count} == {"unstaffed": 1}
