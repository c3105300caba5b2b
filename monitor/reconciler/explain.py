"""Why a team has the numbers that it has: the way from accounts to its status, by the functions that count."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from monitor.explanation import (
    ChannelExplanation,
    HoursExplanation,
    PersonExplanation,
    QueueExplanation,
    SelectorExplanation,
    SourceExplanation,
    TeamExplanation,
    in_words,
)
from monitor.model import ChannelReport, HoursSpec, Opening, Selector, Status, TeamSpec
from monitor.privacy import Naming
from monitor.reconciler.crowd import patience_of
from monitor.reconciler.explain_people import explain_people, group_names
from monitor.reconciler.members import Members
from monitor.reconciler.people import People
from monitor.reconciler.reconcile import Memory
from monitor.reconciler.store import SourceState
from monitor.reconciler.world import World, world_at


def explain(team: str, memory: Memory, naming: Naming) -> TeamExplanation | None:
    """What the last reconciliation made of a team, and of what; None for a team that is not configured.

    Counts and statuses are those of its report; the rest is derived from the same sources at the same moment.
    """
    evaluated = memory.evaluated.get(team)
    if evaluated is None or memory.at is None:
        return None
    spec, report = evaluated.spec, evaluated.report
    people = memory.joined.people if memory.joined else People()
    world = world_at(memory.sources, people, memory.at)
    members = Members(spec, evaluated.matched, world)
    counted = msgspec.structs.replace(world, now=evaluated.at)  # who is inactive was decided then
    patience = patience_of(spec, report.opening, counted.now)
    missing = tuple(_missing(members, world))
    return TeamExplanation(
        team=team,
        at=memory.at.wall,
        hours=_hours(spec.hours, report.opening),
        is_open=report.opening.is_open,
        complete=report.complete,
        missing=missing,
        sources=tuple(_source(memory.sources[name], spec, world) for name in members.sources if name in memory.sources),
        selectors=tuple(
            _selector(position, selector, members, world, naming) for position, selector in enumerate(spec.selectors)
        ),
        channels=tuple(
            _channel(channel, missing, explain_people(channel.channel, members, patience, counted, naming))
            for channel in report.channels
        ),
        is_named=naming.is_named,
    )


def _hours(hours: HoursSpec | None, opening: Opening) -> HoursExplanation | None:
    if hours is None:
        return None
    zone = ZoneInfo(hours.timezone)

    def local(wall: float | None) -> str | None:
        return None if wall is None else datetime.fromtimestamp(wall, zone).isoformat(timespec="minutes")

    return HoursExplanation(
        open=hours.open,
        timezone=hours.timezone,
        country=hours.country,
        since=local(opening.since),
        changes_at=local(opening.changes_at),
    )


def _missing(members: Members, world: World) -> Iterator[str]:
    """A sentence for each gap; of selectors of an expired source the expiry says enough."""
    for gap in members.gaps:
        if gap.problem:
            yield gap.problem
        elif gap.position is None:
            yield _expiry(gap.source, world)
        elif members.sources[gap.source]:
            yield f"member {gap.position + 1} (source {gap.source}) has never matched anybody"


def _expiry(source: str, world: World) -> str:
    state = world.sources.get(source)
    if state is None or state.snapshot is None:
        return f"{source} has given no good answer yet"
    if state.roster_last_success is None:
        return f"the roster of {source} could not be read yet"
    expired_for = world.now.elapsed - state.snapshot.observed_at.elapsed - state.spec.poll.max_age
    return f"{source} expired {in_words(expired_for)} ago"


def _source(state: SourceState, team: TeamSpec, world: World) -> SourceExplanation:
    name, max_age = state.spec.name, state.spec.poll.max_age
    age = world.now.elapsed - state.snapshot.observed_at.elapsed if state.snapshot else None
    fresh, is_member = name in world.fresh, name in team.sources
    if not fresh and is_member:
        costs = "nobody in it is counted, so that the numbers are floors"
    elif not fresh:
        costs = "it may hide contacts of people with a limit, who then count neither as available nor as free"
    elif not state.up and age is not None:
        costs = f"its last data is used for another {in_words(max_age - age)}"
    else:
        costs = ""
    return SourceExplanation(
        name=name,
        vendor=state.spec.vendor,
        is_member=is_member,
        fresh=fresh,
        age=age,
        max_age=max_age,
        failure=state.failure,
        roster_failure=state.roster_failure,
        costs=costs,
        notes=tuple(dict.fromkeys([*state.notes, *(state.snapshot.notes if state.snapshot else ())])),
    )


def _selector(position: int, selector: Selector, members: Members, world: World, naming: Naming) -> SelectorExplanation:
    selection = members.found.get(position)
    names = group_names(world.sources.get(selector.source))
    return SelectorExplanation(
        source=selector.source,
        groups=tuple(f"{group} ({names[group]})" if names.get(group) else group for group in selector.groups),
        agents=naming.agents(selector.agents),
        agents_count=len(selector.agents),
        exclude=naming.agents(selector.exclude),
        exclude_count=len(selector.exclude),
        matched=len(selection.accounts) if selection else None,
        has_matched=position in members.matched,
        queues=tuple(
            QueueExplanation(queue.channel, names.get(queue.group) or queue.group, queue.length, queue.longest_wait)
            for queue in (selection.queues if selection else ())
        ),
        problems=selection.problems if selection else (),
    )


def _channel(
    report: ChannelReport, missing: tuple[str, ...], people: tuple[PersonExplanation, ...]
) -> ChannelExplanation:
    why = report.why
    if report.status is Status.UNKNOWN and missing:
        why = f"{why}: {'; '.join(missing)}"
    return ChannelExplanation(
        channel=report.channel,
        status=report.status,
        why=why,
        targets=report.targets,
        available=report.available,
        agents=dict(report.agents),
        uncertain=report.uncertain,
        inactive=report.inactive,
        used=report.used,
        free=report.free,
        finishing=report.finishing,
        occupancy=report.occupancy,
        availability=report.availability,
        queue_length=report.queue_length,
        queue_longest_wait=report.queue_longest_wait,
        people=people,
    )
