"""What Comm100 can tell beside its agents: asked with every poll, and never at its expense."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from monitor.errors import PollError, Reason
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.comm100_client import Client

PATIENCE = 5.0
"""Seconds after which a poll goes on without the rest."""
REFUSALS = frozenset({401, 403, 404})
"""401 after a new log-in, where the agents are told, is a refusal: else each poll would log in once more for it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Generic[T]):
    """One call that tells it. `refusals` are the statuses that mean it is not to be had, `lost` what it tells less
    than a way before it that is refused.
    """

    path: str
    decode: Callable[[bytes, str], T]
    params: Mapping[str, str] = field(default_factory=dict)
    refusals: frozenset[int] = REFUSALS
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What was told, None where it is not known, and what there is to say about it."""

    value: T | None
    notes: tuple[str, ...] = ()


class Beside(Generic[T]):
    """Asks the first way that is not refused. What goes wrong is a note, and one that is refused is not asked again
    until `ask_again`.
    """

    def __init__(self, client: Client, what: str, ways: Sequence[Way[T]]) -> None:
        self._client = client
        self._what = what
        self._ways = ways
        self._refused: dict[str, str] = {}

    def ask_again(self) -> None:
        """Forget what was refused: permissions change."""
        self._refused.clear()

    async def read(self, calls: Calls) -> Told[T]:
        """Never raises but for cancellation."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._read(calls)
        except PollError as error:
            return Told(None, (f"{self._what} is not known: {error.detail}",))
        except TimeoutError:
            return Told(None, (f"{self._what} is not known: no answer in {PATIENCE:g} s",))

    async def _read(self, calls: Calls) -> Told[T]:
        for way in self._ways:
            if way.path in self._refused:
                continue
            try:
                value = way.decode(await self._client.get(calls, way.path, way.params), way.path)
            except PollError as error:
                if error.status not in way.refusals or error.reason is Reason.RATE_LIMITED:
                    raise
                self._refused[way.path] = f"{way.path} is refused ({error.status})"
            else:
                return Told(value, tuple(f"{why}: {way.lost}" for why in self._refused.values() if way.lost))
        return Told(None, (f"{' and '.join(self._refused.values())}: {self._what} is not known",))
