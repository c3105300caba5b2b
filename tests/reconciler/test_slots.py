"""Slots and ratios of a team: what is summed, and what is absent because it is not known."""

import pytest
from builders import accepting, offline, on_chat, reading, row, unmapped

from monitor.model import Reading

SLOTS = [
    row(
        "used and free of everyone staffed", [accepting("1", used=1, free=2), accepting("2", used=3, free=0)], (4, 2, 0)
    ),
    row(
        "a reading that tells only one of the two is not metered",
        [accepting("1", used=1, free=2), accepting("2", used=5)],
        (1, 2, 0),
    ),
    row("absent where nobody tells", [accepting("1"), accepting("2", used=1)], (None, None, None)),
    row("absent where there is nobody to tell", [], (None, None, None)),
    row(
        "finishing holds slots that are not load of the staffed",
        [accepting("1", used=1, free=1), reading("2", used=2, free=0)],
        (1, 1, 2),
    ),
    row("nobody staffed but metered people away: 0, which is true", [reading("1", used=0, free=0)], (0, 0, 0)),
    row("nobody staffed but metered people offline: 0, which is true", [offline("1", used=0, free=0)], (0, 0, 0)),
    row(
        "load held offline is a contradiction, not load",
        [accepting("1", used=1, free=1), offline("2", used=4, free=0)],
        (1, 1, 0),
    ),
    row(
        "away people have nothing free, whatever was said",
        [accepting("1", used=1, free=1), reading("2", used=0, free=4)],
        (1, 1, 0),
    ),
    row(
        "load of people whose status is unknown is not that of the staffed",
        [accepting("1", used=1, free=1), unmapped("2", used=2, free=0)],
        (1, 1, 0),
    ),
    row(
        "staffed people who do not tell are not 0, whoever tells beside them",
        [accepting("1"), reading("2", used=0, free=0)],
        (None, None, 0),
    ),
    row(
        "what finishing people hold is known, though staffed people do not tell",
        [accepting("1"), reading("2", used=2, free=0)],
        (None, None, 2),
    ),
]


@pytest.mark.parametrize(("readings", "slots"), SLOTS)
def test_slots(readings: list[Reading], slots: tuple[int | None, ...]):
    channel = on_chat(*readings)
    assert (channel.used, channel.free, channel.finishing) == slots


FULL, HALF, AWAY, OFFLINE = accepting("1", used=2, free=0), accepting("2", used=1, free=1), reading("3"), offline("4")

RATIOS = [
    row("occupancy is used / (used + free) of slots", [FULL, HALF], 0.75, 0.5),
    row("availability is available / online: away is online", [HALF, AWAY], 0.5, 0.5),
    row("offline people are not in the availability", [HALF, OFFLINE], 0.5, 1.0),
    row("finishing and unknown people are online", [HALF, reading("5", used=1, free=0), unmapped("6")], 0.5, 1 / 3),
    row("slots of finishing people are not in the occupancy", [HALF, reading("5", used=9, free=0)], 0.5, 0.5),
    row("nobody online: no availability", [OFFLINE], None, None),
    row("nobody at all: neither", [], None, None),
    row("everyone away: no slots to be occupied, nobody available", [reading("3", used=0, free=0)], None, 0.0),
    row("nothing metered: no occupancy", [accepting("1")], None, 1.0),
    row("capacity of nothing: no occupancy", [accepting("1", used=0, free=0)], None, 0.0),
]


@pytest.mark.parametrize(("readings", "occupancy", "availability"), RATIOS)
def test_ratios(readings: list[Reading], occupancy: float | None, availability: float | None):
    channel = on_chat(*readings)
    assert channel.occupancy == occupancy
    assert channel.availability == availability


def test_on_incomplete_data_there_are_floors_of_slots_and_no_ratios():
    channel = on_chat(FULL, HALF, incomplete=True)
    assert (channel.used, channel.free) == (3, 1)
    assert (channel.occupancy, channel.availability) == (None, None)
