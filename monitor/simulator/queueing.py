"""Queues of chats, per tool and team: who waits, for how long, and how many at most."""

from collections.abc import Mapping
from math import inf, isfinite
from random import Random
from typing import Final

import msgspec

from monitor.simulator.directory import Team, Vendor
from monitor.simulator.staff import Waiting

PLACES: Final[Mapping[Vendor, tuple[Team, ...]]] = {
    # LiveAgent tells who queues in `/chats` (v3), Comm100 in its real-time reports; the other two tell nothing
    Vendor.LIVEAGENT: (Team.SALES, Team.SUPPORT),
    Vendor.COMM100: tuple(Team),
}
LONGEST: Final = 5
"""Who finds so many before them does not wait."""
MEAN_PATIENCE_SECONDS: Final = 45.0

Place = tuple[Vendor, Team]


def places(team: str, tool: str | None) -> tuple[Place, ...]:
    """Return where a team has a queue, in one tool or in all; ValueError if nowhere."""
    wanted = tuple(PLACES) if tool is None else (Vendor(tool),)
    found = tuple((vendor, Team(team)) for vendor in wanted if Team(team) in PLACES.get(vendor, ()))
    if not found:
        raise ValueError(f"{team} has no queue in {tool or 'any tool'}")
    return found


class Queues(msgspec.Struct):
    """Everybody who waits, oldest first; a scripted queue neither grows nor shrinks, only its waits do."""

    waiting: dict[Place, tuple[Waiting, ...]] = {}
    scripted: set[Place] = set()
    issued: int = 0

    def at(self, place: Place) -> tuple[Waiting, ...]:
        return self.waiting.get(place, ())

    def of(self, vendor: str) -> tuple[Waiting, ...]:
        return tuple(
            sorted((each for (tool, _), line in self.waiting.items() if tool == vendor for each in line), key=_age)
        )

    def is_open(self, place: Place) -> bool:
        return place not in self.scripted and len(self.at(place)) < LONGEST

    def join(self, place: Place, started: float, leaves: float) -> None:
        self.issued += 1
        newest = Waiting(number=self.issued, vendor=place[0], team=place[1], started=started, leaves=leaves)
        self.waiting[place] = (*self.at(place), newest)

    def script(self, place: Place, waits: tuple[float, ...], at: float) -> None:
        """Let exactly these wait, for so many seconds by now; ValueError for a wait that nobody can have."""
        if not all(isfinite(wait) and wait >= 0 for wait in waits):
            raise ValueError("seconds of waiting are numbers of at least 0")
        self.scripted.add(place)
        self.waiting[place] = ()
        for wait in sorted(waits, reverse=True):
            self.join(place, at - wait, inf)

    def release(self, place: Place) -> None:
        """Give a scripted queue back; whom the script let wait is gone."""
        if place in self.scripted:
            self.scripted.discard(place)
            self.waiting[place] = ()


class Callers:
    """Draws which team a contact wants and how long it waits, apart from every other chance in the world."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"queue {seed}")

    def place(self, vendor: Vendor) -> Place | None:
        """Return where the contact would wait; None in a tool without queues."""
        teams = PLACES.get(vendor)
        return (vendor, self._rng.choice(teams)) if teams else None

    def patience(self) -> float:
        return self._rng.expovariate(1.0 / MEAN_PATIENCE_SECONDS)


def _age(waiting: Waiting) -> tuple[float, int]:
    return waiting.started, waiting.number
