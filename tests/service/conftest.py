from collections.abc import AsyncIterator

import pytest

from monitor.simulator import Simulator, World


@pytest.fixture
async def still_world() -> AsyncIterator[Simulator]:
    """A simulated contact centre in which time stands, so that numbers can be compared."""
    async with Simulator(World(seed=7, agents=30, start=1_790_000_000.0), tick=None) as simulator:
        yield simulator
