"""Bounds on connections: who is slow, silent, big or many costs little and keeps nobody else out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from running import eventually
from structlog.testing import capture_logs
from web.behind import Behind, page_with

from monitor.web.guard import MOST_BODY, Dropped, Limits, most_connections
from monitor.web.headers import SECURITY
from monitor.web.listener import Listener
from monitor.web.server import create_app
from monitor.web.stream import room_for_readers

PATIENT = Limits(connections=20)
SOON = 0.3
"""Seconds instead of the ten or thirty that strangers have."""
GET = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass
class Stage:
    listener: Listener
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.listener.port)
        self.open.append(writer)
        return reader, writer

    async def send(self, data: bytes) -> asyncio.StreamReader:
        reader, writer = await self.connect()
        writer.write(data)
        return reader

    async def get(self, path: str = "/-/healthy") -> int:
        url = f"http://127.0.0.1:{self.listener.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            await response.read()
            return response.status

    @property
    def connections(self) -> int:
        return len(self.listener.guard)


@asynccontextmanager
async def stage(
    behind: Behind, limits: Limits = PATIENT, add: Callable[[web.Application], None] = lambda _app: None
) -> AsyncIterator[Stage]:
    app = create_app(behind.surface())
    add(app)
    async with Listener(app, [("127.0.0.1", 0)], lambda: behind.web, limits) as listener:
        on = Stage(listener)
        yield on
        await closed(*on.open)


async def closed(*writers: asyncio.StreamWriter) -> None:
    for writer in writers:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def is_ended(reader: asyncio.StreamReader) -> bytes:
    """What came before the end, which must come."""
    got = b""
    async with asyncio.timeout(10):
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                got += data
    return got


def reasons(logs: list[dict[str, object]]) -> list[object]:
    return [entry["reason"] for entry in logs if entry["event"] == "connections_dropped"]


@pytest.mark.parametrize(
    "begun",
    [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: b"],
)
async def test_a_request_that_does_not_arrive_is_given_up(behind: Behind, begun: bytes):
    async with stage(behind, Limits(connections=20, header=SOON)) as on:
        with capture_logs() as logs:
            assert await is_ended(await on.send(begun)) == b""
        assert reasons(logs) == [Dropped.HEADER]
        assert on.connections == 0


async def test_nor_is_a_second_one_waited_for_longer(behind: Behind):
    async with stage(behind, Limits(connections=20, header=SOON)) as on:
        reader, writer = await on.connect()
        writer.write(GET)
        async with asyncio.timeout(10):
            await reader.readuntil(b"healthy.\n")
        writer.write(b"GET")
        assert await is_ended(reader) == b""


async def test_a_byte_now_and_then_wins_no_time(behind: Behind):
    async with stage(behind, Limits(connections=20, header=SOON)) as on:
        reader, writer = await on.connect()
        ended = asyncio.create_task(is_ended(reader))
        with suppress(ConnectionError):
            writer.write(b"GET /")
            while not ended.done():
                writer.write(b"a")
                await asyncio.sleep(SOON / 20)
        assert await ended == b""


async def test_a_connection_without_further_requests_is_closed_quietly(behind: Behind):
    async with stage(behind, Limits(connections=20, idle=3 * SOON)) as on:
        with capture_logs() as logs:
            assert (await is_ended(await on.send(GET))).startswith(b"HTTP/1.1 200")
        assert reasons(logs) == []


async def test_a_long_answer_is_no_slow_request(behind: Behind):
    release = asyncio.Event()

    async def long(_request: web.Request) -> web.Response:
        await release.wait()
        return web.Response(text="at last")

    async with stage(
        behind, Limits(connections=20, header=SOON, idle=SOON), lambda app: app.router.add_get("/long", long)
    ) as on:
        reader = await on.send(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        slow = await on.send(b"G")
        await is_ended(slow)
        release.set()
        assert b"at last" in await is_ended(reader)


async def test_idle_connections_make_room_for_requests(behind: Behind):
    async with stage(behind, Limits(connections=5)) as on:
        idle = [await on.connect() for _ in range(5)]
        await eventually(lambda: on.connections == 5)
        with capture_logs() as logs:
            assert [await on.get() for _ in range(3)] == [200] * 3
        assert await is_ended(idle[0][0]) == b""
        assert on.connections <= 5
        assert reasons(logs) == [Dropped.ROOM], "once a minute"


async def test_a_crowd_that_says_nothing_keeps_nobody_out(behind: Behind):
    async with stage(behind, Limits(connections=50)) as on:
        for _ in range(120):
            await on.connect()
            assert on.connections <= 51
        assert [await on.get() for _ in range(10)] == [200] * 10


async def test_where_all_connections_have_requests_more_are_refused_at_once(behind: Behind):
    release = asyncio.Event()

    async def hold(_request: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    async with stage(behind, Limits(connections=3), lambda app: app.router.add_get("/hold", hold)) as on:
        held = [await on.send(b"GET /hold HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") for _ in range(3)]
        await eventually(lambda: not on.listener.guard._without_request)
        with capture_logs() as logs:
            assert await is_ended(await on.send(GET)) == b""
            assert await is_ended(await on.send(GET)) == b""
        assert reasons(logs) == [Dropped.FULL]
        release.set()
        for reader in held:
            assert (await is_ended(reader)).startswith(b"HTTP/1.1 200")
        await eventually(lambda: on.connections == 0)
        assert await on.get() == 200


async def slow_reader(on: Stage, path: bytes = b"/metrics") -> socket.socket:
    """Asks for a page and never reads it."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)  # noqa: FBT003 - it takes no name
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", on.listener.port))
    await loop.sock_sendall(connection, b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path)
    return connection


def big(app: web.Application) -> None:
    body = b"x" * 8_000_000

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body)

    app.router.add_get("/big", answer)


async def test_who_does_not_read_is_dropped(behind: Behind):
    async with stage(behind, Limits(connections=20, unread=SOON), big) as on:
        with capture_logs() as logs:
            reader = await slow_reader(on, b"/big")
            await eventually(lambda: on.connections == 1)
            assert await on.get() == 200
            await eventually(lambda: on.connections == 0)
        assert reasons(logs) == [Dropped.UNREAD]
        reader.close()


async def test_answers_that_nobody_reads_do_not_fill_the_memory(behind: Behind):
    """The newest reader goes on, those before it give way."""
    async with stage(behind, Limits(connections=20, waiting=20_000_000), big) as on:
        readers = [await slow_reader(on, b"/big") for _ in range(8)]
        await eventually(lambda: on.connections <= 3)
        assert await on.get("/big") == 200
        assert await on.get("/metrics") == 200
        for reader in readers:
            reader.close()


async def test_slow_readers_of_the_metrics_stop_no_scrape(behind: Behind):
    behind.page = page_with("x" * 3_000_000)
    async with stage(behind, Limits(connections=20, waiting=10_000_000)) as on:
        readers = [await slow_reader(on) for _ in range(10)]
        for _ in range(5):
            assert await on.get("/metrics") == 200
        for reader in readers:
            reader.close()


# ------------------------------------------------------------------ what is no request, or too much of one

BAD = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a version that is none": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the path": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in the path": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a length that is none": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a long line": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
async def test_what_is_no_request_gets_a_400_that_repeats_nothing(behind: Behind, sent: bytes):
    async with stage(behind) as on:
        marked = sent.replace(b"\r\n", b"\r\nAuthorization: Basic hunter2\r\n", 1)
        with capture_logs() as logs:
            answer = await is_ended(await on.send(marked))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
        assert body == b"This is no HTTP request.\n"
        for name in SECURITY:
            assert name.encode() in head
        assert b"aiohttp" not in head
        assert logs == []
        assert await on.get() == 200


@pytest.mark.parametrize(
    "path",
    ["//metrics", "/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2f..%2fapp.py", "/static//wall.html",
     "/%00", "/%ff%fe", "/%zz", "/static/%c0%ae%c0%ae/x", "/wall/..", "/./metrics/..", "*", "http://other/nothing"],
)  # fmt: skip
async def test_no_path_leads_out(behind: Behind, path: str):
    async with stage(behind) as on:
        answer = await is_ended(await on.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()))
        assert int(answer.split()[1]) in {200, 400, 404}
        assert b"import " not in answer
        assert await on.get() == 200


@pytest.mark.parametrize(
    "headers",
    [
        b"Accept: \xff\xfe\r\nAccept-Encoding: \xff",
        b"Accept: " + b"a/b;q=1," * 900,
        b"Accept: text/plain;q=nan, */*;q=inf\r\nAccept-Encoding: gzip;q=-1",
        b"Authorization: \xff\xfe",
        b"If-None-Match: \xff",
        b"Cookie: \xff=\xff",
        b"Expect: 100-continue",
        b"Upgrade: websocket\r\nConnection: Upgrade",
        b"Content-Type: \xff",
    ],
)
@pytest.mark.parametrize("path", [b"/metrics", b"/wall", b"/api/v1/state"])
async def test_headers_that_make_no_sense_do_no_harm(behind: Behind, headers: bytes, path: bytes):
    async with stage(behind) as on:
        reader, writer = await on.connect()
        writer.write(b"GET %b HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n" % (path, headers))
        async with asyncio.timeout(10):
            line = await reader.readline()
        assert int(line.split()[1]) in {100, 200, 400}
        assert await on.get() == 200


async def test_a_big_body_is_refused_and_not_read(behind: Behind):
    behind.hooks = {"comm100": "s3cret"}
    async with stage(behind) as on:
        head = b"POST /hooks/comm100/s3cret HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        answer = await is_ended(await on.send(head % (MOST_BODY + 1)))
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert behind.hints == []
        reader, writer = await on.connect()
        writer.write(head % MOST_BODY + b"x" * MOST_BODY)
        async with asyncio.timeout(10):
            assert b" 204 " in await reader.readline()


async def test_a_body_without_an_end_is_cut(behind: Behind):
    behind.hooks = {"comm100": "s3cret"}
    async with stage(behind) as on:
        reader, writer = await on.connect()
        ended = asyncio.create_task(is_ended(reader))
        sent = 0
        with suppress(ConnectionError):
            writer.write(b"POST /hooks/comm100/s3cret HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not ended.done():
                writer.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
                sent += 0x4000
                await writer.drain()
        assert sent < 20_000_000, "what the system keeps on both sides, and no more"
        assert await on.get() == 200


async def test_a_compressed_body_is_not_unpacked(behind: Behind):
    behind.hooks = {"comm100": "s3cret"}
    async with stage(behind) as on:
        bomb = b"\x1f\x8b" + b"\0" * 1000
        head = b"POST /hooks/comm100/s3cret HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        reader, writer = await on.connect()
        writer.write(head % len(bomb) + bomb)
        async with asyncio.timeout(10):
            assert b" 204 " in await reader.readline()


async def test_requests_in_a_row_on_one_connection_are_all_answered(behind: Behind):
    async with stage(behind) as on:
        reader = await on.send(GET * 500 + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert (await is_ended(reader)).count(b"HTTP/1.1 200") == 501


async def test_a_mistake_of_ours_is_told_to_the_log_alone(behind: Behind):
    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError("hunter2")

    async with stage(behind, add=lambda app: app.router.add_get("/broken/{secret}", broken)) as on:
        with capture_logs() as logs:
            answer = await is_ended(await on.send(b"GET /broken/s3cret HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert b"hunter2" not in answer
        assert b"Traceback" not in answer
        for name in SECURITY:
            assert name.encode() in answer
        (entry,) = [entry for entry in logs if entry["event"] == "page_failed"]
        assert entry["route"] == "/broken/{secret}"


@pytest.mark.parametrize(("soft", "most"), [(1024, 824), (16_384, 2500), (-1, 2500), (64, 10)])
def test_connections_leave_descriptors_for_the_rest(monkeypatch: pytest.MonkeyPatch, soft: int, most: int):
    monkeypatch.setattr("resource.getrlimit", lambda _what: (soft, soft))
    assert most_connections() == most
    assert room_for_readers() < most or soft == 64
