"""The names of all alerts, which are a contract with whoever routes or silences them, and their runbooks."""

import re
from pathlib import Path
from textwrap import dedent

MONITOR = (
    "AgentmonDown",
    "AgentmonConfigReloadFailed",
    "AgentmonEventLoopBlocked",
    "AgentmonSeriesLimitReached",
    "AgentmonWatchdog",
)
SOURCES = (
    "AgentmonSourceDown",
    "AgentmonSourceAuthFailed",
    "AgentmonSourceRateLimited",
    "AgentmonSourceStale",
    "AgentmonSourceSchemaDrift",
    "AgentmonSourceShrunk",
)
TEAMS = (
    "AgentmonTeamUnstaffed",
    "AgentmonTeamSaturated",
    "AgentmonTeamLowCapacity",
    "AgentmonTeamHighOccupancy",
    "AgentmonTeamSaturationPredicted",
    "AgentmonTeamLastAgent",
    "AgentmonTeamBlind",
    "AgentmonTeamDataIncomplete",
    "AgentmonTeamStatusFlapping",
    "AgentmonTeamInactiveAgents",
    "AgentmonTeamQueueGrowing",
    "AgentmonTeamCoverageBudgetBurn",
)
NAMES = (*MONITOR, *SOURCES, *TEAMS)

RUNBOOKS = Path(__file__).parents[1] / "deploy/runbooks"
INDEX = RUNBOOKS / "README.md"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(RUNBOOKS.glob("*.md")) if path != INDEX}


def about(name: str) -> dict[str, str]:
    """Return an example of the labels by which an alert is routed, besides its severity."""
    if name in TEAMS:
        return {"team": "support", "channel": "chat"}
    return {"source": "iadvize"} if name in SOURCES else {}


def queries(page: str) -> list[str]:
    """Return the PromQL of a runbook, block by block."""
    blocks = re.findall(r"^ *```promql\n(.*?)^ *```$", page, re.DOTALL | re.MULTILINE)
    return [dedent(block).strip() for block in blocks]
