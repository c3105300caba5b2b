"""`agentmon explain`: why a team has its numbers, from one poll of its sources or from a running agentmon."""

import asyncio
import os
import shutil
import ssl
import sys
from collections.abc import Iterable, Mapping
from urllib.parse import quote

import aiohttp
import msgspec
import typer
from yarl import URL

from monitor import __version__
from monitor.cli.login import login_for
from monitor.clock import Clock
from monitor.config import Config, SourceConfig, naming_of
from monitor.errors import AgentmonError
from monitor.explanation import TeamExplanation
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


def is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


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


async def explain_from_url(address: str, team: str) -> TeamExplanation:
    """Asks a running agentmon. Raises ExplainError, with one line that says what is wrong."""
    base, login = login_for(_base(address), os.environ)
    where = str(base).rstrip("/")
    path = ("api", "v1", "teams", quote(team, safe=""), "explain")
    status, body = await _ask(base.joinpath(*path, encoded=True), where, login)
    try:
        match status:
            case 200:
                return msgspec.json.decode(body, type=TeamExplanation)
            case 404:
                raise _unknown(where, team, msgspec.json.decode(body, type=_NoTeam).teams)
            case 401 | 403:
                raise ExplainError(f"{where} wants a user and a password, or others than these ({status})")
            case _:
                raise ExplainError(f"{where} is not an agentmon, or not well: it answered with status {status}")
    except msgspec.DecodeError as error:
        raise ExplainError(f"{where} is not an agentmon, or one of another version") from error


def _base(address: str) -> URL:
    try:
        url = URL(address).with_query(None).with_fragment(None)
    except ValueError as error:
        raise typer.BadParameter(f"not an address: {error}", param_hint="FILE|URL") from error
    if not url.host:
        raise typer.BadParameter("no host in it; write it as in http://127.0.0.1:9877", param_hint="FILE|URL")
    return url


async def _ask(url: URL, where: str, login: Mapping[str, str]) -> tuple[int, bytes]:
    try:
        async with (
            asyncio.timeout(TIMEOUT),
            aiohttp.ClientSession(headers={"User-Agent": f"agentmon/{__version__}", **login}) as session,
            session.get(url, headers={"Accept": "application/json"}) as response,
        ):
            return response.status, await response.read()
    except TimeoutError as error:
        raise ExplainError(f"{where} gave no answer in {TIMEOUT:g} s") from error
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, ssl.SSLError) as error:
        raise ExplainError(f"the certificate of {where} is not accepted{_cause(error)}") from error
    except (aiohttp.ClientConnectorError, OSError) as error:
        raise ExplainError(f"cannot reach {where}{_cause(error)}; is agentmon running there?") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise ExplainError(f"{where} does not answer as an agentmon does") from error


def _cause(error: Exception) -> str:
    """What the system says of it: refused, expired."""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    text = getattr(inner, "verify_message", None) or getattr(inner, "strerror", None)
    return f" ({text})" if text else ""


def _unknown(where: str, team: str, teams: Iterable[str]) -> ExplainError:
    known = ", ".join(teams)
    return ExplainError(f"{where} has no team {team!r}; {f'there are: {known}' if known else 'it has no teams'}")
