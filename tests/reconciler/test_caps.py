"""`max_slots`: the one thing that links tools. What somebody holds anywhere is room that they offer nowhere."""
# ruff: noqa: E501 - rows of tables

from collections.abc import Iterable

import pytest
from builders import (
    accepting,
    everything,
    human,
    listed,
    offline,
    people,
    reading,
    row,
    snapshot,
    spec,
    state,
    unmapped,
)
from generators import SOURCES, sane_readings, snapshots
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import (
    STAFFED,
    Channel,
    ChannelReport,
    PersonSpec,
    Presence,
    Reading,
    Report,
    Selector,
    Snapshot,
    State,
    Targets,
    TeamSpec,
)
from monitor.reconciler.store import SourceState

CALL = Channel.CALL


def states_of(in_a: Iterable[Reading], in_b: Iterable[Reading]) -> list[SourceState]:
    return [state(snapshot(*in_a)), state(snapshot(*in_b, source="b"))]


def of_a(in_a: Iterable[Reading], in_b: Iterable[Reading], max_slots: int | None) -> ChannelReport:
    """A team of everyone in a, where somebody has another account in b."""
    report, _ = everything(states_of(in_a, in_b), who=listed(human("a/1", "b/1", max_slots=max_slots)))
    return report.teams[0].channels[0]


LIMITS = [
    row("no limit: tools are apart", [accepting(used=1, free=3)], [accepting(used=3, free=0)], None, "partial", 1, 3),
    row("room enough: the tool's own number", [accepting(used=1, free=3)], [accepting(used=3, free=0)], 7, "partial", 1, 3),
    row("less room than the tool says", [accepting(used=1, free=3)], [accepting(used=3, free=0)], 5, "partial", 1, 1),
    row("no room left: full", [accepting(used=1, free=3)], [accepting(used=3, free=0)], 4, "full", 1, 0),
    row("more than the limit is full, not less than nothing", [accepting(used=1, free=3)], [accepting(used=3, free=0)], 2, "full", 1, 0),
    row("holding nothing here, everything there: full", [accepting(used=0, free=3)], [accepting(used=3, free=0)], 3, "full", 0, 0),
    row("never more than the tool offers", [accepting(used=1, free=1)], [], 9, "partial", 1, 1),
    row("what is free elsewhere is no room here", [accepting(used=1, free=0)], [accepting(used=0, free=5)], 9, "full", 1, 0),
    row("what another channel holds counts", [accepting(used=0, free=3)], [accepting(channel=CALL, used=2, free=0)], 3, "idle", 0, 1),
    row("also another channel of the same account", [accepting(used=0, free=3), accepting(channel=CALL, used=3, free=0)], [], 3, "full", 0, 0),
    row("one contact seen in two groups is one", [accepting("1", ["x"], used=1, free=3), accepting("1", ["y"], used=1, free=3)], [], 2, "partial", 1, 1),
    row("what is still held without accepting counts", [accepting(used=0, free=3)], [reading(used=2, free=0)], 3, "idle", 0, 1),
    row("what is held offline is a contradiction, not load", [accepting(used=0, free=3)], [offline(used=3, free=0)], 3, "idle", 0, 3),
    row("what is held in a status that cannot be mapped counts", [accepting(used=0, free=3)], [unmapped(used=3, free=0)], 3, "full", 0, 0),
    row("what is not told limits nothing", [accepting(used=0, free=3)], [accepting()], 2, "idle", 0, 2),
    row("free not told, and room left: still not known", [accepting(used=1)], [accepting(used=1, free=0)], 3, "unmetered", None, None),
    row("free not told, and no room left: full", [accepting(used=1)], [accepting(used=1, free=0)], 2, "full", None, None),
    row("nothing told here, no room left: full", [accepting()], [accepting(used=2, free=0)], 2, "full", None, None),
    row("a limit makes nobody full who does not accept: away", [reading(used=0, free=0)], [accepting(used=3, free=0)], 3, "away", 0, 0),
    row("nor who finishes", [reading(used=1, free=0)], [accepting(used=3, free=0)], 3, "finishing", 0, 0),
    row("nor who is offline", [offline(used=0, free=0)], [accepting(used=3, free=0)], 3, "offline", 0, 0),
    row("nor whose status is unknown", [unmapped(used=0, free=0)], [accepting(used=3, free=0)], 3, "unknown", 0, 0),
    row("an account that its fresh source does not know holds nothing", [accepting(used=1, free=3)], [], 3, "partial", 1, 2),
]  # fmt: skip


@pytest.mark.parametrize(("in_a", "in_b", "max_slots", "expected", "used", "free"), LIMITS)
def test_a_limit_over_all_tools(
    in_a: list[Reading], in_b: list[Reading], max_slots: int | None, expected: str, used: int | None, free: int | None
):
    channel = of_a(in_a, in_b, max_slots)
    assert (people(channel.agents), channel.used, channel.free) == ({expected: 1}, used, free)


def test_a_limit_needs_no_second_account():
    known = state(snapshot(accepting(used=1, free=9)))
    report, _ = everything([known], who=listed(human("a/1", max_slots=3)))
    assert (report.teams[0].channels[0].used, report.teams[0].channels[0].free) == (1, 2)


def test_somebody_at_their_limit_is_full_in_every_team_on_every_channel_and_overall():
    chat_and_call = [accepting(used=1, free=3), accepting(channel=CALL, used=0, free=1)]
    both = {Channel.CHAT: Targets(), CALL: Targets()}
    teams = [TeamSpec(name, (Selector(name),), both) for name in "ab"]
    states = states_of(chat_and_call, [*chat_and_call])
    report, _ = everything(states, *teams, who=listed(human("a/1", "b/1", max_slots=2)))
    found = [*(channel.agents for one in report.teams for channel in one.channels), *report.people.values()]
    assert list(map(people, found)) == [{"full": 1}] * 6


# ------------------------------------------------------------------ for any input

ACCOUNTS = [f"{source}/{id_}" for source in SOURCES for id_ in "1234"]
LIMITED = st.builds(
    lambda accounts, max_slots: human(*accounts, max_slots=max_slots),
    st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=4, unique=True),
    st.integers(1, 5),
)
WORLDS = st.fixed_dictionaries({source: snapshots(source, sane_readings) for source in SOURCES})


def held_by(person: PersonSpec, world: dict[str, Snapshot], fresh: set[str]) -> int:
    """The most that each group says of an account on a channel where it is connected, summed."""
    total = 0
    for source, account in person.accounts:
        for channel in (Channel.CHAT, CALL):
            seen = [one for one in world[source].readings if (one.account, one.channel) == (account, channel)]
            if source in fresh and is_connected(seen):
                total += max(one.used or 0 for one in seen)
    return total


def is_connected(seen: list[Reading]) -> bool:
    presences = [one.presence for one in seen]
    return any(one.accepting for one in seen) or (Presence.CONNECTED in presences and Presence.UNKNOWN not in presences)


def report_of(world: dict[str, Snapshot], person: PersonSpec) -> Report:
    """One team of nothing but this person's accounts, on two channels."""
    selectors = tuple(Selector(source, agents=(f"id:{account}",)) for source, account in person.accounts)
    theirs = TeamSpec("theirs", selectors, {Channel.CHAT: Targets(), CALL: Targets()})
    states = [state(found, of=spec(source, max_age=60.0)) for source, found in world.items()]
    report, _ = everything(states, theirs, who=listed(person))
    return report


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLDS, LIMITED)
def test_nobody_offers_more_than_their_limit_leaves(world: dict[str, Snapshot], person: PersonSpec):
    report = report_of(world, person)
    fresh = {source.spec.name for source in report.sources if source.fresh}
    left = person.max_slots - held_by(person, world, fresh) if person.max_slots else 0
    is_hidden = any(source not in fresh for source, _ in person.accounts)
    for channel in report.teams[0].channels:
        assert (channel.free or 0) <= max(left, 0)
        assert sum(channel.agents.values()) <= 1
        if left <= 0:
            assert {one for one in STAFFED if channel.agents[one]} <= {State.FULL}
        if is_hidden:
            assert (channel.available, channel.free or 0) == (0, 0)
            assert channel.status != "ok"
