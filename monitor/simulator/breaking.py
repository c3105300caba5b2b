"""Lines that break: answers that stop, crawl, flood or lie about their length, written to the socket itself."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import ClientConnectionResetError, web
from aiohttp.abc import AbstractStreamWriter

from monitor.simulator.faults import Fault, FaultKind
from monitor.simulator.malformed import GARBAGE, GZIP, Bomb
from monitor.simulator.wire import Reply

BREAKING: Final = frozenset(
    {
        FaultKind.HANG,
        FaultKind.STALL,
        FaultKind.RESET,
        FaultKind.TRUNCATED,
        FaultKind.ENDLESS,
        FaultKind.DRIP,
        FaultKind.GZIP_BOMB,
        FaultKind.WRONG_LENGTH_LONG,
        FaultKind.WRONG_LENGTH_SHORT,
        FaultKind.GARBAGE,
    }
)
MISSING_BYTES: Final = 1000
ENDLESS_CHUNK: Final = b" " * 65_536
DRIP_SECONDS: Final = 0.05
LINGER_NOT_AT_ALL: Final = struct.pack("ii", 1, 0)


class Line:
    """The connection of one request; `good` is what the vendor would have answered."""

    def __init__(self, request: web.Request, released: asyncio.Event, good: Callable[[], Awaitable[Reply]]) -> None:
        self._request = request
        self._released = released
        self._good = good

    async def broken(self, fault: Fault) -> web.StreamResponse:
        """What aiohttp is to send, which is nothing where it is on the wire already or whoever asked has hung up."""
        try:
            return await self._broken(fault)
        except ClientConnectionResetError:
            return _Answered()

    async def _broken(self, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.HANG:
                await self._released.wait()
            case FaultKind.STALL:
                await self._part(await self._good(), share=0.5, surplus=0)
                await self._released.wait()
            case FaultKind.TRUNCATED:
                return await self._cut(share=0.5)
            case FaultKind.WRONG_LENGTH_LONG:
                return await self._cut(share=1.0)
            case FaultKind.WRONG_LENGTH_SHORT:
                return self._overflowing(await self._good())
            case FaultKind.GARBAGE:
                self._write(GARBAGE)
                self._close()
                return web.Response()
            case FaultKind.GZIP_BOMB:
                return await self._explode()
            case FaultKind.DRIP:
                await self._drip(fault.seconds or DRIP_SECONDS)
            case FaultKind.ENDLESS:
                await self._flood()
            case _:
                self._forbid_lingering()
        self._abort()
        return web.Response()

    async def _part(self, good: Reply, *, share: float, surplus: int) -> web.StreamResponse:
        """Send the first part of a body, of which `surplus` bytes more are promised than there are."""
        response = await self._begin(good, len(good.body) + surplus)
        await response.write(good.body[: max(1, int(len(good.body) * share))])
        return response

    async def _begin(self, good: Reply, length: int) -> web.StreamResponse:
        response = web.StreamResponse(status=good.status, headers={"Content-Type": good.content_type, **good.headers})
        response.content_length = length
        response.force_close()
        await response.prepare(self._request)
        return response

    async def _cut(self, *, share: float) -> web.StreamResponse:
        response = await self._part(await self._good(), share=share, surplus=MISSING_BYTES)
        self._close()
        return response

    def _overflowing(self, good: Reply) -> web.StreamResponse:
        """Answer past aiohttp, which would cut the body to the promised length."""
        promised = max(1, len(good.body) // 2)
        head = f"HTTP/1.1 {good.status} OK\r\nContent-Type: {good.content_type}\r\nContent-Length: {promised}\r\n\r\n"
        self._write(head.encode() + good.body)
        return _Answered()

    async def _explode(self) -> web.StreamResponse:
        bomb = Bomb()
        response = await self._begin(Reply(200, b"", headers=GZIP), bomb.length)
        for piece in bomb.pieces():
            await response.write(piece)
            await asyncio.sleep(0)
        return response

    async def _drip(self, seconds: float) -> None:
        good = await self._good()
        response = await self._begin(good, len(good.body))
        for place in range(len(good.body)):
            await response.write(good.body[place : place + 1])
            with suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), seconds)
            if self._released.is_set():
                return

    async def _flood(self) -> None:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(self._request)
        await response.write(b"[")
        while not self._released.is_set():
            await response.write(ENDLESS_CHUNK)
            # a fast reader would otherwise keep the whole loop to itself
            await asyncio.sleep(0)

    def _forbid_lingering(self) -> None:
        """Make the end of the connection a reset instead of an orderly close."""
        transport = self._request.transport
        line = transport.get_extra_info("socket") if transport else None
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)

    def _write(self, raw: bytes) -> None:
        if self._request.transport:
            self._request.transport.write(raw)

    def _abort(self) -> None:
        if self._request.transport:
            self._request.transport.abort()

    def _close(self) -> None:
        if self._request.transport:
            self._request.transport.close()


class _Answered(web.StreamResponse):
    """Nothing more to send; the connection, where there still is one, stays open for the next request."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002
        return None

    async def write_eof(self, data: bytes = b"") -> None:  # noqa: ARG002
        return

    @property
    def keep_alive(self) -> bool:
        return True
