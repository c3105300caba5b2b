"""The two tables: the state of a person on a channel, and the status of a team on a channel."""

from collections.abc import Mapping

import msgspec

from monitor.model import AVAILABLE, STAFFED, Presence, State, Status, Targets


def state_of(presence: Presence, *, accepting: bool, used: int | None, free: int | None) -> State:
    """The one state that holds; `used` and `free` are slots, None where they are not known."""
    if accepting:
        return _accepting_state(used, free)
    match presence:
        case Presence.UNKNOWN:
            return State.UNKNOWN
        case Presence.CONNECTED:
            return State.FINISHING if used else State.AWAY
        case Presence.OFFLINE:
            return State.OFFLINE


def _accepting_state(used: int | None, free: int | None) -> State:
    if free == 0:
        return State.FULL
    if used == 0:
        return State.IDLE
    if used is None or free is None:  # free and used are told apart by vendors, so one may be missing alone
        return State.UNMETERED
    return State.PARTIAL


class Ruling(msgspec.Struct, frozen=True):
    """A status, and why: the rule that gave it, as a sentence with the numbers that it looked at."""

    status: Status
    why: str


def rule(
    agents: Mapping[State, int],
    targets: Targets,
    *,
    is_open: bool = True,
    complete: bool,
    free: int | None,
    occupancy: float | None,
    metered: bool,
    uncertain: int = 0,
    hidden: int = 0,
) -> Ruling:
    """Status of a team, by the first rule that matches.

    `agents` and `free` are floors unless `complete`, so that what incomplete data already proves is `ok`.
    `metered`: every available person is metered, else targets of slots take no part. `occupancy` is None where it
    is not defined, and then takes no part either. `uncertain` counts people of whom a poll said something that could
    not be read: they are in no state or in a doubtful one, and prove no absence, like those in state `unknown`.
    `hidden` are those of them who accept contacts, though whether they have room is not known.
    """
    if not is_open:
        return Ruling(Status.CLOSED, "outside its opening hours")
    available = sum(agents[state] for state in AVAILABLE)
    staffed = sum(agents[state] for state in STAFFED)
    wanted = _wanted(targets, available, free, occupancy, metered=metered, is_exact=complete and not hidden)
    missed = "; ".join(words for is_met, words in wanted if not is_met)
    aside = "" if metered or targets.free_slots is targets.occupancy is None else f"; {_UNMETERED}"
    if not missed:
        return Ruling(Status.OK, "; ".join(words for _, words in wanted) + aside)
    if not complete:
        return Ruling(Status.UNKNOWN, f"{missed}, while data is missing")
    unmapped = agents[State.UNKNOWN] + uncertain
    if unmapped and available + unmapped >= targets.available_agents:
        return Ruling(Status.UNKNOWN, f"{missed}, and {_more(unmapped)} may be available or not")
    if not staffed and not hidden:
        words = f"{_nobody(sum(agents.values()))} accepting contacts"
        return Ruling(Status.UNSTAFFED, f"{words}, target {targets.available_agents}")
    if not available and not hidden:
        return Ruling(Status.SATURATED, f"{_all_full(staffed)}, target {targets.available_agents}")
    return Ruling(Status.TIGHT, missed + aside)


_UNMETERED = "targets of slots take no part, as not all slots of those available are known"


def _wanted(
    targets: Targets, available: int, free: int | None, occupancy: float | None, *, metered: bool, is_exact: bool
) -> list[tuple[bool, str]]:
    """Each target that takes part: whether it is met, and its numbers in words."""
    people = _proved(available, "available", "nobody is proved available", is_exact=is_exact)
    found = [(available >= targets.available_agents, f"{people}, target {targets.available_agents}")]
    if targets.free_slots is not None and metered:
        slots = _proved(
            free or 0, "free slot" if free == 1 else "free slots", "no slot is proved free", is_exact=is_exact
        )
        found.append(((free or 0) >= targets.free_slots, f"{slots}, target {targets.free_slots}"))
    if targets.occupancy is not None and occupancy is not None and metered:
        words = f"occupancy {_percent(occupancy)}, target at most {_percent(targets.occupancy)}"
        found.append((occupancy <= targets.occupancy, words))
    return found


def _proved(number: int, noun: str, none: str, *, is_exact: bool) -> str:
    """A count in words: unless exact it is a floor, and one of 0 says nothing."""
    if is_exact:
        return f"{number} {noun}"
    return f"at least {number} {noun}" if number else none


def _nobody(people: int) -> str:
    match people:
        case 0:
            return "nobody was seen on the channel, so nobody is"
        case 1:
            return "the one person of the team is not"
        case _:
            return f"nobody of {people} people is"


def _all_full(staffed: int) -> str:
    return "the one person who is accepting contacts is full" if staffed == 1 else f"all {staffed} who accept are full"


def _more(people: int) -> str:
    return "one more" if people == 1 else f"{people} more"


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.4g} %"
