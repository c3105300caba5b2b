"""`agentmon run`: the service from its files and options."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from monitor.cli.ending import to_the_end
from monitor.cli.loading import loaded_both
from monitor.cli.texts import duration_of, listen_address_of, place_of
from monitor.config import load, load_web_file
from monitor.fields import revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.reload import tell_warnings
from monitor.service import Reloading, serve
from monitor.web_reload import WebReloader

log = structlog.get_logger("monitor")


def start(
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
