"""Who is seen in what state, and what that makes of a team: the rules once more, without the program's own code."""

from collections import Counter
from collections.abc import Collection, Iterable
from fnmatch import fnmatch
from typing import NamedTuple

from monitor.model import Account, Reading, Selector, Targets

AVAILABLE = {"idle", "partial", "unmetered"}
STAFFED = {*AVAILABLE, "full"}
PERHAPS = {"unknown", "hidden"}

# ------------------------------------------------------------------ who


def names(selector: Selector, account: Account) -> bool:
    """Whether a selector names an account: by the groups of the roster, and by its id or username."""
    called = {f"id:{account.id}", account.username}
    return (
        (not selector.groups or bool(account.groups & set(selector.groups)))
        and (not selector.agents or any_alike(called, selector.agents))
        and not any_alike(called, selector.exclude)
    )


def any_alike(called: Collection[str], patterns: Collection[str]) -> bool:
    return any(fnmatch(name, pattern) for name in called for pattern in patterns)


def sees(selector: Selector, account: Account, told: Reading) -> bool:
    return names(selector, account) and (not selector.groups or bool(told.groups & set(selector.groups)))


# ------------------------------------------------------------------ in what state


class Whole(NamedTuple):
    """An account on a channel, merged of its groups."""

    accepting: bool
    presence: str
    used: int | None
    free: int | None


def merged(found: Collection[Reading]) -> Whole:
    accepting = any(told.accepting for told in found)
    presences = {str(told.presence) for told in found}
    presence = next(name for name in ("unknown", "connected", "offline") if name in presences)
    return Whole(
        accepting,
        "connected" if accepting else presence,
        max((told.used for told in found if told.used is not None), default=None),
        max((told.free for told in found if told.free is not None), default=None),
    )


class Human(NamedTuple):
    """`state` is "hidden" for somebody of whom nothing proves a free slot, so that they are counted in no state."""

    state: str
    used: int
    free: int
    finishing: int
    is_metered: bool


def human_of(accounts: Collection[Whole], most: int | None, *, is_hidden: bool) -> Human:
    """Rule 2; `most` is what somebody who may hold only so many contacts has left, if all is seen of what they hold."""
    used = known_sum(one.used for one in accounts if one.presence == "connected")
    accepting = [one for one in accounts if one.accepting]
    free = known_sum(one.free for one in accepting)
    if not free and any(one.free is None for one in accepting):
        free = None
    if free is not None and most is not None:
        free = min(free, most)
    metered = [one for one in accounts if one.used is not None and one.free is not None and one.presence == "connected"]
    held = sum(one.used or 0 for one in metered)
    routable = sum(one.free or 0 for one in metered if one.accepting)
    state = state_of(accounts, used, free)
    is_staffed, proves_nothing = state in STAFFED, is_hidden and state in AVAILABLE
    return Human(
        "hidden" if proves_nothing else state,
        used=held if is_staffed else 0,
        free=(routable if most is None else min(routable, most)) if is_staffed and not proves_nothing else 0,
        finishing=held if state == "finishing" else 0,
        is_metered=used is not None and free is not None,
    )


def known_sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def state_of(accounts: Collection[Whole], used: int | None, free: int | None) -> str:
    presences = {one.presence for one in accounts}
    if any(one.accepting for one in accounts):
        if free is None:
            return "unmetered" if used is None or used > 0 else "idle"
        if free == 0:
            return "full"
        return "partial" if used else "idle"
    if "unknown" in presences:
        return "unknown"
    if "connected" in presences:
        return "finishing" if used else "away"
    return "offline"


# ------------------------------------------------------------------ what that means


def counted(crowd: Collection[Human]) -> Counter[tuple[str, str]]:
    """What a second adds to agent-seconds and slot-seconds."""
    found = Counter(("agent_seconds", human.state) for human in crowd if human.state != "hidden")
    for label in ("used", "free", "finishing"):
        found["slot_seconds", label] = sum(getattr(human, label) for human in crowd)
    return found


def coverage_of(crowd: Collection[Human], wanted: int, *, is_complete: bool) -> str:
    available = sum(human.state in AVAILABLE for human in crowd)
    perhaps = available + sum(human.state in PERHAPS for human in crowd)
    if available >= wanted:
        return "covered"
    return "uncovered" if is_complete and perhaps < wanted else "blind"


def status_of(crowd: Collection[Human], targets: Targets, *, is_complete: bool) -> str:
    """Rule 4, of a team that is open."""
    available = [human for human in crowd if human.state in AVAILABLE]
    perhaps = [human for human in crowd if human.state in PERHAPS]
    if len(available) >= targets.available_agents and has_slots(crowd, available, targets, is_complete=is_complete):
        return "ok"
    if not is_complete or (perhaps and len(available) + len(perhaps) >= targets.available_agents):
        return "unknown"
    if not any(human.state in STAFFED for human in crowd):
        return "unstaffed"
    return "tight" if available else "saturated"


def has_slots(crowd: Collection[Human], available: Collection[Human], targets: Targets, *, is_complete: bool) -> bool:
    if not all(human.is_metered for human in available):
        return True
    used, free = sum(human.used for human in crowd), sum(human.free for human in crowd)
    if targets.free_slots is not None and free < targets.free_slots:
        return False
    return targets.occupancy is None or not is_complete or used <= targets.occupancy * (used + free)
