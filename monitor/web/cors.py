"""Pages of other origins: they may read the API where the configuration names them, and nothing else ever."""

from collections.abc import Callable, Collection

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from monitor.web.problems import is_of_api

_ALLOWED = {
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "GET, HEAD",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: "Authorization, If-None-Match, Last-Event-ID",
    hdrs.ACCESS_CONTROL_MAX_AGE: "600",
}


def allow(app: web.Application, origins: Callable[[], Collection[str]]) -> None:
    """Let pages of these origins, as they are named now, read what is under /api; else nothing is told of it at all."""

    async def mark(request: web.Request, response: web.StreamResponse) -> None:
        named = origins()
        if not named or not is_of_api(request):
            return
        vary = response.headers.get(hdrs.VARY)
        response.headers[hdrs.VARY] = f"{vary}, {hdrs.ORIGIN}" if vary else hdrs.ORIGIN
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and origin in named:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = "ETag, Retry-After"

    @web.middleware
    async def preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_asked = request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        if is_asked and is_of_api(request) and request.headers.get(hdrs.ORIGIN) in origins():
            return web.Response(status=204, headers=_ALLOWED)
        return await handler(request)

    app.on_response_prepare.append(mark)
    app.middlewares.insert(0, preflight)
