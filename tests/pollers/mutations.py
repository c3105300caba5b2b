"""Valid payloads made wrong: as trees (fields dropped, retyped, added) and as bytes (cut, doubled, no UTF-8)."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

Tree = Any
ODD: tuple[Any, ...] = (
    None, True, False, "", " ", "x" * 300, "\x00", "é\u2028", "NaN", "-1", "1e400", [], {}, [[]], {"id": {}}, 0, -1,
    1.5, -0.0, 10**6 + 1, 2**63, 10**400, 1e308, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip


def places(tree: Tree, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a tree, the root left out."""
    match tree:
        case dict():
            inner = list(tree.items())
        case list():
            inner = list(enumerate(tree))
        case _:
            return
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def with_depths(body: bytes) -> bytes:
    """Nesting as deep as its marks say: made of bytes, because Python's own recursion ends sooner."""
    return re.sub(rb'"@(\d+)@"', lambda mark: b"[" * int(mark[1]) + b"]" * int(mark[1]), body)


@st.composite
def mutated(draw: st.DrawFn, original: Tree) -> bytes:
    """The bytes of a payload after a few mutations."""
    tree = copy.deepcopy(original)
    for _ in range(draw(st.integers(0, 4))):
        found = list(places(tree))
        if found:
            _mutate(draw, tree, draw(st.sampled_from(found)))
    return _spoil(draw, with_depths(json.dumps(tree, ensure_ascii=draw(st.booleans())).encode()))


def _odd(draw: st.DrawFn) -> Tree:
    return copy.deepcopy(draw(st.sampled_from(ODD)))


def _mutate(draw: st.DrawFn, tree: Tree, path: tuple[Any, ...]) -> None:
    holder = tree
    for key in path[:-1]:
        holder = holder[key]
    match draw(st.sampled_from(("drop", "replace", "wrap", "text", "double", "add", "deep"))):
        case "drop":
            del holder[path[-1]]
        case "replace":
            holder[path[-1]] = _odd(draw)
        case "wrap":
            holder[path[-1]] = [holder[path[-1]]]
        case "text":
            holder[path[-1]] = json.dumps(holder[path[-1]])
        case "double" if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        case "deep":
            holder[path[-1]] = draw(st.sampled_from(("@3@", "@200@", "@900@", "@5000@")))
        case _ if isinstance(holder, dict):
            holder[draw(st.sampled_from(("error", "id", "zzz", "", "status")))] = _odd(draw)
        case _:
            holder.insert(0, _odd(draw))


def _spoil(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(st.integers(0, len(body)))
    spoil: Callable[[], bytes] = draw(
        st.sampled_from(
            (
                lambda: body,
                lambda: body,
                lambda: body,
                lambda: body,
                lambda: body[:at],
                lambda: body[:at] + b"\xff\xfe" + body[at:],
                lambda: body + body,
                lambda: b"\xef\xbb\xbf" + body,
                lambda: body.replace(b'"', b"'", 1),
                lambda: body.replace(b",", b",,", 1),
                lambda: body[:at] + b"\\ud800" + body[at:],
                lambda: body[:at] + b"\x00" + body[at:],
            )
        )
    )
    return spoil()
