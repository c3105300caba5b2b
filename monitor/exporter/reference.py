"""The metrics as a Markdown table, from the catalogue."""

from monitor.exporter.catalogue import DOCUMENTED


def markdown() -> str:
    lines = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{family.name}` | {family.kind} | {', '.join(family.labels)} | {family.help} |" for family in DOCUMENTED
    ]
    return "\n".join(lines) + "\n"
