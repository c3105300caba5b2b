"""What all dashboards have in common: variables, links, annotations, and where panels stand."""

from collections.abc import Iterable
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

from boards.palette import ORANGE, VERMILION
from boards.panels import DATASOURCE

TAG = "agentmon"
ALERTS = 'ALERTS{alertname=~"Agentmon.*", alertname!="AgentmonWatchdog", alertstate="firing"}'

# One row of the grid: its height, and its panels with their widths of 24 in all.
Row = tuple[int, Iterable[tuple[int, Any]]]


def framed(
    uid: str,
    title: str,
    about: str,
    variables: Iterable[dashboard.QueryVariable],
    rows: Iterable[Row],
    *,
    annotations: Iterable[dashboard.AnnotationQuery] = (),
    since: str = "now-6h",
    refresh: str = "30s",
) -> dashboard.Dashboard:
    board = (
        dashboard.Dashboard(f"agentmon: {title}")
        .uid(uid)
        .description(about)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .time(since, "now")
        .refresh(refresh)
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(_ours("job", "Job", "label_values(agentmon_build_info, job)"))
        .with_variable(_ours("instance", "Instance", 'label_values(agentmon_build_info{job=~"$job"}, instance)'))
        .link(_others())
    )
    for variable in variables:
        board = board.with_variable(variable)
    for annotation in annotations:
        board = board.annotation(annotation)
    return _placed(board, rows)


def _placed(board: dashboard.Dashboard, rows: Iterable[Row]) -> dashboard.Dashboard:
    y, number = 0, 0
    for height, panels in rows:
        x = 0
        for width, panel in panels:
            number += 1
            board = board.with_panel(panel.id(number).grid_pos(model.GridPos(h=height, w=width, x=x, y=y)))
            x += width
        y += height
    return board


def variable(name: str, label: str, definition: str) -> dashboard.QueryVariable:
    """Choose one of what a query finds."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query({"query": definition, "refId": name})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
    )


def several(name: str, label: str, definition: str) -> dashboard.QueryVariable:
    """Choose any of what a query finds, all of them at first."""
    return (
        variable(name, label, definition)
        .multi(multi=True)
        .include_all(include_all=True)
        .current(model.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def _ours(name: str, label: str, definition: str) -> dashboard.QueryVariable:
    return several(name, label, definition).all_value(".+")


def _others() -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink("agentmon")
        .type(model.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .keep_time(keep_time=True)
        .tooltip("The other dashboards of agentmon")
    )


def alerts_firing(matchers: str = "") -> dashboard.AnnotationQuery:
    """Mark when alerts fired. They carry neither job nor instance: replicas are aggregated away in them."""
    expr = ALERTS.replace("}", f", {matchers}}}") if matchers else ALERTS
    return _annotation("Alerts", f"max by (alertname, severity, team, channel, source) ({expr})", VERMILION)


def status_changes(expr: str) -> dashboard.AnnotationQuery:
    return _annotation("Status changes", expr, ORANGE)


def _annotation(name: str, expr: str, color: str) -> dashboard.AnnotationQuery:
    return (
        dashboard.AnnotationQuery().name(name).datasource(DATASOURCE).enable(enable=True).icon_color(color).expr(expr)
    )
