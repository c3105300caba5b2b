"""`agentmon rules`: what differs in an installation, and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from monitor.cli.main import app
from monitor.rules import ALERTS, GROUPS, Alert

ROOT = Path(__file__).parents[1]
COMMITTED = (ROOT / "deploy/prometheus/rules/agentmon.yml").read_text(encoding="utf-8")
Printed = Callable[..., str]

CONFIG = """
sources:
  - {name: liveagent, vendor: liveagent, url: "https://acme.ladesk.com", api_key: {env: KEY}}
teams:
  - {name: sales.fr, members: [{source: liveagent, groups: [Sales]}]}
  - {name: support, members: [{source: liveagent, groups: [Support]}]}
  - {name: trainees, members: [{source: liveagent, groups: [Trainees]}]}
"""


@pytest.fixture
def printed(tmp_path: Path):
    file = tmp_path / "monitor.yml"
    file.write_text(CONFIG, encoding="utf-8")

    def run(*options: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["rules", str(file), *options])
        assert result.exit_code == code, result.output
        return result.output

    return run


def alerts(text: str) -> list[dict[str, dict[str, str]]]:
    groups = YAML(typ="safe").load(text)["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def test_without_options_it_is_the_committed_file(printed: Printed):
    assert printed() == COMMITTED


def test_another_job_is_in_every_selector_and_every_query(printed: Printed):
    assert printed("--job", "agentmon-eu").replace("agentmon-eu", "agentmon") == COMMITTED
    for metric, selector in re.findall(r"(?<![\w:/.`-])((?:\w+:)?agentmon_\w+(?::\w+)?)(?!\S*:$)(\{[^}]*)?", COMMITTED):
        recorded = f"record: {metric}\n" in COMMITTED
        assert recorded or re.match(r"\{job=[\"']agentmon[\"']", selector), metric


def test_labels_are_on_every_alert_and_on_no_record(printed: Printed):
    text = printed("--label", "site=lyon", "--label", "owner=care")
    assert all({"site": "lyon", "owner": "care"}.items() <= alert["labels"].items() for alert in alerts(text))
    assert text.count('site: "lyon"') == len(ALERTS)


def test_addresses_are_written_out(printed: Printed):
    text = printed("--runbooks", "https://git.example.org/agentmon/", "--grafana", "https://grafana.example.org")
    assert "$externalLabels" not in text
    for alert in alerts(text):
        page = f"https://git.example.org/agentmon/deploy/runbooks/{alert['alert']}.md"
        assert alert["annotations"]["runbook_url"] == page
        assert alert["annotations"]["dashboard_url"].startswith("https://grafana.example.org/d/")


def test_a_team_left_out_is_in_no_alert_of_teams_and_stays_in_the_records(printed: Printed):
    text = printed("--without-team", "sales.fr", "--without-team", "trainees")
    for alert in alerts(text):
        of_team = re.findall(r"\b(?:agentmon_team_\w+|\w*team\w*:agentmon_\w+:\w+)\{[^}]*", alert["expr"])
        assert all('team!~"sales[.]fr|trainees"' in selector for selector in of_team)
        assert bool(of_team) == alert["alert"].startswith("AgentmonTeam")
    records = [rule for group in YAML(typ="safe").load(text)["groups"] for rule in group["rules"] if "record" in rule]
    assert not any("team!~" in rule["expr"] for rule in records)


def test_a_team_is_never_louder_than_it_may_be(printed: Printed):
    by_name = {
        (alert["alert"], alert["labels"].get("cause")): alert
        for alert in alerts(printed("--severity", "support=warning"))
    }
    template = '{{ if eq $labels.team "support" }}warning{{ else }}critical{{ end }}'
    assert by_name["AgentmonTeamUnstaffed", None]["labels"]["severity"] == template
    assert by_name["AgentmonTeamLastAgent", None]["labels"]["severity"] == "warning"
    assert by_name["AgentmonTeamInactiveAgents", None]["labels"]["severity"] == "info"
    assert by_name["AgentmonSourceDown", None]["labels"]["severity"] == "warning"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--without-team", "sales"), "has no team 'sales'; there are: sales.fr, support, trainees"),
        (("--severity", "nobody=info"), "has no team 'nobody'"),
    ],
)
def test_a_team_that_does_not_exist_is_an_error(printed: Printed, options: tuple[str, ...], told: str):
    assert told in printed(*options, code=1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--job", 'a"b'), "--job"),
        (("--job", ""), "--job"),
        (("--label", "site"), "NAME=VALUE"),
        (("--label", "2site=a"), "no name of a label"),
        (("--label", "severity=a"), "of their own"),
        (("--label", "site={{ $value }}"), "braces"),
        (("--severity", "support=none"), "warning or info"),
        (("--runbooks", "git.example.org"), "https://"),
    ],
)
def test_a_wrong_option_is_named(printed: Printed, options: tuple[str, ...], told: str):
    assert told in " ".join(printed(*options, code=2).split())


def test_every_value_of_a_text_is_used_and_every_rule_has_a_name_of_its_own():
    for alert in ALERTS:
        assert set(re.findall(r"<(\w+)>", alert.description)) == set(alert.values)
    names = [
        (rule.name, *sorted(rule.labels.items()), rule.severity if isinstance(rule, Alert) else "")
        for group in GROUPS
        for rule in group.rules
    ]
    assert len(set(names)) == len(names)
