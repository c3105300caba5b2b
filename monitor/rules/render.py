"""The rows as a rules file of Prometheus, always formatted alike, so that two versions compare line by line."""

import json
import re
from collections.abc import Iterable, Iterator
from textwrap import indent, wrap

from monitor.rules.catalogue import GROUPS
from monitor.rules.installation import Installation
from monitor.rules.rows import Alert, Group, Record

WIDTH = 110
"""Columns of folded text, without its indentation."""

_WORDS = re.compile(r"(?:\{\{.*?\}\}|\S)+")

HEAD = """\
Alerts of agentmon, and the records they read. Written by `agentmon rules`, do not edit: give its options another
value, or change the rows in monitor/rules/.

severity: critical = somebody acts now, at any hour; warning = somebody acts in working hours; info = for whoever
looks; none = nobody.

runbook_url, dashboard_url: without a base of their own they begin with the external labels `runbooks` and `grafana`
of the Prometheus that loads this file (see prometheus.yml); without those they are relative.

Team alerts read the one-hot status, which proves its case or says `unknown`, or data that is complete. They are quiet
while the team is closed, and `for` starts to run when the opening grace is over. A team without hours may lack the
opening families: that silences nothing, therefore `unless` and not `and`. Two replicas give one alert, because
`instance` is aggregated away last.

`for` is the only debounce there is: what a vendor says for some seconds is published as it is said.

keep_firing_for bridges a missed scrape, a restart, or a poll that failed: none of them mends anything, and none of
them is to send "resolved" to the person who is on the way."""


RESOURCE = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: agentmon
spec:
"""


def render(installation: Installation | None = None, groups: Iterable[Group] = GROUPS) -> str:
    at = installation or Installation()
    bodies = ["\n".join(_group(group, at)) + "\n" for group in groups]
    return "\n".join([*_comment(HEAD), "groups:"]) + "\n" + "\n".join(bodies)


def render_resource(installation: Installation | None = None) -> str:
    """The same rules as a resource of the Prometheus operator, for clusters where Prometheus reads no files."""
    head, _, groups = render(installation).partition("groups:\n")
    return head + RESOURCE + indent("groups:\n" + groups, "  ")


def _group(group: Group, at: Installation) -> Iterator[str]:
    yield f"  - name: {group.name}"
    if group.interval:
        yield f"    interval: {group.interval}"
    yield "    rules:"
    for i, rule in enumerate(group.rules):
        if i:
            yield ""
        lines = _alert(rule, at) if isinstance(rule, Alert) else _record(rule, at)
        for lead, line in zip(["      - "] + ["        "] * len(lines), lines, strict=False):
            yield (lead + line).rstrip()


def _record(record: Record, at: Installation) -> list[str]:
    return [
        f"record: {record.name}",
        *_expr(at.expr(record.expr, is_alert=False)),
        *_map("labels", dict(record.labels)),
    ]


def _alert(alert: Alert, at: Installation) -> list[str]:
    told = {"summary": alert.summary, "description": at.text(alert.told), **at.links_of(alert)}
    return [
        f"alert: {alert.name}",
        *_comment(" ".join(alert.why.split())),
        *_expr(at.expr(alert.expr, is_alert=True)),
        f"for: {alert.wait}",
        *([f"keep_firing_for: {alert.hold}"] if alert.hold else []),
        *_map("labels", at.labels_of(alert)),
        *_map("annotations", told),
    ]


def _expr(expr: str) -> list[str]:
    return ["expr: |", *indent(expr, "  ").splitlines()]


def _map(name: str, values: dict[str, str]) -> list[str]:
    return [f"{name}:", *(f"  {line}" for key, text in values.items() for line in _text(key, text))] if values else []


def _text(key: str, text: str) -> list[str]:
    """Long texts are folded: a line break of the file is a space of the text."""
    if key != "description":
        return [f"{key}: {json.dumps(text, ensure_ascii=False)}"]
    return [f"{key}: >-", *(f"  {line}" for line in _folded(text))]


def _folded(text: str) -> Iterator[str]:
    """Lines of the text, broken at spaces, but never inside `{{ }}`."""
    line = ""
    for word in _WORDS.findall(text):
        if line and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _comment(text: str) -> list[str]:
    lines = [line for paragraph in text.split("\n\n") for line in ("", *wrap(paragraph, WIDTH))][1:]
    return [f"# {line}".rstrip() for line in lines]
