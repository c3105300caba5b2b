"""One poll of each source, and what the monitor understood of it: the data behind `agentmon probe`."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from monitor.clock import Clock
from monitor.config import Config, SourceConfig
from monitor.errors import ADVICE
from monitor.fleet import poller_of
from monitor.model import (
    NO_PEOPLE,
    Account,
    Channel,
    Failure,
    PeopleSpec,
    PollKind,
    PollOutcome,
    Presence,
    Reading,
    Report,
    SlotAge,
    State,
    TeamSpec,
)
from monitor.pollers.schedule import Schedule
from monitor.pollers.transport import Exchange, Transport
from monitor.reconciler.membership import select
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.states import state_of
from monitor.reconciler.store import SourceState, apply, new_state


class AgentLine(msgspec.Struct, frozen=True):
    """One reading as the monitor understood it, and the teams that it counts in. None: the vendor does not say.

    `is_configured` marks a `free` that rests on a capacity from the configuration. An account without any reading has
    a line too, without channel, presence and state.
    """

    account: str
    username: str
    name: str
    channel: Channel | None
    presence: Presence | None
    state: State | None
    used: int | None
    free: int | None
    is_configured: bool
    slot_ages: tuple[SlotAge, ...]
    groups: tuple[str, ...]
    teams: tuple[str, ...]
    reason: str


class Trouble(msgspec.Struct, frozen=True):
    """A failure, and what an operator can do about it."""

    reason: str
    detail: str
    advice: str


class SourceProbe(msgspec.Struct, frozen=True):
    """One source probed. `agents` is None where the live poll failed: nothing is known, which is not nobody."""

    source: str
    vendor: str
    live_failure: Trouble | None
    roster_failure: Trouble | None
    requests: int
    records: int
    rejected: int
    unknown_statuses: dict[str, int]
    contradictions: dict[str, int]
    unlisted: int | None
    unassigned: int | None
    notes: tuple[str, ...]
    agents: tuple[AgentLine, ...] | None
    chatting_visitors: int | None = None

    @property
    def is_fine(self) -> bool:
        return self.live_failure is None and self.roster_failure is None


class TeamProbe(msgspec.Struct, frozen=True):
    """A team on a channel as the probed sources show it; None where nothing is known."""

    team: str
    channel: Channel
    status: str
    complete: bool
    available: int | None
    used: int | None
    free: int | None


class Probe(msgspec.Struct, frozen=True):
    sources: tuple[SourceProbe, ...]
    teams: tuple[TeamProbe, ...]
    problems: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        return all(source.is_fine for source in self.sources)


class Polled(msgspec.Struct, frozen=True):
    """Sources polled once: what became of each, and what it took."""

    states: Mapping[str, SourceState]
    outcomes: Mapping[str, Sequence[PollOutcome]]
    requests: Mapping[str, int]


async def probe(config: Config, names: Sequence[str], clock: Clock) -> Probe:
    """Poll the named sources once, or all of them if none is named."""
    chosen = [source for source in config.sources if not names or source.spec.name in names]
    return await probe_sources(chosen, config.teams, clock, people=config.people)


async def probe_sources(
    chosen: Sequence[SourceConfig],
    known_teams: Sequence[TeamSpec],
    clock: Clock,
    exchange: Exchange | None = None,
    people: PeopleSpec = NO_PEOPLE,
) -> Probe:
    """Poll these sources once and reconcile what came of it. Teams are told only where all of theirs were probed."""
    polled = await poll_once(chosen, clock, exchange)
    teams = [team for team in known_teams if polled.states.keys() >= set(team.sources)]
    report, _ = reconcile(polled.states, teams, Memory(), clock.now(), polled.requests, people)
    return Probe(
        sources=tuple(
            _source(state, polled.outcomes[name], polled.requests[name], known_teams)
            for name, state in polled.states.items()
        ),
        teams=tuple(_teams(report)),
        problems=report.all_problems,
    )


async def poll_once(chosen: Sequence[SourceConfig], clock: Clock, exchange: Exchange | None = None) -> Polled:
    """Roster and live of each source once, all sources at the same time."""
    outcomes: dict[str, list[PollOutcome]] = {source.spec.name: [] for source in chosen}
    requests: dict[str, int] = {}

    async def poll(source: SourceConfig, transport: Transport) -> None:
        name = source.spec.name
        poller = poller_of(source, transport, outcomes[name].append, Schedule(), exchange)
        await poller.poll()
        requests[name] = poller.requests

    async with Transport(clock) as transport:
        await asyncio.gather(*(poll(source, transport) for source in chosen))
    states = {source.spec.name: _state(source, outcomes[source.spec.name]) for source in chosen}
    return Polled(states, outcomes, requests)


def _state(source: SourceConfig, outcomes: Iterable[PollOutcome]) -> SourceState:
    state = new_state(source.spec)
    for outcome in outcomes:
        state = apply(state, outcome)
    return state


def _source(
    state: SourceState, outcomes: Iterable[PollOutcome], requests: int, teams: Sequence[TeamSpec]
) -> SourceProbe:
    snapshot = state.snapshot
    return SourceProbe(
        source=state.spec.name,
        vendor=state.spec.vendor,
        live_failure=trouble(state.failure),
        roster_failure=trouble(state.roster_failure),
        requests=requests,
        records=state.records,
        rejected=state.rejected,
        unknown_statuses=dict(snapshot.unknown_statuses) if snapshot else {},
        contradictions={check: count for check, count in state.contradictions.items() if count},
        unlisted=snapshot.unlisted if snapshot else None,
        unassigned=len(unassigned(state, teams)) if snapshot else None,
        notes=tuple(dict.fromkeys([*state.notes, *(snapshot.notes if snapshot else ())])),
        agents=tuple(_agents(state, teams)) if any(o.kind is PollKind.LIVE and o.snapshot for o in outcomes) else None,
        chatting_visitors=snapshot.chatting_visitors if snapshot else None,
    )


def unassigned(state: SourceState, teams: Iterable[TeamSpec]) -> tuple[Account, ...]:
    """Accounts of a source that no team selects."""
    index = state.index
    if index is None:
        return ()
    selectors = (selector for team in teams for selector in team.selectors if selector.source == state.spec.name)
    assigned = frozenset[str]().union(*(select(selector, index).accounts for selector in selectors))
    return tuple(account for id_, account in index.accounts.items() if id_ not in assigned)


def trouble(failure: Failure | None) -> Trouble | None:
    return Trouble(failure.reason, failure.detail, ADVICE[failure.reason]) if failure else None


def _agents(state: SourceState, teams: Iterable[TeamSpec]) -> Iterable[AgentLine]:
    """A line for each reading, and one without a state for each account that has none."""
    snapshot, index = state.snapshot, state.index
    if snapshot is None or index is None:
        return
    in_teams: dict[Reading, list[str]] = {}
    for team in teams:
        for selector in team.selectors:
            if selector.source == state.spec.name:
                selection = select(selector, index)
                for reading in filter(selection.covers, snapshot.readings):
                    if reading.channel in team.targets and team.name not in in_teams.setdefault(reading, []):
                        in_teams[reading].append(team.name)
    names = {group.id: group.name for group in snapshot.groups}
    for reading in sorted(snapshot.readings, key=lambda reading: (reading.account, reading.channel)):
        account = snapshot.accounts[reading.account]
        yield AgentLine(
            account=account.id,
            username=account.username or account.email,
            name=account.name,
            channel=reading.channel,
            presence=reading.presence,
            state=state_of(reading.presence, accepting=reading.accepting, used=reading.used, free=reading.free),
            used=reading.used,
            free=reading.free,
            is_configured=reading.is_configured,
            slot_ages=reading.slot_ages,
            groups=tuple(names.get(group) or group for group in sorted(reading.groups)),
            teams=tuple(in_teams.get(reading, ())),
            reason=reading.reason,
        )
    for account in snapshot.accounts.values():
        if account.id not in index.readings:
            yield _silent(account, names, is_uncertain=account.id in snapshot.uncertain)


def _silent(account: Account, names: Mapping[str, str], *, is_uncertain: bool) -> AgentLine:
    """The line of an account of which the live poll said nothing that could be read."""
    return AgentLine(
        account=account.id,
        username=account.username or account.email,
        name=account.name,
        channel=None,
        presence=None,
        state=None,
        used=None,
        free=None,
        is_configured=False,
        slot_ages=(),
        groups=tuple(names.get(group) or group for group in sorted(account.groups)),
        teams=(),
        reason="its record cannot be read" if is_uncertain else "in no live list, or on no channel",
    )


def _teams(report: Report) -> Iterable[TeamProbe]:
    for team in report.teams:
        for channel in team.channels:
            yield TeamProbe(
                team=team.name,
                channel=channel.channel,
                status=channel.status,
                complete=team.complete,
                available=channel.available if team.has_data else None,
                used=channel.used,
                free=channel.free,
            )
