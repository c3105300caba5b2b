"""`agentmon check`: what is wrong with a configuration, which teams are open, and what the vendors say to it."""

import asyncio
from pathlib import Path

import typer

from monitor.cli.hours import tell_openings
from monitor.cli.loading import count, loaded_both, show
from monitor.cli.survey import tell_survey
from monitor.cli.texts import time_of
from monitor.clock import SystemClock
from monitor.config import check_secrets
from monitor.fields import revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.survey import survey


def print_check(file: Path, web_config_file: Path | None, *, online: bool, at: str | None) -> None:
    asked = None if at is None else time_of(at)
    config, web = loaded_both(file, web_config_file, need_secrets=online)
    warnings = [*config.warnings, *check_secrets(config)]
    show(warnings, file, "warning: ")
    for rate in config.rates:
        typer.echo(rate.tell())
    typer.echo(
        f"{file}: fine ({count(config.sources, 'source')}, {count(config.teams, 'team')}, {count(warnings, 'warning')})"
    )
    if web and web_config_file:
        show(web.warnings, web_config_file, "warning: ")
        typer.echo(f"{web_config_file}: fine ({count(web.warnings, 'warning')})")
    for line in tell_openings(config.teams, asked) if asked else ():
        typer.echo(line)
    if online:
        configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask(revealed_secrets))
        found = asyncio.run(survey(config, SystemClock()))
        for line in tell_survey(found):
            typer.echo(line)
        if not found.is_fine:
            raise typer.Exit(1)
