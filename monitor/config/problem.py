"""What is wrong in a configuration file, and where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from monitor.errors import AgentmonError

Place = tuple[str | int, ...]
"""Way from the top of the file to a value: keys and indexes."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,63}|<<")


class Position(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


START = Position(1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake. `path` is as the operator writes it (`sources[1].poll.interval`), empty for the whole file."""

    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        """Message and mend, without the place."""
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def show(self, filename: str | Path) -> str:
        """One line: `file:line:column: path: message (hint)`."""
        place = f"{filename}:{self.line}:{self.column}"
        return f"{place}: {self.path}: {self.text}" if self.path else f"{place}: {self.text}"


class ConfigError(AgentmonError):
    """A configuration that cannot be used: every problem of the file, in the order of its lines."""

    def __init__(self, filename: str | Path, problems: Iterable[Problem]) -> None:
        self.filename = str(filename)
        self.problems = in_order(problems)
        super().__init__("\n".join(problem.show(filename) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Without repetitions, by line and column."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.column)))


def at(position: Position, place: Place, message: str, hint: str = "") -> Problem:
    return Problem(line=position.line, column=position.column, path=show_place(place), message=message, hint=hint)


def show_place(place: Place) -> str:
    """`sources[1].poll.interval`; a key that is not a plain word is quoted and cut."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{quoted(step)}]"
    return text


def quoted(text: str) -> str:
    """Text of the file made safe for one line of a terminal, at most 64 characters of it."""
    cut = text if len(text) <= 64 else text[:63] + "…"  # noqa: PLR2004 - see the docstring
    return "'" + "".join(letter if letter.isprintable() else "?" for letter in cut) + "'"
