"""The words of the field, as every room uses them."""

from enum import StrEnum

REASON_TEXT_LIMIT = 64


class Channel(StrEnum):
    CHAT = "chat"
    CALL = "call"
    VIDEO = "video"
    TICKET = "ticket"


class Presence(StrEnum):
    """What a vendor says of an account's connection; `UNKNOWN` is present with a status we cannot map."""

    CONNECTED = "connected"
    UNKNOWN = "unknown"
    OFFLINE = "offline"


class State(StrEnum):
    """State of a person on a channel; exactly one holds."""

    IDLE = "idle"
    PARTIAL = "partial"
    FULL = "full"
    UNMETERED = "unmetered"
    FINISHING = "finishing"
    AWAY = "away"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


AVAILABLE = frozenset({State.IDLE, State.PARTIAL, State.UNMETERED})
STAFFED = AVAILABLE | {State.FULL}
ONLINE = frozenset(State) - {State.OFFLINE}


class Status(StrEnum):
    """Status of a team on a channel, in the order in which the rules are tried."""

    CLOSED = "closed"
    OK = "ok"
    UNKNOWN = "unknown"
    UNSTAFFED = "unstaffed"
    SATURATED = "saturated"
    TIGHT = "tight"


class Coverage(StrEnum):
    """What a second of an open team counts as: `BLIND` where the data proves neither of the others."""

    COVERED = "covered"
    UNCOVERED = "uncovered"
    BLIND = "blind"


class SlotState(StrEnum):
    """Slots of a team; `FINISHING` are still held by people who accept no more."""

    USED = "used"
    FREE = "free"
    FINISHING = "finishing"


class Phase(StrEnum):
    """What an occupied slot is doing, in CoBrowser's words."""

    NEW = "new"
    OPEN = "open"
    BURNING = "burning"
    SLEEPING = "sleeping"


class Check(StrEnum):
    """A vendor's own fields that contradict each other: counted, never repaired."""

    FREE_FLAG = "free_flag"
    FREE_OVER_SLOTS = "free_over_slots"
    OPEN_OVER_SLOTS = "open_over_slots"
    AVAILABLE_WITHOUT_SLOT = "available_without_slot"
    BUSY_WITH_SLOT = "busy_with_slot"
    OFFLINE_WITH_LOAD = "offline_with_load"
    ONLINE_NOT_PRESET = "online_not_preset"
    LOAD_OVER_CAPACITY = "load_over_capacity"


AccountKey = tuple[str, str]
"""Source and account id."""
