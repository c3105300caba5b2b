"""A contact centre of any size: the same number of accounts in four tools, dealt out to 50 teams.

The simulator has three teams and makes every row anew for every page, which at this size would be measured as well.
"""

import time
from collections.abc import Iterator
from random import Random
from typing import Any, Literal

import msgspec

VENDORS = ("cobrowser", "iadvize", "liveagent", "comm100")
TEAMS = 50
SLOTS = 4
SHARES: tuple[tuple[str, float], ...] = (("offline", 0.2), ("away", 0.2), ("online", 0.6))

Status = Literal["offline", "away", "online"]


class Agent(msgspec.Struct):
    number: int
    status: Status = "offline"
    used: int = 0
    last_active: int = 0

    @property
    def team(self) -> int:
        return self.number % TEAMS

    @property
    def name(self) -> str:
        return f"t{self.team:02}-agent{self.number}"

    @property
    def email(self) -> str:
        return f"agent{self.number}@example.com"

    @property
    def free(self) -> int:
        return SLOTS - self.used if self.status == "online" else 0


class Centre:
    """`agents` by vendor; every number of everybody is new after each `turn`."""

    def __init__(self, accounts: int, seed: int = 1) -> None:
        self._chance = Random(seed)
        self.agents = {vendor: [Agent(number) for number in range(accounts // len(VENDORS))] for vendor in VENDORS}
        self.turn()

    def turn(self) -> None:
        statuses, shares = zip(*SHARES, strict=True)
        now = int(time.time())
        for agents in self.agents.values():
            for agent, status in zip(agents, self._chance.choices(statuses, shares, k=len(agents)), strict=True):
                agent.status = status
                agent.used = 0 if status == "offline" else self._chance.randint(0, SLOTS)
                agent.last_active = now - self._chance.randint(0, 600)

    def pulse(self, vendor: str) -> None:
        """One agent of team 0 goes on a break, or is back and free."""
        agent = self.agents[vendor][0]
        agent.used = 0
        agent.status = "away" if agent.status == "online" else "online"


def configuration(base: str, interval: str, **web: str) -> dict[str, Any]:
    """The monitor's, for vendors below one address: every team selects in all four."""
    sources = {
        "cobrowser": {"url": f"{base}/cobrowser", "user": "bench", "api_key": "made-up"},
        "iadvize": {"url": f"{base}/iadvize/api/2", "api_key": "made-up", "views": [{"website_id": 71}]},
        "liveagent": {"url": f"{base}/liveagent", "api_key": "made-up"},
        "comm100": {
            "url": f"{base}/comm100/api/v3",
            "auth": "basic",
            "username": "bench@example.com",
            "api_key": "made-up",
        },
    }
    return {
        "defaults": {"poll": {"interval": interval, "max_age": "60s", "requests_per_minute": 100_000}},
        "sources": [{"name": vendor, "vendor": vendor, **given} for vendor, given in sources.items()],
        "teams": [
            {
                "name": f"team-{team:02}",
                "members": list(_members(team)),
                "targets": {"available_agents": 2, "free_slots": 2},
            }
            for team in range(TEAMS)
        ],
        **({"web": web} if web else {}),
    }


def _members(team: int) -> Iterator[dict[str, Any]]:
    yield {"source": "cobrowser", "agents": [f"t{team:02}-*"]}
    yield {"source": "iadvize", "groups": [f"group:{iadvize_group(team)}"]}
    yield {"source": "liveagent", "groups": [liveagent_department(team)]}
    yield {"source": "comm100", "groups": [comm100_department(team)]}


def iadvize_group(team: int) -> int:
    return 100 + team


def liveagent_department(team: int) -> str:
    return f"d{team:02}s58gs"


def comm100_department(team: int) -> str:
    return f"1487fc9d-92e6-4487-a2e8-92e68d6{team:05}"
