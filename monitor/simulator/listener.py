"""One vendor's port: it can be closed and opened again on the same number, and remembers what was asked."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

MASK: Final = "***"
SECRET_PARAMETERS: Final = frozenset({"apikey", "key"})
SHUTDOWN_SECONDS: Final = 0.05
REMEMBERED: Final = 1000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Seen(msgspec.Struct, frozen=True):
    """A request that arrived, whatever became of it; keys in the query are masked."""

    method: str
    path: str
    query: Mapping[str, str]


class Port:
    """A listening socket with an application behind it; `number` is the real port once started."""

    def __init__(self, host: str, number: int, build: Callable[[], web.Application]) -> None:
        self.number = number
        self._host = host
        self._build = build
        self._runner: web.AppRunner | None = None

    @property
    def is_open(self) -> bool:
        return self._runner is not None

    @property
    def root(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.number}"

    async def open(self) -> None:
        """Listen; the second time on the port of the first. OSError if it is taken."""
        if self._runner is not None:
            return
        runner = web.AppRunner(
            self._build(), access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self.number, reuse_address=True).start()
        except OSError:
            await runner.cleanup()
            raise
        self.number = runner.addresses[0][1]
        self._runner = runner

    async def close(self) -> None:
        """Close the socket and every connection; from now on connections are refused."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


class Record:
    """Counts the requests of one vendor and keeps the last of them."""

    def __init__(self) -> None:
        self.count = 0
        self._seen: deque[Seen] = deque(maxlen=REMEMBERED)

    @property
    def seen(self) -> tuple[Seen, ...]:
        return tuple(self._seen)

    def clear(self) -> None:
        self.count = 0
        self._seen.clear()

    def middleware(self) -> Middleware:
        @web.middleware
        async def remember(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.count += 1
            query = {
                name: MASK if name.lower() in SECRET_PARAMETERS else value for name, value in request.query.items()
            }
            self._seen.append(Seen(request.method, request.path, MappingProxyType(query)))
            return await handler(request)

        return remember
