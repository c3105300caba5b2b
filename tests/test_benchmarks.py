"""The bench measures what it says: polls that are read whole, a table that is replaced whole, a chart that opens."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from benchmarks.chart import chart
from benchmarks.comparing import Latency
from benchmarks.pipeline import STAGES, Line, World
from benchmarks.results import BEGIN, END, Section, at_least, at_most, into, markdown, plain, terminal
from exporter.parsing import values

SECTION = Section(
    "Costs",
    [at_most("a", 12.3, 10, "ms", "once"), at_least("b", 60, 50, "times", "twice"), plain("c", 0.05, "s", "thrice")],
)


def test_a_centre_is_read_whole_by_the_real_adapters() -> None:
    with asyncio.Runner() as runner:
        world = World(400, runner.get_loop())
        line = Line(400)
        line.add(*world.round())
    assert all(len(spent) == 1 for spent in line.found.values())
    assert line.median_of(*STAGES) > 0
    assert line.samples == world.page.series
    assert values(world.page, "source_agents", "source") == dict.fromkeys(
        [("cobrowser",), ("iadvize",), ("liveagent",), ("comm100",)], 100
    )
    assert set(values(world.page, "team_data_complete").values()) == {1}
    assert set(values(world.page, "source_rejected_records_total").values()) == {0}
    assert set(values(world.page, "source_contradictions_total").values()) == {0}


def test_a_table_says_what_was_missed() -> None:
    told = terminal([SECTION]).splitlines()
    assert [line.rsplit("  ", 1)[-1].strip() for line in told[3:]] == ["MISSED", "met", "thrice"]


def test_results_replace_those_before(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    into(file, markdown([SECTION], "today"))
    into(file, markdown([SECTION], "today"))
    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert text.count("| a | 12.3 ms | once | ≤ 10 ms | MISSED |") == 1


def test_a_document_without_a_place_for_results_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("nothing here\n")
    with pytest.raises(ValueError, match="no block of results"):
        into(file, markdown([SECTION], "today"))


def test_a_chart_is_one_well_formed_picture() -> None:
    growth = {"whole": [(100, 20.0), (10_000, 300.0)], "part": [(100, 0.0), (10_000, 30.0)]}
    drawn = chart(growth, [Latency("x & y", "quick", 0.5), Latency("z", "slow", 10_000.0)])
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert len(root.findall("{*}polyline")) == 2
    assert len(root.findall("{*}rect")) == 3
