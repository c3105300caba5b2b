"""Every query of every panel and variable, asked of a real Prometheus that scrapes a real agentmon.

A panel without data is a defect unless its description says when it is empty.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asking import Prometheus, Span, ask, last, substituted, values_of
from realparts import require_tool
from running import eventually
from scene import PATIENCE, Scene, scene

# One team of each kind, so that what one of them may lack another one has.
CHOSEN: Mapping[str, tuple[dict[str, str], ...]] = {
    "agentmon-team": tuple(
        {"team": team, "channel": "chat"} for team in ("sales-uk", "claims", "support", "billing-fr")
    ),
}
NEEDS_TIME = {
    # Windows that take longer to fill than this test runs, and what nobody in the scene tells of.
    "agentmon-team: Burn rates",
    "agentmon-team: Who is short when",
    "agentmon-team: Alerts that fire",
    "agentmon-sources: Failed readings of the roster, by reason",
    "agentmon-sources: Contradictions by check",
    "agentmon-sources: Accounts, against the day before",
    "agentmon-sources: Visitors in a chat",
    "agentmon-sources: Alerts that fire",
    "agentmon-monitor: Alerts that fire",
    "agentmon-wall: Sources",
}
SECONDS = 10.0
TRIES = 4


async def answers(scene_: Scene, dashboard: dict[str, Any], span: Span) -> dict[tuple[str, str], list[Any]]:
    """What came back for each panel and query, over all its repetitions and the chosen values."""
    prometheus = Prometheus(scene_.metrics)
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for chosen in CHOSEN.get(dashboard["uid"], ({},)):
        values = await values_of(dashboard, prometheus, span, chosen)
        for panel, _, asked in await ask(dashboard, prometheus, span, values):
            for each in asked:
                assert each.answer["status"] == "success", f"{each.place}: {each.answer}\n{each.expr}"
                assert "warnings" not in each.answer, f"{each.place}: {each.answer['warnings']}"
                assert "$" not in re.sub(r'"[^"]*"', "", each.expr), f"{each.place}: {each.expr}"
                found[panel["title"], each.ref] += each.series
        for annotation in dashboard.get("annotations", {}).get("list", []):
            answer = await prometheus.over(substituted(annotation["expr"], dashboard, values, span), span)
            assert answer["status"] == "success", f"{annotation['name']}: {answer}"
    return found


def without_data(dashboard: dict[str, Any], found: dict[tuple[str, str], list[Any]]) -> set[str]:
    return {f"{dashboard['uid']}: {title}" for (title, _), series in found.items() if not series}


def undeclared(dashboard: dict[str, Any], empty: set[str]) -> set[str]:
    """Those of the empty panels whose description does not say when they are."""
    told = {
        f"{dashboard['uid']}: {panel['title']}"
        for panel in dashboard["panels"]
        if re.search(r"(^|[.:] )Empty (in part )?(while|where|until|before|on|during|in)\b", panel["description"])
    }
    return empty - told


async def wanting(running: Scene, dashboards: Mapping[str, dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Panels that are empty and do not say when, and empty ones that have data in this scene."""
    silent, missing = set(), set()
    for dashboard in dashboards.values():
        empty = without_data(dashboard, await answers(running, dashboard, last(SECONDS)))
        silent |= undeclared(dashboard, empty)
        missing |= empty - NEEDS_TIME
    return silent, missing


async def test_every_query_is_valid_and_finds_what_it_asks_for(tmp_path: Path, dashboards: dict[str, dict[str, Any]]):
    require_tool("prometheus", "prometheus")
    async with scene(tmp_path) as running:
        status = {"team": "billing-fr", "channel": "chat", "status": "unknown"}
        await eventually(lambda: running.monitor.is_value(1, "agentmon_team_status", **status), PATIENCE)
        for _ in range(TRIES):
            # Rates need a few scrapes, records a few evaluations; on a slow machine some more.
            await asyncio.sleep(SECONDS)
            found = await wanting(running, dashboards)
            if found == (set(), set()):
                break
        assert found == (set(), set()), "empty without a word of when; empty, and has data here"


def test_an_empty_panel_that_does_not_say_when_it_is_empty_is_noticed(dashboards: dict[str, dict[str, Any]]):
    board = dashboards["agentmon-monitor"]
    found: dict[tuple[str, str], list[Any]] = {("Memory", "A"): [], ("Alerts that fire", "A"): []}
    assert undeclared(board, without_data(board, found)) == {"agentmon-monitor: Memory"}
