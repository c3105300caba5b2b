"""The shape of API, stream and wall: what is null and why, floors, and nothing that reads as 0 but is not known."""

from typing import Any

import msgspec
import pytest
from builders import (
    accepting,
    agents,
    channel_report,
    everything,
    failed,
    human,
    later,
    listed,
    offline,
    reading,
    row,
    silent_source,
    snapshot,
    source_report,
    state,
    team,
    team_report,
    unmapped,
)

from monitor.errors import ADVICE, Reason
from monitor.model import Account, Opening, Queue, Selector, Status
from monitor.model.words import Channel
from monitor.reconciler.store import new_state
from monitor.web.views import BY_TROUBLE, ChannelView, Pace, SourceState, TeamView, source_view, team_view

EXPIRED = {"sources": {"a": True, "b": False}, "complete": False}
"""Of two sources one is expired."""
NUMBERS = (
    "available",
    "used_slots",
    "free_slots",
    "finishing_slots",
    "occupancy",
    "availability",
    "inactive",
    "queue_length",
    "queue_longest_wait",
)
EXACT, FLOOR = "exact", "floor"
WHY_B = "no fresh data from b"
NO_SLOTS = "no source tells the slots of those who are there"
UNREAD = "something that a source says of somebody could not be read, so nothing is proved"


def on_chat(view: TeamView) -> ChannelView:
    (channel,) = view.channels
    return channel


def view_of(channel: dict[str, Any], fields: dict[str, Any]) -> ChannelView:
    return on_chat(team_view(team_report("t", channel_report(**channel), **fields)))


def told(view: ChannelView) -> dict[str, Any]:
    """Numbers that are there, and for those that are not the reason in words."""
    found = {name: getattr(view, name) for name in NUMBERS}
    return {name: view.absent[name] if value is None else value for name, value in found.items()}


SILENT_QUEUE = {
    "queue_length": "no source tells how many wait",
    "queue_longest_wait": "no source tells how long they wait",
}

ROWS = [
    row(
        "complete: every number as it is, 0 included",
        {"agents": agents(idle=1), "queue_length": 0},
        {},
        {"available": 1, "used_slots": 0, "free_slots": 3, "finishing_slots": 0, "occupancy": 0.0, "availability": 1.0}
        | {"inactive": 0, "queue_length": 0, "queue_longest_wait": "nobody waits"},
        EXACT,
    ),
    row(
        "complete and nobody: 0 people, and no ratio",
        {"status": Status.UNSTAFFED, "agents": agents(), "free": 0, "occupancy": None, "availability": None},
        {},
        {"available": 0, "used_slots": 0, "free_slots": 0, "finishing_slots": 0, "inactive": 0}
        | {"occupancy": "there are no slots", "availability": "nobody is connected"}
        | SILENT_QUEUE,
        EXACT,
    ),
    row(
        "complete and unmetered",
        {"used": None, "free": None, "finishing": None, "occupancy": None},
        {},
        {"available": 1, "inactive": 0, "availability": 1.0}
        | dict.fromkeys(("used_slots", "free_slots", "finishing_slots", "occupancy"), NO_SLOTS)
        | SILENT_QUEUE,
        EXACT,
    ),
    row(
        "an expired source: floors, and no ratio",
        {"agents": agents(idle=2), "used": 1, "free": 4, "occupancy": None, "availability": None, "inactive": 1}
        | {"queue_length": 5, "queue_longest_wait": 60.0},
        EXPIRED,
        {"available": 2, "used_slots": 1, "free_slots": 4, "finishing_slots": WHY_B, "inactive": 1}
        | {"occupancy": WHY_B, "availability": WHY_B, "queue_length": 5, "queue_longest_wait": 60.0},
        FLOOR,
    ),
    row(
        "an expired source may be the one that tells slots and queues",
        {"used": None, "free": None, "finishing": None, "occupancy": None, "availability": None},
        EXPIRED,
        dict.fromkeys(NUMBERS, WHY_B) | {"available": 1},
        FLOOR,
    ),
    row(
        "an expired source, and floors of 0: nothing is said",
        {"status": Status.UNKNOWN, "agents": agents(), "free": 0, "occupancy": None, "availability": None}
        | {"queue_length": 0},
        EXPIRED,
        dict.fromkeys(NUMBERS, WHY_B),
        FLOOR,
    ),
    row(
        "all sources expired, whatever the report still holds",
        {"status": Status.UNKNOWN, "agents": agents(idle=7), "inactive": 2, "queue_length": 3},
        {"sources": {"a": False, "b": False}, "complete": False},
        dict.fromkeys(NUMBERS, "no fresh data from a or b"),
        FLOOR,
    ),
    row(
        "a fresh source that is only beside tells of nobody",
        {"status": Status.UNKNOWN, "agents": agents()},
        {"sources": {"a": False, "b": True}, "complete": False, "beside": frozenset("b")},
        dict.fromkeys(NUMBERS, "no fresh data from a"),
        FLOOR,
    ),
    row(
        "a member that never matched anybody",
        {"status": Status.UNKNOWN, "agents": agents(), "free": 0, "occupancy": None, "availability": None},
        {"complete": False},
        dict.fromkeys(NUMBERS, "a member has never matched anybody"),
        FLOOR,
    ),
    row(
        "somebody who could not be read: floors on complete data, but a queue is a queue",
        {"agents": agents(idle=1), "uncertain": 1, "free": None, "queue_length": 0},
        {},
        {"available": 1, "used_slots": UNREAD, "free_slots": UNREAD, "finishing_slots": UNREAD, "inactive": UNREAD}
        | {"occupancy": 0.0, "availability": 1.0, "queue_length": 0, "queue_longest_wait": "nobody waits"},
        FLOOR,
    ),
    row(
        "the slots of those who are left are known, of the others not",
        {"used": None, "free": None, "finishing": 0, "occupancy": None, "uncertain": 1},
        {},
        {"available": 1, "used_slots": NO_SLOTS, "free_slots": NO_SLOTS, "occupancy": NO_SLOTS}
        | {"finishing_slots": UNREAD, "inactive": UNREAD, "availability": 1.0}
        | SILENT_QUEUE,
        FLOOR,
    ),
    row(
        "a queue without times",
        {"queue_length": 2},
        {},
        {"available": 1, "used_slots": 0, "free_slots": 3, "finishing_slots": 0, "occupancy": 0.0, "availability": 1.0}
        | {"inactive": 0, "queue_length": 2, "queue_longest_wait": "no source tells how long they wait"},
        EXACT,
    ),
]


@pytest.mark.parametrize(("channel", "fields", "expected", "kind"), ROWS)
def test_a_number_is_there_or_its_absence_has_a_reason(
    channel: dict[str, Any], fields: dict[str, Any], expected: dict[str, Any], kind: str
):
    view = view_of(channel, fields)
    assert told(view) == expected
    assert view.is_floor is (kind == FLOOR)
    assert set(view.absent) == {name for name in (*NUMBERS, "agents") if getattr(view, name) is None}


def test_who_is_how_many_is_null_only_without_any_data():
    assert view_of({}, EXPIRED).agents == agents(idle=1)
    blind = view_of({}, {"sources": {"a": False}, "complete": False})
    assert (blind.agents, blind.absent["agents"], blind.oldest_slots) == (None, "no fresh data from a", {})


def test_the_worst_comes_first():
    order = [view_of({"status": status}, {}).trouble for status in BY_TROUBLE]
    assert order == sorted(order)
    assert set(BY_TROUBLE) == set(Status)
    assert view_of({"status": Status.UNSTAFFED}, {}).trouble == 0


REAL = [
    row("idle, with slots", [accepting("1", used=0, free=2)], (), (1, 2, 0.0), EXACT),
    row("full", [accepting("1", used=2, free=0)], (), (0, 0, 1.0), EXACT),
    row("offline", [offline("1")], (), (0, None, None), EXACT),
    row(
        "present, with a status that is not known: nobody is proved away",
        [unmapped("1")],
        (),
        (None, None, None),
        FLOOR,
    ),
    row(
        "idle, and more unread: nothing can take that away",
        [accepting("1", used=0, free=2)],
        ("1",),
        (1, 2, 0.0),
        EXACT,
    ),
    row("away, and unread", [reading("1", used=0, free=0)], ("1",), (None, None, None), FLOOR),
]


@pytest.mark.parametrize(("readings", "uncertain", "expected", "kind"), REAL)
def test_what_the_reconciler_makes_of_it_is_told_as_it_is(
    readings: list[Any], uncertain: tuple[str, ...], expected: tuple[Any, ...], kind: str
):
    found, _ = everything([state(snapshot(*readings, uncertain=frozenset(uncertain)))], team())
    view = on_chat(team_view(found.teams[0]))
    assert (view.available, view.free_slots, view.occupancy) == expected
    assert view.is_floor is (kind == FLOOR)


def test_free_slots_that_a_hidden_load_leaves_unproved_are_null_with_the_reason():
    jane = human("a/1", "b/1", max_slots=2)
    fresh = state(snapshot(accepting("1", used=0, free=2)))
    report, _ = everything([fresh, new_state(state(snapshot(source="b")).spec)], team(), who=listed(jane))
    view = on_chat(team_view(report.teams[0]))
    assert (view.available, view.absent["available"]) == (None, WHY_B)
    assert (view.free_slots, view.absent["free_slots"]) == (None, WHY_B)
    assert [(one.name, one.is_fresh, one.is_member) for one in team_view(report.teams[0]).sources] == [
        ("a", True, True),
        ("b", False, False),
    ]


def test_a_queue_of_an_expired_source_is_not_0():
    waiting = snapshot(
        accepting("1"), accounts=[Account("1")], queues=(Queue(Channel.CHAT, "", 0),), at=later(50), source="a"
    )
    silent = new_state(state(snapshot(source="b")).spec)
    report, _ = everything([state(waiting), silent], team("t", Selector("a"), Selector("b")), now=later(50))
    view = on_chat(team_view(report.teams[0]))
    assert (view.queue_length, view.absent["queue_length"]) == (None, WHY_B)


OPENINGS = [
    row("always open", Opening(is_open=True, since=None, opened_at=None, changes_at=None), (True, None, None, None)),
    row("open", Opening(is_open=True, since=10.0, opened_at=10.0, changes_at=90.0), (True, 10.0, 90.0, 310.0)),
    row("closed", Opening(is_open=False, since=10.0, opened_at=5.0, changes_at=90.0), (False, None, 90.0, None)),
    row(
        "closed for good", Opening(is_open=False, since=10.0, opened_at=5.0, changes_at=None), (False, None, None, None)
    ),
]


@pytest.mark.parametrize(("opening", "expected"), OPENINGS)
def test_when_a_team_is_open(opening: Opening, expected: tuple[Any, ...]):
    view = team_view(team_report("t", opening=opening, grace=300.0))
    assert (view.is_open, view.open_since, view.changes_at, view.grace_until) == expected


SOURCES = [
    row("fresh", source_report(), (SourceState.FRESH, True, 2, None)),
    row("never heard of", silent_source(), (SourceState.WAITING, False, None, "the source is waiting")),
    row(
        "answered, but without a roster",
        silent_source(last_success=1.0),
        (SourceState.WAITING, False, None, "the source is waiting"),
    ),
    row(
        "expired",
        source_report(up=False, fresh=False, agents=None, unassigned=None, unlisted=None),
        (SourceState.EXPIRED, False, None, "the source is expired"),
    ),
]


@pytest.mark.parametrize(("source", "expected"), SOURCES)
def test_a_source_and_why_its_counts_are_null(source: Any, expected: tuple[Any, ...]):
    view = source_view(source)
    assert (view.state, view.is_up, view.accounts, view.absent.get("accounts")) == expected
    assert set(view.absent) == {
        name for name in ("accounts", "unassigned", "unlisted", "chatting_visitors") if getattr(view, name) is None
    }


def test_a_fresh_source_may_not_tell_of_visitors():
    assert source_view(source_report()).absent == {"chatting_visitors": "the source does not tell"}
    assert source_view(source_report(chatting_visitors=0)).absent == {}


def test_the_last_error_comes_with_what_to_do_about_it():
    down = source_view(source_report(up=False, failure=failed(Reason.TIMEOUT), roster_failure=failed(Reason.AUTH)))
    assert (down.error, down.advice) == (failed(Reason.TIMEOUT), ADVICE[Reason.TIMEOUT])
    nameless = source_view(source_report(roster_failure=failed(Reason.FORBIDDEN)))
    assert (nameless.error, nameless.advice) == (None, ADVICE[Reason.FORBIDDEN])
    assert source_view(source_report()).advice is None


def test_the_pace_is_null_where_it_is_not_known():
    view = source_view(source_report(), Pace(5.0, 7))
    assert (view.next_poll_at, view.requests_last_minute, view.requests_per_minute) == (5.0, 7, 60)
    view = source_view(source_report())
    assert (view.next_poll_at, view.requests_last_minute) == (None, None)


def test_a_view_is_read_back_as_it_was_written():
    for view in (team_view(team_report(**EXPIRED)), source_view(silent_source())):
        assert msgspec.json.decode(msgspec.json.encode(view), type=type(view)) == view
