"""Behind a proxy: everything stands under the prefix, pages lead on under it, and nothing is beside it."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import urljoin

import pytest
from aiohttp.test_utils import TestClient, TestServer
from web.behind import Behind

from monitor.web.place import Place
from monitor.web.server import create_app


@pytest.fixture
async def client(behind: Behind) -> AsyncIterator[TestClient]:
    behind.hooks = {"comm100": "s3cret"}
    app = create_app(behind.surface(), Place.of("https://ops.example/mon/agentmon/"))
    async with TestClient(TestServer(app)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("url", "prefix", "place"),
    [
        ("", None, Place()),
        ("https://ops.example", None, Place(url="https://ops.example")),
        ("https://ops.example/mon/", None, Place(prefix="/mon", url="https://ops.example/mon")),
        ("https://ops.example/mon", "/", Place(prefix="", url="https://ops.example/mon")),
        ("https://ops.example/mon", "/other/", Place(prefix="/other", url="https://ops.example/mon")),
        ("", "mon", Place(prefix="/mon")),
        ("", "/a/b-c_d.e~f/", Place(prefix="/a/b-c_d.e~f")),
    ],
)
def test_the_prefix_is_the_path_of_the_address_unless_told(url: str, prefix: str | None, place: Place):
    assert Place.of(url, prefix) == place


@pytest.mark.parametrize("prefix", ["/{name}", "/a b", "/a//b", "/..", "/a/./b", "/%2e", "/ä", "/a?b", "/a#b"])
def test_what_is_no_path_is_refused(prefix: str):
    with pytest.raises(ValueError, match="not a path"):
        Place.of("", prefix)


@pytest.mark.parametrize(
    "path", ["/metrics", "/-/healthy", "/wall", "/api/v1/state", "/mon/metrics", "/static/wall.html"]
)
async def test_nothing_is_beside_the_prefix(client: TestClient, path: str):
    assert (await client.get(path)).status == 404
    if not path.startswith("/mon"):
        assert (await client.get(f"/mon/agentmon{path}")).status == 200


@pytest.mark.parametrize("path", ["/", "/mon/agentmon"])
async def test_what_leads_there(client: TestClient, path: str):
    response = await client.get(path, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (302, "/mon/agentmon/")


@pytest.mark.parametrize("page", ["", "wall"])
async def test_every_link_of_a_page_leads_on_under_the_prefix(client: TestClient, page: str):
    base = f"/mon/agentmon/{page}"
    html = await (await client.get(base)).text()
    links = {unescape(link) for link in re.findall(r'(?:href|src)="([^"]*)"', html)}
    assert links
    for link in links:
        address = urljoin(base, link)
        assert address.startswith("/mon/agentmon/")
        if "stream" not in address and "explain" not in address:
            assert (await client.get(address)).status in {200, 503}


async def test_errors_of_the_api_keep_their_form_and_hooks_work(client: TestClient, behind: Behind):
    response = await client.get("/mon/agentmon/api/v1/teams/none")
    assert (response.status, response.content_type) == (404, "application/problem+json")
    assert (await client.post("/mon/agentmon/hooks/comm100/s3cret")).status == 204
    assert behind.hints == ["comm100"]


async def test_pages_of_other_origins_may_read_the_api_there(client: TestClient, behind: Behind):
    behind.cors_origins = ("https://board.example",)
    response = await client.get("/mon/agentmon/api/v1/state", headers={"Origin": "https://board.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://board.example"


async def test_the_openapi_document_tells_the_address_of_the_others(client: TestClient, behind: Behind):
    document = await (await client.get("/mon/agentmon/api/v1/openapi.json")).json()
    assert document["servers"][0]["url"] == "https://ops.example/mon/agentmon"
    app = create_app(behind.surface(), Place.of("", "/p"))
    async with TestClient(TestServer(app)) as alone:
        document = await (await alone.get("/p/api/v1/openapi.json")).json()
    (server,) = document["servers"]
    assert urljoin("/p/api/v1/openapi.json", server["url"]) == "/p/"
