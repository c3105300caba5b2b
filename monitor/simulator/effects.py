"""Faults at work: one middleware that lets a request through, spoils its answer or breaks its line."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import structs

from monitor.simulator.breaking import BREAKING, Line
from monitor.simulator.directory import Vendor
from monitor.simulator.faults import Fault, FaultBoard, FaultKind, Strike
from monitor.simulator.malformed import MALFORMING
from monitor.simulator.spoiling import emptied, half_bad, spoiled_types, unknown_status
from monitor.simulator.wire import SUCCESS, Dialect, Reply

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HTML_PAGE: Final = Reply(
    200,
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>",
    "text/html",
)
NOTHING: Final = Reply(200, b"")
NOTHING_HERE: Final = Reply(302, b"")
SPOILING: Final = frozenset({FaultKind.WRONG_TYPES, FaultKind.UNKNOWN_STATUS, FaultKind.EMPTY_LIST, FaultKind.HALF_BAD})
NOT_OURS: Final = frozenset({"Content-Type", "Content-Length"})


def fault_middleware(
    board: FaultBoard, vendor: Vendor, dialect: Callable[[str], Dialect], on_expired: Callable[[], None]
) -> Middleware:
    """Return the middleware of one vendor; `dialect` of a path, `on_expired` revokes the tokens that are out."""

    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        decisive: Strike | None = None
        released = board.released(vendor)
        for hit in board.take(vendor, target(request)):
            if hit.fault.kind is FaultKind.LATENCY:
                await _wait(released, hit.fault.seconds)
            else:
                decisive = hit
        if decisive is None:
            return await handler(request)
        if decisive.fault.kind is FaultKind.EXPIRED_TOKEN:
            on_expired()
        return await _Effect(dialect(request.path), released, request, handler).of(decisive)

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
            return await Line(self._request, self._released, self._good).broken(fault)
        if fault.kind in SPOILING or fault.kind in MALFORMING:
            good = await self._good()
            # a refusal stays as it is
            return (self._spoiled(good, fault) if good.is_good else good).response()
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
        told = {name: value for name, value in response.headers.items() if name not in NOT_OURS}
        return Reply(response.status, body if isinstance(body, bytes) else b"", response.content_type, told)

    def _spoiled(self, good: Reply, fault: Fault) -> Reply:
        match fault.kind:
            case FaultKind.WRONG_TYPES:
                body = spoiled_types(good.body, fault.rows)
            case FaultKind.UNKNOWN_STATUS:
                body = unknown_status(good.body, fault.rows, self._dialect.unknown_status)
            case FaultKind.HALF_BAD:
                body = half_bad(good.body)
            case FaultKind.EMPTY_LIST:
                # nobody is on no next page either
                return structs.replace(good, body=emptied(good.body), headers={})
            case _:
                return MALFORMING[fault.kind](good)
        return structs.replace(good, body=body)


def _refused(reply: Reply, fault: Fault) -> web.Response:
    return reply.response({"Retry-After": fault.retry_after} if fault.retry_after is not None else None)
