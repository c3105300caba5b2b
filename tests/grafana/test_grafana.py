"""A real Grafana, where GRAFANA_HOME names one: it starts with the provisioning, and shows every dashboard.

Pictures are saved in the folder that GRAFANA_PICTURES names, else beside the test's other files.
"""

import asyncio
import importlib.util
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from asking import Prometheus
from realparts import missing, require_tool
from running import eventually, free_port
from scene import scene

GRAFANA = Path(__file__).parents[2] / "grafana"
HOME = os.environ.get("GRAFANA_HOME", "")
PATIENCE = 90.0
WARM_UP = 20.0
QUERY = {"agentmon-team": "&var-team=premium&var-channel=chat"}
KIOSK = "kiosk&_dash.hideTimePicker=true&_dash.hideVariables=true&_dash.hideLinks=true&from=now-5m&to=now"
# Names that Grafana gives for tests: a panel's inside (since 11.1), and the marks of one that failed.
INSIDE = '[data-testid="data-testid panel content"]'
TROUBLE = '[data-testid="data-testid Panel status error"], [data-testid="data-testid Panel data error message"]'


@asynccontextmanager
async def grafana(folder: Path, prometheus: str) -> AsyncIterator[str]:
    """Run it with the committed provisioning on a free port, for viewers without a name; give its address."""
    home = Path(HOME)
    program = next(
        (home / "bin" / name for name in ("grafana", "grafana-server") if (home / "bin" / name).exists()), None
    )
    assert program, f"no Grafana in {home}/bin"
    port = free_port()
    settings = {
        "AGENTMON_PROMETHEUS_URL": prometheus,
        "AGENTMON_DASHBOARDS": str(GRAFANA / "dashboards"),
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "logs"),
        "GF_PATHS_PLUGINS": str(folder / "plugins"),
        "GF_PATHS_PROVISIONING": str(GRAFANA / "provisioning"),
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
        # Nothing leaves the machine.
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
    }
    command = [program, "server"] if program.name == "grafana" else [program]
    log = folder / "grafana.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, "--homepath", home, stdout=output, stderr=output, env={**os.environ, **settings}
        )
    base = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        assert process.returncode is None, log.read_text(encoding="utf-8")
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{base}/api/health") as response:
                return response.status == 200 and (await response.json())["database"] == "ok"
        except aiohttp.ClientError:
            return False

    try:
        await eventually(answers, PATIENCE)
        yield base
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def look(browser: Any, url: str, dashboard: dict[str, Any], picture: Path) -> list[str]:
    """Open one dashboard, wait until each panel stands there, save a picture; return what went wrong."""
    page = await browser.new_page(viewport={"width": 1920, "height": 1080})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"page: {error}"))
    page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    await page.goto(url)
    if dashboard["uid"] != "agentmon-wall":
        # Panels below the screen are drawn when they come into sight.
        await page.set_viewport_size({"width": 1920, "height": 120 + 38 * max(map(bottom, dashboard["panels"]))})
    await page.wait_for_function(
        "([inside, count]) => document.querySelectorAll(inside).length >= count",
        arg=[INSIDE, len(dashboard["panels"])],
        timeout=PATIENCE * 1000,
    )
    await page.wait_for_load_state("networkidle")
    wrong += [await each.inner_text() or "a panel with an error" for each in await page.query_selector_all(TROUBLE)]
    if dashboard["uid"] == "agentmon-wall":
        tall = await page.evaluate("document.scrollingElement.scrollHeight")
        wrong += [f"the wall is {tall} pixels tall and has to be scrolled"] if tall > 1080 else []
    await page.screenshot(path=picture, full_page=True)
    await page.close()
    return wrong


def bottom(panel: dict[str, Any]) -> int:
    return int(panel["gridPos"]["y"] + panel["gridPos"]["h"])


@pytest.mark.skipif(not HOME, reason="no Grafana is named: unpack one (11 or later) and set GRAFANA_HOME to its folder")
async def test_grafana_loads_the_provisioning_and_shows_each_dashboard_without_an_error(
    tmp_path: Path, dashboards: dict[str, dict[str, Any]]
):
    require_tool("prometheus", "prometheus")
    chromium = require_tool("chromium", "chromium")
    if importlib.util.find_spec("playwright") is None:
        missing("playwright", "install the development dependencies of pyproject.toml")
    playwright = importlib.import_module("playwright.async_api")
    pictures = Path(os.environ.get("GRAFANA_PICTURES", tmp_path))
    async with scene(tmp_path) as running, grafana(tmp_path, running.metrics) as base:
        prometheus = Prometheus(running.metrics)
        await asyncio.sleep(WARM_UP)
        assert (await prometheus.get("query", query="up"))["data"]["result"], "Prometheus scrapes nothing"
        async with playwright.async_playwright() as started:
            browser = await started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            wrong = {
                name: await look(
                    browser, f"{base}/d/{name}?{KIOSK}{QUERY.get(name, '')}", dashboard, pictures / f"{name}.png"
                )
                for name, dashboard in dashboards.items()
            }
            await browser.close()
    assert {name: found for name, found in wrong.items() if found} == {}
