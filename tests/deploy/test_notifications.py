"""What a running Alertmanager sends, and what it keeps to itself because something else says it."""

from pathlib import Path
from typing import Any

import aiohttp
from chain import alertmanager
from inbox import Inbox, inbox
from running import eventually


def alert(name: str, severity: str, site: str, **labels: str) -> dict[str, Any]:
    said = "/".join([site, name, severity, *labels.values()])
    own = {"alertname": name, "severity": severity, "site": site, **labels}
    notes = {"summary": said, "description": "?", "runbook_url": "?"}
    return {"labels": own, "annotations": notes}


async def post(base: str, *alerts: dict[str, Any]) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{base}/api/v2/alerts", json=alerts) as response:
        assert response.status == 200, await response.text()


def told(box: Inbox) -> set[str]:
    """Return the summary of everything that a person was told."""
    lines = [page["payload"]["summary"] for page in box.pages] + [c["attachments"][0]["title"] for c in box.chats]
    return {summary for line in lines for summary in line.split("; ")} | set(box.mailed())


LOW = ("AgentmonTeamLowCapacity", "warning")
LAST = ("AgentmonTeamLastAgent", "info")
UNSTAFFED = ("AgentmonTeamUnstaffed", "critical")
CHAT = {"team": "support", "channel": "chat"}

# What fires at the same time on one site: what is told, and what is not.
SITES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "the-monitor-is-down": (
        [alert("AgentmonDown", "critical", "the-monitor-is-down")],
        [
            alert(*UNSTAFFED, "the-monitor-is-down", **CHAT),
            alert("AgentmonSourceDown", "warning", "the-monitor-is-down", source="iadvize"),
            alert(*LAST, "the-monitor-is-down", **CHAT),
        ],
    ),
    "one-replica-is-down": (
        [alert("AgentmonDown", "warning", "one-replica-is-down"), alert(*UNSTAFFED, "one-replica-is-down", **CHAT)],
        [],
    ),
    "a-team-is-deserted": (
        [
            alert(*UNSTAFFED, "a-team-is-deserted", **CHAT),
            alert("AgentmonTeamCoverageBudgetBurn", "critical", "a-team-is-deserted", **CHAT),
            alert(*LOW, "a-team-is-deserted", team="support", channel="call"),
            alert(*LOW, "a-team-is-deserted", team="billing", channel="chat"),
        ],
        [alert(*LOW, "a-team-is-deserted", **CHAT), alert(*LAST, "a-team-is-deserted", **CHAT)],
    ),
    "a-key-is-refused": (
        [
            alert("AgentmonSourceAuthFailed", "warning", "a-key-is-refused", source="iadvize"),
            alert("AgentmonSourceDown", "warning", "a-key-is-refused", source="liveagent"),
        ],
        [
            alert("AgentmonSourceDown", "warning", "a-key-is-refused", source="iadvize"),
            alert("AgentmonSourceStale", "warning", "a-key-is-refused", source="iadvize"),
        ],
    ),
}
# Posted last, on every way: when they have arrived, whatever was to come has come.
LAST_POST = [alert(*LOW, "end", **CHAT), alert(*LAST, "end", team="x"), alert(*UNSTAFFED, "end", team="y")]


async def test_what_is_told_already_is_not_told_again(tmp_path: Path) -> None:
    async with inbox() as box, alertmanager(tmp_path, box) as base:
        for site, (loud, _) in SITES.items():
            await post(base, *loud, alert("AgentmonWatchdog", "none", site))
        for _, silent in SITES.values():
            await post(base, *silent)
        expected = {each["annotations"]["summary"] for loud, _ in SITES.values() for each in loud}
        await eventually(lambda: expected <= told(box))
        await post(base, *LAST_POST)
        ends = {each["annotations"]["summary"] for each in LAST_POST}
        await eventually(lambda: ends <= told(box))
        assert told(box) == expected | ends
        switched = {beat["commonLabels"]["site"] for beat in box.beats}
        assert switched == set(SITES), "the dead man's switch is never silenced"


async def test_warnings_wait_for_the_office_and_pages_do_not(tmp_path: Path) -> None:
    def never(config: dict[str, Any]) -> None:
        (hours,) = config["time_intervals"]
        assert hours["name"] == "office-hours"
        hours["time_intervals"] = [{"years": ["2000"]}]

    night = [
        alert(*LOW, "night", **CHAT),
        alert(*LOW, "night", team="sales", channel="chat"),
        alert("AgentmonSourceDown", "warning", "night", source="iadvize"),
    ]
    loud = [alert(*UNSTAFFED, "night", team="billing", channel="chat"), alert(*LAST, "night", team="x")]
    async with inbox() as box, alertmanager(tmp_path, box, change=never) as base:
        await post(base, *night)
        await post(base, *loud)
        expected = {each["annotations"]["summary"] for each in loud}
        await eventually(lambda: expected <= told(box))
        assert told(box) == expected


async def test_the_dead_mans_switch_beats(tmp_path: Path) -> None:
    async with inbox() as box, alertmanager(tmp_path, box) as base:
        await post(base, alert("AgentmonWatchdog", "none", "here"))
        await eventually(lambda: len(box.beats) > 3)
        assert told(box) == set()
