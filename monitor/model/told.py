"""What a source says: accounts, readings, and how a poll ended."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from monitor.clock import Now
from monitor.errors import Reason
from monitor.model.words import Channel, Check, Phase, Presence

# gc=False: values of which there are thousands hold nothing that could lead back to them. Looked through by the
# garbage collector, 10,000 accounts stopped the event loop for 90 ms instead of 50 (2026-11).


class Group(msgspec.Struct, frozen=True, gc=False):
    """A department, group, skill or website of a source.

    `id` is as selectors write it; `channels` are those that the group itself offers, where the vendor says so.
    """

    id: str
    name: str = ""
    channels: frozenset[Channel] = frozenset()


class Account(msgspec.Struct, frozen=True, gc=False):
    """One account of a source; `groups` as the roster knows them. Empty text: the vendor does not say."""

    id: str
    username: str = ""
    email: str = ""
    name: str = ""
    external_id: str = ""
    groups: frozenset[str] = frozenset()


class SlotAge(msgspec.Struct, frozen=True, gc=False):
    """How long an account's slots have been in a phase, in seconds; None where the vendor does not say."""

    phase: Phase
    longest: float
    average: float | None = None
    shortest: float | None = None


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one source says of one account on one channel, in the groups it was seen in.

    `used` and `free` are slots (>= 0), None where the vendor does not say; `free` is what can be routed now.
    `last_active` is in Unix seconds. `reason` is text for people, at most 64 characters, never a label.
    `is_configured` marks a `free` that rests on a capacity from the configuration, because no vendor tells it.
    `slot_ages` has one entry for each phase that the vendor tells of.
    """

    account: str
    channel: Channel
    groups: frozenset[str]
    presence: Presence
    accepting: bool
    used: int | None = None
    free: int | None = None
    last_active: float | None = None
    reason: str = ""
    is_configured: bool = False
    slot_ages: tuple[SlotAge, ...] = ()


class Queue(msgspec.Struct, frozen=True, gc=False):
    """Contacts that wait for a group, or for the whole source where `group` is empty.

    `longest_wait` in seconds, None where the vendor does not say or nobody waits.
    """

    channel: Channel
    group: str
    length: int
    longest_wait: float | None = None


class Roster(msgspec.Struct, frozen=True):
    """Who exists: the slow half of a source.

    `capacity` is slots by account id, `capacity_of_all` one limit for every account; `away_statuses` the names of
    away statuses by their id in lower case, None if they could not be read; `inactive` are accounts that exist and
    take no part; `notes` name optional parts that the vendor refused, with what that costs.
    """

    accounts: Mapping[str, Account]
    groups: tuple[Group, ...] = ()
    capacity: Mapping[str, int] = {}
    capacity_of_all: int | None = None
    away_statuses: Mapping[str, str] | None = None
    inactive: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    records: int = 0
    rejected: int = 0


class Attendance(msgspec.Struct, frozen=True):
    """What one poll has to know of those before it, where a live list may leave people out.

    `names_offline`: it has named somebody offline, so it is one that names everybody. `missing` are accounts that were
    connected when last read and that it names no more, with the elapsed time of that reading.
    """

    names_offline: bool = False
    missing: Mapping[str, float] = {}


class Snapshot(msgspec.Struct, frozen=True):
    """One good live poll of a source, whole: roster and live joined. Plain and serialisable.

    `observed_at` is when the first request of the poll was sent. `unlisted` counts accounts of the roster that
    no live list named. `unknown_statuses` counts statuses that could not be mapped, by their text.
    """

    source: str
    observed_at: Now
    accounts: Mapping[str, Account]
    readings: tuple[Reading, ...]
    groups: tuple[Group, ...] = ()
    records: int = 0
    rejected: int = 0
    unlisted: int = 0
    unknown_statuses: Mapping[str, int] = {}
    contradictions: Mapping[Check, int] = {}
    notes: tuple[str, ...] = ()
    uncertain: frozenset[str] = frozenset()
    """Accounts of whom this poll said something that could not be read, or that it left out though they were there a
    moment ago: their absence or state proves nothing."""
    attendance: Attendance = Attendance()
    queues: tuple[Queue, ...] = ()
    """Every queue that the vendor tells of, the empty ones too; none means that it does not tell."""
    chatting_visitors: int | None = None
    """Visitors in a chat anywhere in the source, with an agent or without; None where the vendor does not tell."""


class Failure(msgspec.Struct, frozen=True):
    """Why a poll failed; `detail` is fit to be shown and holds no secret."""

    reason: Reason
    detail: str


class PollKind(StrEnum):
    LIVE = "live"
    ROSTER = "roster"


class PollOutcome(msgspec.Struct, frozen=True):
    """How one poll ended: with a snapshot (live), with a roster's counts, or with a failure, never with two.

    `sent_at` is when its first request left, or when it began if none did; `duration` in seconds.
    `interval` is the pace now in force for live polls, in seconds, back-off included.
    """

    source: str
    kind: PollKind
    sent_at: Now
    duration: float
    interval: float
    snapshot: Snapshot | None = None
    failure: Failure | None = None
    records: int = 0
    rejected: int = 0
    notes: tuple[str, ...] = ()
