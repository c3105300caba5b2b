"""The control port: what is going on, and switches for a person with curl.

GET    /                    urls, faults, counts, options
GET    /requests/{vendor}   the last requests, oldest first
POST   /faults/{vendor}     a fault or a list of them; {"kind": "down"} and {"kind": "up"} too
DELETE /faults/{vendor}     no faults any more, and the port is open (without a vendor: all of them)
POST   /options/{vendor}    options to change
POST   /teams/{team}        {"presence": "away"} for all of its people, or {"presence": "release"}
POST   /webhooks/{vendor}   {"url": "http://127.0.0.1:9877/…"}: where its hints go; {"url": null} ends them
POST   /queues/{team}       {"waits": [30, 5]}: who waits, in seconds; {"waits": null} gives the queue back
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final, Protocol

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from monitor.simulator.directory import Team, Vendor
from monitor.simulator.faults import Fault, FaultBoard
from monitor.simulator.listener import Seen
from monitor.simulator.options import Options
from monitor.simulator.webhooks import Webhooks
from monitor.simulator.wire import json_response
from monitor.simulator.world import World

BAD_REQUEST: Final = 400


class Controlled(Protocol):
    """What this port needs of the simulator."""

    @property
    def world(self) -> World: ...
    @property
    def faults(self) -> FaultBoard: ...
    @property
    def options(self) -> Options: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def urls(self) -> Mapping[str, str]: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    def requests(self, vendor: str) -> tuple[Seen, ...]: ...
    def is_up(self, vendor: str) -> bool: ...
    async def down(self, vendor: str) -> None: ...
    async def up(self, vendor: str) -> None: ...


class _Switch(StrEnum):
    DOWN = "down"
    UP = "up"


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fault that is no request's: the port itself."""

    kind: _Switch


class _Presence(StrEnum):
    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"
    RELEASE = "release"


class _TeamChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    presence: _Presence
    reason: str = ""


class _QueueChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    waits: tuple[float, ...] | None
    tool: Vendor | None = None


class _Subscription(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str | None


def control_app(simulator: Controlled) -> web.Application:
    """Return the application of the control port; what it cannot do is a 400 that says why."""
    desk = _Desk(simulator)
    app = web.Application(middlewares=[_explaining()])
    app.router.add_get("/", desk.state)
    app.router.add_get("/requests/{vendor}", desk.requests)
    app.router.add_post("/faults/{vendor}", desk.add)
    app.router.add_delete("/faults", desk.clear)
    app.router.add_delete("/faults/{vendor}", desk.clear)
    app.router.add_post("/options/{vendor}", desk.change)
    app.router.add_post("/teams/{team}", desk.team)
    app.router.add_post("/webhooks/{vendor}", desk.webhook)
    app.router.add_post("/queues/{team}", desk.queue)
    return app


def _explaining() -> Middleware:
    @web.middleware
    async def explain(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except ValueError as error:
            # msgspec's own errors are ValueErrors too, and name the field
            return json_response({"error": str(error)}, BAD_REQUEST)
        except OSError as error:
            return json_response({"error": f"cannot listen again: {error}"}, BAD_REQUEST)

    return explain


class _Desk:
    def __init__(self, simulator: Controlled) -> None:
        self._simulator = simulator

    async def state(self, _request: web.Request) -> web.Response:
        return json_response({vendor: self._vendor(vendor) for vendor in Vendor})

    async def requests(self, request: web.Request) -> web.Response:
        seen = self._simulator.requests(_vendor(request))
        return json_response([{"method": each.method, "path": each.path, "query": dict(each.query)} for each in seen])

    async def add(self, request: web.Request) -> web.Response:
        vendor = _vendor(request)
        orders = _orders(await request.read())
        self._simulator.faults.add(vendor, *(order for order in orders if isinstance(order, Fault)))
        for order in orders:
            match order:
                case _Line(kind=_Switch.DOWN):
                    await self._simulator.down(vendor)
                case _Line(kind=_Switch.UP):
                    await self._simulator.up(vendor)
                case _:
                    pass
        return json_response(self._vendor(vendor))

    async def clear(self, request: web.Request) -> web.Response:
        vendors = [_vendor(request)] if "vendor" in request.match_info else list(Vendor)
        for vendor in vendors:
            self._simulator.faults.clear(vendor)
            await self._simulator.up(vendor)
        return json_response({vendor: self._vendor(vendor) for vendor in vendors})

    async def change(self, request: web.Request) -> web.Response:
        vendor = _vendor(request)
        changes = msgspec.json.decode(await request.read(), type=dict[str, object])
        self._simulator.options.change(vendor, **changes)
        return json_response(self._vendor(vendor))

    async def team(self, request: web.Request) -> web.Response:
        team = _known(request.match_info["team"], tuple(Team))
        order = msgspec.json.decode(await request.read(), type=_TeamChange)
        world = self._simulator.world
        if order.presence is _Presence.RELEASE:
            world.release_team(team)
        else:
            world.set_team_status(team, order.presence, reason=order.reason)
        return json_response({"team": team, "people": len(world.team(team))})

    async def queue(self, request: web.Request) -> web.Response:
        team = _known(request.match_info["team"], tuple(Team))
        order = msgspec.json.decode(await request.read(), type=_QueueChange)
        world = self._simulator.world
        if order.waits is None:
            world.release_queue(team, tool=order.tool)
        else:
            world.set_queue(team, order.waits, tool=order.tool)
        return json_response({"team": team, "waits": order.waits})

    async def webhook(self, request: web.Request) -> web.Response:
        vendor = _vendor(request)
        order = msgspec.json.decode(await request.read(), type=_Subscription)
        if order.url is None:
            self._simulator.webhooks.unsubscribe(vendor)
        else:
            self._simulator.webhooks.subscribe(vendor, order.url)
        return json_response(self._vendor(vendor))

    def _vendor(self, vendor: Vendor) -> dict[str, object]:
        simulator = self._simulator
        return {
            "url": simulator.urls[vendor],
            "up": simulator.is_up(vendor),
            "requests": simulator.counts[vendor],
            "faults": simulator.faults.active(vendor),
            "options": simulator.options.of(vendor),
            "webhook": simulator.webhooks.urls.get(vendor),
        }


def _orders(body: bytes) -> list[Fault | _Line]:
    """Read one order or a list; ValueError names what is wrong in the first bad one."""
    raw = msgspec.json.decode(body)
    return [_order(each) for each in (raw if isinstance(raw, list) else [raw])]


def _order(raw: object) -> Fault | _Line:
    switching = isinstance(raw, dict) and raw.get("kind") in set(_Switch)
    return msgspec.convert(raw, _Line) if switching else msgspec.convert(raw, Fault)


def _vendor(request: web.Request) -> Vendor:
    return Vendor(_known(request.match_info["vendor"], tuple(Vendor)))


def _known(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise ValueError(f"no '{name}' here; there are {', '.join(names)}")
    return name
