"""Spoils good bodies: the same JSON with other types, unknown statuses, or nobody in it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

Tree = object
PAGER: Final[Mapping[str, object]] = {"count": 0, "pages": 1, "nextPage": "", "previousPage": ""}


def spoiled_types(body: bytes, rows: int | None) -> bytes:
    """Wrap the scalars of the first rows (None: of all) into lists."""
    tree: Tree = msgspec.json.decode(body)
    for row in _first(tree, rows):
        for name, value in row.items():
            row[name] = [value]
    return msgspec.json.encode(tree)


def unknown_status(body: bytes, rows: int | None, texts: Mapping[str, str]) -> bytes:
    """Give the first rows (None: all) that have such a field a value that no document knows."""
    tree: Tree = msgspec.json.decode(body)
    for row in _first(tree, rows):
        row.update({name: text for name, text in texts.items() if name in row})
    return msgspec.json.encode(tree)


def emptied(body: bytes) -> bytes:
    """Take out all rows, and make the pager say so."""
    return msgspec.json.encode(_without_rows(msgspec.json.decode(body)))


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
