"""The bytes: what the official parsers read is what the rows describe, in both formats, whatever the labels hold."""

import gzip
import os
import re
import subprocess
from pathlib import Path

import pytest
from builders import agents, channel_report, facts, failed, report, row, silent_source, source_report, spec, team_report
from exporter.parsing import NO_TELEMETRY, families, page_of, samples
from generators import awkward, reports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from realparts import require_tool

from monitor.errors import Reason
from monitor.exporter.catalogue import FAMILIES
from monitor.exporter.exposition import Format, Page, Renderer, escape, show_number
from monitor.exporter.families import Facts, Family, Kind, parts
from monitor.exporter.telemetry import Telemetry
from monitor.model import Channel, Check, Coverage, Opening, Report, SlotState, Status, Targets, Totals

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Examples of each property; a busy machine is no failure."""


def described(found: Facts) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """What the rows of the catalogue say; families without samples left out."""
    expected = {
        family.name: {
            tuple(zip(family.labels, labels, strict=True)): float(value)
            for _, part in parts(family.scope, found)
            for labels, value in family.samples(part)
        }
        for family in FAMILIES
        if family.samples
    }
    return {name: values for name, values in expected.items() if values}


@pytest.mark.parametrize("format_", Format)
@many
@given(reports, awkward, st.floats(0, 1e12))
def test_a_parser_reads_what_the_rows_describe(format_: Format, found: Report, version: str, loaded_at: float):
    known = facts(found, version=version, config_loaded_at=loaded_at, exposition_bytes={"text": 5})
    page = page_of(known)
    assert samples(page, format_) == described(known)
    assert page.series == sum(map(len, described(known).values()))


@pytest.mark.parametrize("format_", Format)
@many
@given(reports)
def test_families_are_contiguous_unique_and_described(format_: Format, found: Report):
    page = page_of(facts(found))
    lines = page.bytes_of(format_).decode().split("\n")
    types = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    helps = [line.split()[2] for line in lines if line.startswith("# HELP ")]
    assert types == helps
    assert len(types) == len(set(types))
    known = {family_name(family, format_): family for family in FAMILIES}
    for family in families(page, format_):
        name = family.name + ("_total" if family.type == "counter" and format_ is Format.TEXT else "")
        assert (family.type, family.documentation) == (known[name].kind, known[name].help)
        assert family.samples


def family_name(family: Family, format_: Format) -> str:
    """OpenMetrics names a counter without its suffix."""
    is_short = format_ is Format.OPENMETRICS and family.kind is Kind.COUNTER
    return family.name.removesuffix("_total") if is_short else family.name


ESCAPED = [
    row("a quote", 'say "hi"', r"say \"hi\""),
    row("a backslash", "a\\b", r"a\\b"),
    row("a newline", "a\nb", r"a\nb"),
    row("a backslash before an n is no newline", "a\\nb", r"a\\nb"),
    row("all else as it is", "é漢😀{}=,#\t'", "é漢😀{}=,#\t'"),
]


@pytest.mark.parametrize(("plain", "escaped"), ESCAPED)
def test_label_values_are_escaped(plain: str, escaped: str):
    assert escape(plain) == escaped


NUMBERS = [
    row("whole numbers without a point", 3.0, "3"),
    row("fractions in full", 1 / 3, "0.3333333333333333"),
    row("times to the microsecond", 1750000000.123456, "1750000000.123456"),
    row("beyond what a float tells apart", 2**53 + 1, "9007199254740993"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS)
def test_numbers_are_short_and_exact(number: float, text: str):
    assert show_number(number) == text


@pytest.mark.parametrize("truth", [True, False])
def test_truth_is_1_and_0(truth: bool):
    assert show_number(truth) == "10"[not truth]


# ------------------------------------------------------------------ a whole page

SALES_SO_FAR = Totals(
    agent_seconds=agents(idle=400, partial=400, full=400, away=800),
    slot_seconds={SlotState.USED: 1600.5, SlotState.FREE: 2000.0, SlotState.FINISHING: 0.0},
    coverage_seconds={Coverage.COVERED: 390.25, Coverage.UNCOVERED: 0.0, Coverage.BLIND: 9.75},
    status_changes=dict.fromkeys(Status, 0) | {Status.OK: 1},
)
SMALL = facts(
    report(
        team_report(
            "sales",
            channel_report(
                targets=Targets(1, 2, 0.85, 0.99),
                agents=agents(idle=1, partial=1, full=1, away=2),
                used=4,
                free=5,
                finishing=0,
                occupancy=4 / 9,
                availability=0.4,
            ),
            channel_report(
                Status.UNSTAFFED,
                channel=Channel.CALL,
                agents=agents(),
                used=None,
                free=None,
                finishing=None,
                occupancy=None,
                availability=None,
            ),
            sources={"comm100": True},
            matches={"comm100": 5},
            opening=Opening(is_open=True, since=1_749_999_600.0, opened_at=1_749_999_600.0, changes_at=1_750_042_800.0),
            grace=300.0,
        ),
        team_report(
            "support",
            channel_report(Status.UNKNOWN, agents=agents(full=1), occupancy=None, availability=None),
            sources={"comm100": True, "liveagent": False},
            complete=False,
            matches={"comm100": 1},
        ),
        source_report("comm100", contradictions={Check.LOAD_OVER_CAPACITY: 1}, agents=6),
        silent_source(
            "liveagent",
            spec=spec("liveagent", "liveagent", requests_per_minute=120),
            failure=failed(Reason.AUTH, "the key is refused"),
            last_attempt=1_750_000_000.25,
            polls=1,
            poll_failures={Reason.AUTH: 1},
            interval=300.0,
        ),
        people={Channel.CHAT: agents(idle=1, partial=1, full=2, away=2)},
        totals={("sales", Channel.CHAT): SALES_SO_FAR},
    ),
    exposition_bytes={"text": 9000, "openmetrics": 9500},
    series=150,
)
GOLDEN = {Format.TEXT: "small.prom.txt", Format.OPENMETRICS: "small.openmetrics.txt"}


@pytest.mark.parametrize("format_", Format)
def test_the_exposition_of_a_small_report_is_the_golden_one(format_: Format):
    """After a change that is meant: run with UPDATE_GOLDEN=1 and review the difference."""
    path = Path(__file__).parent / "golden" / GOLDEN[format_]
    found = page_of(SMALL).bytes_of(format_).decode()
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def whole() -> Page:
    """A page with process and Python metrics and with histograms that have seen something."""
    telemetry = Telemetry(["comm100", "liveagent"])
    telemetry.poll_duration.labels("comm100").observe(0.3)
    telemetry.loop_lag.observe(0.002)
    return Renderer().render(SMALL, telemetry.render())


@pytest.mark.parametrize("format_", Format)
def test_the_whole_page_parses_with_each_family_once(whole: Page, format_: Format):
    names = [family.name for family in families(whole, format_)]
    assert len(names) == len(set(names))
    assert {"process_cpu_seconds", "python_info", "agentmon_team_status"} <= set(names)


def test_series_counts_every_sample_of_the_page(whole: Page):
    assert whole.series == sum(len(family.samples) for family in families(whole))


def test_openmetrics_ends_with_its_mark_and_classic_text_has_none(whole: Page):
    assert whole.bytes_of(Format.OPENMETRICS).endswith(b"\n# EOF\n")
    assert whole.bytes_of(Format.OPENMETRICS).count(b"# EOF") == 1
    assert b"# EOF" not in whole.bytes_of(Format.TEXT)


@pytest.mark.parametrize("format_", Format)
def test_there_are_no_created_series(whole: Page, format_: Format):
    assert not re.search(rb"_created\b", whole.bytes_of(format_))


def test_histograms_of_every_source_start_at_0(whole: Page):
    counts = samples(whole)["agentmon_source_poll_duration_seconds_count"]
    assert counts == {(("source", "comm100"),): 1, (("source", "liveagent"),): 0}


def test_promtool_has_nothing_to_say(whole: Page):
    program = require_tool("promtool", "prometheus")
    done = subprocess.run(
        [program, "check", "metrics"],
        input=whole.bytes_of(Format.TEXT),
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


@pytest.mark.parametrize("format_", Format)
def test_gzip_is_made_when_asked_for_and_at_most_once_a_format(monkeypatch: pytest.MonkeyPatch, format_: Format):
    made: list[bytes] = []
    compress = gzip.compress

    def counting(data: bytes, **options: int) -> bytes:
        made.append(data)
        return compress(data, **options)

    monkeypatch.setattr(gzip, "compress", counting)
    page = page_of(SMALL)
    assert made == []
    first = page.gzip_of(format_)
    assert page.gzip_of(format_) is first
    assert made == [page.bytes_of(format_)]
    assert gzip.decompress(first) == page.bytes_of(format_)


def test_both_formats_hold_the_same_samples(whole: Page):
    text, openmetrics = samples(whole, Format.TEXT), samples(whole, Format.OPENMETRICS)
    assert text.keys() == openmetrics.keys()
    # prometheus-client reads the process anew for each format, so that its own numbers may move in between
    ours = [name for name in text if name.startswith("agentmon_")]
    assert len(ours) > 10
    assert {name: text[name] for name in ours} == {name: openmetrics[name] for name in ours}


def test_what_prometheus_client_renders_comes_behind():
    page = Renderer().render(SMALL, (b"extra 1\n", b"extra 1\n# EOF\n"))
    for format_, telemetry in zip(Format, (b"extra 1\n", b"extra 1\n# EOF\n"), strict=True):
        plain = page_of(SMALL).bytes_of(format_).removesuffix(NO_TELEMETRY[1])
        assert page.bytes_of(format_) == plain + telemetry
    assert page.series == page_of(SMALL).series + 1
