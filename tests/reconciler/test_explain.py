"""What is told of a team: the rule with its numbers, what is missing, and each person's way to their state."""

import hmac
from typing import Any

import msgspec
import pytest
from builders import (
    T0,
    accepting,
    failed,
    later,
    live,
    offline,
    on_chat,
    reading,
    roster,
    row,
    snapshot,
    spec,
    state,
    team,
    unmapped,
)

from monitor.errors import Reason
from monitor.explanation import PersonExplanation, TeamExplanation, in_words
from monitor.model import (
    Account,
    Channel,
    Group,
    HoursSpec,
    Inactivity,
    Match,
    PeopleSpec,
    PersonSpec,
    Queue,
    Reading,
    Selector,
    Targets,
    TeamSpec,
)
from monitor.privacy import Naming, named, pseudonymous
from monitor.reconciler.explain import explain
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state

IDLE, PARTIAL, FULL = accepting("1", used=0, free=3), accepting("2", used=1, free=2), accepting("3", used=3, free=0)
UNMETERED, AWAY, UNMAPPED = accepting("4"), reading("5"), unmapped("6")


def told(
    *states: SourceState,
    of: TeamSpec | None = None,
    people: PeopleSpec | None = None,
    now: float = 0.0,
    naming: Naming | None = None,
) -> TeamExplanation:
    sources = {state.spec.name: state for state in states}
    wanted = of or team()
    _, memory = reconcile(sources, [wanted], Memory(), later(now), {}, people or PeopleSpec())
    found = explain(wanted.name, memory, naming or named())
    assert found is not None
    return found


def everyone(found: TeamExplanation) -> dict[str, PersonExplanation]:
    return {person.name: person for person in found.channels[0].people}


WHY = [
    row("enough", [IDLE], {}, "ok", "1 available, target 1"),
    row(
        "every target that takes part is told where all are met",
        [IDLE, PARTIAL],
        {"free_slots": 5, "occupancy": 0.5},
        "ok",
        "2 available, target 1; 5 free slots, target 5; occupancy 16.67 %, target at most 50 %",
    ),
    row(
        "targets of slots that take no part are told as such",
        [IDLE, UNMETERED],
        {"free_slots": 9},
        "ok",
        "2 available, target 1; targets of slots take no part, as not all slots of those available are known",
    ),
    row("nobody of some", [AWAY, offline("7")], {}, "unstaffed", "nobody of 2 people is accepting contacts, target 1"),
    row(
        "the only one is not", [AWAY], {}, "unstaffed", "the one person of the team is not accepting contacts, target 1"
    ),
    row(
        "nobody seen at all",
        [],
        {},
        "unstaffed",
        "nobody was seen on the channel, so nobody is accepting contacts, target 1",
    ),
    row("one full", [FULL], {}, "saturated", "the one person who is accepting contacts is full, target 1"),
    row("all full", [FULL, accepting("8", free=0)], {}, "saturated", "all 2 who accept are full, target 1"),
    row("too few people", [IDLE], {"available_agents": 2}, "tight", "1 available, target 2"),
    row("too few slots", [PARTIAL], {"free_slots": 3}, "tight", "2 free slots, target 3"),
    row("one slot", [accepting("2", used=1, free=1)], {"free_slots": 3}, "tight", "1 free slot, target 3"),
    row("too full", [PARTIAL], {"occupancy": 0.3}, "tight", "occupancy 33.33 %, target at most 30 %"),
    row(
        "only what is missed is told",
        [PARTIAL],
        {"available_agents": 2, "free_slots": 1, "occupancy": 0.3},
        "tight",
        "1 available, target 2; occupancy 33.33 %, target at most 30 %",
    ),
    row(
        "somebody may be there",
        [UNMAPPED],
        {},
        "unknown",
        "0 available, target 1, and one more may be available or not",
    ),
    row(
        "several may be there",
        [UNMAPPED, unmapped("9")],
        {},
        "unknown",
        "0 available, target 1, and 2 more may be available or not",
    ),
]


@pytest.mark.parametrize(("readings", "targets", "status", "why"), WHY)
def test_the_rule_with_its_numbers(readings: list[Reading], targets: dict[str, Any], status: str, why: str):
    report = on_chat(*readings, **targets)
    assert (report.status, report.why) == (status, why)


INCOMPLETE = [
    row("proved all the same", [IDLE], {}, "ok", "at least 1 available, target 1"),
    row("nothing proved", [AWAY], {}, "unknown", "nobody is proved available, target 1, while data is missing"),
    row(
        "some proved",
        [IDLE],
        {"available_agents": 2},
        "unknown",
        "at least 1 available, target 2, while data is missing",
    ),
    row(
        "no slot proved",
        [FULL],
        {"free_slots": 1},
        "unknown",
        "nobody is proved available, target 1; no slot is proved free, target 1, while data is missing",
    ),
]


@pytest.mark.parametrize(("readings", "targets", "status", "why"), INCOMPLETE)
def test_on_incomplete_data_a_count_is_told_as_a_floor(
    readings: list[Reading], targets: dict[str, Any], status: str, why: str
):
    report = on_chat(*readings, incomplete=True, **targets)
    assert (report.status, report.why) == (status, why)


def test_a_closed_team_is_told_when_it_opens_by_its_own_clock():
    office = HoursSpec("Mo-Fr 09:00-17:00", "Europe/Paris", "FR")
    sunday = 1_749_990_000.0 - T0.wall  # 2025-06-15 14:20 in Paris
    found = told(state(snapshot(IDLE)), of=msgspec.structs.replace(team(), hours=office), now=sunday)
    assert (found.is_open, found.channels[0].status, found.channels[0].why) == (
        False,
        "closed",
        "outside its opening hours",
    )
    assert found.hours is not None
    assert (found.hours.open, found.hours.timezone, found.hours.country) == ("Mo-Fr 09:00-17:00", "Europe/Paris", "FR")
    assert (found.hours.since, found.hours.changes_at) == ("2025-06-13T17:00+02:00", "2025-06-16T09:00+02:00")


def test_a_team_without_hours_is_open_and_has_none_to_tell():
    found = told(state(snapshot(IDLE)))
    assert (found.is_open, found.hours) == (True, None)


# ------------------------------------------------------------------ sources and members

B = spec("b", max_age=60.0)


def b(*outcomes: Any) -> SourceState:
    known = new_state(B)
    for outcome in outcomes:
        known = apply(known, outcome)
    return known


GOOD = live(snapshot(IDLE, source="b"), source="b")
MISSING = [
    row("never answered", b(), 0.0, "b has given no good answer yet"),
    row("never but failed", b(live(failed(), source="b")), 0.0, "b has given no good answer yet"),
    row("no roster", b(GOOD), 0.0, "the roster of b could not be read yet"),
    row("expired", b(roster(source="b"), GOOD), 240.0, "b expired 3 min ago"),
]


@pytest.mark.parametrize(("source", "now", "sentence"), MISSING)
def test_why_data_is_missing(source: SourceState, now: float, sentence: str):
    fresh = state(snapshot(AWAY, at=later(now)))
    found = told(fresh, source, of=team("team", Selector("a"), Selector("b")), now=now)
    assert (found.complete, found.missing) == (False, (sentence,))
    assert found.channels[0].why == f"nobody is proved available, target 1, while data is missing: {sentence}"


def test_a_selector_that_never_matched_is_missing_data_unless_its_source_says_enough():
    both = team("team", Selector("a", agents=("nobody",)), Selector("b", agents=("nobody",)))
    found = told(state(snapshot(IDLE)), new_state(B), of=both)
    assert found.missing == ("b has given no good answer yet", "member 1 (source a) has never matched anybody")
    assert [(one.matched, one.has_matched) for one in found.selectors] == [(0, False), (None, False)]


def test_an_ambiguous_name_is_missing_data():
    groups = [Group("7", "Sales"), Group("9", "Sales")]
    found = told(state(snapshot(IDLE, groups=groups)), of=team("team", Selector("a", groups=("sales",))))
    assert found.missing == found.selectors[0].problems
    assert "use one of the ids 7, 9" in found.missing[0]


def test_a_failing_source_that_is_still_fresh():
    failing = apply(state(snapshot(IDLE)), live(failed(Reason.TIMEOUT, "no answer"), at=later(15)))
    (source,) = told(failing, now=20.0).sources
    assert (source.fresh, source.age, source.max_age, source.failure) == (True, 20.0, 60.0, failed(detail="no answer"))
    assert source.costs == "its last data is used for another 40 s"


def test_members_with_groups_by_name_and_queues():
    found = told(
        state(
            snapshot(
                accepting("1", ["7"]),
                groups=[Group("7", "Sales")],
                queues=(Queue(Channel.CHAT, "7", 2, 30.0), Queue(Channel.CHAT, "8", 5)),
            )
        ),
        of=team("team", Selector("a", groups=("7",)), Selector("a", agents=("jane", "j*"), exclude=("joe",))),
    )
    first, second = found.selectors
    assert (first.groups, first.matched) == (("7 (Sales)",), 1)
    assert [(queue.group, queue.length, queue.longest_wait) for queue in first.queues] == [("Sales", 2, 30.0)]
    assert (second.agents, second.agents_count, second.exclude, second.exclude_count) == (
        ("jane", "j*"),
        2,
        ("joe",),
        1,
    )
    assert found.channels[0].queue_length == 2


# ------------------------------------------------------------------ people

JANE = (("a", "1"), ("b", "1"))


def capped(max_slots: int | None) -> PeopleSpec:
    return PeopleSpec(listed=(PersonSpec("Jane", JANE, max_slots),))


def test_a_limit_that_is_used_up_in_another_tool():
    here = state(snapshot(accepting("1", used=1, free=2)))
    there = state(snapshot(accepting("1", used=3, free=1), source="b"))
    found = told(here, there, people=capped(4))
    jane = everyone(found)["Jane"]
    assert jane.merged is not None
    assert jane.limit is not None
    assert (jane.merged.state, jane.state, jane.counts_as) == ("partial", "full", "full")
    assert (jane.limit.held, jane.limit.elsewhere, jane.limit.left, jane.limit.hidden) == (4, 3, 0, ())
    assert jane.why == "holds 4 of at most 4 in all tools, 3 of them elsewhere"
    assert [(source.name, source.is_member) for source in found.sources] == [("a", True), ("b", False)]


def test_a_limit_of_which_a_part_is_hidden():
    here = state(snapshot(accepting("1", used=1, free=2), at=later(300)))
    there = state(snapshot(accepting("1", used=0, free=1), source="b"))
    found = told(here, there, people=capped(4), now=300.0)
    jane = everyone(found)["Jane"]
    assert (jane.state, jane.counts_as, jane.is_uncertain) == ("partial", None, True)
    assert (jane.slots_used, jane.slots_free) == (1, 0)
    assert jane.why == "may hold more in b, so nothing proves a free slot"
    assert [source.costs for source in found.sources] == [
        "",
        "it may hide contacts of people with a limit, who then count neither as available nor as free",
    ]


@pytest.mark.parametrize(
    ("as_away", "counts_as", "why"),
    [
        (False, "partial", "inactive: has done nothing for 30 min"),
        (True, "away", "inactive: has done nothing for 30 min, so counted as away"),
    ],
)
def test_somebody_inactive(*, as_away: bool, counts_as: str, why: str):
    impatient = msgspec.structs.replace(team(), inactive=Inactivity(1200.0, as_away=as_away))
    found = told(state(snapshot(accepting("1", used=1, free=2, last_active=T0.wall - 1800))), of=impatient)
    (person,) = found.channels[0].people
    assert (person.is_inactive, person.counts_as, person.why) == (True, counts_as, why)
    assert person.accounts[0].idle == 1800.0


def test_somebody_whose_record_could_not_be_read():
    found = told(state(snapshot(offline("1"), accounts=[Account("1"), Account("2")], uncertain=frozenset({"1", "2"}))))
    read, unread = everyone(found)["a/1"], everyone(found)["a/2"]
    assert (read.counts_as, read.is_uncertain, read.accounts[0].is_unread) == ("offline", True, True)
    assert (unread.counts_as, unread.is_uncertain, unread.accounts[0].presence) == (None, True, None)
    assert "could not be read" in read.why
    assert read.why == unread.why


def test_people_stand_in_the_order_in_which_they_can_help():
    readings = [offline("0"), AWAY, FULL, UNMAPPED, PARTIAL, IDLE, UNMETERED, reading("7", used=1)]
    found = told(state(snapshot(*readings, accounts=[Account("silent")])))
    assert [person.counts_as for person in found.channels[0].people] == [
        "idle",
        "partial",
        "unmetered",
        "full",
        "finishing",
        "away",
        "unknown",
        None,
        "offline",
    ]


def test_channels_are_told_apart():
    calls = TeamSpec("team", (Selector("a"),), {Channel.CHAT: Targets(), Channel.CALL: Targets()})
    found = told(state(snapshot(IDLE, reading("1", channel=Channel.CALL, reason="in a call"))), of=calls)
    chat, call = found.channels
    assert (chat.people[0].counts_as, call.people[0].counts_as) == ("idle", "away")
    assert call.people[0].accounts[0].reason == "in a call"


def test_a_team_that_is_not_configured_has_no_explanation():
    _, memory = reconcile({}, [team()], Memory(), T0, {})
    assert explain("nobody", memory, named()) is None
    assert explain("team", Memory(), named()) is None


# ------------------------------------------------------------------ names

DOE = Account("13", username="jane", email="jane@example.com", name="Jane Doe", groups=frozenset({"x"}))
TWIN = Account("99", username="jd", email="jane@example.com")
JOINED = PeopleSpec(match=(Match.EMAIL,))


def joined(naming: Naming) -> PersonExplanation:
    here = state(snapshot(accepting("13", ["x"], used=0, free=1), accounts=[DOE]))
    there = state(snapshot(offline("99"), source="b", accounts=[TWIN]))
    found = told(here, there, of=team("team", Selector("a"), Selector("b")), people=JOINED, naming=naming)
    (person,) = found.channels[0].people
    return person


def test_named_people_go_by_their_display_name_and_their_accounts_by_name_and_id():
    person = joined(named())
    assert person.name == "Jane Doe"
    assert [(one.source, one.name, one.id) for one in person.accounts] == [("a", "Jane Doe", "13"), ("b", "jd", "99")]


def test_pseudonyms_tell_people_and_accounts_apart_and_last_as_long_as_their_key():
    person = joined(pseudonymous("key"))
    assert person == joined(pseudonymous("key"))
    digest = hmac.new(b"key", b"a/13", "sha256").hexdigest()
    assert person.name == person.accounts[0].name == f"agent-{digest[:8]}"
    assert [one.id for one in person.accounts] == ["", ""]
    assert len({one.name for one in person.accounts}) == 2
    assert person.name != joined(pseudonymous("other")).name
    assert joined(pseudonymous()).name != joined(pseudonymous()).name


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3.0, "0 s"),
        (0.4, "0 s"),
        (99.0, "99 s"),
        (100.0, "2 min"),
        (3569.0, "59 min"),
        (3590.0, "1 h"),
        (7500.0, "2 h 5 min"),
        (200_000.0, "2 days"),
    ],
)
def test_a_length_of_time_in_words(seconds: float, words: str):
    assert in_words(seconds) == words
