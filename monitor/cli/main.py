"""The commands and their options: arguments in, exit code out (0 fine, 1 configuration or data error, 2 usage).

What a command does is imported by the command itself: whoever looks at a wall or asks for a version shall not wait for
what only the service needs.
"""

import json
import os
import platform
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli.arguments import (
    FIRST_PORT,
    SPEED,
    ConfigArgument,
    FormatOption,
    LevelOption,
    PortOption,
    SeedOption,
    SpeedOption,
    WebFileOption,
)
from monitor.cli.streams import open_missing_streams
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.model import Channel
from monitor.revision import revision

app = typer.Typer(
    name="agentmon",
    help="Is anyone there, with a free slot, right now? Agent availability per team, for Prometheus.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def agentmon(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"agentmon {__version__} (revision {revision(os.environ)}, Python {platform.python_version()})")
        raise typer.Exit


@app.command()
def run(
    config_file: Annotated[
        Path, typer.Option("--config.file", envvar="AGENTMON_CONFIG_FILE", help="Configuration file.")
    ],
    listen_addresses: Annotated[
        list[str],
        typer.Option(
            "--web.listen-address",
            envvar="AGENTMON_WEB_LISTEN_ADDRESS",
            help="HOST:PORT to listen on, instead of web.listen of the configuration; may be repeated.",
        ),
    ] = [],  # noqa: B006 - read only
    web_config_file: WebFileOption = None,
    external_url: Annotated[
        str,
        typer.Option(
            "--web.external-url",
            metavar="URL",
            envvar="AGENTMON_WEB_EXTERNAL_URL",
            help="Address under which others reach agentmon, through a proxy; its path stands in front of all routes.",
        ),
    ] = "",
    route_prefix: Annotated[
        str | None,
        typer.Option(
            "--web.route-prefix",
            metavar="PATH",
            envvar="AGENTMON_WEB_ROUTE_PREFIX",
            help="What stands in front of all routes (default: the path of --web.external-url; / where a proxy takes "
            "that away).",
        ),
    ] = None,
    enable_lifecycle: Annotated[
        bool,
        typer.Option(
            "--web.enable-lifecycle",
            envvar="AGENTMON_WEB_ENABLE_LIFECYCLE",
            help="Let POST /-/reload read the configuration again, as SIGHUP does.",
        ),
    ] = False,
    auto_reload: Annotated[
        bool,
        typer.Option(
            "--config.auto-reload",
            envvar="AGENTMON_CONFIG_AUTO_RELOAD",
            help="Read the configuration file again when it changes.",
        ),
    ] = False,
    log_summary: Annotated[
        str,
        typer.Option(
            "--log.summary",
            envvar="AGENTMON_LOG_SUMMARY",
            metavar="DURATION",
            help="Pace of a line that tells how things stand, as in 15m; 0s for none.",
        ),
    ] = "15m",
    log_level: LevelOption = LogLevel.INFO,
    log_format: FormatOption = LogFormat.CONSOLE,
) -> None:
    """Poll the configured sources and serve the metrics until stopped. SIGHUP reads the configuration again."""
    from monitor.cli.run import start

    start(
        config_file,
        listen_addresses,
        web_config_file,
        external_url=external_url,
        route_prefix=route_prefix,
        enable_lifecycle=enable_lifecycle,
        auto_reload=auto_reload,
        log_summary=log_summary,
        log_level=log_level,
        log_format=log_format,
    )


@app.command()
def check(
    file: ConfigArgument,
    web_config_file: WebFileOption = None,
    online: Annotated[
        bool, typer.Option("--online", help="Poll every source once, and tell who is matched by whom, and who is not.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="Also show which teams are open then, and why. A time without an offset (2026-12-25T10:00) is read "
            "in each team's own time zone, one with an offset (2026-12-25T10:00Z, or +01:00) is that instant.",
        ),
    ] = None,
) -> None:
    """Check a configuration without starting anything: every mistake at once, with its place."""
    from monitor.cli.check import print_check

    print_check(file, web_config_file, online=online, at=at)


@app.command()
def probe(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Configuration file.", show_default=False)] = None,
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="Name of one source; all of them if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    recording: Annotated[
        Path | None,
        typer.Option("--replay", metavar="DIR", help="A recording of agentmon capture, instead of FILE; no network."),
    ] = None,
) -> None:
    """Poll each source once and show what the monitor understood."""
    from monitor.cli.probe import print_poll

    print_poll(file, source, recording, as_json=as_json)


@app.command()
def explain(
    where: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="Configuration file, or http(s) address of a running agentmon.")
    ],
    team: Annotated[str, typer.Argument(metavar="TEAM", help="Name of the team.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    everyone: Annotated[bool, typer.Option("--all", help="Tell of everyone, however many they are.")] = False,
) -> None:
    """Tell why a team has its numbers: from one poll of its sources, or as a running agentmon published them."""
    from monitor.cli.explain import print_why

    print_why(where, team, as_json=as_json, everyone=everyone)


@app.command()
def top(
    url: Annotated[
        str, typer.Argument(metavar="[URL]", help="http(s) address of a running agentmon.")
    ] = "http://127.0.0.1:9877",
    team: Annotated[list[str], typer.Option("--team", metavar="TEAM", help="Only this team; may be repeated.")] = [],  # noqa: B006 - read only
    channel: Annotated[list[Channel], typer.Option("--channel", help="Only this channel; may be repeated.")] = [],  # noqa: B006 - read only
    once: Annotated[
        bool, typer.Option("--once", help="Print what is known now and end, as it does where there is no terminal.")
    ] = False,
) -> None:
    """Show every team live in this terminal, the worst first, as a running agentmon tells it."""
    from monitor.cli.top import show

    show(url, team, channel, once=once)


@app.command()
def capture(
    file: ConfigArgument,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of the source.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Folder to write, new or empty (default: recording-SOURCE)."),
    ] = None,
) -> None:
    """Poll a source once and record it, without keys, names and ids, for a bug report."""
    from monitor.cli.capture import capture_source

    capture_source(file, source, output)


@app.command()
def demo(
    listen_address: Annotated[
        str, typer.Option("--web.listen-address", envvar="AGENTMON_WEB_LISTEN_ADDRESS", help="HOST:PORT to listen on.")
    ] = "127.0.0.1:9877",
    seed: SeedOption = 1,
    speed: SpeedOption = SPEED,
    port: PortOption = FIRST_PORT,
    log_level: LevelOption = LogLevel.INFO,
    log_format: FormatOption = LogFormat.CONSOLE,
) -> None:
    """Run a simulated contact centre behind four vendor APIs, and the monitor on it."""
    from monitor.cli.demo import run_demo

    configure(log_level, log_format, Mask())
    run_demo(seed, speed, port, listen_address)


@app.command()
def simulate(
    seed: SeedOption = 1,
    speed: SpeedOption = SPEED,
    port: PortOption = FIRST_PORT,
    log_level: LevelOption = LogLevel.INFO,
    log_format: FormatOption = LogFormat.CONSOLE,
) -> None:
    """Serve the simulated contact centre alone: four vendor APIs and a control port."""
    from monitor.cli.demo import run_simulator

    configure(log_level, log_format, Mask())
    run_simulator(seed, speed, port)


@app.command()
def rules(
    file: ConfigArgument,
    job: Annotated[str, typer.Option("--job", metavar="NAME", help="Name of the scrape job.")] = "agentmon",
    label: Annotated[
        list[str], typer.Option("--label", metavar="NAME=VALUE", help="Label put on every alert; may be repeated.")
    ] = [],  # noqa: B006 - read only
    runbooks: Annotated[
        str,
        typer.Option(
            "--runbooks",
            metavar="URL",
            help="Where this repository is browsed, the base of every runbook_url (default: Prometheus' external label "
            "runbooks).",
        ),
    ] = "",
    grafana: Annotated[
        str,
        typer.Option(
            "--grafana",
            metavar="URL",
            help="Address of Grafana, the base of every dashboard_url (default: Prometheus' external label grafana).",
        ),
    ] = "",
    without_team: Annotated[
        list[str],
        typer.Option("--without-team", metavar="TEAM", help="Team that no alert of teams speaks of; may be repeated."),
    ] = [],  # noqa: B006 - read only
    severity: Annotated[
        list[str],
        typer.Option(
            "--severity",
            metavar="TEAM=LEVEL",
            help="Alerts of the team are never louder than this, warning or info; may be repeated.",
        ),
    ] = [],  # noqa: B006 - read only
    kubernetes: Annotated[
        bool, typer.Option("--kubernetes", help="Print a PrometheusRule of the Prometheus operator instead of a file.")
    ] = False,
) -> None:
    """Print the alert rules for Prometheus, for the teams of a configuration."""
    from monitor.cli.rules import print_rules

    print_rules(file, job, label, runbooks, grafana, without_team, severity, kubernetes=kubernetes)


@app.command()
def schema(
    web: Annotated[bool, typer.Option("--web", help="That of the file for --web.config.file instead.")] = False,
) -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from monitor.config import WebFileOptions, json_schema

    made = json_schema(WebFileOptions, "agentmon web configuration") if web else json_schema()
    typer.echo(json.dumps(made, indent=2))


def main() -> None:
    """Entry point of the console script."""
    open_missing_streams()
    app()
