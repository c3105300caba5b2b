"""What may stand in the query of an address: one type each, from which the OpenAPI document is made too."""

from http import HTTPStatus
from typing import Annotated, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from monitor.model import Channel
from monitor.web.history import MINUTES
from monitor.web.problems import ProblemError

Q = TypeVar("Q", bound=msgspec.Struct)


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No parameter."""


class ExplainQuery(msgspec.Struct, forbid_unknown_fields=True):
    format: Annotated[
        Literal["json", "text"] | UnsetType, Meta(description="text is what `agentmon explain` prints; else as Accept.")
    ] = UNSET
    everyone: Annotated[
        str | UnsetType, Meta(description="With any value, or none: no list of people in the text is shortened.")
    ] = msgspec.field(name="all", default=UNSET)


class PeopleQuery(msgspec.Struct, forbid_unknown_fields=True):
    team: Annotated[str | UnsetType, Meta(description="Only people of this team.")] = UNSET


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    team: Annotated[str | UnsetType, Meta(description="Only this team.")] = UNSET
    channel: Annotated[Channel | UnsetType, Meta(description="Only this channel.")] = UNSET
    minutes: Annotated[int, Meta(ge=1, le=MINUTES, description="How far back.")] = 60


def read(request: web.Request, kind: type[Q]) -> Q:
    """The query as a value. Raises ProblemError, which says what is wrong with it."""
    given = request.query
    twice = next((name for name in given if len(given.getall(name)) > 1), None)
    if twice is not None:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"the parameter {twice!r} is given twice")
    try:
        return msgspec.convert(dict(given), kind, strict=False)
    except msgspec.ValidationError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"the query cannot be read: {error}") from error
