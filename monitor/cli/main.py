"""The commands: arguments in, exit code out (0 fine, 1 configuration or data error, 2 usage)."""

import asyncio
import json
import os
import platform
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import msgspec
import structlog
import typer
from rich.console import Console

from monitor import __version__
from monitor.cli.address import read_address
from monitor.cli.arguments import (
    ConfigArgument,
    FormatOption,
    LevelOption,
    PortOption,
    SeedOption,
    SpeedOption,
    WebFileOption,
    duration_of,
    listen_address_of,
    place_of,
    time_of,
)
from monitor.cli.capture import capture, replay, told
from monitor.cli.demo import FIRST_PORT, SPEED, run_demo, run_simulator
from monitor.cli.explain import explain_from_file, explain_from_url, is_url, print_explanation
from monitor.cli.hours import tell_openings
from monitor.cli.loading import check_known, check_source, count, in_one_line, loaded, loaded_both, show, usable
from monitor.cli.rules import read_installation
from monitor.cli.survey import tell_survey
from monitor.cli.tables import print_probe
from monitor.cli.top import Asked, Wanted, top
from monitor.clock import SystemClock
from monitor.config import (
    check_secrets,
    json_schema,
    load,
    load_web_file,
)
from monitor.fields import revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.model import Channel
from monitor.probe import Probe, probe
from monitor.reload import tell_warnings
from monitor.revision import revision
from monitor.rules import render, render_resource
from monitor.service import Reloading, serve, until_stopped
from monitor.simulator import Simulator
from monitor.survey import survey
from monitor.web_reload import WebReloader

PLAIN_WIDTH = 200
"""Columns of tables that go to a file or a pipe, where no terminal says how wide it is."""

log = structlog.get_logger("monitor")

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
    summary_every = duration_of(log_summary, "--log.summary")
    place = place_of(external_url, route_prefix)
    addresses = [listen_address_of(address) for address in listen_addresses]
    config, web = loaded_both(config_file, web_config_file, need_secrets=True)
    reloading = Reloading(
        load=lambda: load(config_file, need_secrets=True),
        over_http=enable_lifecycle,
        watched=config_file if auto_reload else None,
    )
    configure(log_level, log_format, Mask(revealed_secrets))
    tell_warnings(config)
    for warning in web.warnings if web else ():
        log.warning("config_warning", place=warning.path, text=warning.text)
    rereading = WebReloader(lambda: load_web_file(web_config_file), web) if web_config_file else None
    listen = addresses or config.listen
    _run(serve(config, listen, place=place, web=rereading, reloading=reloading, summary_every=summary_every))


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


@app.command("probe")
def probe_command(
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
    if (file is None) == (recording is None):
        raise typer.BadParameter("give either a configuration file or --replay with a recording", param_hint="FILE")
    found = _replayed(recording) if recording else _probed(file or Path(), source)
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False))
    else:
        print_probe(found, Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH))
    if not found.is_fine:
        raise typer.Exit(1)


@app.command("explain")
def explain_command(
    where: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="Configuration file, or http(s) address of a running agentmon.")
    ],
    team: Annotated[str, typer.Argument(metavar="TEAM", help="Name of the team.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    everyone: Annotated[bool, typer.Option("--all", help="Tell of everyone, however many they are.")] = False,
) -> None:
    """Tell why a team has its numbers: from one poll of its sources, or as a running agentmon published them."""
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask(revealed_secrets))
    with in_one_line():
        if is_url(where):
            told = asyncio.run(explain_from_url(read_address(where, "FILE|URL"), team))
        else:
            told = asyncio.run(explain_from_file(usable(Path(where)), where, team, SystemClock()))
    print_explanation(told, as_json=as_json, everyone=everyone)


@app.command("top")
def top_command(
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
    asked = Asked(read_address(url, "URL"), Wanted(tuple(dict.fromkeys(team)), tuple(dict.fromkeys(channel))), once)
    with in_one_line():
        asyncio.run(top(asked, SystemClock()))


@app.command("capture")
def capture_command(
    file: ConfigArgument,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of the source.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Folder to write, new or empty (default: recording-SOURCE)."),
    ] = None,
) -> None:
    """Poll a source once and record it, without keys, names and ids, for a bug report."""
    config = usable(file)
    check_source(config, file, source)
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask(revealed_secrets))
    folder = output or Path(f"recording-{source}")
    (chosen,) = (known for known in config.sources if known.spec.name == source)
    with in_one_line():
        seen = asyncio.run(capture(chosen, folder, SystemClock()))
    typer.echo(told(seen, folder))


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
    configure(log_level, log_format, Mask())
    host, web_port = listen_address_of(listen_address)

    def announce(running: Simulator) -> None:
        typer.echo(
            f"""agentmon watches a simulated contact centre: 4 vendors, 5 teams, 40 people, {speed:g} times real time.

  wall         http://{host}:{web_port}/wall
  status page  http://{host}:{web_port}/
  metrics      http://{host}:{web_port}/metrics
  terminal     agentmon top http://{host}:{web_port}
  why?         agentmon explain http://{host}:{web_port} sales

Make trouble, from another terminal:
  curl -X POST   {running.control_url}/faults/iadvize -d '{{"kind": "down"}}'      # a vendor dies
  curl -X DELETE {running.control_url}/faults/iadvize                            # and is back
  curl -X POST   {running.control_url}/teams/sales -d '{{"presence": "away"}}'     # everyone on a break

Ctrl-C ends it."""
        )

    _run(run_demo(seed, speed, port, listen_address, announce, lambda config: serve(config, config.listen)))


@app.command()
def simulate(
    seed: SeedOption = 1,
    speed: SpeedOption = SPEED,
    port: PortOption = FIRST_PORT,
    log_level: LevelOption = LogLevel.INFO,
    log_format: FormatOption = LogFormat.CONSOLE,
) -> None:
    """Serve the simulated contact centre alone: four vendor APIs and a control port."""
    configure(log_level, log_format, Mask())
    _run(run_simulator(seed, speed, port, until_stopped))


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
    config = loaded(file)
    try:
        installation = read_installation(job, label, runbooks, grafana, without_team, severity)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    for team in (*installation.without, *installation.loudest):
        check_known("team", team, [known.name for known in config.teams], file)
    typer.echo((render_resource if kubernetes else render)(installation), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    typer.echo(json.dumps(json_schema(), indent=2))


def main() -> None:
    """Entry point of the console script."""
    app()


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


def _run(service: Coroutine[Any, Any, None]) -> None:
    """Run to the end, on uvloop where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with in_one_line(), asyncio.Runner(loop_factory=factory) as runner:
        runner.run(service)
