"""CoBrowser's `Account.php`: the numbers are text, the status has any case, and an error is a 200."""

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Final, Literal

import msgspec
from aiohttp import web

from monitor.simulator.directory import Channel, Vendor
from monitor.simulator.staff import Phase, Post, Presence
from monitor.simulator.wire import Cell, Clock, Dialect, Reply, json_body, json_reply
from monitor.simulator.world import World

PATH: Final = "/api/Account.php"
HTML: Final = "text/html"  # PHP's default, which a script that only echoes JSON does not change
FIRST_ID: Final = 100

SUMMARIES: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {"avg": fmean, "min": min, "max": max}
EMPTY: Final[Mapping[str, object]] = {"list": [], "object": {}, "null": None, "false": False, "string": ""}


class CobrowserOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the shapes that PHP can make of the same list is sent; no document says which is real."""

    shape: Literal["list", "keyed", "bare", "encoded", "single"] = "list"
    """`encoded` is JSON in a JSON text; `single` is a lone agent without a list around it."""
    empty: Literal["list", "object", "null", "false", "string"] = "list"
    numbers: Literal["text", "number"] = "text"
    bom: bool = False
    """A byte-order mark goes before every answer, as from a script that an editor saved with one."""
    content_type: Literal["html", "json"] = "html"


def _error(message: str, status: int = 200) -> Reply:
    return json_reply({"error": message}, status, HTML)


DIALECT: Final = Dialect(
    vendor=Vendor.COBROWSER,
    error=lambda status: _error("Internal error", status),
    auth=_error("Invalid API key"),
    in_body=_error("Command failed"),
    over_limit=_error("Too many requests", 429),
    permission=_error("Access denied", 403),
    unknown_status={"status": "teleported"},
)


def routes(
    world: World, account: Mapping[str, str], options: Cell[CobrowserOptions], clock: Clock | None = None
) -> web.Application:
    """Serve the Account object; `clock` is the wall time in which `lastactive` is told."""
    app = web.Application()

    async def handle(request: web.Request) -> web.Response:
        reply = _answer(world, account, options.value, request.query, clock() if clock else world.now)
        return _sent(reply, options.value).response()

    app.router.add_get(PATH, handle)
    return app


def _sent(reply: Reply, options: CobrowserOptions) -> Reply:
    body = BOM_UTF8 + reply.body if options.bom else reply.body
    return Reply(reply.status, body, HTML if options.content_type == "html" else "application/json")


def _answer(
    world: World, account: Mapping[str, str], options: CobrowserOptions, query: Mapping[str, str], wall: float
) -> Reply:
    if query.get("user") != account["user"] or query.get("apiKey") != account["api_key"]:
        return DIALECT.auth
    command = query.get("c", "")
    posts = world.posts(Vendor.COBROWSER)
    match command:
        case "getOnlineAgents":
            posts = tuple(post for post in posts if post.connected)
        case "getAllAgents":
            pass
        case _:
            return _error(f"Unknown command '{command}'")
    rows = [_row(post, options, wall) for post in posts]
    return Reply(200, json_body(_shaped(command, rows, options)), HTML)


def _shaped(command: str, rows: list[dict[str, object]], options: CobrowserOptions) -> object:
    listed: object = rows or EMPTY[options.empty]
    match options.shape:
        case "list":
            return {command: listed}
        case "keyed":
            return {command: {str(row["id"]): row for row in rows} if rows else listed}
        case "bare":
            return listed
        case "single":
            return {command: rows[0] if len(rows) == 1 else listed}
        case "encoded":
            return json_body({command: listed}).decode()


def _row(post: Post, options: CobrowserOptions, wall: float) -> dict[str, object]:
    def number(value: float) -> object:
        exact = int(value) if value == int(value) else round(value, 1)
        return str(exact) if options.numbers == "text" else exact

    online = post.seat.presence is Presence.ONLINE
    free = post.free(Channel.CHAT) if online else 0
    return {
        "id": number(FIRST_ID + post.account.number),
        "name": post.person.last,
        "firstname": post.person.first,
        "username": post.account.username,
        "status": _status(post),
        "lastactive": number(int(wall - (post.at - post.seat.last_active))),
        "slot_num": number(post.slots(Channel.CHAT)),
        "hasFree": number(int(free > 0)),
        "numFree": number(free),
        "numOpen": number(_open(post)),
        "numClosed": number(post.closed(Channel.CHAT)),
        **_durations(post, number),
    }


def _status(post: Post) -> str:
    """Vary the case as the document itself does: the list says 'offline/online', the prose 'Offline'."""
    if post.seat.presence is Presence.ONLINE:
        return "Online" if post.account.number % 3 == 0 else "online"
    return "Offline" if post.connected else "offline"


def _open(post: Post) -> int:
    """Count the open slots; beside them, new, burning and sleeping ones are occupied too.

    Somebody who is not online takes nobody new: all that is left counts as open.
    """
    if post.seat.presence is Presence.ONLINE:
        return len(post.held(Channel.CHAT, Phase.OPEN))
    return post.used(Channel.CHAT)


def _durations(post: Post, number: Callable[[float], object]) -> dict[str, object]:
    told: dict[str, object] = {}
    for summary, summarise in SUMMARIES.items():
        for phase in Phase:
            ages = [post.at - contact.started for contact in post.held(Channel.CHAT, phase)]
            nothing = None if summary == "avg" and not post.connected else number(0)
            told[f"{summary}{phase.capitalize()}Duration"] = number(summarise(ages)) if ages else nothing
    return told
