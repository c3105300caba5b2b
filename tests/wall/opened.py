"""A wall in a browser, on a small server with a hand-made report or on any address, and what stands on it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, Route, expect
from wall.scenes import NOW
from web.behind import Behind

from monitor.model import Report
from monitor.web.server import create_app

Answer = Callable[[Route], Awaitable[None]]
Points = list[dict[str, Any]]
STREAM = "**/api/v1/stream"
SIZES = {"1080p": (1920, 1080), "4k": (3840, 2160), "phone": (390, 844)}
REFUSED = "Failed to load resource"
"""In what a browser says, whatever a page does, of an answer that does not come or is an error."""

expect.set_options(timeout=10_000)


class Walls:
    """An async context manager, at whose end everything that it opened is closed."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._stack = AsyncExitStack()
        self._errors: list[str] = []
        self._hosts: set[str] = set()
        self.may_be_refused = False
        """Whether servers vanish in this test, or answer with errors."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._stack.aclose()

    async def serve(self, report: Report) -> "Served":
        served = Served(Behind(report=report, time=NOW))
        await served.start()
        self._stack.push_async_callback(served.stop)
        return served

    async def open(
        self,
        base: str,
        query: str = "",
        *,
        size: str = "1080p",
        history: Mapping[str, Points] | None = None,
        stream: Answer | None = None,
        time: str = "passes",
        **options: Any,
    ) -> "Wall":
        """The wall at this address, in Paris. `history` by team and `stream` answer in place of the server.

        Its time is NOW, and passes from then on, sooner where tests let it; or it stands but for that; or it is real,
        and so is the past.
        """
        width, height = SIZES[size]
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="Europe/Paris", **options
        )
        self._stack.push_async_callback(context.close)
        page = await context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._errors.append(str(error)))
        page.on("request", self._request)
        if time != "real":
            await page.route("**/api/v1/history?*", _telling(history or {}))
        if stream is not None:
            await page.route(STREAM, stream)
        if time != "real":
            await page.clock.install(time=NOW - 1)
        if time == "stands":
            await page.clock.pause_at(NOW)
        wall = Wall(page)
        await page.goto(f"{base}/wall?{query}")
        return wall

    async def look(self, report: Report, query: str = "", **options: Any) -> "Wall":
        """The wall of a hand-made report, once it shows something."""
        served = await self.serve(report)
        wall = await self.open(served.base, query, **options)
        await wall.shows()
        return wall

    def assert_quiet(self) -> None:
        assert not self._errors, self._errors
        assert self._hosts <= {"127.0.0.1"}, self._hosts

    def _console(self, message: ConsoleMessage) -> None:
        is_refusal = self.may_be_refused and REFUSED in message.text
        if message.type in {"error", "warning"} and not is_refusal:
            self._errors.append(message.text)

    def _request(self, request: Request) -> None:
        self._hosts.add(urlsplit(request.url).hostname or request.url)


def _telling(history: Mapping[str, Points]) -> Answer:
    async def tell(route: Route) -> None:
        team = parse_qs(urlsplit(route.request.url).query)["team"][0]
        await route.fulfill(json={"series": [{"points": history.get(team, [])}]})

    return tell


class Served:
    """A server of what stands behind, which can go and come back at the same address."""

    def __init__(self, behind: Behind) -> None:
        self.behind = behind
        self.version = "1.2.3"
        self._server: TestServer | None = None
        self.base = ""

    async def start(self, port: int | None = None) -> None:
        self._server = TestServer(create_app(replace(self.behind.surface(), version=self.version)), port=port)
        await self._server.start_server()
        self.base = f"http://127.0.0.1:{self._server.port}"

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()
            self._server = None

    async def restart(self) -> None:
        await self.stop()
        await self.start(urlsplit(self.base).port)


class Wall:
    """What a person finds on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tiles = page.get_by_role("list", name="Teams, the worst first").locator("> li")
        self.buttons = self.tiles.get_by_role("button")
        self.lost = page.locator(".lost")
        self.notices = page.locator(".notices > li")
        self.message = page.locator(".message")
        self.spoken = page.get_by_role("status")
        self.dialog = page.get_by_role("dialog")

    async def shows(self) -> None:
        await expect(self.tiles.first).to_be_visible()

    def tile(self, name: str) -> Locator:
        return self.tiles.filter(has=self.page.locator(".name").get_by_text(name, exact=True))

    def part(self, name: str, part: str) -> Locator:
        return self.tile(name).locator(f".{part}")

    async def names(self) -> list[str]:
        """Of the tiles that can be seen, in their order."""
        return await self.page.locator(".tile:visible .name").all_inner_texts()

    async def pass_seconds(self, seconds: int) -> None:
        """Let that time pass in the browser, at once."""
        await self.page.clock.fast_forward(seconds * 1000)

    async def wears(self, theme: str) -> None:
        """Make the browser wish for dark or light, and wait until the wall has followed."""
        await self.page.emulate_media(color_scheme=theme)
        await expect(self.page.locator("html")).to_have_attribute("data-theme", theme)

    async def style(self, locator: Locator, name: str) -> str:
        return str(await locator.evaluate("(node, name) => getComputedStyle(node).getPropertyValue(name)", name))
