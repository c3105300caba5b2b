"""Pictures of the dashboards from a running scene: `python tests/grafana/pictures.py`.

Needs Prometheus, Chromium, node and npm; npm brings Grafana's libraries, once, into the folder of the preview.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asking import Prometheus, Span, ask, last, values_of
from playwright.async_api import Route, async_playwright
from scene import scene

ROOT = Path(__file__).parents[2]
DASHBOARDS = ROOT / "grafana/dashboards"
PICTURES = ROOT / "grafana/pictures"
PREVIEW = Path(__file__).parent / "preview"
BUILD = PREVIEW / "build"
ORIGIN = "http://preview.test/"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">
<body style="margin:0;background:#111217"><div id="root"></div><script src="page.js"></script></body>"""
INSTALL = ("--no-package-lock", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund")
"""What the page uses is pinned in package.json; what that uses in turn is only for pictures."""
CHOSEN = {"agentmon-team": {"team": "premium", "channel": "chat"}}
WIDTH, HEIGHT, MARGIN = 1920, 1080, 16
SCALE = 2 / 3  # the files stay small
DAYS = 14  # what Prometheus keeps if it is not told otherwise


def built() -> None:
    """Fetch the libraries if they are not there, and bundle the page."""
    if not (PREVIEW / "node_modules").exists():
        subprocess.run(["npm", "install", *INSTALL], cwd=PREVIEW, check=True)
    subprocess.run(["npm", "run", "build", "--silent"], cwd=PREVIEW, check=True)


async def shown(
    dashboard: dict[str, Any], prometheus: Prometheus, span: Span, chosen: dict[str, str]
) -> dict[str, Any]:
    """What the page needs: panels, their values of variables, and answers by query."""
    values = await values_of(dashboard, prometheus, span, chosen)
    panels = [
        {"panel": panel, "values": local, "answers": {asked.ref: asked.series for asked in answers}}
        for panel, local, answers in await ask(dashboard, prometheus, span, values)
    ]
    start, end = (span.step * round(at / span.step) for at in (span.start, span.end))
    return {"panels": panels, "range": {"start": start, "end": end, "step": span.step}, "width": WIDTH - 2 * MARGIN}


async def serve(route: Route) -> None:
    """Answer from the folder of the build; nothing leaves this machine."""
    name = route.request.url.removeprefix(ORIGIN)
    if not name:
        await route.fulfill(body=PAGE, content_type="text/html")
    elif (BUILD / name).is_file():
        await route.fulfill(path=BUILD / name)
    else:
        await route.fulfill(status=404)


async def taken(pages: dict[str, dict[str, Any]], folder: Path) -> None:
    """Render each page in Chromium, and save it as `folder`/name.png, as tall as it is but never less than a screen."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page in pages.items():
            tab = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
            failures: list[str] = []
            tab.on("pageerror", lambda error, failures=failures: failures.append(str(error)))
            await tab.route("**/*", serve)
            await tab.goto(ORIGIN)
            await tab.evaluate("shown => window.show(shown)", page)
            await tab.wait_for_selector("#page")
            await tab.evaluate("() => document.fonts.ready")
            await asyncio.sleep(1)  # Grafana's tables measure themselves before they draw
            assert not failures, f"{name}: {failures}"
            await tab.screenshot(path=folder / f"{name}.png", full_page=True)
            await tab.close()
        await browser.close()


async def main(seconds: float, names: Sequence[str], folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        async with scene(Path(work), DAYS) as running:
            await asyncio.sleep(seconds)
            prometheus, span = Prometheus(running.metrics), last(seconds)
            pages = {
                name: await shown(
                    json.loads((DASHBOARDS / f"{name}.json").read_text(encoding="utf-8")),
                    prometheus,
                    span,
                    CHOSEN.get(name, {}),
                )
                for name in names
            }
    await taken(pages, folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=330, help="how long the scene runs before the pictures")
    parser.add_argument("--to", type=Path, default=PICTURES, help="folder of the pictures")
    parser.add_argument("dashboards", nargs="*", default=sorted(path.stem for path in DASHBOARDS.glob("*.json")))
    given = parser.parse_args()
    built()
    given.to.mkdir(exist_ok=True)
    asyncio.run(main(given.seconds, given.dashboards, given.to))
