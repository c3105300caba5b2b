"""`GET /metrics`: the bytes that stand ready, in the form that was asked for."""

import asyncio
import gzip

import pytest
from aiohttp.test_utils import TestClient
from web.behind import Behind, page_with
from web.scrapers import PROMETHEUS_2_42, PROMETHEUS_3

from monitor.exporter.exposition import Format

CLASSIC = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

FORMS = [
    (None, CLASSIC, Format.TEXT),
    ("*/*", CLASSIC, Format.TEXT),
    (PROMETHEUS_2_42, OPENMETRICS, Format.OPENMETRICS),
    (PROMETHEUS_3, OPENMETRICS, Format.OPENMETRICS),
    ("nonsense;;;", CLASSIC, Format.TEXT),
]


@pytest.mark.parametrize(("accept", "content_type", "format_"), FORMS)
@pytest.mark.parametrize("encoding", [None, "gzip", "gzip;q=0"])
async def test_the_page_as_it_stands(
    client: TestClient, behind: Behind, accept: str | None, content_type: str, format_: Format, encoding: str | None
):
    headers = {"Accept": accept, "Accept-Encoding": encoding}
    response = await client.get("/metrics", headers={name: value for name, value in headers.items() if value})
    body = await response.read()
    assert response.status == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Length"] == str(len(body))
    if encoding == "gzip":
        assert response.headers["Content-Encoding"] == "gzip"
        body = gzip.decompress(body)
    else:
        assert "Content-Encoding" not in response.headers
    assert body == behind.page.bytes_of(format_)


async def test_caches_are_told_what_the_answer_depends_on(client: TestClient):
    response = await client.get("/metrics")
    assert {name.strip() for name in response.headers["Vary"].split(",")} == {"Accept", "Accept-Encoding"}
    assert response.headers["Cache-Control"] == "no-store"


async def test_head_tells_the_size_and_sends_nothing(client: TestClient, behind: Behind):
    response = await client.head("/metrics")
    assert response.status == 200
    assert response.headers["Content-Length"] == str(len(behind.page.bytes_of(Format.TEXT)))
    assert await response.read() == b""


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_scrapes_during_a_swap_get_one_whole_page_the_old_or_the_new(
    client: TestClient, behind: Behind, encoding: str
):
    pages = [page_with("old" * 100_000), page_with("new" * 100_000)]
    whole = {page.bytes_of(Format.TEXT) for page in pages}
    assert len(whole) == 2
    behind.page = pages[0]
    seen: set[bytes] = set()

    async def scrape() -> None:
        response = await client.get("/metrics", headers={"Accept-Encoding": encoding})
        swapped = not seen
        body = await response.content.readany()
        if swapped:
            behind.page = pages[1]
        body += await response.read()
        seen.add(gzip.decompress(body) if encoding == "gzip" else body)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(scrape())
    behind.page = pages[1]
    await scrape()
    assert seen <= whole
    assert pages[1].bytes_of(Format.TEXT) in seen
