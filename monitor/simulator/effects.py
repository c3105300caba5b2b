"""Faults on the wire: one middleware that lets a request through, spoils its answer or breaks its line."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from monitor.simulator.faults import Fault, FaultBoard, FaultKind, Strike
from monitor.simulator.spoiling import emptied, spoiled_types, unknown_status
from monitor.simulator.wire import Dialect, Reply

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HTML_PAGE: Final = Reply(
    200,
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>",
    "text/html",
)
NOTHING: Final = Reply(200, b"")
NOTHING_HERE: Final = Reply(302, b"")
BREAKING: Final = frozenset({FaultKind.HANG, FaultKind.STALL, FaultKind.RESET, FaultKind.TRUNCATED, FaultKind.ENDLESS})
SPOILING: Final = frozenset({FaultKind.WRONG_TYPES, FaultKind.UNKNOWN_STATUS, FaultKind.EMPTY_LIST})
SUCCESS: Final = range(200, 300)
MISSING_BYTES: Final = 1000
ENDLESS_CHUNK: Final = b" " * 65_536
LINGER_NOT_AT_ALL: Final = struct.pack("ii", 1, 0)


def fault_middleware(board: FaultBoard, dialect: Dialect, on_expired: Callable[[], None]) -> Middleware:
    """Return the middleware of one vendor; `on_expired` revokes the tokens that are out."""

    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        decisive: Strike | None = None
        released = board.released(dialect.vendor)
        for hit in board.take(dialect.vendor, target(request)):
            if hit.fault.kind is FaultKind.LATENCY:
                await _wait(released, hit.fault.seconds)
            else:
                decisive = hit
        if decisive is None:
            return await handler(request)
        if decisive.fault.kind is FaultKind.EXPIRED_TOKEN:
            on_expired()
        return await _Effect(dialect, released, request, handler).of(decisive)

    return strike


def target(request: web.Request) -> str:
    """Return what `Fault.path` is compared with: the decoded path and query."""
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return f"{request.path}?{query}" if query else request.path


async def _wait(released: asyncio.Event, seconds: float | None) -> None:
    try:
        await asyncio.wait_for(released.wait(), seconds)
    except TimeoutError:
        return


class _Effect:
    def __init__(self, dialect: Dialect, released: asyncio.Event, request: web.Request, handler: Handler) -> None:
        self._dialect = dialect
        self._released = released
        self._request = request
        self._handler = handler

    async def of(self, strike: Strike) -> web.StreamResponse:
        fault = strike.fault
        if fault.kind in BREAKING:
            return await self._broken(fault.kind)
        if fault.kind in SPOILING:
            return await self._spoiled(fault)
        if fault.kind is FaultKind.REDIRECT:
            return NOTHING_HERE.response({"Location": fault.location})
        if fault.kind is not FaultKind.STATUS:
            return _refused(self._canned()[fault.kind], fault)
        if strike.status in SUCCESS:
            return await self._handler(self._request)
        return _refused(self._dialect.error(strike.status), fault)

    def _canned(self) -> Mapping[FaultKind, Reply]:
        dialect = self._dialect
        told = {
            FaultKind.HTML: HTML_PAGE,
            FaultKind.EMPTY_BODY: NOTHING,
            FaultKind.VENDOR_ERROR: dialect.in_body,
            FaultKind.AUTH: dialect.auth,
            FaultKind.OVER_LIMIT: dialect.over_limit,
            FaultKind.PERMISSION: dialect.permission,
            FaultKind.EDITION: dialect.edition,
            FaultKind.EXPIRED_TOKEN: dialect.expired_token,
        }
        return {kind: reply for kind, reply in told.items() if reply is not None}

    async def _good(self) -> Reply:
        response = await self._handler(self._request)
        body = response.body if isinstance(response, web.Response) else b""
        return Reply(response.status, body if isinstance(body, bytes) else b"", response.content_type)

    async def _spoiled(self, fault: Fault) -> web.StreamResponse:
        """Spoil a good answer; a refusal stays as it is."""
        good = await self._good()
        if good.status not in SUCCESS:
            return good.response()
        match fault.kind:
            case FaultKind.WRONG_TYPES:
                body = spoiled_types(good.body, fault.rows)
            case FaultKind.UNKNOWN_STATUS:
                body = unknown_status(good.body, fault.rows, self._dialect.unknown_status)
            case _:
                body = emptied(good.body)
        return msgspec.structs.replace(good, body=body).response()

    async def _broken(self, kind: FaultKind) -> web.StreamResponse:
        match kind:
            case FaultKind.HANG:
                await self._released.wait()
            case FaultKind.STALL:
                await self._half(surplus=0)
                await self._released.wait()
            case FaultKind.TRUNCATED:
                response = await self._half(surplus=MISSING_BYTES)
                self._close()
                return response
            case FaultKind.ENDLESS:
                await self._flood()
            case _:
                self._forbid_lingering()
        self._abort()
        return web.Response()

    async def _half(self, *, surplus: int) -> web.StreamResponse:
        good = await self._good()
        response = web.StreamResponse(status=good.status, headers={"Content-Type": good.content_type})
        response.content_length = len(good.body) + surplus
        response.force_close()
        await response.prepare(self._request)
        await response.write(good.body[: max(1, len(good.body) // 2)])
        return response

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

    def _abort(self) -> None:
        if self._request.transport:
            self._request.transport.abort()

    def _close(self) -> None:
        if self._request.transport:
            self._request.transport.close()


def _refused(reply: Reply, fault: Fault) -> web.Response:
    return reply.response({"Retry-After": fault.retry_after} if fault.retry_after is not None else None)
