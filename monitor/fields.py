"""Field types of the configuration that several rooms share: secrets, durations, addresses."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from monitor.errors import SecretError

_REFERENCE_HELP = "write {env: NAME} or {file: PATH}"
_REFERENCE_SCHEMA: list[dict[str, Any]] = [
    {
        "type": "object",
        "properties": {"env": {"type": "string", "description": "name of an environment variable"}},
        "required": ["env"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {"file": {"type": "string", "description": "path, relative to the configuration file"}},
        "required": ["file"],
        "additionalProperties": False,
    },
]


SHORTEST_HIDDEN_NAME = 4
_REVEALED: set[str] = set()


def revealed_secrets() -> frozenset[str]:
    """Every secret value that this process has read so far, rotated ones included: what no log line may hold."""
    return frozenset(_REVEALED)


class Secret:
    """A secret by reference (`env`, `file`) or in plain text. Never shows its value but through `reveal`."""

    plain_is_fine: ClassVar[bool] = False
    __slots__ = ("_plain", "env", "file")

    def __init__(self, *, env: str | None = None, file: Path | None = None, plain: str | None = None) -> None:
        self.env = env
        self.file = file
        self._plain = plain

    @property
    def is_plain(self) -> bool:
        return self._plain is not None

    def reveal(self) -> str:
        """The value as it stands now (a file is read again each time, so that a rotated one is picked up).

        Raises SecretError where it is unset, unreadable or empty.
        """
        value = self._read()
        if self.must_hide(value):
            _REVEALED.add(value)
        return value

    def must_hide(self, value: str) -> bool:
        """Whether the value must not be shown anywhere; a short name written in plain text would mask half a log."""
        return not self.plain_is_fine or (not self.is_plain and len(value) >= SHORTEST_HIDDEN_NAME)

    def _read(self) -> str:
        if self._plain is not None:
            return self._plain
        if self.env is not None:
            value = os.environ.get(self.env, "")
            if not value:
                raise SecretError(f"the environment variable {self.env} is not set")
            return value
        file = Path(self.file or "")
        if file.is_fifo():  # to read it would wait for who writes, each time
            raise SecretError(f"the secret file {self.file} is a pipe, not a file that can be read again")
        try:
            value = file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise SecretError(f"the secret file {self.file} cannot be read: {_os_sentence(error)}") from error
        if not value:
            raise SecretError(f"the secret file {self.file} is empty")
        return value

    def __repr__(self) -> str:
        where = f"env: {self.env}" if self.env else f"file: {self.file}" if self.file else "plain: ********"
        return f"{type(self).__name__}({where})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self.env, self.file, self._plain) == (
            other.env,
            other.file,
            other._plain,
        )

    def __hash__(self) -> int:
        return hash((self.env, self.file, self._plain))

    @classmethod
    def _parse(cls, value: object, info: ValidationInfo) -> Self:
        match value:
            case cls():
                return value
            case str() if value:
                return cls(plain=value)
            case {"env": str(name), **rest} if name and not rest:
                return cls(env=name)
            case {"file": str(name), **rest} if name and not rest:
                base = (info.context or {}).get("base", Path())
                return cls(file=base / name)
            case Mapping() | None | "":
                raise ValueError(f"not a secret; {_REFERENCE_HELP}")
            case _:
                # The value itself may be the secret, so the message must not repeat it.
                raise ValueError(f"not text; put it in quotes, or better {_REFERENCE_HELP}")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(cls._parse)

    @classmethod
    def __get_pydantic_json_schema__(cls, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"oneOf": [*_REFERENCE_SCHEMA, {"type": "string", "minLength": 1}]}


class Login(Secret):
    """A user name: may come from the environment like a secret, and plain text is fine."""

    plain_is_fine = True
    __slots__ = ()


def _os_sentence(error: OSError | ValueError) -> str:
    match error:
        case OSError():
            return error.strerror or "unknown error"
        case UnicodeDecodeError():
            return "it is not UTF-8 text"
        case _:
            return "this cannot be the name of a file"


_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)
_UNIT_SECONDS = (365 * 86400.0, 7 * 86400.0, 86400.0, 3600.0, 60.0, 1.0, 0.001)
_DURATION_PATTERN = r"^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$"


def parse_duration(value: object) -> float:
    """Seconds of a duration as Prometheus writes it (`15s`, `1h30m`, `500ms`); ValueError otherwise."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"not a duration; write a unit, as in {value}s")  # noqa: TRY004 - pydantic wants it
    if not isinstance(value, str):
        raise ValueError("not a duration; write it as in 15s, 10m or 1h30m")  # noqa: TRY004 - pydantic wants it
    match = _DURATION.fullmatch(value)
    if not value or match is None:
        raise ValueError("not a duration; write it as in 15s, 10m or 1h30m")
    return sum(int(part) * unit for part, unit in zip(match.groups(), _UNIT_SECONDS, strict=True) if part)


def _positive(seconds: float) -> float:
    if seconds <= 0:
        raise ValueError("must be longer than zero")
    return seconds


def show_duration(seconds: float) -> str:
    """A duration in Prometheus's notation, exact to the millisecond: 90 -> 1m30s."""
    if seconds != int(seconds):
        return f"{round(seconds * 1000)}ms"
    parts, rest = [], int(seconds)
    for unit, name in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0s"


_duration_schema = WithJsonSchema(
    {"type": "string", "pattern": _DURATION_PATTERN, "minLength": 2, "examples": ["15s", "10m", "1h30m"]}
)
Duration = Annotated[float, BeforeValidator(parse_duration), AfterValidator(_positive), _duration_schema]
DurationOrZero = Annotated[float, BeforeValidator(parse_duration), _duration_schema]


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_url(value: object) -> str:
    """An http or https address, without the slash at its end; ValueError otherwise, which repeats nothing of it."""
    if not isinstance(value, str):
        raise ValueError("not an address; write it as in https://host/path")  # noqa: TRY004 - pydantic wants it
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        # The text of the error may quote a password (`https://user:password`), so it is not repeated.
        raise ValueError("not an address; write it as in https://host/path") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError("not an address; write it as in https://host/path")
    if parts.username or parts.password:
        raise ValueError("no user name or password in an address; they have their own options")
    if parts.query or parts.fragment:
        raise ValueError("no query (?) or fragment (#) in an address")
    return value.rstrip("/")


Url = Annotated[
    str,
    BeforeValidator(check_url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]
"""An http or https address without credentials, query or a closing slash."""


def is_plain_http(url: str) -> bool:
    """True for an http address of a host that is not this machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")
