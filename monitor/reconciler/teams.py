"""One team at an instant: who of the fresh sources belongs to it, what they add up to, and how long that stays true."""

from collections.abc import Iterable, Mapping
from math import inf, nextafter

import msgspec

from monitor.model import Channel, ChannelReport, Opening, Phase, Queue, Reading, Targets, TeamReport, TeamSpec
from monitor.reconciler.crowd import Crowd, Selected, patience_of
from monitor.reconciler.headcount import Headcount
from monitor.reconciler.membership import Selection, select
from monitor.reconciler.merge import merge_groups
from monitor.reconciler.people import People
from monitor.reconciler.world import World


class Evaluated(msgspec.Struct, frozen=True, eq=False):
    """A team's report, with what it rests on: as long as that is the same, so is the report.

    `until` is the elapsed time at which it becomes wrong by itself, by expiry or by inactivity; hours are apart.
    """

    report: TeamReport
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
        found += (state.index if state else None, name in world.fresh)
    return tuple(found)


def evaluate(team: TeamSpec, matched: frozenset[int], opening: Opening, world: World) -> Evaluated:
    """`matched` are the selectors that have matched somebody before."""
    found = {
        position: select(selector, state.index)
        for position, selector in enumerate(team.selectors)
        if (state := world.sources.get(selector.source)) is not None and state.index is not None
    }
    names = _sources(team, found, world)
    sources = {name: name in world.fresh for name in names}
    found = {position: one for position, one in found.items() if sources[team.selectors[position].source]}
    matched |= {position for position, selection in found.items() if selection.accounts}
    is_ambiguous = any(selection.problems for selection in found.values())
    complete = all(sources.values()) and len(matched) == len(team.selectors) and not is_ambiguous
    members = _Members(team, found)
    patience = patience_of(team.inactive, opening, world.now)
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
                _channel(
                    channel, crowd.head, team.targets[channel], members, is_open=opening.is_open, complete=complete
                )
                for channel, crowd in crowds.items()
            ),
            problems=tuple(_problems(team, found)),
            opening=opening,
            grace=team.grace,
            beside=frozenset(names) - frozenset(team.sources),
        ),
        until=min(
            [
                *(crowd.until for crowd in crowds.values()),
                *(nextafter(state.expires_at() or inf, inf) for state in used),
            ]
        ),
        matched=matched,
        spec=team,
        people=world.people,
        basis=_basis(sources, world),
    )


def _sources(team: TeamSpec, found: Mapping[int, Selection], world: World) -> tuple[str, ...]:
    """Sources that the members name, and those that hold another account of somebody with a limit.

    Who belongs to an expired source is still known, so that a source does not leave the team by expiring.
    """
    names = dict.fromkeys(team.sources)
    for position, selection in found.items():
        source = team.selectors[position].source
        for account in sorted(selection.accounts & world.people.capped.get(source, frozenset())):
            identity = world.people.by_account[source][account]
            names |= dict.fromkeys(other for other, _ in identity.accounts if other in world.sources)
    return tuple(names)


def _problems(team: TeamSpec, found: Mapping[int, Selection]) -> Iterable[str]:
    """What is wrong with selectors now. Of an expired source nothing is said: it may well hold whom they mean."""
    for position, selection in found.items():
        yield from selection.problems
        if not selection.accounts and not selection.problems:
            source = team.selectors[position].source
            yield f"member {position + 1} of team {team.name} (source {source}) matches nobody"


class _Members:
    """The selections of a team's fresh sources, united."""

    def __init__(self, team: TeamSpec, found: Mapping[int, Selection]) -> None:
        self.accounts: dict[str, frozenset[str]] = {}
        self.uncertain: dict[str, frozenset[str]] = {}
        self._readings: dict[Channel, dict[str, Mapping[str, Reading]]] = {}
        queues: dict[tuple[str, Channel, str], Queue] = {}
        for position, selection in found.items():
            source = team.selectors[position].source
            self.accounts[source] = self.accounts.get(source, frozenset()) | selection.accounts
            self.uncertain[source] = self.uncertain.get(source, frozenset()) | selection.uncertain
            queues |= {(source, queue.channel, queue.group): queue for queue in selection.queues}
            for channel, readings in selection.readings.items():
                of_channel = self._readings.setdefault(channel, {})
                of_channel[source] = unite(of_channel.get(source), readings)
        self.queues = tuple(queues.values())

    def readings(self, channel: Channel) -> Selected:
        return self._readings.get(channel, {})


def unite(known: Mapping[str, Reading] | None, more: Mapping[str, Reading]) -> Mapping[str, Reading]:
    """Readings by account of two selections of one source; who is in both is merged, as over groups."""
    if not known:
        return more
    both = {
        account: merge_groups((known[account], more[account]))
        for account in known.keys() & more.keys()
        if known[account] is not more[account]
    }
    return {**known, **more, **both}


def _channel(
    channel: Channel, head: Headcount, targets: Targets, members: _Members, *, is_open: bool, complete: bool
) -> ChannelReport:
    waiting = [queue for queue in members.queues if queue.channel is channel]
    return ChannelReport(
        channel=channel,
        status=head.status(targets, is_open=is_open, complete=complete),
        targets=targets,
        agents=head.agents,
        used=head.used,
        free=head.free,
        finishing=head.finishing,
        occupancy=head.occupancy if complete else None,
        availability=head.availability if complete else None,
        coverage=head.coverage(targets, is_open=is_open, complete=complete),
        inactive=head.inactive,
        oldest=_oldest(members.readings(channel)),
        queue_length=sum(queue.length for queue in waiting) if waiting else None,
        queue_longest_wait=max((one.longest_wait for one in waiting if one.longest_wait is not None), default=None),
    )


def _oldest(selected: Selected) -> dict[Phase, float]:
    """The longest slot of each phase that a vendor tells of, in seconds."""
    found: dict[Phase, float] = {}
    for readings in selected.values():
        for reading in readings.values():
            for age in reading.slot_ages:
                found[age.phase] = max(found.get(age.phase, 0.0), age.longest)
    return found
