"""LiveAgent's API v3: a key of its own in a header, bare arrays of ten rows, and an error that is one message.

Fields and paging as in QualityUnit/LiveAgent-api-python, docs/ (Agent, AgentStatus, AgentRow, Department,
AgentActivity, ChatInformation, GridApi).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from aiohttp import web

from monitor.simulator import liveagent_v3_rows as rows
from monitor.simulator.directory import LIVEAGENT_V3_KEY, Vendor
from monitor.simulator.liveagent import LiveagentOptions
from monitor.simulator.liveagent_letters import living, user_id
from monitor.simulator.wire import Cell, Dialect, Reply, json_reply, whole
from monitor.simulator.world import World

BASE: Final = "/api/v3"
CURSOR_HEADER: Final = "next_page_cursor"
DEFAULT_PER_PAGE: Final = 10
"""Of every list; a bare `GET /agents` showed a public client 10 of its 38 agents."""


def _error(status: int, message: str) -> Reply:
    return json_reply({"message": message}, status)


DIALECT: Final = Dialect(
    vendor=Vendor.LIVEAGENT,
    error=lambda status: _error(status, "Processing error"),
    auth=_error(403, "ApiKey not found"),
    in_body=_error(200, "Unable to load agents"),
    over_limit=_error(429, "Rate limit exceeded"),
    permission=_error(403, "Insufficient privileges"),
    unknown_status={"online_status": "XZ"},
)


def add_routes(app: web.Application, world: World, options: Cell[LiveagentOptions]) -> None:
    """Serve v3 beside v1, on the same port and of the same people."""

    async def handle(request: web.Request) -> web.Response:
        if request.headers.get("apikey") != LIVEAGENT_V3_KEY:
            return DIALECT.auth.response()
        parts = request.match_info["tail"].strip("/").split("/")
        return _Answer(world, options.value, request.query).to(parts).response()

    app.router.add_get(f"{BASE}/{{tail:.+}}", handle)


class _Answer:
    """One request, once the key is right."""

    def __init__(self, world: World, options: LiveagentOptions, query: Mapping[str, str]) -> None:
        self._world = world
        self._query = query
        self._everybody = world.posts(Vendor.LIVEAGENT)
        self._posts = [post for post in self._everybody if post.account.active]
        self._listed = self._everybody if options.list_deleted else self._posts

    def to(self, parts: list[str]) -> Reply:
        match parts:
            case ["ping"]:
                # the answer's fields are not documented (docs/OkResponse.md lists none)
                reply = json_reply({"response": "OK"})
            case ["agents"]:
                reply = self._paged([rows.agent(post) for post in self._listed])
            case ["agents", "activity"]:
                reply = json_reply([rows.activity(post) for post in self._posts if post.connected])
            case ["agents", number, "status"]:
                found = [rows.statuses(post) for post in self._posts if user_id(post) == number]
                reply = json_reply(found[0]) if found else _error(404, f"Agent '{number}' not found")
            case ["agents", number]:
                agents = [rows.agent(post) for post in self._listed if user_id(post) == number]
                reply = json_reply(agents[0]) if agents else _error(404, f"Agent '{number}' not found")
            case ["grid", "agents"]:
                reply = self._grid([rows.grid(post) for post in self._posts])
            case ["departments"]:
                reply = self._paged([rows.department(each, self._posts) for each in living()])
            case ["chats"]:
                talking = [row for post in self._posts for row in rows.chats(post)]
                reply = self._paged(talking + [rows.queued(each) for each in self._world.queue(Vendor.LIVEAGENT)])
            case _:
                reply = _error(404, "Resource not found")
        return reply

    @property
    def _per_page(self) -> int:
        return whole(self._query.get("_perPage"), DEFAULT_PER_PAGE)

    def _paged(self, listed: Sequence[rows.Row]) -> Reply:
        """Cut a page out; `_from` (from 0) takes precedence over `_page` (from 1)."""
        if self._query.get("_from", "").isdigit():
            first = int(self._query["_from"])
            end = whole(self._query.get("_to"), first + DEFAULT_PER_PAGE)
        else:
            first = (whole(self._query.get("_page"), 1) - 1) * self._per_page
            end = first + self._per_page
        return json_reply(listed[first:end])

    def _grid(self, listed: Sequence[rows.Row]) -> Reply:
        """Cut out what the cursor leads to; the next cursor is a header, and none means the end."""
        first = _opened(self._query.get("_cursor", ""))
        if first is None:
            return _error(400, "Invalid cursor")
        end = first + self._per_page
        more = {CURSOR_HEADER: _cursor(end)} if end < len(listed) else {}
        return msgspec.structs.replace(json_reply(listed[first:end]), headers=more)


def _cursor(first: int) -> str:
    return urlsafe_b64encode(f"agentid>{first}".encode()).decode()


def _opened(cursor: str) -> int | None:
    if not cursor:
        return 0
    try:
        return int(urlsafe_b64decode(cursor).decode().removeprefix("agentid>"))
    except (Base64Error, ValueError):
        return None
