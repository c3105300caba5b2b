"""Everyone who is counted in some team, by the functions that count them for `agentmon_people`."""

from collections.abc import Iterator

from monitor.model import AccountKey, Channel, Reading
from monitor.privacy import Naming
from monitor.reconciler.crowd import Someone, someone, split
from monitor.reconciler.members import Members
from monitor.reconciler.people import Identity, owner_of
from monitor.reconciler.reconcile import Memory
from monitor.reconciler.world import World, world_at
from monitor.register import AccountEntry, ChannelEntry, PersonEntry, Register

_Seen = list[tuple[str, Reading]]
"""Readings of one person on one channel, each with its source."""


def register(memory: Memory, naming: Naming) -> Register:
    """As of the last reconciliation: people whom some fresh source tells of, on the channels of the teams."""
    if memory.at is None:
        return Register(0.0, naming.is_named, ())
    world = world_at(memory.sources, memory.people, memory.at)
    teams = _Teams(memory, world)
    entries: dict[str, list[ChannelEntry]] = {}
    who: dict[str, Identity] = {}
    for channel in memory.counted.counts if memory.counted else ():
        for identity, seen in _everyone(channel, memory, world):
            who[identity.id] = identity
            entry = _entry(channel, someone(identity, seen, world), seen, teams, world, naming)
            entries.setdefault(identity.id, []).append(entry)
    people = [PersonEntry(world.name(who[id_], naming), tuple(channels)) for id_, channels in entries.items()]
    return Register(memory.at.wall, naming.is_named, tuple(sorted(people, key=lambda person: person.name)))


def _everyone(channel: Channel, memory: Memory, world: World) -> Iterator[tuple[Identity, _Seen]]:
    """Those whom some team selects, as they are counted: each once, with all their selected accounts."""
    readings = {source: one.readings[channel] for source, one in memory.wanted.items() if channel in one.readings}
    alone, joined = split(readings, world.people)
    yield from joined
    for source, single in alone.items():
        for reading in single:
            yield owner_of((source, reading.account)), [(source, reading)]


def _entry(channel: Channel, one: Someone, seen: _Seen, teams: "_Teams", world: World, naming: Naming) -> ChannelEntry:
    standing = one.standing(None)
    keys = [(source, reading.account) for source, reading in seen]
    accounts = [AccountEntry(key[0], *naming.account(key[0], world.account(key))) for key in keys]
    return ChannelEntry(
        channel=channel,
        state=None if standing.is_hidden else standing.person.state,
        used=standing.person.used,
        free=None if standing.is_hidden else standing.person.free,
        accounts=tuple(accounts),
        teams=teams.of(channel, keys),
    )


class _Teams:
    """Which teams select an account on a channel."""

    def __init__(self, memory: Memory, world: World) -> None:
        self._names: dict[tuple[Channel, str, str], list[str]] = {}
        for name, evaluated in memory.evaluated.items():
            members = Members(evaluated.spec, evaluated.matched, world)
            for channel in evaluated.spec.targets:
                for source, readings in members.readings(channel).items():
                    for account in readings:
                        self._names.setdefault((channel, source, account), []).append(name)

    def of(self, channel: Channel, keys: list[AccountKey]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for key in keys for name in self._names.get((channel, *key), ())))
