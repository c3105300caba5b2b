"""Somebody with a limit, part of whose load is hidden: nothing proves them free, and their team needs that source."""
# ruff: noqa: E501 - rows of tables

from collections.abc import Callable

import pytest
from builders import accepting, everything, human, later, listed, people, reading, row, snapshot, spec, state

from monitor.model import Account, Channel, PeopleSpec, Reading
from monitor.reconciler.store import SourceState, new_state


def states_of(in_a: Reading, *in_b: Reading, uncertain: frozenset[str] = frozenset()) -> list[SourceState]:
    other = snapshot(*in_b, source="b", accounts=[Account("1")], uncertain=uncertain)
    return [state(snapshot(in_a)), state(other)]


ROOMY, AT_LIMIT, AWAY, FINISHING = accepting(used=1, free=3), accepting(used=4, free=3), reading(), reading(used=1)
CAPPED = listed(human("a/1", "b/1", max_slots=4))


def silent(in_a: Reading) -> list[SourceState]:
    """Source b never answered."""
    return [state(snapshot(in_a)), new_state(spec("b"))]


def expired(in_a: Reading) -> list[SourceState]:
    """Source b was last heard long ago, when it held nothing."""
    long_ago = snapshot(accepting(used=0, free=9), source="b", at=later(-500))
    return [state(snapshot(in_a)), state(long_ago)]


def unread(in_a: Reading) -> list[SourceState]:
    """Source b is fresh, but what it said of this account could not be read."""
    return states_of(in_a, uncertain=frozenset("1"))


Hide = Callable[[Reading], list[SourceState]]
HIDING = [silent, expired, unread]
HIDDEN = [
    row("room that may be taken elsewhere proves nothing", ROOMY, {}, 1, 0, "unknown", "blind"),
    row("what is held here is true, and the limit reached is proof", AT_LIMIT, {"full": 1}, 4, 0, None, None),
    row("away is away, whatever is hidden", AWAY, {"away": 1}, None, None, None, None),
    row("finishing is finishing, whatever is hidden", FINISHING, {"finishing": 1}, None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize("hide", HIDING)
@pytest.mark.parametrize(("in_a", "states", "used", "free", "status", "coverage"), HIDDEN)
def test_somebody_with_a_limit_whose_load_is_hidden(
    in_a: Reading,
    states: dict[str, int],
    used: int | None,
    free: int | None,
    status: str | None,
    coverage: str | None,
    hide: Hide,
):
    report, _ = everything(hide(in_a), who=CAPPED)
    team = report.teams[0]
    channel = team.channels[0]
    if team.complete and not states:
        free = None  # nothing marks it as a floor there, so a 0 would be taken as told
    assert (people(channel.agents), channel.used, channel.free) == (states, used, free)
    assert people(report.people[Channel.CHAT]) == states
    if status:
        assert (channel.status, channel.coverage) == (status, coverage)


@pytest.mark.parametrize("hide", HIDING)
def test_without_a_limit_what_is_hidden_elsewhere_matters_to_nobody(hide: Hide):
    report, _ = everything(hide(ROOMY), who=listed(human("a/1", "b/1")))
    found = report.teams[0]
    assert (people(found.channels[0].agents), found.channels[0].status, found.complete) == ({"partial": 1}, "ok", True)
    assert found.sources == {"a": True}


def test_a_colleague_without_a_limit_proves_it_all_the_same():
    states = silent(ROOMY)
    states[0] = state(snapshot(ROOMY, accepting("2", used=0, free=1)))
    report, _ = everything(states, who=CAPPED)
    channel = report.teams[0].channels[0]
    assert (people(channel.agents), channel.status, channel.coverage) == ({"idle": 1}, "ok", "covered")
    assert (channel.used, channel.free) == (1, 1)


# ------------------------------------------------------------------ the sources of a team

SOURCES_OF = [
    row("the other account's source is one of the team's", listed(human("a/1", "b/1", max_slots=4)), {"a": True, "b": False}),
    row("not without a limit", listed(human("a/1", "b/1")), {"a": True}),
    row("not of somebody whom the team does not select", listed(human("a/9", "b/1", max_slots=4)), {"a": True}),
    row("not a source that is not configured", listed(human("a/1", "x/1", max_slots=4)), {"a": True}),
]  # fmt: skip


@pytest.mark.parametrize(("who", "sources"), SOURCES_OF)
def test_whose_freshness_a_team_needs(who: PeopleSpec, sources: dict[str, bool]):
    report, _ = everything(silent(ROOMY), who=who)
    found = report.teams[0]
    assert (found.sources, found.complete) == (sources, all(sources.values()))
    assert found.matches == {"a": 1}, "matches are those of selectors"


def test_a_source_does_not_leave_the_team_by_expiring():
    states = [state(snapshot(ROOMY, at=later(-500))), state(snapshot(accepting(), source="b"))]
    report, _ = everything(states, who=CAPPED)
    assert report.teams[0].sources == {"a": False, "b": True}
    assert report.teams[0].channels[0].status == "unknown"


def test_a_limit_is_looked_at_anew_when_only_the_other_source_says_something_new():
    before, after = states_of(ROOMY, accepting(used=0, free=3)), states_of(ROOMY, accepting(used=3, free=0))
    report, memory = everything(before, who=CAPPED)
    assert people(report.teams[0].channels[0].agents) == {"partial": 1}
    report, memory = everything([before[0], after[1]], who=CAPPED, memory=memory, now=later(1))
    assert people(report.teams[0].channels[0].agents) == {"full": 1}
    assert people(report.people[Channel.CHAT]) == {"full": 1}
    report, _ = everything([before[0], new_state(spec("b"))], who=CAPPED, memory=memory, now=later(2))
    assert people(report.teams[0].channels[0].agents) == people(report.people[Channel.CHAT]) == {}
