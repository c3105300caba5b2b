"""The API: explanations as JSON, or as text for who asks from a terminal."""

import asyncio
from collections.abc import Callable, Iterable

import msgspec
from aiohttp import web

from monitor.explanation import TeamExplanation
from monitor.web.accept import prefers_text
from monitor.web.telling import tell

Explain = Callable[[str], TeamExplanation | None]
"""The explanation of a team as published, None where there is no such team; may be called from any thread."""


class Explainer:
    """Answers one request at a time, and beside the event loop: a team of thousands takes its while to explain."""

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self._turn = asyncio.Lock()

    async def answer(self, request: web.Request, teams: Iterable[str]) -> web.Response:
        """`?format=text`, or `Accept: text/plain`, gets what the command prints; `all` in the query shortens no list.

        `teams` are those that there are, for who asks for another.
        """
        wanted = request.query.get("format")
        is_text = wanted == "text" or (wanted is None and prefers_text(request.headers.get("Accept", "")))
        headers = {"Cache-Control": "no-store", "Vary": "Accept"}
        async with self._turn:
            body = await asyncio.to_thread(
                self._body, request.match_info["team"], is_text=is_text, everyone="all" in request.query
            )
        if body is None:
            problem = {"error": "there is no such team", "teams": list(teams)}
            return web.json_response(problem, status=404, headers=headers)
        kind = "text/plain" if is_text else "application/json"
        return web.Response(body=body, content_type=kind, charset="utf-8" if is_text else None, headers=headers)

    def _body(self, team: str, *, is_text: bool, everyone: bool) -> bytes | None:
        told = self._explain(team)
        if told is None:
            return None
        return tell(told, everyone=everyone).encode() if is_text else msgspec.json.encode(told)
