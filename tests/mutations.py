"""Rules broken in defined ways: what a slip of the pen, or of a well-meant clean-up, would do to an expression."""

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.rules import GROUPS, Alert, Record

FLIPPED = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}

Rules = tuple[Record | Alert, ...]


def rules_of(alert: Alert) -> Rules:
    """The records that the alert reads, and the alert."""
    rows = [rule for group in GROUPS for rule in group.rules]
    told = alert.expr + alert.told
    read = [row for row in rows if isinstance(row, Record) and re.search(rf"(?<!\w){row.name}(?!\w)", told)]
    return (*read, alert)


def mutants(rules: Rules) -> Iterator[tuple[str, Rules]]:
    """Each with a name that says what was broken."""
    for i, rule in enumerate(rules):
        for what, broken in _broken(rule):
            yield f"{rule.name} {i}: {what}", (*rules[:i], broken, *rules[i + 1 :])


def _broken(rule: Record | Alert) -> Iterator[tuple[str, Record | Alert]]:
    ways = [_comparisons, _matchers, _filters] if isinstance(rule, Record) else [
        _comparisons, _clauses, _alternatives, _matchers, _joins, _aggregations,
    ]  # fmt: skip
    for way in ways:
        for what, expr in way(rule.expr):
            yield what, replace(rule, expr=expr)
    if isinstance(rule, Alert) and rule.wait != "0s":
        yield "for dropped", replace(rule, wait="0s")
    if isinstance(rule, Alert) and rule.hold:
        yield "keep_firing_for dropped", replace(rule, hold="")


def _comparisons(expr: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"(?<=[ \n])(==|!=|>=|<=|>|<)(?= )", expr):
        yield f"{found[0]} flipped at {found.start()}", _put(expr, found.span(), FLIPPED[found[0]])


def _clauses(expr: str) -> Iterator[tuple[str, str]]:
    """A guard dropped: a line that begins with and, or unless, with what stands deeper below it."""
    for found in re.finditer(r"^( *)(and|unless)\b.*\n(?:\1 +.*(?:\n|$))+", expr, re.MULTILINE):
        yield f"dropped: {' '.join(found[0].split())}", _put(expr, found.span(), "")


def _alternatives(expr: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"((?:^( *).*\n)(?:^\2.*\n)*?)^\2or\n((?:^\2.*(?:\n|$))+)", expr, re.MULTILINE):
        yield "what stands before or, dropped", _put(expr, found.span(), found[3])
        yield "what stands after or, dropped", _put(expr, found.span(), found[1])


def _matchers(expr: str) -> Iterator[tuple[str, str]]:
    """A matcher dropped wherever it stands: a selector that is written four times is one decision."""
    for matcher in dict.fromkeys(re.findall(r"\{\w+(?:=~|!~|!=|=)\"[^\"]*\"\}", expr)):
        yield f"dropped: {matcher}", expr.replace(matcher, "")


def _joins(expr: str) -> Iterator[tuple[str, str]]:
    """A label dropped from a join; not `job`, which every selector fixes."""
    for found in re.finditer(r"on \(([\w, ]+)\)", expr):
        labels = found[1].split(", ")
        for label in labels:
            if label != "job":
                rest = ", ".join(other for other in labels if other != label)
                yield f"{label} dropped from join at {found.start()}", _put(expr, found.span(), f"on ({rest})")


def _aggregations(expr: str) -> Iterator[tuple[str, str]]:
    """Not where what is aggregated is a record that knows no replicas."""
    for found in re.finditer(r"max by \(([\w, ]+)\)", expr):
        if "instance" not in found[1] and not re.search(r"\bsource\w*:agentmon_", expr):
            yield (
                f"replicas not aggregated at {found.start()}",
                _put(expr, found.span(), f"max by (instance, {found[1]})"),
            )


def _filters(expr: str) -> Iterator[tuple[str, str]]:
    """The least that a window must hold, dropped. `> 0` guards against 0 / 0 only, which compares with nothing."""
    for found in re.finditer(r" >= [\d.]+(?=\)$)", expr):
        yield f"dropped: {found[0].strip()}", _put(expr, found.span(), "")


def _put(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]
