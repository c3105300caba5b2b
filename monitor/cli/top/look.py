"""How the rows are looked at, and what each key changes of that."""

import msgspec

from monitor.cli.top.keys import Key
from monitor.cli.top.rows import ORDERS

LAST = 1_000_000
"""A row that is surely behind the last one."""


class Look(msgspec.Struct, frozen=True):
    """`order` is the key that sorts so; `first` the row at the top, which drawing moves to where there are rows."""

    order: str = "t"
    is_reversed: bool = False
    first: int = 0


def press(look: Look, key: str, page: int) -> Look:
    """What a key makes of it; the same where it says nothing. `page` is how many rows there is room for."""
    match key:
        case "r":
            return Look(look.order, not look.is_reversed)
        case _ if key in ORDERS:
            return Look(key)
        case Key.UP:
            return _at(look, look.first - 1)
        case Key.DOWN:
            return _at(look, look.first + 1)
        case Key.PAGE_UP:
            return _at(look, look.first - page)
        case Key.PAGE_DOWN:
            return _at(look, look.first + page)
        case Key.HOME:
            return _at(look, 0)
        case Key.END:
            return _at(look, LAST)
        case _:
            return look


def _at(look: Look, first: int) -> Look:
    return Look(look.order, look.is_reversed, max(0, first))
