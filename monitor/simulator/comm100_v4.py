"""Comm100's API v4: the people of v3 under GUIDs, and a live report of five rows a page.

Paths and fields as in developer.comm100.com/docs (server-api-livechat-chat-server, -real-time,
-auto-distribution, server-api-global-setting-*) and dash15.comm100.io/doc.
"""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from monitor.simulator import comm100_v4_rows as rows
from monitor.simulator.comm100 import Comm100Options
from monitor.simulator.comm100_access import Access, error
from monitor.simulator.comm100_reports import visitors
from monitor.simulator.directory import Vendor
from monitor.simulator.staff import Post
from monitor.simulator.wire import Cell, Reply, json_reply, whole
from monitor.simulator.world import World

BASE: Final = "/v4"
REPORT_ROWS: Final = 5
"""The documented sample has 32 agents on 7 pages."""
ROSTER_ROWS: Final = 10


def add_routes(app: web.Application, world: World, options: Cell[Comm100Options], access: Access) -> None:
    """Serve v4 beside v3, on the same port and of the same people."""

    async def handle(request: web.Request) -> web.Response:
        refusal = access.refusal(request, names_site=True)
        return (refusal or _answer(world, options.value, request)).response()

    app.router.add_get(f"{BASE}/{{tail:.+}}", handle)


def _answer(world: World, options: Comm100Options, request: web.Request) -> Reply:
    posts = world.posts(Vendor.COMM100)
    active = [post for post in posts if post.account.active]
    live = [post for post in active if post.connected or options.list_offline]
    # the documents write the same path in several ways: realTime/Agents, Global/agents
    match request.match_info["tail"].strip("/").lower().split("/"):
        case ["livechat", "agents"]:
            reply = json_reply([rows.live(post, options.v4_status) for post in live])
        case ["livechat", "agents", number]:
            found = [rows.live(post, options.v4_status) for post in active if rows.agent_id(post) == number]
            reply = json_reply(found[0]) if found else error(404, "The agent does not exist.")
        case ["livechat", "realtime", "agents"]:
            reply = _report(live, options, request)
        case ["livechat", "visitors"]:
            reply = json_reply(visitors(active, world.queue(Vendor.COMM100), request.query.get("status")))
        case ["livechat", "autodistributionconfig"]:
            reply = json_reply(rows.auto_distribution(active, options.limit_for_all))
        case ["global", "agents"]:
            reply = _roster(posts, options, request)
        case ["global", "departments"]:
            reply = json_reply(rows.departments())
        case ["global", "agentawaystatuses"]:
            reply = json_reply(rows.away_statuses())
        case _:
            reply = error(404, "The resource does not exist.")
    return reply


def _report(posts: Sequence[Post], options: Comm100Options, request: web.Request) -> Reply:
    """Tell one page; no document names the parameter of the next, and an unknown one changes nothing."""
    page = whole(request.query.get(options.v4_page_parameter), 1) if options.v4_page_parameter else 1
    shown = posts[(page - 1) * REPORT_ROWS : page * REPORT_ROWS]
    told = {
        "total": len(posts),
        "pageCount": -(-len(posts) // REPORT_ROWS),
        "list": [rows.report(post, options.limit_for_all) for post in shown],
    }
    return json_reply(told)


def _roster(posts: Sequence[Post], options: Comm100Options, request: web.Request) -> Reply:
    """Tell the roster; whether v4 pages it as v3 did is not documented, so it may be a bare array too."""
    if options.v4_roster == "array":
        return json_reply([rows.member(post) for post in posts])
    query = request.query
    size = min(options.maximal_page_size, whole(query.get("pageSize"), ROSTER_ROWS))
    page = whole(query.get("pageIndex"), 1)
    last = page * size >= len(posts)
    base = f"{request.scheme}://{request.host}{request.path}?pageSize={size}&pageIndex="
    told = {
        "total": len(posts),
        "previousPage": "" if page == 1 else f"{base}{page - 1}",
        "nextPage": "" if last else f"{base}{page + 1}",
        "agents": [rows.member(post) for post in posts[(page - 1) * size : page * size]],
    }
    return json_reply(told)
