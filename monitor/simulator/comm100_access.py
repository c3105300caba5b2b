"""Who may ask Comm100: the portal's two log-ins, tokens and keys, and how a refusal is worded."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from aiohttp import web

from monitor.simulator.directory import Vendor
from monitor.simulator.tokens import Tokens
from monitor.simulator.wire import Dialect, Reply, json_reply, json_response

TOKEN_PATH: Final = "/adminwebservice/api/jwttoken/generate"  # noqa: S105
OAUTH_PATH: Final = "/oauth/token"
OAUTH_SECONDS: Final = 43199


def error(status: int, message: str) -> Reply:
    return json_reply({"code": status * 1000, "message": message}, status)


NOT_IN_EDITION: Final = error(403, "This feature is not available in your edition.")

DIALECT: Final = Dialect(
    vendor=Vendor.COMM100,
    error=lambda status: error(status, "The request was incorrect."),
    auth=error(401, "The username or API key you provide is invalid."),
    in_body=json_reply({"code": 500000, "message": "The request was incorrect."}),
    over_limit=error(403, "The number of your API requests has exceeded the limit of the day."),
    permission=error(403, "You do not have the permission Manage Agent & Agent Roles."),
    edition=NOT_IN_EDITION,
    expired_token=error(401, "The token has expired."),
    unknown_status={"status": "Teleported", "currentStatusId": "7e1e9047-ed00-4000-8000-000000000000"},
)


class _LogIn(msgspec.Struct, frozen=True, kw_only=True):
    login_type: str = msgspec.field(name="LoginType")
    username: str = msgspec.field(name="Username")
    password: str = msgspec.field(name="Password")
    site_id: str | int = msgspec.field(name="SiteId")


class Access:
    """The door of both versions; `token_seconds` is asked at every log-in."""

    def __init__(self, account: Mapping[str, str], tokens: Tokens, token_seconds: Callable[[], float]) -> None:
        self._account = account
        self._tokens = tokens
        self._token_seconds = token_seconds

    async def log_in(self, request: web.Request) -> web.Response:
        try:
            form = msgspec.json.decode(await request.read(), type=_LogIn)
        except msgspec.MsgspecError:
            return error(400, "Parameter 'LoginType' is required.").response()
        given = (form.login_type.lower(), form.username, form.password, str(form.site_id))
        known = self._account
        if given != ("password", known["username"], known["password"], known["site_id"]):
            return DIALECT.auth.response()
        return json_response({"token": self._tokens.jwt(known["site_id"], self._token_seconds())})

    async def grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        given = tuple(form.get(name) for name in ("grant_type", "email", "password"))
        if given != ("password", self._account["username"], self._account["password"]):
            return DIALECT.auth.response()
        token = self._tokens.opaque(OAUTH_SECONDS)
        told = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": OAUTH_SECONDS,
            "refresh_token": token,
        }
        return json_response(told)

    def refusal(self, request: web.Request, *, names_site: bool = False) -> Reply | None:
        """Return why a request may not pass; with `names_site` a key counts only beside its `siteId`."""
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                return None if self._tokens.accepts(value) else DIALECT.expired_token
            case "basic":
                expected = f"{self._account['username']}:{self._account['api_key']}"
                elsewhere = names_site and request.query.get("siteId") != self._account["site_id"]
                return DIALECT.auth if elsewhere or _decoded(value) != expected else None
            case _:
                return DIALECT.auth


def _decoded(encoded: str) -> str:
    try:
        return b64decode(encoded).decode()
    except (Base64Error, UnicodeDecodeError):
        return ""
