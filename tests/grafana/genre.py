"""The rules of the genre as a table: each is a function from a dashboard to what is wrong with it.

Those of grafana/dashboard-linter have its names, and are written after its documentation; ours follow.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Dashboard = Mapping[str, Any]
Panel = Mapping[str, Any]
Complaints = Iterator[str]

SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\{((?:[^}\"]|\"[^\"]*\")*)\}")
VARIABLE = {"type": "prometheus", "uid": "${datasource}"}
WALL = "agentmon-wall"
SCREEN = (1080 - 2 * 16) // 38
"""Rows of the grid that a 16:9 screen shows without scrolling: 30 pixels and 8 between two, 16 round all."""
TEAMS = 12
UNITS = {"none", "short", "percentunit", "s", "bytes", "dtdurations"}


def variables(dashboard: Dashboard) -> dict[str, Mapping[str, Any]]:
    return {variable["name"]: variable for variable in dashboard["templating"]["list"]}


def everything(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON tree."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from everything(child)


def targets(dashboard: Dashboard) -> Iterator[tuple[Panel, Mapping[str, Any]]]:
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel, target


def asked(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    """Yield where each expression stands, and the expression."""
    for panel, target in targets(dashboard):
        yield panel["title"], target["expr"]


# ------------------------------------------------------------------ dashboard-linter --strict


def template_datasource(dashboard: Dashboard) -> Complaints:
    found = [variable for variable in variables(dashboard).values() if variable["type"] == "datasource"]
    if [(each["name"], each["label"], each["query"]) for each in found] != [
        ("datasource", "Data source", "prometheus")
    ]:
        yield "no variable of one Prometheus data source"


def template_of(name: str) -> Callable[[Dashboard], Complaints]:
    def rule(dashboard: Dashboard) -> Complaints:
        found = variables(dashboard).get(name, {})
        wanted = {"type": "query", "label": name.title(), "multi": True, "allValue": ".+", "datasource": VARIABLE}
        for field, value in wanted.items():
            if found.get(field) != value:
                yield f"${name}: {field} is {found.get(field)!r}, not {value!r}"

    return rule


def template_label_promql(dashboard: Dashboard) -> Complaints:
    for name, variable in variables(dashboard).items():
        if variable["type"] == "query" and not re.fullmatch(
            r"label_values\([\w:]+(\{[^}]*\})?, \w+\)", variable["query"]["query"]
        ):
            yield f"${name}: {variable['query']['query']}"


def template_on_time_change(dashboard: Dashboard) -> Complaints:
    for name, variable in variables(dashboard).items():
        if variable["type"] == "query" and variable["refresh"] != 2:
            yield f"${name} is not renewed with the time range"


def panel_datasource(dashboard: Dashboard) -> Complaints:
    for panel in dashboard["panels"]:
        if panel.get("datasource") != VARIABLE:
            yield f"{panel['title']}: data source {panel.get('datasource')}"


def panel_title_description(dashboard: Dashboard) -> Complaints:
    for panel in dashboard["panels"]:
        if not panel.get("title") or len(panel.get("description", "")) < 10:
            yield f"panel {panel['id']} has no title or no description"


def panel_units(dashboard: Dashboard) -> Complaints:
    for panel in dashboard["panels"]:
        if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
            yield f"{panel['title']}: unit {panel['fieldConfig']['defaults'].get('unit')}"


def panel_no_targets(dashboard: Dashboard) -> Complaints:
    for panel in dashboard["panels"]:
        if not panel.get("targets"):
            yield f"{panel['title']} asks for nothing"


def target_rate_interval(dashboard: Dashboard) -> Complaints:
    for where, expr in asked(dashboard):
        for window in re.findall(r"\bi?rate\([^\[]*\[([^\]]*)\]", expr):
            if window != "$__rate_interval":
                yield f"{where}: a rate over {window}"


def target_matcher(label: str) -> Callable[[Dashboard], Complaints]:
    def rule(dashboard: Dashboard) -> Complaints:
        for where, expr in asked(dashboard):
            selectors = SELECTOR.findall(expr)
            if len(selectors) != len(re.findall(r"\{", re.sub(r'"[^"]*"', "", expr))):
                yield f"{where}: a selector without a metric"
            for metric, matchers in selectors:
                if f'{label}=~"${label}"' not in matchers:
                    yield f"{where}: {metric} is not filtered by ${label}"

    return rule


def target_counter_agg(dashboard: Dashboard) -> Complaints:
    for where, expr in asked(dashboard):
        for found in re.finditer(r"\b\w+_total\b", expr):
            if not re.search(r"\b(rate|irate|increase)\($", expr[: found.start()]):
                yield f"{where}: {found[0]} is a counter, and shown as it stands"


def target_histogram(dashboard: Dashboard) -> Complaints:
    for where, expr in asked(dashboard):
        if "_bucket{" in expr and "histogram_quantile(" not in expr:
            yield f"{where}: buckets outside of histogram_quantile"


def uneditable(dashboard: Dashboard) -> Complaints:
    if dashboard["editable"] is not False:
        yield "it can be edited"


# ------------------------------------------------------------------ ours


def is_portable(dashboard: Dashboard) -> Complaints:
    for key in ("__inputs", "__requires", "id"):
        if key in dashboard:
            yield f"has {key}"
    for node in everything(dashboard):
        if node.get("datasource", VARIABLE) != VARIABLE:
            yield f"a fixed data source: {node['datasource']}"


def is_one_of_a_family(dashboard: Dashboard) -> Complaints:
    if not dashboard["title"].startswith("agentmon: ") or not dashboard["description"]:
        yield "no title or description of the family"
    if dashboard["tags"] != ["agentmon"]:
        yield f"tags {dashboard['tags']}"
    if not any(link["type"] == "dashboards" and link["tags"] == ["agentmon"] for link in dashboard["links"]):
        yield "no link to the other dashboards"
    if dashboard["schemaVersion"] != 39:
        yield "not the schema of Grafana 11"


def panels_have_places(dashboard: Dashboard) -> Complaints:
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(set(ids)) != len(ids):
        yield "two panels with one id"
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + i, at["y"] + j) for i in range(at["w"]) for j in range(at["h"])}
        if at["x"] + at["w"] > 24 or cells & taken:
            yield f"{panel['title']} overlaps or sticks out"
        taken |= cells


def nothing_has_a_word(dashboard: Dashboard) -> Complaints:
    for panel in dashboard["panels"]:
        if panel["fieldConfig"]["defaults"].get("noValue") in {None, "", "0"}:
            yield f"{panel['title']}: nothing would look like an empty panel, or like zero"


def null_stays_null(dashboard: Dashboard) -> Complaints:
    for node in everything(dashboard):
        if node.get("spanNulls"):
            yield "a line over a gap"
        if node.get("calcs") and node["calcs"] != ["last"]:
            yield f"reduced by {node['calcs']}, which passes over what is missing"
    for where, expr in asked(dashboard):
        if re.search(r"\bor vector\(|\bor on \(\) vector\(", expr):
            yield f"{where}: what is not known is made a number"


def legends_speak(dashboard: Dashboard) -> Complaints:
    for panel in dashboard["panels"]:
        legends = [target.get("legendFormat") for target in panel["targets"] if target.get("format") != "table"]
        if not all(legends) or len(set(legends)) != len(legends) or "__auto" in legends:
            yield f"{panel['title']}: legends {legends}"


def words_stand_with_colours(dashboard: Dashboard) -> Complaints:
    for node in everything(dashboard):
        if node.get("type") == "value":
            shown = list(node["options"].values())
            if not all(each.get("text") for each in shown):
                yield f"a colour without a word: {shown}"
            if len({each["text"] for each in shown}) != len(shown):
                yield f"two values with one word: {shown}"


def alerts_are_marked(dashboard: Dashboard) -> Complaints:
    marks = dashboard.get("annotations", {}).get("list", [])
    if dashboard["uid"] != WALL and not any("ALERTS{" in each["expr"] for each in marks):
        yield "alerts are not marked in the graphs"


def wall_fits_a_screen(dashboard: Dashboard) -> Complaints:
    if dashboard["uid"] != WALL:
        return
    height = 0
    for panel in dashboard["panels"]:
        repeats = -(-TEAMS // panel["maxPerRow"]) if panel.get("repeat") else 1
        height += repeats * panel["gridPos"]["h"]
        if panel["gridPos"]["w"] != 24:
            yield f"{panel['title']}: heights add up only for panels of full width"
    if height > SCREEN:
        yield f"{TEAMS} teams need {height} rows of the grid, a screen has {SCREEN}"


LINTER: Mapping[str, Callable[[Dashboard], Complaints]] = {
    "template-datasource-rule": template_datasource,
    "template-job-rule": template_of("job"),
    "template-instance-rule": template_of("instance"),
    "template-label-promql-rule": template_label_promql,
    "template-on-time-change-reload-rule": template_on_time_change,
    "panel-datasource-rule": panel_datasource,
    "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units,
    "panel-no-targets-rule": panel_no_targets,
    "target-rate-interval-rule": target_rate_interval,
    "target-job-rule": target_matcher("job"),
    "target-instance-rule": target_matcher("instance"),
    "target-counter-agg-rule": target_counter_agg,
    "target-histogram-rule": target_histogram,
    "uneditable-dashboard-rule": uneditable,
}
"""Its target-promql-rule is kept by asking a real Prometheus: test_queries.py and test_live.py."""

OURS: Mapping[str, Callable[[Dashboard], Complaints]] = {
    "is portable": is_portable,
    "is one of a family": is_one_of_a_family,
    "panels have places": panels_have_places,
    "nothing has a word": nothing_has_a_word,
    "null stays null": null_stays_null,
    "legends speak": legends_speak,
    "words stand with colours": words_stand_with_colours,
    "alerts are marked": alerts_are_marked,
    "the wall fits a screen": wall_fits_a_screen,
}
