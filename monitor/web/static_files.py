"""The wall's files, as they are packaged: read once, and known by name, so that no path leads anywhere else."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import PurePosixPath

from aiohttp import web

from monitor.web.answers import Body, answer

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""What may be served; other files are not."""
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
PAGE = "wall.html"


def packaged() -> Mapping[str, Body]:
    """The files by name."""
    return {
        file.name: Body.of(file.read_bytes(), _TYPES[PurePosixPath(file.name).suffix])
        for file in (files("monitor.web") / "static").iterdir()
        if file.is_file() and PurePosixPath(file.name).suffix in _TYPES
    }


class StaticFiles:
    def __init__(self) -> None:
        self._files = packaged()

    async def page(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, PAGE)

    async def file(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, request.match_info["name"])

    async def _answer(self, request: web.Request, name: str) -> web.StreamResponse:
        body = self._files.get(name)
        if body is None:
            raise web.HTTPNotFound(text="No such file.\n")
        return await answer(request, body, _HEADERS)
