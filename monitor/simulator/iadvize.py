"""iAdvize's REST v2: an envelope with `meta`, a pager, and a live list that must be asked three ways."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Final

import msgspec
from aiohttp import web

from monitor.simulator import iadvize_rows as rows
from monitor.simulator.directory import IADVIZE_GROUPS, IADVIZE_SKILLS, Vendor
from monitor.simulator.staff import Post
from monitor.simulator.wire import Cell, Dialect, Reply, json_reply, whole
from monitor.simulator.world import World

BASE: Final = "/api/2"
DEFAULT_LIMIT: Final = 20
MAXIMAL_LIMIT: Final = 100

Test = Callable[[Post, str], bool]


class IadvizeOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the documents leave open, and filters that the vendor silently ignores."""

    hide_toggled_off: bool = False
    """Connected operators without a switched-on channel are missing from `connected=1` too."""
    only_named_groups: bool = False
    """Operators with a group or skill are listed only where the request names it, as the page may mean."""
    echo_filters: bool = True
    ignored_filters: frozenset[str] = frozenset()


def _fail(message: str, status: int = 200) -> Reply:
    return json_reply({"meta": {"status": "fail", "message": message}}, status)


DIALECT: Final = Dialect(
    vendor=Vendor.IADVIZE,
    error=lambda status: json_reply({"meta": {"status": "error", "message": "Internal error"}}, status),
    auth=json_reply({"meta": {"status": "error", "message": "Forbidden"}}),
    in_body=_fail("Unknown 'group' with 'id' 2"),
    over_limit=json_reply({"meta": {"status": "error", "message": "Too many requests"}}, 429),
    permission=json_reply({"meta": {"status": "error", "message": "Not allowed"}}, 403),
)


FILTERS: Final[Mapping[str, Test]] = {
    "id": lambda post, value: str(rows.operator_id(post)) == value,
    "group_id": lambda post, value: str(rows.group_id(post)) == value,
    "skill_id": lambda post, value: value in map(str, rows.skill_ids(post)),
    "website_id": lambda post, value: value in map(str, rows.website_ids(post)),
    "website_list": lambda post, value: bool(set(value.split(",")) & set(map(str, rows.website_ids(post)))),
    "name": lambda post, value: fnmatchcase(post.person.last.lower(), value.lower()),
    "external_id": lambda post, value: post.person.key == value,
}


def routes(world: World, account: Mapping[str, str], options: Cell[IadvizeOptions]) -> web.Application:
    """Serve operators, their live availability, groups and skills."""
    app = web.Application()

    async def handle(request: web.Request) -> web.Response:
        if account["api_key"] not in _keys(request):
            return DIALECT.auth.response()
        parts = request.path.removeprefix(BASE).strip("/").split("/")
        return _Answer(world, options.value, request.query).to(parts).response()

    app.router.add_get(f"{BASE}/{{tail:.+}}", handle)
    return app


def _keys(request: web.Request) -> list[str]:
    """Collect the key from the three places where it may stand: header, query, Basic username."""
    keys = [request.headers.get("X-API-Key", ""), request.query.get("key", "")]
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        with suppress(Base64Error, UnicodeDecodeError):
            keys.append(b64decode(encoded).decode().partition(":")[0])
    return keys


class _Answer:
    """One request, once the key is right."""

    def __init__(self, world: World, options: IadvizeOptions, query: Mapping[str, str]) -> None:
        self._posts = [post for post in world.posts(Vendor.IADVIZE) if post.account.active]
        self._options = options
        self._query = query
        wanted = {
            name[8:-1]: value for name, value in query.items() if name.startswith("filters[") and name.endswith("]")
        }
        self._filters = {name: value for name, value in wanted.items() if name not in options.ignored_filters}

    def to(self, parts: list[str]) -> Reply:
        match parts:
            case ["operator", "live"]:
                reply = self._live()
            case ["operator"]:
                reply = self._paged([rows.operator(post) for post in self._filtered()], brief=("id",))
            case ["group"]:
                reply = self._paged(self._groups(), brief=("id", "name"))
            case ["skill"]:
                reply = self._paged(self._skills(), brief=("id", "name"))
            case ["operator", number, "live"]:
                reply = self._one("operator", number, {str(rows.operator_id(p)): rows.live(p) for p in self._posts})
            case ["operator" | "group" | "skill" as kind, number]:
                found = {"operator": self._operators, "group": self._groups, "skill": self._skills}[kind]()
                reply = self._one(kind, number, {str(row["id"]): row for row in found})
            case _:
                reply = _fail("Unknown resource", 404)
        return reply

    def _filtered(self) -> list[Post]:
        tests = [(FILTERS[name], value) for name, value in self._filters.items() if name in FILTERS]
        return [post for post in self._posts if all(test(post, value) for test, value in tests)]

    def _live(self) -> Reply:
        """List operators: only available ones by default, the others by the `connected` filter."""
        shown = [rows.live(post) for post in self._filtered() if self._shown(post)]
        return json_reply({"meta": self._meta(), "data": shown})

    def _shown(self, post: Post) -> bool:
        if not post.account.has_logged_in:
            return False
        hidden = self._options.only_named_groups and (rows.group_id(post) or rows.skill_ids(post))
        if hidden and not {"group_id", "skill_id", "id"} & set(self._filters):
            return False
        match self._filters.get("connected"):
            case "0":
                return not post.connected
            case "1":
                off = not any(post.accepting(channel) for channel in rows.CHANNELS)
                return post.connected and not (off and self._options.hide_toggled_off)
            case _:
                return any(rows.available(post, channel) for channel in rows.CHANNELS)

    def _meta(self) -> rows.Row:
        known = [name for name in self._filters if name in FILTERS or name == "connected"]
        told = {"filters": known} if known and self._options.echo_filters else {}
        return {"status": "success", **told}

    def _paged(self, listed: list[rows.Row], brief: tuple[str, ...]) -> Reply:
        limit = min(MAXIMAL_LIMIT, whole(self._query.get("limit"), DEFAULT_LIMIT))
        page = whole(self._query.get("page"), 1)
        shown = listed[(page - 1) * limit : page * limit]
        if self._query.get("full") != "1":
            shown = [{name: row[name] for name in (*brief, "_link")} for row in shown]
        pages = max(1, -(-len(listed) // limit))
        pager = {"page": page, "pages": pages, "limit": limit, "count": len(listed)}
        return json_reply({"meta": self._meta(), "data": shown, "pagination": pager})

    def _one(self, kind: str, number: str, found: Mapping[str, rows.Row]) -> Reply:
        if number not in found:
            return _fail(f"Unknown '{kind}' with 'id' {number}.")
        return json_reply({"meta": {"status": "success"}, "data": found[number]})

    def _operators(self) -> list[rows.Row]:
        return [rows.operator(post) for post in self._posts]

    def _groups(self) -> list[rows.Row]:
        return [
            rows.collection(
                "group", number, team.title(), [rows.operator_id(p) for p in self._posts if rows.group_id(p) == number]
            )
            for team, number in IADVIZE_GROUPS.items()
        ]

    def _skills(self) -> list[rows.Row]:
        return [
            rows.collection(
                "skill", number, team.title(), [rows.operator_id(p) for p in self._posts if number in rows.skill_ids(p)]
            )
            for team, number in IADVIZE_SKILLS.items()
        ]
