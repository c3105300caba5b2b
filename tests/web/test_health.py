"""Health, readiness, reload, and what every answer carries."""

import pytest
from aiohttp.test_utils import TestClient, TestServer
from web.behind import Behind

from monitor.web.server import create_app


async def test_healthy_is_healthy_also_while_sources_are_waited_for(client: TestClient, behind: Behind):
    behind.waiting = ["a"]
    response = await client.get("/-/healthy")
    assert response.status == 200
    assert "healthy" in await response.text()


async def test_ready_names_the_sources_that_are_waited_for_and_then_is_ready(client: TestClient, behind: Behind):
    behind.waiting = ["iadvize-fr", "comm100"]
    response = await client.get("/-/ready")
    assert response.status == 503
    assert "iadvize-fr, comm100" in await response.text()
    behind.waiting = ["comm100"]
    response = await client.get("/-/ready")
    assert response.status == 503
    assert "iadvize-fr" not in await response.text()
    behind.waiting = []
    response = await client.get("/-/ready")
    assert response.status == 200
    assert "ready" in await response.text()


async def test_reload_is_forbidden(client: TestClient):
    response = await client.post("/-/reload")
    assert response.status == 403
    assert "not enabled" in await response.text()


async def test_a_reload_tells_what_is_wrong(behind: Behind):
    problems: list[str] = []

    async def reload() -> list[str]:
        return problems

    behind.reload = reload
    async with TestClient(TestServer(create_app(behind.surface()))) as client:
        assert (await client.post("/-/reload")).status == 200
        problems.append("monitor.yml:3:1: teams: unknown key")
        response = await client.post("/-/reload")
        assert response.status == 500
        assert problems[0] in await response.text()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/metrics", 200),
        ("GET", "/-/healthy", 200),
        ("GET", "/-/ready", 200),
        ("POST", "/-/reload", 403),
        ("GET", "/-/reload", 405),
        ("GET", "/nowhere", 404),
        ("POST", "/metrics", 405),
    ],
)
async def test_every_answer_carries_the_security_headers(client: TestClient, method: str, path: str, status: int):
    response = await client.request(method, path)
    assert response.status == status
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_an_answer_to_our_own_mistake_carries_them_too_and_tells_nothing(client: TestClient, behind: Behind):
    behind.report = None  # type: ignore[assignment]
    response = await client.get("/")
    assert response.status == 500
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "NoneType" not in await response.text()
