"""Who is told of what, as Alertmanager's own tool reads the shipped routes."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from alerts import NAMES, TEAMS, about
from chain import ALERTMANAGER, SECRETS, read, rule_files
from realparts import require_tool

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
    ("AgentmonTeamLastAgent", "warning", "teams-chat"),
    ("AgentmonTeamDataIncomplete", "warning", "teams-chat"),
    ("AgentmonTeamStatusFlapping", "warning", "teams-chat"),
    ("AgentmonTeamInactiveAgents", "info", "mail"),
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


def test_the_page_on_secrets_names_each_file_and_no_other():
    page = (ALERTMANAGER.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[\w-]+`(?:, `[\w-]+`)*) \| ", page, re.MULTILINE)
    wanted = set(re.findall(rf"{SECRETS}([\w-]+)", ALERTMANAGER.read_text(encoding="utf-8")))
    assert set(re.findall(r"`([\w-]+)`", " ".join(rows))) == wanted


def test_the_routes_are_tested_as_the_page_says(amtool: str, monkeypatch: pytest.MonkeyPatch):
    page = (ALERTMANAGER.parent / "README.md").read_text(encoding="utf-8")
    monkeypatch.chdir(ALERTMANAGER.parents[2])
    for line in re.findall(r"^amtool (config routes .*)$", page, re.MULTILINE):
        assert "teams-page" in ask(amtool, *line.split())
