import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alerts import SOURCES, TEAMS
from mutations import mutants, rules_of
from realparts import require_tool
from ruamel.yaml import YAML
from timelines import COMMITTED, TIMELINES, alert_of, survivors, verdict
from timelines import read as told

from monitor.rules import ALERTS as ROWS
from monitor.rules import Alert

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "deploy/prometheus/prometheus.yml"
RULES = sorted((ROOT / "deploy/prometheus/rules").glob("*.yml"))

ALWAYS = "AgentmonWatchdog"

# The status is one-hot, and the last clause silences whatever any replica calls by another name than unknown.
SAME = {f'AgentmonTeamBlind {number}: dropped: {{status="unknown"}}' for number in range(3)}


def read(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


COMMITTED_RULES = [rule for path in RULES for group in read(path)["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in COMMITTED_RULES if "alert" in rule]
RECORDS = [rule for rule in COMMITTED_RULES if "record" in rule]
NAMES = sorted({alert["alert"] for alert in ALERTS})
OF_TEAMS = [alert for alert in ALERTS if alert["alert"].startswith("AgentmonTeam")]


def identify(alert: dict[str, Any]) -> str:
    return "-".join([alert["alert"], *alert["labels"].values()])


@pytest.fixture
def promtool_path() -> str:
    return require_tool("promtool", "prometheus")


@pytest.fixture
def promtool(promtool_path: str):
    def run(*arguments: str | Path) -> None:
        done = subprocess.run([promtool_path, *arguments], capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def test_promtool_accepts_the_rules(promtool: Callable[..., None]):
    promtool("check", "rules", *RULES)


def test_promtool_accepts_the_configuration_and_the_rules_it_loads(promtool: Callable[..., None]):
    promtool("check", "config", CONFIG)


@pytest.mark.parametrize("timeline", TIMELINES, ids=lambda path: path.stem)
def test_timeline(promtool_path: str, timeline: Path):
    assert verdict(promtool_path, timeline) == ""


@pytest.mark.parametrize("alert", ROWS, ids=lambda row: "-".join([row.name, row.severity, *row.labels.values()]))
def test_a_broken_rule_does_not_pass_its_timelines(promtool_path: str, alert: Alert):
    rules = rules_of(alert)
    broken = {what: made for what, made in mutants(rules) if what not in SAME}
    assert broken or alert.name == ALWAYS
    assert survivors(promtool_path, alert, {"as it is": rules, **broken}) == ["as it is"]


def test_the_configuration_loads_every_rule_file_by_a_relative_path():
    entries = read(CONFIG)["rule_files"]
    assert [CONFIG.parent / entry for entry in entries] == RULES
    assert not any(Path(entry).is_absolute() for entry in entries)


def test_the_scrape_job_has_the_name_that_rules_and_dashboards_expect():
    assert [job["job_name"] for job in read(CONFIG)["scrape_configs"]] == ["agentmon"]


def test_every_alert_has_its_timelines_and_every_timeline_its_alert():
    assert sorted({alert_of(path) for path in TIMELINES}) == NAMES
    assert all(f"\nrule_files: [{COMMITTED}]\n" in "\n" + path.read_text(encoding="utf-8") for path in TIMELINES)


@pytest.mark.parametrize("timeline", TIMELINES, ids=lambda path: path.stem)
def test_timelines_fire_once_and_stay_quiet_once_under_a_title(timeline: Path):
    tests = told(timeline)["tests"]
    verdicts = [
        [check["exp_alerts"] for check in test["alert_rule_test"] if check["alertname"] == alert_of(timeline)]
        for test in tests
    ]
    assert any(any(fired) for fired in verdicts), "no timeline fires"
    quiet = any(fired and not any(fired) for fired in verdicts)
    assert quiet or alert_of(timeline) == ALWAYS, "no timeline stays quiet to its end"
    titles = [test["name"] for test in tests]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("alert", ALERTS, ids=identify)
def test_an_alert_is_complete(alert: dict[str, Any]):
    assert re.fullmatch(r"\d+[smh]", alert["for"])
    assert alert["labels"]["severity"] in {"critical", "warning", "info", "none"}
    notes = alert["annotations"]
    assert set(notes) == {"summary", "description", "runbook_url", "dashboard_url"}
    page = f"deploy/runbooks/{alert['alert']}.md"
    assert notes["runbook_url"] == f"{{{{ with $externalLabels.runbooks }}}}{{{{ . }}}}/{{{{ end }}}}{page}"
    base = "{{ with $externalLabels.grafana }}{{ . }}/{{ end }}d/"
    assert notes["dashboard_url"].startswith(base)
    uid, _, chosen = notes["dashboard_url"].removeprefix(base).partition("?")
    # A dashboard has its uid as its name.
    board = json.loads((ROOT / f"grafana/dashboards/{uid}.json").read_text(encoding="utf-8"))
    names = [variable["name"] for variable in board["templating"]["list"]]
    for part in filter(None, chosen.split("&")):
        name = re.fullmatch(r"var-(\w+)=\{\{ \$labels\.\1 \}\}", part)
        assert name
        assert name[1] in names, "the dashboard has a variable for it"
    assert alert["alert"] not in TEAMS or "var-team=" in chosen
    assert alert["alert"] not in SOURCES or "var-source=" in chosen


def test_what_is_critical_is_about_open_teams_or_about_nobody_watching():
    critical = {alert["alert"] for alert in ALERTS if alert["labels"]["severity"] == "critical"}
    assert critical == {
        "AgentmonDown",
        "AgentmonTeamUnstaffed",
        "AgentmonTeamSaturated",
        "AgentmonTeamBlind",
        "AgentmonTeamCoverageBudgetBurn",
    }


@pytest.mark.parametrize("alert", OF_TEAMS, ids=identify)
def test_a_team_alert_knows_hours_grace_and_replicas_and_names_the_team(alert: dict[str, Any]):
    expr = alert["expr"]
    assert re.match(r"max by \(team(, channel)?\) \(", expr)
    assert re.search(r'unless on \(job, instance, team\)\s+agentmon_team_open\{job="agentmon"\} == 0', expr)
    assert "time() - agentmon_team_opened_timestamp_seconds" in expr
    assert "agentmon_team_opening_grace_seconds" in expr
    assert "$labels.team" in alert["annotations"]["summary"]
    assert "query" in alert["annotations"]["description"], "the description carries numbers of now"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["record"])
def test_a_record_is_named_level_metric_operation(record: dict[str, Any]):
    assert re.fullmatch(r"[a-z_]+:agentmon_[a-z_]+:(max|ratio_increase\d+[mhd])", record["record"])


def test_occupancies_are_ratios_of_sums(promtool_path: str, tmp_path: Path):
    """Two people with one slot each: one full for an hour, one for half of it, then somebody leaves with a contact."""
    of = 'job="agentmon", instance="a:9877", team="sales", channel="chat"'
    series = [
        (f'agentmon_team_slot_seconds_total{{{of}, state="used"}}', "0+90x60"),
        (f'agentmon_team_slot_seconds_total{{{of}, state="free"}}', "0+30x60"),
        (f'agentmon_team_slot_seconds_total{{{of}, state="finishing"}}', "0+60x60"),
        (f'agentmon_team_agent_seconds_total{{{of}, state="full"}}', "0+60x60"),
        (f'agentmon_team_agent_seconds_total{{{of}, state="partial"}}', "0+30x60"),
        (f'agentmon_team_agent_seconds_total{{{of}, state="idle"}}', "0+30x60"),
        (f'agentmon_team_agent_seconds_total{{{of}, state="away"}}', "0+60x60"),
        (f"agentmon_team_available_agents{{{of}}}", "1x60"),
        (f"agentmon_team_available_agents{{{of}}}".replace("a:9877", "b:9877"), "2x60"),
    ]
    ratios = [
        f"instance_team_channel:agentmon_{kind}_occupancy:ratio_increase{window}"
        for kind in ("slot", "agent")
        for window in ("5m", "30m", "1h", "1d")
    ]
    best = 'team_channel:agentmon_available_agents:max{job="agentmon", team="sales", channel="chat"}'
    wanted = [(name, f"{name}{{{of}}}", 0.75) for name in ratios] + [(best.partition("{")[0], best, 2)]
    asked = [
        {"expr": name, "eval_time": "60m", "exp_samples": [{"labels": labels, "value": value}]}
        for name, labels, value in wanted
    ]
    tests = [
        {"interval": "1m", "input_series": [{"series": n, "values": v} for n, v in series], "promql_expr_test": asked}
    ]
    path = tmp_path / "test.yml"
    path.write_text(json.dumps({"rule_files": [str(RULES[0])], "evaluation_interval": "1m", "tests": tests}))
    done = subprocess.run([promtool_path, "test", "rules", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
