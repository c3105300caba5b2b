"""The table of faults: each row is made by a test that exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "deploy/FAULTS.md"
ROW = re.compile(r"\| (?P<fault>[^|]+) \| [^|]+ \| [^|]+ \| \[[^]]+\]\((?P<file>[^)]+)\) `(?P<test>\w+)` \|")
ROWS = [found for line in PAGE.read_text(encoding="utf-8").splitlines() if (found := ROW.fullmatch(line))]


@cache
def functions_of(file: Path) -> frozenset[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, functions)
    )


def test_no_line_of_the_table_is_overlooked():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    sections = [line for line in lines if line.startswith("| **")]
    assert len(ROWS) == len(lines) - len(sections) - 1
    assert len(ROWS) >= 30
    assert len({row["fault"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["fault"])
def test_a_row_is_made_by_a_test(row: re.Match[str]):
    assert row["test"] in functions_of((PAGE.parent / row["file"]).resolve())
