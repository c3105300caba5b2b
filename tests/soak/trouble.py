"""What happens to the vendors in a soak: one fault after the other, people who come and go, and how each is mended."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from ruamel.yaml import YAML

from monitor.cli.demo import demo_configuration
from monitor.simulator import Channel, Fault, Presence, Simulator, Vendor

POLL = {
    "interval": "500ms",
    "timeout": "1s",
    "max_age": "4s",
    "roster_interval": "10s",
    "requests_per_minute": 100_000,
}
"""Thirty times the pace of the defaults: an hour stands for more than a day."""
HOOK_SECRET = "made-up-hook-secret"
HOOKED = (Vendor.IADVIZE, Vendor.COMM100)
SECRETS = {vendor: "password" if vendor is Vendor.COMM100 else "api_key" for vendor in Vendor}
WRONG = "no-longer-valid"
LOOK_AT_SECRETS = 2.5
"""A little more than the time between two looks of the service at the secrets of failing sources."""
LENGTHS = (0.7, 2.0, 6.0)
"""Seconds that a fault lasts: a poll or two, less than the data lives, and more."""
KNOWN_AT_ONCE = 5
"""People of ours who are there at a time; each newcomer sends the oldest away, so ids never come again."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "statuses": (500,)},
    {"kind": "status", "statuses": (503,), "retry_after": "1"},
    {"kind": "status", "statuses": (404,)},
    {"kind": "latency", "seconds": 0.4},
    {"kind": "latency", "seconds": 3.0},
    {"kind": "redirect", "location": "/elsewhere"},
    *(
        {"kind": kind}
        for kind in (
            "hang", "stall", "reset", "truncated", "html", "empty_body", "wrong_types", "unknown_status", "empty_list",
            "endless", "drip", "gzip_bomb", "bad_gzip", "wrong_length_long", "wrong_length_short", "invalid_utf8",
            "deep_nesting", "huge_headers", "garbage", "half_bad", "vendor_error", "auth", "expired_token",
            "over_limit", "permission", "edition",
        )
    ),
)  # fmt: skip
DOWN = "down"


def configuration(running: Simulator, folder: Path) -> dict[str, Any]:
    """That of the demo at a quicker pace, with secrets in files, so that they can change, and hooks."""
    told: dict[str, Any] = YAML(typ="safe").load(demo_configuration(running, "127.0.0.1:0"))
    told["defaults"]["poll"] = POLL
    for source in told["sources"]:
        vendor = Vendor(source["vendor"])
        option = SECRETS[vendor]
        secret_file(folder, vendor).write_text(source[option])
        source[option] = {"file": str(secret_file(folder, vendor))}
        if vendor in HOOKED:
            source["hook"] = {"secret": HOOK_SECRET}
    return told


def secret_file(folder: Path, vendor: Vendor) -> Path:
    return folder / f"secret-{vendor}"


class Trouble:
    """`episodes` counts what was done to the vendors, each of which may be worth a few lines of log."""

    def __init__(self, running: Simulator, base: str, folder: Path, chance: Random, told: dict[str, Any]) -> None:
        self._told = told
        self._running = running
        self._base = base
        self._folder = folder
        self._chance = chance
        self._people: list[str] = []
        self._numbers = count(1)
        self.episodes = 0
        self.last = "nothing yet"

    def rewrite(self, turn: int) -> None:
        """Another configuration: one team more, one that is refused, that of the start, and again."""
        teams = self._told["teams"]
        more = {"name": "visitors", "members": [{"source": self._told["sources"][turn % 4]["name"]}]}
        wanted = ({"teams": [*teams, more]}, {"teams": "nonsense"}, {})[turn % 3]
        (self._folder / "monitor.yml").write_text(json.dumps(self._told | wanted), encoding="utf-8")

    def plan(self) -> Iterator[tuple[Vendor, dict[str, Any] | str]]:
        """Every fault of every vendor in any order, again and again."""
        while True:
            whole = [(vendor, fault) for vendor in Vendor for fault in (*FAULTS, DOWN)]
            self._chance.shuffle(whole)
            yield from whole

    @asynccontextmanager
    async def during(self, vendor: Vendor, fault: dict[str, Any] | str) -> AsyncIterator[None]:
        """A fault for as long as the block lasts."""
        self.last = f"{vendor}: {fault if isinstance(fault, str) else fault['kind']}"
        if isinstance(fault, str):
            await self._running.down(vendor)
        else:
            try:
                self._running.fault(vendor, Fault(**fault))
            except ValueError:  # this vendor has no such trouble
                yield
                return
        self.episodes += 1
        self._newcomer()
        try:
            yield
        finally:
            self._running.clear(vendor)
            await self._running.up(vendor)

    async def mend(self, vendor: Vendor) -> None:
        """A call of the hook, and a changed secret, which makes the service try a failing source at once.

        The hook alone does not where a pause was asked for, as by a quota of the day.
        """
        if vendor in HOOKED:
            async with aiohttp.ClientSession() as session:
                await session.post(f"{self._base}/hooks/{vendor}", headers={"X-Agentmon-Secret": HOOK_SECRET})
        file = secret_file(self._folder, vendor)
        right = file.read_text()
        file.write_text(WRONG)
        await asyncio.sleep(LOOK_AT_SECRETS)
        file.write_text(right)

    def _newcomer(self) -> None:
        """Somebody new with chats, on a break that no list names; the oldest newcomer leaves for good."""
        number = next(self._numbers)
        world = self._running.world
        person = world.add_person(
            f"Newcomer Number{number}", tools=tuple(Vendor), teams=("sales", "support"), presence=Presence.ONLINE
        )
        self._people.append(person.key)
        for vendor in Vendor:
            world.set_load(person, vendor, self._chance.randint(0, 4), channel=Channel.CHAT)
        world.set_status(person, Vendor.COMM100, Presence.AWAY, reason=f"Break {number}")
        if len(self._people) > KNOWN_AT_ONCE:
            world.remove_person(self._people.pop(0))
