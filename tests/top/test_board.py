"""What was heard, the server's time, and when the connection counts as lost."""

import pytest
from builders import T0, channel_report, later, report, row, source_report, team_report
from top.scenes import told_of

from monitor.cli.top.board import GRACE, Board, Lost
from monitor.cli.top.stream import SILENCE
from monitor.model import Report
from monitor.web.changes import change_between, changed_by
from monitor.web.stream import BeatView


def at(seconds: float, **teams: int) -> Report:
    return report(
        *(team_report(name, channel_report(free=free)) for name, free in teams.items()),
        source_report("a" if "sales" in teams else "b"),
        at=later(seconds),
    )


@pytest.fixture
def board() -> Board:
    heard = Board()
    heard.hear(told_of(at(0, sales=1)), 0.0)
    return heard


@pytest.mark.parametrize(
    ("before", "after"),
    [
        row("a number", at(0, sales=1, phone=2), at(1, sales=3, phone=2)),
        row("a new team and source", at(0, phone=2), at(1, phone=2, sales=1)),
        row("a team and a source that are gone", at(0, sales=1, phone=2), at(1, phone=2)),
    ],
)
def test_a_state_and_its_change_make_the_next_state(before: Report, after: Report) -> None:
    first, second = told_of(before), told_of(after)
    change = change_between(first, second)
    assert change is not None
    assert changed_by(first, change) == second


def test_a_change_without_problems_leaves_them_as_they_are(board: Board) -> None:
    change = change_between(board.state, told_of(at(1, sales=2)))
    assert change is not None
    board.hear(change, 1.0)
    assert board.state == told_of(at(1, sales=2))


def test_the_time_is_that_of_the_server_by_the_least_delayed_of_the_last_few(board: Board) -> None:
    assert board.now(0.0) == T0.wall
    board.hear(BeatView(T0.wall + 4), 7.0)
    assert board.now(8.0) == T0.wall + 8
    for beat in range(2, 8):
        board.hear(BeatView(T0.wall - 600 + 4 * beat), 4.0 * beat)
    assert board.now(30.0) == T0.wall - 600 + 30


def test_silence_alone_is_a_lost_connection(board: Board) -> None:
    board.hear(BeatView(T0.wall + 4), 4.0)
    assert board.lost(4.0 + SILENCE - 0.1) is None
    assert board.lost(4.0 + SILENCE) == Lost(T0.wall + 4)


def test_an_error_that_the_next_try_mends_is_not_worth_a_word(board: Board) -> None:
    board.fail("refused", 1.0, 0.8)
    assert board.lost(1.0 + GRACE - 0.1) is None
    board.hear(BeatView(T0.wall + 2), 2.0)
    assert board.lost(2.0 + GRACE) is None


def test_one_that_lasts_is_told_since_when_something_was_heard_and_why(board: Board) -> None:
    board.fail("refused", 1.0, 1.0)
    board.fail("unreachable", 2.0, 4.0)
    assert board.lost(1.0 + GRACE) == Lost(T0.wall, "unreachable", 2.0)
    assert board.lost(7.0) == Lost(T0.wall, "unreachable", None)
    board.hear(BeatView(T0.wall + 8), 8.0)
    assert board.lost(8.0) is None
