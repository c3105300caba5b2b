"""Texts of options, read; what is wrong with them is wrong usage that names the option."""

from datetime import datetime

import typer

from monitor.cli.hours import read_time
from monitor.config import parse_listen
from monitor.fields import check_url, parse_duration
from monitor.web.place import Place


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
