"""The page on the pollers names tests for what the vendors do: each of them exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from monitor.pollers.vendors import VENDORS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "monitor/pollers/README.md").read_text(encoding="utf-8")
FEWEST = 10
HEAD = "| behaviour of the API | shown by |\n|---|---|\n"


def tables(page: str) -> dict[str, list[tuple[str, list[str]]]]:
    """The rows of each vendor, by the lower case of its heading: what the API does, and the tests that show it."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for title, text in re.findall(r"^### (.+)\n([^#]*)", page, flags=re.MULTILINE):
        rows = re.findall(r"^\| (.+) \| (.+) \|$", text.partition(HEAD)[2], flags=re.MULTILINE)
        found[title.casefold()] = [(does, re.findall(r"`([^`]+)`", shown)) for does, shown in rows]
    return found


@cache
def defined_in(path: str) -> frozenset[str]:
    """Every test of a file, those in a class as `Class::test`; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {before + one.name for one in inside if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(name for name in found if name.rpartition("::")[2].startswith("test_"))


def exists(name: str) -> bool:
    path, _, test = name.partition("::")
    return path.startswith("tests/") and test in defined_in(path)


TABLES = tables(PAGE)
NAMED = sorted({name for rows in TABLES.values() for _, names in rows for name in names})


def test_the_tables_are_those_of_the_vendors() -> None:
    assert TABLES.keys() == VENDORS.keys()


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: f"{vendor} has enough rows, each with a test")
def test_each_vendor_has_a_table(vendor: str) -> None:
    rows = TABLES.get(vendor, [])
    assert len(rows) >= FEWEST
    assert [does for does, names in rows if not names] == []
    assert len({does for does, _ in rows}) == len(rows)


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_page_names_exists(name: str) -> None:
    assert exists(name)


def test_every_test_on_the_page_stands_in_a_table() -> None:
    told = set(re.findall(r"`(tests/[^`]+::[^`]+)`", PAGE))
    assert told == set(NAMED)


@pytest.mark.parametrize(
    ("name", "is_there"),
    [
        pytest.param("tests/pollers/test_readme.py::test_each_vendor_has_a_table", True, id="a function is found"),
        pytest.param("tests/pollers/test_pace.py::test_never_faster_than_the_interval", True, id="in another file too"),
        pytest.param("tests/pollers/test_liveagent_calls.py::test_the_path_form", True, id="an async one is found"),
        pytest.param(
            "tests/pollers/test_liveagent_calls.py::TestNotFound::test_of_a_configured_department_names_it",
            True,
            id="a test in a class is found by both names",
        ),
        pytest.param(
            "tests/pollers/test_liveagent_calls.py::test_of_a_configured_department_names_it",
            False,
            id="a test in a class is not found by its own name alone",
        ),
        pytest.param("tests/pollers/test_readme.py::tables", False, id="a function that is no test is none"),
        pytest.param("tests/pollers/test_readme.py::test_nothing", False, id="a name that nobody defines is none"),
        pytest.param("tests/pollers/test_nothing.py::test_nothing", False, id="a file that is not there has none"),
        pytest.param("tests/pollers/test_readme.py", False, id="a file alone is no test"),
    ],
)
def test_what_counts_as_a_test_that_exists(name: str, is_there: bool) -> None:
    assert exists(name) is is_there
