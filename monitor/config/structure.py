"""Walks through the models along a place of the file: which keys are known there, what a key means."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from monitor.config.document import Document
from monitor.config.problem import Place
from monitor.config.schema import SOURCES, FileOptions
from monitor.pollers.vendors.base import SourceOptions


def model_at(document: Document, place: Place, root: type[BaseModel] = FileOptions) -> type[BaseModel] | None:
    """The model of the mapping at `place` of a file that is a `root`; None where the file has none there."""
    found: Any = root
    for depth, step in enumerate(place):
        if place[:depth] == ("sources",) and isinstance(step, int):
            found = SOURCES.get(str(document.get((*place[: depth + 1], "vendor"))), SourceOptions)
        elif isinstance(found, type) and issubclass(found, BaseModel):
            known = found.model_fields.get(str(step))
            found = _plain(known.annotation) if known else None
        else:
            inner = get_args(found)
            found = _plain(inner[-1 if get_origin(found) is not tuple else 0]) if inner else None
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def _plain(annotation: Any) -> Any:
    """Without Annotated and without None."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, types.UnionType}:
            rest = [arm for arm in get_args(annotation) if arm is not types.NoneType]
            if len(rest) != 1:
                return None
            annotation = rest[0]
        else:
            return annotation


def empty_places(value: object, place: Place = ()) -> Iterator[Place]:
    """Places that are written and empty (`interval:`), found through the models: so never inside a secret."""
    match value:
        case BaseModel():
            for name in sorted(value.model_fields_set):
                inner = getattr(value, name)
                if inner is None:
                    yield (*place, name)
                else:
                    yield from empty_places(inner, (*place, name))
        case tuple() | list():
            for index, item in enumerate(value):
                yield from empty_places(item, (*place, index))
        case Mapping():
            for key, item in value.items():
                yield from empty_places(item, (*place, str(key)))
