"""Bounds on connections: how many, how long without a request, how much unasked, how long unread.

Who is slow, silent or many costs little and keeps nobody else out: where there are too many connections, those go
first that wait without a request.
"""

import asyncio
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.web.headers import secure
from monitor.web.settings import WebSettings

log = structlog.get_logger(__name__)

MOST_BODY = 64 * 1024
"""Bytes of a body that may be announced; none is ever read."""
MOST_CONNECTIONS = 2500
KEPT = 200
"""File descriptors that connections leave for polls, files and sockets to listen on."""
TELL_EVERY = 60.0
"""Seconds between two lines of the log on the same trouble."""


def most_connections() -> int:
    """Fewer where the system lets this process have fewer files; more than readers of the stream in any case."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(min(MOST_CONNECTIONS, soft - KEPT), 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times are in seconds, sizes in bytes."""

    connections: int
    header: float = 10.0
    """From connecting, or from the first byte of a request, to the end of its header."""
    handshake: float = 10.0
    idle: float = 30.0
    """Between two requests."""
    unread: float = 30.0
    """Without the peer reading what waits for it."""
    received: int = 96 * 1024
    """Of one request: its header, and whatever is sent behind it."""
    waiting: int = 64 * 1024 * 1024
    """Of all answers that peers do not read."""


class Dropped(StrEnum):
    """Why a connection was ended by us."""

    FULL = "too many connections, and none without a request"
    ROOM = "too many connections; one without a request made room"
    HEADER = "its request took too long to arrive"
    RECEIVED = "its request was too big"
    UNREAD = "its answer was not read"
    NAME = "its certificate has none of the names in client_allowed_sans"


class Guard:
    """All connections of the listener."""

    def __init__(self, limits: Limits, settings: Callable[[], WebSettings]) -> None:
        self.limits = limits
        self.settings = settings
        self._all: set[Connection] = set()
        self._without_request: dict[Connection, None] = {}
        self._unread: dict[Connection, None] = {}
        self._told: dict[Dropped, tuple[float, int]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, server: web.Server) -> "Connection | None":
        """A new connection, or None where there can't be one more. In place of the one idle for longest, if need be."""
        if len(self._all) >= self.limits.connections:
            idle = next(iter(self._without_request), None)
            self.tell(Dropped.FULL if idle is None else Dropped.ROOM)
            if idle is None:
                return None
            idle.end()
        connection = Connection(server, self)
        self._all.add(connection)
        self._without_request[connection] = None
        return connection

    def release(self, connection: "Connection") -> None:
        self._all.discard(connection)
        self._without_request.pop(connection, None)
        self._unread.pop(connection, None)

    def has_request(self, connection: "Connection") -> None:
        self._without_request.pop(connection, None)

    def has_none(self, connection: "Connection") -> None:
        if connection in self._all:
            self._without_request[connection] = None

    def is_unread(self, connection: "Connection") -> None:
        """Answers wait in memory: where they are too many, those go that have waited for longest."""
        self._unread[connection] = None
        waiting = sum(one.waiting for one in self._unread)
        for one in list(self._unread)[:-1]:
            if waiting <= self.limits.waiting:
                break
            waiting -= one.waiting
            one.drop(Dropped.UNREAD)

    def is_read(self, connection: "Connection") -> None:
        self._unread.pop(connection, None)

    def tell(self, why: Dropped) -> None:
        """At most once a minute for each reason, with the number since the last time."""
        now = asyncio.get_running_loop().time()
        last, count = self._told.get(why, (float("-inf"), 0))
        if now - last < TELL_EVERY:
            self._told[why] = last, count + 1
            return
        log.warning("connections_dropped", reason=str(why), number=count + 1, connections=len(self))
        self._told[why] = now, 0


class Connection(web.RequestHandler):
    """aiohttp's own, with bounds."""

    __slots__ = ("_guard", "_header_timer", "_is_busy", "_line", "_opening", "_received", "_unread_timer", "was_made")

    def __init__(self, server: web.Server, guard: Guard) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=guard.limits.idle,
            access_log=None,  # type: ignore[arg-type] # none is written
            max_headers=64,
            lingering_time=2.0,
            auto_decompress=False,  # bodies are not read
        )
        self.was_made = False
        self._guard = guard
        self._line: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._is_busy = False
        self._received = 0
        self._header_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None

    def is_opened_by(self, task: asyncio.Task[None]) -> None:
        """What to cancel as long as the handshake has not ended."""
        self._opening = task

    @property
    def waiting(self) -> int:
        """Bytes that the peer has not read."""
        return self._line.get_write_buffer_size() if self._line else 0

    def end(self) -> None:
        """At once, whatever waits."""
        self._guard.release(self)
        if self._line is not None:
            self._line.abort()
        elif self._opening is not None:
            self._opening.cancel()

    def drop(self, why: Dropped) -> None:
        self._guard.tell(why)
        self.end()

    def begin(self) -> None:
        """A request has arrived."""
        self._is_busy = True
        self._guard.has_request(self)
        self._stop(self._header_timer)
        self._header_timer = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.was_made = True
        self._line = self.transport
        sans = self._guard.settings().allowed_sans
        if sans and not sans & names_of(transport.get_extra_info("peercert")):
            self.drop(Dropped.NAME)
        else:
            self._await_header()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._guard.release(self)
        self._stop(self._header_timer)
        self._stop(self._unread_timer)
        self._line = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > self._guard.limits.received:
            self.drop(Dropped.RECEIVED)
            return
        if data and not self._is_busy and self._header_timer is None:
            self._await_header()
        super().data_received(data)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_timer = self._loop.call_later(self._guard.limits.unread, self.drop, Dropped.UNREAD)
        self._guard.is_unread(self)

    def resume_writing(self) -> None:
        self._stop(self._unread_timer)
        self._guard.is_read(self)
        super().resume_writing()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._is_busy = False
            self._received = 0
            self._guard.has_none(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it may quote a header, and so a password
    ) -> web.StreamResponse:
        """What aiohttp answers by itself: to what is no request, and where a handler of ours failed."""
        self.begin()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("page_failed", route=route_of(request), exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        response = web.Response(status=status, text=_SENTENCES.get(status, "An error inside agentmon; see its log.\n"))
        response.force_close()
        secure(response, self._guard.settings())
        return response

    def _await_header(self) -> None:
        self._header_timer = self._loop.call_later(self._guard.limits.header, self.drop, Dropped.HEADER)

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


_SENTENCES: Mapping[int, str] = MappingProxyType({HTTPStatus.BAD_REQUEST: "This is no HTTP request.\n"})


@web.middleware
async def attended(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tells a connection that its request has arrived; the first of all middlewares."""
    if isinstance(request.protocol, Connection):
        request.protocol.begin()
    return await handler(request)


@web.middleware
async def modest(request: web.Request, handler: Handler) -> web.StreamResponse:
    if (request.content_length or 0) > MOST_BODY:
        raise web.HTTPRequestEntityTooLarge(MOST_BODY, request.content_length or 0, text="Too big a body.\n")
    return await handler(request)


def route_of(request: web.BaseRequest) -> str:
    """The route, and not the path: that of a hook may hold its secret."""
    found = request.match_info if isinstance(request, web.Request) else None
    resource_ = found.route.resource if found is not None else None
    return resource_.canonical if resource_ is not None else "none"


def names_of(certificate: Mapping[str, Any] | None) -> frozenset[str]:
    """Alternative names of a certificate as ssl tells it: hosts, addresses, mail addresses, URIs."""
    return frozenset(name for _, name in (certificate or {}).get("subjectAltName", ()))
