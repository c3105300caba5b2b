"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.logs import LogFormat, LogLevel

ConfigArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Configuration file.", show_default=False)]

LevelOption = Annotated[
    LogLevel, typer.Option("--log.level", envvar="AGENTMON_LOG_LEVEL", help="Least level that is logged.")
]

FormatOption = Annotated[
    LogFormat, typer.Option("--log.format", envvar="AGENTMON_LOG_FORMAT", help="Form of the log lines.")
]

FIRST_PORT = 9880
"""The simulator's control port; the four vendors listen on those behind it."""
SPEED = 5.0

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
