from collections.abc import AsyncIterator

import pytest
from pollers.bench import FakeClock, HttpMaker
from pollers.rawserver import RawServer, raw_server
from pollers.rig import Rig, RigMaker, SteppedClock

from monitor.pollers.transport import SourceHttp, Transport
from monitor.simulator import Simulator, World


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def transport(clock: FakeClock) -> AsyncIterator[Transport]:
    async with Transport(clock) as opened:
        yield opened


@pytest.fixture
def source_http(transport: Transport) -> HttpMaker:
    """Makes the HTTP of a source; patient enough for any machine unless told otherwise."""

    def make(**options: object) -> SourceHttp:
        given = {"timeout": 5.0, "requests_per_minute": 1000, **options}
        return SourceHttp(transport, **given)

    return make


@pytest.fixture
async def raw() -> AsyncIterator[RawServer]:
    async with raw_server() as server:
        yield server


@pytest.fixture
def office() -> World:
    """Jane has two of four chats, Omar is at lunch with one left, Bruna is full, Klaas is signed out."""
    world = World.empty()
    tools = ("cobrowser", "iadvize", "liveagent", "comm100")
    jane = world.add_person("Jane Doe", tools=tools, teams=["sales"], slots=4, presence="online")
    omar = world.add_person("Omar Haddad", tools=tools, teams=["support"], slots=2)
    bruna = world.add_person("Bruna Silva", tools=tools, teams=["support"], slots=3, presence="online")
    world.add_person("Klaas Visser", tools=tools, teams=["sales"], slots=1)
    for tool in tools:
        world.set_status(omar, tool, "away", reason="Lunch")
        world.set_load(jane, tool, 2)
        world.set_load(omar, tool, 1)
        world.set_load(bruna, tool, 3)
    return world


@pytest.fixture
async def simulator(office: World) -> AsyncIterator[Simulator]:
    async with Simulator(office, tick=None) as running:
        yield running


@pytest.fixture
async def rig(simulator: Simulator) -> AsyncIterator[RigMaker]:
    """Makes a poller of a vendor against the simulator."""
    async with Transport(SteppedClock()) as transport:
        yield lambda vendor, **more: Rig(simulator, transport, vendor, **more)
