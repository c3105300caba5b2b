"""The wall's files: packaged, with their types, behind a strict policy, and no way to any other file."""

import pytest
from aiohttp.test_utils import TestClient

from monitor.web.static_files import packaged

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def test_the_wall_is_a_page_that_loads_nothing_from_elsewhere(client: TestClient):
    response = await client.get("/wall")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert response.headers["Content-Security-Policy"] == POLICY
    html = await response.text()
    assert "<!doctype html>" in html.lower()
    assert 'src="/' not in html
    assert 'href="/' not in html  # a path in front of all addresses must not break it
    assert "http:" not in html
    assert "https:" not in html


async def test_each_packaged_file_is_served_once_and_then_only_confirmed(client: TestClient):
    for name, body in packaged().items():
        response = await client.get(f"/static/{name}")
        assert (response.status, response.headers["Content-Type"]) == (200, body.content_type)
        assert await response.read() == body.content
        again = await client.get(f"/static/{name}", headers={"If-None-Match": response.headers["ETag"]})
        assert again.status == 304
    assert "wall.html" in packaged()


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/nothing.js",
        "/static/..%2fserver.py",
        "/static/%2e%2e%2fserver.py",
        "/static/..%5cserver.py",
        "/static/%2fetc%2fpasswd",
        "/static/wall.html%00",
        "/static/sub/wall.html",
        "/static/../server.py",
        "/static/__init__.py",
    ],
)
async def test_no_path_leads_to_another_file(client: TestClient, path: str):
    assert (await client.get(path)).status in {400, 404}
