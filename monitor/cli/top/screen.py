"""The screen as a function of what was heard, how it is looked at, and how much room there is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import tzinfo

import msgspec
from rich.text import Text

from monitor.cli.top import words
from monitor.cli.top.board import Lost
from monitor.cli.top.columns import OLD, QUIET, STYLES, Moment, faded, line, place, titles
from monitor.cli.top.formats import cut, fitting, in_cell, plain, time_of_day
from monitor.cli.top.look import Look
from monitor.cli.top.rows import Row, Wanted, sort
from monitor.model import Status
from monitor.web.views import BY_TROUBLE, SourceState, SourceView, StateView

ENDLESS = 10_000
"""Columns and lines of a page that nobody has to fit on a screen."""
GAP = "   "
ALARM = "bold red reverse"

TITLED, ROOMY, WITH_KEYS, WITH_REASON = 6, 14, 8, 5
"""Lines from which on a screen has titles of columns, empty lines between its parts, keys, and two lines of alarm."""
LEAST_REASON = 24
LARGEST_STRIP = 4
"""Sources in trouble take at most the fourth part of a screen."""


class Scene(msgspec.Struct, frozen=True):
    """All that the screen depends on, but its size. `now` in Unix seconds of the server; without a zone that of this
    machine. `where` is the address that is watched.
    """

    state: StateView
    now: float
    where: str
    wanted: Wanted = Wanted()
    look: Look = Look()
    lost: Lost | None = None
    zone: tzinfo | None = None


class Picture(msgspec.Struct, frozen=True):
    """`first` is the row at the top as it could be had, `page` how many rows there is room for."""

    lines: Sequence[Text]
    first: int
    page: int


def draw(scene: Scene, width: int, height: int) -> Picture:
    """A screen of just `height` lines, none wider than `width` (each at least 1)."""
    head = [*_head(scene, width, height), *_notices(scene)]
    foot = list(_foot(scene, width, height))
    rows = sort(scene.wanted.rows(scene.state), scene.look.order, is_reversed=scene.look.is_reversed)
    at = _moment(scene)
    placed = place(rows, at, width) if rows else []
    if rows and height >= TITLED:
        head.append(titles(placed))
        head[-1].stylize("underline" if scene.lost is None else OLD)
    room = max(1, height - len(head) - len(foot))
    first, shown = _scrolled(len(rows), scene.look.first, room)
    lines = head + [line(row, placed, at) for row in rows[first : first + shown]]
    if not rows:
        lines.append(_no_rows(scene))
    elif shown < min(room, len(rows)):
        lines.append(plain(words.not_shown(first, len(rows) - first - shown), QUIET))
    lines += [plain("")] * (height - len(lines) - len(foot)) + foot
    return Picture([cut(one, width) for one in lines[:height]], first, max(1, shown))


def page(scene: Scene, width: int) -> list[Text]:
    """Everything, for where there is no screen: a file, a pipe, a terminal that only types."""
    rows = sort(scene.wanted.rows(scene.state), scene.look.order)
    at = _moment(scene)
    told = (words.PRODUCT, scene.where, words.as_of(time_of_day(scene.state.at, scene.zone)))
    lines = [plain(GAP.join(told)), *([_counts(rows)] if rows else []), plain("")]
    placed = place(rows, at, width) if rows else []
    lines += [titles(placed), *(line(row, placed, at) for row in rows)] if rows else [_no_rows(scene)]
    lines += _strip(scene, ENDLESS, width, ENDLESS)
    return [cut(one, width) for one in lines]


def _no_rows(scene: Scene) -> Text:
    return plain(words.NOTHING_CHOSEN if scene.state.teams else words.NO_TEAMS)


def _moment(scene: Scene) -> Moment:
    return Moment(scene.now, scene.zone, is_old=scene.lost is not None)


def _scrolled(count: int, wanted: int, room: int) -> tuple[int, int]:
    """The first row that is shown, and how many; the last line says how many are not, where there is one to spare."""
    if count <= room:
        return 0, count
    shown = max(1, room - 1)
    return max(0, min(wanted, count - shown)), shown


# ------------------------------------------------------------------ above the rows


def _head(scene: Scene, width: int, height: int) -> Iterator[Text]:
    if scene.lost is None:
        yield _heading(scene, width)
    else:
        yield from list(_alarm(scene, scene.lost, width))[: 2 if height >= WITH_REASON else 1]
    if height >= ROOMY:
        yield plain("")


def _heading(scene: Scene, width: int) -> Text:
    parts = [
        (2, plain(words.PRODUCT, "bold")),
        (0, _counts(scene.wanted.rows(scene.state))),
        (3, plain(scene.where, QUIET)),
        (1, plain(words.live(time_of_day(scene.now, scene.zone)))),
    ]
    *left, last = fitting(parts, width, GAP)
    start = plain(GAP).join(left)
    return start + plain(" " * (width - start.cell_len - last.cell_len)) + last if left else last


def _alarm(scene: Scene, lost: Lost, width: int) -> Iterator[Text]:
    yield in_cell(plain(f" {words.lost(time_of_day(lost.since, scene.zone))}", ALARM), width)
    told = [lost.reason or scene.where]
    if lost.next_try_in is not None:
        told.append(words.next_try(lost.next_try_in))
    yield in_cell(plain(f" {' · '.join(told)}", ALARM), width)


def _counts(rows: Sequence[Row]) -> Text:
    counts = Counter(row.channel.status for row in rows)
    told = (plain(words.summary(counts[status], status), STYLES[status]) for status in BY_TROUBLE if counts[status])
    return plain("  ").join(told)


def _notices(scene: Scene) -> Iterator[Text]:
    teams, channels = scene.wanted.missing_teams(scene.state), scene.wanted.missing_channels(scene.state)
    if teams:
        yield plain(words.missing_teams(teams))
    if channels:
        yield plain(words.missing_channels(channels))


# ------------------------------------------------------------------ below the rows


def _foot(scene: Scene, width: int, height: int) -> Iterator[Text]:
    if height >= TITLED:
        yield from _strip(scene, max(1, height // LARGEST_STRIP), width, height)
    if height >= WITH_KEYS:
        if height >= ROOMY:
            yield plain("")
            if scene.lost is not None:
                yield next(_alarm(scene, scene.lost, width))
        yield _keys(scene.look, width)


def _strip(scene: Scene, most: int, width: int, height: int) -> Iterator[Text]:
    """Sources in trouble, at most so many lines of them."""
    troubled = scene.wanted.troubled(scene.state)
    if troubled and height >= ROOMY:
        yield plain("")
        yield plain(words.SOURCES_IN_TROUBLE, "bold")
    shown = troubled if len(troubled) <= most else troubled[: most - 1]
    for source in shown:
        told = _source(source, scene.now, width)
        yield told if scene.lost is None else faded(told)
    if len(shown) < len(troubled):
        yield plain(words.not_shown(0, len(troubled) - len(shown)) if shown else _named(troubled))


def _named(troubled: Sequence[SourceView]) -> str:
    return f"{words.STALE} {words.SOURCES_IN_TROUBLE}: {', '.join(source.name for source in troubled)}"


def _source(source: SourceView, now: float, width: int) -> Text:
    """Of a reason that is too long the end goes, before age and next try do."""
    is_stale = source.state is not SourceState.FRESH
    failure = source.error or source.roster_error
    style = STYLES[Status.SATURATED if is_stale else Status.TIGHT]
    state = plain(
        words.source_state(source.state, is_up=source.is_up, has_only_roster_error=failure is not source.error)
    )
    told = [
        plain(" ").join((plain(words.STALE if is_stale else words.FAILING, style), plain(source.name, "bold"), state))
    ]
    if is_stale and source.data_at is not None:
        told.append(plain(words.source_age(now - source.data_at)))
    if source.next_poll_at is not None and source.next_poll_at > now:
        told.append(plain(words.next_try(source.next_poll_at - now)))
    between = plain(" · ")
    if failure:
        room = width - sum(part.cell_len + between.cell_len for part in told)
        told.insert(1, cut(plain(words.failure(failure)), max(room, LEAST_REASON)))
    return between.join(told)


def _keys(look: Look, width: int) -> Text:
    arrow = "▲" if look.is_reversed else "▼"
    quit_, *others = words.KEYS
    parts = [(0, plain(quit_, QUIET))]
    for place_, (key, name) in enumerate(words.ORDERS.items(), start=1):
        is_chosen = key == look.order
        parts.append((place_, plain(f"{key} {name}{arrow if is_chosen else ''}", "bold" if is_chosen else QUIET)))
    parts += [(len(parts) + more, plain(text, QUIET)) for more, text in enumerate(others)]
    return plain("  ").join(fitting(parts, width, "  "))
