"""The heart: sources, teams, memory and now in; a report and new memory out. Pure and total."""

from collections.abc import Mapping, Sequence
from math import inf

import msgspec

from monitor.clock import Now
from monitor.model import NO_PEOPLE, AgentsReport, Channel, PeopleSpec, Reading, Report, SourceReport, State, TeamSpec
from monitor.privacy import Naming
from monitor.reconciler.agents import agents_of
from monitor.reconciler.crowd import MOMENT, Crowd
from monitor.reconciler.hours import opening_at
from monitor.reconciler.ledger import Ledger, settle
from monitor.reconciler.members import add_readings
from monitor.reconciler.membership import Index, select
from monitor.reconciler.people import People, Rosters, join
from monitor.reconciler.store import SourceState
from monitor.reconciler.teams import Evaluated, evaluate
from monitor.reconciler.world import World, world_at


class _Joined(msgspec.Struct, frozen=True, eq=False):
    """Who is who, and the rosters that say so."""

    spec: PeopleSpec
    rosters: Rosters
    people: People

    def holds(self, spec: PeopleSpec, rosters: Rosters) -> bool:
        return (
            self.spec == spec
            and self.rosters.keys() == rosters.keys()
            and all(self.rosters[name] is roster for name, roster in rosters.items())
        )


class _Wanted(msgspec.Struct, frozen=True, eq=False):
    """What some team selects of one source: accounts, and their readings on the channels of those teams."""

    teams: Sequence[TeamSpec]
    index: Index
    accounts: frozenset[str]
    readings: Mapping[Channel, Mapping[str, Reading]]


class _Counted(msgspec.Struct, frozen=True, eq=False):
    """People of some team by state and channel, and what they were counted from."""

    people: People
    wanted: Mapping[str, _Wanted]
    counts: Mapping[Channel, Mapping[State, int]]

    def holds(self, people: People, wanted: Mapping[str, _Wanted]) -> bool:
        return (
            self.people is people
            and self.wanted.keys() == wanted.keys()
            and all(self.wanted[name] is one for name, one in wanted.items())
        )


class _Agents(msgspec.Struct, frozen=True, eq=False):
    """The accounts of a source, and what they were told from."""

    index: Index
    naming: Naming
    report: AgentsReport


class Memory(msgspec.Struct, frozen=True, eq=False):
    """What has to be remembered from one reconciliation to the next; empty at the start.

    `at` is when the last one was, `sources` what it knew. The rest spares work: what rests on the same is the same.
    """

    at: Now | None = None
    sources: Mapping[str, SourceState] = {}
    evaluated: Mapping[str, Evaluated] = {}
    """By team."""
    ledger: Ledger = {}
    joined: _Joined | None = None
    wanted: Mapping[str, _Wanted] = {}
    """By source."""
    counted: _Counted | None = None
    agents: Mapping[str, _Agents] = {}
    """By source."""

    @property
    def people(self) -> People:
        """Who is who, as of the last reconciliation."""
        return self.joined.people if self.joined else People()

    @property
    def matched(self) -> frozenset[tuple[str, int]]:
        """Team and position of each selector that has ever matched somebody."""
        return frozenset((team, position) for team, one in self.evaluated.items() for position in one.matched)


def reconcile(
    sources: Mapping[str, SourceState],
    teams: Sequence[TeamSpec],
    memory: Memory,
    now: Now,
    requests: Mapping[str, int],
    people: PeopleSpec = NO_PEOPLE,
    agents: Naming | None = None,
) -> tuple[Report, Memory]:
    """Everything to publish at `now`. `requests` counts the requests of each source so far; `agents` says how single
    accounts are called, None that nothing is told of them.

    Whatever became true by itself since the last time (data expired, a team opened or closed, somebody became
    inactive) is gone through first, at its own moment: also after a night in suspend the integrals are exact. So is
    what came true until other teams or people take over, by those of before; what the others say of it is no change.
    """
    before = [one.spec for one in memory.evaluated.values()]
    who = memory.joined.spec if memory.joined else people
    while (moment := _next_change(memory)) is not None and moment.elapsed < now.elapsed:
        memory = _step(memory.sources, before, memory, moment, who)
    known = dict(sources)  # the caller's changes with the next answer, what was known now must not
    if before != list(teams) or who != people:
        memory = _step({**memory.sources, **known}, before, memory, now, who)
        memory = _step(known, teams, memory, now, people, is_reload=True)
    else:
        memory = _step(known, teams, memory, now, people)
    return _report(teams, memory, now, requests, agents)


def _next_change(memory: Memory) -> Now | None:
    """When what was said last becomes wrong by itself, None if never.

    Hours are counted from the last time by the wall clock of then: a step of the clock since invents no time.
    """
    at = memory.at
    if at is None:
        return None
    expiries = (state.expired_from() for state in memory.sources.values() if state.is_fresh(at))
    until = min((*expiries, *(one.until for one in memory.evaluated.values())), default=inf)
    elapsed = max(until, at.elapsed + MOMENT)  # time goes on, whatever rounding does
    changes = [one.report.opening.changes_at for one in memory.evaluated.values()]
    wall = min((change for change in changes if change is not None), default=inf)
    if wall - at.wall < elapsed - at.elapsed:
        return Now(wall, at.elapsed + (wall - at.wall))
    return Now(at.wall + (elapsed - at.elapsed), elapsed) if elapsed < inf else None


def _step(
    sources: Mapping[str, SourceState],
    teams: Sequence[TeamSpec],
    memory: Memory,
    now: Now,
    spec: PeopleSpec,
    *,
    is_reload: bool = False,
) -> Memory:
    """The memory at `now`: teams evaluated anew where something of theirs changed, and the time since settled.

    At a start or a reload no change of status is counted.
    """
    joined = _join(sources, memory.joined, spec)
    world = world_at(sources, joined.people, now)
    evaluated: dict[str, Evaluated] = {}
    for team in teams:
        known = memory.evaluated.get(team.name)
        opening = opening_at(team.hours, now.wall)
        is_same_team = known is not None and known.spec.selectors == team.selectors
        if known is None or not known.holds(team, opening, world):
            known = evaluate(team, known.matched if known and is_same_team else frozenset(), opening, world)
        evaluated[team.name] = known
    return msgspec.structs.replace(
        memory,
        at=now,
        sources=sources,
        evaluated=evaluated,
        ledger=settle(
            memory.ledger,
            [] if is_reload else [one.report for one in memory.evaluated.values()],
            [one.report for one in evaluated.values()],
            max(now.elapsed - memory.at.elapsed, 0.0) if memory.at else 0.0,
        ),
        joined=joined,
    )


def _join(sources: Mapping[str, SourceState], known: _Joined | None, spec: PeopleSpec) -> _Joined:
    """Who is who by all rosters ever read: an expired source still tells whose its accounts are."""
    rosters = {name: state.index.accounts for name, state in sources.items() if state.index is not None}
    if known is not None and known.holds(spec, rosters):
        return known
    return _Joined(spec, rosters, join(spec, rosters))


def _report(
    teams: Sequence[TeamSpec], memory: Memory, now: Now, requests: Mapping[str, int], naming: Naming | None
) -> tuple[Report, Memory]:
    people = memory.people
    world = world_at(memory.sources, people, now)
    wanted = {
        name: _wanted(name, state.index, teams, memory.wanted.get(name))
        for name, state in world.fresh.items()
        if state.index is not None
    }
    counted = memory.counted
    if counted is None or not counted.holds(people, wanted):
        counted = _Counted(people, wanted, _count(teams, wanted, world))
    agents = {
        name: _agents(name, state.index, naming, memory.agents.get(name))
        for name, state in world.fresh.items()
        if naming is not None and state.index is not None
    }
    memory = msgspec.structs.replace(memory, wanted=wanted, counted=counted, agents=agents)
    change = _next_change(memory)
    report = Report(
        at=now,
        teams=tuple(one.report for one in memory.evaluated.values()),
        sources=tuple(
            _source(state, now, wanted.get(name), requests.get(name, 0)) for name, state in memory.sources.items()
        ),
        people=counted.counts,
        totals=memory.ledger,
        agents=tuple(made.report for made in agents.values()),
        changes_at=change.elapsed if change else inf,
        refused_joins=people.refused,
        problems=people.problems,
    )
    return report, memory


def _agents(source: str, index: Index, naming: Naming, known: _Agents | None) -> _Agents:
    if known is not None and known.index is index and known.naming is naming:
        return known
    return _Agents(index, naming, agents_of(source, index, naming))


def _wanted(source: str, index: Index, teams: Sequence[TeamSpec], known: _Wanted | None) -> _Wanted:
    if known is not None and known.index is index and known.teams is teams:
        return known
    accounts: set[str] = set()
    readings: dict[Channel, dict[str, Reading]] = {}
    for team in teams:
        for selector in team.selectors:
            if selector.source == source:
                selection = select(selector, index)
                accounts |= selection.accounts
                for channel in team.targets.keys() & selection.readings.keys():
                    add_readings(readings.setdefault(channel, {}), selection.readings[channel])
    return _Wanted(teams, index, frozenset(accounts), readings)


def _count(
    teams: Sequence[TeamSpec], wanted: Mapping[str, _Wanted], world: World
) -> dict[Channel, Mapping[State, int]]:
    """People of some team by state, on each channel of a team with data; without data nobody is unknown, not 0."""
    channels = {channel: None for team in teams if wanted.keys() & set(team.sources) for channel in team.targets}
    return {
        channel: Crowd(
            {source: one.readings[channel] for source, one in wanted.items() if channel in one.readings}, {}, world
        ).head.agents
        for channel in channels
    }


def _source(state: SourceState, now: Now, wanted: _Wanted | None, requests: int) -> SourceReport:
    """`wanted` is None while the source is expired."""
    snapshot = state.snapshot if wanted else None
    accounts = len(wanted.index.accounts) if wanted else None
    return SourceReport(
        spec=state.spec,
        up=state.up,
        fresh=state.is_fresh(now),
        failure=state.failure,
        roster_failure=state.roster_failure,
        last_attempt=state.last_attempt,
        last_success=state.last_success,
        data_age=now.elapsed - state.snapshot.observed_at.elapsed if state.snapshot else None,
        roster_last_success=state.roster_last_success,
        interval=state.interval,
        requests=requests,
        polls=state.polls,
        records=state.records,
        rejected=state.rejected,
        unknown_statuses=state.unknown_statuses,
        contradictions=state.contradictions,
        poll_failures=state.poll_failures,
        roster_failures=state.roster_failures,
        agents=accounts,
        unassigned=accounts - len(wanted.accounts) if wanted and accounts is not None else None,
        unlisted=snapshot.unlisted if snapshot else None,
        chatting_visitors=snapshot.chatting_visitors if snapshot else None,
        notes=(*state.notes, *(snapshot.notes if snapshot else ())),
    )
