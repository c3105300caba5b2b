"""Who may see what: one table, from which the middleware decides, and which the documents show."""

import base64
import binascii
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from monitor.web.addresses import network_of
from monitor.web.passwords import Passwords, Verdict
from monitor.web.place import BASE
from monitor.web.routes import PREFIX
from monitor.web.settings import WebSettings


class Who(StrEnum):
    """Who may see an address where the web configuration names users; the texts are those of the documents."""

    EVERYBODY = "everybody"
    HEALTH = "users; everybody with `open_health`"
    HOOK = "whoever has the hook's secret"
    USERS = "users"


WHO: Mapping[str, Who] = MappingProxyType(
    {
        "": Who.EVERYBODY,  # what only leads to the prefix
        "/": Who.USERS,
        "/wall": Who.USERS,
        "/static/{name}": Who.USERS,
        "/metrics": Who.USERS,
        "/config": Who.USERS,
        "/-/healthy": Who.HEALTH,
        "/-/ready": Who.HEALTH,
        "/-/reload": Who.USERS,
        "/hooks/{source}": Who.HOOK,
        "/hooks/{source}/{secret}": Who.HOOK,
        f"{PREFIX}/openapi.json": Who.USERS,
        f"{PREFIX}/state": Who.USERS,
        f"{PREFIX}/stream": Who.USERS,
        f"{PREFIX}/teams": Who.USERS,
        f"{PREFIX}/teams/{{team}}": Who.USERS,
        f"{PREFIX}/teams/{{team}}/explain": Who.USERS,
        f"{PREFIX}/sources": Who.USERS,
        f"{PREFIX}/people": Who.USERS,
        f"{PREFIX}/history": Who.USERS,
    }
)
"""By the path without the prefix. Whatever is not here, and what there is not at all, is for users."""

CHALLENGE = 'Basic realm="agentmon", charset="UTF-8"'


class Login(NamedTuple):
    user: str
    password: str

    def __repr__(self) -> str:
        return "Login(********)"


def restricted(settings: Callable[[], WebSettings], passwords: Passwords) -> Middleware:
    """Lets pass who may; the others hear why not, and nothing of what there is."""

    @web.middleware
    async def restrict(request: web.Request, handler: Handler) -> web.StreamResponse:
        current = settings()
        if current.users and not _is_open(who_may(request), current):
            login = login_of(request.headers.get(hdrs.AUTHORIZATION, ""))
            if login is None:
                raise _wanted("A user and a password are needed.\n")
            judged = await passwords.judge(login.user, login.password, network_of(request.remote))
            match judged.verdict:
                case Verdict.WRONG:
                    raise _wanted("No such user with such a password.\n")
                case Verdict.SLOWED:
                    raise web.HTTPTooManyRequests(
                        text="Too many wrong passwords from this address.\n", headers=_retry(judged.retry_after)
                    )
                case Verdict.BUSY:
                    raise web.HTTPServiceUnavailable(
                        text="Too many passwords are being checked.\n", headers=_retry(judged.retry_after)
                    )
                case Verdict.RIGHT:
                    pass
        return await handler(request)

    return restrict


def who_may(request: web.Request) -> Who:
    """By the route that was found and not by the path, which can be written in many ways."""
    resource = request.match_info.route.resource
    if resource is None:
        return Who.USERS
    base = request.app[BASE]
    path = resource.canonical
    within = path.removeprefix(base) if path.startswith(f"{base}/") else ""
    return WHO.get(within, Who.USERS)


def _is_open(who: Who, settings: WebSettings) -> bool:
    return who in {Who.EVERYBODY, Who.HOOK} or (who is Who.HEALTH and settings.open_health)


def login_of(authorization: str) -> Login | None:
    """What an `Authorization` says by the Basic scheme, in UTF-8; None for anything else."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return Login(user, password) if colon else None


def _wanted(text: str) -> web.HTTPUnauthorized:
    return web.HTTPUnauthorized(text=text, headers={hdrs.WWW_AUTHENTICATE: CHALLENGE, hdrs.CACHE_CONTROL: "no-store"})


def _retry(seconds: int) -> dict[str, str]:
    return {hdrs.RETRY_AFTER: str(seconds)}


def markdown() -> str:
    """The table for the documents."""
    shown = {path: f"`{path}`" if path else "what leads to `--web.route-prefix`" for path in WHO}
    rows = [f"| {shown[path]} | {who} |" for path, who in WHO.items()]
    return "\n".join(["| address | who may see it where there are users |", "|---|---|", *rows])
