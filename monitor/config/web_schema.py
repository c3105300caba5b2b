"""The web configuration file as pydantic models: Prometheus' form, without what Python cannot do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from monitor.config.problem import Place
from monitor.fields import DurationOrZero
from monitor.options import Options

HIGHEST_COST = 16
"""Each step doubles the time of a check: at 16 it is some seconds, and everybody waits."""
_HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_MAKE = "make it with: htpasswd -nBC 12 USER"


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A bcrypt hash; never shown."""

    value: bytes

    @property
    def cost(self) -> int:
        return int(self.value[4:6])

    def __repr__(self) -> str:
        return "PasswordHash(********)"


def _hash(value: object) -> PasswordHash:
    """The value may be a password, so no message repeats it."""
    if not isinstance(value, str) or not value.startswith("$"):
        raise ValueError(f"not a bcrypt hash, and no other is taken, nor a password in plain text; {_MAKE}")
    match = _HASH.fullmatch(value)
    if match is None:
        kind = "not a whole bcrypt hash, which has 60 characters" if value.startswith("$2") else "not a bcrypt hash"
        raise ValueError(f"{kind}; {_MAKE}")
    if not 4 <= int(match[1]) <= HIGHEST_COST:  # noqa: PLR2004 - the least that bcrypt has
        raise ValueError(f"a bcrypt cost that is not 4 to {HIGHEST_COST}; {_MAKE}")
    return PasswordHash(value.encode())


def _user(value: str) -> str:
    if not value or ":" in value or not value.isprintable():
        raise ValueError("not a user name; it has at least one character, and no colon")
    return value


def _refuse(sentences: Mapping[object, str]) -> BeforeValidator:
    """Says why a value that others take is not taken here."""

    def check(value: object) -> object:
        if isinstance(value, str | bool) and value in sentences:
            raise ValueError(sentences[value])
        return value

    return BeforeValidator(check)


_ANY_CERTIFICATE = "Python's TLS takes no certificate that it cannot verify; write RequireAndVerifyClientCert"
_BROKEN = "this version of TLS is broken; write TLS12 or TLS13"
Version = Annotated[Literal["TLS12", "TLS13"], _refuse({"TLS10": _BROKEN, "TLS11": _BROKEN})]
ClientAuth = Annotated[
    Literal["NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"],
    _refuse({"RequestClientCert": _ANY_CERTIFICATE, "RequireAnyClientCert": _ANY_CERTIFICATE}),
]
Text = Annotated[str, Field(min_length=1)]

CIPHERS: Mapping[str, str] = MappingProxyType(
    {
        f"TLS_ECDHE_{kind}_WITH_{name}": f"ECDHE-{kind}-{ours}"
        for kind in ("ECDSA", "RSA")
        for name, ours in (
            ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
            ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
            ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
            ("AES_128_CBC_SHA", "AES128-SHA"),
            ("AES_256_CBC_SHA", "AES256-SHA"),
        )
    }
)
"""Names of Go, and so of Prometheus' exporters, to those of OpenSSL."""


def _cipher(value: str) -> str:
    if value not in CIPHERS:
        if value in {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}:
            raise ValueError("a cipher suite of TLS 1.3, which are always on; leave it out")
        raise ValueError(f"not a cipher suite that is taken; known: {', '.join(CIPHERS)}")
    return value


Cipher = Annotated[str, AfterValidator(_cipher)]


class TlsOptions(Options):
    """The listener's certificate, and what it asks of clients; paths are relative to this file."""

    cert_file: Text | None = None
    """Certificate in PEM form, with those that lead to its authority; needed, and read again when it changes."""
    key_file: Text | None = None
    """Its key in PEM form, without a passphrase; needed, and read again when it changes."""
    client_auth_type: ClientAuth = "NoClientCert"
    """Whether clients show a certificate."""
    client_ca_file: Text | None = None
    """Authorities of the clients' certificates, in PEM form."""
    client_allowed_sans: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    """Alternative names, of which a client's certificate must have one (default: any will do)."""
    min_version: Version = "TLS12"
    """Least version of TLS."""
    max_version: Version = "TLS13"
    """Highest version of TLS."""
    cipher_suites: Annotated[tuple[Cipher, ...], Field(strict=False)] = ()
    """Cipher suites of TLS 1.2, by Go's names (default: those of Python)."""
    prefer_server_cipher_suites: bool = True
    """Whether the order of the listener's suites counts, and not that of the client's."""


HeaderName = Literal[
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
    "X-XSS-Protection",
    "Strict-Transport-Security",
]
HeaderValue = Annotated[str, Field(pattern=r"^[ -~]+$")]


class HttpOptions(Options):
    """What answers say."""

    http2: Annotated[bool, _refuse({True: "agentmon speaks HTTP/1.1 only; leave the key out"})] = False
    """Only `false` is taken: agentmon speaks HTTP/1.1."""
    headers: Mapping[HeaderName, HeaderValue] = {}
    """Headers of every answer, instead of agentmon's own."""


class RateOptions(Options):
    """A token bucket for each address that asks."""

    interval: DurationOrZero = 0.0
    """Time between two requests of one address; `0s` is no limit (default `0s`)."""
    burst: Annotated[int, Field(ge=1)] = 1
    """Requests that may come at once."""


class WebFileOptions(Options):
    """How the listener treats who comes."""

    tls_server_config: TlsOptions | None = None
    """TLS (default: none)."""
    http_server_config: HttpOptions = HttpOptions()
    """What answers say."""
    basic_auth_users: Mapping[
        Annotated[str, AfterValidator(_user)],
        Annotated[PasswordHash, PlainValidator(_hash), WithJsonSchema({"type": "string"})],
    ] = {}
    """Users, each with the bcrypt hash of the password (default: nobody is asked)."""
    rate_limit: RateOptions | None = None
    """A bound on requests (default: none)."""
    open_health: bool = False
    """Whether `/-/healthy` and `/-/ready` need no password; a key of agentmon alone."""


_INLINE = "write it to a file, and name that"
NOT_SUPPORTED: Mapping[Place, str] = MappingProxyType(
    {
        ("tls_server_config", "cert"): _INLINE,
        ("tls_server_config", "key"): _INLINE,
        ("tls_server_config", "client_ca"): _INLINE,
        ("tls_server_config", "curve_preferences"): "leave it out: Python's TLS chooses",
    }
)
"""Keys that Prometheus' exporters take, with what to do instead."""
