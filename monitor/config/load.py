"""Configuration file -> `Config`, or every mistake in it at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.config.document import read
from monitor.config.limits import RequestRate, check_limits, request_rates, warn_limits
from monitor.config.merge import people_spec, team_spec
from monitor.config.notices import notices, secrets
from monitor.config.parts import Parts, read_parts
from monitor.config.polls import check_polls, demand_of, spec_of, vendor_of, warn_polls
from monitor.config.problem import ConfigError, Problem, in_order
from monitor.config.references import check_references
from monitor.config.schema import FileOptions
from monitor.config.shown import shown
from monitor.config.text import read_text
from monitor.config.values import parse_listen
from monitor.errors import SecretError
from monitor.fields import Secret
from monitor.model import PeopleSpec, SourceSpec, TeamSpec
from monitor.pollers.vendors.base import Demand, SourceOptions, Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """A source with all that its adapter and its poller need."""

    spec: SourceSpec
    options: SourceOptions
    vendor: Vendor
    demand: Demand


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSecret:
    """A secret and where it is configured; `place` stands for its problem, still without a message."""

    place: Problem
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A configuration without errors. `listen` is host (empty for every interface) and port; `shown` is the file as
    anybody may see it, YAML.
    """

    sources: tuple[SourceConfig, ...]
    teams: tuple[TeamSpec, ...]
    people: PeopleSpec
    listen: tuple[tuple[str, int], ...]
    max_series: int
    cors_origins: tuple[str, ...]
    warnings: tuple[Problem, ...]
    secrets: tuple[PlacedSecret, ...]
    rates: tuple[RequestRate, ...]
    file: FileOptions
    shown: str


def load(path: Path, *, need_secrets: bool = False) -> Config:
    """Raises ConfigError with every problem of the file.

    With `need_secrets` a secret that cannot be read now is one of them; without, no secret is read.
    """
    return parse(read_text(path), filename=path, base=path.parent, need_secrets=need_secrets)


def parse(text: str, *, filename: str | Path, base: Path, need_secrets: bool = False) -> Config:
    """The same from text; files of secrets are relative to `base`."""
    document = read(text)
    if not isinstance(document.data, dict):
        raise ConfigError(filename, document.problems)
    parts, problems = read_parts(document, base)
    problems = [
        *document.problems,
        *problems,
        *check_references(parts),
        *check_polls(parts),
        *check_limits(parts),
    ]
    if need_secrets:
        problems += _unreadable_secrets(_placed(parts))
    if problems:
        raise ConfigError(filename, problems)
    return _config(parts)


def check_secrets(config: Config) -> tuple[Problem, ...]:
    """Secrets that cannot be read now: errors where they are needed, warnings where they are not."""
    return in_order(_unreadable_secrets(config.secrets))


def _unreadable_secrets(secrets: Iterable[PlacedSecret]) -> Iterator[Problem]:
    for placed in secrets:
        try:
            placed.secret.reveal()
        except SecretError as error:
            yield _with_message(placed.place, str(error))


def _placed(parts: Parts) -> tuple[PlacedSecret, ...]:
    return tuple(PlacedSecret(place=parts.problem(place, ""), secret=secret) for place, secret in secrets(parts))


def _config(parts: Parts) -> Config:
    file = parts.file
    sources = (
        SourceConfig(
            spec=SourceSpec(name=options.name, vendor=vendor_of(options).name, poll=spec_of(parts, options)),
            options=options,
            vendor=vendor_of(options),
            demand=demand_of(parts, options),
        )
        for options in file.sources
    )
    return Config(
        sources=tuple(sources),
        teams=tuple(team_spec(file, team) for team in file.teams),
        people=people_spec(file.people),
        listen=tuple(map(parse_listen, file.web.listen)),
        max_series=file.web.max_series,
        cors_origins=file.web.cors_origins,
        warnings=in_order([*notices(parts), *warn_polls(parts), *warn_limits(parts)]),
        rates=request_rates(parts),
        secrets=tuple(PlacedSecret(place=parts.problem(place, ""), secret=secret) for place, secret in secrets(parts)),
        file=file,
        shown=shown(parts),
    )


def _with_message(place: Problem, message: str) -> Problem:
    return Problem(line=place.line, column=place.column, path=place.path, message=message)
