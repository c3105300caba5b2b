"""The rows of teams and of people."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from monitor.exporter.families import (
    TEAM,
    TEAM_CHANNEL,
    Facts,
    Sample,
    Scope,
    TotalsPart,
    counter,
    gauge,
    of_channels,
    of_team,
)
from monitor.model import ChannelReport, State, Status, TeamReport, Totals


def _agents(team: TeamReport) -> Iterator[Sample]:
    for channel in team.channels if team.has_data else ():
        for state in State:
            yield (team.name, channel.channel, state), channel.agents[state]


def _slots(team: TeamReport) -> Iterator[Sample]:
    for channel in team.channels if team.has_data else ():
        for state, slots in (("used", channel.used), ("free", channel.free), ("finishing", channel.finishing)):
            if slots is not None:
                yield (team.name, channel.channel, state), slots


def _oldest_slots(team: TeamReport) -> Iterator[Sample]:
    for channel in team.channels if team.has_data else ():
        for phase, seconds in channel.oldest.items():
            yield (team.name, channel.channel, phase), seconds


def _status(team: TeamReport) -> Iterator[Sample]:
    for channel in team.channels:
        for status in Status:
            yield (team.name, channel.channel, status), channel.status is status


def _sources(team: TeamReport) -> Iterator[Sample]:
    fresh = sum(team.sources.values())
    yield (team.name, "fresh"), fresh
    yield (team.name, "expired"), len(team.sources) - fresh


def _source_fresh(team: TeamReport) -> Iterator[Sample]:
    for source, fresh in team.sources.items():
        yield (team.name, source), fresh


def _matches(team: TeamReport) -> Iterator[Sample]:
    for source, matches in team.matches.items():
        yield (team.name, source), matches


def _totals(of: Callable[[Totals], Mapping[Any, float]]) -> Callable[[TotalsPart], Iterator[Sample]]:
    """One of the sums that are kept of each team and channel, by what it is kept by."""

    def samples(part: TotalsPart) -> Iterator[Sample]:
        team, channel, totals = part
        for key, total in of(totals).items():
            yield (team, channel, key), total

    return samples


def _available(team: TeamReport, channel: ChannelReport) -> float | None:
    """A floor of 0 says nothing, so on incomplete data it is absent."""
    return channel.available if team.complete or channel.available else None


def _people(facts: Facts) -> Iterator[Sample]:
    for channel, states in facts.report.people.items():
        for state in State:
            yield (channel, state), states[state]


TEAM_FAMILIES = (
    gauge(
        Scope.TEAM,
        "team_agents",
        "People of the team by state on the channel, each once; on incomplete data a floor. "
        "Absent while no source of the team is fresh.",
        ("team", "channel", "state"),
        _agents,
    ),
    gauge(
        Scope.TEAM,
        "team_available_agents",
        "People who can be given a contact now: idle + partial + unmetered. "
        "On incomplete data a floor, and absent where that floor is 0.",
        TEAM_CHANNEL,
        of_channels(_available, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_slots",
        "Slots by state: used and free of staffed people, finishing still held by people who accept no more; "
        "metered readings only, absent where there is none.",
        ("team", "channel", "state"),
        _slots,
    ),
    gauge(
        Scope.TEAM,
        "team_slot_occupancy_ratio",
        "Slot occupancy: used / (used + free), on complete data only. Not agent occupancy.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.occupancy, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_availability_ratio",
        "Availability: available people / people online, on complete data only.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.availability, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_inactive_agents",
        "Staffed people who hold contacts and have done nothing for longer than configured, or nothing since the team "
        "last opened. Absent without work_metrics.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.inactive, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_oldest_slot_seconds",
        "Age of the longest slot in the phase, as CoBrowser tells it; its unit is taken to be seconds. Absent without "
        "work_metrics.",
        ("team", "channel", "phase"),
        _oldest_slots,
    ),
    gauge(
        Scope.TEAM,
        "team_queue_length",
        "Contacts that wait for the team; absent where no vendor of the team tells.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.queue_length, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_queue_longest_wait_seconds",
        "How long the first in the team's queues has waited; absent where nobody waits or no vendor tells.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.queue_longest_wait, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_status",
        "Status of the team on the channel, 1 for the one that holds. Unknown: the data proves nothing.",
        ("team", "channel", "status"),
        _status,
    ),
    counter(
        Scope.TOTALS,
        "team_status_changes_total",
        "Changes of the team's status, by the new one; the start of agentmon is none.",
        ("team", "channel", "status"),
        _totals(lambda totals: totals.status_changes),
    ),
    counter(
        Scope.TOTALS,
        "team_agent_seconds_total",
        "Time that people spent in each state, summed over people, as published; it stands still without data. "
        "Absent without work_metrics.",
        ("team", "channel", "state"),
        _totals(lambda totals: totals.agent_seconds),
    ),
    counter(
        Scope.TOTALS,
        "team_slot_seconds_total",
        "Time that slots spent in each state, summed over slots, as published; it stands still without data. "
        "Absent without work_metrics.",
        ("team", "channel", "state"),
        _totals(lambda totals: totals.slot_seconds),
    ),
    counter(
        Scope.TOTALS,
        "team_coverage_seconds_total",
        "Open time by whether the target of available people was met: covered, uncovered, or blind where the data "
        "proves neither.",
        ("team", "channel", "result"),
        _totals(lambda totals: totals.coverage_seconds),
    ),
    gauge(
        Scope.TEAM,
        "team_open",
        "1 while the team's opening hours run; 1 without hours.",
        TEAM,
        of_team(lambda team: team.opening.is_open),
    ),
    gauge(
        Scope.TEAM,
        "team_opened_timestamp_seconds",
        "When the team last opened, in Unix time; absent where it never did, as without hours.",
        TEAM,
        of_team(lambda team: team.opening.opened_at),
    ),
    gauge(
        Scope.TEAM,
        "team_opening_change_timestamp_seconds",
        "When the team opens or closes next, in Unix time; absent where it never does.",
        TEAM,
        of_team(lambda team: team.opening.changes_at),
    ),
    gauge(
        Scope.TEAM,
        "team_opening_grace_seconds",
        "Configured time after opening in which no alert of the team fires.",
        TEAM,
        of_team(lambda team: team.grace),
    ),
    gauge(
        Scope.TEAM,
        "team_sources",
        "Sources of the team by whether their data is fresh or expired.",
        ("team", "state"),
        _sources,
    ),
    gauge(
        Scope.TEAM,
        "team_source_fresh",
        "Whether the source's data takes part in the team's numbers; joins a source to its teams.",
        ("team", "source"),
        _source_fresh,
    ),
    gauge(
        Scope.TEAM,
        "team_data_complete",
        "1 where every source of the team is fresh and each of its selectors has matched somebody once.",
        TEAM,
        of_team(lambda team: team.complete),
    ),
    gauge(
        Scope.TEAM,
        "team_data_timestamp_seconds",
        "When the oldest data in use for the team was asked for, in Unix time.",
        TEAM,
        of_team(lambda team: team.data_at, with_data=True),
    ),
    gauge(
        Scope.TEAM,
        "team_selector_matches",
        "Accounts of the source that the team's selectors match; absent while the source is expired.",
        ("team", "source"),
        _matches,
    ),
    gauge(
        Scope.TEAM,
        "team_target_available_agents",
        "Configured target: available people, at least.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.targets.available_agents),
    ),
    gauge(
        Scope.TEAM,
        "team_target_free_slots",
        "Configured target: free slots, at least. Absent where none is set.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.targets.free_slots),
    ),
    gauge(
        Scope.TEAM,
        "team_target_occupancy_ratio",
        "Configured target: slot occupancy, at most. Absent where none is set.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.targets.occupancy),
    ),
    gauge(
        Scope.TEAM,
        "team_target_coverage_ratio",
        "Configured target: share of open, known time that is covered. Absent where none is set.",
        TEAM_CHANNEL,
        of_channels(lambda _team, channel: channel.targets.coverage),
    ),
    gauge(
        Scope.WHOLE,
        "people",
        "People of some team by state on the channel, each once however many teams have them; fresh sources only.",
        ("channel", "state"),
        _people,
    ),
    gauge(
        Scope.WHOLE,
        "people_refused_joins",
        "Joins of accounts that people.match asks for and that are refused, because they would merge two accounts of "
        "one source, or two persons.",
        (),
        lambda facts: [((), facts.report.refused_joins)],
    ),
)
