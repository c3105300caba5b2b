"""The status of a team on a channel in detail; rule by rule it is in the truth table."""

import pytest
from builders import accepting, on_chat, reading, row, unmapped

from monitor.model import Reading

IDLE, PARTIAL, FULL = accepting("1", used=0, free=3), accepting("2", used=1, free=2), accepting("3", used=3, free=0)
UNMETERED, AWAY, UNMAPPED = accepting("4"), reading("5"), unmapped("6")
FINISHING = reading("7", used=1, free=0)

ON_COMPLETE_DATA = [
    row("unmetered people are available: ok", [UNMETERED], {}, "ok"),
    row("somebody unknown beside enough available: ok", [IDLE, UNMAPPED], {}, "ok"),
    row("nobody at all: unstaffed", [], {}, "unstaffed"),
    row("nobody available, but somebody whose status is unknown: unknown", [UNMAPPED], {}, "unknown"),
    row(
        "available and unknown together reach the target: unknown", [IDLE, UNMAPPED], {"available_agents": 2}, "unknown"
    ),
    row("available and unknown together do not: tight", [IDLE, UNMAPPED], {"available_agents": 3}, "tight"),
    row(
        "unknown people fewer than wanted, nobody staffed: unstaffed", [UNMAPPED], {"available_agents": 2}, "unstaffed"
    ),
    row(
        "free slots take part if only somebody full is unmetered",
        [IDLE, accepting("3", free=0)],
        {"free_slots": 6},
        "tight",
    ),
    row("occupancy at its target: ok", [accepting("1", used=1, free=1)], {"occupancy": 0.5}, "ok"),
    row("full people count in the occupancy", [IDLE, FULL], {"occupancy": 0.45}, "tight"),
    row(
        "occupancy takes no part if somebody available is unmetered", [FULL, IDLE, UNMETERED], {"occupancy": 0.1}, "ok"
    ),
    row("enough free slots do not make up for people", [IDLE], {"available_agents": 2, "free_slots": 1}, "tight"),
]


@pytest.mark.parametrize(("readings", "targets", "status"), ON_COMPLETE_DATA)
def test_status(readings: list[Reading], targets: dict[str, float], status: str):
    assert on_chat(*readings, **targets).status == status


def test_free_slots_that_incomplete_data_proves_are_ok():
    assert on_chat(IDLE, incomplete=True, free_slots=3).status == "ok"
    assert on_chat(IDLE, incomplete=True, free_slots=4).status == "unknown"
