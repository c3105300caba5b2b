"""Integrals over time: what a team was between two instants is what it was at the first of them."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from monitor.model import Channel, ChannelReport, Coverage, SlotState, State, Status, TeamReport, Totals

_Key = TypeVar("_Key")

Ledger = Mapping[tuple[str, Channel], Totals]
"""By team and channel."""

NOTHING = Totals(
    agent_seconds=dict.fromkeys(State, 0.0),
    slot_seconds=dict.fromkeys(SlotState, 0.0),
    coverage_seconds=dict.fromkeys(Coverage, 0.0),
    status_changes=dict.fromkeys(Status, 0),
)

NO_WORK = msgspec.structs.replace(NOTHING, agent_seconds={}, slot_seconds={})


def settle(ledger: Ledger, before: Iterable[TeamReport], after: Iterable[TeamReport], seconds: float) -> Ledger:
    """Add `seconds` of elapsed time in the states before, and the changes of status from before to after.

    A team that was not there before starts at 0, without a change; one that is gone is forgotten. What the first
    answers of its sources make of a team is its start too.
    """
    known = {(team.name, channel.channel): (team, channel) for team in before for channel in team.channels}
    settled: dict[tuple[str, Channel], Totals] = {}
    for team in after:
        for channel in team.channels:
            key = (team.name, channel.channel)
            totals = _wanted(ledger.get(key, NOTHING), team)
            if key in known:
                was_team, was = known[key]
                is_change = channel.status is not was.status and was_team.is_tried
                totals = _add(totals, was_team, was, channel.status if is_change else None, seconds)
            settled[key] = totals
    return settled


def _wanted(totals: Totals, team: TeamReport) -> Totals:
    """Where a reload wants no metrics of work any more the sums are forgotten; where it wants them they begin at 0."""
    if bool(totals.agent_seconds) is team.work_metrics:
        return totals
    begun = NOTHING if team.work_metrics else NO_WORK
    return msgspec.structs.replace(totals, agent_seconds=begun.agent_seconds, slot_seconds=begun.slot_seconds)


def _add(totals: Totals, team: TeamReport, channel: ChannelReport, changed_to: Status | None, seconds: float) -> Totals:
    if seconds <= 0 and changed_to is None:
        return totals
    slots = {SlotState.USED: channel.used, SlotState.FREE: channel.free, SlotState.FINISHING: channel.finishing}
    has_data = team.has_data
    return Totals(
        agent_seconds=_plus(totals.agent_seconds, channel.agents, seconds) if has_data else totals.agent_seconds,
        slot_seconds=_plus(totals.slot_seconds, slots, seconds) if has_data else totals.slot_seconds,
        coverage_seconds=(
            _plus(totals.coverage_seconds, {channel.coverage: 1}, seconds)
            if channel.coverage
            else totals.coverage_seconds
        ),
        status_changes=(
            {**totals.status_changes, changed_to: totals.status_changes[changed_to] + 1}
            if changed_to
            else totals.status_changes
        ),
    )


def _plus(totals: Mapping[_Key, float], counts: Mapping[_Key, int | None], seconds: float) -> dict[_Key, float]:
    return {key: total + (counts.get(key) or 0) * seconds for key, total in totals.items()}
