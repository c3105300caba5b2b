"""`agentmon run`: the service from its files and options, and whatever else runs to its end on an event loop."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import structlog

from monitor.cli.errors import in_one_line
from monitor.cli.loading import loaded_both
from monitor.cli.texts import duration_of, listen_address_of, place_of
from monitor.config import load, load_web_file
from monitor.fields import revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.reload import tell_warnings
from monitor.service import Reloading, serve
from monitor.web_reload import WebReloader

log = structlog.get_logger("monitor")


def run(
    config_file: Path,
    listen_addresses: Sequence[str],
    web_config_file: Path | None,
    *,
    external_url: str,
    route_prefix: str | None,
    enable_lifecycle: bool,
    auto_reload: bool,
    log_summary: str,
    log_level: LogLevel,
    log_format: LogFormat,
) -> None:
    """Serve until stopped; see the options of the command."""
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
    to_the_end(serve(config, listen, place=place, web=rereading, reloading=reloading, summary_every=summary_every))


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
