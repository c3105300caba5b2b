"""The web configuration file (`--web.config.file`): the form of Prometheus' exporters, to settings of the listener."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.config.document import Document, read
from monitor.config.messages import EMPTY, place_of, problem_of
from monitor.config.problem import ConfigError, Place, Problem, at, in_order
from monitor.config.prune import prune
from monitor.config.structure import empty_places
from monitor.config.text import read_text
from monitor.config.tls import Missing, context_of
from monitor.config.web_schema import NOT_SUPPORTED, RateOptions, WebFileOptions
from monitor.web.settings import RateLimit, WebSettings

LEAST_COST = 10
_TLS = "tls_server_config"
_USERS = "basic_auth_users"
_NEEDS = "{} to have neither TLS nor passwords, so that half a file is none"


class WebFileError(ConfigError):
    """A file that cannot be used. `files` are those to watch for the mend."""

    def __init__(self, error: ConfigError, files: tuple[Path, ...]) -> None:
        super().__init__(error.filename, error.problems)
        self.files = files


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFile:
    """A file without errors; `files` are all that it was made of."""

    settings: WebSettings
    warnings: tuple[Problem, ...]
    files: tuple[Path, ...]


def load_web_file(path: Path) -> WebFile:
    """Reads certificates and keys as well. Raises WebFileError with every problem."""
    try:
        document = read(read_text(path), needs=_NEEDS, first=_TLS)
    except ConfigError as error:
        raise WebFileError(error, (path,)) from error
    if not isinstance(document.data, dict):
        raise WebFileError(ConfigError(path, document.problems), (path,))
    options, problems, broken = _validated(document)
    tls = options.tls_server_config
    named = () if tls is None else (tls.cert_file, tls.key_file, tls.client_ca_file)
    files = (path, *(path.parent / name for name in named if name))
    problems = [*document.problems, *problems]
    context = None
    if tls is not None:
        try:
            context = context_of(tls, path.parent)
        except Missing as missing:
            problems += _problems_of_tls(document, missing, broken)
    if problems:
        raise WebFileError(ConfigError(path, problems), files)
    return WebFile(
        settings=WebSettings(
            tls=context,
            allowed_sans=frozenset(tls.client_allowed_sans if tls else ()),
            users={name: hashed.value for name, hashed in options.basic_auth_users.items()},
            open_health=options.open_health,
            headers={str(name): value for name, value in options.http_server_config.headers.items()},
            rate=_rate(options.rate_limit),
        ),
        warnings=in_order(_warnings(document, options)),
        files=files,
    )


def _validated(document: Document) -> tuple[WebFileOptions, list[Problem], set[Place]]:
    """What is valid, what is wrong with the rest, and where; every option may be left out, so something is."""
    broken: set[Place] = set()
    problems: list[Problem] = []
    data = document.data
    while True:
        pruned = prune(data, broken)
        try:
            options = WebFileOptions.model_validate(pruned.data)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                place = pruned.origin(place_of(detail))
                problems.append(_problem(document, detail, place))
                broken.add(place)
            continue
        empty = [pruned.origin(place) for place in empty_places(options)]
        problems += [at(document.value_at(place), place, *EMPTY) for place in empty]
        return options, problems, broken.union(empty)


def _problem(document: Document, detail: Any, place: Place) -> Problem:
    reason = NOT_SUPPORTED.get(place) if detail["type"] == "extra_forbidden" else None
    if reason is not None:
        return at(document.key_at(place), place, "is not supported", reason)
    return problem_of(document, detail, place, WebFileOptions)


def _problems_of_tls(document: Document, missing: Missing, broken: set[Place]) -> Iterator[Problem]:
    for key, message, hint in missing.problems:
        place: Place = (_TLS, key)
        if place not in broken:
            yield at(document.value_at(place), place, message, hint)


def _rate(options: RateOptions | None) -> RateLimit | None:
    if options is None or not options.interval:
        return None
    return RateLimit(interval=options.interval, burst=options.burst)


def _warnings(document: Document, options: WebFileOptions) -> Iterator[Problem]:
    if options.basic_auth_users and options.tls_server_config is None:
        place: Place = (_USERS,)
        hint = "fine only where a proxy in front speaks TLS, or on this machine alone"
        yield at(document.key_at(place), place, "passwords travel in clear text without tls_server_config", hint)
    for name, hashed in options.basic_auth_users.items():
        if hashed.cost < LEAST_COST:
            place = (_USERS, name)
            hint = "whoever reads the file guesses fast"
            yield at(document.value_at(place), place, f"a bcrypt cost below {LEAST_COST}", hint)
    if options.open_health and not options.basic_auth_users:
        place = ("open_health",)
        yield at(document.key_at(place), place, "without basic_auth_users everything is open", "")
