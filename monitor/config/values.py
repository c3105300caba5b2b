"""Field types that only the configuration has: coverage, listen address, account, lists without repetition."""

import re
from collections.abc import Hashable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

T = TypeVar("T", bound=Hashable)

_LISTEN = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]*)):(?P<port>[0-9]{1,5})")
_LISTEN_HELP = "write HOST:PORT, [IPV6]:PORT or :PORT"
_LARGEST_PORT = 65535


def _check_coverage(value: object) -> object:
    if value == 1 and not isinstance(value, bool):
        raise ValueError(
            "a coverage of 1 leaves an error budget of zero, which can never be kept; write less, as in 0.99"
        )
    return value


Coverage = Annotated[float, Field(gt=0, lt=1), BeforeValidator(_check_coverage)]
"""Share of open time: a target of all of it would have no budget to burn."""


def _check_unique(value: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(value)) < len(value):
        raise ValueError("an entry occurs twice; name each once")
    return value


def parse_listen(value: str) -> tuple[str, int]:
    """Host (empty for every interface) and port; ValueError for anything else."""
    match = _LISTEN.fullmatch(value)
    if match is None:
        raise ValueError(f"not an address to listen on; {_LISTEN_HELP}")
    if int(match["port"]) > _LARGEST_PORT:
        raise ValueError(f"not a port; it is at most {_LARGEST_PORT}")
    return match["six"] or match["host"] or "", int(match["port"])


def _check_listen(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f"not an address to listen on; {_LISTEN_HELP}")  # noqa: TRY004 - pydantic wants it
    parse_listen(value)
    return value


def _as_list(value: object) -> object:
    """One address is a list of one; its mistake is that of the option."""
    return value if isinstance(value, list | tuple) else (_check_listen(value),)


_LISTEN_SCHEMA = {"type": "string", "pattern": r":[0-9]{1,5}$"}
Listen = Annotated[str, BeforeValidator(_check_listen)]
Listens = Annotated[
    tuple[Listen, ...],
    Field(strict=False, min_length=1),
    AfterValidator(_check_unique),
    BeforeValidator(_as_list),
    WithJsonSchema({"oneOf": [_LISTEN_SCHEMA, {"type": "array", "items": _LISTEN_SCHEMA, "minItems": 1}]}),
]


_ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::[0-9]{1,5})?")


def _check_origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value):
        raise ValueError(
            "not an origin; write scheme and host in lower case, as in https://board.example, nothing else"
        )
    return value


Origin = Annotated[
    str, AfterValidator(_check_origin), WithJsonSchema({"type": "string", "pattern": "^https?://[^/]+$"})
]
"""What a browser calls the place of a page: compared letter by letter, so only the form that browsers send is taken."""


def split_account(account: str) -> tuple[str, str]:
    """Source and id of `SOURCE/ACCOUNT-ID`."""
    source, _, identity = account.partition("/")
    return source, identity


def _check_account(value: str) -> str:
    if not all(split_account(value)):
        raise ValueError("not an account; write SOURCE/ACCOUNT-ID")
    return value


Account = Annotated[str, AfterValidator(_check_account), Field(json_schema_extra={"pattern": "^[^/]+/.+$"})]


Words = Annotated[tuple[T, ...], Field(strict=False), AfterValidator(_check_unique)]
"""A list of words, each at most once."""
