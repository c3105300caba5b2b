"""What every vendor's file gives: options, an adapter, and the arithmetic of its requests."""

import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol, Self

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from monitor.fields import Duration, Login, Secret, Url
from monitor.model import Channel, PollSpec, Roster, Snapshot
from monitor.options import Options
from monitor.pollers.network import Network, authorities
from monitor.pollers.transport import Calls

SOURCE_NAME = r"^[a-z0-9][a-z0-9_.-]{0,62}$"


class PollOptions(Options):
    """How often and how patiently a source is polled."""

    interval: Duration | None = None
    """Time from one live poll to the next (default 15s)."""
    timeout: Duration | None = None
    """Limit of one request, from the first byte sent to the last byte read (default 10s)."""
    max_age: Duration | None = None
    """Age at which data is no longer believed and disappears (default: four intervals)."""
    roster_interval: Duration | None = None
    """Time from one reading of the roster to the next (default 10m)."""
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Budget of this source: every request counts (default 60, LiveAgent 120)."""


class ProxyOptions(Options):
    """An HTTP proxy between agentmon and the vendor; to https it is a tunnel."""

    url: Url
    """Address of the proxy, as in http://proxy.example.org:3128."""
    user: Login | None = None
    """User name for the proxy."""
    password: Secret | None = None
    """Password for the proxy."""

    @model_validator(mode="after")
    def _has_user(self) -> Self:
        if self.password is not None and self.user is None:
            raise ValueError("a password without a user; add user")
        return self


def _check_ca_file(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str) or not value:
        raise ValueError("not a file; write its path")
    path: Path = (info.context or {}).get("base", Path()) / value
    try:
        authorities(path)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"no certificates can be read from {path}: {error.strerror or 'unknown error'}") from error
    return path


CaFile = Annotated[Path, BeforeValidator(_check_ca_file), WithJsonSchema({"type": "string", "minLength": 1})]
"""A PEM file, relative to the configuration file, that holds at least one certificate."""


class SourceOptions(Options):
    """What every source has, whatever its vendor."""

    name: Annotated[str, Field(pattern=SOURCE_NAME)]
    """Name of this account of the vendor; a label of the metrics."""
    poll: PollOptions = PollOptions()
    """Pace and limits."""
    allow_insecure: bool = False
    """Allow plain http to a host that is not this machine."""
    ca_file: CaFile | None = None
    """PEM file of the certificate authorities to believe, instead of the system's; read again when it is replaced."""
    proxy: ProxyOptions | None = None
    """HTTP proxy to go through; variables of the environment are not looked at (default: none)."""

    def secrets(self) -> Iterator[tuple[str, Secret]]:
        """Each secret with the name of its option."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Secret):
                yield name, value
            elif isinstance(value, (HookOptions, ProxyOptions)):
                inside = ((inner, getattr(value, inner)) for inner in type(value).model_fields)
                yield from ((f"{name}.{inner}", secret) for inner, secret in inside if isinstance(secret, Secret))

    def network(self) -> Network:
        """How the requests of this source leave."""
        proxy = self.proxy
        if proxy is None:
            return Network(self.ca_file)

        def login() -> tuple[str, str] | None:
            if proxy.user is None:
                return None
            return proxy.user.reveal(), proxy.password.reveal() if proxy.password else ""

        return Network(self.ca_file, proxy.url, login)

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Each address that this source calls, with the name of its option."""
        for name in ("url", "token_url"):
            value = getattr(self, name, None)
            if value is not None:
                yield name, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the teams select of a source: the groups named, and whether some selector names none."""

    groups: tuple[str, ...] = ()
    everyone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCount:
    """Requests that one poll makes at least; None where only the vendor knows (all departments)."""

    live: int | None
    roster: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a vendor's documents allow. Sources with the same `shared` draw on one allowance together.

    `says` is the vendor's rule as a sentence, without a full stop. `per_minute` is None where only a quota of the
    day is known to exist.
    """

    shared: tuple[object, ...]
    per_minute: int | None
    says: str


class HookOptions(Options):
    """A webhook of the vendor as a hint to poll now: POST /hooks/SOURCE."""

    secret: Secret
    """What the caller must know: sent in the header X-Agentmon-Secret, or as /hooks/SOURCE/SECRET."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """An option of a source that contradicts another one, or what the teams ask of the source."""

    option: str
    message: str
    hint: str = ""


class Adapter(Protocol):
    """One configured account of a vendor. Both calls raise PollError; neither ever returns a partial answer."""

    @property
    def needs_roster(self) -> bool:
        """Whether a live poll cannot even be asked for without a roster."""
        ...

    async def roster(self, calls: Calls) -> Roster: ...

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        """Read who is there now. `previous` is the last good snapshot: the memory of who was seen connected."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Registration of a vendor; the registry holds one of these for each.

    `group_pattern` is what an entry of `groups` must look like, None for a vendor without groups, and
    `group_help` says it to the operator. `count` tells the requests of a poll from the configuration alone,
    `limit` what the vendor's documents allow, `advise` what an operator should think about again.
    `channels` are those that the vendor can tell of. `mistakes` are errors of the configuration that only the vendor
    can know of.
    """

    name: str
    options: type[SourceOptions]
    build: Callable[[Any, Demand], Adapter]
    count: Callable[[Any, Demand], RequestCount]
    group_pattern: re.Pattern[str] | None = None
    group_help: str = ""
    requests_per_minute: int = 60
    channels: frozenset[Channel] = frozenset({Channel.CHAT})
    limit: Callable[[Any], Limit | None] = lambda _options: None
    advise: Callable[[Any, PollSpec], Iterable[str]] = lambda _options, _poll: ()
    mistakes: Callable[[Any, Demand], Iterable[Mistake]] = lambda _options, _demand: ()
