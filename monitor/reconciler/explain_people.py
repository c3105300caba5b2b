"""Everyone of a team on a channel: their accounts, what these come to, their limit, and what they count as."""

from collections.abc import Iterator, Mapping

import msgspec

from monitor.explanation import (
    AccountExplanation,
    LimitExplanation,
    MergedExplanation,
    PersonExplanation,
    in_words,
)
from monitor.model import AccountKey, Channel, Presence, Reading, State
from monitor.privacy import Naming
from monitor.reconciler.activity import idle_seconds
from monitor.reconciler.crowd import Patience, Someone, Standing, doubtful, someone, split
from monitor.reconciler.headcount import slots_of
from monitor.reconciler.members import Members
from monitor.reconciler.people import Identity, owner_of
from monitor.reconciler.store import SourceState
from monitor.reconciler.world import World

_ORDER = (
    State.IDLE,
    State.PARTIAL,
    State.UNMETERED,
    State.FULL,
    State.FINISHING,
    State.AWAY,
    State.UNKNOWN,
    None,
    State.OFFLINE,
)
"""Who can help first, who cannot last."""


class _Seen(msgspec.Struct):
    """Somebody, and what the team's selectors see of them: readings by source, and accounts without any."""

    identity: Identity
    readings: list[tuple[str, Reading]]
    silent: list[AccountKey]


def explain_people(
    channel: Channel, members: Members, patience: Patience | None, world: World, naming: Naming
) -> tuple[PersonExplanation, ...]:
    """Those whom no source says anything of on the channel are told too: they count as nothing.

    Without patience it is not told either how long anybody has done nothing.
    """
    seen = _everyone(channel, members, world)
    whole = {id_: someone(one.identity, one.readings, world) for id_, one in seen.items() if one.readings}
    standings = {id_: one.standing(patience) for id_, one in whole.items()}
    settled = {id_ for id_, standing in standings.items() if standing.is_settled}
    doubted = doubtful(members.readings(channel), members.uncertain, world.people, settled)
    explainer = _Explainer(members, world, naming, tells_idle=patience is not None)
    found = [
        explainer.present(one, whole[id_], standings[id_], is_doubted=id_ in doubted)
        if id_ in whole
        else explainer.silent(one, is_doubted=id_ in doubted)
        for id_, one in seen.items()
    ]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.counts_as), one.state is None, one.name)))


def group_names(state: SourceState | None) -> Mapping[str, str]:
    """Names of a source's groups by id, where they have one."""
    return {group.id: group.name for group in state.snapshot.groups} if state and state.snapshot else {}


def _everyone(channel: Channel, members: Members, world: World) -> dict[str, _Seen]:
    """Everyone whom the team selects in fresh sources, by id."""
    selected = members.readings(channel)
    alone, joined = split(selected, world.people)
    found = {identity.id: _Seen(identity, readings, []) for identity, readings in joined}
    for source, readings in alone.items():
        for reading in readings:
            identity = owner_of((source, reading.account))
            found[identity.id] = _Seen(identity, [(source, reading)], [])
    for source, accounts in members.accounts.items():
        for account in sorted(accounts - selected.get(source, {}).keys()):
            identity = world.people.of((source, account)) or owner_of((source, account))
            found.setdefault(identity.id, _Seen(identity, [], [])).silent.append((source, account))
    return found


class _Explainer:
    """Turns what was seen of people into what may be told of them."""

    def __init__(self, members: Members, world: World, naming: Naming, *, tells_idle: bool) -> None:
        self._members = members
        self._tells_idle = tells_idle
        self._world = world
        self._naming = naming
        self._groups = {name: group_names(state) for name, state in world.fresh.items()}

    def present(self, seen: _Seen, one: Someone, standing: Standing, *, is_doubted: bool) -> PersonExplanation:
        slots = slots_of(standing.person, is_hidden=standing.is_hidden)
        limit = self._limit(seen.identity, one)
        return PersonExplanation(
            name=self._world.name(seen.identity, self._naming),
            accounts=tuple(self._accounts(seen)),
            merged=MergedExplanation(one.merged.state, one.merged.used, one.merged.free),
            limit=limit,
            state=one.person.state,
            used=one.person.used,
            free=one.person.free,
            counts_as=None if standing.is_hidden else standing.person.state,
            is_inactive=standing.is_inactive,
            is_uncertain=standing.is_hidden or is_doubted,
            slots_used=slots.used,
            slots_free=slots.free,
            slots_finishing=slots.finishing,
            why="; ".join(_reasons(one, standing, limit, is_doubted=is_doubted)),
        )

    def silent(self, seen: _Seen, *, is_doubted: bool) -> PersonExplanation:
        return PersonExplanation(
            name=self._world.name(seen.identity, self._naming),
            accounts=tuple(self._accounts(seen)),
            merged=None,
            limit=None,
            state=None,
            used=None,
            free=None,
            counts_as=None,
            is_inactive=False,
            is_uncertain=is_doubted,
            slots_used=0,
            slots_free=0,
            slots_finishing=0,
            why=_DOUBT if is_doubted else "",
        )

    def _accounts(self, seen: _Seen) -> Iterator[AccountExplanation]:
        for source, reading in seen.readings:
            yield self._read(source, reading)
        for source, account in seen.silent:
            nothing = Reading(account, Channel.CHAT, frozenset(), Presence.OFFLINE, accepting=False)
            yield msgspec.structs.replace(self._read(source, nothing), presence=None)

    def _read(self, source: str, reading: Reading) -> AccountExplanation:
        name, id_ = self._naming.account(source, self._world.account((source, reading.account)))
        names, state = self._groups[source], self._world.fresh[source]
        is_idle_told = self._tells_idle and reading.used
        idle = idle_seconds(reading, state.activity, self._world.now) if is_idle_told else 0.0
        return AccountExplanation(
            source=source,
            name=name,
            id=id_,
            presence=reading.presence,
            accepting=reading.accepting,
            used=reading.used,
            free=reading.free,
            is_configured=reading.is_configured,
            groups=tuple(names.get(group) or group for group in sorted(reading.groups)),
            reason=reading.reason,
            idle=idle if idle > 0 else None,
            is_unread=reading.account in self._members.uncertain.get(source, ()),
        )

    def _limit(self, identity: Identity, one: Someone) -> LimitExplanation | None:
        if identity.max_slots is None or one.left is None:
            return None
        loads = self._world.loads(identity)
        held = sum(load or 0 for load in loads.values())
        return LimitExplanation(
            max_slots=identity.max_slots,
            held=held,
            elsewhere=max(held - (one.merged.used or 0), 0),
            left=max(one.left, 0),
            hidden=tuple(dict.fromkeys(source for (source, _), load in loads.items() if load is None)),
        )


_DOUBT = "something that was said of them could not be read, so nothing is proved"


def _reasons(one: Someone, standing: Standing, limit: LimitExplanation | None, *, is_doubted: bool) -> Iterator[str]:
    """What else than the accounts of this channel decided."""
    if limit and one.person.state is not one.merged.state:
        yield f"holds {limit.held} of at most {limit.max_slots} in all tools, {limit.elsewhere} of them elsewhere"
    if limit and standing.is_hidden:
        yield f"may hold more in {' and '.join(limit.hidden)}, so nothing proves a free slot"
    if standing.is_inactive:
        counted = ", so counted as away" if standing.person is not one.person else ""
        yield f"inactive: has done nothing for {in_words(one.idle)}{counted}"
    if is_doubted:
        yield _DOUBT
