"""The three log-ins of Comm100: a token by JSON (jwt), a token by form (oauth), or an API key with each request."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Protocol

import msgspec

from monitor.clock import Now
from monitor.errors import PollError, Reason
from monitor.fields import Secret
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.comm100_options import Comm100Options
from monitor.pollers.vendors.comm100_refusals import error_of, refusal
from monitor.pollers.vendors.wire import decode, message

TOKEN_LIFETIME = 7200.0
"""Seconds; what the documented sample of a JWT says, for one that cannot be read."""
OAUTH_LIFETIME = 43199.0
"""Seconds; the documented `expires_in`, for an answer without one."""
REFRESH_AT = 0.8
"""Share of a token's life after which a new one is fetched."""

Seconds = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
"""A time or a life in seconds; neither "NaN" nor "inf" in a text, with which a token would never be renewed."""

_LOG_IN = "the log-in"
_WRONG_GRANT = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied"})


class Pass(msgspec.Struct, frozen=True):
    """What opens the API for one request; `secrets` are the parts of it that must reach no text."""

    header: str
    secrets: tuple[str, ...]
    params: Mapping[str, str] = {}


class LogIn(Protocol):
    async def enter(self, calls: Calls) -> Pass:
        """What to send with the next request. Raises PollError where the log-in fails."""
        ...

    def refused(self, given: Pass) -> bool:
        """Take note of a 401; whether it is worth entering once more."""
        ...


class _Token(msgspec.Struct, frozen=True):
    value: str
    lifetime: float


class TokenLogIn:
    """A token, fetched anew after four fifths of its life and where it is refused; however many ask, one log-in."""

    def __init__(self, fetch: Callable[[Calls], Awaitable[_Token]]) -> None:
        self._fetch = fetch
        self._pass: Pass | None = None
        self._refresh_at = 0.0
        self._lock = asyncio.Lock()

    async def enter(self, calls: Calls) -> Pass:
        async with self._lock:
            if self._pass is None or calls.clock.now().elapsed >= self._refresh_at:
                token = await self._fetch(calls)
                self._pass = Pass(f"Bearer {token.value}", (token.value,))
                self._refresh_at = calls.clock.now().elapsed + REFRESH_AT * token.lifetime
            return self._pass

    def refused(self, given: Pass) -> bool:
        if self._pass is given:
            self._pass = None
        return True


class KeyLogIn:
    """An API key as HTTP basic authentication; read anew for each request, so that a rotated one is picked up."""

    def __init__(self, options: Comm100Options) -> None:
        self._options = options

    async def enter(self, _calls: Calls) -> Pass:
        key = f"{self._options.username.reveal()}:{_known(self._options.api_key)}"
        encoded = base64.b64encode(key.encode()).decode()
        site = {"siteId": self._options.site_id or ""} if self._options.names_site else {}
        # both together encode to another text than the key alone, so they are a secret of their own
        return Pass(f"Basic {encoded}", (key,), site)

    def refused(self, _given: Pass) -> bool:
        return False


def log_in_of(options: Comm100Options) -> LogIn:
    match options.auth:
        case "jwt":
            return TokenLogIn(partial(_by_json, options))
        case "oauth":
            return TokenLogIn(partial(_by_form, options))
        case "basic":
            return KeyLogIn(options)


def _known(secret: Secret | None) -> str:
    return secret.reveal() if secret is not None else ""  # the options see to it that what is needed is there


# ---------------------------------------------------------------- a token by JSON


class _JwtAnswer(msgspec.Struct):
    token: Annotated[str, msgspec.Meta(min_length=1)]


class _Claims(msgspec.Struct):
    exp: Seconds
    nbf: Seconds | None = None
    iat: Seconds | None = None


async def _by_json(options: Comm100Options, calls: Calls) -> _Token:
    payload = {
        "LoginType": "Password",
        "Username": options.username.reveal(),
        "Password": _known(options.password),
        "SiteId": options.site_id or "",
    }
    body = await calls.post_json(
        options.token_url or "",
        payload,
        explain=lambda status, answer: refusal(options.name, _LOG_IN, status, answer, calls),
    )
    _refuse_error(body, "token", calls)
    token = decode(body, _JwtAnswer, _LOG_IN).token
    return _Token(token, token_lifetime(token, calls.clock.now()))


def token_lifetime(token: str, now: Now) -> float:
    """Seconds that a token lives, from its own claims: their difference where both are there, so that a vendor's
    clock that differs from ours does no harm.
    """
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(
            base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims, strict=False
        )
    except (IndexError, ValueError, msgspec.DecodeError, RecursionError):
        return TOKEN_LIFETIME
    begin = claims.nbf if claims.nbf is not None else claims.iat
    return max(claims.exp - (now.wall if begin is None else begin), 0.0)


# ---------------------------------------------------------------- a token by form


class _OauthAnswer(msgspec.Struct):
    access_token: Annotated[str, msgspec.Meta(min_length=1)]
    expires_in: Seconds | None = None


class _OauthError(msgspec.Struct):
    error: str


async def _by_form(options: Comm100Options, calls: Calls) -> _Token:
    """The refresh token of the answer is not used: the documents say to "call the API again" (v3/Introduction.md)."""
    form = {
        "grant_type": "password",
        "email": options.username.reveal(),
        "password": _known(options.password),
    }
    body = await calls.post_form(
        options.token_url or "", form, explain=lambda status, answer: _oauth_refusal(options, status, answer, calls)
    )
    _refuse_error(body, "access_token", calls)
    answer = decode(body, _OauthAnswer, _LOG_IN)
    lifetime = OAUTH_LIFETIME if answer.expires_in is None else answer.expires_in
    return _Token(answer.access_token, max(lifetime, 0.0))


def _oauth_refusal(options: Comm100Options, status: int, body: bytes, calls: Calls) -> PollError | None:
    """OAuth says a wrong password with 400 and a word (RFC 6749, 5.2), which must not be tried at full pace."""
    if status == 400:  # noqa: PLR2004 - bad request
        try:
            word = msgspec.json.decode(body, type=_OauthError).error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return PollError(Reason.AUTH, f"{_LOG_IN} refuses the credentials ({word})") if word in _WRONG_GRANT else None
    return refusal(options.name, _LOG_IN, status, body, calls)


def _refuse_error(body: bytes, token: str, calls: Calls) -> None:
    """Raise where a 2xx answer holds the vendor's error in the place of a token."""
    if f'"{token}"'.encode() not in body and (error := error_of(body)):
        words = message(error.message, calls) or message(error.code, calls) or "no message"
        raise PollError(Reason.VENDOR_ERROR, f"{_LOG_IN} answered with an error: {words}")
