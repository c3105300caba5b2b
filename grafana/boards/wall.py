"""The wall: is anyone there, with a free slot, right now, and can this number be trusted? Read from ten metres.

A tile is a stat panel that writes names instead of values: Grafana makes a text as large as its box allows, so every
line of a tile is one series whose name is the text and whose value is the code of its colour.
"""

from grafana_foundation_sdk.builders import common, dashboard, stat
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as model

from boards.frame import framed, several
from boards.palette import (
    CALM,
    CLOSED,
    NAVY,
    ORANGE,
    PURPLE,
    QUIET,
    RED,
    SATURATED,
    STATUS_WORDS,
    TIGHT,
    UNKNOWN,
    YELLOW,
    steps,
    words,
)
from boards.panels import now, tiles
from boards.queries import (
    OURS,
    TEAM,
    data_age,
    each_channel,
    numbers,
    of,
    reason,
    several_channels,
    status_code,
    status_words,
)

ACROSS = 4
"""Tiles in a row: twelve teams are three rows, which is what fits between the two strips."""

TO_TEAM = "/d/agentmon-team?${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&var-team=${team}"


def numbers_that_matter() -> stat.Panel:
    code = status_code(OURS)
    can_take = of("people", OURS, 'state=~"idle|partial|unmetered"')
    fresh = of("source_fresh")
    panel = tiles(
        "Now",
        "In trouble: teams unstaffed or saturated. Short: teams under their target. Unknown: teams of which the data "
        "proves nothing. Available: people who can take a contact, each counted once. Sources out: sources whose data "
        "takes part in no number.",
        now(f"sum({code} >= bool {SATURATED})", "in trouble", "trouble"),
        now(f"sum({code} == bool {TIGHT})", "short", "short"),
        now(f"sum({code} == bool {UNKNOWN})", "unknown", "unknown"),
        now(f"sum by (channel) (max by (channel, state) ({can_take}))", "available, {{channel}}", "people"),
        now(f"sum(min by (source) ({fresh}) == bool 0)", "sources out", "sources"),
        thresholds=steps(QUIET, (1, RED)),
        orientation=options.VizOrientation.VERTICAL,
        nothing="? NO ANSWER FROM AGENTMON",
        decimals=0,
    )
    panel.text(common.VizTextDisplayOptions().title_size(28).value_size(44))
    for query, color in (("short", YELLOW), ("unknown", PURPLE), ("people", NAVY), ("sources", ORANGE)):
        panel.override_by_query(query, [model.DynamicConfigValue("thresholds", steps(QUIET, (1, color)).build())])
    return panel


def team() -> stat.Panel:
    has_age = f'label_replace(count_values by (team) ("age", {data_age(TEAM)}), "age", "$1 s old", "age", "(.+)")'
    has_none = f'label_replace(max by (team) ({each_channel(TEAM)}), "age", "no data", "", "")'
    name = f"max by (team) ({status_code(TEAM)})\n* on (team) group_left (age)\n({has_age} or on (team) {has_none})"
    several = several_channels(TEAM)
    word = status_words(TEAM)
    in_one_line = f"{word}\nand on (team) {several}\nunless {word} == {CLOSED}"
    labels = "available, target, free, full"
    says = "{{available}}, want {{target}} · {{free}} free · {{full}} full"
    return (
        tiles(
            "$team",
            "Name and age of the oldest data in use; status; people available and how many are wanted, free slots, "
            "share of slots in use. ≥: at least so many, the data is incomplete. ?: not known, which is not 0. –: the "
            "vendor does not tell. Several channels have a line each.",
            now(name, "{{team}} · {{age}}", "A"),
            now(f"max by (team, word) ({word}\nunless on (team, channel) ({in_one_line}))", "{{word}}", "B"),
            now(
                f"({status_code(TEAM)} != {CLOSED}\nunless on (team) {several})\n"
                f"* on (team, channel) group_left ({labels})\n({numbers(TEAM)})",
                says,
                "C",
            ),
            now(
                f"({in_one_line})\n* on (team, channel) group_left ({labels})\n({numbers(TEAM)})",
                "{{word}} {{channel}} · " + says,
                "D",
            ),
            mappings=[STATUS_WORDS],
            text=options.BigValueTextMode.NAME,
            orientation=options.VizOrientation.HORIZONTAL,
            nothing="? NO DATA",
        )
        .repeat("team")
        .repeat_direction("h")
        .max_per_row(ACROSS)
        .data_links([dashboard.DashboardLink("This team in depth").url(TO_TEAM)])
    )


def sources() -> stat.Panel:
    """One tile each; three queries, because each case has words of its own."""
    fresh = f"min by (source) ({of('source_fresh')})"
    up = f"min by (source) ({of('source_up')})"
    seconds = f"round(time() - max by (source) ({of('source_last_success_timestamp_seconds')}))"
    age = f'on (source) group_left (age) count_values by (source) ("age", {seconds})'
    why = f'({reason(OURS)} or on (source) label_replace({fresh} + 1 > 0, "reason", "not read yet", "", ""))'
    why = f"on (source) group_left (reason) ({why} ^ 0)"
    return tiles(
        "Sources",
        "The vendors that agentmon reads, and the age of their last good answer. failing: the last poll failed, the "
        "data is still young enough to be used. out: it takes part in no number, and the teams that need it are "
        "incomplete. With several replicas, the worst of them.",
        now(f"3 * ({fresh} == 1 and on (source) {up} == 1) * {age}", "✔ {{source}} · {{age}} s", "A"),
        now(f"2 * ({fresh} == 1 and on (source) {up} == 0) ^ 0 * {why}", "▲ {{source}} · {{reason}}", "B"),
        now(f"({fresh} == 0) ^ 0 * {why}", "✖ {{source}} out · {{reason}}", "C"),
        mappings=[words({3: ("fresh", CALM), 2: ("failing", YELLOW), 1: ("out", ORANGE)})],
        text=options.BigValueTextMode.NAME,
        orientation=options.VizOrientation.AUTO,
        empty="in part while no source is failing, or none is out.",
        nothing="? NO ANSWER FROM AGENTMON",
    )


def wall() -> dashboard.Dashboard:
    which_team = 'label_values(agentmon_team_status{job=~"$job", instance=~"$instance"}, team)'
    return framed(
        "agentmon-wall",
        "wall",
        "Is anyone there, with a free slot, right now, and can this number be trusted?",
        [several("team", "Team", which_team)],
        [(3, [(24, numbers_that_matter())]), (7, [(24, team())]), (3, [(24, sources())])],
        since="now-1h",
        refresh="10s",
    )
