"""The stream of a running agentmon: one connection after another, each going on where the last one ended."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import TypeAlias

import aiohttp
import msgspec

from monitor.cli.address import Address, AddressError, asking, refusal
from monitor.cli.top.events import Event, EventReader
from monitor.web.changes import ChangeView
from monitor.web.stream import BEAT_EVERY, EVENTS, BeatView
from monitor.web.views import StateView

SILENCE = 2 * BEAT_EVERY
"""Seconds without a byte after which a connection is taken for lost."""

Told: TypeAlias = StateView | ChangeView | BeatView

_KINDS: dict[str, type[Told]] = {"state": StateView, "change": ChangeView, "beat": BeatView}


class Stream:
    """For one reader at a time. `silence` is in seconds."""

    def __init__(self, address: Address, session: aiohttp.ClientSession, *, silence: float = SILENCE) -> None:
        self._address = address
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=silence, sock_read=silence)
        self._silence = silence
        self._last_id = ""

    async def connect(self) -> AsyncGenerator[Told, None]:
        """What is told over one connection: the whole state first, but what followed where that is still known.

        Raises AddressError when the connection ends, for whatever reason.
        """
        where = self._address.shown
        with asking(where, self._silence):
            async with self._session.get(
                self._address.to("api", "v1", "stream"), headers=self._headers(), timeout=self._timeout
            ) as response:
                self._check(response)
                reader = EventReader()
                async for data in response.content.iter_any():
                    for event in reader.feed(data):
                        if event.name in _KINDS:
                            yield self._read(event)
        raise AddressError(f"{where} has ended the connection")

    def _headers(self) -> dict[str, str]:
        resumed = {"Last-Event-ID": self._last_id} if self._last_id else {}
        return {**self._address.headers, "Accept": EVENTS, "Cache-Control": "no-cache", **resumed}

    def _check(self, response: aiohttp.ClientResponse) -> None:
        where = self._address.shown
        if response.status == HTTPStatus.NOT_FOUND:
            raise AddressError(f"{where} has no /api/v1/stream: it is no agentmon, or an older one")
        if response.status != HTTPStatus.OK:
            raise refusal(where, response.status)
        if response.content_type != EVENTS:
            raise AddressError(f"{where} is not an agentmon: its answer is {response.content_type}, not {EVENTS}")

    def _read(self, event: Event) -> Told:
        """What cannot be read, or comes before any state, is no basis to go on from: the next time all is asked for."""
        resumed, self._last_id = self._last_id, ""
        if event.name != "state" and not resumed:
            raise msgspec.DecodeError("nothing can be added to no state")
        told = msgspec.json.decode(event.data, type=_KINDS[event.name])
        self._last_id = event.id or resumed
        return told
