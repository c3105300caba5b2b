"""How an error of ours ends a command."""

from collections.abc import Iterator
from contextlib import contextmanager

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
