"""A real Prometheus, with the configuration that is shipped, scrapes a real agentmon."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from realparts import require_tool
from running import eventually, free_port, started

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "prometheus" / "prometheus.yml"


@asynccontextmanager
async def prometheus(folder: Path, target: str) -> AsyncIterator[str]:
    """A Prometheus of the shipped configuration, pointed at `target` and scraping every second; its address."""
    tool = require_tool("prometheus", "prometheus")
    text = SHIPPED.read_text(encoding="utf-8")
    assert "127.0.0.1:9877" in text
    text = text.replace("127.0.0.1:9877", target)
    assert '["127.0.0.1:9093"]' in text
    text = text.replace('["127.0.0.1:9093"]', "[]")  # what is tested here wakes nobody's Alertmanager
    text = text.replace("scrape_interval: 5s", "scrape_interval: 1s").replace(
        "scrape_timeout: 4s", "scrape_timeout: 1s"
    )
    text = text.replace("rules/", f"{SHIPPED.parent}/rules/")
    (folder / "prometheus.yml").write_text(text, encoding="utf-8")
    port = free_port()
    log = (folder / "prometheus.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        tool,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=log,
        stderr=log,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        log.close()
        assert process.returncode is None, (folder / "prometheus.log").read_text()
        process.terminate()
        await process.wait()


async def query(base: str, expression: str) -> list[dict[str, object]]:
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{base}/api/v1/query", params={"query": expression}) as response,
        ):
            return json.loads(await response.text())["data"]["result"] if response.status == 200 else []
    except aiohttp.ClientError:
        return []


async def test_a_demo_that_shall_be_reached_from_elsewhere_is_and_tells_an_address_that_works(tmp_path: Path) -> None:
    port = free_port()
    elsewhere = f"http://127.0.0.2:{port}"
    async with started(tmp_path, elsewhere, "demo", f"--web.listen-address=:{port}", "--port=0") as running:
        assert f"http://127.0.0.1:{port}/wall\n" in running.log


async def test_the_demo_is_scraped_with_the_shipped_configuration(tmp_path: Path) -> None:
    port = free_port()
    demo = ("demo", "--port=0", f"--web.listen-address=127.0.0.1:{port}")
    async with (
        started(tmp_path, f"http://127.0.0.1:{port}", *demo) as running,
        prometheus(tmp_path, f"127.0.0.1:{port}") as base,
    ):
        await eventually(lambda: query(base, "sum(agentmon_source_up) == 4 and min(agentmon_team_data_complete) == 1"))
        assert await query(base, 'up{job="agentmon"} == 1')
        assert "status page" in running.log
