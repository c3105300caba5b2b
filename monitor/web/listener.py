"""The listener: sockets that stay, on which each connection gets the TLS that is in force when it comes."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import inf
from typing import Self

import structlog
from aiohttp import web

from monitor.errors import AgentmonError
from monitor.web.guard import TELL_EVERY, Guard, Limits, most_connections
from monitor.web.settings import PLAIN, WebSettings

log = structlog.get_logger(__name__)

Address = tuple[str, int]
"""Host, empty for every interface, and port."""

BACKLOG = 1024
PAUSE = 1.0
"""Seconds to wait where the system has no more descriptors."""
_MISSING_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})


class ListenError(AgentmonError):
    """A listen address cannot be used; the text says which and why."""


class Listener:
    """Serves one application on its addresses, as an async context manager.

    It accepts connections itself: so another certificate is that of the next connection, without a gap and without
    touching those that there are; what comes in a handshake is counted; and what is too much is refused before it
    costs one.
    """

    def __init__(
        self,
        app: web.Application,
        addresses: Iterable[Address],
        settings: Callable[[], WebSettings] = lambda: PLAIN,
        limits: Limits | None = None,
    ) -> None:
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
        self._addresses = tuple(addresses)
        self._settings = settings
        self._sockets: Sequence[socket.socket] = ()
        self._accepting: list[asyncio.Task[None]] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._told = -inf
        self.guard = Guard(limits or Limits(connections=most_connections()), settings)

    async def __aenter__(self) -> Self:
        self._sockets = bind(self._addresses)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None  # noqa: S101 - it was set up
        self._accepting = [
            asyncio.create_task(self._accept(one, server), name=f"accept {show(one.getsockname())}")
            for one in self._sockets
        ]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        tasks = [*self._accepting, *self._opening]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in self._sockets:
            one.close()
        await self._runner.cleanup()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens, each as HOST:PORT or [IPV6]:PORT; with the port in use, where 0 was asked for."""
        return tuple(show(one.getsockname()) for one in self._sockets)

    @property
    def port(self) -> int:
        """The port in use of the first address."""
        return int(self._sockets[0].getsockname()[1])

    async def _accept(self, listening: socket.socket, server: web.Server) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listening)
            except ConnectionError:  # gone while it waited
                continue
            except OSError as error:  # out of descriptors or memory
                if loop.time() - self._told >= TELL_EVERY:
                    self._told = loop.time()
                    log.warning("accept_failed", text=error.strerror or "unknown error")
                await asyncio.sleep(PAUSE)
                continue
            self._open(accepted, server)
            await asyncio.sleep(0)  # where many wait, accepting does not pause by itself, and all else would wait

    def _open(self, accepted: socket.socket, server: web.Server) -> None:
        connection = self.guard.admit(server)
        if connection is None:
            accepted.close()
            return

        async def opened() -> None:
            tls = self._settings().tls
            patience = self.guard.limits.handshake if tls else None
            with suppress(OSError):  # theirs: a scan, another protocol, no certificate, too slow
                await asyncio.get_running_loop().connect_accepted_socket(
                    lambda: connection, accepted, ssl=tls, ssl_handshake_timeout=patience
                )

        def is_over(task: asyncio.Task[None]) -> None:
            self._opening.discard(task)
            if not connection.was_made:
                self.guard.release(connection)
                accepted.close()

        task = asyncio.create_task(opened(), name="open connection")
        connection.is_opened_by(task)
        self._opening.add(task)
        task.add_done_callback(is_over)


def bind(addresses: Iterable[Address]) -> tuple[socket.socket, ...]:
    """Raises ListenError, and then leaves nothing open."""
    bound: list[socket.socket] = []
    try:
        for host, port in addresses:
            bound += _bind(host, port)
    except ListenError:
        for one in bound:
            one.close()
        raise
    return tuple(bound)


def _bind(host: str, port: int) -> list[socket.socket]:
    """One socket for each family of the host; a family that this machine does not have is left out."""
    where = show((host or "*", port))
    bound: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            chosen = bound[0].getsockname()[1] if bound else port  # the same for both where any was asked for
            try:
                bound.append(_listening(family, (address[0], chosen, *address[2:])))
            except OSError as error:
                is_last = not bound and (family, address) == (found[-1][0], found[-1][4])
                if error.errno not in _MISSING_FAMILY or is_last:
                    raise
    except (OSError, UnicodeError) as error:
        for one in bound:
            one.close()
        why = (error.strerror or error) if isinstance(error, OSError) else "this cannot be the name of a host"
        raise ListenError(f"cannot listen on {where}: {why}") from error
    return bound


def _listening(family: int, address: tuple[object, ...]) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:  # IPv4 has a socket of its own
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
        opened.setblocking(False)  # noqa: FBT003 - it takes no name
    except OSError:
        opened.close()
        raise
    return opened


def show(address: tuple[object, ...]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
