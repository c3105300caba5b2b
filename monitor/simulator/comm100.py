"""Comm100's API v3: tokens from a portal, a pager of ten rows, and a 403 that means three things."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from monitor.simulator import comm100_rows as rows
from monitor.simulator.directory import COMM100_DEPARTMENTS, Vendor
from monitor.simulator.staff import Post
from monitor.simulator.tokens import Tokens
from monitor.simulator.wire import Cell, Clock, Dialect, Reply, json_reply, json_response, whole
from monitor.simulator.world import World

BASE: Final = "/api/v3"
TOKEN_PATH: Final = "/adminwebservice/api/jwttoken/generate"  # noqa: S105
OAUTH_PATH: Final = "/oauth/token"
OAUTH_SECONDS: Final = 43199
DEFAULT_PAGE_SIZE: Final = 10


class Comm100Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the documents say in several ways, or leave open."""

    token_seconds: float = 7200.0
    next_page: Literal["absolute", "relative", "query"] = "absolute"
    last_page: Literal["empty", "null"] = "empty"
    maximal_page_size: int = 100
    list_offline: bool = True
    limit_for_all: int | None = None


def _error(status: int, message: str) -> Reply:
    return json_reply({"code": status * 1000, "message": message}, status)


DIALECT: Final = Dialect(
    vendor=Vendor.COMM100,
    error=lambda status: _error(status, "The request was incorrect."),
    auth=_error(401, "The username or API key you provide is invalid."),
    in_body=json_reply({"code": 500000, "message": "The request was incorrect."}),
    over_limit=_error(403, "The number of your API requests has exceeded the limit of the day."),
    permission=_error(403, "You do not have the permission Manage Agent & Agent Roles."),
    edition=_error(403, "This feature is not available in your edition."),
    expired_token=_error(401, "The token has expired."),
    unknown_status={"status": "Teleported"},
)


def routes(
    world: World,
    account: Mapping[str, str],
    options: Cell[Comm100Options],
    clock: Clock | None = None,
    tokens: Tokens | None = None,
) -> web.Application:
    """Serve the portal's log-in and v3 on one port; `clock` is the wall time of the tokens.

    v4 would be a second handler beside this one, under `/v4`.
    """
    desk = _Desk(world, account, options, tokens or Tokens(clock or (lambda: world.now)))
    app = web.Application()
    app.router.add_post(TOKEN_PATH, desk.log_in)
    app.router.add_post(OAUTH_PATH, desk.grant)
    app.router.add_get(f"{BASE}/{{tail:.+}}", desk.answer)
    return app


class _LogIn(msgspec.Struct, frozen=True, kw_only=True):
    login_type: str = msgspec.field(name="LoginType")
    username: str = msgspec.field(name="Username")
    password: str = msgspec.field(name="Password")
    site_id: str | int = msgspec.field(name="SiteId")


class _Desk:
    def __init__(self, world: World, account: Mapping[str, str], options: Cell[Comm100Options], tokens: Tokens) -> None:
        self._world = world
        self._account = account
        self._options = options
        self._tokens = tokens

    async def log_in(self, request: web.Request) -> web.Response:
        try:
            form = msgspec.json.decode(await request.read(), type=_LogIn)
        except msgspec.MsgspecError:
            return _error(400, "Parameter 'LoginType' is required.").response()
        given = (form.login_type.lower(), form.username, form.password, str(form.site_id))
        known = self._account
        if given != ("password", known["username"], known["password"], known["site_id"]):
            return DIALECT.auth.response()
        return json_response({"token": self._tokens.jwt(known["site_id"], self._options.value.token_seconds)})

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

    async def answer(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request.headers.get("Authorization", ""))
        return (refusal or self._reply(request)).response()

    def _refusal(self, authorization: str) -> Reply | None:
        scheme, _, value = authorization.partition(" ")
        match scheme.lower():
            case "bearer":
                return None if self._tokens.accepts(value) else DIALECT.expired_token
            case "basic":
                expected = f"{self._account['username']}:{self._account['api_key']}"
                return None if _decoded(value) == expected else DIALECT.auth
            case _:
                return DIALECT.auth

    def _reply(self, request: web.Request) -> Reply:
        options = self._options.value
        posts = self._world.posts(Vendor.COMM100)
        # deactivated agents are still in the roster, and nowhere else
        active = [post for post in posts if post.account.active]
        live = [post for post in active if post.connected or options.list_offline]
        match request.match_info["tail"].strip("/").split("/"):
            case ["livechat", "agents"]:
                reply = json_reply([rows.live(post) for post in live])
            case ["livechat", "agents", number]:
                found = [rows.live(post) for post in active if str(post.account.number) == number]
                reply = json_reply(found[0]) if found else _error(404, "The agent does not exist.")
            case ["livechat", "autoDistribution"]:
                reply = json_reply(rows.auto_distribution(active, options.limit_for_all))
            case ["livechat", "customAwayStatus"] | ["globalSettings", "agentAwayStatuses"]:
                reply = json_reply(rows.away_statuses())
            case ["globalSettings", "departments"]:
                reply = json_reply(rows.departments())
            case ["globalSettings", "departments", number, "agents"]:
                team = next((team for team, guid in COMM100_DEPARTMENTS.items() if guid == number.lower()), None)
                reply = self._paged(request, [post for post in posts if team in post.account.teams])
            case ["globalSettings", "agents"]:
                reply = self._paged(request, list(posts))
            case _:
                reply = _error(404, "The resource does not exist.")
        return reply

    def _paged(self, request: web.Request, posts: list[Post]) -> Reply:
        options, query = self._options.value, request.query
        size = min(options.maximal_page_size, whole(query.get("pageSize"), DEFAULT_PAGE_SIZE))
        page = whole(query.get("pageIndex"), 1)
        include = frozenset(query.get("include", "").split(","))
        shown = posts[(page - 1) * size : page * size]
        last = page * size >= len(posts)
        end = "" if options.last_page == "empty" else None
        told = {
            "count": len(posts),
            "nextPage": end if last else self._link(request, page + 1),
            "previousPage": end if page == 1 else self._link(request, page - 1),
            "agents": [rows.member(post, include) for post in shown],
        }
        return json_reply(told)

    def _link(self, request: web.Request, page: int) -> str:
        """Word the link to a page in one of the three forms that the documents show."""
        query = "?" + urlencode({**request.query, "pageIndex": str(page)})
        match self._options.value.next_page:
            case "absolute":
                return f"{request.scheme}://{request.host}{request.path}{query}"
            case "relative":
                return request.path + query
            case "query":
                return query


def _decoded(encoded: str) -> str:
    try:
        return b64decode(encoded).decode()
    except (Base64Error, UnicodeDecodeError):
        return ""
