"""What is kept from one reconciliation to the next spares work, and changes nothing that is said."""

import gc
from collections.abc import Mapping, Sequence
from math import inf

import msgspec
import pytest
from builders import (
    T0,
    accepting,
    everything,
    failed,
    human,
    later,
    listed,
    live,
    roster,
    row,
    snapshot,
    spec,
    state,
    team,
)
from generators import MAX_AGE, SOURCES, people_specs, snapshots, team_lists
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import (
    NO_PEOPLE,
    Account,
    Channel,
    Failure,
    Group,
    PeopleSpec,
    Phase,
    PollOutcome,
    Queue,
    Report,
    Selector,
    SlotAge,
    Snapshot,
    TeamSpec,
)
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state

Event = Snapshot | tuple[str, Failure] | tuple[TeamSpec, ...] | PeopleSpec | str
"""A good poll, one that failed, other teams, other people, or a source's roster read once more."""

events: st.SearchStrategy[Event] = st.one_of(
    *map(snapshots, SOURCES),
    st.tuples(st.sampled_from(SOURCES), st.builds(failed)),
    team_lists,
    people_specs,
    st.sampled_from(SOURCES),
)
waits = st.sampled_from((0.0, 1.0, 20.0, 45.0))
"""Short enough for a source to stay fresh, and long enough to expire, or for somebody to become inactive."""
stories = st.lists(st.tuples(waits, events), min_size=2, max_size=8)


class Running:
    """A monitor's state, told one event after the other."""

    def __init__(self, teams: tuple[TeamSpec, ...], who: PeopleSpec) -> None:
        self.teams, self.who = teams, who
        self.seconds = 0.0
        self.sources = {name: new_state(spec(name, max_age=MAX_AGE)) for name in SOURCES}
        for read_already in SOURCES[1:]:
            self.happen(read_already)

    def happen(self, event: Event) -> None:
        match event:
            case Snapshot():
                found = msgspec.structs.replace(event, observed_at=later(self.seconds - 0.5))
                self.sources = self.after(event.source, live(found, source=event.source))
            case (str(source), Failure() as failure):
                self.sources = self.after(source, live(failure, source=source, at=later(self.seconds)))
            case PeopleSpec():
                self.who = event
            case str():
                self.sources = self.after(event, roster(source=event, at=later(self.seconds)))
            case _:
                self.teams = event

    def after(self, source: str, outcome: PollOutcome) -> dict[str, SourceState]:
        return {**self.sources, source: apply(self.sources[source], outcome)}

    def reconciled(self, memory: Memory) -> tuple[Report, Memory]:
        return reconcile(self.sources, self.teams, memory, later(self.seconds), {}, self.who)


def history_of(memory: Memory) -> Memory:
    """Nothing but which selectors have ever matched; whatever rests on it has run out."""
    return Memory(evaluated={name: msgspec.structs.replace(one, until=-inf) for name, one in memory.evaluated.items()})


def said(report: Report) -> Mapping[str, object]:
    """Everything but what is summed up over time."""
    fields = {name: getattr(report, name) for name in Report.__struct_fields__}
    return fields | {"totals": None, "changes_at": pytest.approx(report.changes_at, abs=0.01)}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(team_lists, people_specs, stories)
def test_a_kept_memory_says_what_an_empty_one_says(
    teams: tuple[TeamSpec, ...], who: PeopleSpec, story: Sequence[tuple[float, Event]]
):
    running, memory = Running(teams, who), Memory()
    for wait, event in story:
        running.seconds += wait
        running.happen(event)
        report, memory = running.reconciled(memory)
        anew, _ = running.reconciled(history_of(memory))
        assert said(report) == said(anew)
        assert report.changes_at > report.at.elapsed
        again, memory = running.reconciled(memory)
        assert again == report


# ------------------------------------------------------------------ what is spared

PATIENT = spec("b", max_age=1e6)
SEEN = state(snapshot(accepting("1", used=1, free=3)), of=spec("a", max_age=1e6))
ELSEWHERE = state(snapshot(accepting("1", used=0, free=3), source="b"), of=PATIENT)
NEWS = apply(ELSEWHERE, live(snapshot(accepting("1", used=3, free=0), source="b", at=later(5)), source="b"))
RENAMED = apply(ELSEWHERE, live(snapshot(source="b", at=later(5), accounts=[Account("1", email="j@x")]), source="b"))
LIMITED, JOINED = listed(human("a/1", "b/1", max_slots=4)), listed(human("a/1", "b/1"))

SPARED = [
    row("nothing is new", ELSEWHERE, 1, NO_PEOPLE, NO_PEOPLE, "kept"),
    row("news of a source that is not the team's", NEWS, 6, NO_PEOPLE, NO_PEOPLE, "kept"),
    row("news of people who are joined, but not in the team", NEWS, 6, JOINED, JOINED, "kept"),
    row("news of what somebody with a limit holds elsewhere", NEWS, 6, LIMITED, LIMITED, "anew"),
    row("the same people configured once more", ELSEWHERE, 1, JOINED, listed(human("a/1", "b/1")), "kept"),
    row("other people", ELSEWHERE, 1, JOINED, LIMITED, "anew"),
    row("a roster that may change who is who", RENAMED, 6, JOINED, JOINED, "anew"),
    row("somebody has become inactive", ELSEWHERE, 1201, NO_PEOPLE, NO_PEOPLE, "anew"),
]


@pytest.mark.parametrize(("other", "seconds", "who_before", "who", "expected"), SPARED)
def test_a_team_is_evaluated_anew_where_something_of_its_own_is_new(
    other: SourceState, seconds: float, who_before: PeopleSpec, who: PeopleSpec, expected: str
):
    _, memory = everything([SEEN, ELSEWHERE], who=who_before)
    _, after = everything([SEEN, other], now=later(seconds), memory=memory, who=who)
    assert (after.evaluated["team"] is memory.evaluated["team"]) == (expected == "kept")


def test_who_matched_is_forgotten_with_the_selectors_and_not_with_the_targets():
    jane = Selector("a", agents=("jane",))
    there, gone = state(snapshot(accounts=[Account("1", username="jane")])), state(snapshot())
    _, memory = everything([there], team("team", jane))
    kept, _ = everything([gone], team("team", jane, available_agents=2), memory=memory)
    assert kept.teams[0].complete
    renamed, _ = everything([gone], team("team", Selector("a", agents=("Jane",))), memory=memory)
    assert not renamed.teams[0].complete


def test_what_was_known_stays_as_it_was_when_the_caller_puts_news_into_the_same_mapping():
    """As after a suspend, when the first answer is there before anybody has looked."""
    sources = {"a": state(snapshot(accepting()), of=spec("a", max_age=60.0))}
    _, memory = reconcile(sources, (team(),), Memory(), T0, {})
    sources["a"] = apply(sources["a"], live(snapshot(accepting(), at=later(100))))
    report, _ = reconcile(sources, (team(),), memory, later(100), {})
    assert sum(report.totals["team", Channel.CHAT].agent_seconds.values()) == pytest.approx(60)


def test_the_garbage_collector_does_not_look_through_what_is_made_for_each_agent():
    """It would stop the loop for longer than anything else does; so nothing in these values may lead back to them."""
    found = snapshot(accepting(slot_ages=(SlotAge(Phase.NEW, 1.0),)), queues=(Queue(Channel.CHAT, "", 0),))
    values = [*found.accounts.values(), *found.readings, *found.readings[0].slot_ages, *found.queues, Group("g")]
    assert [one for one in values if gc.is_tracked(one)] == []
