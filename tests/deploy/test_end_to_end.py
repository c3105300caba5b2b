"""From a person who goes on a break to the page that arrives, with every real part between them."""

import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from alerts import PAGES, queries
from chain import alertmanager, prometheus, rule_files
from inbox import Inbox, inbox
from realparts import require_tool
from running import Agentmon, agentmon, command, eventually

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, World

# What the rules wait for is divided by this: two minutes are four seconds, a quarter of an hour is half a minute.
SPEED = 30
# Room for a slow machine: what is waited for takes ten to twenty seconds on an idle one.
PATIENCE = 60.0

HAS_WATCHDOG = any("AgentmonWatchdog" in file.read_text(encoding="utf-8") for file in rule_files())

CONFIGURATION = """
defaults:
  poll: {{interval: 1s, timeout: 2s, max_age: 5s, requests_per_minute: 10000}}
sources:
  - {{name: iadvize, vendor: iadvize, url: "{urls[iadvize]}", api_key: {iadvize[api_key]}}}
  - {{name: liveagent, vendor: liveagent, url: "{urls[liveagent]}", api_key: {liveagent[api_key]}}}
teams:
  - name: support
    members: [{{source: liveagent, groups: [Support]}}]
  - name: billing
    members: [{{source: iadvize, groups: ["skill:3"]}}]
"""


@dataclass
class Chain:
    centre: Simulator
    monitor: Agentmon
    metrics: str
    box: Inbox


@asynccontextmanager
async def chain(folder: Path) -> AsyncIterator[Chain]:
    """Everything that stands between two teams of two people and their pages."""
    world = World.empty()
    for name in ("Ann Able", "Ben Best"):
        world.add_person(name, tools=["liveagent"], teams=["support"], presence="online")
    for name in ("Cay Cole", "Dan Dale"):
        world.add_person(name, tools=["iadvize"], teams=["billing"], presence="online")
    async with Simulator(world, tick=None) as centre, inbox() as box:
        text = CONFIGURATION.format(urls=centre.urls, **SIMULATOR_CREDENTIALS)
        async with (
            agentmon(folder, text) as monitor,
            alertmanager(folder, box, monitor.base) as pager,
            prometheus(folder, monitor.base.removeprefix("http://"), pager, SPEED) as metrics,
        ):
            for team in ("support", "billing"):
                await eventually(
                    lambda team=team: monitor.is_value(
                        1, "agentmon_team_status", team=team, channel="chat", status="ok"
                    )
                )
            await eventually(lambda: box.beats or not HAS_WATCHDOG, PATIENCE, "the dead man's switch beats")
            yield Chain(centre, monitor, metrics, box)


async def everyone_goes_on_a_break_and_returns(chain: Chain) -> None:
    box = chain.box
    chain.centre.world.set_team_status("support", "away")
    await eventually(lambda: box.paged("pagerduty-teams"), PATIENCE, "no page for a deserted team")
    page = box.paged("pagerduty-teams")[0]
    assert page["payload"]["summary"] == "Nobody serves support (chat)"
    assert page["payload"]["severity"] == "critical"
    text = page["payload"]["custom_details"]["alerts"]
    assert "People now: away 2." in text
    assert "What to do: https://git.example.org/agentmon/blob/main/deploy/runbooks/AgentmonTeamUnstaffed.md" in text
    assert (await asked_why(text)).startswith("support on chat: unstaffed")
    links = {link["text"]: link["href"] for link in page["links"]}
    assert links["Status page"] == page["client_url"] == f"{chain.monitor.base}/"
    assert await status_of(links["Status page"]) == 200
    assert "team%3D%22support%22" in links["Silence"]
    assert "Nobody serves support (chat)" in box.said("#supervisors")

    chain.centre.world.set_team_status("support", "online")
    await eventually(lambda: box.paged("pagerduty-teams", "resolve"), PATIENCE, "the page is never resolved")
    (closed,) = box.paged("pagerduty-teams", "resolve")
    assert closed["dedup_key"] == page["dedup_key"]
    assert len(box.pages) == 2, "exactly one page, and its end"


async def a_vendor_dies(chain: Chain) -> None:
    box = chain.box
    before = len(box.pages)
    await chain.centre.down("iadvize")
    said = "The source iadvize gives no usable data"
    await eventually(lambda: said in box.said("#agentmon"), PATIENCE, "no alert for a dead vendor")
    assert await chain.monitor.is_value(1, "agentmon_team_status", team="billing", channel="chat", status="unknown")
    assert box.pages[before:] == [], "nobody is woken by a vendor's trouble"
    assert [title for title in box.said("#agentmon") if "iadvize" in title] == [said]


async def who_was_woken_asks_what_the_runbooks_tell(chain: Chain) -> None:
    names = {"T": "billing", "C": "chat", "S": "iadvize", "I": chain.monitor.base.removeprefix("http://")}
    async with aiohttp.ClientSession() as session:
        for page, text in PAGES.items():
            for query in queries(text):
                asked = re.sub(r'="([TCSI])"', lambda found: f'="{names[found[1]]}"', query)
                async with session.get(f"{chain.metrics}/api/v1/query", params={"query": asked}) as response:
                    answer = await response.json()
                assert answer["status"] == "success", f"{page}: {answer}"
                assert "warnings" not in answer


async def agentmon_is_killed(chain: Chain) -> None:
    box = chain.box
    woken = len(box.paged("pagerduty-teams"))
    await chain.monitor.stop(signal.SIGKILL)
    await eventually(lambda: box.paged("pagerduty-operators"), PATIENCE, "nobody is told that the monitor is dead")
    page = box.paged("pagerduty-operators")[0]
    assert page["payload"]["summary"] == "agentmon does not answer, nobody watches the teams"
    assert "AgentmonDown.md" in page["payload"]["custom_details"]["alerts"]
    assert len(box.paged("pagerduty-teams")) == woken, "of the teams nothing is known"


async def asked_why(text: str) -> str:
    """Return what the command answers that a page tells to give."""
    (told,) = re.findall(r"^Why: agentmon (.*)$", text, re.MULTILINE)
    code, answer, error = await command(*told.split())
    assert code == 0, error
    return answer


async def status_of(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


async def test_trouble_arrives_as_one_page_and_only_trouble(tmp_path: Path) -> None:
    # One test, because each of its acts needs all the parts.
    require_tool("prometheus", "prometheus")
    require_tool("prometheus-alertmanager", "prometheus-alertmanager")
    async with chain(tmp_path) as parts:
        await everyone_goes_on_a_break_and_returns(parts)
        await a_vendor_dies(parts)
        await who_was_woken_asks_what_the_runbooks_tell(parts)
        await agentmon_is_killed(parts)
