"""The client of the stream against the real server, and against what is none."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from builders import channel_report, later, report, source_report, team_report
from running import free_port
from web.behind import Behind

from monitor.cli.address import Address, AddressError, read_address
from monitor.cli.top.board import Board
from monitor.cli.top.command import follow
from monitor.cli.top.stream import Stream
from monitor.clock import SystemClock
from monitor.model import Report
from monitor.web.changes import ChangeView
from monitor.web.server import STREAMER, create_app
from monitor.web.views import StateView

WITHIN = 10.0


def published(at: float = 0.0, **free: int) -> Report:
    teams = (team_report(name, channel_report(free=slots)) for name, slots in free.items())
    return report(*teams, source_report("a"), at=later(at))


def slots(state: StateView) -> dict[str, int | None]:
    return {team.name: team.channels[0].free_slots for team in state.teams}


@asynccontextmanager
async def serving(app: web.Application, port: int = 0) -> AsyncIterator[Address]:
    server = TestServer(app, host="127.0.0.1", port=port)
    await server.start_server()
    try:
        yield read_address(str(server.make_url("/")), "URL")
    finally:
        await server.close()


@pytest.fixture
def behind() -> Behind:
    return Behind(report=published(sales=1, support=1))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


class Told(Board):
    """Also keeps every reason for which a connection was lost."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []

    def fail(self, reason: str, elapsed: float, next_try_in: float) -> None:
        self.reasons.append(reason)
        super().fail(reason, elapsed, next_try_in)


async def heard_until(board: Board, news: AsyncIterator[None], condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN):
        while not (board.has_state and condition()):
            await anext(news)


def scripted(*answers: Iterable[bytes]) -> tuple[web.Application, list[str]]:
    """A server that answers each connection with the next of these, and the ids that it was asked to go on from."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        script = answers[min(len(asked), len(answers) - 1)]
        asked.append(request.headers.get("Last-Event-ID", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in script:
            await response.write(piece)
        return response

    app = web.Application()
    app.router.add_get("/api/v1/stream", answer)
    return app, asked


async def test_the_state_and_then_its_changes(behind: Behind, session: aiohttp.ClientSession) -> None:
    async with serving(create_app(behind.surface())) as address:
        board = Board()
        async with aclosing(follow(Stream(address, session), board, SystemClock())) as news:
            await anext(news)
            assert slots(board.state) == {"sales": 1, "support": 1}
            assert board.state.version == "1.2.3 <beta>"
            behind.publish(published(1, sales=5, phone=2))
            await heard_until(board, news, lambda: "phone" in slots(board.state))
            assert slots(board.state) == {"sales": 5, "phone": 2}


async def test_whoever_comes_back_hears_what_they_missed(behind: Behind, session: aiohttp.ClientSession) -> None:
    async with serving(create_app(behind.surface())) as address:
        stream = Stream(address, session)
        async with aclosing(stream.connect()) as told:
            assert isinstance(await anext(told), StateView)
        behind.publish(published(1, sales=2, support=1))
        async with aclosing(stream.connect()) as told:
            change = await anext(told)
            assert isinstance(change, ChangeView)
            assert [team.name for team in change.teams] == ["sales"]


async def test_a_server_that_ends_and_starts_again_is_followed(session: aiohttp.ClientSession) -> None:
    port, board = free_port(), Told()
    first, second = Behind(report=published(sales=1)), Behind(report=published(sales=7))
    async with serving(create_app(first.surface()), port) as address:
        news = follow(Stream(address, session), board, SystemClock(), back_off=(0.01,))
        await anext(news)
    async with aclosing(news):
        await heard_until(board, news, lambda: any("cannot reach" in reason for reason in board.reasons))
        assert board.reasons[0].endswith("has ended the connection")
        async with serving(create_app(second.surface()), port):
            await heard_until(board, news, lambda: slots(board.state) == {"sales": 7})


STATE = b'event: state\nid: x-1\ndata: {"at":1,"version":"1","teams":[],"sources":[],"problems":[]}\n\n'
BEAT = b'event: beat\ndata: {"at":2}\n\n'
CHANGE = (
    b'event: change\nid: x-2\ndata: {"at":3,"teams":[],"sources":[],"removed_teams":[],"removed_sources":[],'
    b'"problems":["p"]}\n\n'
)


async def test_what_cannot_be_read_is_no_basis_to_go_on_from(session: aiohttp.ClientSession) -> None:
    app, asked = scripted([STATE, CHANGE, b"event: news\ndata: ?\n\n", BEAT], [b"event: change\ndata: {\n\n"], [STATE])
    board = Board()
    async with (
        serving(app) as address,
        aclosing(follow(Stream(address, session), board, SystemClock(), back_off=(0.0,))) as news,
    ):
        await heard_until(board, news, lambda: len(asked) > 3)
    assert asked[:3] == ["", "x-2", ""]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (web.Response(status=401), "wants a user and a password, or others than these (401)"),
        (web.Response(status=403), "wants a user and a password, or others than these (403)"),
        (web.Response(status=404), "has no /api/v1/stream: it is no agentmon, or an older one"),
        (web.Response(status=503), "is not an agentmon, or not well: it answered with status 503"),
        (
            web.Response(text="<html>", content_type="text/html"),
            "is not an agentmon: its answer is text/html, not text/event-stream",
        ),
    ],
)
async def test_an_answer_that_is_no_stream(answer: web.Response, sentence: str, session: aiohttp.ClientSession) -> None:
    async def respond(_request: web.Request) -> web.Response:
        return answer

    app = web.Application()
    app.router.add_get("/{path:.*}", respond)
    async with serving(app) as address:
        assert await refused(Stream(address, session)) == f"{address.shown} {sentence}"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ([b"event: state\ndata: {}\n\n"], "is not an agentmon, or one of another version"),
        ([b"event: state\ndata: <html>\n\n"], "is not an agentmon, or one of another version"),
        ([BEAT], "is not an agentmon, or one of another version"),
        ([CHANGE], "is not an agentmon, or one of another version"),
        ([b"data: 1\n\n"], "has ended the connection"),
        ([], "has ended the connection"),
    ],
)
async def test_a_stream_that_is_not_of_agentmon(
    script: list[bytes], sentence: str, session: aiohttp.ClientSession
) -> None:
    app, _ = scripted(script)
    async with serving(app) as address:
        assert await refused(Stream(address, session)) == f"{address.shown} {sentence}"


async def test_a_server_that_says_nothing_is_given_up(session: aiohttp.ClientSession) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await asyncio.Event().wait()
        return response

    app = web.Application()
    app.router.add_get("/api/v1/stream", respond)
    async with serving(app) as address:
        stream = Stream(address, session, silence=0.2)
        assert await refused(stream) == f"{address.shown} gave no answer in 0.2 s"


async def test_a_connection_that_is_left_is_given_back(behind: Behind, session: aiohttp.ClientSession) -> None:
    app = create_app(behind.surface())
    async with serving(app) as address:
        async with aclosing(Stream(address, session).connect()) as told:
            await anext(told)
            assert app[STREAMER].readers == 1
        async with asyncio.timeout(WITHIN):
            while app[STREAMER].readers:
                behind.publish(published(1, sales=2))
                await asyncio.sleep(0.05)


async def refused(stream: Stream) -> str:
    """What is wrong with whoever answers."""
    try:
        async with asyncio.timeout(WITHIN), aclosing(stream.connect()) as told:
            async for _ in told:
                pass
    except AddressError as error:
        return str(error)
    raise AssertionError("a connection ends with a reason")
