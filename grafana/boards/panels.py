"""Panels as the dashboards want them: each with a title, a description, a unit and a word for what is not there."""

from collections.abc import Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.builders import common, dashboard, heatmap, prometheus, stat, statetimeline, table
from grafana_foundation_sdk.builders import timeseries as series
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from boards.palette import GREY, PLAIN, PURPLE, steps

DATASOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
NOTHING = "not known"

Panel = Builder[model.Panel]
Query = prometheus.Dataquery


def now(expr: str, legend: str, ref: str = "A") -> Query:
    """Ask for the value of this moment; one series for each answer, named by `legend`."""
    return _query(expr, ref).instant().legend_format(legend)


def rows(expr: str, ref: str) -> Query:
    """Ask for the value of this moment as rows of a table, with labels as columns."""
    return _query(expr, ref).instant().format(PromQueryFormat.TABLE)


def over_time(expr: str, legend: str, ref: str = "A") -> Query:
    return _query(expr, ref).range().legend_format(legend)


def buckets(expr: str) -> Query:
    """Ask for the buckets of a histogram over time."""
    return _query(expr, "A").range().legend_format("{{le}}").format(PromQueryFormat.HEATMAP)


def _query(expr: str, ref: str) -> Query:
    return prometheus.Dataquery().expr(expr).ref_id(ref).datasource(DATASOURCE)


def described(panel: Any, title: str, about: str, unit: str, queries: Sequence[Query], empty: str) -> Any:
    """Put on what every panel has. `empty` says when a panel has nothing to show, and ends its description; without
    it, an answer without data is a defect.
    """
    text = f"{about} Empty {empty}" if empty else about
    for query in queries:
        panel = panel.with_target(query)
    return panel.title(title).description(text).unit(unit).datasource(DATASOURCE)


def tiles(
    title: str,
    about: str,
    *queries: Query,
    mappings: Sequence[model.ValueMap] = (),
    unit: str = "none",
    empty: str = "",
    nothing: str = NOTHING,
    text: options.BigValueTextMode = options.BigValueTextMode.VALUE_AND_NAME,
    thresholds: dashboard.ThresholdsConfig | None = None,
    orientation: options.VizOrientation = options.VizOrientation.AUTO,
    filled: bool = True,
    decimals: int | None = None,
) -> stat.Panel:
    """Make big values of this moment; what has no colour of its own is painted as not known."""
    mode = options.BigValueColorMode.BACKGROUND_SOLID if filled else options.BigValueColorMode.VALUE
    panel: stat.Panel = described(stat.Panel(), title, about, unit, queries, empty)
    panel = (
        panel.mappings(list(mappings))
        .no_value(nothing)
        .color_mode(mode)
        .graph_mode(options.BigValueGraphMode.NONE)
        .text_mode(text)
        .orientation(orientation)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(thresholds or steps(PURPLE))
    )
    return panel if decimals is None else panel.decimals(decimals)


def lines(
    title: str,
    about: str,
    unit: str,
    *queries: Query,
    empty: str = "",
    nothing: str = NOTHING,
    stacked: bool = False,
    bars: bool = False,
    least: float | None = 0,
    most: float | None = None,
    thresholds: dashboard.ThresholdsConfig | None = None,
    decimals: int | None = None,
) -> series.Panel:
    """Make a graph over time. A gap stays a gap: it is time of which nothing is known."""
    panel: series.Panel = described(series.Panel(), title, about, unit, queries, empty)
    panel = (
        panel.no_value(nothing)
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC))
        .span_nulls(span_nulls=False)
        .show_points(options.VisibilityMode.AUTO)
        .line_width(0 if stacked else 2)
        .fill_opacity(70 if stacked or bars else 0)
        .thresholds(thresholds or steps(PLAIN))
        .draw_style(options.GraphDrawStyle.BARS if bars else options.GraphDrawStyle.LINE)
        .legend(_legend())
        .tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI).sort(options.SortOrder.NONE))
    )
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL).group("A"))
        panel = panel.line_interpolation(options.LineInterpolation.STEP_AFTER)
    if thresholds:
        panel = panel.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(options.GraphThresholdsStyleMode.DASHED)
        )
    if least is not None:
        panel = panel.min(least)
    if most is not None:
        panel = panel.max(most)
    return panel if decimals is None else panel.decimals(decimals)


def _legend() -> common.VizLegendOptions:
    return (
        common.VizLegendOptions()
        .show_legend(show_legend=True)
        .display_mode(options.LegendDisplayMode.LIST)
        .placement(options.LegendPlacement.BOTTOM)
        .calcs([])
    )


def dashed(color: str) -> list[model.DynamicConfigValue]:
    """Draw a line that is a limit and not a measurement, over what is stacked and not on top of it."""
    return [
        model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color}),
        model.DynamicConfigValue("custom.lineStyle", {"fill": "dash", "dash": [10, 6]}),
        model.DynamicConfigValue("custom.lineWidth", 3),
        model.DynamicConfigValue("custom.fillOpacity", 0),
        model.DynamicConfigValue("custom.stacking", {"mode": "none", "group": "A"}),
        model.DynamicConfigValue("custom.drawStyle", "line"),
    ]


def timeline(
    title: str, about: str, *queries: Query, mappings: Sequence[model.ValueMap], empty: str = ""
) -> statetimeline.Panel:
    panel: statetimeline.Panel = described(statetimeline.Panel(), title, about, "none", queries, empty)
    return (
        panel.mappings(list(mappings))
        .no_value(NOTHING)
        .thresholds(steps(GREY))
        .show_value(options.VisibilityMode.AUTO)
        .merge_values(merge_values=True)
        .fill_opacity(85)
        .line_width(0)
        .row_height(0.9)
        .legend(_legend().show_legend(show_legend=False))
    )


def durations(title: str, about: str, query: Query, empty: str = "") -> heatmap.Panel:
    """Make a heatmap of a histogram in seconds."""
    panel: heatmap.Panel = described(heatmap.Panel(), title, about, "short", [query], empty)
    colors = heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Blues").steps(64)
    return (
        panel.no_value(NOTHING)
        .calculate(calculate=False)
        .color(colors)
        .y_axis(heatmap.YAxisConfig().unit("s"))
        .cell_gap(1)
        .show_value(options.VisibilityMode.NEVER)
    )


def grid(
    title: str,
    about: str,
    columns: Mapping[str, str],
    *queries: Query,
    unit: str = "none",
    empty: str = "",
    nothing: str = NOTHING,
    sort: str = "",
    sort_down: bool = False,
) -> table.Panel:
    """Make a table of all queries, joined on their labels; `columns` keeps, orders and names the columns."""
    panel: table.Panel = described(table.Panel(), title, about, unit, queries, empty)
    panel = panel.no_value(nothing).thresholds(steps(PLAIN)).transformations(_joined(columns))
    if sort:
        panel = panel.sort_by([common.TableSortByFieldState().display_name(sort).desc(sort_down)])
    return panel


def _joined(columns: Mapping[str, str]) -> list[model.DataTransformerConfig]:
    arrange = {
        "excludeByName": {"Time": True},
        "indexByName": {name: i for i, name in enumerate(columns)},
        "renameByName": dict(columns),
    }
    keep = {"include": {"names": list(columns.values())}}
    return [
        model.DataTransformerConfig(id_val="merge", options={}),
        model.DataTransformerConfig(id_val="organize", options=arrange),
        model.DataTransformerConfig(id_val="filterFieldsByName", options=keep),
    ]


def column(
    unit: str,
    *mappings: model.ValueMap | model.SpecialValueMap,
    filled: bool = False,
    decimals: int | None = None,
    width: int | None = None,
) -> list[model.DynamicConfigValue]:
    """Show one column of a table; `filled` paints the cell in the colour of its mapping."""
    cell = {"type": "color-background", "mode": "basic"} if filled else {"type": "color-text"}
    values: dict[str, object] = {"unit": unit, "mappings": list(mappings), "custom.cellOptions": cell}
    if decimals is not None:
        values["decimals"] = decimals
    if width is not None:
        values["custom.width"] = width
    return [model.DynamicConfigValue(name, value) for name, value in values.items()]
