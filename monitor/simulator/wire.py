"""What the four vendor files share: answers, the clock, and how a vendor words its errors."""

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

import msgspec
from aiohttp import web

from monitor.simulator.directory import Vendor

Clock = Callable[[], float]
SUCCESS: Final = range(200, 300)
T = TypeVar("T")


class Cell(Generic[T]):
    """A value that may be changed while the server runs; the server looks at every request."""

    def __init__(self, value: T) -> None:
        self.value = value


class Reply(msgspec.Struct, frozen=True):
    """An answer as a value, because it can be given many times and a response only once."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}

    @property
    def is_good(self) -> bool:
        return self.status in SUCCESS

    def response(self, headers: Mapping[str, str] | None = None) -> web.Response:
        return web.Response(
            status=self.status,
            body=self.body,
            headers={"Content-Type": f"{self.content_type}; charset=utf-8", **self.headers, **(headers or {})},
        )


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How a vendor fails: its error envelope for an HTTP status, and its words for the known troubles.

    `unknown_status` are row fields with a value that no document knows; empty where no such text exists.
    """

    vendor: Vendor
    error: Callable[[int], Reply]
    auth: Reply
    in_body: Reply
    over_limit: Reply
    permission: Reply | None = None
    edition: Reply | None = None
    expired_token: Reply | None = None
    unknown_status: Mapping[str, str] = {}


def json_body(value: object) -> bytes:
    return msgspec.json.encode(value)


def json_reply(value: object, status: int = 200, content_type: str = "application/json") -> Reply:
    return Reply(status, json_body(value), content_type)


def json_response(value: object, status: int = 200) -> web.Response:
    return json_reply(value, status).response()


def whole(text: str | None, default: int) -> int:
    """Read a query parameter as a number of at least 1, as forgiving as the vendors' own pagers."""
    try:
        return max(1, int(text)) if text else default
    except ValueError:
        return default
