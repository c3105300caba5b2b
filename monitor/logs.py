"""Structured logs, console or JSON from the same call, with every known secret masked in every line."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger


class LogFormat(StrEnum):
    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


MASK = "***"


class Mask:
    """Replaces secrets in texts. `known` tells those read so far, so that a rotated one is masked too."""

    def __init__(self, known: Callable[[], frozenset[str]] = frozenset) -> None:
        self._known = known
        self._seen: frozenset[str] = frozenset()
        self._secrets: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these from now on, the longest first, so that one inside another leaves no rest."""
        forms = (form for secret in secrets if secret for form in _forms(secret))
        self._secrets = tuple(sorted({*self._secrets, *forms}, key=len, reverse=True))

    def clean(self, value: Any) -> Any:
        match value:
            case str():
                for secret in self._secrets:
                    value = value.replace(secret, MASK)
                return value
            case Mapping():
                return {self.clean(key): self.clean(item) for key, item in value.items()}
            case list() | tuple():
                return [self.clean(item) for item in value]
            case None | bool() | int() | float():
                return value
            case _:  # a renderer would show it by its repr: an exception, an address, a set
                shown = repr(value)
                cleaned = self.clean(shown)
                return value if cleaned == shown else cleaned

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        known = self._known()
        if known != self._seen:
            self.hide(known)
            self._seen = known
        return {key: self.clean(value) for key, value in event.items()}


def _forms(secret: str) -> set[str]:
    """A secret as texts show it: as it is, in an address, and between the quotes of a repr."""
    return {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}


def configure(level: LogLevel, format_: LogFormat, mask: Mask) -> None:
    """Send our logs, and what libraries warn of, to standard error in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if format_ is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # Skipped runs are counted by us, and each request of a scrape is nothing to tell.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
