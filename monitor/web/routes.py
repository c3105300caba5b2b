"""The API as one table: what is served under /api/v1, and what the OpenAPI document says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import msgspec
from aiohttp.typedefs import Handler

from monitor.explanation import TeamExplanation
from monitor.register import Register
from monitor.web.answers import JSON
from monitor.web.api import Api
from monitor.web.history import HistoryView
from monitor.web.queries import ExplainQuery, HistoryQuery, Nothing, PeopleQuery
from monitor.web.stream import EVENTS, Streamer
from monitor.web.views import SourcesView, StateView, TeamsView, TeamView

PREFIX = "/api/v1"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address below the prefix. `answers` are its media types, each with the type of its body, None for text."""

    path: str
    handler: Handler
    summary: str
    about: str = ""
    answers: Mapping[str, type[msgspec.Struct] | None]
    query: type[msgspec.Struct] = Nothing


def routes(api: Api, streamer: Streamer) -> Sequence[Route]:
    return (
        Route(
            path="/state",
            handler=api.state,
            summary="Everything at once",
            about="What the stream sends first.",
            answers=MappingProxyType({JSON: StateView}),
        ),
        Route(
            path="/stream",
            handler=streamer.answer,
            summary="Everything, and then what changes, as server-sent events",
            about="`state` (a StateView) comes first, then `change` (a ChangeView) whenever something is other than "
            "before, and `beat` (a BeatView) where there was nothing for a while: who hears nothing for five seconds "
            "has lost the connection. The ids of the first two resume the stream by `Last-Event-ID`; where what "
            "followed is not kept any more, or a reader is too slow, the whole state comes again.",
            answers=MappingProxyType({EVENTS: None}),
        ),
        Route(
            path="/teams",
            handler=api.teams,
            summary="Every team",
            answers=MappingProxyType({JSON: TeamsView}),
        ),
        Route(
            path="/teams/{team}",
            handler=api.team,
            summary="One team",
            answers=MappingProxyType({JSON: TeamView}),
        ),
        Route(
            path="/teams/{team}/explain",
            handler=api.explain,
            summary="Why a team has its numbers",
            about="People go by what `privacy.people` of the configuration allows.",
            answers=MappingProxyType({JSON: TeamExplanation, TEXT: None}),
            query=ExplainQuery,
        ),
        Route(
            path="/sources",
            handler=api.sources,
            summary="Every source",
            answers=MappingProxyType({JSON: SourcesView}),
        ),
        Route(
            path="/people",
            handler=api.people,
            summary="Everyone who is counted in some team",
            about="In fresh sources. The states on a channel add up to `agentmon_people`. People go by what "
            "`privacy.people` of the configuration allows.",
            answers=MappingProxyType({JSON: Register}),
            query=PeopleQuery,
        ),
        Route(
            path="/history",
            handler=api.history,
            summary="The last hours, as far as they are in memory",
            about="Begun anew at each start: Prometheus is the memory that stays.",
            answers=MappingProxyType({JSON: HistoryView}),
            query=HistoryQuery,
        ),
    )
