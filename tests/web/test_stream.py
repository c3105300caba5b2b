"""The event stream: the whole state, then what changes; a reader who is gone, slow or back is each served right."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import pytest
from aiohttp import ClientError, TCPConnector, web
from aiohttp.test_utils import TestClient, TestServer
from builders import channel_report, later, report, source_report, team_report
from running import eventually
from structlog.testing import capture_logs
from web.behind import Behind
from web.events import next_event, rest_of, stream

from monitor.model import Report
from monitor.web.feed import CHANGES_KEPT, Feed, Published
from monitor.web.stream import PIECE, Streamer
from monitor.web.views import StateView

READERS = 200


def published(at: float = 0.0, **free: int) -> Report:
    """Teams with so many free slots; nothing else changes with time."""
    teams = (team_report(name, channel_report(free=slots)) for name, slots in free.items())
    return report(*teams, source_report("a"), at=later(at))


@pytest.fixture
def behind() -> Behind:
    return Behind(report=published(sales=1, support=1))


async def test_the_whole_state_comes_first_and_is_what_the_address_of_the_state_tells(client: TestClient):
    async with stream(client) as response:
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        assert await response.content.readline() == b"retry: 2000\n"
        event = await next_event(response)
    assert event.name == "state"
    assert event.data == await (await client.get("/api/v1/state")).json()
    assert msgspec.convert(event.data, StateView).teams[0].name == "sales"


async def test_then_only_what_is_other_than_before(client: TestClient, behind: Behind):
    async with stream(client) as response:
        first = await next_event(response)
        behind.publish(published(1, sales=2, support=1))
        event = await next_event(response)
        assert (event.name, event.teams, event.data["sources"], event.data["problems"]) == (
            "change",
            ["sales"],
            [],
            None,
        )
        assert event.data["teams"][0]["channels"][0]["free_slots"] == 2
        assert (first.id.partition("-")[0], int(event.id.partition("-")[2])) == (
            event.id.partition("-")[0],
            int(first.id.partition("-")[2]) + 1,
        )


async def test_a_publication_in_which_only_time_went_on_sends_nothing(client: TestClient, behind: Behind):
    async with stream(client) as response:
        await next_event(response)
        behind.publish(published(1, sales=1, support=1))
        behind.publish(published(2, sales=1, support=7))
        event = await next_event(response)
        assert (event.data["at"], event.teams) == (later(2).wall, ["support"])


async def test_what_comes_and_goes_is_named(client: TestClient, behind: Behind):
    async with stream(client) as response:
        await next_event(response)
        behind.problems = ("few series left",)
        behind.publish(report(team_report("phone"), source_report("b"), at=later(1)))
        event = await next_event(response)
        assert event.teams == ["phone"]
        assert event.data["removed_teams"] == ["sales", "support"]
        assert ([source["name"] for source in event.data["sources"]], event.data["removed_sources"]) == (["b"], ["a"])
        assert event.data["problems"] == ["few series left"]


async def test_who_comes_back_gets_what_they_missed_and_nothing_twice(client: TestClient, behind: Behind):
    async with stream(client) as response:
        await next_event(response)
        behind.publish(published(1, sales=2, support=1))
        last = await next_event(response)
    async with stream(client):  # somebody else looks meanwhile
        behind.publish(published(2, sales=2, support=2))
        behind.publish(published(3, sales=3, support=2))
    async with stream(client, last.id) as response:
        missed = await next_event(response)
        assert (missed.name, set(missed.teams)) == ("change", {"sales", "support"})
        behind.publish(published(4, sales=4, support=2))
        assert (await next_event(response)).teams == ["sales"]


async def test_who_missed_nothing_hears_at_once_that_they_are_connected(client: TestClient, behind: Behind):
    async with stream(client) as response:
        first = await next_event(response)
    behind.time = 77.0
    async with stream(client, first.id) as response:
        event = await next_event(response)
        assert (event.name, event.data) == ("beat", {"at": 77.0})


@pytest.mark.parametrize(
    "told",
    ["nonsense", "{boot}-", "{boot}-x", "{boot}-99999", "0badf00d-0", "{boot}-²", "{boot}-" + 5000 * "9", "-", "-0"],
)
async def test_an_id_that_means_nothing_is_as_none(client: TestClient, told: str):
    async with stream(client) as response:
        boot = (await next_event(response)).id.partition("-")[0]
    async with stream(client, told.format(boot=boot)) as response:
        assert (await next_event(response)).name == "state"


async def test_who_was_away_for_too_long_gets_the_whole_state(client: TestClient, behind: Behind):
    async with stream(client) as response:
        last = await next_event(response)
        for number in range(CHANGES_KEPT + 1):
            behind.publish(published(number, sales=number + 10, support=1))
            await client.get("/api/v1/state")
    async with stream(client, last.id) as response:
        event = await next_event(response)
        assert (event.name, event.data["teams"][0]["channels"][0]["free_slots"]) == ("state", CHANGES_KEPT + 10)


async def test_a_head_is_answered_and_streams_nothing(client: TestClient):
    response = await client.head("/api/v1/stream")
    assert (response.status, await rest_of(response)) == (200, b"")


# ------------------------------------------------------------------ readers of every kind


class Stage:
    """A streamer on a listener of its own, without the rest."""

    def __init__(self, feed: Feed, streamer: Streamer, server: TestServer, client: TestClient) -> None:
        self.feed, self.streamer, self.server, self.client = feed, streamer, server, client


@asynccontextmanager
async def stage(behind: Behind, **options: float) -> AsyncIterator[Stage]:
    surface = behind.surface()
    feed = Feed(Published(report=surface.report, paces=surface.paces, problems=surface.problems, version="1"))
    streamer = Streamer(feed, surface.now, **options)
    surface.follow(feed.wake)
    app = web.Application()
    app.router.add_get("/api/v1/stream", streamer.answer)

    async def close(_app: web.Application) -> None:
        streamer.close()

    app.on_shutdown.append(close)
    server = TestServer(app, port=0)
    async with TestClient(server, connector=TCPConnector(limit=0)) as client:
        yield Stage(feed, streamer, server, client)


async def test_silence_is_filled_with_beats(behind: Behind):
    async with stage(behind, beat_every=0.02) as on, stream(on.client) as response:
        await next_event(response)
        behind.time = 42.0
        event = await next_event(response)
        while event.data["at"] != 42.0:
            event = await next_event(response)
        assert (event.name, event.id) == ("beat", "")


async def test_a_reader_who_left_is_forgotten_with_the_next_beat(behind: Behind):
    async with stage(behind, beat_every=0.02) as on:
        async with stream(on.client) as response:
            await next_event(response)
            assert on.streamer.readers == 1
        await eventually(lambda: on.streamer.readers == 0)


async def test_two_hundred_readers_hear_of_the_same_change(behind: Behind):
    async with stage(behind) as on, AsyncExitStack() as stack:
        responses = await asyncio.gather(*(stack.enter_async_context(stream(on.client)) for _ in range(READERS)))
        await asyncio.gather(*(next_event(response) for response in responses))
        assert on.streamer.readers == READERS
        behind.publish(published(1, sales=2, support=1))
        events = await asyncio.gather(*(next_event(response) for response in responses))
        assert {(event.name, event.id, event.data["at"]) for event in events} == {
            ("change", events[0].id, later(1).wall)
        }


async def test_a_reader_who_is_gone_before_the_answer_begins_is_no_error(client: TestClient):
    with capture_logs() as logs:
        for _ in range(20):
            with socket.create_connection((client.host, client.port)) as connection:
                connection.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
                await asyncio.sleep(0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await client.get("/-/healthy")
    assert logs == []


async def test_one_reader_too_many_is_told_to_come_back(behind: Behind):
    async with stage(behind, most_readers=1) as on, stream(on.client) as response:
        await next_event(response)
        refused = await on.client.get("/api/v1/stream")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "10")


def wide(number: int) -> Report:
    """A state of about half a megabyte, every number of it new."""
    return report(
        *(team_report(f"team-{place:03}", channel_report(free=number)) for place in range(600)), at=later(number)
    )


@asynccontextmanager
async def idler(on: Stage, readers: int = 1) -> AsyncIterator[socket.socket]:
    """Somebody who asks for the stream, and does not read; they are one of so many."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)  # noqa: FBT003 - the standard library's own
        await loop.sock_connect(connection, ("127.0.0.1", on.server.port))
        await loop.sock_sendall(connection, b"GET /api/v1/stream HTTP/1.1\r\nHost: here\r\n\r\n")
        await eventually(lambda: on.streamer.readers == readers)
        yield connection


async def test_a_slow_reader_is_dropped_to_the_latest_state_and_costs_little(behind: Behind):
    behind.report = wide(0)
    async with stage(behind) as on, idler(on) as connection:
        for number in range(1, 20):
            behind.publish(wide(number))
            on.feed.state()  # as it is for everybody else
            await asyncio.sleep(0)
        waiting = [reader._transport.get_write_buffer_size() for reader in on.streamer._readers]
        assert max(waiting) <= 8 * PIECE
        received = await until(connection, b'"free_slots":19')
        names = [line for line in received.split(b"\n") if line.startswith(b"event: ")]
        assert names == [b"event: state", b"event: state"]


async def until(connection: socket.socket, end: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    received = b""
    async with asyncio.timeout(10):
        while end not in received:
            received += await loop.sock_recv(connection, 1 << 20)
    return received


async def test_a_reader_who_never_reads_is_closed(behind: Behind):
    behind.report = wide(0)
    async with stage(behind, write_within=0.05) as on, idler(on):
        await eventually(lambda: on.streamer.readers == 0)


async def test_at_the_end_all_streams_end_at_once_also_that_of_who_does_not_read(behind: Behind):
    behind.report = wide(0)
    async with stage(behind) as on:
        async with stream(on.client) as response, idler(on, readers=2):
            await next_event(response)
            begun = time.perf_counter()
            await on.server.close()
            assert time.perf_counter() - begun < 1.0
            assert await rest_of(response) == b""
        assert on.streamer.readers == 0


async def test_a_mistake_of_ours_ends_the_stream_and_is_logged(behind: Behind):
    async with stage(behind) as on, stream(on.client) as response:
        await next_event(response)
        with capture_logs() as logs:
            behind.publish(None)  # type: ignore[arg-type]
            with pytest.raises(ClientError):
                await next_event(response)
        assert [entry["event"] for entry in logs] == ["stream_failed"]
