"""What holds for every snapshot, also for one that contradicts itself."""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

import msgspec
from builders import T0, everything, spec, state
from generators import MAX_AGE, SOURCES, people_specs, readings, sane_readings, snapshots, team_lists
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import PeopleSpec, Reading, Report, Selector, Snapshot, SourceReport, TeamSpec
from monitor.reconciler.membership import index_of, select
from monitor.reconciler.merge import merge_groups
from monitor.reconciler.store import SourceState, new_state

T = TypeVar("T")

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Examples of each property; a busy machine is no failure."""

worlds = st.fixed_dictionaries({name: st.none() | snapshots(name) for name in SOURCES})
"""A snapshot, of any age, or nothing yet, for each source."""
orders = st.randoms(use_true_random=False)


def states_of(world: Mapping[str, Snapshot | None]) -> list[SourceState]:
    return [
        state(found, of=spec(name, max_age=MAX_AGE)) if found else new_state(spec(name, max_age=MAX_AGE))
        for name, found in world.items()
    ]


def shuffled(order: Random, values: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(order.sample(values, len(values)))


def comparable(report: Report) -> object:
    """A report without the order of its parts and sentences."""
    return (
        {found.name: msgspec.structs.replace(found, problems=tuple(sorted(found.problems))) for found in report.teams},
        {found.spec.name: found for found in report.sources},
        report.people,
        report.refused_joins,
        sorted(report.problems),
    )


@many
@given(worlds, worlds, team_lists, people_specs)
def test_no_snapshot_whatsoever_raises(
    earlier: Mapping[str, Snapshot | None],
    world: Mapping[str, Snapshot | None],
    teams: tuple[TeamSpec, ...],
    who: PeopleSpec,
):
    _, memory = everything(states_of(earlier), *teams, who=who)
    report, kept = everything(states_of(world), *teams, memory=memory, who=who)
    assert report.changes_at > T0.elapsed
    assert kept.matched >= memory.matched
    for found in report.teams:
        for channel in found.channels:
            assert all(count >= 0 for count in channel.agents.values())
            assert channel.occupancy is None or 0 <= channel.occupancy <= 1
            assert channel.availability is None or 0 <= channel.availability <= 1
            assert found.complete or (channel.occupancy, channel.availability) == (None, None)
    for source in report.sources:
        assert (source.agents is None) == (not source.fresh)
        assert source.unassigned is None or 0 <= source.unassigned <= (source.agents or 0)


@many
@given(worlds, team_lists, people_specs, orders)
def test_the_order_of_sources_readings_accounts_people_and_teams_changes_nothing(
    world: Mapping[str, Snapshot | None], teams: tuple[TeamSpec, ...], who: PeopleSpec, order: Random
):
    mixed = {
        name: found
        and msgspec.structs.replace(
            found,
            readings=shuffled(order, found.readings),
            groups=shuffled(order, found.groups),
            accounts=dict(shuffled(order, tuple(found.accounts.items()))),
        )
        for name, found in shuffled(order, tuple(world.items()))
    }
    turned = [msgspec.structs.replace(person, accounts=shuffled(order, person.accounts)) for person in who.listed]
    plain, memory = everything(states_of(world), *teams, who=who)
    mixed_who = PeopleSpec(who.match, shuffled(order, tuple(turned)))
    report, mixed_memory = everything(states_of(mixed), *shuffled(order, teams), who=mixed_who)
    assert comparable(report) == comparable(plain)
    assert mixed_memory.matched == memory.matched


@many
@given(worlds, team_lists, people_specs, orders)
def test_the_order_of_selectors_changes_no_number(
    world: Mapping[str, Snapshot | None], teams: tuple[TeamSpec, ...], who: PeopleSpec, order: Random
):
    turned = [msgspec.structs.replace(found, selectors=shuffled(order, found.selectors)) for found in teams]
    plain, _ = everything(states_of(world), *teams, who=who)
    report, _ = everything(states_of(world), *turned, who=who)
    assert report.sources == plain.sources
    assert report.people == plain.people
    for before, after in zip(plain.teams, report.teams, strict=True):
        assert msgspec.structs.replace(after, problems=()) == msgspec.structs.replace(before, problems=())


@many
@given(worlds, team_lists)
def test_every_selected_account_with_a_reading_lands_in_exactly_one_state(
    world: Mapping[str, Snapshot | None], teams: tuple[TeamSpec, ...]
):
    states = states_of({name: found and msgspec.structs.replace(found, groups=()) for name, found in world.items()})
    report, _ = everything(states, *teams)
    snapshots_now = {known.spec.name: known.snapshot for known in states if known.is_fresh(T0) and known.snapshot}
    for wanted, found in zip(teams, report.teams, strict=True):
        for channel in found.channels:
            seen = {
                (selector.source, reading.account)
                for selector in wanted.selectors
                if (snapshot := snapshots_now.get(selector.source)) is not None
                for reading in readings_of(selector, snapshot)
                if reading.channel is channel.channel
            }
            assert sum(channel.agents.values()) == len(seen)


def readings_of(selector: Selector, snapshot: Snapshot) -> list[Reading]:
    """Readings of the accounts that a selector finds, in the groups that it names by id; none named: all."""
    accounts = select(selector, index_of(snapshot)).accounts
    return [
        reading
        for reading in snapshot.readings
        if reading.account in accounts and (not selector.groups or reading.groups & set(selector.groups))
    ]


@many
@given(snapshots("a"))
def test_a_selector_that_names_nothing_finds_every_reading(found: Snapshot):
    selection = select(Selector("a"), index_of(found))
    assert all(map(selection.covers, found.readings))
    told = {(channel, account) for channel, readings in selection.readings.items() for account in readings}
    assert told == {(one.channel, one.account) for one in found.readings}


@many
@given(worlds, worlds, team_lists)
def test_expired_data_takes_no_part(
    earlier: Mapping[str, Snapshot | None], world: Mapping[str, Snapshot | None], teams: tuple[TeamSpec, ...]
):
    _, memory = everything(states_of(earlier), *teams)
    states = states_of(world)
    without = [
        known if known.is_fresh(T0) else msgspec.structs.replace(new_state(known.spec), polls=known.polls)
        for known in states
    ]
    report, kept = everything(states, *teams, memory=memory)
    bare, bare_memory = everything(without, *teams, memory=memory)
    assert (report.teams, report.people, kept.matched) == (bare.teams, bare.people, bare_memory.matched)
    for source, other in zip(report.sources, bare.sources, strict=True):
        if source.fresh:
            assert source == other
        else:
            assert numbers_of(source) == numbers_of(other) == (None, None, None)


def numbers_of(source: SourceReport) -> tuple[int | None, ...]:
    return source.agents, source.unassigned, source.unlisted


same_account = st.lists(sane_readings, min_size=1, max_size=5).map(
    lambda found: [msgspec.structs.replace(one, account="1", channel=found[0].channel) for one in found]
)


@many
@given(same_account)
def test_merging_again_what_is_merged_changes_nothing(found: list[Reading]):
    merged = merge_groups(found)
    assert merge_groups([merged]) == merged
    assert merge_groups([merged, merged]) == merged
    assert merge_groups([merged, *found]) == merged


@many
@given(same_account, st.data())
def test_it_does_not_matter_how_merging_is_divided(found: list[Reading], data: st.DataObject):
    middle = data.draw(st.integers(1, len(found)))
    halves = [merge_groups(half) for half in (found[:middle], found[middle:]) if half]
    assert merge_groups(halves) == merge_groups(found)


@many
@given(st.lists(readings, min_size=1, max_size=5))
def test_slots_seen_twice_are_never_more_than_the_most_that_was_seen(found: list[Reading]):
    merged = merge_groups(found)
    assert merged.used == max((one.used for one in found if one.used is not None), default=None)
    assert merged.free in {None, *(one.free for one in found)}
