"""Why a team has the numbers that it has: every value of an explanation, plain and serialisable.

People go by what `privacy.people` allows. What is not known is None; lengths of time are in seconds.
"""

import msgspec

from monitor.model import Channel, Failure, Presence, State, Status, Targets


class HoursExplanation(msgspec.Struct, frozen=True):
    """Times are local, in ISO 8601 with their offset; None: there is none within the years searched."""

    open: str
    timezone: str
    country: str | None
    since: str | None
    changes_at: str | None


class SourceExplanation(msgspec.Struct, frozen=True):
    """A source of the team. `is_member`: a selector names it; else it holds accounts of somebody with a limit.

    `age` is that of the last good answer, None before the first. `costs` says what its trouble means for the team.
    """

    name: str
    vendor: str
    is_member: bool
    fresh: bool
    age: float | None
    max_age: float
    failure: Failure | None
    roster_failure: Failure | None
    costs: str
    notes: tuple[str, ...]


class QueueExplanation(msgspec.Struct, frozen=True):
    """Contacts that wait for a group, or for the whole source where `group` is empty."""

    channel: Channel
    group: str
    length: int
    longest_wait: float | None


class SelectorExplanation(msgspec.Struct, frozen=True):
    """One of the team's members. Agents are told where people are named, and always counted.

    `matched` counts accounts, None while the source is expired. `has_matched`: it has found somebody once.
    """

    source: str
    groups: tuple[str, ...]
    agents: tuple[str, ...]
    agents_count: int
    exclude: tuple[str, ...]
    exclude_count: int
    matched: int | None
    has_matched: bool
    queues: tuple[QueueExplanation, ...]
    problems: tuple[str, ...]


class AccountExplanation(msgspec.Struct, frozen=True):
    """What a source says of one account on the channel, merged over the groups that the team selects.

    `presence` is None where it says nothing. `id` is empty where it must not be told. `is_configured`: `free` rests
    on a capacity from the configuration. `idle` is time without activity, None where that is not known.
    """

    source: str
    name: str
    id: str
    presence: Presence | None
    accepting: bool
    used: int | None
    free: int | None
    is_configured: bool
    groups: tuple[str, ...]
    reason: str
    idle: float | None
    is_unread: bool
    """The last poll said something of it that could not be read."""


class LimitExplanation(msgspec.Struct, frozen=True):
    """What `max_slots` does: `held` in all tools and channels, `elsewhere` of them not here, `left` of the limit.

    `hidden` are sources that may hold more: they are expired, or what they said could not be read.
    """

    max_slots: int
    held: int
    elsewhere: int
    left: int
    hidden: tuple[str, ...]


class MergedExplanation(msgspec.Struct, frozen=True):
    """What the accounts of a person come to before their limit."""

    state: State
    used: int | None
    free: int | None


class PersonExplanation(msgspec.Struct, frozen=True):
    """One human on the channel. `counts_as` is the state that they are counted in, None if in none.

    `is_uncertain`: counted as somebody of whom nothing is proved. `state`, `used` and `free` are with their limit;
    `slots_…` are what they add to the slots of the team. `why` says what else decided, in a sentence, mostly empty.
    """

    name: str
    accounts: tuple[AccountExplanation, ...]
    merged: MergedExplanation | None
    limit: LimitExplanation | None
    state: State | None
    used: int | None
    free: int | None
    counts_as: State | None
    is_inactive: bool
    is_uncertain: bool
    slots_used: int
    slots_free: int
    slots_finishing: int
    why: str = ""


class ChannelExplanation(msgspec.Struct, frozen=True):
    """A team on a channel. `why` is the rule that gave the status, with its numbers; counts are those published.

    `inactive` is None where the team wants no metrics of work.
    """

    channel: Channel
    status: Status
    why: str
    targets: Targets
    available: int
    agents: dict[State, int]
    uncertain: int
    inactive: int | None
    used: int | None
    free: int | None
    finishing: int | None
    occupancy: float | None
    availability: float | None
    queue_length: int | None
    queue_longest_wait: float | None
    people: tuple[PersonExplanation, ...]


class TeamExplanation(msgspec.Struct, frozen=True):
    """A team as published at `at` (Unix seconds). `missing` says why its data is incomplete; counts are floors then."""

    team: str
    at: float
    hours: HoursExplanation | None
    is_open: bool
    complete: bool
    missing: tuple[str, ...]
    sources: tuple[SourceExplanation, ...]
    selectors: tuple[SelectorExplanation, ...]
    channels: tuple[ChannelExplanation, ...]
    is_named: bool
    """Whether people go by their names, else by pseudonyms."""

    @property
    def has_data(self) -> bool:
        return any(source.fresh for source in self.sources)


def in_words(seconds: float) -> str:
    """A length of time as a person says it: 45 s, 3 min, 2 h 5 min, 3 days."""
    if seconds < 99.5:  # noqa: PLR2004 - 99 s is said, 100 s is not
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004 - two days
        return f"{hours // 24} days"
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
