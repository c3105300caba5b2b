"""The handlers of the API. What takes its while is made beside the event loop, one request at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web
from msgspec import UNSET

from monitor.beside import beside_loop
from monitor.explanation import TeamExplanation
from monitor.register import Register
from monitor.web.accept import prefers_text
from monitor.web.answers import Body, answer
from monitor.web.feed import Feed
from monitor.web.history import History
from monitor.web.problems import no_such_team
from monitor.web.queries import ExplainQuery, HistoryQuery, Nothing, PeopleQuery, read
from monitor.web.telling import tell
from monitor.web.views import SourcesView, TeamsView

_NEWEST = {"Cache-Control": "no-cache"}
_NOWHERE = {"Cache-Control": "no-store"}
"""People are told of: nothing is kept on the way."""
TEXT = "text/plain; charset=utf-8"
MOST_WAITING = 16
"""Requests that wait for their turn; more are told to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told of people, as callables that may be called from any thread."""

    explain: Callable[[str], TeamExplanation | None]
    """Why a team has its numbers as published, None where there is no such team."""
    register: Callable[[], Register]
    """Everyone who is counted."""


class Api:
    def __init__(self, feed: Feed, history: History, telling: Telling) -> None:
        self._feed = feed
        self._history = history
        self._telling = telling
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def state(self, request: web.Request) -> web.Response:
        read(request, Nothing)
        return await answer(request, _json(self._feed.state()), _NEWEST)

    async def teams(self, request: web.Request) -> web.Response:
        read(request, Nothing)
        state = self._feed.state()
        return await answer(request, _json(TeamsView(state.at, state.teams)), _NEWEST)

    async def team(self, request: web.Request) -> web.Response:
        read(request, Nothing)
        name = self._known(request.match_info["team"])
        found = next(team for team in self._feed.state().teams if team.name == name)
        return await answer(request, _json(found), _NEWEST)

    async def sources(self, request: web.Request) -> web.Response:
        read(request, Nothing)
        state = self._feed.state()
        return await answer(request, _json(SourcesView(state.at, state.sources)), _NEWEST)

    async def explain(self, request: web.Request) -> web.Response:
        """`?format=text`, or `Accept: text/plain`, gets what the command prints."""
        query = read(request, ExplainQuery)
        team = self._known(request.match_info["team"])
        is_text = query.format == "text" or (query.format is UNSET and prefers_text(request.headers.get("Accept", "")))

        def made() -> Body:
            told = self._telling.explain(team)
            if told is None:  # gone since it was asked for
                raise no_such_team(self._names())
            if is_text:
                return Body.of(tell(told, everyone=query.everyone is not UNSET).encode(), TEXT)
            return _json(told)

        return await answer(request, await self._beside(made), {**_NOWHERE, "Vary": "Accept"})

    async def people(self, request: web.Request) -> web.Response:
        query = read(request, PeopleQuery)
        team = None if query.team is UNSET else self._known(query.team)

        def made() -> Body:
            found = self._telling.register()
            return _json(found if team is None else found.of(team))

        return await answer(request, await self._beside(made), _NOWHERE)

    async def history(self, request: web.Request) -> web.Response:
        query = read(request, HistoryQuery)
        team = None if query.team is UNSET else self._known(query.team)
        channel = None if query.channel is UNSET else query.channel
        cut = self._history.cut(team, channel, query.minutes)
        return await answer(request, await self._beside(lambda: _json(cut.told())), _NEWEST)

    async def _beside(self, made: Callable[[], Body]) -> Body:
        if self._waiting >= MOST_WAITING:
            raise web.HTTPServiceUnavailable(text="too many requests wait for their turn", headers={"Retry-After": "2"})
        self._waiting += 1
        try:
            async with self._turn:
                return await beside_loop(made)
        finally:
            self._waiting -= 1

    def _names(self) -> list[str]:
        return [team.name for team in self._feed.state().teams]

    def _known(self, team: str) -> str:
        """The team, or 404 with those that there are."""
        if team not in self._names():
            raise no_such_team(self._names())
        return team


def _json(told: msgspec.Struct) -> Body:
    return Body.of(msgspec.json.encode(told))
