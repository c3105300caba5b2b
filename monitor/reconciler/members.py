"""Who belongs to a team at an instant: its sources, what its selectors find in the fresh ones, and what is missing."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from monitor.model import Channel, Queue, Reading, TeamSpec
from monitor.reconciler.crowd import Selected
from monitor.reconciler.membership import Selection, select
from monitor.reconciler.merge import merge_groups
from monitor.reconciler.world import World


class Gap(msgspec.Struct, frozen=True):
    """Why a team's data is incomplete: an expired source, or a selector, by its position, that finds nobody for sure.

    `problem` is set where a name of the selector means several groups; else it has never matched anybody.
    """

    source: str
    position: int | None = None
    problem: str = ""


class Members:
    """The selections of a team's fresh sources, united.

    `sources` tells of each source of the team whether it is fresh, `found` what each selector, by its position, finds
    in those that are; `matched` are the selectors that have matched somebody, now or before.
    """

    def __init__(self, team: TeamSpec, matched: frozenset[int], world: World) -> None:
        found = {
            position: select(selector, state.index)
            for position, selector in enumerate(team.selectors)
            if (state := world.sources.get(selector.source)) is not None and state.index is not None
        }
        self.sources = {name: name in world.fresh for name in _sources(team, found, world)}
        self.found = {position: one for position, one in found.items() if self.sources[team.selectors[position].source]}
        self.matched = matched | {position for position, selection in self.found.items() if selection.accounts}
        self.gaps = tuple(self._gaps(team))
        self.accounts: dict[str, frozenset[str]] = {}
        self.uncertain: dict[str, frozenset[str]] = {}
        self._readings: dict[Channel, dict[str, dict[str, Reading]]] = {}
        queues: dict[tuple[str, Channel, str], Queue] = {}
        for position, selection in self.found.items():
            source = team.selectors[position].source
            self.accounts[source] = self.accounts.get(source, frozenset()) | selection.accounts
            self.uncertain[source] = self.uncertain.get(source, frozenset()) | selection.uncertain
            queues |= {(source, queue.channel, queue.group): queue for queue in selection.queues}
            for channel, readings in selection.readings.items():
                add_readings(self._readings.setdefault(channel, {}).setdefault(source, {}), readings)
        self.queues = tuple(queues.values())

    @property
    def complete(self) -> bool:
        return not self.gaps

    def _gaps(self, team: TeamSpec) -> Iterator[Gap]:
        yield from (Gap(name) for name, is_fresh in self.sources.items() if not is_fresh)
        for position, selector in enumerate(team.selectors):
            problems = self.found[position].problems if position in self.found else ()
            yield from (Gap(selector.source, position, problem) for problem in problems)
            if position not in self.matched and not problems:
                yield Gap(selector.source, position)

    def readings(self, channel: Channel) -> Selected:
        return self._readings.get(channel, {})


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


def add_readings(known: dict[str, Reading], more: Mapping[str, Reading]) -> None:
    """Into `known`, by account, of another selection of the same source; who is in both is merged, as over groups."""
    both = {
        account: merge_groups((known[account], more[account]))
        for account in known.keys() & more.keys()
        if known[account] is not more[account]
    }
    known |= more
    known |= both


def problems(team: TeamSpec, found: Mapping[int, Selection]) -> Iterable[str]:
    """What is wrong with selectors now. Of an expired source nothing is said: it may well hold whom they mean."""
    for position, selection in found.items():
        yield from selection.problems
        if not selection.accounts and not selection.problems:
            source = team.selectors[position].source
            yield f"member {position + 1} of team {team.name} (source {source}) matches nobody"
