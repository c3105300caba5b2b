"""The API: explanations as JSON, or as text for who asks from a terminal."""

from collections.abc import Callable

import msgspec
from aiohttp import web

from monitor.explanation import TeamExplanation
from monitor.web.accept import prefers_text
from monitor.web.telling import tell

Explain = Callable[[str], TeamExplanation | None]
"""The explanation of a team as published, None where there is no such team."""


def explain_team(request: web.Request, explain: Explain, teams: list[str]) -> web.Response:
    """`?format=text`, or `Accept: text/plain`, gets what the command prints; `all` in the query shortens no list."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    told = explain(request.match_info["team"])
    if told is None:
        problem = {"error": "there is no such team", "teams": teams}
        return web.json_response(problem, status=404, headers=headers)
    wanted = request.query.get("format")
    if wanted == "text" or (wanted is None and prefers_text(request.headers.get("Accept", ""))):
        return web.Response(text=tell(told, everyone="all" in request.query), headers=headers)
    return web.Response(body=msgspec.json.encode(told), content_type="application/json", headers=headers)
