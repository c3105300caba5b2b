"""Comm100's API v3: tokens from a portal, a pager of ten rows, and a 403 that means three things."""

from typing import Final, Literal
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from monitor.simulator import comm100_reports as reports
from monitor.simulator import comm100_rows as rows
from monitor.simulator.comm100_access import NOT_IN_EDITION, OAUTH_PATH, TOKEN_PATH, Access, error
from monitor.simulator.directory import COMM100_DEPARTMENTS, Vendor
from monitor.simulator.staff import Post
from monitor.simulator.wire import Cell, Reply, json_reply, whole
from monitor.simulator.world import World

BASE: Final = "/api/v3"
DEFAULT_PAGE_SIZE: Final = 10
CHATTING: Final = "chatting"


class Comm100Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the documents say in several ways, or leave open."""

    token_seconds: float = 7200.0
    next_page: Literal["absolute", "relative", "query"] = "absolute"
    last_page: Literal["empty", "null"] = "empty"
    maximal_page_size: int = 100
    list_offline: bool = True
    limit_for_all: int | None = None
    edition: Literal["enterprise", "business", "team"] = "enterprise"
    """What the real-time reports need: the queue is Enterprise only, the rest is Business too (v3/reports.md)."""
    auto_allocation: bool = True
    chatbot: bool = False
    visitors: Literal["both", "path", "filter"] = "both"
    """How v3 is asked for visitors in a chat: by a path of their own, as in seed 004, where a filter of the list of
    all visitors changes nothing; by that filter, as in the final v3, where the path names a visitor; or either way."""
    one_queue: bool = False
    """All chats are routed to the site instead of to departments."""
    v4_roster: Literal["paged", "array"] = "paged"
    v4_page_parameter: Literal["pageIndex", "page", ""] = "pageIndex"
    """What turns the pages of v4's `realTime/Agents`; "" for nothing, so that every page is the first."""
    v4_status: Literal["name", "id"] = "name"
    """How v4's `livechat/agents` tells a custom away status; the documents say by name, other calls do it by id."""


def routes(world: World, options: Cell[Comm100Options], access: Access) -> web.Application:
    """Serve the portal's log-ins and v3 on one port."""
    desk = _Desk(world, options, access)
    app = web.Application()
    app.router.add_post(TOKEN_PATH, access.log_in)
    app.router.add_post(OAUTH_PATH, access.grant)
    app.router.add_get(f"{BASE}/{{tail:.+}}", desk.answer)
    return app


class _Desk:
    def __init__(self, world: World, options: Cell[Comm100Options], access: Access) -> None:
        self._world = world
        self._options = options
        self._access = access

    async def answer(self, request: web.Request) -> web.Response:
        return (self._access.refusal(request) or self._reply(request)).response()

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
                reply = json_reply(found[0]) if found else error(404, "The agent does not exist.")
            case ["livechat", "autoDistribution"]:
                reply = json_reply(rows.auto_distribution(active, options.limit_for_all))
            case ["livechat", "visitors", "chatting"] if options.visitors != "filter":
                reply = json_reply(reports.chatting(active))
            case ["livechat", "visitors"]:
                # seed 004 has a path for those in a chat, the final v3 a filter (Livechat API.md L1461)
                status = None if options.visitors == "path" else request.query.get("status")
                reply = json_reply(reports.visitors(active, self._world.queue(Vendor.COMM100), status))
            case ["livechat", "reports", *kind]:
                reply = self._report("/".join(kind).lower(), active)
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
                reply = error(404, "The resource does not exist.")
        return reply

    def _report(self, kind: str, posts: list[Post]) -> Reply:
        """Answer a real-time report; `rightnow` is written in three ways in one document."""
        options, waiting = self._options.value, self._world.queue(Vendor.COMM100)
        match kind:
            case "realtime/queue" if options.edition != "enterprise":
                reply = NOT_IN_EDITION
            case "realtime/rightnow" | "rightnow" if options.edition == "team":
                reply = NOT_IN_EDITION
            case "realtime/queue":
                reply = json_reply(reports.queue(self._world, posts, waiting, one_queue=options.one_queue))
            case "realtime/rightnow" | "rightnow":
                told = reports.right_now(posts, waiting, allocation=options.auto_allocation, chatbot=options.chatbot)
                reply = json_reply(told)
            case _:
                reply = error(404, "The resource does not exist.")
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
