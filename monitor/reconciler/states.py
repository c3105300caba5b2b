"""The two tables: the state of a person on a channel, and the status of a team on a channel."""

from collections.abc import Mapping

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


def status_of(
    agents: Mapping[State, int],
    targets: Targets,
    *,
    is_open: bool = True,
    complete: bool,
    free: int | None,
    occupancy: float | None,
    metered: bool,
    uncertain: int = 0,
) -> Status:
    """Status of a team, the first rule that matches.

    `agents` and `free` are floors unless `complete`, so that what incomplete data already proves is `ok`.
    `metered`: every available person is metered, else targets of slots take no part. `occupancy` is None where it
    is not defined, and then takes no part either. `uncertain` counts people of whom a poll said something that could
    not be read: they are in no state or in a doubtful one, and prove no absence, like those in state `unknown`.
    """
    if not is_open:
        return Status.CLOSED
    available = sum(agents[state] for state in AVAILABLE)
    enough_slots = targets.free_slots is None or not metered or (free or 0) >= targets.free_slots
    calm = targets.occupancy is None or not metered or occupancy is None or occupancy <= targets.occupancy
    if available >= targets.available_agents and enough_slots and calm:
        return Status.OK
    unmapped = agents[State.UNKNOWN] + uncertain
    if not complete or (unmapped and available + unmapped >= targets.available_agents):
        return Status.UNKNOWN
    if not any(agents[state] for state in STAFFED):
        return Status.UNSTAFFED
    return Status.TIGHT if available else Status.SATURATED
