"""LiveAgent's API v1: one envelope, two spellings, and statuses as letters per department."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec
from aiohttp import web

from monitor.simulator import liveagent_letters as letters
from monitor.simulator.directory import LIVEAGENT_DEPARTMENTS, Channel, Department, Vendor
from monitor.simulator.staff import Post, Presence
from monitor.simulator.wire import Cell, Dialect, Reply, json_reply
from monitor.simulator.world import World

Row = dict[str, object]


class LiveagentOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    truncate_at: int | None = None
    """Cut the lists of `onlinestatus` silently, as the vendor did at 10 until its version 4.35 (#3523)."""
    list_deleted: bool = True
    """Deleted agents are in v3's `/agents` with status X (changelog 5.23.17.3, #11543)."""


def _error(status: int, message: str, shown_status: int | None = None) -> Reply:
    """Word an error; a body may say so while the HTTP status says 200."""
    told = {"status": "ERROR", "statuscode": status, "errormessage": message, "debugmessage": ""}
    return json_reply({"response": told}, status if shown_status is None else shown_status)


DIALECT: Final = Dialect(
    vendor=Vendor.LIVEAGENT,
    error=lambda status: _error(status, "Service Unavailable" if status == 503 else "Processing error"),  # noqa: PLR2004
    auth=_error(403, "ApiKey not found"),
    in_body=_error(500, "Unable to load agents", 200),
    over_limit=_error(429, "Rate limit exceeded"),
    permission=_error(403, "Insufficient privileges"),
    unknown_status={"onlinestatus": "XZ", "onlineStatus": "XZ"},
)


def routes(world: World, account: Mapping[str, str], options: Cell[LiveagentOptions]) -> web.Application:
    """Serve v1 under both URL forms."""
    app = web.Application()

    async def handle(request: web.Request) -> web.Response:
        if request.query.get("apikey") != account["api_key"]:
            return DIALECT.auth.response()
        tail = request.match_info.get("tail", request.query.get("handler", ""))
        return _answer(world, options.value, tail).response()

    app.router.add_get("/api/index.php", handle)
    app.router.add_get("/api/{tail:.+}", handle)
    return app


def _answer(world: World, options: LiveagentOptions, tail: str) -> Reply:
    posts = [post for post in world.posts(Vendor.LIVEAGENT) if post.account.active]
    match tail.strip("/").split("/"):
        case ["departments"]:
            return _ok({"departments": [_department(each, posts) for each in LIVEAGENT_DEPARTMENTS]})
        case ["departments", number]:
            found = letters.find(number)
            return _ok(_department(found, posts)) if found else _error(404, f"Department '{number}' not found")
        case ["departments", number, "agents"]:
            found = letters.find(number)
            if found is None:
                return _error(404, f"Department '{number}' not found")
            return _ok({"agents": [_agent(post, found) for post in letters.members(found, posts)]})
        case ["onlinestatus", "agents"]:
            return _ok({"agentsOnlineStates": [_state(post) for post in posts][: options.truncate_at]})
        case ["onlinestatus", "departments"]:
            states = [_department_state(each, posts) for each in LIVEAGENT_DEPARTMENTS if not each.deleted]
            return _ok({"departmentsOnlineStates": states[: options.truncate_at]})
        case _:
            return _error(404, "Handler not found")


def _ok(content: Row) -> Reply:
    return json_reply({"response": content})


def _agent(post: Post, department: Department) -> Row:
    preset, online = letters.preset(post, department), letters.online(post, department)
    if department.deleted:
        preset = online = {letters.READING, letters.LETTERS[Channel.CHAT]}
    return {
        "userid": letters.user_id(post),
        "firstname": post.person.first,
        "lastname": post.person.last,
        "email": post.person.email,
        "onlinestatus": letters.joined(online),
        "presetstatus": letters.joined(preset),
    }


def _state(post: Post) -> Row:
    """One row of `onlinestatus/agents`: other spelling, no department, no preset."""
    on = {letter for channel, letter in letters.LETTERS.items() if post.accepting(channel)}
    return {
        "id": letters.user_id(post),
        "contactid": f"c{post.account.number:07x}",
        "username": post.person.email,
        "firstname": post.person.first,
        "lastname": post.person.last,
        "avatar_url": "",
        "onlineStatus": letters.joined(on | {letters.READING}) if post.connected else "",
    }


def _department(department: Department, posts: Collection[Post]) -> Row:
    return {
        "departmentid": department.id,
        "name": department.name,
        "description": department.description,
        "onlinestatus": letters.union(department, posts),
        "presetstatus": letters.offered(department),
        "deleted": "Y" if department.deleted else "N",
    }


def _department_state(department: Department, posts: Collection[Post]) -> Row:
    """One row of `onlinestatus/departments`, where every count is text."""
    members = letters.members(department, posts)
    chats = sum(post.used(Channel.CHAT) for post in members)
    tickets = sum(post.used(Channel.TICKET) for post in members)
    online = [post for post in members if post.seat.presence is Presence.ONLINE]
    return {
        "id": department.id,
        "name": department.name,
        "onlineStatus": letters.union(department, posts),
        "presetStatus": letters.offered(department),
        "chat_count": str(chats),
        "new_count": "0",
        "customer_reply_count": str(tickets),
        "total_count": str(chats + tickets),
        "max_count": str(sum(post.slots(Channel.CHAT) for post in online)),
    }
