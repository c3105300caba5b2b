"""Spoils good bodies: JSON still, with other types, unknown statuses, rows that are none, or nobody in it."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

Tree = object
PAGER: Final[Mapping[str, object]] = {
    "count": 0,
    "total": 0,
    "pages": 1,
    "pageCount": 0,
    "nextPage": "",
    "previousPage": "",
}
NO_ROWS: Final[tuple[object, ...]] = (None, "row", {}, [], 7)


def spoiled_types(body: bytes, rows: int | None) -> bytes:
    """Wrap the scalars of the first rows (None: of all) into lists."""

    def spoil(tree: Tree) -> Tree:
        for row in _first(tree, rows):
            for name, value in row.items():
                row[name] = [value]
        return tree

    return _changed(body, spoil)


def unknown_status(body: bytes, rows: int | None, texts: Mapping[str, str]) -> bytes:
    """Give the first rows (None: all), and the rows in them, a value that no document knows in such fields."""

    def spoil(tree: Tree) -> Tree:
        for row in _first(tree, rows):
            for each in (row, *_rows(row)):
                each.update({name: text for name, text in texts.items() if name in each})
        return tree

    return _changed(body, spoil)


def half_bad(body: bytes) -> bytes:
    """Put what is no row in the place of every second one: never more than half of a list."""
    return _changed(body, _halved)


def emptied(body: bytes) -> bytes:
    """Take out all rows, and make the pager say so."""
    return _changed(body, _without_rows)


def _changed(body: bytes, change: Callable[[Tree], Tree]) -> bytes:
    """Change what a body says, and keep how it says it: behind a byte-order mark, or encoded twice."""
    mark = BOM_UTF8 if body.startswith(BOM_UTF8) else b""
    tree: Tree = msgspec.json.decode(body.removeprefix(mark))
    if isinstance(tree, str):
        return mark + msgspec.json.encode(msgspec.json.encode(change(msgspec.json.decode(tree))).decode())
    return mark + msgspec.json.encode(change(tree))


def _first(tree: Tree, rows: int | None) -> list[dict[str, object]]:
    return list(_rows(tree))[:rows]


def _rows(tree: Tree) -> Iterator[dict[str, object]]:
    """Find the outermost rows: objects in a list, or objects under numbers (a keyed PHP array)."""
    match tree:
        case list():
            yield from (item for item in tree if isinstance(item, dict))
        case dict() if _keyed(tree):
            yield from (value for value in tree.values() if isinstance(value, dict))
        case dict():
            for value in tree.values():
                yield from _rows(value)
        case _:
            return


def _halved(tree: Tree) -> Tree:
    match tree:
        case list() if any(isinstance(item, dict) for item in tree):
            return [_bad(place) if place % 2 else item for place, item in enumerate(tree)]
        case dict() if _keyed(tree):
            return {name: _bad(place) if place % 2 else tree[name] for place, name in enumerate(tree)}
        case dict():
            return {name: _halved(value) for name, value in tree.items()}
        case _:
            return tree


def _bad(place: int) -> object:
    return NO_ROWS[place // 2 % len(NO_ROWS)]


def _without_rows(tree: Tree) -> Tree:
    match tree:
        case list() if any(isinstance(item, dict) for item in tree):
            return []
        case dict() if _keyed(tree):
            return []
        case dict():
            return {name: PAGER.get(str(name), _without_rows(value)) for name, value in tree.items()}
        case _:
            return tree


def _keyed(tree: dict[object, object]) -> bool:
    return bool(tree) and all(str(name).isdigit() for name in tree)
