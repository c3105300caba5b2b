"""How a command comes to its end: by itself, by a signal, or by an error of ours."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from monitor.errors import AgentmonError


@contextmanager
def in_one_line() -> Iterator[None]:
    """An error of ours inside is one line and exit code 1."""
    try:
        yield
    except AgentmonError as error:
        typer.echo(f"agentmon: {error}", err=True)
        raise typer.Exit(1) from error


def to_the_end(service: Coroutine[Any, Any, None]) -> None:
    """Run it, on uvloop where that is installed. An error of ours is one line and exit code 1."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with in_one_line(), asyncio.Runner(loop_factory=factory) as runner:
        runner.run(service)
