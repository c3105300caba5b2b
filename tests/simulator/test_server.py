import asyncio
import gc
import socket
from collections.abc import Awaitable

import aiohttp
import pytest
from simulator.asking import Ask, until

from monitor.simulator import SIMULATOR_CREDENTIALS, Fault, Simulator, World, credentials

VENDORS = {"cobrowser", "iadvize", "liveagent", "comm100"}


async def refused(url: str) -> bool:
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except ConnectionRefusedError:
        return True
    writer.close()
    await writer.wait_closed()
    return False


async def test_every_vendor_has_a_port_of_its_own_on_loopback(simulator: Simulator):
    roots = [*simulator.roots.values(), simulator.control_url]
    assert set(simulator.urls) == VENDORS
    assert len(set(roots)) == 5
    assert all(root.startswith("http://127.0.0.1:") for root in roots)
    assert simulator.urls["iadvize"] == simulator.roots["iadvize"] + "/api/2"
    assert simulator.urls["comm100"] == simulator.roots["comm100"] + "/api/v3"
    assert simulator.token_url == simulator.roots["comm100"] + "/adminwebservice/api/jwttoken/generate"


async def test_a_vendor_can_be_killed_alone_and_comes_back_on_its_port(simulator: Simulator, ask: Ask):
    url = simulator.urls["iadvize"]
    assert (await ask("iadvize", "/group")).status == 200
    await simulator.down("iadvize")
    assert await refused(url)
    assert not simulator.is_up("iadvize")
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask("iadvize", "/group")
    assert (await ask("comm100", "/livechat/agents")).status == 200
    await simulator.up("iadvize")
    assert simulator.urls["iadvize"] == url
    assert (await ask("iadvize", "/group")).status == 200


async def test_down_and_up_twice_is_no_trouble(simulator: Simulator):
    for _ in range(2):
        await simulator.down("comm100")
    for _ in range(2):
        await simulator.up("comm100")
    assert not await refused(simulator.urls["comm100"])


async def test_down_cuts_what_hangs(simulator: Simulator, ask: Ask):
    simulator.fault("liveagent", Fault(kind="stall"))
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(_failure(ask("liveagent", "/api/departments")))
        await until(lambda: simulator.counts["liveagent"])
        await simulator.down("liveagent")
    assert issubclass(waiting.result(), aiohttp.ClientError)


async def _failure(answer: Awaitable[object]) -> type[BaseException]:
    with pytest.raises(aiohttp.ClientError) as caught:
        await answer
    return caught.type


async def test_requests_are_counted_and_their_keys_masked(simulator: Simulator, ask: Ask):
    await ask("cobrowser", "/api/Account.php", c="getOnlineAgents")
    await ask("cobrowser", "/nowhere")
    await ask("iadvize", "/group")
    assert simulator.counts == {"cobrowser": 2, "iadvize": 1, "liveagent": 0, "comm100": 0}
    first = simulator.requests("cobrowser")[0]
    assert (first.method, first.path) == ("GET", "/api/Account.php")
    assert first.query == {"user": "demo", "apiKey": "***", "c": "getOnlineAgents"}
    assert simulator.requests("iadvize")[0].query == {"key": "***"}
    simulator.forget_requests()
    assert simulator.requests("cobrowser") == ()


async def test_a_faulty_request_is_counted_too(simulator: Simulator, ask: Ask):
    simulator.fault("iadvize", Fault(kind="status", statuses=(500,)))
    await ask("iadvize", "/group")
    assert simulator.counts["iadvize"] == 1


async def test_the_world_moves_by_itself(session: aiohttp.ClientSession):
    async with Simulator(seed=2, agents=10, tick=0.01, speed=1000.0) as simulator:
        before = simulator.world.now
        await until(lambda: simulator.world.now >= before + 20)


async def test_the_world_can_be_left_to_a_test():
    world = World.empty()
    async with Simulator(world, tick=None) as simulator:
        assert simulator.world is world
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "simulated world"]


async def test_stopping_leaves_nothing_behind():
    simulator = Simulator(agents=5, tick=0.01)
    await simulator.start()
    urls = [*simulator.urls.values(), simulator.control_url]
    await simulator.stop()
    await simulator.stop()
    assert all([await refused(url) for url in urls])
    assert asyncio.all_tasks() == {asyncio.current_task()}
    gc.collect()


async def test_stopping_is_quick_while_requests_hang(session: aiohttp.ClientSession):
    async with Simulator(agents=0, tick=None) as simulator:
        simulator.fault("comm100", Fault(kind="hang"))
        waiting = asyncio.create_task(_failure(session.get(simulator.urls["comm100"] + "/livechat/agents")))
        await until(lambda: simulator.counts["comm100"])
        async with asyncio.timeout(2):
            await simulator.stop()
        assert issubclass(await waiting, aiohttp.ClientError)


async def test_a_taken_port_is_said_and_nothing_stays_open():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        simulator = Simulator(agents=0, ports={"comm100": taken.getsockname()[1]})
        with pytest.raises(OSError, match="address already in use"):
            await simulator.start()
        assert await refused(simulator.urls["iadvize"])


def test_the_credentials_are_made_up_and_read_only():
    assert set(SIMULATOR_CREDENTIALS) == VENDORS
    assert credentials("cobrowser") == {"user": "demo", "api_key": "demo-cobrowser-key"}
    with pytest.raises(TypeError):
        credentials("cobrowser")["user"] = "other"
    with pytest.raises(ValueError, match="zendesk"):
        credentials("zendesk")
