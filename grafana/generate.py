"""Write the dashboards beside this file, or with --check compare them and exit 1 on a difference."""

import argparse
import difflib
import json
import sys
from pathlib import Path

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, statetimeline, table
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

OUTPUT = Path(__file__).parent / "dashboards"

# Of the Okabe-Ito palette, which people with any colour vision tell apart; a word always stands with it.
GREEN, YELLOW, ORANGE = "#009E73", "#F0E442", "#E69F00"
VERMILION, PURPLE, GREY = "#D55E00", "#CC79A7", "#6E7681"
PLAIN = "text"  # the theme's own colour of text

# Two replicas may differ, and the highest code wins: who knows beats who does not, then the worse news.
STATUSES = {
    1: ("unknown", "? unknown", PURPLE),
    2: ("closed", "closed", GREY),
    3: ("ok", "ok", GREEN),
    4: ("tight", "tight", YELLOW),
    5: ("saturated", "saturated", ORANGE),
    6: ("unstaffed", "unstaffed", VERMILION),
}

DATASOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
OURS = 'job=~"$job", instance=~"$instance"'

STATUS_CODE = "max by (team, channel) (\n  {}\n)".format(
    "\n  or\n  ".join(
        f'{code} * (agentmon_team_status{{{OURS}, status="{status}"}} == 1)'
        for code, (status, _, _) in STATUSES.items()
    )
)


def per_channel(of_team: str) -> str:
    """Repeat a family of teams for each channel of the team, so that a table can join it to the others."""
    every_channel = f'0 * agentmon_team_status{{{OURS}, status="ok"}}'
    return f"({every_channel} + on (job, instance, team) group_left () {of_team})"


def proved(counts: str) -> str:
    """Counts of incomplete data are floors, and a floor of 0 says nothing: it has no value."""
    return (
        "max by (team, channel) (\n"
        f"  {counts} > 0\n"
        "  or\n"
        f"  {counts} and on (job, instance, team) agentmon_team_data_complete{{{OURS}}} == 1\n"
        ")"
    )


def query(expr: str, ref: str = "A", legend: str = "") -> prometheus.Dataquery:
    built = prometheus.Dataquery().expr(expr).ref_id(ref).datasource(DATASOURCE).instant()
    return built.legend_format(legend) if legend else built.format(PromQueryFormat.TABLE)


def words(texts: dict[int, tuple[str, str]]) -> model.ValueMap:
    results = enumerate(texts.items())
    return model.ValueMap(
        {str(value): model.ValueMappingResult(text, color, index=i) for i, (value, (text, color)) in results}
    )


def absent(text: str) -> model.SpecialValueMap:
    result = model.ValueMappingResult(text, PURPLE, index=9)
    match = model.SpecialValueMatch.NULL_AND_NAN
    return model.SpecialValueMap(model.DashboardSpecialValueMapOptions(match, result))


STATUS_WORDS = words({code: (text, color) for code, (_, text, color) in STATUSES.items()})


def unmapped(color: str) -> dashboard.ThresholdsConfig:
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps([model.Threshold(None, color)])


def column(
    unit: str,
    *mappings: model.ValueMap | model.SpecialValueMap,
    filled: bool = False,
    decimals: int | None = None,
) -> list[model.DynamicConfigValue]:
    """Show one column of a table; `filled` paints the cell in the colour of its mapping."""
    cell = {"type": "color-background", "mode": "basic"} if filled else {"type": "color-text"}
    values: dict[str, object] = {"unit": unit, "mappings": list(mappings), "custom.cellOptions": cell}
    if decimals is not None:
        values["decimals"] = decimals
    return [model.DynamicConfigValue(name, value) for name, value in values.items()]


def joined(titles: dict[str, str]) -> list[model.DataTransformerConfig]:
    """Join the tables of all queries on their labels; keep and name the columns of `titles`, in its order."""
    arrange = {
        "excludeByName": {"Time": True},
        "indexByName": {name: i for i, name in enumerate(titles)},
        "renameByName": titles,
    }
    keep = {"include": {"names": list(titles.values())}}
    return [
        model.DataTransformerConfig(id_val="merge", options={}),
        model.DataTransformerConfig(id_val="organize", options=arrange),
        model.DataTransformerConfig(id_val="filterFieldsByName", options=keep),
    ]


def watching() -> stat.Panel:
    return (
        stat.Panel()
        .id(1)
        .title("agentmon")
        .description("Does Prometheus get an answer from agentmon? If not, the rest is old or empty.")
        .with_target(query(f"up{{{OURS}}}", legend="{{instance}}"))
        .unit("none")
        .mappings([words({0: ("SILENT", VERMILION), 1: ("watching", GREEN)})])
        .no_value("no target")
        .color_mode(options.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(options.BigValueGraphMode.NONE)
        .text_mode(options.BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(unmapped(GREY))
        .height(6)
        .span(4)
    )


def statuses() -> stat.Panel:
    return (
        stat.Panel()
        .id(2)
        .title("Teams now")
        .description(
            "One tile per team and channel. unknown: the data proves nothing, look for yourself. "
            "closed: outside opening hours. unstaffed: nobody accepts. "
            "saturated: people, but no free slot. tight: under the target."
        )
        .with_target(query(STATUS_CODE, legend="{{team}} · {{channel}}"))
        .unit("none")
        .mappings([STATUS_WORDS, absent("? unknown")])
        .no_value("no team is reported")
        .color_mode(options.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(options.BigValueGraphMode.NONE)
        .text_mode(options.BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(common.ReduceDataOptions().calcs(["last"]))
        .thresholds(unmapped(GREY))
        .height(6)
        .span(20)
    )


def teams() -> table.Panel:
    available = f"agentmon_team_available_agents{{{OURS}}}"
    free = f'agentmon_team_slots{{{OURS}, state="free"}}'
    occupancy = f"agentmon_team_slot_occupancy_ratio{{{OURS}}}"
    target = f"agentmon_team_target_available_agents{{{OURS}}}"
    age = f"(time() - agentmon_team_data_timestamp_seconds{{{OURS}}})"
    complete = f"agentmon_team_data_complete{{{OURS}}}"
    exactness = words({0: ("at least", PURPLE), 1: ("exact", GREEN)})
    return (
        table.Panel()
        .id(3)
        .title("Teams in numbers")
        .description(
            "Counts that are 'at least' come from incomplete data: the fresh part proves so many, "
            "there may be more. A number that is not known has no value, and is never shown as 0. "
            "Occupancy is that of slots."
        )
        .with_target(query(STATUS_CODE, "status"))
        .with_target(query(proved(available), "available"))
        .with_target(query(f"max by (team, channel) ({target})", "target"))
        .with_target(query(proved(free), "free"))
        .with_target(query(f"max by (team, channel) ({occupancy})", "occupancy"))
        .with_target(query(f"max by (team, channel) ({per_channel(complete)})", "complete"))
        .with_target(query(f"min by (team, channel) ({per_channel(age)})", "age"))
        .transformations(
            joined(
                {
                    "team": "Team",
                    "channel": "Channel",
                    "Value #status": "Status",
                    "Value #complete": "Counts are",
                    "Value #available": "Available",
                    "Value #target": "Target",
                    "Value #free": "Free slots",
                    "Value #occupancy": "Occupancy",
                    "Value #age": "Age of data",
                }
            )
        )
        .unit("none")
        .thresholds(unmapped(PLAIN))
        .override_by_name("Status", column("none", STATUS_WORDS, absent("? unknown"), filled=True))
        .override_by_name("Counts are", column("none", exactness, absent("? unknown")))
        .override_by_name("Available", column("none", absent("? unknown")))
        .override_by_name("Target", column("none", absent("not set")))
        .override_by_name("Free slots", column("none", absent("? unknown")))
        .override_by_name("Occupancy", column("percentunit", absent("? unknown"), decimals=0))
        .override_by_name("Age of data", column("s", absent("no data"), decimals=0))
        .no_value("no team is reported")
        .height(10)
        .span(24)
    )


def history() -> statetimeline.Panel:
    return (
        statetimeline.Panel()
        .id(4)
        .title("Status over time")
        .description("The status of each team as it was published. A gap is time without agentmon, not good time.")
        .with_target(query(STATUS_CODE, legend="{{team}} · {{channel}}").range())
        .unit("none")
        .mappings([STATUS_WORDS])
        .no_value("no team is reported")
        .thresholds(unmapped(GREY))
        .show_value(options.VisibilityMode.AUTO)
        .merge_values(merge_values=True)
        .fill_opacity(85)
        .line_width(0)
        .legend(
            common.VizLegendOptions()
            .show_legend(show_legend=False)
            .display_mode(options.LegendDisplayMode.LIST)
            .placement(options.LegendPlacement.BOTTOM)
            .calcs([])
        )
        .height(7)
        .span(24)
    )


def sources() -> table.Panel:
    reason = (
        "topk by (source) (1,\n"
        f"  max by (source, reason) (agentmon_source_failure{{{OURS}}} == 1)\n"
        ")\n"
        "or on (source)\n"
        f'label_replace(0 * max by (source) (agentmon_source_info{{{OURS}}}), "reason", "none", "", "")'
    )
    success = f"agentmon_source_last_success_timestamp_seconds{{{OURS}}}"
    yes_no = {1: ("yes", GREEN), 0: ("NO", VERMILION)}
    return (
        table.Panel()
        .id(5)
        .title("Sources")
        .description(
            "Up: the last live poll succeeded. Fresh: the last good data is young enough to be used; "
            "what is not fresh takes part in no number. Reason: why the last poll failed. "
            "With several replicas, the worst of them."
        )
        .with_target(query(f"max by (source, vendor) (agentmon_source_info{{{OURS}}})", "info"))
        .with_target(query(f"min by (source) (agentmon_source_up{{{OURS}}})", "up"))
        .with_target(query(f"min by (source) (agentmon_source_fresh{{{OURS}}})", "fresh"))
        .with_target(query(reason, "reason"))
        .with_target(query(f"max by (source) (time() - {success})", "age"))
        .transformations(
            joined(
                {
                    "source": "Source",
                    "vendor": "Vendor",
                    "Value #up": "Up",
                    "Value #fresh": "Fresh",
                    "reason": "Reason",
                    "Value #age": "Last success",
                }
            )
        )
        .unit("none")
        .thresholds(unmapped(PLAIN))
        .override_by_name("Up", column("none", words(yes_no), absent("?"), filled=True))
        .override_by_name("Fresh", column("none", words(yes_no), absent("?"), filled=True))
        .override_by_name("Last success", column("s", absent("never"), decimals=0))
        .no_value("no source is reported")
        .height(6)
        .span(24)
    )


def label_variable(name: str, label: str, definition: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query({"query": definition, "refId": name})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .current(model.VariableOption(selected=True, text=["All"], value=["$__all"]))
    )


def wall() -> dashboard.Dashboard:
    return (
        dashboard.Dashboard("agentmon: wall")
        .uid("agentmon-wall")
        .description("Is anyone there, with a free slot, right now, and can this number be trusted?")
        .tags(["agentmon"])
        .readonly()
        .timezone("browser")
        .time("now-3h", "now")
        .refresh("10s")
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(label_variable("job", "Job", "label_values(agentmon_build_info, job)"))
        .with_variable(
            label_variable("instance", "Instance", 'label_values(agentmon_build_info{job=~"$job"}, instance)')
        )
        .with_panel(watching())
        .with_panel(statuses())
        .with_panel(teams())
        .with_panel(sources())
        .with_panel(history())
    )


DASHBOARDS = {"agentmon-wall": wall}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a file would change")
    check = parser.parse_args(arguments).check
    changed = False
    for name, build in DASHBOARDS.items():
        path = OUTPUT / f"{name}.json"
        new = json.dumps(build().build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(new, encoding="utf-8")
        elif new != old:
            changed = True
            diff = difflib.unified_diff(old.splitlines(), new.splitlines(), str(path), "generated", lineterm="")
            print("\n".join(diff))
    return int(changed)


if __name__ == "__main__":
    sys.exit(main())
