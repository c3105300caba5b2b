"""How long slots have been in a phase, and who waits: what vendors tell beside people."""

import pytest
from builders import accepting, everything, on_chat, row, snapshot, state, team

from monitor.model import Account, Channel, ChannelReport, Group, Phase, Queue, Selector, SlotAge


def test_the_longest_slot_of_each_phase_is_the_longest_of_the_team():
    old = accepting("1", slot_ages=(SlotAge(Phase.OPEN, 90.0), SlotAge(Phase.NEW, 3.0)))
    older = accepting("2", slot_ages=(SlotAge(Phase.OPEN, 300.0),))
    assert on_chat(old, older).oldest == {Phase.OPEN: 300.0, Phase.NEW: 3.0}


def test_without_a_vendor_that_tells_there_is_no_age_and_no_queue():
    channel = on_chat(accepting("1"))
    assert (channel.oldest, channel.queue_length, channel.queue_longest_wait) == ({}, None, None)


QUEUES = (
    Queue(Channel.CHAT, "", 2, 50.0),
    Queue(Channel.CHAT, "7", 3, 20.0),
    Queue(Channel.CHAT, "8", 0),
    Queue(Channel.CALL, "7", 9, 99.0),
)


def of_team(*selectors: Selector, queues: tuple[Queue, ...] = QUEUES) -> ChannelReport:
    groups = [Group("7", "Sales"), Group("8", "Support")]
    people = [Account("1", username="jane", groups=frozenset({"7"})), Account("2", groups=frozenset({"8"}))]
    found = snapshot(accounts=people, groups=groups, queues=queues)
    report, _ = everything([state(found)], team("team", *selectors))
    return report.teams[0].channels[0]


@pytest.mark.parametrize(
    ("selectors", "length", "wait"),
    [
        row("everyone has every queue of the channel", [Selector("a")], 5, 50.0),
        row("a group by id has its own queue", [Selector("a", groups=("7",))], 3, 20.0),
        row("a group by name has its own queue", [Selector("a", groups=("Sales",))], 3, 20.0),
        row("an empty queue is 0, and nobody waits", [Selector("a", groups=("8",))], 0, None),
        row("several groups are summed", [Selector("a", groups=("7", "8"))], 3, 20.0),
        row("a queue selected twice is one", [Selector("a", groups=("7",)), Selector("a", groups=("7", "8"))], 3, 20.0),
        row("nobody tells for whom of a group a contact waits", [Selector("a", agents=("jane",))], None, None),
        row("nor for whom not", [Selector("a", groups=("7",), exclude=("joe",))], None, None),
    ],
)
def test_whose_queue_it_is(selectors: list[Selector], length: int | None, wait: float | None):
    channel = of_team(*selectors)
    assert (channel.queue_length, channel.queue_longest_wait) == (length, wait)
