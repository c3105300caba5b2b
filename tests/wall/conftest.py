"""One browser for all tests of the wall, one context for each, and nothing that it may reach but this machine."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from realparts import require_tool
from wall.opened import Walls

LOCAL_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = require_tool("chromium", "chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=[LOCAL_ONLY])
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def walls(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Walls]:
    """Opens walls; after the test each of them must have been quiet: no error in its console, no other host asked."""
    async with Walls(browser) as opened:
        yield opened
    opened.assert_quiet()
