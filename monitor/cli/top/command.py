"""`agentmon top`: heard over the stream, shown on a terminal for as long as somebody looks, or once as text."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from functools import partial

import aiohttp
import msgspec

from monitor.cli.address import Address, AddressError, read_address
from monitor.cli.ending import in_one_line
from monitor.cli.top import words
from monitor.cli.top.board import Board
from monitor.cli.top.live import LiveScreen
from monitor.cli.top.look import Look
from monitor.cli.top.rows import Wanted
from monitor.cli.top.screen import Scene, page
from monitor.cli.top.stream import Stream
from monitor.cli.top.terminal import Terminal, allow_any_text, can_show, print_page
from monitor.clock import Clock, SystemClock
from monitor.errors import AgentmonError
from monitor.model import Channel
from monitor.web.views import StateView

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds until the next try, after so many failed ones; each is up to a quarter shorter, so that not all who lost
the same agentmon come back at once."""


class Asked(msgspec.Struct, frozen=True):
    """With `once`, and where there is no screen, the state is printed and that is all."""

    address: Address
    wanted: Wanted
    once: bool = False


class TopError(AgentmonError):
    """What was asked for does not exist there; the text says what does."""


def show(url: str, teams: Iterable[str], channels: Iterable[Channel], *, once: bool) -> None:
    """Everything, or only these teams and channels; see the options of the command."""
    wanted = Wanted(tuple(dict.fromkeys(teams)), tuple(dict.fromkeys(channels)))
    with in_one_line():
        asyncio.run(top(Asked(read_address(url, "URL"), wanted, once), SystemClock()))


async def top(asked: Asked, clock: Clock) -> None:
    """Until q, Ctrl-C or SIGTERM. Raises AgentmonError where there is no agentmon to begin with."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in one
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        async with aiohttp.ClientSession() as session:
            await _top(asked, Stream(asked.address, session), clock, task.cancel)


async def _top(asked: Asked, stream: Stream, clock: Clock, stop: Callable[[], object]) -> None:
    board = Board()
    scene = partial(_scene, asked, board, clock)
    async with aclosing(follow(stream, board, clock)) as news:
        await anext(news)
        _check(asked, board.state)
        allow_any_text(sys.stdout)
        if asked.once or not can_show(sys.stdout, os.environ):
            print_page(partial(page, scene(Look())))
            return
        with Terminal() as terminal:
            screen = LiveScreen(terminal, scene, stop)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(screen.run(), name="screen")
                async for _ in news:
                    screen.wake()


async def follow(
    stream: Stream, board: Board, clock: Clock, back_off: Sequence[float] = BACK_OFF
) -> AsyncGenerator[None, None]:
    """Keeps the board up to date without end, and yields after everything heard and every connection lost.

    Raises AddressError before anything was heard.
    """
    failures = 0
    while True:
        try:
            async with aclosing(stream.connect()) as told:
                async for view in told:
                    board.hear(view, clock.now().elapsed)
                    failures = 0
                    yield
        except AddressError as error:
            if not board.has_state:
                raise
            wait = back_off[min(failures, len(back_off) - 1)] * random.uniform(0.75, 1.0)  # noqa: S311 - no secret
            failures += 1
            board.fail(str(error), clock.now().elapsed, wait)
            yield
            await asyncio.sleep(wait)


def _check(asked: Asked, state: StateView) -> None:
    """A name that is misspelled would else be a screen without a team."""
    where = asked.address.shown
    if teams := asked.wanted.missing_teams(state):
        known = ", ".join(team.name for team in state.teams)
        raise TopError(f"{where} has no team {teams[0]!r}; {f'there are: {known}' if known else 'it has no teams'}")
    if channels := asked.wanted.missing_channels(state):
        raise TopError(f"{where}: {words.missing_channels(channels)}")


def _scene(asked: Asked, board: Board, clock: Clock, look: Look) -> Scene:
    elapsed = clock.now().elapsed
    return Scene(
        state=board.state,
        now=board.now(elapsed),
        where=asked.address.shown,
        wanted=asked.wanted,
        look=look,
        lost=board.lost(elapsed),
    )
