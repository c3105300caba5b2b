"""`/api/v1/teams/TEAM/explain`: JSON for programs, text for people, and nothing kept on the way."""

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from builders import report, row, team_report
from web.behind import Behind
from web.explanations import channel, explanation, person

from monitor.explanation import TeamExplanation
from monitor.web.accept import prefers_text

SALES = explanation(channel(*(person(f"agent-{number:02}") for number in range(20))))
PATH = "/api/v1/teams/sales/explain"


@pytest.fixture(autouse=True)
def explained(behind: Behind) -> None:
    behind.explanations["sales"] = SALES
    behind.report = report(team_report("sales"), team_report("support"))


async def test_json_is_the_explanation_whole(client: TestClient):
    response = await client.get(PATH)
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.headers["Cache-Control"] == "no-store"
    assert msgspec.json.decode(await response.read(), type=TeamExplanation) == SALES


async def test_an_unknown_team_is_told_with_those_that_exist(client: TestClient):
    response = await client.get("/api/v1/teams/slaes/explain")
    assert (response.status, response.headers["Cache-Control"]) == (404, "no-store")
    told = await response.json(content_type="application/problem+json")
    assert (told["detail"], told["teams"]) == ("there is no such team", ["sales", "support"])


async def test_text_for_a_browser_and_for_a_terminal(client: TestClient):
    for query, headers in (("?format=text", {}), ("", {"Accept": "text/plain"})):
        response = await client.get(PATH + query, headers=headers)
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        text = await response.text()
        assert text.startswith("sales on chat: ok – 1 available, target 1.\n")
        assert "… and 8 more" in text


async def test_all_shortens_no_list_and_format_wins_over_accept(client: TestClient):
    assert "agent-19" in await (await client.get(PATH + "?format=text&all")).text()
    response = await client.get(PATH + "?format=json", headers={"Accept": "text/plain"})
    assert response.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("accept", ["text/plain", "text/*", "application/json;q=0.5, text/plain"])
def test_who_prefers_text(accept: str):
    assert prefers_text(accept)


@pytest.mark.parametrize(
    "accept",
    [
        row("nothing said", ""),
        row("curl", "*/*"),
        row("a browser", "text/html,application/xhtml+xml,*/*;q=0.8"),
        row("json", "application/json"),
        row("json rather than text", "application/json, text/plain;q=0.5"),
        row("both alike", "application/json, text/plain"),
        row("text refused", "text/plain;q=0"),
    ],
)
def test_everybody_else_gets_json(accept: str):
    assert not prefers_text(accept)
