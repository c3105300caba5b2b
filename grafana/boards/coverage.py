"""How a team meets its objective: coverage and budget, burn rates, and who is short when."""

from typing import Any

from grafana_foundation_sdk.builders import dashboard, stat, table
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model

from boards.objective import (
    BURN_LIMITS,
    BURN_WINDOWS,
    COVERAGE_WINDOW,
    RETENTION,
    budget_left,
    burn_rate,
    covered,
    short_when,
)
from boards.palette import CALM, GREEN, PLAIN, QUIET, RED, VERMILION, YELLOW, steps
from boards.panels import described, lines, now, over_time, rows, tiles
from boards.queries import CHANNEL


def coverage() -> stat.Panel:
    panel = tiles(
        f"Coverage, last {COVERAGE_WINDOW}",
        f"Share of open, known time in which the target of available people was met, and how much of the budget of "
        f"missed time is left (below 0: overspent). Over {COVERAGE_WINDOW}, for which Prometheus has to keep "
        f"{RETENTION} of data; with less, it is the time that is kept. Blind: share of open time of which nothing is "
        f"known; it counts in neither.",
        now(covered(CHANNEL), "covered", "covered"),
        now(budget_left(CHANNEL), "budget left", "budget"),
        now(covered(CHANNEL, blind=True), "blind", "blind"),
        unit="percentunit",
        thresholds=steps(RED, (0, CALM)),
        orientation=options.VizOrientation.VERTICAL,
        decimals=1,
        empty="while the team has not been open, and, for the budget, where no `targets.coverage` is set.",
    )
    for query, painted in (("covered", steps(QUIET)), ("blind", steps(QUIET, (0.01, YELLOW)))):
        panel.override_by_query(query, [model.DynamicConfigValue("thresholds", painted.build())])
    return panel


def burning() -> Any:
    return lines(
        "Burn rates",
        "How many times faster than allowed the budget of missed time is spent, by the length of the window. 1 spends "
        "it exactly. Dashed: where the alerts stand, 14.4 and 6 for pages, 3 and 1 for tickets.",
        "short",
        *(over_time(burn_rate(window, CHANNEL), window, f"w{window}") for window in BURN_WINDOWS),
        thresholds=steps(GREEN, *((limit, VERMILION) for limit in BURN_LIMITS)),
        empty="where no `targets.coverage` is set, and until a window holds a fifth of its length of open, known time.",
    )


def short() -> table.Panel:
    panel = table.Panel()
    arrange = {"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": {}}
    matrix = {"columnField": "hour", "rowField": "weekday", "valueField": "Value", "emptyValue": "null"}
    ascending = [{"field": "hour", "desc": False}]
    by_day = [{"field": "weekday\\hour", "desc": False}]
    panel = described(
        panel,
        "Who is short when",
        f"Share of open, known time under the target of available people, by hour and weekday, over the last "
        f"{COVERAGE_WINDOW} (Prometheus has to keep {RETENTION} of data). Hours are those of UTC, moved by the "
        f"variable at the top.",
        "percentunit",
        [rows(short_when(CHANNEL), "A")],
        "until an hour holds twelve minutes of open, known time.",
    )
    transformations = [
        model.DataTransformerConfig(id_val="organize", options=arrange),
        model.DataTransformerConfig(id_val="sortBy", options={"fields": {}, "sort": ascending}),
        model.DataTransformerConfig(id_val="groupingToMatrix", options=matrix),
        model.DataTransformerConfig(id_val="sortBy", options={"fields": {}, "sort": by_day}),
        model.DataTransformerConfig(
            id_val="organize", options={**arrange, "renameByName": {"weekday\\hour": "Weekday"}}
        ),
    ]
    cell = {"type": "color-background", "mode": "basic"}
    return (
        panel.no_value("–")
        .transformations(transformations)
        .decimals(0)
        .min(0)
        .max(0.5)
        .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.CONTINUOUS_REDS))
        .thresholds(steps(PLAIN))
        .align(options.FieldTextAlignment.CENTER)
        .override_by_regexp("[0-9]{2}", [model.DynamicConfigValue("custom.cellOptions", cell)])
        .override_by_name("Weekday", [model.DynamicConfigValue("custom.width", 90)])
    )
