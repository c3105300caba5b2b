"""Every text of `agentmon top` that does not come from the server, in one place; the wall says the same words."""

from collections.abc import Iterable

from monitor.errors import Reason
from monitor.explanation import in_words
from monitor.model import Failure, Status
from monitor.web.views import SourceState

PRODUCT = "agentmon"
NO_TEAMS = "No teams are configured. Each team under “teams:” in the configuration is shown here."
NOTHING_CHOSEN = "No team fits what was asked for."
UNKNOWN = "unknown"
NONE = "–"
NO_DATA = "no data"
SOURCES_IN_TROUBLE = "Sources in trouble"
NEVER_OPENS = "never opens"
CUT = "…"

SIGNS = {
    Status.UNSTAFFED: "✗",
    Status.SATURATED: "▲",
    Status.UNKNOWN: "?",
    Status.TIGHT: "◐",
    Status.OK: "✓",
    Status.CLOSED: "○",
}
STALE, FAILING = SIGNS[Status.SATURATED], SIGNS[Status.TIGHT]

TITLES = {
    "status": "status",
    "team": "team",
    "channel": "channel",
    "available": "available",
    "free": "free",
    "occupied": "occupied",
    "waiting": "waiting",
    "hours": "hours",
    "age": "data",
    "why": "why",
}
ORDERS = {
    "t": "trouble",
    "n": "name",
    "a": "available",
    "o": "occupancy",
    "w": "waiting",
}
"""Keys that sort, and what they sort by."""
KEYS = ("q quit", "r reverse", "↑ ↓ PgUp PgDn scroll")

_SOURCE_STATES = {
    SourceState.FRESH: "last poll failed",
    SourceState.EXPIRED: "expired",
    SourceState.WAITING: "waiting for its first data",
}


def lost(since: str) -> str:
    return f"No connection since {since} – numbers are old"


def next_try(seconds: float) -> str:
    return f"next try in {in_words(seconds)}"


def was(status: Status) -> str:
    """A status that may hold no more."""
    return f"was {status}"


def summary(count: int, status: Status) -> str:
    return f"{SIGNS[status]} {count} {status}"


def count(number: int | None, *, is_floor: bool = False) -> str:
    """A count, "≥ n" where it is a floor, a dash where it is absent."""
    if number is None:
        return NONE
    return f"≥ {number}" if is_floor else str(number)


def against(value: str, target: int | str | None) -> str:
    return value if target is None else f"{value}/{target}"


def percent(ratio: float) -> str:
    return f"{ratio:.0%}"


def waiting(number: str, longest: float | None) -> str:
    return number if longest is None else f"{number} ({in_words(longest)})"


def opens(when: str) -> str:
    return f"opens {when}"


def closes(when: str) -> str:
    return f"closes {when}"


def as_of(time: str) -> str:
    return f"as of {time}"


def live(time: str) -> str:
    return f"live {time}"


def not_shown(above: int, below: int) -> str:
    """How many rows there are that found no place."""
    if not above:
        return f"… and {below} more"
    return f"… {above} above, and {below} more" if below else f"… {above} above"


def source_state(state: SourceState, *, is_up: bool, has_only_roster_error: bool) -> str:
    told = [_SOURCE_STATES[state]] if state is not SourceState.FRESH or not is_up else []
    return " · ".join([*told, "roster cannot be read"] if has_only_roster_error else told)


def source_age(seconds: float) -> str:
    return f"data {in_words(seconds)} old"


def failure(found: Failure) -> str:
    reason = Reason(found.reason).replace("_", " ")
    return f"{reason}: {found.detail}" if found.detail else reason


def missing_teams(names: Iterable[str]) -> str:
    return f"There is no team {', '.join(f'“{name}”' for name in names)}."


def missing_channels(names: Iterable[str]) -> str:
    return f"No team has a channel {', '.join(f'“{name}”' for name in names)}."
