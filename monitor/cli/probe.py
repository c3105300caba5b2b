"""`agentmon probe`: one poll of each source, or of a recording, and what the monitor understood."""

import asyncio
import json
import sys
from pathlib import Path

import msgspec
import typer
from rich.console import Console

from monitor.cli.capture import replay
from monitor.cli.ending import in_one_line
from monitor.cli.loading import check_source, usable
from monitor.cli.tables import print_probe
from monitor.clock import SystemClock
from monitor.fields import revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.probe import Probe, probe

PLAIN_WIDTH = 200
"""Columns of tables that go to a file or a pipe, where no terminal says how wide it is."""


def print_poll(file: Path | None, source: str | None, recording: Path | None, *, as_json: bool) -> None:
    if (file is None) == (recording is None):
        raise typer.BadParameter("give either a configuration file or --replay with a recording", param_hint="FILE")
    found = _replayed(recording) if recording else _probed(file or Path(), source)
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False))
    else:
        print_probe(found, Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH))
    if not found.is_fine:
        raise typer.Exit(1)


def _probed(file: Path, source: str | None) -> Probe:
    config = usable(file)
    if source is not None:
        check_source(config, file, source)
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask(revealed_secrets))
    return asyncio.run(probe(config, [source] if source else [], SystemClock()))


def _replayed(recording: Path) -> Probe:
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask())
    with in_one_line():
        return asyncio.run(replay(recording, SystemClock()))
