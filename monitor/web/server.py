"""The listener: `/metrics` hands out bytes that stand ready, the rest says how agentmon is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from monitor.errors import AgentmonError
from monitor.exporter.exposition import Page
from monitor.model import Report
from monitor.web.accept import accepts_gzip, choose_format
from monitor.web.api import Explain, Explainer
from monitor.web.landing import landing_page

_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the web needs of the rest, as callables: it knows neither pollers nor reconciler."""

    page: Callable[[], Page]
    report: Callable[[], Report]
    problems: Callable[[], tuple[str, ...]]
    """What an operator should look at besides what the report tells, in sentences."""
    waiting: Callable[[], list[str]]
    """Sources that have neither succeeded nor failed yet."""
    hint: Callable[[str, str], bool]
    """Source and secret of a caller who says that something changed; False where there is no such hook."""
    explain: Explain
    """Why a team has its numbers, None where there is no such team; called from another thread."""
    reload: Callable[[], Awaitable[Sequence[str]]] | None
    """Reads the configuration again and returns what is wrong with it; None where nobody may ask for that."""
    version: str


SURFACE = web.AppKey("surface", Surface)
EXPLAINER = web.AppKey("explainer", Explainer)


class ListenError(AgentmonError):
    """The listen address cannot be used; the text says which and why."""


class Listener:
    """Serves one application on one address, as an async context manager."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
        self._host = host
        self._port = port

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host or None, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            where = f"{self._host or '*'}:{self._port}"
            raise ListenError(f"cannot listen on {where}: {error.strerror or error}") from error
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """The port in use, where 0 was asked for."""
        return int(self._runner.addresses[0][1])


def create_app(surface: Surface) -> web.Application:
    app = web.Application()
    app[SURFACE] = surface
    app[EXPLAINER] = Explainer(surface.explain)
    app.on_response_prepare.append(_secure)
    app.add_routes(
        [
            web.get("/", _landing),
            web.get("/metrics", _metrics),
            web.get("/-/healthy", _healthy),
            web.get("/-/ready", _ready),
            web.post("/-/reload", _reload),
            web.get("/api/v1/teams/{team}/explain", _explain),
            web.post("/hooks/{source}", _hook),
            web.post("/hooks/{source}/{secret}", _hook),
        ]
    )
    return app


async def _secure(_request: web.Request, response: web.StreamResponse) -> None:
    """A signal and no middleware: errors, which aiohttp raises or makes outside of the middlewares, pass here too."""
    response.headers.update(_SECURITY_HEADERS)


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


async def _explain(request: web.Request) -> web.Response:
    teams = request.app[SURFACE].report().teams
    return await request.app[EXPLAINER].answer(request, (team.name for team in teams))


async def _hook(request: web.Request) -> web.Response:
    """A hint to poll now. The body is not read: polling is the truth, and what a caller sends is nobody's proof."""
    secret = request.match_info.get("secret") or request.headers.get("X-Agentmon-Secret") or ""
    if not request.app[SURFACE].hint(request.match_info["source"], secret):
        return web.Response(status=404, text="No such hook.\n")
    return web.Response(status=204)


async def _landing(request: web.Request) -> web.Response:
    surface = request.app[SURFACE]
    return web.Response(
        text=landing_page(surface.report(), surface.problems(), surface.version), content_type="text/html"
    )
