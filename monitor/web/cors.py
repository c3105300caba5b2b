"""Pages of other origins: they may read the API where the configuration names them, and nothing else ever."""

from collections.abc import Collection

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from monitor.web.problems import API

_ALLOWED = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, If-None-Match, Last-Event-ID",
    hdrs.ACCESS_CONTROL_MAX_AGE: "600",
}


def allow(app: web.Application, origins: Collection[str]) -> None:
    """Let pages of these origins read what is under /api; with none, nothing is told of it at all."""
    if not origins:
        return
    named = frozenset(origins)

    async def mark(request: web.Request, response: web.StreamResponse) -> None:
        if not request.path.startswith(API):
            return
        response.headers.add(hdrs.VARY, hdrs.ORIGIN)
        origin = request.headers.get(hdrs.ORIGIN)
        if origin in named:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = "ETag, Retry-After"

    app.on_response_prepare.append(mark)
    app.middlewares.insert(0, _preflight(named))


def _preflight(origins: Collection[str]) -> Middleware:
    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_asked = request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        if is_asked and request.path.startswith(API) and request.headers.get(hdrs.ORIGIN) in origins:
            return web.Response(status=204, headers=_ALLOWED)
        return await handler(request)

    return answer
