"""The commands: arguments in, exit code out (0 fine, 1 configuration or data error, 2 usage)."""

import asyncio
import json
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from monitor import __version__
from monitor.app import known_secrets, serve
from monitor.config import Config, ConfigError, Problem, check_secrets, json_schema, load, parse_listen
from monitor.errors import AgentmonError
from monitor.logs import LogFormat, LogLevel, Mask, configure

log = structlog.get_logger("monitor")

app = typer.Typer(
    name="agentmon",
    help="Is anyone there, with a free slot, right now? Agent availability per team, for Prometheus.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Configuration file.", show_default=False)]
LevelOption = Annotated[
    LogLevel, typer.Option("--log.level", envvar="AGENTMON_LOG_LEVEL", help="Least level that is logged.")
]
FormatOption = Annotated[
    LogFormat, typer.Option("--log.format", envvar="AGENTMON_LOG_FORMAT", help="Form of the log lines.")
]


@app.callback(invoke_without_command=True)
def agentmon(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"agentmon {__version__}")
        raise typer.Exit


@app.command()
def run(
    config_file: Annotated[
        Path, typer.Option("--config.file", envvar="AGENTMON_CONFIG_FILE", help="Configuration file.")
    ],
    listen_address: Annotated[
        str | None,
        typer.Option(
            "--web.listen-address",
            envvar="AGENTMON_WEB_LISTEN_ADDRESS",
            help="HOST:PORT to listen on, instead of web.listen of the configuration.",
        ),
    ] = None,
    log_level: LevelOption = LogLevel.INFO,
    log_format: FormatOption = LogFormat.CONSOLE,
) -> None:
    """Poll the configured sources and serve the metrics until stopped."""
    config = _usable(config_file)
    mask = Mask()
    mask.hide(known_secrets(config.sources))
    configure(log_level, log_format, mask)
    for warning in config.warnings:
        log.warning("config_warning", place=warning.path, text=warning.text)
    _run(serve(config, _listen(listen_address, config)))


@app.command()
def check(file: ConfigArgument) -> None:
    """Check a configuration without starting anything: every mistake at once, with its place."""
    config = _loaded(file)
    warnings = [*config.warnings, *check_secrets(config)]
    _show(warnings, file, "warning: ")
    typer.echo(
        f"{file}: fine ({_count(config.sources, 'source')}, {_count(config.teams, 'team')}, "
        f"{_count(warnings, 'warning')})"
    )


@app.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2))


def main() -> None:
    """Entry point of the console script."""
    app()


def _loaded(file: Path) -> Config:
    try:
        return load(file)
    except ConfigError as error:
        _show(error.problems, file)
        raise typer.Exit(1) from error


def _usable(file: Path) -> Config:
    """A configuration whose secrets can all be read."""
    config = _loaded(file)
    if missing := check_secrets(config):
        _show(missing, file)
        raise typer.Exit(1)
    return config


def _listen(address: str | None, config: Config) -> tuple[str, int]:
    if address is None:
        return config.listen
    try:
        return parse_listen(address)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--web.listen-address") from error


def _run(service: Coroutine[Any, Any, None]) -> None:
    """Run to the end, on uvloop where it is installed; an error of ours is one line and exit code 1."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(service)
    except AgentmonError as error:
        typer.echo(f"agentmon: {error}", err=True)
        raise typer.Exit(1) from error


def _show(problems: Iterable[Problem], file: Path, prefix: str = "") -> None:
    for problem in problems:
        typer.echo(prefix + problem.show(file), err=True)


def _count(things: Iterable[object], noun: str) -> str:
    number = len(list(things))
    return f"{number} {noun}" + ("" if number == 1 else "s")
