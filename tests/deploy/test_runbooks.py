"""A page that is read at three in the morning has no dead link, no query that fails and no metric that is not there."""

import re
import subprocess
from pathlib import Path

import pytest
from alerts import INDEX, MONITOR, NAMES, PAGES, SOURCES, TEAMS, queries
from chain import read, rule_files, write
from realparts import require_tool

from monitor.exporter.catalogue import DOCUMENTED
from monitor.exporter.families import Kind

SECTIONS = ("Meaning", "Impact", "Diagnosis", "Mitigation", "When it is false")
RULES = [rule for file in rule_files() for group in read(file)["groups"] for rule in group["rules"]]

OF_A_SERIES = {"job", "instance", "__name__"}
# What Prometheus and the process tell of themselves.
FOREIGN = {
    "up": set[str](),
    "ALERTS": {"alertname", "alertstate"},
    "process_cpu_seconds_total": set[str](),
    "prometheus_notifications_errors_total": {"alertmanager"},
    "prometheus_notifications_alertmanagers_discovered": set[str](),
}


def metrics() -> dict[str, set[str]]:
    """Map everything that a query may name to the labels that it may use with it."""
    known = dict(FOREIGN)
    for family in DOCUMENTED:
        labels = set(family.labels)
        if family.kind is Kind.HISTOGRAM:
            known |= {f"{family.name}_{part}": labels | {"le"} for part in ("sum", "count", "bucket")}
        else:
            known[family.name] = labels
    return known


def unknown(query: str, known: dict[str, set[str]]) -> list[str]:
    """Return what a query names that is not there. A recording rule, with its colons, stands in the rules."""
    records = {rule.get("record") for rule in RULES}
    bare = re.sub(r'"[^"]*"', '""', query)
    wrong = [name for name in re.findall(r"\w+:[\w:]+", bare) if name not in records]
    bare = re.sub(r"\w+:[\w:]+", "", bare)
    for name, selector in re.findall(r"\b((?:agentmon|process|prometheus)_\w+|up|ALERTS)\b(?:\{([^}]*)\})?", bare):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        wrong += [name] if name not in known else [f"{name}: {label}" for label in labels - known[name] - OF_A_SERIES]
    return wrong


def test_every_alert_has_its_page():
    assert {rule["alert"] for rule in RULES if "alert" in rule} <= set(PAGES)


def test_there_is_a_page_for_each_name_of_the_contract_and_no_other():
    assert sorted(PAGES) == sorted(NAMES)


def test_the_index_names_each_page_once():
    assert re.findall(r"^\| \[(\w+)\]\(\1\.md\)", INDEX.read_text(encoding="utf-8"), re.MULTILINE) == [*NAMES]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_leads_from_meaning_to_doubt(name: str):
    text = PAGES[name]
    assert text.startswith(f"# {name}\n")
    assert tuple(re.findall(r"^\*\*(.+?)\.\*\*", text, re.MULTILINE)) == SECTIONS
    assert len(text.splitlines()) < 90, "too long for three in the morning"


@pytest.mark.parametrize("name", PAGES)
def test_a_diagnosis_has_queries_the_status_page_and_the_command_that_explains(name: str):
    diagnosis = PAGES[name].partition("**Diagnosis.**")[2].partition("**Mitigation.**")[0]
    assert queries(diagnosis)
    assert "tatus page `/`" in diagnosis
    placeholders = {"T": TEAMS, "S": SOURCES, "I": MONITOR}
    for letter, names in placeholders.items():
        if f'="{letter}"' in diagnosis:
            assert name in names
            assert f"`{letter}`" in diagnosis
    if name in TEAMS:
        assert "agentmon explain http://AGENTMON:9877 T`" in diagnosis
        assert "http://AGENTMON:9877/api/v1/teams/T/explain" in diagnosis
    if name in SOURCES:
        assert "agentmon probe FILE S" in diagnosis


def test_prometheus_can_read_every_query(tmp_path: Path):
    rules = [{"record": f"{name}:query", "expr": query} for name, text in PAGES.items() for query in queries(text)]
    assert len(rules) > len(PAGES)
    groups = [{"name": str(number), "rules": [rule]} for number, rule in enumerate(rules)]
    file = write(tmp_path / "rules.yml", {"groups": groups})
    command = (require_tool("promtool", "prometheus"), "check", "rules", file)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PAGES)
def test_every_query_asks_for_what_is_there(name: str):
    known = metrics()
    assert [wrong for query in queries(PAGES[name]) for wrong in unknown(query, known)] == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ('agentmon_team_open{team="T"} == 1', []),
        ('agentmon_team_staff{team="T"}', ["agentmon_team_staff"]),
        ('agentmon_team_open{channel="C"}', ["agentmon_team_open: channel"]),
        ("rate(agentmon_source_poll_duration_seconds[5m])", ["agentmon_source_poll_duration_seconds"]),
        ("team:agentmon_nothing:sum > 0", ["team:agentmon_nothing:sum"]),
    ],
)
def test_what_is_not_there_is_found(query: str, wrong: list[str]):
    assert unknown(query, metrics()) == wrong
