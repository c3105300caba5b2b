"""Text, numbers and times as the screen shows them."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from rich.text import Text

from monitor.cli.top import words

DAYS_BY_NAME = 7


def clean(text: str) -> str:
    """Text from outside without characters that steer a terminal or turn the direction of what stands beside it."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)


def plain(text: str, style: str = "") -> Text:
    """Never read as markup, and on one line."""
    return Text(clean(text), style=style, no_wrap=True, overflow="crop")


def cut(text: Text, width: int) -> Text:
    """The same where it fits in `width` columns (at least 1), else its beginning and "…"."""
    if text.cell_len <= width:
        return text
    short = text.copy()
    short.truncate(width - len(words.CUT))
    return short.append(words.CUT)


def in_cell(text: Text, width: int, *, is_right: bool = False) -> Text:
    """Cut or filled up to just `width` columns."""
    short = cut(text, width)
    room = plain(" " * (width - short.cell_len))
    return room + short if is_right else short + room


def fitting(parts: Sequence[tuple[int, Text]], width: int, gap: str) -> list[Text]:
    """Those parts that fit beside each other, the least rank first; that one in any case."""
    kept: set[int] = set()
    left = width
    for place in sorted(range(len(parts)), key=lambda place: parts[place][0]):
        needed = parts[place][1].cell_len + (len(gap) if kept else 0)
        if kept and needed > left:
            break
        kept.add(place)
        left -= needed
    return [parts[place][1] for place in sorted(kept)]


def time_of_day(time: float, zone: tzinfo | None) -> str:
    """`time` in Unix seconds; without a zone that of this machine."""
    return f"{_local(time, zone):%H:%M:%S}"


def moment(time: float, now: float, zone: tzinfo | None) -> str:
    """When something will be, seen from now: 20:00 today, Mon 08:00 within six days, else with its date."""
    then, today = _local(time, zone), _local(now, zone)
    days = (then.date() - today.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    if 0 < days < DAYS_BY_NAME:
        return f"{then:%a %H:%M}"
    year = "" if then.year == today.year else f" {then:%Y}"
    return f"{then.day} {then:%b}{year} {then:%H:%M}"


def bar(ratio: float | None, target: float | None, width: int) -> str:
    """Full up to the ratio, with a mark at the target. What is not known is no bar at all, which an empty one would be.

    Only 0 is empty, and only 1 is full.
    """
    if ratio is None:
        return ""
    full = round(ratio * width)
    full = max(full, 1) if ratio > 0 else full
    full = min(full, width - 1) if ratio < 1 else full
    cells = ["█"] * full + ["░"] * (width - full)
    if target is not None:
        cells[min(int(target * width), width - 1)] = "│"
    return "".join(cells)


def _local(time: float, zone: tzinfo | None) -> datetime:
    try:
        return datetime.fromtimestamp(time, zone) if zone else datetime.fromtimestamp(time).astimezone()
    except (OverflowError, ValueError, OSError):  # a time that no calendar has
        return datetime.max.replace(tzinfo=UTC) if time > 0 else datetime.min.replace(tzinfo=UTC)
