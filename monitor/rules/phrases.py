"""Parts that many rules share: the guards of teams, and values in texts."""

from textwrap import indent

from monitor.rules.thresholds import seconds

CLOSED = """unless on (job, instance, team)
  agentmon_team_open == 0"""

GRACE = """unless on (job, instance, team)
  (
      time() - agentmon_team_opened_timestamp_seconds
    < on (job, instance, team)
      agentmon_team_opening_grace_seconds
  )"""

SOURCE_DOWN = """unless on (job, instance, team)
  agentmon_team_source_fresh == 0"""


def just_opened(window: str) -> str:
    """The guard of what looks back: a window that reaches into the night says nothing of the day."""
    return f"""unless on (job, instance, team)
  time() - agentmon_team_opened_timestamp_seconds < {seconds(window)}"""


def source_was_down(window: str) -> str:
    """The guard of what compares: data that came back is no rise."""
    return f"""unless on (job, instance, team)
  min_over_time(agentmon_team_source_fresh[{window}]) == 0"""


def was_complete(window: str) -> str:
    """The guard of what extrapolates: complete data all through the window, and from its beginning on. A minute of data
    after a start makes a line too, and an average.
    """
    return f"""and on (job, instance, team)
  min_over_time(agentmon_team_data_complete[{window}]) == 1
and on (job, instance, team)
  agentmon_team_data_complete offset {window} == 1"""


def of_open_team(case: str, *guards: str, by: str = "team, channel") -> str:
    """The case, while the team is open and its grace over; replicas are aggregated away last, so that two page once.

    A team without hours lacks the opening families, which silences nothing: therefore `unless`.
    """
    inside = "\n".join([indent(case, "  "), CLOSED, GRACE, *guards])
    return f"max by ({by}) (\n{indent(inside, '  ')}\n)"


def value(query: str, *labels: str, form: str = "value", after: str = "", missing: str = "not known") -> str:
    """A number of now, and what follows it where there is one; `labels` fill the `%s` of the query."""
    return (
        f'{{{{ with printf "{query}" {_filled(labels)} | query }}}}{{{{ . | first | {form} }}}}{after}'
        f"{{{{ else }}}}{missing}{{{{ end }}}}"
    )


def names(query: str, name: str, *labels: str, missing: str = "none") -> str:
    """The values of the label `name`, in order."""
    return _listed(query, name, labels, f"{{{{ $s.Labels.{name} }}}}", missing)


def counts(query: str, name: str, *labels: str, missing: str = "none") -> str:
    """The same, each with its number."""
    return _listed(query, name, labels, f"{{{{ $s.Labels.{name} }}}} {{{{ $s.Value }}}}", missing)


def _listed(query: str, name: str, labels: tuple[str, ...], shown: str, missing: str) -> str:
    return (
        f'{{{{ range $i, $s := printf "{query}" {_filled(labels)} | query | sortByLabel "{name}" }}}}'
        f"{{{{ if $i }}}}, {{{{ end }}}}{shown}{{{{ else }}}}{missing}{{{{ end }}}}"
    )


def _filled(labels: tuple[str, ...]) -> str:
    return " ".join(f"$labels.{label}" for label in labels)


DURATION = "value | humanizeDuration"
SHARE = "value | humanizePercentage"

PEOPLE = counts("max by (state) (agentmon_team_agents{team='%s', channel='%s'}) > 0", "state", "team", "channel")
AVAILABLE = value("max(agentmon_team_available_agents{team='%s', channel='%s'})", "team", "channel")
SLOTS = counts(
    "max by (state) (agentmon_team_slots{team='%s', channel='%s'})",
    "state",
    "team",
    "channel",
    missing="not told by the vendor",
)
REASONS = names(
    "max by (reason) (agentmon_source_failure{source='%s'} == 1)", "reason", "source", missing="none recorded"
)
LAST_SUCCESS = value(
    "time() - max(agentmon_source_last_success_timestamp_seconds{source='%s'})",
    "source",
    form=DURATION,
    after=" ago",
    missing="never",
)


def target(of: str, *, form: str = "value", missing: str = "not set") -> str:
    """The target of the alert's team and channel, as in `available_agents`."""
    return value(
        f"max(agentmon_team_target_{of}{{team='%s', channel='%s'}})", "team", "channel", form=form, missing=missing
    )
