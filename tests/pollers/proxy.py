"""A proxy that opens tunnels, and remembers who asked for which."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Wants `login` (user:password) where one is set. `asked` are the request lines."""

    def __init__(self, login: str = "") -> None:
        self._wanted = f"proxy-authorization: basic {base64.b64encode(login.encode()).decode()}" if login else ""
        self.asked: list[str] = []
        self.url = ""
        self.tunnels: list[asyncio.Future[list[None]]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *headers = head.split("\r\n")
        self.asked.append(line)
        if self._wanted and not any(header.lower() == self._wanted.lower() for header in headers):
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        host, _, port = line.split()[1].rpartition(":")
        there, here = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.tunnels.append(asyncio.ensure_future(asyncio.gather(_copy(reader, here), _copy(there, writer))))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the other side ends, or the tunnel does."""
    try:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def proxy(login: str = "") -> AsyncIterator[Proxy]:
    made = Proxy(login)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        for tunnel in made.tunnels:
            tunnel.cancel()
        await asyncio.gather(*made.tunnels, return_exceptions=True)
