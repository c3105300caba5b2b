"""Arguments and options that several commands share, and how their texts are read."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.hours import read_time
from monitor.config import parse_listen
from monitor.fields import check_url, parse_duration
from monitor.logs import LogFormat, LogLevel
from monitor.web.place import Place

ConfigArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Configuration file.", show_default=False)]

LevelOption = Annotated[
    LogLevel, typer.Option("--log.level", envvar="AGENTMON_LOG_LEVEL", help="Least level that is logged.")
]

FormatOption = Annotated[
    LogFormat, typer.Option("--log.format", envvar="AGENTMON_LOG_FORMAT", help="Form of the log lines.")
]

SeedOption = Annotated[int, typer.Option("--seed", help="Which contact centre: the same seed is the same people.")]

SpeedOption = Annotated[
    float, typer.Option("--speed", min=0, max=1000, help="How much faster than real time it lives.")
]

PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65531, help="Control port; the vendors take the four behind it (0: any).")
]

WebFileOption = Annotated[
    Path | None,
    typer.Option(
        "--web.config.file",
        envvar="AGENTMON_WEB_CONFIG_FILE",
        help="File with TLS and passwords of the listener, in the form of Prometheus' exporters.",
        show_default=False,
    ),
]


def listen_address_of(address: str) -> tuple[str, int]:
    try:
        return parse_listen(address)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--web.listen-address") from error


def duration_of(text: str, option: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def time_of(text: str) -> datetime:
    try:
        return read_time(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--at") from error


def place_of(external_url: str, route_prefix: str | None) -> Place:
    """Both as Prometheus takes them."""
    try:
        url = check_url(external_url) if external_url else ""
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--web.external-url") from error
    try:
        return Place.of(url, route_prefix)
    except ValueError as error:
        raise typer.BadParameter(
            str(error), param_hint="--web.external-url" if route_prefix is None else "--web.route-prefix"
        ) from error
