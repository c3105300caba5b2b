"""YAML text -> a tree of nodes with positions; what YAML itself forbids is one problem, the first.

The tree is built from the parser's events: that gives the place of an alias as well as of what it names, and
stops a file that nests too deeply before the parser suffers from it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from monitor.config.problem import START, Position, Problem, at
from monitor.config.scalars import Scalar, resolve

DEPTH_LIMIT = 32
TOO_DEEP = f"nested more than {DEPTH_LIMIT} levels deep"
TEXT_TAG = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leaf:
    """A scalar; `is_plain` tells an unquoted one (only that can be a merge key)."""

    position: Position
    value: Scalar
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sequence:
    position: Position
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapping:
    position: Position
    pairs: tuple[tuple["Node", "Node"], ...]


Node = Leaf | Sequence | Mapping


class YamlError(Exception):
    """The text is no YAML that we take."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _refuse(position: Position, message: str, hint: str = "") -> YamlError:
    return YamlError(at(position, (), message, hint))


def parse(text: str) -> Node | None:
    """The tree of the only document of `text`, None if there is none; raises YamlError."""
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text)).document()
    except ReaderError as error:
        raise _refuse(_offset(text, error.position), "a character that YAML does not allow") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refuse(_position(mark) if mark else START, *_sentence(error)) from error
    except YAMLError as error:
        raise _refuse(START, "not YAML") from error


class _Builder:
    """One pass over the events. An anchor is known from the end of its node, so no alias can be recursive."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._anchors: dict[str, Node] = {}
        self._open: list[str] = []

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise _refuse(_position(event.start_mark), "a second document", "one file, one document")
                root = self._node(next(self._events), 0)
        return root

    def _node(self, event: Event, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if depth > DEPTH_LIMIT:
            raise _refuse(_position(event.start_mark), TOO_DEEP)
        anchor = event.anchor if isinstance(event, NodeEvent) else None
        if anchor:
            self._open.append(anchor)
        node = self._content(event, depth)
        if anchor:
            self._open.pop()
            self._anchors[anchor] = node
        return node

    def _alias(self, event: AliasEvent) -> Node:
        # The name is not repeated: an unquoted password may begin with an asterisk.
        if event.anchor in self._open:
            raise _refuse(_position(event.start_mark), "an alias (*) inside of what it names")
        if event.anchor not in self._anchors:
            raise _refuse(_position(event.start_mark), "an alias (*) of nothing", "quote text that begins with *")
        return self._anchors[event.anchor]

    def _content(self, event: Event, depth: int) -> Node:
        position = _position(event.start_mark)
        tag = getattr(event, "tag", None)
        if tag not in {None, "!"} and not (tag == TEXT_TAG and isinstance(event, ScalarEvent)):
            raise _refuse(position, "a tag (!) has no meaning here", "quote text that begins with !")
        match event:
            case ScalarEvent():
                is_plain = tag is None and event.implicit[0]
                value = resolve(event.value) if is_plain else _whole_text(event.value, position)
                return Leaf(position=position, value=value, is_plain=is_plain)
            case SequenceStartEvent():
                return Sequence(position=position, items=tuple(self._items(depth)))
            case MappingStartEvent():
                return Mapping(position=position, pairs=tuple(self._pairs(depth)))
        raise AssertionError(event)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _pairs(self, depth: int) -> Iterator[tuple[Node, Node]]:
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._node(event, depth + 1)
            yield key, self._node(next(self._events), depth + 1)


def _whole_text(text: str, position: Position) -> str:
    """Joins characters that JSON writes as two escapes; half of one is no text."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise _refuse(position, "an escape (\\u) that stands for half a character") from error


def _position(mark: StringMark) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _offset(text: str, offset: int) -> Position:
    before = text[:offset]
    return Position(before.count("\n") + 1, offset - before.rfind("\n"))


_SENTENCES = (
    ("mapping values are not allowed", "a colon where no value can begin", "quote text that holds ': '"),
    ("could not find expected ':'", "a line that is neither a key with a colon nor a list item", ""),
    (r"found character '\t'", "a tab; YAML is indented with spaces", ""),
    ("cannot start any token", "text that begins with a sign of YAML", "put it in quotes"),
    ("found unexpected end of stream", "a quote that is never closed", ""),
    ("undefined tag handle", "a tag (!) has no meaning here", "quote text that begins with !"),
    ("unknown escape character", "an unknown escape (\\)", "double \\, or use single quotes"),
    ("expected ',' or", "a list or mapping in brackets that is not closed", ""),
    ("expected <block end>", "a line that does not fit the indentation above it", ""),
)


def _sentence(error: MarkedYAMLError) -> tuple[str, str]:
    """Message and mend. What the parser quotes may be a part of a secret, and is left out."""
    told = error.problem or ""
    for pattern, message, hint in _SENTENCES:
        if pattern in told:
            return message, hint
    return "not YAML: " + re.sub(r"(['\"]).{2,}\1", "…", told, flags=re.DOTALL), ""
