"""The listener: an address that works, one that is taken, one that is none."""

import aiohttp
import pytest
from web.behind import Behind

from monitor.errors import AgentmonError
from monitor.web.listener import Listener, ListenError
from monitor.web.server import create_app


def listener(behind: Behind, host: str, port: int) -> Listener:
    return Listener(create_app(behind.surface()), [(host, port)])


async def test_it_serves_while_it_is_open_and_tells_its_port(behind: Behind):
    async with listener(behind, "127.0.0.1", 0) as opened, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{opened.port}/-/healthy") as response:
            assert response.status == 200
        port = opened.port
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://127.0.0.1:{port}/-/healthy")


async def test_a_port_in_use_is_an_error_that_names_the_address(behind: Behind):
    async with listener(behind, "127.0.0.1", 0) as opened:
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{opened.port}.*in use"):
            async with listener(behind, "127.0.0.1", opened.port):
                pass


async def test_after_a_port_in_use_the_port_can_be_used_once_it_is_free(behind: Behind):
    async with listener(behind, "127.0.0.1", 0) as opened:
        port = opened.port
        with pytest.raises(AgentmonError):
            await listener(behind, "127.0.0.1", port).__aenter__()
    async with listener(behind, "127.0.0.1", port) as again:
        assert again.port == port


async def test_an_address_of_another_machine_is_an_error_that_names_it(behind: Behind):
    with pytest.raises(ListenError, match=r"192\.0\.2\.1:0"):
        await listener(behind, "192.0.2.1", 0).__aenter__()
