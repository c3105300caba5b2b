"""The simulator: four vendors on four ports, one world behind them, and a port to control it all."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType, TracebackType
from typing import Final, Self

from aiohttp import web

from monitor.simulator import cobrowser, comm100, comm100_access, comm100_v4, iadvize, liveagent, liveagent_v3
from monitor.simulator.control import control_app
from monitor.simulator.directory import SIMULATOR_CREDENTIALS, Vendor
from monitor.simulator.effects import fault_middleware
from monitor.simulator.faults import Fault, FaultBoard
from monitor.simulator.listener import Port, Record, Seen
from monitor.simulator.options import Options
from monitor.simulator.tokens import Tokens
from monitor.simulator.webhooks import Webhooks
from monitor.simulator.wire import Clock, Dialect
from monitor.simulator.world import World

LONGEST_TICK_SECONDS: Final = 10.0
"""A machine that slept does not make the world live through the night in one go."""

BASES: Final[Mapping[Vendor, str]] = MappingProxyType(
    {Vendor.COBROWSER: "", Vendor.IADVIZE: iadvize.BASE, Vendor.LIVEAGENT: "", Vendor.COMM100: comm100.BASE}
)
DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {each.vendor: each for each in (cobrowser.DIALECT, iadvize.DIALECT, liveagent.DIALECT, comm100_access.DIALECT)}
)


class Simulator:
    """Serves one world as four vendors, on loopback; use it as an asynchronous context manager.

    `ports` and `control_port` are 0 for any free one. `tick` is the real time between two steps of the
    world, which then moves by `speed` times as much; None leaves the world to whoever holds it.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        seed: int = 1,
        agents: int = 40,
        speed: float = 1.0,
        tick: float | None = 0.5,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        control_port: int = 0,
        clock: Clock = time.time,
    ) -> None:
        self.world = world or World(seed, agents, start=clock())
        self.faults = FaultBoard()
        self.options = Options()
        self.webhooks = Webhooks(self.world, clock)
        self._clock = clock
        self._tokens = Tokens(clock)
        self._speed = speed
        self._tick = tick
        self._records = {vendor: Record() for vendor in Vendor}
        numbers = {Vendor(vendor): number for vendor, number in (ports or {}).items()}
        self._ports = {vendor: Port(host, numbers.get(vendor, 0), self._builder(vendor)) for vendor in Vendor}
        self._control = Port(host, control_port, lambda: control_app(self))
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def urls(self) -> Mapping[str, str]:
        """Vendor to the `url` that a monitor's configuration takes, with its base path."""
        return {vendor: port.root + BASES[vendor] for vendor, port in self._ports.items()}

    @property
    def roots(self) -> Mapping[str, str]:
        """Vendor to scheme, host and port."""
        return {vendor: port.root for vendor, port in self._ports.items()}

    @property
    def token_url(self) -> str:
        """Where Comm100's log-in is: in reality on another host than the API."""
        return self._ports[Vendor.COMM100].root + comm100_access.TOKEN_PATH

    @property
    def oauth_url(self) -> str:
        """Where Comm100's other log-in is, that takes a form."""
        return self._ports[Vendor.COMM100].root + comm100_access.OAUTH_PATH

    @property
    def comm100_v4_url(self) -> str:
        """The base address of Comm100's v4; `urls` has that of its v3."""
        return self._ports[Vendor.COMM100].root + comm100_v4.BASE

    @property
    def liveagent_v3_url(self) -> str:
        """The base address of LiveAgent's v3; `urls` has that of the installation, to which v1 adds `/api`."""
        return self._ports[Vendor.LIVEAGENT].root + liveagent_v3.BASE

    @property
    def control_url(self) -> str:
        return self._control.root

    @property
    def counts(self) -> Mapping[str, int]:
        """Vendor to the requests that arrived, failed ones included."""
        return {vendor: record.count for vendor, record in self._records.items()}

    def requests(self, vendor: str) -> tuple[Seen, ...]:
        """Return the last thousand requests of a vendor, oldest first."""
        return self._records[Vendor(vendor)].seen

    def forget_requests(self) -> None:
        for record in self._records.values():
            record.clear()

    def fault(self, vendor: str, *faults: Fault) -> None:
        """Hang faults on a vendor, behind those that it has; ValueError if it cannot have them."""
        self.faults.add(vendor, *faults)

    def clear(self, vendor: str | None = None) -> None:
        """Take down the faults of a vendor, or of all; a closed port stays closed."""
        self.faults.clear(vendor)

    def expire_tokens(self) -> None:
        """Make every Comm100 token that is out unusable, as if its time were over."""
        self._tokens.revoke_all()

    def is_up(self, vendor: str) -> bool:
        return self._ports[Vendor(vendor)].is_open

    async def down(self, vendor: str) -> None:
        """Close a vendor's socket and connections: connecting is refused until `up`."""
        await self._close(Vendor(vendor))

    async def up(self, vendor: str) -> None:
        """Listen again on the same port."""
        await self._ports[Vendor(vendor)].open()

    async def start(self) -> None:
        """Open all ports; OSError, and nothing left open, if one is taken."""
        try:
            for port in (*self._ports.values(), self._control):
                await port.open()
        except OSError:
            await self.stop()
            raise
        self._tasks = [asyncio.create_task(self.webhooks.run(), name="simulated webhooks")]
        if self._tick is not None:
            self._tasks.append(asyncio.create_task(self._run(self._tick), name="simulated world"))

    async def stop(self) -> None:
        """Stop the world and close every port; what hangs is let go. Safe to call twice."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for vendor in Vendor:
            await self._close(vendor)
        await self._control.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _close(self, vendor: Vendor) -> None:
        self.faults.let_go(vendor)
        await self._ports[vendor].close()

    async def _run(self, tick: float) -> None:
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            await asyncio.sleep(tick)
            now = loop.time()
            self.world.advance(min(now - before, LONGEST_TICK_SECONDS) * self._speed)
            before = now

    def _builder(self, vendor: Vendor) -> Callable[[], web.Application]:
        """Return what makes the vendor's application: a new one each time its port opens."""
        account = SIMULATOR_CREDENTIALS[vendor]
        world, options, clock = self.world, self.options, self._clock
        makers: Mapping[Vendor, Callable[[], web.Application]] = {
            Vendor.COBROWSER: lambda: cobrowser.routes(world, account, options.cobrowser, clock),
            Vendor.IADVIZE: lambda: iadvize.routes(world, account, options.iadvize),
            Vendor.LIVEAGENT: lambda: _liveagent(world, account, options),
            Vendor.COMM100: lambda: _comm100(world, account, options, self._tokens),
        }

        def build() -> web.Application:
            app = makers[vendor]()
            app.middlewares.append(self._records[vendor].middleware())
            app.middlewares.append(fault_middleware(self.faults, vendor, partial(_dialect, vendor), self.expire_tokens))
            return app

        return build


def _dialect(vendor: Vendor, path: str) -> Dialect:
    """Return how a vendor words what goes wrong on a path: LiveAgent's two APIs differ in it."""
    newer = vendor is Vendor.LIVEAGENT and path.startswith(liveagent_v3.BASE)
    return liveagent_v3.DIALECT if newer else DIALECTS[vendor]


def _liveagent(world: World, account: Mapping[str, str], options: Options) -> web.Application:
    app = liveagent.routes(world, account, options.liveagent)
    liveagent_v3.add_routes(app, world, options.liveagent)
    return app


def _comm100(world: World, account: Mapping[str, str], options: Options, tokens: Tokens) -> web.Application:
    access = comm100_access.Access(account, tokens, lambda: options.comm100.value.token_seconds)
    app = comm100.routes(world, options.comm100, access)
    comm100_v4.add_routes(app, world, options.comm100, access)
    return app
