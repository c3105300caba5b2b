"""Tokens as Comm100's portal gives them: signed claims that are text, and times that are numbers."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import sha256
from hmac import compare_digest, new
from typing import Final
from uuid import UUID, uuid5

import msgspec

from monitor.simulator.wire import Clock

SIGNING_KEY: Final = b"a simulator has nothing to protect"
NAMESPACE: Final = UUID("562341ce-3d92-4ed6-8f7e-3a4457eb4491")
HEADER: Final = {"alg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "typ": "JWT"}
JWT_PARTS: Final = 3


class _Claims(msgspec.Struct, frozen=True):
    jti: str
    nbf: int
    exp: int


class Tokens:
    """Issues and checks tokens in the wall time of `clock`; the same calls give the same tokens."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued = 0
        self._valid: dict[str, float] = {}

    def jwt(self, site_id: str, seconds: float) -> str:
        """Return a signed token that is good for so many seconds from now."""
        now = int(self._clock())
        claims = {
            "jti": self._next(seconds),
            "agentId": "1",
            "siteId": site_id,
            "thumbprint": sha256(SIGNING_KEY).hexdigest()[:40].upper(),
            "success": "True",
            "nbf": now,
            "exp": int(now + seconds),
            "iss": "portal1.comm100.io",
        }
        signed = f"{_encode(msgspec.json.encode(HEADER))}.{_encode(msgspec.json.encode(claims))}"
        return f"{signed}.{_sign(signed)}"

    def opaque(self, seconds: float) -> str:
        """Return a token without claims, as the OAuth form gives."""
        return sha256(self._next(seconds).encode()).hexdigest()

    def accepts(self, token: str) -> bool:
        """Whether the token was issued here, unchanged, and is neither expired nor revoked."""
        if token.count(".") != JWT_PARTS - 1:
            return any(_digest(known) == token and self._living(known) for known in self._valid)
        signed, _, signature = token.rpartition(".")
        if not compare_digest(signature.encode(), _sign(signed).encode()):
            return False
        try:
            claims = msgspec.json.decode(_decode(signed.partition(".")[2]), type=_Claims)
        except (msgspec.MsgspecError, Base64Error, ValueError):
            return False
        return self._living(claims.jti) and claims.nbf <= self._clock() < claims.exp

    def revoke_all(self) -> None:
        self._valid.clear()

    def _next(self, seconds: float) -> str:
        self._issued += 1
        name = str(uuid5(NAMESPACE, str(self._issued)))
        now = self._clock()
        self._valid = {known: end for known, end in self._valid.items() if end > now}
        self._valid[name] = now + seconds
        return name

    def _living(self, name: str) -> bool:
        return self._clock() < self._valid.get(name, 0.0)


def _digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _sign(text: str) -> str:
    return _encode(new(SIGNING_KEY, text.encode(), "sha512").digest())
