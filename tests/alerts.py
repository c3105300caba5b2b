"""The names of all alerts, which are a contract with whoever routes or silences them, and what they are about."""

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


def about(name: str) -> dict[str, str]:
    """Return an example of the labels by which an alert is routed, besides its severity."""
    if name in TEAMS:
        return {"team": "support", "channel": "chat"}
    return {"source": "iadvize"} if name in SOURCES else {}
