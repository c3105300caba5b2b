"""A server that sends exactly the bytes it is told, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ssl import SSLContext

Reply = Callable[[bytes, asyncio.StreamWriter], None]


def http(body: bytes = b"", *, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    """A whole HTTP answer; underscores in the names of headers are dashes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class RawServer:
    """`send` is what each request gets; with `stays_open` the connection hangs after it."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.port = 0
        self.stays_open = False
        self.send: bytes | Callable[[bytes], bytes] = http()
        self._end = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head)
            writer.write(self.send if isinstance(self.send, bytes) else self.send(head))
            await writer.drain()
            if self.stays_open:
                await self._end.wait()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def release(self) -> None:
        self._end.set()


@asynccontextmanager
async def raw_server(ssl: SSLContext | None = None) -> AsyncIterator[RawServer]:
    """A raw server on a free port of loopback."""
    raw = RawServer()
    server = await asyncio.start_server(raw.serve, "127.0.0.1", 0, ssl=ssl)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        raw.release()
        server.close()
        await server.wait_closed()
