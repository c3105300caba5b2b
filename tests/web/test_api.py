"""The API: what each address tells, ETag and 304, HEAD, gzip, errors as problem details, and other origins."""

import asyncio
import gzip
import json
import threading
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from builders import T0, channel_report, later, report, source_report, team_report
from running import eventually
from structlog.testing import capture_logs
from web.behind import Behind
from web.explanations import explanation

from monitor.explanation import TeamExplanation
from monitor.model import Channel, State
from monitor.register import AccountEntry, ChannelEntry, PersonEntry, Register
from monitor.web.api import MOST_WAITING
from monitor.web.server import create_app


def entry(team: str, channel: Channel = Channel.CHAT) -> ChannelEntry:
    return ChannelEntry(channel, State.IDLE, 0, 2, (AccountEntry("a", "agent-1", ""),), (team,))


PEOPLE = Register(
    T0.wall,
    is_named=False,
    people=(
        PersonEntry("agent-1", (entry("sales"), entry("support", Channel.CALL))),
        PersonEntry("agent-2", (entry("support"),)),
    ),
)
PATHS = (
    "/api/v1/state",
    "/api/v1/teams",
    "/api/v1/teams/sales",
    "/api/v1/teams/sales/explain",
    "/api/v1/sources",
    "/api/v1/people",
    "/api/v1/history",
    "/api/v1/openapi.json",
)


@pytest.fixture
def behind() -> Behind:
    return Behind(
        report=report(team_report("sales"), team_report("support"), source_report("a"), source_report("b")),
        explanations={"sales": explanation()},
        register=PEOPLE,
    )


async def told(client: TestClient, path: str) -> Any:
    response = await client.get(path)
    assert response.status == 200
    return await response.json()


async def test_each_address_tells_its_part_of_the_state(client: TestClient):
    state = await told(client, "/api/v1/state")
    assert await told(client, "/api/v1/teams") == {"at": T0.wall, "teams": state["teams"]}
    assert await told(client, "/api/v1/sources") == {"at": T0.wall, "sources": state["sources"]}
    assert await told(client, "/api/v1/teams/support") == state["teams"][1]
    assert [team["name"] for team in state["teams"]] == ["sales", "support"]


async def test_people_are_told_as_they_may_be_and_by_team(client: TestClient):
    everyone = await told(client, "/api/v1/people")
    assert (everyone["is_named"], [person["name"] for person in everyone["people"]]) == (False, ["agent-1", "agent-2"])
    support = await told(client, "/api/v1/people?team=support")
    assert [(person["name"], [one["channel"] for one in person["channels"]]) for person in support["people"]] == [
        ("agent-1", ["call"]),
        ("agent-2", ["chat"]),
    ]


@pytest.mark.parametrize("path", PATHS)
async def test_what_did_not_change_is_not_sent_again(client: TestClient, path: str):
    first = await client.get(path)
    assert first.headers["ETag"].startswith('"')  # strong
    again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert (await client.get(path, headers={"If-None-Match": '"other", W/"x"'})).status == 200


async def test_another_state_has_another_tag(client: TestClient, behind: Behind):
    first = await client.get("/api/v1/teams/sales")
    behind.publish(report(team_report("sales", channel_report(free=9)), at=later(1)))
    second = await client.get("/api/v1/teams/sales", headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status, second.headers["ETag"] != first.headers["ETag"]) == (200, True)


async def test_the_tag_of_a_team_stays_while_only_time_goes_on(client: TestClient, behind: Behind):
    first = await client.get("/api/v1/teams/sales")
    behind.publish(report(team_report("sales"), at=later(1)))
    assert (await client.get("/api/v1/teams/sales", headers={"If-None-Match": first.headers["ETag"]})).status == 304


@pytest.mark.parametrize("path", PATHS)
async def test_a_head_is_a_get_without_its_body(client: TestClient, path: str):
    got, head = await client.get(path), await client.head(path)
    assert (head.status, await head.read()) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length"):
        assert head.headers[name] == got.headers[name]


async def test_large_answers_are_packed_for_who_takes_that(client: TestClient, behind: Behind):
    behind.report = report(*(team_report(f"team-{number}") for number in range(30)))
    plain = await client.get("/api/v1/teams")
    packed = await client.get("/api/v1/teams", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(await packed.read()) == await plain.read()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert (await client.get("/api/v1/teams", headers=again)).status == 304
    refused = await client.get("/api/v1/teams", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


ERRORS = [
    ("GET", "/api/v1/teams/slaes", 404, "there is no such team"),
    ("GET", "/api/v1/teams/slaes/explain", 404, "there is no such team"),
    ("GET", "/api/v1/people?team=slaes", 404, "there is no such team"),
    ("GET", "/api/v1/people?team=", 404, "there is no such team"),
    ("GET", "/api/v1/history?team=slaes", 404, "there is no such team"),
    ("GET", "/api/v1/nothing", 404, "there is nothing at this address"),
    ("GET", "/api/", 404, "there is nothing at this address"),
    ("POST", "/api/v1/teams", 405, "read only"),
    ("DELETE", "/api/v1/teams/sales", 405, "read only"),
    ("OPTIONS", "/api/v1/teams", 405, "read only"),
    ("GET", "/api/v1/history?minutes=0", 400, "minutes"),
    ("GET", "/api/v1/history?minutes=1000", 400, "minutes"),
    ("GET", "/api/v1/history?minutes=soon", 400, "minutes"),
    ("GET", "/api/v1/history?minutes=", 400, "minutes"),
    ("GET", "/api/v1/history?minutes=null", 400, "minutes"),
    ("GET", "/api/v1/history?channel=fax", 400, "channel"),
    ("GET", "/api/v1/history?channel=null", 400, "channel"),
    ("GET", "/api/v1/history?team=sales&team=support", 400, "'team' is given twice"),
    ("GET", "/api/v1/teams?tema=sales", 400, "tema"),
    ("GET", "/api/v1/stream?since=1", 400, "since"),
    ("GET", "/api/v1/teams/sales/explain?format=xml", 400, "format"),
]


@pytest.mark.parametrize(("method", "path", "status", "words"), ERRORS)
async def test_errors_are_problem_details(client: TestClient, method: str, path: str, status: int, words: str):
    response = await client.request(method, path)
    problem = await response.json(content_type="application/problem+json")
    assert (response.status, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert problem["title"]
    assert words in problem["detail"]
    assert ("teams" in problem) == (words == "there is no such team")
    assert ("Allow" in response.headers) == (status == 405)


async def test_our_own_mistake_is_a_problem_that_tells_nothing_and_is_logged(client: TestClient, behind: Behind):
    behind.report = None  # type: ignore[assignment]
    with capture_logs() as logs:
        response = await client.get("/api/v1/teams")
    text = await response.text()
    assert (response.status, json.loads(text)["status"]) == (500, 500)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "NoneType" not in text
    assert [(entry["event"], entry["path"]) for entry in logs] == [("request_failed", "/api/v1/teams")]


async def test_few_wait_for_what_takes_its_while(client: TestClient, behind: Behind):
    gate = threading.Event()

    class Slow(dict[str, TeamExplanation]):
        def get(self, _team: str, _default: object = None) -> TeamExplanation:  # type: ignore[override]
            gate.wait(20)
            return explanation()

    behind.explanations = Slow()
    async with TestClient(TestServer(create_app(behind.surface()))) as opened:
        asked = [asyncio.create_task(opened.get("/api/v1/teams/sales/explain")) for _ in range(MOST_WAITING + 4)]
        await eventually(lambda: sum(task.done() for task in asked) == 4)
        assert (await opened.get("/metrics")).status == 200
        gate.set()
        answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [200] * MOST_WAITING + [503] * 4
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status == 503} == {"2"}


async def test_outside_of_the_api_errors_stay_plain(client: TestClient):
    response = await client.get("/nowhere")
    assert (response.status, response.content_type) == (404, "text/plain")


# ------------------------------------------------------------------ other origins

BOARD = {"Origin": "https://board.example"}
ASKED = {**BOARD, "Access-Control-Request-Method": "GET"}
MARKS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Credentials")


@pytest.mark.parametrize("path", ["/api/v1/teams", "/api/v1/stream", "/wall", "/metrics"])
async def test_pages_of_other_origins_read_nothing_unless_they_are_named(client: TestClient, path: str):
    async with client.get(path, headers=BOARD) as response:
        assert response.status == 200
        assert not set(MARKS) & set(response.headers)
    async with client.options(path, headers=ASKED) as response:
        assert (response.status, set(MARKS) & set(response.headers)) == (405, set())


async def test_a_named_origin_may_read_the_api_and_nothing_else(client: TestClient, behind: Behind):
    behind.cors_origins = ("https://board.example",)
    for path in ("/api/v1/teams", "/api/v1/stream", "/api/v1/teams/slaes"):
        async with client.get(path, headers=BOARD) as response:
            assert response.headers["Access-Control-Allow-Origin"] == "https://board.example"
            assert "Origin" in response.headers["Vary"]
            assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    for path, headers in (
        ("/wall", BOARD),
        ("/metrics", BOARD),
        ("/api/v1/teams", {"Origin": "https://board.example.evil"}),
        ("/api/v1/teams", {"Origin": "null"}),
        ("/api/v1/teams", {}),
    ):
        response = await client.get(path, headers=headers)
        assert "Access-Control-Allow-Origin" not in response.headers
    # What is kept for one origin must not be handed to another.
    assert "Origin" in (await client.get("/api/v1/teams")).headers["Vary"]


async def test_a_preflight_is_answered_for_named_origins_alone(client: TestClient, behind: Behind):
    behind.cors_origins = ("https://board.example",)
    allowed = await client.options("/api/v1/stream", headers=ASKED)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Methods"]) == (204, "GET, HEAD")
    assert "Last-Event-ID" in allowed.headers["Access-Control-Allow-Headers"]
    other = await client.options("/api/v1/stream", headers={**ASKED, "Origin": "https://other.example"})
    assert (other.status, "Access-Control-Allow-Methods" in other.headers) == (405, False)
    behind.cors_origins = ()  # after a reload
    assert (await client.options("/api/v1/stream", headers=ASKED)).status == 405
