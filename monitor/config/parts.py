"""The valid part of a file, and every mistake of its form."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.document import Document
from monitor.config.messages import EMPTY, NO_VENDOR, place_of, problem_of
from monitor.config.problem import Place, Problem, at
from monitor.config.prune import Pruned, prune
from monitor.config.schema import (
    FileOptions,
    LooseSource,
    MemberOptions,
    PeopleOptions,
    PersonOptions,
    TeamOptions,
    Text,
)
from monitor.config.structure import empty_places
from monitor.config.values import Account
from monitor.pollers.vendors.base import SourceOptions


class _AnySource(SourceOptions, extra="ignore"):
    """What can be checked of a source whose vendor is not known."""


class _LooseTeam(TeamOptions):
    name: Text = ""
    members: Annotated[tuple[MemberOptions, ...], Field(strict=False)] = ()


class _LoosePerson(PersonOptions):
    name: Text = ""
    accounts: Annotated[tuple[Account, ...], Field(strict=False)] = ()


class _LoosePeople(PeopleOptions):
    list: Annotated[tuple[_LoosePerson, ...], Field(strict=False)] = ()


class _LooseFile(FileOptions):
    """A file that may lack what it needs, so that the rest of a source or team can be checked without it."""

    sources: Annotated[tuple[LooseSource, ...], Field(strict=False)] = ()
    teams: Annotated[tuple[_LooseTeam, ...], Field(strict=False)] = ()
    people: _LoosePeople = _LoosePeople()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What of the file is valid, as `file`; places in `file` are led back to places in the text."""

    document: Document
    file: FileOptions
    pruned: Pruned
    broken: frozenset[Place]

    def problem(self, place: Place, message: str, hint: str = "", *, of_key: bool = False) -> Problem:
        """A problem of the value (or key) at a place of `file`; of the mapping that lacks it, where it is not."""
        origin = self.pruned.origin(place)
        position = self.document.key_at(origin) if of_key else self.document.value_at(origin)
        return at(position, origin, message, hint)

    def is_whole(self, place: Place) -> bool:
        """Whether nothing at or below a place of `file` was broken."""
        origin = self.pruned.origin(place)
        return not any(other[: len(origin)] == origin for other in self.broken)

    def is_told(self, place: Place) -> bool:
        """Whether a place of `file` is as the text has it, or left out there: nothing around it was broken either."""
        origin = self.pruned.origin(place)
        return self.is_whole(place) and not any(origin[: len(other)] == other for other in self.broken)

    def names(self, section: str) -> list[tuple[str, Place]]:
        """Each name in a list of the text with its place, those of broken entries too."""
        entries = self.document.get((section,))
        places = [(section, index, "name") for index in range(len(entries) if isinstance(entries, list) else 0)]
        found = [(self.document.get(place), place) for place in places]
        return [(name, place) for name, place in found if isinstance(name, str)]


def read_parts(document: Document, base: Path) -> tuple[Parts, list[Problem]]:
    """Validates, takes the broken places out, and validates again until only valid ones are left.

    Only the first round speaks to the operator: what is wrong after that follows from what was taken out.
    """
    model: type[FileOptions] = FileOptions
    broken: set[Place] = set()
    problems: list[Problem] = []
    data = document.data
    while True:
        pruned = prune(data, broken) if data is not None else Pruned(data={}, kept={})
        try:
            file = model.model_validate(pruned.data, context={"base": base})
        except ValidationError as error:
            found: set[Place] = set()
            for detail in error.errors(include_url=False, include_input=False):
                place = pruned.origin(place_of(detail))
                is_strict = model is FileOptions
                if is_strict and _is_hollow(document, detail, place):
                    continue
                if is_strict:
                    problems.append(problem_of(document, detail, place))
                    problems.extend(_without_vendor(document, detail, place, base))
                found.add(_to_remove(detail, place, is_strict=is_strict))
            # A place that stays broken after it was taken out cannot be told from the rest: all of it goes.
            data = None if found <= broken and model is _LooseFile else data
            broken |= found
            model = _LooseFile
            continue
        empty = [pruned.origin(place) for place in empty_places(file)]
        problems.extend(at(document.value_at(place), place, *EMPTY) for place in empty)
        parts = Parts(document=document, file=file, pruned=pruned, broken=frozenset(broken.union(empty)))
        return parts, problems


def _is_hollow(document: Document, detail: ErrorDetails, place: Place) -> bool:
    """Whether a list only counts as too short because pydantic leaves its broken entries out."""
    return detail["type"] == "too_short" and bool(document.get(place))


def _to_remove(detail: ErrorDetails, place: Place, *, is_strict: bool) -> Place:
    """A vendor that is not known takes its source along, and so does a key that even a loose file needs."""
    is_needed = detail["type"] in NO_VENDOR or (detail["type"] == "missing" and not is_strict)
    return place[:-1] if is_needed and len(place) > 1 else place


def _without_vendor(document: Document, detail: ErrorDetails, place: Place, base: Path) -> list[Problem]:
    """The mistakes of a source in what all vendors share, where its vendor is not known."""
    if detail["type"] not in NO_VENDOR:
        return []
    above = place[:-1]
    try:
        _AnySource.model_validate(document.get(above), context={"base": base})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return [problem_of(document, inner, (*above, *place_of(inner))) for inner in details]
    return []
