"""Nobody is named on anything that agentmon shows or logs, unless the configuration says so."""

import re
from pathlib import Path

import pytest
from running import Agentmon, agentmon, eventually

from monitor.cli.demo import demo_configuration
from monitor.simulator import Simulator

TEAMS = ("sales", "support", "billing", "phone")
API = ("state", "teams", "sources", "people", "history")
SHOWN = (
    *("/", "/wall", "/metrics", "/config"),
    *(f"/api/v1/{path}" for path in API),
    *(f"/api/v1/teams/{team}/explain?all{form}" for team in TEAMS for form in ("", "&format=text")),
)


def names(simulator: Simulator) -> set[str]:
    """Whatever is somebody's: names, e-mail addresses and user names; first names alone may be words."""
    found = set()
    for person in simulator.world.people:
        found |= {f"{person.first} {person.last}", person.email, *(account.username for account in person.accounts)}
    return found


async def shown(running: Agentmon) -> str:
    answers = [await running.get(path) for path in SHOWN]
    assert {status for status, _ in answers} == {200}
    return "\n".join(text for _, text in answers)


def told_of(text: str, whom: set[str]) -> set[str]:
    return {name for name in whom if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags=re.IGNORECASE)}


@pytest.mark.parametrize(
    ("privacy", "is_named"),
    [
        ("", False),
        ("privacy: {agent_series: pseudonym}", False),
        ("privacy: {agent_series: named, people: named}", True),
    ],
    ids=["by default", "with series under pseudonyms", "with names"],
)
async def test_names_are_shown_where_they_are_wanted_and_nowhere_else(
    *, tmp_path: Path, still_world: Simulator, privacy: str, is_named: bool
) -> None:
    text = f"{demo_configuration(still_world, '127.0.0.1:0')}{privacy}\n"
    async with agentmon(tmp_path, text, "--log.level=debug") as running:
        await eventually(running.is_ready)
        assert bool(told_of(await shown(running), names(still_world))) is is_named
        assert await running.stop() == 0
        assert told_of(running.log, names(still_world)) == set()
