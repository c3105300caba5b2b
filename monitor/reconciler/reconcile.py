"""The heart: sources, teams, memory and now in; a report and new memory out. Pure and total."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

import msgspec

from monitor.clock import Now
from monitor.model import (
    AVAILABLE,
    ONLINE,
    STAFFED,
    Channel,
    ChannelReport,
    Phase,
    Presence,
    Queue,
    Reading,
    Report,
    SourceReport,
    State,
    Targets,
    TeamReport,
    TeamSpec,
)
from monitor.reconciler.membership import Selection, select
from monitor.reconciler.people import Person, merge_accounts, merge_groups
from monitor.reconciler.states import status_of
from monitor.reconciler.store import SourceState

AccountKey = tuple[str, str]
"""Source and account id."""

Selected = dict[AccountKey, list[Reading]]
"""Readings of each account on one channel, in the groups that were selected."""


class Memory(msgspec.Struct, frozen=True):
    """What has to be remembered from one reconciliation to the next: selectors that have matched somebody once."""

    matched: frozenset[tuple[str, int]] = frozenset()
    """Team and position of the selector."""


def reconcile(
    sources: Mapping[str, SourceState],
    teams: Sequence[TeamSpec],
    memory: Memory,
    now: Now,
    requests: Mapping[str, int],
) -> tuple[Report, Memory]:
    """Everything to publish at `now`. `requests` counts the requests of each source so far."""
    fresh = {name: state for name, state in sources.items() if state.is_fresh(now)}
    matched = set(memory.matched)
    of_some_team: dict[Channel, Selected] = {}
    assigned: dict[str, set[str]] = {name: set() for name in fresh}
    reports = []
    for team in teams:
        found = {
            position: select(selector, state.index)
            for position, selector in enumerate(team.selectors)
            if (state := fresh.get(selector.source)) is not None and state.index is not None
        }
        matched |= {(team.name, position) for position, selection in found.items() if selection.accounts}
        for position, selection in found.items():
            assigned[team.selectors[position].source] |= selection.accounts
        reports.append(_team(team, found, fresh, frozenset(matched), of_some_team))
    report = Report(
        at=now,
        teams=tuple(reports),
        sources=tuple(
            _source(state, now, len(assigned.get(name, ())), requests.get(name, 0)) for name, state in sources.items()
        ),
        people={channel: _count(_people(selected)) for channel, selected in of_some_team.items()},
    )
    return report, Memory(frozenset(matched))


def _team(
    team: TeamSpec,
    found: Mapping[int, Selection],
    fresh: Mapping[str, SourceState],
    matched: frozenset[tuple[str, int]],
    of_some_team: dict[Channel, Selected],
) -> TeamReport:
    sources = {name: name in fresh for name in team.sources}
    unmatched = [position for position in range(len(team.selectors)) if (team.name, position) not in matched]
    is_ambiguous = any(selection.problems for selection in found.values())
    complete = all(sources.values()) and not unmatched and not is_ambiguous
    selected: dict[Channel, Selected] = {channel: {} for channel in team.targets}
    queues: dict[tuple[str, Channel, str], Queue] = {}
    uncertain: set[AccountKey] = set()
    accounts: dict[str, set[str]] = {name: set() for name, is_fresh in sources.items() if is_fresh}
    for position, selection in found.items():
        source = team.selectors[position].source
        accounts[source] |= selection.accounts
        uncertain |= {(source, account) for account in selection.uncertain}
        queues |= {(source, queue.channel, queue.group): queue for queue in selection.queues}
        for reading in selection.readings:
            if reading.channel in selected:
                key = (source, reading.account)
                selected[reading.channel].setdefault(key, []).append(reading)
                of_some_team.setdefault(reading.channel, {}).setdefault(key, []).append(reading)
    if any(sources.values()):  # else nobody here is unknown, not 0
        for channel in selected:
            of_some_team.setdefault(channel, {})
    ages = [state.snapshot.observed_at.wall for name in accounts if (state := fresh[name]).snapshot is not None]
    return TeamReport(
        name=team.name,
        sources=sources,
        complete=complete,
        data_at=min(ages, default=None),
        matches={name: len(found_accounts) for name, found_accounts in accounts.items()},
        channels=tuple(
            msgspec.structs.replace(
                _channel(channel, targets, selected[channel], complete, uncertain),
                oldest=_oldest(selected[channel]),
                **_waiting([queue for queue in queues.values() if queue.channel is channel]),
            )
            for channel, targets in team.targets.items()
        ),
        problems=tuple(_problems(team, found)),
    )


def _problems(team: TeamSpec, found: Mapping[int, Selection]) -> Iterable[str]:
    """What is wrong with selectors now. Of an expired source nothing is said: it may well hold whom they mean."""
    for position, selection in found.items():
        yield from selection.problems
        if not selection.accounts and not selection.problems:
            source = team.selectors[position].source
            yield f"member {position + 1} of team {team.name} (source {source}) matches nobody"


def _people(selected: Selected) -> list[Person]:
    """The persons behind the readings; by default one account is one person."""
    return [merge_accounts((merge_groups(readings),)) for readings in selected.values()]


def _is_proved(readings: Sequence[Reading]) -> bool:
    """Whether an account counts as there, or as unknown, without what could not be read of it."""
    return any(reading.accepting or reading.presence is Presence.UNKNOWN for reading in readings)


def _count(people: Iterable[Person]) -> dict[State, int]:
    counts = dict.fromkeys(State, 0)
    for person in people:
        counts[person.state] += 1
    return counts


def _channel(
    channel: Channel, targets: Targets, selected: Selected, complete: bool, uncertain: set[AccountKey]
) -> ChannelReport:
    people = _people(selected)
    agents = _count(people)
    staffed = [person for person in people if person.state in STAFFED]
    available = [person for person in staffed if person.state in AVAILABLE]
    used = free = finishing = None
    # Nobody staffed leaves 0 slots, which is true; people who are staffed but whose slots no vendor tells do not.
    if any(person.metered_accounts for person in (staffed or people)):
        used = sum(person.used_slots for person in staffed)
        free = sum(person.free_slots for person in staffed)
        finishing = sum(person.used_slots for person in people if person.state is State.FINISHING)
    occupancy = _ratio(used, (used or 0) + (free or 0)) if complete else None
    return ChannelReport(
        channel=channel,
        status=status_of(
            agents,
            targets,
            complete=complete,
            free=free,
            occupancy=occupancy,
            metered=all(person.metered for person in available),
            uncertain=sum(not _is_proved(selected.get(key, ())) for key in uncertain),
        ),
        targets=targets,
        agents=agents,
        used=used,
        free=free,
        finishing=finishing,
        occupancy=occupancy,
        availability=_ratio(len(available), sum(agents[state] for state in ONLINE)) if complete else None,
    )


def _oldest(selected: Selected) -> dict[Phase, float]:
    """The longest slot of each phase that a vendor tells of, in seconds."""
    found: dict[Phase, float] = {}
    for readings in selected.values():
        for reading in readings:
            for age in reading.slot_ages:
                found[age.phase] = max(found.get(age.phase, 0.0), age.longest)
    return found


class _Waiting(TypedDict):
    queue_length: int | None
    queue_longest_wait: float | None


def _waiting(queues: Sequence[Queue]) -> _Waiting:
    """The queues of a team as one; None where no vendor tells."""
    waits = [queue.longest_wait for queue in queues if queue.longest_wait is not None]
    return {
        "queue_length": sum(queue.length for queue in queues) if queues else None,
        "queue_longest_wait": max(waits, default=None),
    }


def _ratio(part: int | None, whole: int) -> float | None:
    return part / whole if part is not None and whole > 0 else None


def _source(state: SourceState, now: Now, assigned: int, requests: int) -> SourceReport:
    is_fresh = state.is_fresh(now)
    snapshot = state.snapshot if is_fresh else None
    accounts = len(state.index.accounts) if is_fresh and state.index else None
    return SourceReport(
        spec=state.spec,
        up=state.up,
        fresh=is_fresh,
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
        unassigned=accounts - assigned if accounts is not None else None,
        unlisted=snapshot.unlisted if snapshot else None,
        chatting_visitors=snapshot.chatting_visitors if snapshot else None,
        notes=(*state.notes, *(snapshot.notes if snapshot else ())),
    )
