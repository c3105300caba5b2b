"""Webhooks: whenever a status changes, a hint in the vendor's own shape goes to an address on this machine."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import aiohttp

from monitor.simulator import iadvize_rows
from monitor.simulator.directory import Vendor
from monitor.simulator.staff import Post, Presence
from monitor.simulator.wire import Clock
from monitor.simulator.world import World

LOOK_SECONDS: Final = 0.02
TIMEOUT: Final = aiohttp.ClientTimeout(total=2.0)
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
SENDING: Final = frozenset({Vendor.IADVIZE, Vendor.COMM100})
"""No document tells of webhooks of statuses at LiveAgent or CoBrowser."""

Payload = Mapping[str, object]


class Webhooks:
    """Who wants to know, and what they were told; one address for each vendor that has webhooks.

    What cannot be delivered is lost at once: the vendors' second and third attempts (iAdvize's after 10 s and
    20 s) are not simulated.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._urls: dict[Vendor, str] = {}
        self._told: dict[Vendor, dict[str, object]] = {}
        self._wanted = asyncio.Event()
        self._sent = 0
        self.lost = 0

    @property
    def urls(self) -> Mapping[Vendor, str]:
        return dict(self._urls)

    def subscribe(self, vendor: str, url: str) -> None:
        """Send a vendor's hints there from now on; ValueError for a vendor without, or an address elsewhere."""
        known = Vendor(vendor)
        if known not in SENDING:
            raise ValueError(f"{known} has no webhooks")
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError("webhooks go to http:// on this machine only")
        self._urls[known] = url
        self._told[known] = self._statuses(known)
        self._wanted.set()

    def unsubscribe(self, vendor: str) -> None:
        self._urls.pop(Vendor(vendor), None)

    async def run(self) -> None:
        """Look and tell, until cancelled."""
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            while await self._wanted.wait():
                for url, payload in self.due():
                    await self._send(session, url, payload)
                await asyncio.sleep(LOOK_SECONDS)

    def due(self) -> Sequence[tuple[str, Payload]]:
        """Return what has to be sent where since the last look."""
        found: list[tuple[str, Payload]] = []
        for vendor, url in self._urls.items():
            before, now = self._told[vendor], self._statuses(vendor)
            self._told[vendor] = now
            for post in self._world.posts(vendor):
                key = post.person.key
                if key in before and before[key] != now[key]:
                    found.append((url, self._payload(post, before[key])))
        return found

    def _statuses(self, vendor: Vendor) -> dict[str, object]:
        return {post.person.key: _status(post) for post in self._world.posts(vendor)}

    def _payload(self, post: Post, before: object) -> Payload:
        self._sent += 1
        return _operator(post, before) if post.account.vendor is Vendor.COMM100 else self._user(post)

    def _user(self, post: Post) -> Payload:
        """Word it as iAdvize does (docs/webhooks.md); whether `userId` is the operator's id of REST is inferred."""
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
        available = {channel: iadvize_rows.available(post, channel) for channel in iadvize_rows.CHANNELS}
        statuses = {**{channel.upper(): on for channel, on in available.items()}, "THIRD_PARTY": False}
        return {
            "eventId": str(uuid5(NAMESPACE_URL, f"iadvize event {self._sent}")),
            "eventType": "user.availability.updated",
            "platform": "sd",
            "clientId": 1,
            "userId": iadvize_rows.operator_id(post),
            "origin": "desk",
            "availabilities": [
                {"channel": channel, "status": "AVAILABLE" if on else "UNAVAILABLE"} for channel, on in statuses.items()
            ],
            "createdAt": at,
            "sentAt": at,
        }

    async def _send(self, session: aiohttp.ClientSession, url: str, payload: Payload) -> None:
        try:
            async with session.post(url, json=dict(payload), allow_redirects=False) as response:
                self.lost += not response.ok
        except (aiohttp.ClientError, TimeoutError):
            self.lost += 1


def _operator(post: Post, before: object) -> Payload:
    """Word it as Comm100 does: no time, no name of the break, no site (dash11.comm100.io/kb)."""
    signed_in = isinstance(before, tuple) and before[0] is not Presence.OFFLINE
    match post.seat.presence:
        case Presence.OFFLINE:
            event = "logout"
        case presence:
            event = presence.value if signed_in else "login"
    return {"event": event, "operator_id": post.account.number}


def _status(post: Post) -> object:
    """Return what counts as a change: for iAdvize a channel's availability, for Comm100 presence and break."""
    if post.account.vendor is Vendor.IADVIZE:
        return tuple(iadvize_rows.available(post, channel) for channel in iadvize_rows.CHANNELS)
    return post.seat.presence, post.seat.reason
