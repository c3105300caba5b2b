"""One poll of each source, and what the monitor understood of it: the data behind `agentmon probe`."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from monitor.app import poller_of
from monitor.clock import Clock
from monitor.config import Config, SourceConfig
from monitor.errors import ADVICE
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
    notes: tuple[str, ...]
    agents: tuple[AgentLine, ...] | None

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
    """Poll these sources once, all at the same time, and reconcile what came of it.

    Teams are told only where all of their sources were probed.
    """
    outcomes, requests = await _poll_all(chosen, clock, exchange)
    states = {source.spec.name: _state(source, outcomes[source.spec.name]) for source in chosen}
    teams = [team for team in known_teams if states.keys() >= set(team.sources)]
    report, _ = reconcile(states, teams, Memory(), clock.now(), requests, people)
    return Probe(
        sources=tuple(_source(states[name], outcomes[name], requests[name], known_teams) for name in outcomes),
        teams=tuple(_teams(report)),
        problems=report.all_problems,
    )


async def poll_once(chosen: Sequence[SourceConfig], clock: Clock) -> dict[str, SourceState]:
    """What is known of these sources after one poll of each."""
    outcomes, _ = await _poll_all(chosen, clock, None)
    return {source.spec.name: _state(source, outcomes[source.spec.name]) for source in chosen}


async def _poll_all(
    chosen: Sequence[SourceConfig], clock: Clock, exchange: Exchange | None
) -> tuple[dict[str, list[PollOutcome]], dict[str, int]]:
    """Outcomes and the number of requests, by source."""
    outcomes: dict[str, list[PollOutcome]] = {source.spec.name: [] for source in chosen}
    requests: dict[str, int] = {}
    async with Transport(clock) as transport:
        await asyncio.gather(*(_poll(source, transport, outcomes, requests, exchange) for source in chosen))
    return outcomes, requests


async def _poll(
    source: SourceConfig,
    transport: Transport,
    outcomes: dict[str, list[PollOutcome]],
    requests: dict[str, int],
    exchange: Exchange | None,
) -> None:
    schedule = Schedule()
    poller = poller_of(source, transport, outcomes[source.spec.name].append, schedule, exchange)
    await poller.poll()
    requests[source.spec.name] = poller.requests


def _state(source: SourceConfig, outcomes: Iterable[PollOutcome]) -> SourceState:
    state = new_state(source.spec)
    for outcome in outcomes:
        state = apply(state, outcome)
    return state


def _source(
    state: SourceState, outcomes: Iterable[PollOutcome], requests: int, teams: Iterable[TeamSpec]
) -> SourceProbe:
    snapshot = state.snapshot
    return SourceProbe(
        source=state.spec.name,
        vendor=state.spec.vendor,
        live_failure=_trouble(state.failure),
        roster_failure=_trouble(state.roster_failure),
        requests=requests,
        records=state.records,
        rejected=state.rejected,
        unknown_statuses=dict(snapshot.unknown_statuses) if snapshot else {},
        contradictions={check: count for check, count in state.contradictions.items() if count},
        unlisted=snapshot.unlisted if snapshot else None,
        notes=tuple(dict.fromkeys([*state.notes, *(snapshot.notes if snapshot else ())])),
        agents=tuple(_agents(state, teams)) if any(o.kind is PollKind.LIVE and o.snapshot for o in outcomes) else None,
    )


def _trouble(failure: Failure | None) -> Trouble | None:
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
