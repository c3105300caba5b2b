"""PromQL that several panels share.

Every selector is filtered by `$job` and `$instance`, and replicas are aggregated away at the end, as in the rules.
"""

from boards.palette import STATUSES

OURS = 'job=~"$job", instance=~"$instance"'
TEAM = f'{OURS}, team=~"$team"'
CHANNEL = f'{TEAM}, channel=~"$channel"'
SOURCE = f'{OURS}, source=~"$source"'

BY_CHANNEL = "by (team, channel)"


def of(family: str, within: str = OURS, matchers: str = "") -> str:
    """Select one of our families, without its prefix."""
    return f"agentmon_{family}{{{', '.join(filter(None, (within, matchers)))}}}"


def whole_team(within: str) -> str:
    """The same teams for families that know no channels."""
    return within.partition(", channel=")[0]


def record(name: str, within: str = OURS) -> str:
    return f"{name}{{{within}}}"


def status_code(within: str) -> str:
    """Give each team and channel the code of its status, of two replicas the one that knows, then the worse."""
    cases = (f"{code} * ({_is(status.name, within)})" for code, status in STATUSES.items())
    return f"max {BY_CHANNEL} (\n  " + "\n  or\n  ".join(cases) + "\n)"


def status_words(within: str) -> str:
    """Give the same with the label `word`, which is what people read."""
    cases = (
        f'label_replace({code} * ({_is(status.name, within)}), "word", "{status.shown}", "", "")'
        for code, status in STATUSES.items()
    )
    return f"topk {BY_CHANNEL} (1,\n  " + "\n  or\n  ".join(cases) + "\n)"


def _is(status: str, within: str) -> str:
    matcher = f'status="{status}"'
    return f"{of('team_status', within, matcher)} == 1"


def each_channel(within: str) -> str:
    """Give 1 for each channel of each team, whatever is known of it."""
    return f"max {BY_CHANNEL} ({of('team_status', within)})"


def proved(counts: str, within: str) -> str:
    """Counts of incomplete data are floors, and a floor of 0 says nothing: it has no value."""
    return (
        f"max {BY_CHANNEL} (\n"
        f"  {counts} > 0\n"
        "  or\n"
        f"  {counts} and on (job, instance, team) {of('team_data_complete', whole_team(within))} == 1\n"
        ")"
    )


def number_as_label(label: str, value: str, within: str, form: str = "$1") -> str:
    """Give 1 for each channel, with the number in a label: a tile can then write a sentence of several numbers.

    Where there is none the label says "–" if the data is complete (the vendor does not tell, or there is nothing to
    divide by), and "?" if it is not.
    """
    exact = on_complete(within)
    shown = f'count_values {BY_CHANNEL} ("{label}", {value})'
    return "(\n{}\n)".format(
        "\nor on (team, channel)\n".join(
            (
                f'label_replace({shown} {exact}, "{label}", "{form}", "{label}", "(.+)")',
                f'label_replace({shown}, "{label}", "≥ {form}", "{label}", "(.+)")',
                f'label_replace({each_channel(within)} {exact}, "{label}", "–", "", "")',
                f'label_replace({each_channel(within)}, "{label}", "?", "", "")',
            )
        )
    )


def on_complete(within: str) -> str:
    """Keep teams whose counts are exact: one replica that has it all is enough."""
    return f"and on (team) max by (team) ({of('team_data_complete', whole_team(within))}) == 1"


def numbers(within: str) -> str:
    """Give 1 for each channel, with the labels available, target, free and full."""
    values = {
        "available": f"max {BY_CHANNEL} ({of('team_available_agents', within)})",
        "target": f"max {BY_CHANNEL} ({of('team_target_available_agents', within)})",
        "free": proved(of("team_slots", within, 'state="free"'), within),
    }
    full = f"round(100 * max {BY_CHANNEL} ({of('team_slot_occupancy_ratio', within)}))"
    joined = number_as_label("full", full, within, "$1 %")
    for label, value in values.items():
        part = configured(label, value, within) if label == "target" else number_as_label(label, value, within)
        joined += f"\n* on (team, channel) group_left ({label})\n{part}"
    return joined


def configured(label: str, value: str, within: str) -> str:
    """Give 1 for each channel, with a target in a label: it is known whatever the data."""
    shown = f'count_values {BY_CHANNEL} ("{label}", {value})'
    return f'({shown} or on (team, channel) label_replace({each_channel(within)}, "{label}", "–", "", ""))'


def several_channels(within: str) -> str:
    return f"count by (team) ({each_channel(within)}) > 1"


def data_age(within: str) -> str:
    """Give the age in whole seconds of the oldest data in use, of two replicas the younger."""
    return f"round(time() - max by (team) ({of('team_data_timestamp_seconds', within)}))"


def reason(within: str) -> str:
    """Give one reason of the last failure for each source that failed."""
    return f"topk by (source) (1, max by (source, reason) ({of('source_failure', within)} == 1))"
