"""The columns of a row: what each shows, and which of them find room."""

from collections.abc import Callable, Sequence
from datetime import tzinfo

import msgspec
from rich.cells import cell_len
from rich.text import Text

from monitor.cli.top import words
from monitor.cli.top.formats import bar, in_cell, moment, plain
from monitor.cli.top.rows import Row, has_several_channels
from monitor.explanation import in_words
from monitor.model import Status

GAP = "  "
WIDEST = 1000

STYLES = {
    Status.UNSTAFFED: "bold red",
    Status.SATURATED: "bold red",
    Status.UNKNOWN: "bold magenta",
    Status.TIGHT: "bold yellow",
    Status.OK: "green",
    Status.CLOSED: "dim",
}
"""Colours stand only beside a word and a sign that say the same."""
OVER = "yellow"
QUIET = "dim"
OLD = "dim"
_CALM = frozenset({Status.OK, Status.CLOSED})


class Moment(msgspec.Struct, frozen=True):
    """`now` in Unix seconds of the server; with `is_old` nothing is known to hold any more."""

    now: float
    zone: tzinfo | None
    is_old: bool


class Column(msgspec.Struct, frozen=True):
    """`draw` gets the columns that it may fill at most. Where room is short, titles are cut first, then columns down
    to their `least`, then those of the highest rank go. Where it is not, they are at least `usual`, so that they stand
    still while values change.
    """

    rank: int
    draw: Callable[[Row, Moment, int], Text]
    title: str = ""
    is_right: bool = False
    least: int = WIDEST
    usual: int = 1
    most: int = WIDEST
    is_needed: Callable[[Sequence[Row]], bool] = bool


class Placed(msgspec.Struct, frozen=True):
    column: Column
    width: int


def place(rows: Sequence[Row], moment: Moment, width: int) -> list[Placed]:
    """The columns that fit, in their order. Room that is left goes to the names first, then to bars and reasons."""
    needed = [column for column in COLUMNS if column.is_needed(rows)]
    longest = {column.rank: _longest(column, rows, moment) for column in needed}
    natural = {column.rank: max(longest[column.rank], cell_len(column.title), column.usual) for column in needed}
    widths: dict[int, int] = {}
    left = width + len(GAP)
    for column in sorted(needed, key=lambda column: column.rank):
        least = min(longest[column.rank], column.least)
        if least + len(GAP) > left:
            break
        widths[column.rank] = least
        left -= least + len(GAP)
    for rank in sorted(widths):
        more = min(left, natural[rank] - widths[rank])
        widths[rank] += more
        left -= more
    return [Placed(column, widths[column.rank]) for column in needed if column.rank in widths]


def titles(placed: Sequence[Placed]) -> Text:
    return _line([in_cell(plain(one.column.title), one.width, is_right=one.column.is_right) for one in placed])


def line(row: Row, placed: Sequence[Placed], moment: Moment) -> Text:
    cells = (
        in_cell(one.column.draw(row, moment, one.width), one.width, is_right=one.column.is_right) for one in placed
    )
    drawn = _line(list(cells))
    return faded(drawn) if moment.is_old else drawn


def faded(text: Text) -> Text:
    """Without the colours, which speak of now."""
    return plain(text.plain, OLD)


def _line(cells: Sequence[Text]) -> Text:
    joined = plain(GAP).join(cells)
    joined.rstrip()
    return joined


def _longest(column: Column, rows: Sequence[Row], moment: Moment) -> int:
    return max(1, *(column.draw(row, moment, column.most).cell_len for row in rows))


# ------------------------------------------------------------------ what each shows


def _sign(row: Row, _moment: Moment, _width: int) -> Text:
    return plain(words.SIGNS[row.channel.status], STYLES[row.channel.status])


def _status(row: Row, moment: Moment, _width: int) -> Text:
    status = row.channel.status
    return plain(words.was(status) if moment.is_old else status, STYLES[status])


def _team(row: Row, _moment: Moment, _width: int) -> Text:
    return plain(row.team.name, "" if row.channel.status in _CALM else "bold")


def _channel(row: Row, _moment: Moment, _width: int) -> Text:
    return plain(row.channel.channel)


def _available(row: Row, _moment: Moment, _width: int) -> Text:
    told = row.channel
    value = words.UNKNOWN if told.available is None else words.count(told.available, is_floor=told.is_floor)
    return plain(words.against(value, told.targets.available_agents))


def _free(row: Row, _moment: Moment, _width: int) -> Text:
    told = row.channel
    return plain(words.against(words.count(told.free_slots, is_floor=told.is_floor), told.targets.free_slots))


def _occupied(row: Row, _moment: Moment, _width: int) -> Text:
    told = row.channel
    target = None if told.targets.occupancy is None else words.percent(told.targets.occupancy)
    value = words.NONE if told.occupancy is None else words.percent(told.occupancy)
    return plain(words.against(value, target))


def _bar(row: Row, _moment: Moment, width: int) -> Text:
    ratio, target = row.channel.occupancy, row.channel.targets.occupancy
    is_over = ratio is not None and target is not None and ratio > target
    return plain(bar(ratio, target, width), OVER if is_over else "")


def _waiting(row: Row, _moment: Moment, _width: int) -> Text:
    told = row.channel
    number = words.count(told.queue_length, is_floor=not row.team.is_complete)
    return plain(words.waiting(number, told.queue_longest_wait))


def _hours(row: Row, at: Moment, _width: int) -> Text:
    team = row.team
    if team.changes_at is None:
        return plain("" if team.is_open else words.NEVER_OPENS)
    when = moment(team.changes_at, at.now, at.zone)
    return plain(words.closes(when) if team.is_open else words.opens(when))


def _age(row: Row, moment: Moment, _width: int) -> Text:
    data_at = row.team.data_at
    return plain(words.NO_DATA if data_at is None else in_words(moment.now - data_at))


def _why(row: Row, _moment: Moment, _width: int) -> Text:
    return plain(_reason(row), QUIET)


def _reason(row: Row) -> str:
    """Why it is troubled; of a calm row, what is not known and why."""
    told = row.channel
    if told.status not in _CALM:
        return told.why
    reasons = (told.absent.get(name) for name in ("available", "free_slots", "occupancy"))
    return next((reason for reason in reasons if reason), "") if told.is_floor else ""


def _some_wait(rows: Sequence[Row]) -> bool:
    return any(row.channel.queue_length is not None for row in rows)


def _some_have_reasons(rows: Sequence[Row]) -> bool:
    return any(_reason(row) for row in rows)


def _some_have_hours(rows: Sequence[Row]) -> bool:
    return any(row.team.changes_at is not None or not row.team.is_open for row in rows)


def _some_have_slots(rows: Sequence[Row]) -> bool:
    return any(row.channel.occupancy is not None for row in rows)


COLUMNS = (
    Column(0, _sign),
    Column(4, _status, words.TITLES["status"], usual=max(map(len, Status))),
    Column(1, _team, words.TITLES["team"], least=10),
    Column(3, _channel, words.TITLES["channel"], is_needed=has_several_channels),
    Column(2, _available, words.TITLES["available"], is_right=True),
    Column(5, _free, words.TITLES["free"], is_right=True, usual=7),
    Column(6, _occupied, words.TITLES["occupied"], is_right=True),
    Column(8, _bar, least=6, most=20, is_needed=_some_have_slots),
    Column(9, _waiting, words.TITLES["waiting"], is_right=True, is_needed=_some_wait),
    Column(10, _hours, words.TITLES["hours"], is_needed=_some_have_hours),
    Column(7, _age, words.TITLES["age"], is_right=True, usual=len(words.NO_DATA)),
    Column(11, _why, words.TITLES["why"], least=24, is_needed=_some_have_reasons),
)
