"""The shipped Alertmanager: who is told what, and what is not told because something else says it."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from alerts import NAMES, TEAMS, about
from chain import ALERTMANAGER, SECRETS, alertmanager, read, rule_files
from inbox import Inbox, inbox
from realparts import require_tool
from running import eventually

CONFIG = read(ALERTMANAGER)

# Each alert, with the severities that it may have, and who is told of a team without people of its own.
ROUTES = [
    ("AgentmonDown", "critical", "operators-page"),
    ("AgentmonDown", "warning", "operators-chat"),
    ("AgentmonConfigReloadFailed", "warning", "operators-chat"),
    ("AgentmonEventLoopBlocked", "warning", "operators-chat"),
    ("AgentmonSeriesLimitReached", "warning", "operators-chat"),
    ("AgentmonWatchdog", "none", "dead-mans-switch"),
    ("AgentmonSourceDown", "warning", "operators-chat"),
    ("AgentmonSourceDown", "critical", "operators-page"),
    ("AgentmonSourceAuthFailed", "warning", "operators-chat"),
    ("AgentmonSourceRateLimited", "warning", "operators-chat"),
    ("AgentmonSourceStale", "warning", "operators-chat"),
    ("AgentmonSourceSchemaDrift", "warning", "operators-chat"),
    ("AgentmonSourceShrunk", "warning", "operators-chat"),
    ("AgentmonTeamUnstaffed", "critical", "teams-page"),
    ("AgentmonTeamSaturated", "critical", "teams-page"),
    ("AgentmonTeamBlind", "critical", "teams-page"),
    ("AgentmonTeamLowCapacity", "warning", "teams-chat"),
    ("AgentmonTeamHighOccupancy", "warning", "teams-chat"),
    ("AgentmonTeamSaturationPredicted", "warning", "teams-chat"),
    ("AgentmonTeamLastAgent", "info", "mail"),
    ("AgentmonTeamLastAgent", "warning", "teams-chat"),
    ("AgentmonTeamDataIncomplete", "warning", "teams-chat"),
    ("AgentmonTeamStatusFlapping", "info", "mail"),
    ("AgentmonTeamStatusFlapping", "warning", "teams-chat"),
    ("AgentmonTeamInactiveAgents", "info", "mail"),
    ("AgentmonTeamInactiveAgents", "warning", "teams-chat"),
    ("AgentmonTeamQueueGrowing", "warning", "teams-chat"),
    ("AgentmonTeamCoverageBudgetBurn", "critical", "teams-page"),
    ("AgentmonTeamCoverageBudgetBurn", "warning", "teams-chat"),
]


@pytest.fixture
def amtool() -> str:
    return require_tool("amtool", "prometheus-alertmanager")


def ask(*command: str | Path) -> str:
    done = subprocess.run([*command], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def receiver(amtool: str, labels: Mapping[str, str]) -> str:
    pairs = [f"{name}={value}" for name, value in labels.items()]
    return ask(amtool, "config", "routes", "test", f"--config.file={ALERTMANAGER}", *pairs).strip()


def test_amtool_accepts_the_configuration_and_its_templates(amtool: str):
    assert "1 templates" in ask(amtool, "check-config", ALERTMANAGER)


def test_the_table_of_routes_names_each_alert():
    assert {name for name, _, _ in ROUTES} == set(NAMES)


@pytest.mark.parametrize(("name", "severity", "told"), ROUTES)
def test_an_alert_reaches_its_people(amtool: str, name: str, severity: str, told: str):
    assert receiver(amtool, {"alertname": name, "severity": severity, **about(name)}) == told


@pytest.mark.parametrize(("severity", "told"), [("critical", "sales-page"), ("warning", "sales-chat")])
def test_a_team_may_have_people_of_its_own(amtool: str, severity: str, told: str):
    for name in TEAMS:
        labels = {"alertname": name, "severity": severity, "team": "sales", "channel": "chat"}
        assert receiver(amtool, labels) == told


@pytest.mark.parametrize(
    "labels",
    [
        {"alertname": "AgentmonTeamUnstaffed", "team": "sales"},
        {"alertname": "AgentmonTeamUnstaffed", "team": "sales", "severity": "urgent"},
        {"alertname": "SomethingElse", "severity": "critical"},
    ],
)
def test_what_nobody_expected_is_told_at_any_hour(amtool: str, labels: dict[str, str]):
    assert receiver(amtool, labels) == CONFIG["route"]["receiver"] == "operators-chat"
    assert "active_time_intervals" not in CONFIG["route"]


def test_the_alerts_of_the_rules_are_routed_by_the_severity_that_they_have(amtool: str):
    rules = [rule for file in rule_files() for group in read(file)["groups"] for rule in group["rules"]]
    routed = {(name, severity) for name, severity, _ in ROUTES}
    for alert in (rule for rule in rules if "alert" in rule):
        severity = alert["labels"]["severity"]
        kind = {"team": "teams", "source": "operators"}.get(next(iter(about(alert["alert"])), ""), "operators")
        way = {"critical": f"{kind}-page", "warning": f"{kind}-chat", "info": "mail", "none": "dead-mans-switch"}
        found = receiver(amtool, {"alertname": alert["alert"], **alert["labels"], **about(alert["alert"])})
        assert found == way[severity]
        assert (alert["alert"], severity) in routed, "the table of routes leaves it out"


def test_secrets_stand_in_files_of_their_own():
    text = ALERTMANAGER.read_text(encoding="utf-8")
    secret = r"^\s*(?:- )?\w*(?:password|routing_key|service_key|api_url|token|credentials|secret)\w*:"
    assert [line for line in re.findall(rf"{secret}.*$", text, re.MULTILINE) if "_file: " + SECRETS not in line] == []
    assert text.count(SECRETS) >= 5


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
