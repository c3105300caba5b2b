"""Explanation and register never tell another story than the report, and never a name that they must not tell."""

from collections import Counter
from collections.abc import Mapping

import msgspec
import pytest
from builders import T0, accepting, later, snapshot, spec, state
from generators import IDS, MAX_AGE, SOURCES, sane_readings, snapshots, team_lists
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.explanation import ChannelExplanation, TeamExplanation
from monitor.model import (
    Account,
    Channel,
    ChannelReport,
    HoursSpec,
    Inactivity,
    Match,
    PeopleSpec,
    PersonSpec,
    Report,
    Selector,
    Snapshot,
    Targets,
    TeamSpec,
)
from monitor.privacy import named, pseudonymous
from monitor.reconciler.explain import explain
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.register import register
from monitor.reconciler.store import SourceState, new_state
from monitor.register import Register

many = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

uncertain = st.frozensets(st.sampled_from(IDS), max_size=2)
worlds = st.fixed_dictionaries(
    {
        name: st.none()
        | st.builds(
            lambda found, doubted: msgspec.structs.replace(found, uncertain=doubted),
            snapshots(name, sane_readings),
            uncertain,
        )
        for name in SOURCES
    }
)
limits = st.none() | st.integers(1, 4)
account_lists = st.lists(st.tuples(st.sampled_from(SOURCES), st.sampled_from(IDS)), unique=True, max_size=6)


def persons(accounts: list[tuple[str, str]], cuts: list[int], caps: list[int | None]) -> tuple[PersonSpec, ...]:
    """These accounts divided over people by hand."""
    found: list[PersonSpec] = []
    rest = accounts
    for number, (cut, cap) in enumerate(zip(cuts, caps, strict=True)):
        mine, rest = rest[:cut], rest[cut:]
        if mine:
            found.append(PersonSpec(f"listed-{number}", tuple(mine), cap))
    return tuple(found)


peoples = st.builds(
    PeopleSpec,
    match=st.lists(st.sampled_from(Match), unique=True).map(tuple),
    listed=st.builds(
        persons,
        account_lists,
        st.lists(st.integers(1, 3), min_size=3, max_size=3),
        st.lists(limits, min_size=3, max_size=3),
    ),
)
impatience = st.builds(Inactivity, after=st.sampled_from((1.0, 60.0, 1e10)), as_away=st.booleans())
hours = st.none() | st.sampled_from(
    (HoursSpec("24/7"), HoursSpec("Mo-Su 00:00-00:01", "Europe/Paris"), HoursSpec("off"))
)


def states_of(world: Mapping[str, Snapshot | None]) -> dict[str, SourceState]:
    return {
        name: state(found, of=spec(name, max_age=MAX_AGE)) if found else new_state(spec(name, max_age=MAX_AGE))
        for name, found in world.items()
    }


def agrees(told: ChannelExplanation, report: ChannelReport) -> None:
    people = told.people
    assert (told.status, told.agents, told.available) == (report.status, report.agents, report.available)
    assert Counter(one.counts_as for one in people if one.counts_as) == Counter(report.agents)
    assert sum(one.is_uncertain for one in people) == report.uncertain
    assert sum(one.is_inactive for one in people) == report.inactive
    for published, derived in (
        (report.used, sum(one.slots_used for one in people)),
        (report.free, sum(one.slots_free for one in people)),
        (report.finishing, sum(one.slots_finishing for one in people)),
    ):
        assert published in {None, derived}
    assert told.why.startswith(report.why)
    assert report.why


@many
@given(worlds, worlds, team_lists, peoples, impatience, hours, st.integers(0, 100))
def test_people_one_by_one_come_to_what_is_published(
    earlier: Mapping[str, Snapshot | None],
    world: Mapping[str, Snapshot | None],
    teams: tuple[TeamSpec, ...],
    people: PeopleSpec,
    inactive: Inactivity,
    when: HoursSpec | None,
    wait: int,
):
    teams = tuple(msgspec.structs.replace(team, inactive=inactive, hours=when) for team in teams)
    _, memory = reconcile(states_of(earlier), teams, Memory(), later(-300), {}, people)
    _, memory = reconcile(states_of(world), teams, memory, T0, {}, people)
    report, memory = reconcile(memory.sources, teams, memory, later(wait), {}, people)
    everybody = register(memory, named())
    adds_up(everybody, report)
    for team in report.teams:
        told = explain(team.name, memory, named())
        assert told is not None
        assert (told.complete, not told.missing, told.is_open) == (team.complete, team.complete, team.opening.is_open)
        assert {source.name: source.fresh for source in told.sources} == team.sources
        for channel, published in zip(told.channels, team.channels, strict=True):
            agrees(channel, published)
        assert msgspec.json.decode(msgspec.json.encode(told), type=TeamExplanation) == told
        registered_as_explained(everybody.of(team.name), told)


def adds_up(told: Register, report: Report) -> None:
    """To `agentmon_people`."""
    entries = [entry for person in told.people for entry in person.channels]
    for channel, counts in report.people.items():
        assert Counter(entry.state for entry in entries if entry.channel is channel and entry.state) == Counter(counts)
    assert {entry.channel for entry in entries} <= report.people.keys()
    assert msgspec.json.decode(msgspec.json.encode(told), type=Register) == told


def registered_as_explained(of_team: Register, told: TeamExplanation) -> None:
    """Whom the explanation of a team reads anything of, those the register says to count in it."""
    for channel in told.channels:
        read = {person.name for person in channel.people if any(one.presence for one in person.accounts)}
        entries = {
            person.name: entry
            for person in of_team.people
            for entry in person.channels
            if entry.channel is channel.channel
        }
        assert read == entries.keys()


@pytest.mark.parametrize("wait", [59.0, 60.0005, 60.001, 60.5])
@pytest.mark.parametrize("step", [0.0, 3600.0])
def test_whoever_becomes_inactive_does_so_for_the_report_and_the_explanation_at_once(wait: float, step: float):
    """Though nobody counts until the page is made anew, by a thousandth of a second late or by a clock set wrong."""
    busy = (accepting("1", used=1, free=1), accepting("2", used=1, free=1, last_active=T0.wall))
    inactive = Inactivity(60.0, as_away=True)
    wanted = (TeamSpec("team", (Selector("a"),), {Channel.CHAT: Targets()}, inactive=inactive),)
    sources = {"a": state(snapshot(*busy), of=spec("a", max_age=600.0))}
    _, memory = reconcile(sources, wanted, Memory(), later(1), {})
    report, memory = reconcile(sources, wanted, memory, later(wait, step=step), {})
    told = explain("team", memory, named())
    assert told is not None
    agrees(told.channels[0], report.teams[0].channels[0])


# ------------------------------------------------------------------ privacy

names = st.text(st.sampled_from("éÅ漢😀 '\"<&\\/.-_%Zz"), min_size=3, max_size=6).map(lambda text: f"Q{text}q")
"""Awkward, and told from every word of an explanation by its first and last letter."""


@st.composite
def secret_worlds(draw: st.DrawFn) -> tuple[dict[str, Snapshot], tuple[TeamSpec, ...], PeopleSpec, set[str]]:
    hidden = set()
    found = {}
    keys = []
    for source in SOURCES:
        known = {}
        for _ in range(draw(st.integers(1, 3))):
            id_, username, email, name, external = (draw(names) for _ in range(5))
            hidden |= {id_, username, email, name, external}
            known[id_] = Account(id_, username, email, name, external, frozenset({"x"}))
            keys.append((source, id_))
        readings = draw(st.lists(st.tuples(st.sampled_from(sorted(known)), sane_readings), max_size=4))
        found[source] = Snapshot(
            source,
            later(-draw(st.sampled_from((5, 100)))),
            known,
            tuple(msgspec.structs.replace(one, account=account) for account, one in readings),
            uncertain=frozenset(draw(st.lists(st.sampled_from(sorted(known)), max_size=1))),
        )
    listed = draw(names)
    patterns = tuple(f"{name}!" for name in draw(st.lists(names, min_size=1, max_size=2)))
    hidden |= {listed, *patterns}
    people = PeopleSpec(listed=(PersonSpec(listed, tuple(dict.fromkeys(keys[:2])), draw(limits)),))
    every = tuple(Selector(source, draw(st.sampled_from(((), ("x",)))), (), patterns) for source in SOURCES)
    some = (Selector("a", (), (*patterns, "*")),)
    targets = draw(team_lists)[0].targets
    return found, (TeamSpec("every", every, targets), TeamSpec("some", some, targets)), people, hidden


def texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for pair in value.items() for part in pair for text in texts(part)]
        case list() | tuple():
            return [text for part in value for text in texts(part)]
        case _:
            return []


@many
@given(secret_worlds())
def test_no_name_no_address_and_no_id_of_anybody_is_told_under_pseudonyms(
    secret: tuple[dict[str, Snapshot], tuple[TeamSpec, ...], PeopleSpec, set[str]],
):
    world, teams, people, hidden = secret
    _, memory = reconcile(states_of(world), teams, Memory(), T0, {}, people)
    for team in teams:
        told = explain(team.name, memory, pseudonymous("key"))
        assert told is not None
        assert not told.is_named
        told_texts = texts(msgspec.to_builtins(told))
        assert [(text, name) for text in told_texts for name in hidden if name in text] == []
    told_texts = texts(msgspec.to_builtins(register(memory, pseudonymous("key"))))
    assert [(text, name) for text in told_texts for name in hidden if name in text] == []


@many
@given(secret_worlds())
def test_everybody_is_told_by_name_where_that_is_allowed(
    secret: tuple[dict[str, Snapshot], tuple[TeamSpec, ...], PeopleSpec, set[str]],
):
    world, teams, people, _ = secret
    _, memory = reconcile(states_of(world), teams, Memory(), T0, {}, people)
    told = explain("every", memory, named())
    assert told is not None
    fresh = {name for name, found in world.items() if found.observed_at == later(-5)}
    for channel in told.channels:
        seen = {(account.source, account.id) for person in channel.people for account in person.accounts}
        assert seen == {(name, id_) for name in fresh for id_ in world[name].accounts}
