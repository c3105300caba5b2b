"""The OpenAPI document: it is valid, it says of each address what is true, and no address is missing."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from builders import T0, channel_report, failed, later, report, silent_source, source_report, team_report
from jsonschema import Draft202012Validator
from web.behind import Behind
from web.events import next_event, stream
from web.explanations import explanation

from monitor.model import Opening, Phase, Status
from monitor.register import AccountEntry, ChannelEntry, PersonEntry, Register
from monitor.web.server import create_app
from monitor.web.stream import EVENTS

Document = dict[str, Any]
BLIND = {"sources": {"a": False}, "complete": False}


@pytest.fixture
def behind() -> Behind:
    """Everything that can be null is null somewhere, and not elsewhere."""
    opening = Opening(is_open=True, since=1.0, opened_at=1.0, changes_at=2.0)
    rich = channel_report(oldest={Phase.OPEN: 3.5}, queue_length=2, queue_longest_wait=4.0)
    return Behind(
        report=report(
            team_report("sales", rich, opening=opening),
            team_report("support", channel_report(Status.UNKNOWN, free=None, occupancy=None), **BLIND),
            source_report("a", chatting_visitors=3, roster_failure=failed()),
            silent_source("b", failure=failed()),
        ),
        explanations={"sales": explanation()},
        register=Register(
            T0.wall,
            is_named=False,
            people=(
                PersonEntry(
                    "agent-1",
                    (ChannelEntry(rich.channel, None, 1, None, (AccountEntry("a", "agent-1", ""),), ("sales",)),),
                ),
            ),
        ),
        problems=("few series left",),
    )


@pytest.fixture
async def document(client: TestClient) -> Document:
    return await (await client.get("/api/v1/openapi.json")).json()


def valid(document: Document, schema: Document, told: object) -> bool:
    """Whether it is as the schema says, and holds nothing that the document does not name."""
    whole = {"components": closed(document["components"]), **schema}
    Draft202012Validator(whole).validate(told)
    return True


def closed(schema: Any) -> Any:
    """Mappings hold what they name and nothing else."""
    match schema:
        case {"type": "object", "properties": _, **rest} if "additionalProperties" not in rest:
            return {**{key: closed(value) for key, value in schema.items()}, "additionalProperties": False}
        case dict():
            return {key: closed(value) for key, value in schema.items()}
        case list():
            return [closed(item) for item in schema]
        case _:
            return schema


def test_every_address_under_api_is_in_it(behind: Behind, document: Document):
    resources = create_app(behind.surface()).router.resources()
    served = {resource.canonical for resource in resources if resource.canonical.startswith("/api/")}
    assert served == {*document["paths"], "/api/v1/openapi.json"}


def test_each_schema_is_one_and_every_reference_leads_to_one(document: Document):
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    assert {reference.rpartition("/")[2] for reference in references(document)} <= set(schemas)
    assert (document["openapi"], {"StateView", "ChangeView", "BeatView", "Problem"} <= set(schemas)) == ("3.1.0", True)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from references(inner)


def test_everything_is_described(document: Document):
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description") or "enum" in schema, name
        assert "\n    " not in schema.get("description", "")
    for path in document["paths"].values():
        assert path["get"]["summary"]
        assert all(parameter["description"] for parameter in path["get"]["parameters"])


QUERIES = {"/api/v1/people": "?team=sales", "/api/v1/history": "?team=sales&channel=chat&minutes=60"}


async def test_each_answer_is_as_it_says(client: TestClient, behind: Behind, document: Document):
    behind.publish(behind.report)
    for path, item in document["paths"].items():
        (media, content), *_ = item["get"]["responses"]["200"]["content"].items()
        if media == EVENTS:
            continue
        for query in {"", QUERIES.get(path, "")}:
            response = await client.get(path.format(team="sales") + query)
            assert response.content_type == media
            assert valid(document, content["schema"], await response.json())


async def test_each_event_is_as_it_says(client: TestClient, behind: Behind, document: Document):
    async with stream(client) as response:
        events = [await next_event(response)]
        behind.problems = ()
        behind.publish(report(team_report("sales", channel_report(free=9)), at=later(1)))
        events.append(await next_event(response))
    async with stream(client, events[-1].id) as response:
        events.append(await next_event(response))
    for event, kind in zip(events, ("StateView", "ChangeView", "BeatView"), strict=True):
        assert valid(document, {"$ref": f"#/components/schemas/{kind}"}, event.data)


async def test_each_problem_is_as_it_says(client: TestClient, document: Document):
    for path in ("/api/v1/teams/slaes", "/api/v1/history?minutes=x", "/api/v1/none"):
        told = await (await client.get(path)).json(content_type="application/problem+json")
        assert valid(document, {"$ref": "#/components/schemas/Problem"}, told)
