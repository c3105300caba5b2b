"""`agentmon top` in a real terminal: what it shows, follows and obeys, and that it leaves everything as it was."""

import os
import pty
import re
import signal
import sys
import termios
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from builders import agents, channel_report, later, report, row, source_report, team_report
from rich.text import Text
from running import eventually, free_port
from top.scenes import names
from top.tmux import TOP, Tmux, terminal
from web.behind import Behind

from monitor.cli.top.terminal import Terminal
from monitor.model import Report, Status
from monitor.web.server import create_app

TEAMS = tuple(f"team-{number}" for number in range(1, 31))


def published(at: float = 0.0, **statuses: Status) -> Report:
    """Thirty teams, the first of which has the most people; all well but those named."""
    teams = (
        team_report(
            name, channel_report(statuses.get(name.replace("-", "_"), Status.OK), agents=agents(idle=50 - place))
        )
        for place, name in enumerate(TEAMS)
    )
    return report(*teams, source_report("a"), at=later(at))


@asynccontextmanager
async def serving(behind: Behind, port: int = 0) -> AsyncIterator[str]:
    server = TestServer(create_app(behind.surface()), host="127.0.0.1", port=port)
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


@pytest.fixture
def behind() -> Behind:
    return Behind(report=published(team_7=Status.UNSTAFFED))


@pytest.fixture
async def base(behind: Behind) -> AsyncIterator[str]:
    async with serving(behind) as address:
        yield address


@pytest.fixture
async def tmux(tmp_path: Path) -> AsyncIterator[Tmux]:
    async with terminal(tmp_path) as opened:
        yield opened


def first(lines: list[str]) -> str:
    """The team at the top."""
    return names(lines, *TEAMS)[0]


async def test_it_follows_what_happens_and_obeys_keys_and_sizes(tmux: Tmux, base: str, behind: Behind) -> None:
    await tmux.run(f"{TOP} {base}")
    lines = await tmux.until("✗ 1 unstaffed  ✓ 29 ok", "… and")
    assert first(lines) == "team-7"
    assert lines[0].startswith("agentmon")

    behind.publish(published(1, team_9=Status.SATURATED))
    await tmux.until("▲ 1 saturated  ✓ 29 ok", condition=lambda lines: first(lines) == "team-9")

    await tmux.type("n")
    await tmux.until("n name▼", condition=lambda lines: first(lines) == "team-1")
    await tmux.type("r")
    await tmux.until("n name▲", condition=lambda lines: first(lines) == "team-30")
    await tmux.type("a")
    await tmux.until("a available▼", condition=lambda lines: first(lines) == "team-30")
    await tmux.type("n")
    await tmux.until("n name▼")
    await tmux.type("Down", "Down")
    await tmux.until("… 2 above", condition=lambda lines: first(lines) == "team-3")
    await tmux.type("NPage")
    await tmux.until("… 16 above", condition=lambda lines: first(lines) == "team-17")
    await tmux.type("PPage", "Up")
    await tmux.until("… 1 above, and 15 more", condition=lambda lines: first(lines) == "team-2")

    await tmux.resize(40, 8)
    lines = await tmux.until("q quit")
    assert max(map(len, lines)) <= 40
    await tmux.resize(120, 50)
    await tmux.until(*TEAMS, condition=lambda lines: not any("…" in line for line in lines))

    await tmux.type("q")
    assert await tmux.ended() == 0
    assert await tmux.is_as_before()
    assert not any("agentmon  " in line for line in await tmux.screen())


async def test_a_lost_connection_cannot_be_overlooked_and_is_found_again(tmux: Tmux, behind: Behind) -> None:
    port = free_port()
    async with serving(behind, port) as base:
        await tmux.run(f"{TOP} {base}")
        await tmux.until("✗ 1 unstaffed")
    await tmux.until(
        "numbers are old", "cannot reach", "was unstaffed", "was ok", "next try in",
        condition=lambda lines: sum("No connection since" in line for line in lines) == 2,
    )  # fmt: skip
    assert re.search(r"\x1b\[(?:1;)?7m", await tmux.raw())  # in reverse, which needs no colour
    async with serving(Behind(report=published(team_8=Status.TIGHT)), port):
        await tmux.until("◐ 1 tight", "live", condition=lambda lines: not any("was " in line for line in lines))
        assert "No connection" not in await tmux.raw()
        await tmux.type("q")
        assert await tmux.ended() == 0


@pytest.mark.parametrize("end", ["C-c", "TERM", "HUP"])
async def test_however_it_ends_the_terminal_is_as_before(tmux: Tmux, base: str, end: str) -> None:
    await tmux.run(f"sh -c 'echo $$ >pid; exec {TOP} {base}'")
    await tmux.until("✗ 1 unstaffed")
    if end == "C-c":
        await tmux.type(end)
    else:
        os.kill(int((tmux.folder / "pid").read_text()), signal.Signals[f"SIG{end}"])
    assert await tmux.ended() == 0
    assert await tmux.is_as_before()


async def test_a_shell_can_stop_it_and_let_it_go_on(tmux: Tmux, base: str) -> None:
    await tmux.type("-l", f"{TOP} {base}")
    await tmux.type("Enter")
    await tmux.until("✗ 1 unstaffed")
    await tmux.type("C-z")
    await eventually(tmux.is_first_screen, what="the first screen")
    await tmux.type("-l", "echo $((40 + 2)); fg")
    await tmux.type("Enter")
    await tmux.until("✗ 1 unstaffed")
    assert not await tmux.is_first_screen()
    await tmux.type("q")
    await tmux.until("42")


@pytest.mark.parametrize(
    ("environment", "has_colours"),
    [({}, True), ({"NO_COLOR": "1"}, False)],
)
async def test_colours_only_where_they_are_wanted_and_there(
    tmp_path: Path, base: str, environment: dict[str, str], has_colours: bool
) -> None:
    async with terminal(tmp_path, **environment) as tmux:
        await tmux.run(f"{TOP} {base}")
        await tmux.until("✗ 1 unstaffed", "✗  unstaffed")
        assert ("\x1b[31m" in await tmux.raw()) == has_colours
        await tmux.type("q")
        assert await tmux.ended() == 0


@pytest.mark.parametrize(
    ("environment", "options"),
    [
        row("a terminal that only types", {"TERM": "dumb"}, ""),
        row("whoever asks for it", {}, "--once"),
        row("a file, the way to which a pipe is", {}, "| cat"),
    ],
)
async def test_once_for(tmp_path: Path, base: str, environment: dict[str, str], options: str) -> None:
    async with terminal(tmp_path, **environment) as tmux:
        await tmux.run(f"{TOP} {base} --team team-7 {options}")
        assert await tmux.ended() == 0
        lines = await tmux.until("✗ 1 unstaffed", "as of")
        assert names(lines, *TEAMS) == ["team-7"]
        assert await tmux.is_as_before()


# ------------------------------------------------------------------ without a program in it


class Pseudo:
    """A terminal that is standard input and output, and what has been written to it."""

    def __init__(self) -> None:
        self.written = b""
        self._outside, self.inside = pty.openpty()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def attributes(self) -> list[Any]:
        return termios.tcgetattr(self.inside)

    def close(self) -> None:
        """After this, all of it has been read."""
        os.close(self.inside)
        self._reader.join(timeout=10)
        os.close(self._outside)

    def _read(self) -> None:
        with suppress(OSError):  # nobody has the other end open any more
            while data := os.read(self._outside, 4096):
                self.written += data


@contextmanager
def pseudo_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pseudo]:
    """Used inside of tests, as pytest puts its own standard output in place before each."""
    opened = Pseudo()
    with (
        os.fdopen(opened.inside, "r", closefd=False) as given,
        os.fdopen(opened.inside, "w", closefd=False) as taken,
        monkeypatch.context() as patch,
    ):
        patch.setattr(sys, "stdin", given)
        patch.setattr(sys, "stdout", taken)
        patch.setenv("TERM", "xterm-256color")
        yield opened
    opened.close()


def test_after_an_exception_the_terminal_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with pseudo_terminal(monkeypatch) as pseudo:
        before = pseudo.attributes()

        def look() -> None:
            with Terminal() as opened:
                assert pseudo.attributes() != before
                opened.paint([Text("seen")])
                raise RuntimeError("a mistake of ours")

        with pytest.raises(RuntimeError, match="a mistake of ours"):
            look()
        assert pseudo.attributes() == before
    assert pseudo.written.startswith(b"\x1b[?1049h")
    assert b"seen" in pseudo.written
    assert pseudo.written.endswith(b"\x1b[?1049l\x1b[?25h")


def test_a_terminal_that_tells_no_size_has_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pseudo_terminal(monkeypatch):
        assert Terminal().size() == (80, 24)
