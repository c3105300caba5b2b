"""From readings to persons: groups merge into an account, accounts into a person, and a cap links tools."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from monitor.model import STAFFED, Channel, Presence, Reading, State
from monitor.reconciler.states import state_of

Number = TypeVar("Number", int, float)


class Person(msgspec.Struct, frozen=True):
    """One human on one channel, as a team sees them.

    `used` and `free` are None where no account tells. `used_slots` and `free_slots` sum the metered readings
    alone, of which there are `metered_accounts`.
    """

    state: State
    used: int | None
    free: int | None
    used_slots: int
    free_slots: int
    metered_accounts: int

    @property
    def metered(self) -> bool:
        return self.used is not None and self.free is not None


def merge_groups(readings: Sequence[Reading]) -> Reading:
    """One account on one channel, seen in several groups: accepting if any, the maximum of slots, never the sum.

    What is free is what an accepting group says: where one accepts, another's 0 is no limit.
    """
    if len(readings) == 1:
        return readings[0]
    accepting = [reading for reading in readings if reading.accepting]
    leading = accepting or readings
    return msgspec.structs.replace(
        leading[0],
        groups=frozenset().union(*(reading.groups for reading in readings)),
        presence=_presence(readings),
        accepting=bool(accepting),
        used=_maximum(reading.used for reading in readings),
        free=_maximum(reading.free for reading in leading),
        last_active=_maximum(reading.last_active for reading in readings),
    )


def _presence(readings: Sequence[Reading]) -> Presence:
    """Accepting before unknown before connected before offline."""
    if any(reading.accepting for reading in readings):
        return Presence.CONNECTED
    found = {reading.presence for reading in readings}
    return next(presence for presence in (Presence.UNKNOWN, Presence.CONNECTED, Presence.OFFLINE) if presence in found)


def merge_accounts(readings: Sequence[Reading]) -> Person:
    """One person on one channel, from one merged reading for each of their accounts."""
    accepting = [reading for reading in readings if reading.accepting]
    connected = [reading for reading in readings if reading.presence is Presence.CONNECTED]
    used = _total(reading.used for reading in connected)
    free = _total(reading.free for reading in accepting)
    if free == 0 and any(reading.free is None for reading in accepting):
        free = None
    held = [reading for reading in connected if is_metered(reading)]
    return Person(
        state=state_of(_presence(readings), accepting=bool(accepting), used=used, free=free),
        used=used,
        free=free,
        used_slots=sum(reading.used or 0 for reading in held),
        free_slots=sum(reading.free or 0 for reading in held if reading.accepting),
        metered_accounts=len(held) if connected else sum(map(is_metered, readings)),
    )


def is_metered(reading: Reading) -> bool:
    return reading.used is not None and reading.free is not None


def _maximum(values: Iterable[Number | None]) -> Number | None:
    return max((value for value in values if value is not None), default=None)


def _total(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def load_of(readings: Iterable[Reading]) -> int:
    """Slots that one account is known to hold on all channels; an offline account's are a contradiction, not load."""
    by_channel: dict[Channel, list[Reading]] = {}
    for reading in readings:
        by_channel.setdefault(reading.channel, []).append(reading)
    merged = [merge_groups(found) for found in by_channel.values()]
    return sum(reading.used or 0 for reading in merged if reading.presence is not Presence.OFFLINE)


def cap(person: Person, left: int) -> Person:
    """The person when only `left` more slots fit into what they can hold in all tools; below 0 is 0.

    What no vendor tells stays unknown while something is left, and is 0 when nothing is.
    """
    if person.state not in STAFFED:
        return person
    left = max(left, 0)
    free = min(left, person.free) if person.free is not None else (None if left else 0)
    return msgspec.structs.replace(
        person,
        state=state_of(Presence.CONNECTED, accepting=True, used=person.used, free=free),
        free=free,
        free_slots=min(left, person.free_slots),
    )
