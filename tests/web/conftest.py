from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer
from web.behind import Behind

from monitor.web.server import create_app


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
async def client(behind: Behind) -> AsyncIterator[TestClient]:
    """Asks for nothing of its own accord, and shows bodies as they came."""
    server = TestServer(create_app(behind.surface()), port=0)
    async with TestClient(
        server, auto_decompress=False, skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent")
    ) as opened:
        yield opened
