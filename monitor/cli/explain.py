"""`agentmon explain`: why a team has its numbers, from one poll of its sources or from a running agentmon."""

import asyncio
import shutil
import sys
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import aiohttp
import msgspec
import typer

from monitor.cli.address import Address, asking, read_address, refusal
from monitor.cli.ending import in_one_line
from monitor.cli.loading import usable
from monitor.clock import Clock, SystemClock
from monitor.config import Config, SourceConfig, naming_of
from monitor.errors import AgentmonError
from monitor.explanation import TeamExplanation
from monitor.fields import revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.model import TeamSpec
from monitor.probe import poll_once
from monitor.reconciler.explain import explain
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.web.telling import WIDTH, tell

TIMEOUT = 10.0
WIDEST = 140
"""Columns of text on a wide terminal: longer lines are hard to read."""


class ExplainError(AgentmonError):
    """There is no explanation to be had; the text says why."""


class _NoTeam(msgspec.Struct):
    """What a running agentmon says of a team that it does not have."""

    teams: list[str]


def print_why(where: str, team: str, *, as_json: bool, everyone: bool) -> None:
    """`where` is a configuration file or an address."""
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask(revealed_secrets))
    with in_one_line():
        if where.lower().startswith(("http://", "https://")):
            told = asyncio.run(explain_from_url(read_address(where, "FILE|URL"), team))
        else:
            told = asyncio.run(explain_from_file(usable(Path(where)), where, team, SystemClock()))
    print_explanation(told, as_json=as_json, everyone=everyone)


def print_explanation(told: TeamExplanation, *, as_json: bool, everyone: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    width = min(shutil.get_terminal_size().columns, WIDEST) if sys.stdout.isatty() else WIDTH
    typer.echo(tell(told, width=width, everyone=everyone), nl=False)


async def explain_from_file(config: Config, where: str, team: str, clock: Clock) -> TeamExplanation:
    """Polls the sources that matter once. Raises ExplainError where the team is not configured."""
    spec = next((known for known in config.teams if known.name == team), None)
    if spec is None:
        raise _unknown(where, team, (known.name for known in config.teams))
    polled = await poll_once(needed(config, spec), clock)
    _, memory = reconcile(polled.states, [spec], Memory(), clock.now(), {}, config.people)
    told = explain(team, memory, naming_of(config.file.privacy))
    assert told is not None  # noqa: S101 - the team was reconciled
    return told


def needed(config: Config, team: TeamSpec) -> list[SourceConfig]:
    """Sources of the team, and those that may hold contacts of its people with a limit.

    Where people are joined by what rosters agree in, only all rosters together tell who is who.
    """
    names = set(team.sources)
    for person in config.people.listed:
        sources = {source for source, _ in person.accounts}
        if person.max_slots is not None and sources & set(team.sources):
            names |= sources
    return [source for source in config.sources if config.people.match or source.spec.name in names]


async def explain_from_url(address: Address, team: str) -> TeamExplanation:
    """Asks a running agentmon. Raises AddressError or ExplainError, with one line that says what is wrong."""
    where = address.shown
    with asking(where, TIMEOUT):
        async with (
            asyncio.timeout(TIMEOUT),
            aiohttp.ClientSession(headers=address.headers) as session,
            session.get(
                address.to("api", "v1", "teams", quote(team, safe=""), "explain"),
                headers={"Accept": "application/json"},
            ) as response,
        ):
            status, body = response.status, await response.read()
        if status == HTTPStatus.OK:
            return msgspec.json.decode(body, type=TeamExplanation)
        if status == HTTPStatus.NOT_FOUND:
            raise _unknown(where, team, msgspec.json.decode(body, type=_NoTeam).teams)
        raise refusal(where, status)


def _unknown(where: str, team: str, teams: Iterable[str]) -> ExplainError:
    known = ", ".join(teams)
    return ExplainError(f"{where} has no team {team!r}; {f'there are: {known}' if known else 'it has no teams'}")
