"""From readings to a headcount: accounts become people, people are capped, and who does nothing is found."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from math import inf
from operator import attrgetter

import msgspec

from monitor.clock import Now
from monitor.model import AVAILABLE, STAFFED, Channel, Opening, Presence, Reading, State, TeamSpec
from monitor.reconciler.activity import idle_seconds
from monitor.reconciler.headcount import Headcount
from monitor.reconciler.merge import Person, cap, merge_accounts
from monitor.reconciler.people import Identity, People, id_of
from monitor.reconciler.store import SourceState
from monitor.reconciler.world import World

Selected = Mapping[str, Mapping[str, Reading]]
"""Readings on one channel, by source and account, merged over the groups selected."""

Accounts = Mapping[str, frozenset[str]]
"""Accounts by source."""

MOMENT = 0.001
"""Seconds by which a time of becoming inactive is rounded up, so that it is past when it has come."""

Look = tuple[Presence, bool, int | None, int | None]
"""All of a reading that decides about a state: presence, accepting, used, free."""
_look: Callable[[Reading], Look] = attrgetter("presence", "accepting", "used", "free")


class Patience(msgspec.Struct, frozen=True):
    """Idle seconds after which somebody loaded is inactive, as things stand, and what they are then."""

    limit: float
    after: float
    as_away: bool


def patience_of(team: TeamSpec, opening: Opening, now: Now) -> Patience | None:
    """Who has done nothing since before the team last opened was left logged in, however short that is ago.

    None where the team wants no metrics of work: nobody is looked at in that way.
    """
    if not team.work_metrics:
        return None
    inactive = team.inactive
    open_for = inf if opening.opened_at is None else now.wall - opening.opened_at
    return Patience(min(inactive.after, open_for), inactive.after, inactive.as_away)


Seen = Sequence[tuple[str, Reading]]
"""Readings of one person on one channel, each with its source."""


class Standing(msgspec.Struct, frozen=True):
    """How somebody counts: in the state of `person`, or in none where `is_hidden`.

    `is_settled`: what could not be read of them changes nothing, or is counted already.
    """

    person: Person
    is_inactive: bool
    is_hidden: bool
    is_settled: bool


class Someone(msgspec.Struct, frozen=True):
    """A person on one channel. `merged` is without their limit, `person` with it.

    `left` is what the limit leaves, None without one. `is_hidden`: part of the load is hidden, so that with a limit
    nothing proves them free. `idle` is seconds without activity of somebody staffed and loaded, else less than any.
    """

    merged: Person
    person: Person
    left: int | None
    is_hidden: bool
    idle: float

    @property
    def is_proved(self) -> bool:
        """Whether they count as there, or as unknown, without what could not be read of them."""
        return self.person.state in STAFFED or self.person.state is State.UNKNOWN

    def standing(self, patience: Patience | None) -> Standing:
        is_inactive = patience is not None and self.person.state in STAFFED and self.idle > patience.limit
        person = as_away(self.person) if patience is not None and patience.as_away and is_inactive else self.person
        is_hidden = self.is_hidden and person.state in AVAILABLE
        return Standing(person, is_inactive, is_hidden, is_hidden or self.is_proved)


def someone(identity: Identity, seen: Seen, world: World, *, is_timed: bool = True) -> Someone:
    """The person behind at least one reading; `world` knows what their other accounts hold.

    Unless `is_timed`, nobody asks for how long they have done nothing.
    """
    # In one order whatever the accounts': who looks like somebody before is not merged again.
    person = merged = _person_of(tuple(sorted([_look(reading) for _, reading in seen], key=hash)))
    left, is_hidden = None, False
    if identity.max_slots is not None:
        loads = world.loads(identity).values()
        left = identity.max_slots - sum(load or 0 for load in loads)
        is_hidden = None in loads
        person = cap(merged, left)
    is_loaded = is_timed and merged.used and merged.state in STAFFED
    return Someone(merged, person, left, is_hidden, _idle(seen, world) if is_loaded else -inf)


def _idle(seen: Seen, world: World) -> float:
    """Since when somebody did nothing, in accounts that hold slots and in those of which the vendor tells."""
    least = inf
    for source, reading in seen:
        if reading.presence is Presence.CONNECTED and (reading.used or reading.last_active is not None):
            least = min(least, idle_seconds(reading, world.fresh[source].activity, world.now))
    return least


def as_away(person: Person) -> Person:
    return msgspec.structs.replace(person, state=State.AWAY)


Joined = tuple[Identity, list[tuple[str, Reading]]]
"""Somebody with several accounts or a limit, and what was seen of them: at least one reading."""


def split(selected: Selected, people: People) -> tuple[dict[str, Collection[Reading]], list[Joined]]:
    """Readings of those who are nobody else, by source, and the people joined or limited."""
    alone: dict[str, Collection[Reading]] = {}
    joined: dict[str, Joined] = {}
    for source, readings in selected.items():
        known = people.by_account.get(source)
        if not known:
            alone[source] = readings.values()
            continue
        alone[source] = found = []
        for account, reading in readings.items():
            identity = known.get(account)
            if identity is None:
                found.append(reading)
            else:
                one = joined.get(identity.id)
                if one is None:
                    one = joined[identity.id] = (identity, [])
                one[1].append((source, reading))
    return alone, list(joined.values())


def doubtful(selected: Selected, uncertain: Accounts, people: People, settled: AbstractSet[str]) -> set[str]:
    """Ids of those whom a poll said something unreadable of, unless the rest of them is proof enough.

    `settled` are the ids of joined people of whom it is.
    """
    found = set()
    for source, accounts in uncertain.items():
        for account in accounts:
            identity = people.of((source, account))
            reading = selected.get(source, {}).get(account)
            if identity is not None:
                found.add(identity.id)
            elif reading is None or not (reading.accepting or reading.presence is Presence.UNKNOWN):
                found.add(id_of((source, account)))
    return found - settled


class Crowd:
    """Everyone of `selected`, counted. `until` is the elapsed time at which the next of them becomes inactive.

    People are told apart only where they must be: who has one account and no limit is counted with all that look the
    same.
    """

    def __init__(self, selected: Selected, uncertain: Accounts, world: World, patience: Patience | None = None) -> None:
        self.head = Headcount()
        self.until = inf
        self._world = world
        self._patience = patience
        alone, joined = split(selected, world.people)
        for source, readings in alone.items():
            self._add_alone(readings, world.fresh[source])
        settled = self._add_joined(joined)
        self.head.uncertain += len(doubtful(selected, uncertain, world.people, settled))

    def _add_alone(self, readings: Collection[Reading], state: SourceState) -> None:
        inactive = self._inactive(readings, state)
        is_away = inactive and self._patience is not None and self._patience.as_away
        left_out = Counter(map(_look, inactive)) if is_away else Counter()
        for look, times in Counter(map(_look, readings)).items():
            person = _person_of((look,))
            self.head.add(person, times - left_out[look])
            if left_out[look]:
                self.head.add(as_away(person), left_out[look])

    def _inactive(self, readings: Collection[Reading], state: SourceState) -> list[Reading]:
        if self._patience is None:
            return []
        found, longest = [], -inf
        limit, activity, now = self._patience.limit, state.activity, self._world.now
        for reading in readings:
            if reading.used and reading.accepting:
                idle = idle_seconds(reading, activity, now)
                if idle > limit:
                    found.append(reading)
                elif idle > longest:
                    longest = idle
        self._look_again(longest)
        self.head.inactive += len(found)
        return found

    def _add_joined(self, joined: Sequence[Joined]) -> set[str]:
        """Ids of those who are settled."""
        settled, counted = set(), Counter[Person]()
        is_timed = self._patience is not None
        for identity, seen in joined:
            one = someone(identity, seen, self._world, is_timed=is_timed)
            standing = one.standing(self._patience)
            if standing.is_inactive:
                self.head.inactive += 1
            elif one.person.state in STAFFED:
                self._look_again(one.idle)
            if standing.is_hidden:
                self.head.add_hidden(standing.person)
            else:
                counted[standing.person] += 1
            if standing.is_settled:
                settled.add(identity.id)
        for person, times in counted.items():
            self.head.add(person, times)
        return settled

    def _look_again(self, idle: float) -> None:
        """Somebody staffed who has been idle for so long, and is not inactive yet, will be."""
        if self._patience is not None:
            self.until = min(self.until, self._world.now.elapsed + self._patience.after - idle + MOMENT)


@lru_cache(maxsize=4096)
def _person_of(looks: tuple[Look, ...]) -> Person:
    """The person behind accounts that look like this; of 10,000 people most look like somebody else."""
    return merge_accounts([Reading("", Channel.CHAT, frozenset(), *look) for look in looks])
