"""What the API, the stream, the wall and `agentmon top` tell: one shape, made from what is published.

Absent is null with a reason in `absent`, never 0; a floor of 0 says nothing, and so is absent too. Times are in Unix
seconds, lengths of time in seconds, ratios 0..1. Nothing here names a person.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from monitor.errors import ADVICE
from monitor.model import (
    Channel,
    ChannelReport,
    Coverage,
    Failure,
    Phase,
    SourceReport,
    State,
    Status,
    Targets,
    TeamReport,
)

Count = Annotated[int, Meta(ge=0)]
Ratio = Annotated[float, Meta(ge=0, le=1)]
UnixTime = Annotated[float, Meta(description="Unix seconds")]
Seconds = Annotated[float, Meta(ge=0, description="seconds")]

BY_TROUBLE = (Status.UNSTAFFED, Status.SATURATED, Status.UNKNOWN, Status.TIGHT, Status.OK, Status.CLOSED)
"""Statuses, the worst first: the order in which whoever looks should look."""


class SourceState(StrEnum):
    """Of a source's data: in use, too old to be, or not there yet."""

    FRESH = "fresh"
    EXPIRED = "expired"
    WAITING = "waiting"


class ChannelView(msgspec.Struct, frozen=True):
    """A team on one channel. With `is_floor` counts are floors (≥ n), because something is not known.

    `trouble` is the place of the status among all of them, 0 the worst. `why` is the rule that gave the status, with
    its numbers. `uncertain` counts people of whom nothing is proved, `inactive` those who hold contacts and have done
    nothing for long. `oldest_slots` is the longest time that a slot has been in a phase, where a source tells it.
    `absent` says of each number that is null why.
    """

    channel: Channel
    status: Status
    trouble: Count
    why: str
    is_floor: bool
    available: Count | None
    agents: Mapping[State, Count] | None
    used_slots: Count | None
    free_slots: Count | None
    finishing_slots: Count | None
    occupancy: Ratio | None
    availability: Ratio | None
    inactive: Count | None
    uncertain: Count
    queue_length: Count | None
    queue_longest_wait: Seconds | None
    oldest_slots: Mapping[Phase, Seconds]
    targets: Targets
    coverage: Coverage | None
    absent: Mapping[str, str]


class TeamSourceView(msgspec.Struct, frozen=True):
    """A source of a team. Without `is_member` it only holds other accounts of its people with a limit."""

    name: str
    is_fresh: bool
    is_member: bool


class TeamView(msgspec.Struct, frozen=True):
    """A team. `changes_at` is its next opening or closing, `grace_until` the end of the time after opening in which no
    alert of it fires, `data_at` when the oldest data in use was asked for; null where there is none.
    """

    name: str
    is_open: bool
    open_since: UnixTime | None
    changes_at: UnixTime | None
    grace_until: UnixTime | None
    is_complete: bool
    data_at: UnixTime | None
    sources: tuple[TeamSourceView, ...]
    channels: tuple[ChannelView, ...]
    problems: tuple[str, ...]


class Pace(msgspec.Struct, frozen=True):
    """How a source is polled at this moment: when next, and the requests of the last minute, of any kind."""

    next_poll_at: UnixTime | None
    requests_last_minute: Count


class SourceView(msgspec.Struct, frozen=True):
    """A source. `state` is fresh, expired, or waiting (for its first data); `error` is what an operator should read.

    `advice` says what can be done about it. `data_at` is when the last good answer was asked for; `interval` the pace
    in force, back-off included; `requests_last_minute` what counts against `requests_per_minute` now.
    """

    name: str
    vendor: str
    state: SourceState
    is_up: bool
    error: Failure | None
    roster_error: Failure | None
    advice: str | None
    data_at: UnixTime | None
    last_attempt_at: UnixTime | None
    next_poll_at: UnixTime | None
    interval: Seconds
    max_age: Seconds
    requests_last_minute: Count | None
    requests_per_minute: Count
    accounts: Count | None
    unassigned: Count | None
    unlisted: Count | None
    chatting_visitors: Count | None
    notes: tuple[str, ...]
    absent: Mapping[str, str]


class StateView(msgspec.Struct, frozen=True):
    """Everything at one instant: teams in the order of the configuration, sources likewise.

    `problems` are sentences for the operator that concern no single team.
    """

    at: UnixTime
    version: str
    teams: tuple[TeamView, ...]
    sources: tuple[SourceView, ...]
    problems: tuple[str, ...]


class TeamsView(msgspec.Struct, frozen=True):
    """Every team, in the order of the configuration."""

    at: UnixTime
    teams: tuple[TeamView, ...]


class SourcesView(msgspec.Struct, frozen=True):
    """Every source, in the order of the configuration."""

    at: UnixTime
    sources: tuple[SourceView, ...]


def team_view(team: TeamReport) -> TeamView:
    opening = team.opening
    grace_until = opening.opened_at + team.grace if opening.is_open and opening.opened_at is not None else None
    return TeamView(
        name=team.name,
        is_open=opening.is_open,
        open_since=opening.since if opening.is_open else None,
        changes_at=opening.changes_at,
        grace_until=grace_until,
        is_complete=team.complete,
        data_at=team.data_at,
        sources=tuple(
            TeamSourceView(name=name, is_fresh=is_fresh, is_member=name not in team.beside)
            for name, is_fresh in team.sources.items()
        ),
        channels=tuple(_channel_view(team, channel) for channel in team.channels),
        problems=team.problems,
    )


def _channel_view(team: TeamReport, channel: ChannelReport) -> ChannelView:
    is_floor = not team.complete or channel.status is Status.UNKNOWN or bool(channel.uncertain)
    counts: dict[str, int | None] = {
        "available": channel.available,
        "used_slots": channel.used,
        "free_slots": channel.free,
        "finishing_slots": channel.finishing,
        "inactive": channel.inactive,
    }
    if is_floor:
        counts = {name: count or None for name, count in counts.items()}
    told: dict[str, int | float | None] = {
        **counts,
        "queue_length": channel.queue_length if team.complete else channel.queue_length or None,
        "occupancy": channel.occupancy,
        "availability": channel.availability,
        "queue_longest_wait": channel.queue_longest_wait,
    }
    if team.has_data:
        absent = {name: _why_absent(name, team, channel) for name, value in told.items() if value is None}
    else:
        told = dict.fromkeys(told)
        absent = dict.fromkeys((*told, "agents"), _no_data(team))
    return ChannelView(
        channel=channel.channel,
        status=channel.status,
        trouble=BY_TROUBLE.index(channel.status),
        why=channel.why,
        is_floor=is_floor,
        agents=channel.agents if team.has_data else None,
        uncertain=channel.uncertain,
        oldest_slots=channel.oldest if team.has_data else {},
        targets=channel.targets,
        coverage=channel.coverage,
        absent=absent,
        **told,  # type: ignore[arg-type] # counts are whole numbers, ratios and waits are not
    )


_NO_SLOTS = "no source tells the slots of those who are there"


def _no_data(team: TeamReport) -> str:
    names = [name for name in team.sources if name not in team.beside]
    return f"no fresh data from {' or '.join(names)}"


def _why_absent(name: str, team: TeamReport, channel: ChannelReport) -> str:
    """Of a number that is null though something is known of the team."""
    if name == "inactive" and channel.inactive is None:
        return "the team wants no metrics of work"
    if not team.complete:  # a source that is out may be the one that tells
        return _gaps(team)
    match name:
        case "queue_length":
            return "no source tells how many wait"
        case "queue_longest_wait" if channel.queue_length == 0:
            return "nobody waits"
        case "queue_longest_wait":
            return "no source tells how long they wait"
        case "used_slots" | "free_slots" | "occupancy" if channel.used is None:
            return _NO_SLOTS
        case "finishing_slots" if channel.finishing is None:
            return _NO_SLOTS
    if channel.uncertain or channel.status is Status.UNKNOWN:
        return "something that a source says of somebody could not be read, so nothing is proved"
    return "nobody is connected" if name == "availability" else "there are no slots"


def _gaps(team: TeamReport) -> str:
    expired = [source for source, is_fresh in team.sources.items() if not is_fresh]
    return f"no fresh data from {' and '.join(expired)}" if expired else "a member has never matched anybody"


def source_view(source: SourceReport, pace: Pace | None = None) -> SourceView:
    state = _state_of(source)
    told = {
        "accounts": source.agents,
        "unassigned": source.unassigned,
        "unlisted": source.unlisted,
        "chatting_visitors": source.chatting_visitors,
    }
    silent = "the source does not tell" if state is SourceState.FRESH else f"the source is {state}"
    return SourceView(
        name=source.spec.name,
        vendor=source.spec.vendor,
        state=state,
        is_up=source.up,
        error=source.failure,
        roster_error=source.roster_failure,
        advice=_advice(source),
        data_at=source.last_success,
        last_attempt_at=source.last_attempt,
        next_poll_at=pace.next_poll_at if pace else None,
        interval=source.interval,
        max_age=source.spec.poll.max_age,
        requests_last_minute=pace.requests_last_minute if pace else None,
        requests_per_minute=source.spec.poll.requests_per_minute,
        notes=source.notes,
        absent={name: silent for name, count in told.items() if count is None},
        **told,
    )


def _advice(source: SourceReport) -> str | None:
    failure = source.failure or source.roster_failure
    return ADVICE[failure.reason] if failure else None


def _state_of(source: SourceReport) -> SourceState:
    if source.fresh:
        return SourceState.FRESH
    has_answered = source.last_success is not None and source.roster_last_success is not None
    return SourceState.EXPIRED if has_answered else SourceState.WAITING
