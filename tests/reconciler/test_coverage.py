"""What a second of an open team counts as: covered, uncovered, or blind where the data proves neither."""

from typing import Any

import pytest
from builders import accepting, everything, human, later, listed, reading, row, snapshot, state, team, unmapped
from situations import EVERYONE, published

from monitor.model import Coverage, HoursSpec, Inactivity, Selector

IDLE, PARTIAL, FULL, UNTOLD = (
    accepting("1", used=0, free=2),
    accepting("2", used=1, free=1),
    accepting("3", used=3, free=0),
    accepting("4"),
)
AWAY, UNMAPPED = reading("5"), unmapped("6")
ASLEEP = accepting("7", used=1, free=1, last_active=later(-1300).wall)
LIMITED = listed(human("a/1", "b/1", max_slots=9))
OPEN, SHUT = HoursSpec("Mo-Su 06:00-22:00"), HoursSpec("Mo-Su 22:00-06:00")  # T0 is a Sunday, 15:06:40

COVERAGE = [
    row("as many available as wanted", {"a": [IDLE, PARTIAL, UNTOLD], "available_agents": 3}, "covered"),
    row("one too few", {"a": [IDLE, PARTIAL, FULL], "available_agents": 3}, "uncovered"),
    row("nobody at all, on complete data", {"a": []}, "uncovered"),
    row("staffed, but full", {"a": [FULL]}, "uncovered"),
    row("enough people, though too few slots: coverage is of people", {"a": [PARTIAL], "free_slots": 9}, "covered"),
    row("enough people, though too busy", {"a": [PARTIAL], "occupancy": 0.1}, "covered"),
    row("incomplete, and enough all the same", {"a": [IDLE], "members": EVERYONE}, "covered"),
    row("incomplete, and too few", {"a": [IDLE], "members": EVERYONE, "available_agents": 2}, "blind"),
    row("incomplete, and nobody", {"a": [AWAY], "members": EVERYONE}, "blind"),
    row("no data at all", {"a": [IDLE], "members": (Selector("b"),)}, "blind"),
    row("data that has expired", {"a": [], "b": [IDLE], "members": EVERYONE, "expired": True}, "blind"),
    row("a selector that never matched", {"a": [AWAY], "members": (Selector("a", agents=("jane",)),)}, "blind"),
    row("somebody in state unknown could make it enough", {"a": [FULL, UNMAPPED]}, "blind"),
    row("somebody in state unknown could not", {"a": [FULL, UNMAPPED], "available_agents": 2}, "uncovered"),
    row("available and unknown together are enough", {"a": [IDLE, UNMAPPED], "available_agents": 2}, "blind"),
    row("somebody in state unknown beside enough", {"a": [IDLE, UNMAPPED]}, "covered"),
    row("somebody unread could make it enough", {"a": [AWAY], "uncertain": "8"}, "blind"),
    row("somebody unread could not", {"a": [AWAY], "uncertain": "8", "available_agents": 2}, "uncovered"),
    row("somebody with a limit whose load is hidden", {"a": [IDLE], "who": LIMITED}, "blind"),
    row("somebody with a limit whose load is known", {"a": [IDLE], "b": [], "who": LIMITED}, "covered"),
    row("an inactive person covers", {"a": [ASLEEP]}, "covered"),
    row("unless they count as away", {"a": [ASLEEP], "inactive": Inactivity(as_away=True)}, "uncovered"),
    row("open, by hours", {"a": [IDLE], "hours": OPEN}, "covered"),
    row("closed, whoever is there", {"a": [IDLE], "hours": SHUT}, None),
    row("closed, with nobody there", {"a": [], "hours": SHUT}, None),
    row("closed, without data", {"a": [], "members": EVERYONE, "hours": SHUT}, None),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "coverage"), COVERAGE)
def test_coverage(situation: dict[str, Any], coverage: str | None):
    found = published(**situation).channels[0]
    assert found.coverage == coverage
    assert (found.status == "closed") == (coverage is None)


def test_every_result_occurs():
    assert {param.values[1] for param in COVERAGE} == {*Coverage, None}


def test_coverage_changes_with_expiry_though_nothing_is_heard():
    known = state(snapshot(FULL))
    report, memory = everything([known])
    assert report.teams[0].channels[0].coverage == "uncovered"
    report, _ = everything([known], team(), now=later(61), memory=memory)
    assert report.teams[0].channels[0].coverage == "blind"
