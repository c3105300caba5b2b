"""When data takes part: fresh and expired sources, complete and incomplete teams, and what they publish."""

import msgspec
import pytest
from builders import (
    T0,
    accepting,
    everything,
    failed,
    later,
    live,
    on_chat,
    people,
    reading,
    roster,
    row,
    snapshot,
    spec,
    state,
    team,
)

from monitor.clock import Now
from monitor.model import Account, Selector
from monitor.reconciler.store import SourceState, apply, new_state

MAX_AGE = 60.0
SOURCE = spec("a", max_age=MAX_AGE)
SEEN = snapshot(accepting(used=0, free=3))
ALIVE = state(SEEN, of=SOURCE)

FRESH = [
    row("fresh at the moment of sending", T0, "fresh"),
    row("fresh at exactly max_age", later(MAX_AGE), "fresh"),
    row("expired after max_age", later(MAX_AGE + 0.001), "expired"),
    row("a leap of wall time expires nothing", later(1, step=86_400), "fresh"),
    row("wall time set back keeps nothing alive", later(MAX_AGE + 1, step=-86_400), "expired"),
]


@pytest.mark.parametrize(("now", "expected"), FRESH)
def test_a_source_is_fresh_by_elapsed_time(now: Now, expected: str):
    fresh = expected == "fresh"
    report, _ = everything([ALIVE], now=now)
    assert report.sources[0].fresh is fresh
    assert report.teams[0].sources == {"a": fresh}
    assert report.teams[0].has_data is fresh


def test_the_moment_of_expiry_is_foreseen():
    report, _ = everything([ALIVE], now=later(1))
    assert later(MAX_AGE).elapsed < report.changes_at < later(MAX_AGE + 0.001).elapsed


def test_a_roster_read_at_last_makes_the_poll_before_it_count():
    polled = apply(new_state(SOURCE), live(SEEN))
    _, memory = everything([polled])
    report, _ = everything([apply(polled, roster(at=later(1)))], now=later(2), memory=memory)
    assert people(report.teams[0].channels[0].agents) == {"idle": 1}


def test_without_a_roster_the_best_poll_is_not_fresh():
    report, _ = everything([apply(new_state(SOURCE), live(SEEN))])
    assert report.sources[0].up
    assert not report.sources[0].fresh


def test_a_roster_alone_is_not_fresh():
    report, _ = everything([apply(new_state(SOURCE), roster())])
    assert not report.sources[0].fresh


def test_a_failed_roster_does_not_count_as_read():
    report, _ = everything([apply(apply(new_state(SOURCE), roster(failed())), live(SEEN))])
    assert not report.sources[0].fresh


def test_an_old_roster_does_not_expire_live_data():
    week = 7 * 86_400.0
    old = apply(ALIVE, roster(failed(), at=later(week)))
    renewed = apply(old, live(snapshot(accepting(), at=later(week))))
    report, _ = everything([renewed], now=later(week + MAX_AGE))
    assert report.sources[0].fresh


def test_freshness_counts_from_the_sending_not_from_the_answer():
    slow = msgspec.structs.replace(live(SEEN), duration=50.0)
    report, _ = everything([apply(ALIVE, slow)], now=later(MAX_AGE + 1))
    assert not report.sources[0].fresh


def test_a_source_that_fails_stays_fresh_until_its_data_is_too_old():
    failing = apply(ALIVE, live(failed(), at=later(15)))
    within, _ = everything([failing], now=later(MAX_AGE))
    after, _ = everything([failing], now=later(MAX_AGE + 1))
    assert (within.sources[0].up, within.sources[0].fresh) == (False, True)
    assert people(within.teams[0].channels[0].agents) == {"idle": 1}
    assert not after.sources[0].fresh
    assert people(after.teams[0].channels[0].agents) == {}


def test_expired_data_disappears_and_is_not_zero():
    report, _ = everything([ALIVE], now=later(MAX_AGE + 1))
    found, source = report.teams[0], report.sources[0]
    channel = found.channels[0]
    assert not found.has_data
    assert not found.complete
    assert (found.data_at, found.matches, report.people) == (None, {}, {})
    assert (channel.used, channel.free, channel.finishing, channel.occupancy, channel.availability) == (None,) * 5
    assert channel.status == "unknown"
    assert (source.agents, source.unassigned, source.unlisted) == (None, None, None)


# ------------------------------------------------------------------ complete

BOTH = team("team", Selector("a"), Selector("b"))
OTHER = state(snapshot(accepting("x", used=1, free=1), source="b"), of=spec("b", max_age=MAX_AGE * 10))


def test_complete_if_all_its_sources_are_fresh_and_every_selector_has_matched():
    report, _ = everything([ALIVE, OTHER], BOTH)
    assert report.teams[0].complete


def test_incomplete_as_soon_as_one_source_is_expired_though_it_matched_before():
    _, memory = everything([ALIVE, OTHER], BOTH)
    report, _ = everything([ALIVE, OTHER], BOTH, now=later(MAX_AGE + 1), memory=memory)
    found = report.teams[0]
    assert found.sources == {"a": False, "b": True}
    assert not found.complete
    assert found.has_data
    assert people(found.channels[0].agents) == {"partial": 1}


def test_another_teams_expired_source_leaves_a_team_complete():
    report, _ = everything([ALIVE, OTHER], team("a", Selector("a")), team("b", Selector("b")), now=later(MAX_AGE + 1))
    assert [found.complete for found in report.teams] == [False, True]


NOBODY_YET = team("team", Selector("a", agents=("jane",)))
JANE = Account("1", username="jane")


def with_jane(*, there: bool) -> SourceState:
    return state(snapshot(reading("1"), accounts=[JANE]) if there else snapshot(reading("2")))


def test_a_selector_that_has_never_matched_leaves_the_team_incomplete_and_never_unstaffed():
    report, memory = everything([with_jane(there=False)], NOBODY_YET)
    found = report.teams[0]
    assert (found.complete, found.channels[0].status) == (False, "unknown")
    assert found.problems == ("member 1 of team team (source a) matches nobody",)
    assert memory.matched == frozenset()


def test_a_selector_that_matched_once_and_then_nobody_is_complete_and_may_be_unstaffed():
    _, memory = everything([with_jane(there=True)], NOBODY_YET)
    report, kept = everything([with_jane(there=False)], NOBODY_YET, memory=memory)
    found = report.teams[0]
    assert (found.complete, found.channels[0].status) == (True, "unstaffed")
    assert found.problems == ("member 1 of team team (source a) matches nobody",)
    assert kept.matched == memory.matched == {("team", 0)}


def test_each_selector_has_to_match_not_just_one_of_a_source():
    split = team("team", Selector("a"), Selector("a", agents=("jane",)))
    report, _ = everything([with_jane(there=False)], split)
    assert not report.teams[0].complete
    assert len(report.teams[0].problems) == 1


def test_a_match_needs_no_reading():
    absent = state(snapshot(accounts=[JANE]))
    report, _ = everything([absent], NOBODY_YET)
    assert report.teams[0].complete


def test_one_teams_match_is_not_anothers():
    _, memory = everything([with_jane(there=True)], NOBODY_YET)
    twin = team("twin", *NOBODY_YET.selectors)
    report, _ = everything([with_jane(there=False)], NOBODY_YET, twin, memory=memory)
    assert [found.complete for found in report.teams] == [True, False]


def test_of_an_expired_source_nobody_says_that_its_selector_matches_nobody():
    report, _ = everything([new_state(SOURCE)], NOBODY_YET)
    assert report.teams[0].problems == ()
    assert not report.teams[0].complete


def test_on_incomplete_data_counts_are_those_of_the_fresh_part():
    channel = on_chat(accepting("1", used=1, free=1), accepting("2", used=0, free=2), incomplete=True)
    assert people(channel.agents) == {"idle": 1, "partial": 1}
    assert (channel.available, channel.used, channel.free) == (2, 1, 3)
