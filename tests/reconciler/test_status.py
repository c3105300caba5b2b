"""The status of a team on a channel: rule by rule, the first match."""

import pytest
from builders import accepting, on_chat, reading, row, unmapped

from monitor.model import Reading

IDLE, PARTIAL, FULL = accepting("1", used=0, free=3), accepting("2", used=1, free=2), accepting("3", used=3, free=0)
UNMETERED, AWAY, UNMAPPED = accepting("4"), reading("5"), unmapped("6")
FINISHING = reading("7", used=1, free=0)

COMPLETE = [
    row("as many available as wanted: ok", [IDLE], {}, "ok"),
    row("more available than wanted: ok", [IDLE, PARTIAL, UNMETERED], {"available_agents": 2}, "ok"),
    row("unmetered people are available: ok", [UNMETERED], {}, "ok"),
    row("somebody unknown beside enough available: ok", [IDLE, UNMAPPED], {}, "ok"),
    row("nobody at all: unstaffed", [], {}, "unstaffed"),
    row("only away: unstaffed", [AWAY], {}, "unstaffed"),
    row("only finishing, which is not staffed: unstaffed", [FINISHING], {}, "unstaffed"),
    row("staffed, and everyone full: saturated", [FULL, AWAY], {}, "saturated"),
    row("somebody available, but fewer than wanted: tight", [IDLE, FULL], {"available_agents": 2}, "tight"),
    row("nobody available, but somebody whose status is unknown: unknown", [UNMAPPED], {}, "unknown"),
    row("everyone full and one unknown: unknown, not saturated", [FULL, UNMAPPED], {}, "unknown"),
    row(
        "available and unknown together reach the target: unknown", [IDLE, UNMAPPED], {"available_agents": 2}, "unknown"
    ),
    row("available and unknown together do not: tight", [IDLE, UNMAPPED], {"available_agents": 3}, "tight"),
    row(
        "unknown people fewer than wanted, nobody staffed: unstaffed", [UNMAPPED], {"available_agents": 2}, "unstaffed"
    ),
    row("as many free slots as wanted: ok", [IDLE, PARTIAL], {"free_slots": 5}, "ok"),
    row("fewer free slots than wanted: tight", [IDLE, PARTIAL], {"free_slots": 6}, "tight"),
    row("free slots take no part if somebody available is unmetered", [IDLE, UNMETERED], {"free_slots": 6}, "ok"),
    row(
        "free slots take part if only somebody full is unmetered",
        [IDLE, accepting("3", free=0)],
        {"free_slots": 6},
        "tight",
    ),
    row("occupancy at its target: ok", [accepting("1", used=1, free=1)], {"occupancy": 0.5}, "ok"),
    row("occupancy over its target: tight", [accepting("1", used=2, free=1)], {"occupancy": 0.5}, "tight"),
    row("full people count in the occupancy", [IDLE, FULL], {"occupancy": 0.45}, "tight"),
    row(
        "occupancy takes no part if somebody available is unmetered", [FULL, IDLE, UNMETERED], {"occupancy": 0.1}, "ok"
    ),
    row("enough free slots do not make up for people", [IDLE], {"available_agents": 2, "free_slots": 1}, "tight"),
]


@pytest.mark.parametrize(("readings", "targets", "status"), COMPLETE)
def test_on_complete_data(readings: list[Reading], targets: dict[str, float], status: str):
    assert on_chat(*readings, **targets).status == status


INCOMPLETE = [
    row("what the fresh part proves is ok", [IDLE], {}, "ok"),
    row("free slots that the fresh part proves are ok", [IDLE], {"free_slots": 3}, "ok"),
    row("too few free slots prove nothing: unknown", [IDLE], {"free_slots": 4}, "unknown"),
    row("nobody in the fresh part is unknown, never unstaffed", [AWAY], {}, "unknown"),
    row("everyone full in the fresh part is unknown, never saturated", [FULL], {}, "unknown"),
    row("too few in the fresh part is unknown, never tight", [IDLE], {"available_agents": 2}, "unknown"),
]


@pytest.mark.parametrize(("readings", "targets", "status"), INCOMPLETE)
def test_on_incomplete_data(readings: list[Reading], targets: dict[str, float], status: str):
    assert on_chat(*readings, incomplete=True, **targets).status == status


def test_every_status_that_can_occur_without_hours_is_in_the_tables():
    statuses = {param.values[2] for param in [*COMPLETE, *INCOMPLETE]}
    assert statuses == {"ok", "unknown", "unstaffed", "saturated", "tight"}
