"""What differs from one installation to another, and how it gets into a row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.rules.rows import Alert, Severity

# A metric of ours or a record of them, and the selector that it may have; `up{}` is the only foreign one.
_METRIC = re.compile(r"(?<![\w:])((?:\w+:)?agentmon_\w+(?::\w+)?|up(?=\{))(?:\{(.*?)\})?")

_LOUDNESS = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The defaults are those of the committed file."""

    job: str = "agentmon"
    labels: Mapping[str, str] = field(default_factory=dict)
    """Put on every alert."""
    runbooks: str = ""
    """Where the repository is browsed; empty: the external label `runbooks` of Prometheus."""
    grafana: str = ""
    """Address of Grafana; empty: the external label `grafana` of Prometheus."""
    without: tuple[str, ...] = ()
    """Teams that no alert of teams speaks of."""
    loudest: Mapping[str, Severity] = field(default_factory=dict)
    """Teams whose alerts are never louder than this."""

    def expr(self, expr: str, *, is_alert: bool) -> str:
        """With the selectors of the installation. Records keep every team: they wake nobody."""
        left_out = "|".join(name.replace(".", "[.]") for name in self.without)
        return _select(expr, f'job="{self.job}"', f'team!~"{left_out}"' if left_out and is_alert else "")

    def text(self, text: str) -> str:
        """The same for queries in texts, which stand in double quotes."""
        return _select(text, f"job='{self.job}'", "")

    def labels_of(self, alert: Alert) -> dict[str, str]:
        return {"severity": self._severity(alert), **alert.labels, **self.labels}

    def links_of(self, alert: Alert) -> dict[str, str]:
        return {
            "runbook_url": _base(self.runbooks, "runbooks") + f"deploy/runbooks/{alert.name}.md",
            "dashboard_url": _base(self.grafana, "grafana") + _board(alert),
        }

    def _severity(self, alert: Alert) -> str:
        """Prometheus expands templates in labels, so one rule serves the teams with a severity of their own too."""
        text = str(alert.severity)
        for team, loudest in self.loudest.items() if alert.is_of_team else ():
            if _LOUDNESS.index(loudest) > _LOUDNESS.index(alert.severity):
                text = f'{{{{ if eq $labels.team "{team}" }}}}{loudest}{{{{ else }}}}{text}{{{{ end }}}}'
        return text


_BOARDS = {"AgentmonTeam": "agentmon-team", "AgentmonSource": "agentmon-sources", "Agentmon": "agentmon-monitor"}
"""The dashboard that tells more, by how the name of the alert begins."""

_VARIABLES = ("team", "channel", "source", "instance")
"""Those of the dashboards that are named like a label."""


def _board(alert: Alert) -> str:
    """The path of the dashboard, with what the alert speaks of chosen."""
    uid = next(uid for start, uid in _BOARDS.items() if alert.name.startswith(start))
    chosen = [f"var-{label}={{{{ $labels.{label} }}}}" for label in _VARIABLES if label in alert.kept]
    return f"d/{uid}" + ("?" + "&".join(chosen) if chosen else "")


def _base(address: str, label: str) -> str:
    if address:
        return address.rstrip("/") + "/"
    return f"{{{{ with $externalLabels.{label} }}}}{{{{ . }}}}/{{{{ end }}}}"


def _select(text: str, ours: str, of_teams: str) -> str:
    def selected(found: re.Match[str]) -> str:
        metric, own = found[1], found[2]
        is_of_team = "team" in metric.partition(":")[0].split("_")
        matchers = [ours, of_teams if is_of_team else "", own or ""]
        return f"{metric}{{{', '.join(filter(None, matchers))}}}"

    return _METRIC.sub(selected, text)
