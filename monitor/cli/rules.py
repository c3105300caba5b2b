"""Options of `agentmon rules` to what differs in this installation."""

import re
from collections.abc import Iterable
from pathlib import Path

import typer

from monitor.cli.loading import check_known, loaded
from monitor.rules import Installation, Severity, render, render_resource

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PLAIN = re.compile(r"[^\"'\\{}\n]+")
"""What needs no escaping in PromQL, YAML and templates alike."""

TAKEN = frozenset({"alertname", "severity", "team", "channel", "source", "instance", "job", "cause", "kind", "part"})
"""Labels that the alerts have already."""


def print_rules(
    file: Path,
    job: str,
    labels: Iterable[str],
    runbooks: str,
    grafana: str,
    without: Iterable[str],
    loudest: Iterable[str],
    *,
    kubernetes: bool,
) -> None:
    """See the options of the command."""
    config = loaded(file)
    try:
        installation = read_installation(job, labels, runbooks, grafana, without, loudest)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    for team in (*installation.without, *installation.loudest):
        check_known("team", team, [known.name for known in config.teams], file)
    typer.echo((render_resource if kubernetes else render)(installation), nl=False)


def read_installation(
    job: str,
    labels: Iterable[str],
    runbooks: str,
    grafana: str,
    without: Iterable[str],
    loudest: Iterable[str],
) -> Installation:
    """Raises ValueError naming the option and what is wrong with it."""
    return Installation(
        job=_plain("--job", job),
        labels=dict(_label(pair) for pair in labels),
        runbooks=_address("--runbooks", runbooks),
        grafana=_address("--grafana", grafana),
        without=tuple(dict.fromkeys(without)),
        loudest=dict(_loudest(pair) for pair in loudest),
    )


def _label(pair: str) -> tuple[str, str]:
    name, value = _pair("--label", pair)
    if not _LABEL.fullmatch(name):
        raise ValueError(f"--label {pair}: {name!r} is no name of a label")
    if name in TAKEN:
        raise ValueError(f"--label {pair}: the alerts have a label {name!r} of their own")
    return name, _plain("--label", value)


def _loudest(pair: str) -> tuple[str, Severity]:
    team, severity = _pair("--severity", pair)
    if severity not in {Severity.WARNING, Severity.INFO}:
        raise ValueError(f"--severity {pair}: give warning or info, the loudest that alerts of {team} shall be")
    return team, Severity(severity)


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise ValueError(f"{option} {text}: give NAME=VALUE")
    return name, value


def _address(option: str, address: str) -> str:
    if address and not re.match(r"https?://", address):
        raise ValueError(f"{option} {address}: give an address that begins with http:// or https://")
    return _plain(option, address) if address else ""


def _plain(option: str, text: str) -> str:
    if not _PLAIN.fullmatch(text):
        raise ValueError(
            f"{option} {text!r}: quotes, braces, backslashes and line breaks are not taken, nor is nothing"
        )
    return text
