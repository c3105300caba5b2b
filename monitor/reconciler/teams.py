"""One team at an instant: who of the fresh sources belongs to it, what they add up to, and how long that stays true."""

from collections.abc import Iterable

import msgspec

from monitor.clock import Now
from monitor.model import Channel, ChannelReport, Opening, Phase, TeamReport, TeamSpec
from monitor.reconciler.crowd import Crowd, Selected, patience_of
from monitor.reconciler.headcount import Headcount
from monitor.reconciler.members import Members, problems
from monitor.reconciler.people import People
from monitor.reconciler.world import World


class Evaluated(msgspec.Struct, frozen=True, eq=False):
    """A team's report, with what it rests on: as long as that is the same, so is the report.

    `at` is when it was made: how long somebody has done nothing is as of then. `until` is the elapsed time at which it
    becomes wrong by itself, by expiry or by inactivity; hours are apart.
    """

    report: TeamReport
    at: Now
    until: float
    matched: frozenset[int]
    """Positions of the selectors that have matched somebody, now or earlier."""
    spec: TeamSpec
    people: People
    basis: tuple[object, ...]

    def holds(self, team: TeamSpec, opening: Opening, world: World) -> bool:
        return (
            world.now.elapsed < self.until
            and self.people is world.people
            and self.spec == team
            and self.report.opening == opening
            and all(one is other for one, other in zip(self.basis, _basis(self.report.sources, world), strict=True))
        )


def _basis(names: Iterable[str], world: World) -> tuple[object, ...]:
    """What is known of these sources; compared by identity, because equal snapshots are still new ones."""
    found: list[object] = []
    for name in names:
        state = world.sources.get(name)
        found += (state.index if state else None, name in world.fresh, bool(state and state.polls))
    return tuple(found)


def evaluate(team: TeamSpec, matched: frozenset[int], opening: Opening, world: World) -> Evaluated:
    """`matched` are the selectors that have matched somebody before."""
    members = Members(team, matched, world)
    sources, complete = members.sources, members.complete
    patience = patience_of(team, opening, world.now)
    crowds = {channel: Crowd(members.readings(channel), members.uncertain, world, patience) for channel in team.targets}
    used = [state for name, state in world.fresh.items() if name in sources]
    return Evaluated(
        report=TeamReport(
            name=team.name,
            sources=sources,
            complete=complete,
            data_at=min((state.snapshot.observed_at.wall for state in used if state.snapshot), default=None),
            matches={name: len(members.accounts.get(name, ())) for name in team.sources if sources[name]},
            channels=tuple(
                _channel(channel, crowd.head, team, members, is_open=opening.is_open, complete=complete)
                for channel, crowd in crowds.items()
            ),
            problems=tuple(problems(team, members.found)),
            opening=opening,
            grace=team.grace,
            work_metrics=team.work_metrics,
            is_tried=all(name in world.sources and world.sources[name].polls for name in sources),
            beside=frozenset(sources) - frozenset(team.sources),
        ),
        at=world.now,
        until=min(
            [
                *(crowd.until for crowd in crowds.values()),
                *(state.expired_from() for state in used),
            ]
        ),
        matched=members.matched,
        spec=team,
        people=world.people,
        basis=_basis(sources, world),
    )


def _channel(
    channel: Channel, head: Headcount, team: TeamSpec, members: Members, *, is_open: bool, complete: bool
) -> ChannelReport:
    targets = team.targets[channel]
    waiting = [queue for queue in members.queues if queue.channel is channel]
    ruling = head.ruling(targets, is_open=is_open, complete=complete)
    return ChannelReport(
        channel=channel,
        status=ruling.status,
        why=ruling.why,
        targets=targets,
        agents=head.agents,
        used=head.used,
        free=None if complete and head.hides_load else head.free,
        finishing=head.finishing,
        occupancy=head.occupancy if complete else None,
        availability=head.availability if complete else None,
        coverage=head.coverage(targets, is_open=is_open, complete=complete),
        inactive=head.inactive if team.work_metrics else None,
        uncertain=head.uncertain,
        oldest=_oldest(members.readings(channel)) if team.work_metrics else {},
        queue_length=sum(queue.length for queue in waiting) if waiting else None,
        queue_longest_wait=max((one.longest_wait for one in waiting if one.longest_wait is not None), default=None),
    )


def _oldest(selected: Selected) -> dict[Phase, float]:
    """The longest slot of each phase that a vendor tells of, in seconds."""
    found: dict[Phase, float] = {}
    for readings in selected.values():
        for reading in readings.values():
            for age in reading.slot_ages:
                if age.longest >= found.get(age.phase, 0.0):
                    found[age.phase] = age.longest
    return found
