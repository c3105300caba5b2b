"""Every metric and label that a query names exists: a renamed family breaks a query without a word."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
KEYWORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}
NAME = r"[a-zA-Z_:][\w:]*"


def named(expr: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric that a PromQL expression names, with the labels of its selector."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', "''", expr)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    bare = re.sub(r"\[[^\]]*\]|\b\d[\w.]*|\$\w+", " ", bare)
    for match in re.finditer(rf"({NAME})\s*(\(|\{{[^}}]*\}})?", bare):
        name, after = match[1], match[2] or ""
        if after != "(" and name not in KEYWORDS:
            yield name, set(re.findall(rf"({NAME})\s*(?:=~|!~|!=|=)", after))


def of_rules() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "deploy/prometheus/rules").glob("*.yml")):
        for group in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                name = rule.get("alert") or rule["record"]
                yield name, rule["expr"]
                for asked in re.findall(
                    r'printf "(.*?)" |query "(.*?)"', rule.get("annotations", {}).get("description", "")
                ):
                    yield f"{name}: description", "".join(asked)


def of_dashboard(dashboard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield f"${variable['name']}", re.sub(r",\s*\w+\)$", ")", variable["query"]["query"])
    for annotation in dashboard.get("annotations", {}).get("list", []):
        yield annotation["name"], annotation["expr"]
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"{panel['title']} {target['refId']}", target["expr"]


def unknown(queries: Iterator[tuple[str, str]], metrics: Mapping[str, frozenset[str]]) -> tuple[int, list[str]]:
    count, wrong = 0, []
    for place, expr in queries:
        for name, labels in named(expr):
            count += 1
            if name not in metrics:
                wrong.append(f"{place}: no metric {name}")
            elif labels - metrics[name]:
                wrong.append(f"{place}: {name} has no label {', '.join(sorted(labels - metrics[name]))}")
    return count, wrong


def test_rules_ask_only_for_what_the_exporter_has(metrics: Mapping[str, frozenset[str]]):
    count, wrong = unknown(of_rules(), metrics)
    assert count > 20
    assert wrong == []


def test_dashboards_ask_only_for_what_the_exporter_has(
    dashboards: dict[str, dict[str, Any]], metrics: Mapping[str, frozenset[str]]
):
    for dashboard in dashboards.values():
        count, wrong = unknown(of_dashboard(dashboard), metrics)
        assert count > 20
        assert wrong == []


@pytest.mark.parametrize("page", sorted((ROOT / "deploy/runbooks").glob("*.md")), ids=lambda path: path.stem)
def test_runbooks_name_only_what_the_exporter_has(page: Path, metrics: Mapping[str, frozenset[str]]):
    wanted = set(re.findall(r"\bagentmon_\w+", page.read_text(encoding="utf-8")))
    assert wanted <= set(metrics)


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        ("time() - agentmon_a", [("agentmon_a", set())]),
        ('max by (team) (a{x="1", y=~"b{c}"} == bool 1)', [("a", {"x", "y"})]),
        ("rate(a_total[5m]) * on (job) group_left (vendor) b", [("a_total", set()), ("b", set())]),
        ("a * $offset", [("a", set())]),
        ("a{x='%s'} and c unless 1e3 * d offset 1d", [("a", {"x"}), ("c", set()), ("d", set())]),
    ],
)
def test_names_are_told_from_functions_labels_and_keywords(expr: str, found: list[tuple[str, set[str]]]):
    assert list(named(expr)) == found
