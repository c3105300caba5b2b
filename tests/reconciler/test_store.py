"""What is remembered of a source: facts of the last polls, and counters since the start that never fall."""

import pytest
from builders import T0, accepting, everything, failed, later, live, roster, row, snapshot, spec, state
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import Reason
from monitor.model import Check, Failure, PollOutcome
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state

SEEN = snapshot(
    accepting(),
    records=5,
    rejected=1,
    unknown_statuses={"zen": 2, "lunch?": 1},
    contradictions={Check.FREE_FLAG: 3},
    notes=("the filter seems to be ignored",),
)
LIVING = state(SEEN)
DOWN = failed(Reason.AUTH, "the key is refused")


def test_before_the_first_poll_nothing_is_known():
    (source,) = everything([new_state(spec(interval=20.0))])[0].sources
    assert (source.up, source.fresh, source.failure, source.polls) == (False, False, None, 0)
    assert (source.last_attempt, source.last_success, source.roster_last_success) == (None, None, None)
    assert source.interval == 20.0


def test_a_good_poll_is_up_and_told_when_it_was_sent():
    known = apply(LIVING, live(snapshot(accepting(), at=later(15)), interval=30.0))
    assert (known.up, known.failure, known.polls) == (True, None, 2)
    assert (known.last_attempt, known.last_success, known.roster_last_success) == (T0.wall + 15, T0.wall + 15, T0.wall)
    assert known.interval == 30.0


def test_a_failed_poll_leaves_the_last_good_snapshot():
    known = apply(LIVING, live(DOWN, at=later(15), interval=300.0))
    assert known.snapshot == SEEN
    assert known.index == LIVING.index
    assert (known.up, known.failure) == (False, DOWN)
    assert (known.last_attempt, known.last_success, known.interval) == (T0.wall + 15, T0.wall, 300.0)
    assert known.poll_failures == {Reason.AUTH: 1}


def test_a_good_poll_after_a_failed_one_forgets_the_reason_and_keeps_the_count():
    known = apply(apply(LIVING, live(DOWN)), live(SEEN))
    assert (known.up, known.failure, known.poll_failures) == (True, None, {Reason.AUTH: 1})


def test_counters_add_up():
    known = apply(LIVING, live(SEEN))
    assert (known.polls, known.records, known.rejected, known.unknown_statuses) == (2, 10, 2, 6)
    assert known.contradictions[Check.FREE_FLAG] == 6
    assert known.contradictions[Check.LOAD_OVER_CAPACITY] == 0


ROSTERS = [
    row("a good one", roster(at=later(9), records=4, rejected=2, notes=("no capacity",)), None, T0.wall + 9, (9, 3)),
    row("a failed one", roster(DOWN, at=later(9)), DOWN, T0.wall, (5, 1)),
]


@pytest.mark.parametrize(("outcome", "failure", "read_at", "counted"), ROSTERS)
def test_a_roster(outcome: PollOutcome, failure: Failure | None, read_at: float, counted: tuple[int, int]):
    known = apply(LIVING, outcome)
    assert (known.roster_failure, known.roster_last_success) == (failure, read_at)
    assert (known.records, known.rejected) == counted
    assert (known.up, known.failure, known.polls, known.last_attempt) == (True, None, 1, T0.wall)
    assert known.snapshot == SEEN


def test_a_failed_roster_is_counted_apart_and_forgotten_by_a_good_one():
    known = apply(apply(apply(LIVING, roster(DOWN)), roster(DOWN)), roster())
    assert (known.roster_failure, known.roster_failures, known.poll_failures) == (None, {Reason.AUTH: 2}, {})


def test_notes_of_the_roster_and_of_a_fresh_snapshot_are_reported():
    known = apply(LIVING, roster(notes=("no capacity",)))
    assert everything([known])[0].sources[0].notes == ("no capacity", "the filter seems to be ignored")
    assert everything([known], now=later(1000))[0].sources[0].notes == ("no capacity",)


def test_requests_are_those_of_the_poller():
    report, _ = reconcile({"a": LIVING, "b": new_state(spec("b"))}, (), Memory(), T0, {"a": 17})
    assert [source.requests for source in report.sources] == [17, 0]


COUNTERS = ("polls", "records", "rejected", "unknown_statuses")
BY_KIND = ("contradictions", "poll_failures", "roster_failures")
OUTCOMES = st.one_of(
    st.builds(live, st.builds(failed, st.sampled_from(Reason))),
    st.builds(roster, st.none() | st.builds(failed, st.sampled_from(Reason)), records=st.integers(0, 9)),
    st.builds(
        lambda **counts: live(snapshot(accepting(), **counts)),
        records=st.integers(0, 9),
        rejected=st.integers(0, 9),
        unknown_statuses=st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)),
        contradictions=st.dictionaries(st.sampled_from(Check), st.integers(0, 3)),
    ),
)


def counted(known: SourceState) -> dict[tuple[str, str], int]:
    found = {(name, ""): getattr(known, name) for name in COUNTERS}
    return found | {(name, kind): count for name in BY_KIND for kind, count in getattr(known, name).items()}


@settings(max_examples=100, deadline=None)
@given(st.lists(OUTCOMES, max_size=12))
def test_counters_never_fall(outcomes: list[PollOutcome]):
    known = new_state(spec())
    for outcome in outcomes:
        before, known = known, apply(known, outcome)
        after = counted(known)
        assert all(after[key] >= count for key, count in counted(before).items())
