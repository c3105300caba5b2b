"""The OpenAPI document: made from the table of routes and from the types of the answers, so that it cannot lag."""

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.web.answers import Body, answer
from monitor.web.changes import ChangeView
from monitor.web.place import HERE, Place
from monitor.web.problems import CONTENT_TYPE, Problem
from monitor.web.queries import Nothing, read
from monitor.web.routes import PREFIX, Route
from monitor.web.stream import EVENTS, BeatView

_REF = "#/components/schemas/{name}"
_TEAM = {
    "name": "team",
    "in": "path",
    "required": True,
    "description": "Name of a team.",
    "schema": {"type": "string", "pattern": "^[^/]+$"},
}
_TAG = {"description": "Of these bytes; send it as If-None-Match.", "schema": {"type": "string"}}
_LAST_EVENT = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The id of the last event that was read; what is no id of this start is as none.",
    "schema": {"type": "string"},
}


def openapi(routes: Sequence[Route], version: str, place: Place = HERE) -> dict[str, Any]:
    """OpenAPI 3.1, with every schema under `components`; paths are relative to where agentmon is."""
    answers = {kind: None for route in routes for kind in route.answers.values() if kind is not None}
    _, schemas = msgspec.json.schema_components([*answers, ChangeView, BeatView, Problem], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "agentmon",
            "version": version,
            "description": "What agentmon publishes at this moment. Absent is null, with a reason in `absent`, and "
            "never 0; with `is_floor` counts are floors. Times are in Unix seconds, lengths of time in seconds, ratios "
            "0..1.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": place.url or "../..", "description": "where this document comes from"}],
        "paths": {f"{PREFIX}{route.path}": {"get": _operation(route)} for route in routes},
        "components": {"schemas": {name: _tidy(schema) for name, schema in sorted(schemas.items())}},
    }


def document(routes: Sequence[Route], version: str, place: Place) -> Handler:
    """What serves the document, which is the same for as long as this version runs."""
    body = Body.of(msgspec.json.encode(openapi(routes, version, place)))

    async def serve(request: web.Request) -> web.Response:
        read(request, Nothing)
        return await answer(request, body, {"Cache-Control": "no-cache"})

    return serve


def _operation(route: Route) -> dict[str, Any]:
    has_team = "{team}" in route.path
    parameters = [*([_TEAM] if has_team else []), *_query(route.query), *([_LAST_EVENT] if _streams(route) else [])]
    found: dict[str, Any] = {
        "operationId": "-".join(part.strip("{}") for part in route.path.split("/") if part),
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": route.summary,
                "headers": {} if _streams(route) else {"ETag": _TAG},
                "content": {media: {"schema": _body(kind)} for media, kind in route.answers.items()},
            },
            **({} if _streams(route) else {"304": {"description": "Not other than what `If-None-Match` names."}}),
            "400": _problem("The query cannot be read."),
            **({"404": _problem("There is no such team.")} if has_team or _names_team(route) else {}),
            "default": _problem("Anything else that went wrong."),
        },
    }
    return {**found, "description": route.about} if route.about else found


def _streams(route: Route) -> bool:
    return EVENTS in route.answers


def _names_team(route: Route) -> bool:
    return "team" in route.query.__struct_encode_fields__


def _body(kind: type[msgspec.Struct] | None) -> dict[str, Any]:
    return {"type": "string"} if kind is None else {"$ref": _REF.format(name=kind.__name__)}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {CONTENT_TYPE: {"schema": _body(Problem)}}}


def _query(kind: type[msgspec.Struct]) -> Iterable[dict[str, Any]]:
    _, schemas = msgspec.json.schema_components([kind], ref_template=_REF)
    for name, schema in schemas[kind.__name__].get("properties", {}).items():
        inner = {key: value for key, value in schema.items() if key != "description"}
        yield {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema["description"],
            "schema": inner,
        }


def _tidy(schema: Any) -> Any:
    """Docstrings as texts, not as they are indented in the code."""
    match schema:
        case dict():
            return {
                key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else _tidy(value)
                for key, value in schema.items()
            }
        case list():
            return [_tidy(item) for item in schema]
        case _:
            return schema
