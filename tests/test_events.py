"""The reference of log lines is complete: what the code logs stands in the table, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.events import EVENTS, OF_A_POLL

ROOT = Path(__file__).parents[1]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
UNPACKED = "**"
"""Stands for fields that are handed on as a mapping."""


class Call(NamedTuple):
    where: str
    level: str
    name: str
    fields: frozenset[str]


def calls() -> Iterator[Call]:
    for file in sorted((ROOT / "monitor").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and ast.unparse(node.func.value) in {"log", "self._log"}
            ):
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{file.name}:{node.lineno}: the event is no plain text"
                fields = frozenset(keyword.arg or UNPACKED for keyword in node.keywords) - {"exc_info"}
                yield Call(f"{file.name}:{node.lineno}", node.func.attr, str(name.value), fields)


CALLS = list(calls())
BY_NAME = {event.name: event for event in EVENTS}


def test_calls_are_found():
    assert len(CALLS) > 20


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.name}-{call.where}")
def test_every_line_that_is_logged_stands_in_the_table(call: Call):
    event = BY_NAME[call.name]
    assert call.level == event.level
    assert call.fields in ({UNPACKED}, frozenset(event.fields))


def test_the_table_has_no_line_that_nobody_logs():
    assert {call.name for call in CALLS} == BY_NAME.keys()
    assert len(BY_NAME) == len(EVENTS)


def test_fields_of_a_poll_are_named_once():
    assert not [event.name for event in EVENTS if event.of_a_poll and set(OF_A_POLL) & event.fields.keys()]
