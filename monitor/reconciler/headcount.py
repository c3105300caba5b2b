"""Counting the people of a team on a channel, as they come: each in one state, with their slots."""

from typing import NamedTuple

from monitor.model import AVAILABLE, STAFFED, Coverage, State, Targets
from monitor.reconciler.merge import Person
from monitor.reconciler.states import Ruling, rule


class Slots(NamedTuple):
    """What one person adds to the slots of a team."""

    used: int
    free: int
    finishing: int


def slots_of(person: Person, *, is_hidden: bool = False) -> Slots:
    """With `is_hidden` nothing proves that what seems free is."""
    if person.state in STAFFED:
        return Slots(person.used_slots, 0 if is_hidden else person.free_slots, 0)
    return Slots(0, 0, person.used_slots if person.state is State.FINISHING else 0)


class Headcount:
    """Sums over people. `uncertain` counts those of whom nothing is proved: in no state, or in a doubtful one."""

    def __init__(self) -> None:
        self.agents = dict.fromkeys(State, 0)
        self.inactive = 0
        self.uncertain = 0
        self._hidden = 0
        self._used = self._free = self._finishing = 0
        self._staffed = 0
        self._metered_staffed = 0
        self._metered = 0
        self._unmetered_available = 0

    @property
    def hides_load(self) -> bool:
        """Whether somebody staffed may hold more than is known, so that no sum of free slots is the truth."""
        return bool(self._hidden)

    def add(self, person: Person, times: int = 1) -> None:
        self.agents[person.state] += times
        self._add_slots(slots_of(person), times)
        if person.state in STAFFED:
            self._add_staffed(person, times)
            if person.state in AVAILABLE and not person.metered:
                self._unmetered_available += times
        elif person.metered_accounts:
            self._metered += times

    def add_hidden(self, person: Person) -> None:
        """Somebody staffed whose load may be hidden: what they hold is true, that they have room is not proved."""
        self.uncertain += 1
        self._hidden += 1
        self._add_slots(slots_of(person, is_hidden=True), 1)
        self._add_staffed(person, 1)

    def _add_slots(self, slots: Slots, times: int) -> None:
        self._used += slots.used * times
        self._free += slots.free * times
        self._finishing += slots.finishing * times

    def _add_staffed(self, person: Person, times: int) -> None:
        self._staffed += times
        if person.metered_accounts:
            self._metered_staffed += times

    @property
    def available(self) -> int:
        return sum(self.agents[state] for state in AVAILABLE)

    @property
    def _has_slots(self) -> bool:
        """Nobody staffed leaves 0 slots, which is true; people staffed whose slots no vendor tells do not."""
        return bool(self._metered_staffed if self._staffed else self._metered)

    @property
    def used(self) -> int | None:
        return self._used if self._has_slots else None

    @property
    def free(self) -> int | None:
        """A floor while a load may be hidden."""
        return self._free if self._has_slots else None

    @property
    def finishing(self) -> int | None:
        """Known where anybody tells: what staffed people do not tell of theirs takes nothing from it."""
        return self._finishing if self._metered or self._metered_staffed else None

    @property
    def occupancy(self) -> float | None:
        slots = self._used + self._free
        return self._used / slots if self._has_slots and slots and not self._hidden else None

    @property
    def availability(self) -> float | None:
        online = sum(self.agents.values()) - self.agents[State.OFFLINE]
        return self.available / online if online and not self._hidden else None

    def ruling(self, targets: Targets, *, is_open: bool, complete: bool) -> Ruling:
        return rule(
            self.agents,
            targets,
            is_open=is_open,
            complete=complete,
            free=self.free,
            occupancy=self.occupancy if complete else None,
            metered=not self._unmetered_available,
            uncertain=self.uncertain,
            hidden=self._hidden,
        )

    def coverage(self, targets: Targets, *, is_open: bool, complete: bool) -> Coverage | None:
        """What this instant counts as; closed time counts in none."""
        if not is_open:
            return None
        if self.available >= targets.available_agents:
            return Coverage.COVERED
        doubtful = self.agents[State.UNKNOWN] + self.uncertain
        is_short = complete and self.available + doubtful < targets.available_agents
        return Coverage.UNCOVERED if is_short else Coverage.BLIND
