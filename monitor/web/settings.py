"""What the web configuration file decides, as plain values; asked anew at each connection and each request."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """A token bucket for each address: one request every `interval` seconds, and `burst` at once."""

    interval: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How the listener treats who comes; without anything, as a program without such a file does."""

    tls: ssl.SSLContext | None = None
    allowed_sans: frozenset[str] = frozenset()
    """Alternative names of which a client's certificate must have one; empty: none is asked for."""
    users: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Bcrypt hash of each user's password; empty: nobody is asked for one."""
    open_health: bool = False
    """Whether the health addresses need no password."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Set on every answer, instead of ours."""
    rate: RateLimit | None = None


PLAIN = WebSettings()
