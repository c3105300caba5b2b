"""The alerts as a Markdown table, from the rows."""

from monitor.rules.catalogue import ALERTS, GROUPS
from monitor.rules.rows import Record


def markdown() -> str:
    lines = ["| alert | severity | what it means | threshold |", "|---|---|---|---|"]
    lines += [
        f"| [{alert.name}](../runbooks/{alert.name}.md) | {alert.severity} | {alert.meaning} | {alert.threshold} |"
        for alert in ALERTS
    ]
    records = dict.fromkeys(rule.name for group in GROUPS for rule in group.rules if isinstance(rule, Record))
    return "\n".join([*lines, "", "Records: " + ", ".join(f"`{name}`" for name in records) + "."]) + "\n"
