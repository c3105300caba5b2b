"""Sentences for the operator in the place of pydantic's: what is wrong, and the mend.

No sentence repeats a value, but for the short words by which a file refers to things (vendors, channels).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.config.document import Document
from monitor.config.names import suggest
from monitor.config.problem import Place, Problem, at, quoted
from monitor.config.schema import SOURCES, FileOptions
from monitor.config.structure import model_at
from monitor.options import meanings
from monitor.pollers.vendors.base import SOURCE_NAME

_Sentence = tuple[str, str]
NO_VENDOR = frozenset({"union_tag_invalid", "union_tag_not_found"})
EMPTY: _Sentence = ("has no value", "leave the key out for its default")
_NAME_HELP = "lower-case letters, digits, _ . and -, beginning with a letter or digit, at most 63 characters"


def place_of(error: ErrorDetails) -> Place:
    """The error's place in the file, without the tags and marks that pydantic puts into its own."""
    steps: list[str | int] = [step for step in error["loc"] if step != "[key]"]
    if steps[:1] == ["sources"] and len(steps) > 2 and steps[2] in SOURCES:  # noqa: PLR2004 - sources, index, tag
        del steps[2]
    if error["type"] in NO_VENDOR:
        steps.append("vendor")
    return tuple(steps)


def problem_of(document: Document, error: ErrorDetails, place: Place, root: type[BaseModel] = FileOptions) -> Problem:
    """A mistake in a file that is a `root`."""
    is_key = error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",)
    position = document.key_at(place) if is_key else document.value_at(place)
    return at(position, place, *sentence(document, error, place, root))


def sentence(document: Document, error: ErrorDetails, place: Place, root: type[BaseModel]) -> _Sentence:
    """Message and hint."""
    kind, context = error["type"], error.get("ctx", {})
    value = document.get(place)
    if kind in {"missing", "union_tag_not_found"}:
        return "is missing", _meaning(document, place, root)
    if kind == "extra_forbidden":
        return _unknown_key(document, place, root)
    if kind == "union_tag_invalid":
        return f"unknown vendor{_word(value)}", suggest(value, SOURCES, "known vendors")
    if kind == "value_error":
        # Sentences of field types bring their mend along, behind a semicolon.
        message, _, hint = str(context.get("error", "not valid")).partition("; ")
        return message, hint
    if value is None and error["loc"][-1:] != ("[key]",):
        return EMPTY
    if kind in {"enum", "literal_error"}:
        return _unknown_word(place, value, str(context.get("expected", "")), error)
    make = _BY_TYPE.get(kind)
    return make(context, value) if make else ("not valid", "")


def _meaning(document: Document, place: Place, root: type[BaseModel]) -> str:
    if len(place) == 3 and place[0] == "sources" and place[2] == "vendor":  # noqa: PLR2004 - sources, index, key
        return f"one of {', '.join(sorted(SOURCES))}"
    model = model_at(document, place[:-1], root)
    return meanings(model).get(str(place[-1]), "").replace("\n", " ").rstrip(".") if model else ""


def _unknown_key(document: Document, place: Place, root: type[BaseModel]) -> _Sentence:
    model = model_at(document, place[:-1], root)
    known = model.model_fields if model else ()
    return f"unknown key {quoted(str(place[-1]))}", suggest(place[-1], known, "known here")


def _unknown_word(place: Place, value: object, expected: str, error: ErrorDetails) -> _Sentence:
    words = re.findall(r"'([^']*)'", expected)
    if error["loc"][-1:] == ("[key]",):
        value = place[-1]
    what = "channel" if "chat" in words else "value"
    return f"unknown {what}{_word(value)}", suggest(value, words, "known" if what == "value" else "known channels")


def _word(value: object) -> str:
    """The value where it may be a misspelt word; anything longer may be something that is to stay secret."""
    return f" '{value}'" if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z_-]{0,19}", value) else ""


def _text(_context: Mapping[str, Any], value: object) -> _Sentence:
    return "not text", "put it in quotes" if isinstance(value, (int, float)) else ""


def _pattern(context: Mapping[str, Any], _value: object) -> _Sentence:
    if context.get("pattern") == SOURCE_NAME:
        return "not a name", _NAME_HELP
    return "not written as it has to be", ""


def _bound(words: str, key: str) -> Callable[[Mapping[str, Any], object], _Sentence]:
    return lambda context, _value: (f"must be {words} {context[key]:g}", "")


def _says(message: str, hint: str = "") -> Callable[[Mapping[str, Any], object], _Sentence]:
    return lambda _context, _value: (message, hint)


_MAPPING = _says("not a mapping", "write it as key: value")
_LIST = _says("not a list", "write [a, b], or one item a line behind a dash")
_WHOLE = _says("not a whole number")
_NUMBER = _says("not a number")
_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any], object], _Sentence]] = {
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "mapping_type": _MAPPING,
    "dict_type": _MAPPING,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _says("is empty"),
    "too_short": _says("is empty", "it needs at least one entry"),
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _says("not true or false"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than_equal": _bound("at most", "le"),
    "greater_than": _bound("more than", "gt"),
    "less_than": _bound("less than", "lt"),
}
