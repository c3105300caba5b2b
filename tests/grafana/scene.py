"""Twelve teams at one moment, each in a situation of its own: the simulator, agentmon and a real Prometheus.

People are scripted, so that a picture shows what it says it shows; their contacts come and go by a seed.
"""

import asyncio
import json
import random
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chain import prometheus
from realparts import require_tool
from running import Agentmon, agentmon, eventually, free_port

from monitor.rules.objective import errors
from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, World

SPEED = 30
"""What alerts wait for is divided by it."""
SEED = 7
STIR_EVERY = 0.25
PATIENCE = 60.0
DEAD = "comm100-eu"
"""A source at an address where nobody listens."""
FIRST_NAMES = ("Ann", "Ben", "Cay", "Dan", "Eve", "Fay")


@dataclass(frozen=True)
class Situation:
    """A team, the tool of its people, and how many of them are there."""

    name: str
    tool: str
    online: int
    away: int = 0
    least: int = 0
    most: int = 2
    """Contacts that each of the 3 slots of an online person holds, in changing numbers between these."""
    wants: int = 2
    source: str = ""
    """The source that the team selects them from, if it is not named like the tool."""
    needs: str = ""
    """A source that the team selects people from besides."""
    closed: bool = False
    channels: tuple[str, ...] = ("chat",)
    selector: dict[str, Any] = field(default_factory=dict)


SITUATIONS = (
    Situation("billing-de", "iadvize", 3),
    Situation("billing-fr", "comm100", 2, source=DEAD),
    Situation("care", "iadvize", 4, channels=("chat", "call")),
    Situation("claims", "liveagent", 5, least=1),
    Situation("night-shift", "cobrowser", 0, away=3, closed=True),
    Situation("onboarding", "cobrowser", 3, needs=DEAD),
    Situation("premium", "cobrowser", 2, away=1, wants=3),
    Situation("returns", "cobrowser", 3),
    Situation("sales-fr", "iadvize", 0, away=3),
    Situation("sales-uk", "cobrowser", 6, least=1, most=3),
    Situation("support", "comm100", 4, selector={"groups": ["Support"]}),
    Situation("travel", "iadvize", 3, most=1),
)
"""One in trouble (sales-fr), one unknown (billing-fr, whose source is dead), one closed, one short, one incomplete."""


@dataclass
class Scene:
    centre: Simulator
    monitor: Agentmon
    metrics: str
    """Address of Prometheus."""


@asynccontextmanager
async def scene(folder: Path, days: int = 0) -> AsyncIterator[Scene]:
    """All of it, from the moment when each source has been asked once.

    Prometheus looks back on so many `days` that are made up.
    """
    if days:
        _remember(folder, days)
    world = World.empty()
    _hire(world)
    async with Simulator(world, tick=0.2, speed=2) as centre:
        text = json.dumps(configuration(centre))
        async with (
            agentmon(folder, text) as monitor,
            prometheus(folder, monitor.base.removeprefix("http://"), f"http://127.0.0.1:{free_port()}", SPEED) as base,
        ):
            await eventually(monitor.is_ready, PATIENCE, "every source was asked once")
            life = asyncio.create_task(_stir(world))
            try:
                yield Scene(centre, monitor, base)
            finally:
                life.cancel()
                with suppress(asyncio.CancelledError):
                    await life


def _remember(folder: Path, days: int) -> None:
    """Make up what can't be had quicker than in days: missed time hour by hour, and accounts of a day before.

    Mornings of Mondays are bad, evenings so-so; the accounts of a day before are a few more than now.
    """
    now = int(time.time())
    lines = ["# TYPE instance_team_channel:agentmon_coverage_errors:ratio_increase1h gauge"]
    for situation in SITUATIONS:
        labels = f'job="agentmon",instance="before",team="{situation.name}",channel="chat"'
        for at in range(now // 3600 * 3600 - days * 86400, now, 3600):
            then = datetime.fromtimestamp(at - 1, UTC)
            if then.weekday() < 5 and 8 <= then.hour < 20:
                share = 0.35 if (then.weekday(), then.hour // 2) == (0, 4) else 0.12 if then.hour >= 17 else 0.01
                lines.append(f"{errors('1h')}{{{labels}}} {share} {at}")
    lines.append("# TYPE agentmon_source_agents gauge")
    for vendor in ("cobrowser", "iadvize", "liveagent", "comm100"):
        labels = f'job="agentmon",instance="before",source="{vendor}"'
        lines += [f"agentmon_source_agents{{{labels}}} 21 {at}" for at in range(now - 88200, now - 82800, 30)]
    made = folder / "before.txt"
    made.write_text("\n".join([*lines, "# EOF"]) + "\n", encoding="utf-8")
    promtool = require_tool("promtool", "prometheus")
    command = [promtool, "tsdb", "create-blocks-from", "openmetrics", "--quiet", made, folder / "tsdb"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def configuration(centre: Simulator) -> dict[str, Any]:
    return {
        "defaults": {
            "poll": {
                "interval": "1s",
                "timeout": "800ms",
                "max_age": "5s",
                "roster_interval": "5s",
                "requests_per_minute": 3000,
            },
            "targets": {"available_agents": 2, "free_slots": 2, "occupancy": 0.9, "coverage": 0.95},
        },
        "sources": [
            *(_source(centre, vendor) for vendor in centre.urls),
            {**_source(centre, "comm100"), "name": DEAD, "url": f"http://127.0.0.1:{free_port()}"},
        ],
        "teams": [_team(situation) for situation in SITUATIONS],
    }


def _source(centre: Simulator, vendor: str) -> dict[str, Any]:
    login: dict[str, Any] = dict(SIMULATOR_CREDENTIALS[vendor])
    if vendor == "comm100":
        del login["api_key"]
        login |= {"token_url": centre.token_url, "queue": True}
    return {"name": str(vendor), "vendor": str(vendor), "url": centre.urls[vendor], **login}


def _team(situation: Situation) -> dict[str, Any]:
    own = situation.selector or {"agents": [f"{situation.name}-*"]}
    members = [{"source": situation.source or situation.tool, **own}]
    if situation.needs:
        members.append({"source": situation.needs, "agents": [f"{situation.name}-*"]})
    team: dict[str, Any] = {
        "name": situation.name,
        "channels": list(situation.channels),
        "members": members,
        "targets": {"available_agents": situation.wants},
    }
    if situation.closed:
        later = datetime.now(UTC) + timedelta(hours=5)
        team["hours"] = {"open": f"Mo-Su {later:%H}:00-{later:%H}:59", "timezone": "UTC"}
    return team


def _hire(world: World) -> None:
    for situation in SITUATIONS:
        for number, first in enumerate(FIRST_NAMES[: situation.online + situation.away]):
            _add(world, situation, first, situation.tool, "online" if number < situation.online else "away")
    world.set_queue("support", [5.0, 20.0, 65.0], tool="comm100")


def _add(world: World, situation: Situation, first: str, tool: str, presence: str) -> None:
    login = f"{situation.name}-{first}".lower()
    world.add_person(
        f"{first} {situation.name}",
        tools=[tool],
        teams=["support"],
        slots={"chat": 3, "call": 1} if "call" in situation.channels else 3,
        presence=presence,
        username=login,
        email=f"{login}@example.com",
    )


async def _stir(world: World) -> None:
    """Let contacts come and go, one person at a time."""
    chance = random.Random(SEED)  # noqa: S311
    turns = _turns(world, chance)
    while True:
        situation, key = next(turns)
        world.set_load(key, situation.tool, chance.randint(situation.least, situation.most), age=chance.uniform(5, 300))
        await asyncio.sleep(STIR_EVERY)


def _turns(world: World, chance: random.Random) -> Iterator[tuple[Situation, str]]:
    at_work = [
        (situation, person.key)
        for situation in SITUATIONS
        for person in world.people
        if person.last == situation.name and person.first in FIRST_NAMES[: situation.online]
    ]
    yield from at_work
    while True:
        yield chance.choice(at_work)
