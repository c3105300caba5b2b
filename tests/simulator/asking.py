"""What the simulator's tests share: how they ask, and how they wait."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

WALL = 1_767_225_600.0

KEYS: Mapping[str, Mapping[str, str]] = {
    "cobrowser": {"user": "demo", "apiKey": "demo-cobrowser-key"},
    "iadvize": {"key": "demo-iadvize-key"},
    "liveagent": {"apikey": "demo-liveagent-key"},
    "comm100": {},
}


class Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


Ask = Callable[..., Awaitable[Answer]]
Call = Callable[..., Awaitable[tuple[int, Any]]]


class Wall:
    """A wall clock that a test sets."""

    def __init__(self) -> None:
        self.at = WALL

    def __call__(self) -> float:
        return self.at


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


async def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; TimeoutError if it does not within five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.001)
