"""A real terminal: tmux with a server of its own, a shell in it, and what stands on its screen."""

import asyncio
import secrets
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from realparts import require_tool
from running import eventually

TOP = shlex.join((sys.executable, "-m", "monitor", "top"))


class Tmux:
    """`folder` is where its shell runs, and keeps what it says of itself."""

    def __init__(self, program: str, name: str, folder: Path) -> None:
        self._program = program
        self._name = name
        self.folder = folder

    async def tell(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            self._program, "-L", self._name, "-f", "/dev/null", *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def type(self, *keys: str) -> None:
        await self.tell("send-keys", *keys)

    async def run(self, line: str) -> None:
        """Have the shell run it, and then write its exit code and the state of the terminal down.

        It is read from a file, so that what stands on the screen does not depend on the length of any path.
        """
        (self.folder / "line").write_text(f"stty -g >before\n{line}\necho $? >code\nstty -g >after\n")
        await self.type("-l", ". ./line")
        await self.type("Enter")

    async def resize(self, width: int, height: int) -> None:
        await self.tell("resize-window", "-x", str(width), "-y", str(height))

    async def screen(self) -> list[str]:
        return (await self.tell("capture-pane", "-p")).split("\n")

    async def raw(self) -> str:
        """The screen with its colours and attributes."""
        return await self.tell("capture-pane", "-p", "-e")

    async def until(self, *words: str, condition: Callable[[list[str]], bool] = bool) -> list[str]:
        """Wait until each of these is on the screen, and the condition holds for it; the screen of that moment."""
        found: list[str] = []

        async def is_there() -> bool:
            found[:] = await self.screen()
            return all(word in "\n".join(found) for word in words) and condition(found)

        try:
            await eventually(is_there)
        except AssertionError as error:
            raise AssertionError("not on the screen: {}\n{}".format(", ".join(words), "\n".join(found))) from error
        return found

    async def ended(self) -> int:
        """Wait for the end of what the shell ran; its exit code."""
        await eventually((self.folder / "after").exists, what="the end of the command")
        await eventually((self.folder / "after").read_text, what="the state after it")
        return int((self.folder / "code").read_text())

    async def is_as_before(self) -> bool:
        """Whether the terminal is again as it was: line discipline, first screen, a cursor."""
        before, after = ((self.folder / name).read_text() for name in ("before", "after"))
        return before == after and await self.is_first_screen()

    async def is_first_screen(self) -> bool:
        """Whether the screen is that of the shell, with a cursor."""
        return await self.tell("display", "-p", "#{alternate_on} #{cursor_flag}") == "0 1\n"


@asynccontextmanager
async def terminal(folder: Path, width: int = 100, height: int = 20, **environment: str) -> AsyncIterator[Tmux]:
    """A shell in a terminal of this size, which starts in `folder` and finds this project."""
    tmux = Tmux(require_tool("tmux", "tmux"), f"agentmon-{secrets.token_hex(4)}", folder)
    project = str(Path(__file__).parents[2])
    settings = [f"{name}={value}" for name, value in {"PYTHONPATH": project, "PS1": "$ ", **environment}.items()]
    shell = shlex.join(("env", "-C", str(folder), *settings, "sh"))
    await tmux.tell("new-session", "-d", "-x", str(width), "-y", str(height), shell)
    try:
        await tmux.until("$")
        yield tmux
    finally:
        await tmux.tell("kill-server")
