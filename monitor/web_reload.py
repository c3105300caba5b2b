"""Reading the web configuration file again, with its certificates: whole or not at all."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from monitor.beside import waiting_apart
from monitor.config import WebFile, WebFileError
from monitor.web.settings import PLAIN, WebSettings

log = structlog.get_logger(__name__)


class WebReloader:
    """What of the file is in force. `load` reads it again, and raises WebFileError; None where there is no file."""

    def __init__(self, load: Callable[[], WebFile] | None = None, in_force: WebFile | None = None) -> None:
        self._load = load
        self._settings = in_force.settings if in_force else PLAIN
        self._files = in_force.files if in_force else ()
        self._problems: tuple[str, ...] = ()
        self._turn = asyncio.Lock()

    def settings(self) -> WebSettings:
        return self._settings

    def files(self) -> tuple[Path, ...]:
        """What was read at the last attempt: whatever changes in it is a reason for another one."""
        return self._files

    def problems(self) -> tuple[str, ...]:
        """Why the file as it stands now is not in force."""
        return self._problems

    async def reload(self, cause: str) -> tuple[str, ...]:
        """What is wrong, as lines for the operator; empty where the file is in force now, or there is none."""
        if self._load is None:
            return ()
        async with self._turn:
            try:
                file = await waiting_apart(self._load)
            except WebFileError as error:
                self._files = error.files
                return self._refuse(cause, tuple(problem.show(error.filename) for problem in error.problems))
            except Exception as error:  # our own mistake: what is in force stays, and it must be seen
                log.exception("web_reload_crashed")
                return self._refuse(cause, (f"an error inside agentmon: {type(error).__name__}",))
            self._settings, self._files, self._problems = file.settings, file.files, ()
            log.info("web_config_reloaded", cause=cause, tls=file.settings.tls is not None)
            return ()

    def _refuse(self, cause: str, problems: tuple[str, ...]) -> tuple[str, ...]:
        """Each problem is told once, as long as it stays."""
        log.error("web_config_failed", cause=cause, problems=len(problems))
        for problem in problems:
            if problem not in self._problems:
                log.error("config_problem", text=problem)
        self._problems = problems
        return problems
