from collections.abc import AsyncIterator

import aiohttp
import pytest
from simulator.asking import KEYS, WALL, Answer, Ask, Wall, basic

from monitor.simulator import Channel, Simulator, World

COMM100_BASIC = basic("demo@example.com", "demo-comm100-key")


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def office() -> World:
    """Jane takes chats, Omar is on a break with one left, Bruna is full, Klaas is signed out."""
    world = World.empty(start=WALL)
    everywhere = ("cobrowser", "iadvize", "liveagent", "comm100")
    jane = world.add_person(
        "Jane Doe",
        tools=everywhere,
        teams=["sales"],
        slots={Channel.CHAT: 4, Channel.CALL: 1, Channel.TICKET: 10},
        presence="online",
    )
    omar = world.add_person("Omar Haddad", tools=everywhere, teams=["support", "sales"], slots=2)
    bruna = world.add_person("Bruna Silva", tools=everywhere, teams=["billing"], slots=3, presence="online")
    world.add_person("Klaas Visser", tools=everywhere, teams=["sales"], slots=1)
    for tool in everywhere:
        world.set_status(omar, tool, "away", reason="Lunch")
        world.set_load(jane, tool, 2)
        world.set_load(omar, tool, 1)
        world.set_load(bruna, tool, 3)
    return world


@pytest.fixture
async def simulator(office: World, wall: Wall) -> AsyncIterator[Simulator]:
    async with Simulator(office, tick=None, clock=wall) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def ask(simulator: Simulator, session: aiohttp.ClientSession) -> Ask:
    """Get a path of a vendor with its credentials; every body is read to the end."""

    async def get(vendor: str, path: str, /, *, patience: float = 5.0, **params: str) -> Answer:
        async with session.get(
            simulator.urls[vendor] + path,
            params={**KEYS[vendor], **params},
            headers=COMM100_BASIC if vendor == "comm100" else None,
            timeout=aiohttp.ClientTimeout(total=patience),
            allow_redirects=False,
        ) as response:
            return Answer(response.status, response.content_type, await response.read(), response.headers)

    return get


@pytest.fixture
def control(simulator: Simulator, session: aiohttp.ClientSession):
    async def call(method: str, path: str, body: object = None):
        async with session.request(method, simulator.control_url + path, json=body) as response:
            return response.status, await response.json()

    return call
