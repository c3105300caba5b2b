"""The pages: `/metrics` hands out bytes that stand ready, the rest says how agentmon is."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from monitor.explanation import TeamExplanation
from monitor.exporter.exposition import Page
from monitor.model import Report
from monitor.register import Register
from monitor.web.accept import accepts_gzip, choose_format
from monitor.web.access import restricted
from monitor.web.answers import Body, answer
from monitor.web.api import Api, Telling
from monitor.web.cors import allow
from monitor.web.feed import Feed, Published
from monitor.web.guard import attended, modest
from monitor.web.headers import secure
from monitor.web.history import History
from monitor.web.landing import landing_page
from monitor.web.openapi import document
from monitor.web.passwords import Passwords
from monitor.web.place import BASE, HERE, Place
from monitor.web.problems import problems
from monitor.web.rate import Rates, limited
from monitor.web.routes import PREFIX, Route, routes
from monitor.web.settings import WebSettings
from monitor.web.static_files import StaticFiles
from monitor.web.stream import Streamer, room_for_readers
from monitor.web.views import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the web needs of the rest, as callables: it knows neither pollers nor reconciler."""

    page: Callable[[], Page]
    report: Callable[[], Report]
    paces: Callable[[], Mapping[str, Pace]]
    """How each source is polled at this moment, by its name."""
    follow: Callable[[Callable[[], None]], None]
    """Takes what is to be called after every publication, in the event loop."""
    now: Callable[[], float]
    """The time, in Unix seconds."""
    problems: Callable[[], tuple[str, ...]]
    """What an operator should look at besides what the report tells, in sentences."""
    waiting: Callable[[], list[str]]
    """Sources that have neither succeeded nor failed yet."""
    hint: Callable[[str, str], bool]
    """Source and secret of a caller who says that something changed; False where there is no such hook."""
    explain: Callable[[str], TeamExplanation | None]
    """Why a team has its numbers, None where there is no such team; called from another thread."""
    register: Callable[[], Register]
    """Everyone who is counted; called from another thread."""
    reload: Callable[[], Awaitable[Sequence[str]]] | None
    """Reads the configuration again and returns what is wrong with it; None where nobody may ask for that."""
    config: Callable[[], str]
    """The configuration in force as anybody may see it, YAML."""
    web: Callable[[], WebSettings]
    """What the web configuration file decides at this moment."""
    version: str
    cors_origins: Callable[[], Collection[str]]
    """Origins whose pages may read the API."""


SURFACE = web.AppKey("surface", Surface)
STREAMER = web.AppKey("streamer", Streamer)


def create_app(surface: Surface, place: Place = HERE) -> web.Application:
    passwords = Passwords(lambda: surface.web().users)
    app = web.Application(
        middlewares=[problems, modest, limited(surface.web, Rates()), restricted(surface.web, passwords)]
    )
    app[SURFACE] = surface
    app[BASE] = place.prefix
    feed = Feed(
        Published(report=surface.report, paces=surface.paces, problems=surface.problems, version=surface.version)
    )
    history = History(surface.now())
    streamer = app[STREAMER] = Streamer(feed, surface.now, most_readers=room_for_readers())
    users = surface.web().users

    def published() -> None:
        nonlocal users
        at = surface.report().at
        if history.is_due(at):
            history.record(at, feed.state().teams)
        feed.wake()
        before, users = users, surface.web().users
        if users != before:  # who is a user no more reads on no longer
            streamer.send_back()

    surface.follow(published)
    app.on_response_prepare.append(_secure)
    app.on_shutdown.append(_end_streams)
    allow(app, surface.cors_origins)
    app.middlewares.insert(0, attended)
    table = routes(Api(feed, history, Telling(explain=surface.explain, register=surface.register)), streamer)
    for route in (*_pages(), *_api(table, surface.version, place)):
        app.add_routes([web.RouteDef(route.method, f"{place.prefix}{route.path}", route.handler, route.kwargs)])
    if place.prefix:
        for path in ("/", place.prefix):
            app.router.add_get(path, _lead_to_prefix)

    async def end_passwords(_app: web.Application) -> None:
        await passwords.close()

    app.on_cleanup.append(end_passwords)
    return app


def _pages() -> Iterable[web.RouteDef]:
    static = StaticFiles()
    return (
        web.get("/", _landing),
        web.get("/wall", static.page),
        web.get("/static/{name}", static.file),
        web.get("/metrics", _metrics),
        web.get("/config", _config),
        web.get("/-/healthy", _healthy),
        web.get("/-/ready", _ready),
        web.post("/-/reload", _reload),
        web.post("/hooks/{source}", _hook),
        web.post("/hooks/{source}/{secret}", _hook),
    )


def _api(table: Sequence[Route], version: str, place: Place) -> Iterable[web.RouteDef]:
    yield web.get(f"{PREFIX}/openapi.json", document(table, version, place))
    for route in table:
        yield web.get(f"{PREFIX}{route.path}", route.handler)


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    """A signal and no middleware: errors, which aiohttp raises outside of the middlewares, pass here too."""
    secure(response, request.app[SURFACE].web())


async def _end_streams(app: web.Application) -> None:
    app[STREAMER].close()


async def _lead_to_prefix(request: web.Request) -> web.Response:
    raise web.HTTPFound(f"{request.app[BASE]}/")


async def _metrics(request: web.Request) -> web.Response:
    page = request.app[SURFACE].page()
    format_ = choose_format(request.headers.get("Accept", ""))
    headers = {"Content-Type": format_.content_type, "Vary": "Accept, Accept-Encoding", "Cache-Control": "no-store"}
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return web.Response(body=page.gzip_of(format_), headers={**headers, "Content-Encoding": "gzip"})
    return web.Response(body=page.bytes_of(format_), headers=headers)


async def _healthy(_request: web.Request) -> web.Response:
    return web.Response(text="agentmon is healthy.\n")


async def _ready(request: web.Request) -> web.Response:
    waiting = request.app[SURFACE].waiting()
    if waiting:
        return web.Response(status=503, text=f"agentmon waits for the first poll of {', '.join(waiting)}.\n")
    return web.Response(text="agentmon is ready.\n")


async def _reload(request: web.Request) -> web.Response:
    """Answered when it is done. A configuration that cannot be used changes nothing, and the answer says why."""
    reload = request.app[SURFACE].reload
    if reload is None:
        return web.Response(status=403, text="Reloading over HTTP is not enabled (--web.enable-lifecycle).\n")
    problems = await reload()
    if problems:
        lines = "".join(f"{problem}\n" for problem in problems)
        return web.Response(status=500, text=f"The configuration was refused, and the old one stays:\n{lines}")
    return web.Response(text="The configuration was read again and is in force.\n")


async def _hook(request: web.Request) -> web.Response:
    """A hint to poll now. The body is not read: polling is the truth, and what a caller sends is nobody's proof."""
    secret = request.match_info.get("secret") or request.headers.get("X-Agentmon-Secret") or ""
    if not request.app[SURFACE].hint(request.match_info["source"], secret):
        return web.Response(status=404, text="No such hook.\n")
    return web.Response(status=204)


async def _landing(request: web.Request) -> web.Response:
    surface = request.app[SURFACE]
    return web.Response(
        text=landing_page(surface.report(), surface.paces(), surface.problems(), surface.version),
        content_type="text/html",
    )


async def _config(request: web.Request) -> web.Response:
    body = Body.of(request.app[SURFACE].config().encode(), "text/plain; charset=utf-8")
    return await answer(request, body, {"Cache-Control": "no-cache"})
