"""`/api/v1/stream`: server-sent events, the whole state first and then its changes, at each reader's own pace."""

import asyncio
import resource
import socket
from collections.abc import Callable
from random import Random

import msgspec
import structlog
from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

from monitor.web.feed import Feed
from monitor.web.queries import Nothing, read
from monitor.web.views import UnixTime

BEAT_EVERY = 4.0
"""Seconds without an event after which a beat is sent; readers may take five without any for a lost connection."""
SPREAD = 0.25
"""Share of that by which beats come sooner at random, so that a thousand of them are not due at once."""
RETRY_MS = 2000
"""What readers wait before they come back."""
PIECE = 16 * 1024
"""Bytes that are handed to a connection at once, and that may wait there: what a reader who does not read costs."""
WRITE_WITHIN = 10.0
"""Seconds that a piece may take to leave before its reader is given up."""
MOST_READERS = 2000
EVENTS = "text/event-stream"

log = structlog.get_logger(__name__)

_HEADERS = {
    hdrs.CONTENT_TYPE: f"{EVENTS}; charset=utf-8",
    hdrs.CACHE_CONTROL: "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}


def room_for_readers() -> int:
    """At most half of the files that the process may open: scrapes and polls need some, too."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_READERS if soft == resource.RLIM_INFINITY else min(MOST_READERS, soft // 2)


class BeatView(msgspec.Struct, frozen=True):
    """The connection is alive at `at` (Unix seconds), and nothing changed."""

    at: UnixTime


class Streamer:
    """Serves the feed to every reader. `now` is the time in Unix seconds."""

    def __init__(
        self,
        feed: Feed,
        now: Callable[[], float],
        *,
        beat_every: float = BEAT_EVERY,
        write_within: float = WRITE_WITHIN,
        most_readers: int = MOST_READERS,
    ) -> None:
        self._feed = feed
        self._now = now
        self._beat_every = beat_every
        self._write_within = write_within
        self._most_readers = most_readers
        self._chance = Random()  # noqa: S311 - keeps beats apart, not secrets
        self._is_closed = False
        self._round = 0
        self._readers: set[_Reader] = set()

    @property
    def readers(self) -> int:
        return len(self._readers)

    def send_back(self) -> None:
        """End every stream that there is; whoever still may comes back at once, and misses nothing."""
        self._round += 1
        self._feed.wake()

    def close(self) -> None:
        """End every stream at once, also those that wait for a reader who does not read."""
        self._is_closed = True
        self._feed.wake()
        for reader in self._readers:
            reader.give_up()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A stream that begins after `Last-Event-ID` where what followed is still kept."""
        read(request, Nothing)
        response = web.StreamResponse(headers=_HEADERS)
        response.force_close()
        if request.method == hdrs.METH_HEAD:
            return response
        if self.readers >= self._most_readers:
            raise web.HTTPServiceUnavailable(text="there are too many readers", headers={hdrs.RETRY_AFTER: "10"})
        position = self._feed.position(request.headers.get("Last-Event-ID", ""))
        try:
            writer, transport = await response.prepare(request), request.transport
        except ConnectionError:  # gone before the answer begins
            return response
        if writer is not None and transport is not None:
            reader = _Reader(writer, transport, self._write_within)
            self._readers.add(reader)
            try:
                await self._serve(reader, position)
            except ConnectionError:  # gone, or given up
                pass
            except Exception:  # the answer has begun, so that no other one can be given
                log.exception("stream_failed")
                transport.abort()
            finally:
                self._readers.discard(reader)
        return response

    async def _serve(self, reader: "_Reader", position: int | None) -> None:
        await reader.write(b"retry: %d\n\n" % RETRY_MS)
        if position is not None and self._feed.after(position) is None:
            await reader.write(self._beat())  # so that whoever missed nothing hears something, too
        round_ = self._round
        while not self._is_closed and round_ == self._round:
            event = self._feed.after(position)
            if event is not None:
                await reader.write(event.body)
                position = event.number
                continue
            try:
                async with asyncio.timeout(self._beat_every * self._chance.uniform(1 - SPREAD, 1)):
                    await self._feed.news()
            except TimeoutError:
                await reader.write(self._beat())

    def _beat(self) -> bytes:
        return b"event: beat\ndata: %b\n\n" % msgspec.json.encode(BeatView(self._now()))


class _Reader:
    """A connection that takes what is written, in time and in pieces, or is closed."""

    def __init__(self, writer: AbstractStreamWriter, transport: asyncio.Transport, within: float) -> None:
        """Lets little wait for it, in our memory and in the system's, so that a slow one is found out soon."""
        self._writer = writer
        self._within = within
        self._transport = transport
        transport.set_write_buffer_limits(high=PIECE)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * PIECE)

    async def write(self, body: bytes) -> None:
        """Raises ConnectionError where the reader is gone, or does not read."""
        whole = memoryview(body)
        try:
            for start in range(0, len(body), PIECE):
                async with asyncio.timeout(self._within):
                    await self._writer.write(whole[start : start + PIECE])
                    await self._writer.drain()
        except TimeoutError as error:
            self._transport.abort()
            raise ConnectionAbortedError("the reader does not read") from error

    def give_up(self) -> None:
        """Throw away what still waits for a reader who does not read."""
        if self._transport.get_write_buffer_size():
            self._transport.abort()
