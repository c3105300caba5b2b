"""Hypothesis strategies: sources and teams that contradict themselves where they can, and reports of them."""

from typing import Any

from builders import T0, channel_report, later, silent_source, source_report, spec, team_report
from hypothesis import strategies as st

from monitor.errors import Reason
from monitor.model import (
    Account,
    AgentChannel,
    AgentReport,
    AgentsReport,
    Channel,
    Check,
    Coverage,
    Failure,
    Group,
    HoursSpec,
    Inactivity,
    Match,
    Opening,
    PeopleSpec,
    PersonSpec,
    Presence,
    Reading,
    Report,
    Selector,
    SlotState,
    Snapshot,
    State,
    Status,
    Targets,
    TeamSpec,
    Totals,
)

SOURCES = ("a", "b", "c")
IDS = ("1", "2", "3", "4")
GROUPS = ("x", "y", "z", "12")
NAMES = ("", "x", "Sales", "sales", "12", "Ünï")
MAX_AGE = 60.0

ids = st.sampled_from(IDS)
some_groups = st.frozensets(st.sampled_from(GROUPS), max_size=3)
channels = st.sampled_from((Channel.CHAT, Channel.CALL))
slots = st.none() | st.integers(0, 3)

readings = st.builds(
    Reading,
    account=ids,
    channel=channels,
    groups=some_groups,
    presence=st.sampled_from(Presence),
    accepting=st.booleans(),
    used=slots,
    free=slots,
    last_active=st.none() | st.floats(0, 1e9),
)
"""Any reading at all, also one that no vendor should say: accepting while offline, free while away."""

sane_readings = readings.map(
    lambda found: Reading(
        account=found.account,
        channel=found.channel,
        groups=found.groups,
        presence=Presence.CONNECTED if found.accepting else found.presence,
        accepting=found.accepting,
        used=found.used,
        free=found.free if found.accepting else (None if found.free is None else 0),
        last_active=found.last_active,
    )
)
"""Readings as the model promises them: who accepts is connected, and only who accepts has something free."""

accounts = st.builds(
    Account,
    id=ids,
    username=st.sampled_from(("", "jane", "Omar")),
    email=st.sampled_from(("", "jane@example.com", "omar@example.com")),
    external_id=st.sampled_from(("", "jane", "2")),
    groups=some_groups,
)
groups = st.builds(Group, id=st.sampled_from(GROUPS), name=st.sampled_from(NAMES))


def snapshots(source: str, of: st.SearchStrategy[Reading] = readings) -> st.SearchStrategy[Snapshot]:
    return st.builds(
        Snapshot,
        source=st.just(source),
        observed_at=st.integers(0, 200).map(lambda age: later(-age)),
        accounts=st.lists(accounts, max_size=4).map(lambda found: {account.id: account for account in found}),
        readings=st.lists(of, max_size=8).map(tuple),
        groups=st.lists(groups, max_size=4).map(tuple),
        records=st.integers(0, 9),
        unlisted=st.integers(0, 3),
        unknown_statuses=st.dictionaries(st.text(max_size=3), st.integers(1, 3), max_size=2),
        contradictions=st.dictionaries(st.sampled_from(Check), st.integers(1, 3), max_size=2),
        uncertain=st.frozensets(ids, max_size=1),
    )


agent_patterns = st.sampled_from(
    ("jane", "OMAR", "id:1", "id:3", "*", "j*", "?mar", "id:[12]", "[", "*@example.com", "")
)
selectors = st.builds(
    Selector,
    source=st.sampled_from(SOURCES),
    groups=st.lists(st.sampled_from((*GROUPS, *NAMES)), max_size=2).map(tuple),
    agents=st.lists(agent_patterns, max_size=2).map(tuple),
    exclude=st.lists(agent_patterns, max_size=1).map(tuple),
)
targets = st.builds(
    Targets,
    available_agents=st.integers(1, 3),
    free_slots=st.none() | st.integers(0, 4),
    occupancy=st.none() | st.floats(0, 1),
    coverage=st.none() | st.floats(0, 0.999),
)
hours = st.sampled_from((None, None, HoursSpec("Mo-Su 15:00-15:08"), HoursSpec("Mo-Su 15:08-15:00")))
"""T0 is 15:06:40 UTC, so that teams open and close 80 seconds later."""
inactivity = st.builds(Inactivity, after=st.sampled_from((30.0, 90.0)), as_away=st.booleans())
team_lists = st.lists(
    st.tuples(
        st.lists(selectors, min_size=1, max_size=3),
        st.dictionaries(channels, targets, min_size=1),
        hours,
        inactivity,
    ),
    min_size=1,
    max_size=3,
).map(
    lambda found: tuple(
        TeamSpec(f"team-{n}", tuple(members), wanted, open_, inactive=inactive)
        for n, (members, wanted, open_, inactive) in enumerate(found)
    )
)


def _listed(accounts: list[tuple[str, str]], limits: list[int | None]) -> tuple[PersonSpec, ...]:
    """The accounts dealt out to as many persons as there are limits."""
    hands = [(tuple(accounts[n :: len(limits)]), limit) for n, limit in enumerate(limits)]
    return tuple(PersonSpec(f"p-{n}", hand, limit) for n, (hand, limit) in enumerate(hands) if hand)


people_specs = st.builds(
    PeopleSpec,
    match=st.lists(st.sampled_from(Match), max_size=3, unique=True).map(tuple),
    listed=st.builds(
        _listed,
        st.lists(st.tuples(st.sampled_from(SOURCES), ids), max_size=6, unique=True),
        st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=3),
    ),
)

# ------------------------------------------------------------------ what is published

awkward = st.text(
    st.one_of(st.sampled_from('"\\\n\tn{}=,# é漢😀'), st.characters(exclude_categories=("Cs", "Cc"))), max_size=8
)
"""Label values that an exposition has to escape, or may be tempted to."""

counts = st.integers(0, 10_000)
times = st.none() | st.floats(1e9, 2e9)
ratios = st.none() | st.floats(0, 1)


def channel_reports(channel: Channel) -> st.SearchStrategy[Any]:
    return st.builds(
        channel_report,
        st.sampled_from(Status),
        channel=st.just(channel),
        targets=targets,
        agents=st.fixed_dictionaries(dict.fromkeys(State, counts)),
        used=st.none() | counts,
        free=st.none() | counts,
        finishing=st.none() | counts,
        occupancy=ratios,
        availability=ratios,
        inactive=counts,
    )


openings = st.builds(Opening, is_open=st.booleans(), since=times, opened_at=times, changes_at=times)
seconds = st.floats(0, 1e9)
sums = st.tuples(seconds, counts).map(
    lambda found: Totals(
        agent_seconds={state: found[0] * number for number, state in enumerate(State)},
        slot_seconds={state: found[0] / (number + 1) for number, state in enumerate(SlotState)},
        coverage_seconds={result: found[0] + number for number, result in enumerate(Coverage)},
        status_changes={status: found[1] + number for number, status in enumerate(Status)},
    )
)


def team_reports(name: str) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda channels, **fields: team_report(name, *channels, **fields),
        st.lists(st.sampled_from(Channel), min_size=1, unique=True).flatmap(
            lambda found: st.tuples(*map(channel_reports, found))
        ),
        sources=st.dictionaries(awkward, st.booleans(), min_size=1, max_size=3),
        complete=st.booleans(),
        data_at=times,
        matches=st.dictionaries(awkward, counts, max_size=2),
        opening=openings,
    )


def source_reports(name: str) -> st.SearchStrategy[Any]:
    by_reason = st.dictionaries(st.sampled_from(Reason), counts, max_size=2)
    heard = st.builds(
        source_report,
        st.just(name),
        spec=st.builds(spec, st.just(name), awkward, max_age=st.floats(1, 1e4)),
        up=st.booleans(),
        failure=st.none() | st.builds(Failure, st.sampled_from(Reason), awkward),
        last_success=times,
        data_age=times,
        interval=st.floats(0.1, 3600),
        requests=counts,
        contradictions=st.dictionaries(st.sampled_from(Check), counts, max_size=3),
        poll_failures=by_reason,
        roster_failures=by_reason,
        agents=st.none() | counts,
    )
    return heard | st.just(silent_source(name))


slots = st.none() | counts


def agents_reports(source: str) -> st.SearchStrategy[AgentsReport]:
    channels = st.lists(st.sampled_from(Channel), max_size=2, unique=True).flatmap(
        lambda found: st.tuples(
            *(
                st.builds(
                    AgentChannel, st.just(channel), st.sampled_from(State), st.none() | counts, st.none() | counts
                )
                for channel in found
            )
        )
    )
    agents = st.lists(
        st.builds(AgentReport, awkward, awkward, channels), max_size=3, unique_by=lambda found: found.label
    )
    return agents.map(lambda found: AgentsReport(source, tuple(found)))


def named(of: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(awkward, unique=True, max_size=3).flatmap(lambda names: st.tuples(*map(of, names)))


reports = st.builds(
    Report,
    at=st.just(T0),
    teams=named(team_reports),
    sources=named(source_reports),
    people=st.dictionaries(st.sampled_from(Channel), st.fixed_dictionaries(dict.fromkeys(State, counts)), max_size=2),
    totals=st.dictionaries(st.tuples(awkward, st.sampled_from(Channel)), sums, max_size=2),
    refused_joins=counts,
    agents=named(agents_reports),
)
