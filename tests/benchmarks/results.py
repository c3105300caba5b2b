"""What the bench found: rows with a unit, how often it was measured, and the budget where there is one."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

HEADINGS = ("what", "found", "how", "budget", "")
BEGIN = "<!-- benchmark results, written by `make bench`; do not edit -->"
END = "<!-- end of benchmark results -->"


class Row(msgspec.Struct, frozen=True):
    """`is_met` is None where there is no budget."""

    what: str
    found: str
    how: str
    budget: str = ""
    is_met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        return self.what, self.found, self.how, self.budget, verdict


class Section(msgspec.Struct, frozen=True):
    title: str
    rows: Sequence[Row]


def at_most(what: str, found: float, limit: float, unit: str, how: str) -> Row:
    """A row whose budget is an upper limit."""
    return Row(what, f"{show(found)} {unit}", how, f"≤ {limit:g} {unit}", found <= limit)


def at_least(what: str, found: float, limit: float, unit: str, how: str) -> Row:
    return Row(what, f"{show(found)} {unit}", how, f"≥ {limit:g} {unit}", found >= limit)


def plain(what: str, found: float, unit: str, how: str) -> Row:
    return Row(what, f"{show(found)} {unit}", how)


def show(number: float) -> str:
    """Three digits that mean something."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}" if number >= 0.1 else f"{number:.3f}"


def machine() -> str:
    """What it ran on, and how busy that was before: a figure without it says little."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores, {pages * size / 2**30:.0f} GB of memory, "
        f"Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f} before the run"
    )


def terminal(sections: Iterable[Section]) -> str:
    sections = list(sections)
    everything = [HEADINGS, *(row.cells for section in sections for row in section.rows)]
    widths = [max(len(cells[column]) for cells in everything) for column in range(len(HEADINGS))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

    told = []
    for section in sections:
        told += ["", section.title, "-" * len(section.title), line(HEADINGS)]
        told += [line(row.cells) for row in section.rows]
    return "\n".join(told[1:])


def markdown(sections: Iterable[Section], about: str) -> str:
    told = [BEGIN, "", f"*{about}.*"]
    for section in sections:
        told += ["", f"**{section.title}**", "", f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|"]
        told += [f"| {' | '.join(row.cells)} |" for row in section.rows]
    return "\n".join([*told, "", END]) + "\n"


def into(file: Path, block: str) -> None:
    """Put the block in place of the one before. ValueError where the file has no place for it."""
    text = file.read_text(encoding="utf-8")
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END + "\n")
    if not (found and ended):
        raise ValueError(f"{file} has no block of results to replace")
    file.write_text(before + block + after, encoding="utf-8")
