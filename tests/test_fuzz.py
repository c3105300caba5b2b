"""The fuzzer sees what it is there to see."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import fuzz
import msgspec
import pytest
from pollers.spoiled import FLAVOURS, Flavour
from structlog.testing import capture_logs

from monitor.errors import PollError, Reason
from monitor.model import Snapshot
from monitor.pollers.vendors import cobrowser, comm100


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What is logged of each poll is not what the fuzzer tells."""
    with capture_logs():
        yield


@pytest.fixture(autouse=True)
def a_short_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "ROUND", 5)


def cells(line: str) -> list[str]:
    return re.split(r" {2,}", line)  # names of flavours have single ones


def test_every_part_of_every_flavour_gets_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--seconds", "0", "--seed", "1"]) == 0
    rows = [cells(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0][:2] == ["flavour", "snapshot"]
    assert {row[0]: int(row[-1]) for row in rows[1 : 1 + len(FLAVOURS)]} == {
        name: fuzz.ROUND * len(Flavour(name).parts) for name in FLAVOURS
    }


def crash(*_given: Any) -> Snapshot:
    raise ZeroDivisionError("on purpose")


def fail_inside(*_given: Any) -> Snapshot:
    raise PollError(Reason.INTERNAL, "on purpose")


@pytest.mark.parametrize("broken", [crash, fail_inside])
def test_anything_but_a_snapshot_or_a_reason_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: Any
) -> None:
    monkeypatch.setattr(cobrowser, "decode_live", broken)
    assert fuzz.main(["--seconds", "0", "--seed", "1"]) == 1
    told = capsys.readouterr()
    assert re.search(r"cobrowser 0001 /api/Account\.php \(seed 1, status 200, .*\): ", told.err)
    assert "on purpose" in told.err


def test_unreadable_rows_that_become_nobody_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    real = cobrowser.decode_live

    def nobody(*given: Any) -> Snapshot:
        snapshot = real(*given)
        return Snapshot(snapshot.source, snapshot.observed_at, {}, (), records=2, rejected=1)

    monkeypatch.setattr(cobrowser, "decode_live", nobody)
    counts, wrong = fuzz.run(0, 1, ["cobrowser"])
    assert counts["cobrowser"][fuzz.WRONG] == len(wrong) > 0
    assert "became nobody" in wrong[0]


def test_nobody_out_of_a_good_list_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    real = comm100.decode_live
    monkeypatch.setattr(comm100, "decode_live", lambda *given: msgspec.structs.replace(real(*given), readings=()))
    _, wrong = fuzz.run(0, 1, ["comm100 v3 queue"])  # spoils the queue alone, and never who is there
    assert "became nobody" in wrong[0]


@pytest.mark.parametrize(("limit", "says"), [("SECONDS_LIMIT", "it took"), ("MEMORY_LIMIT_MB", "of memory")])
def test_what_is_slow_or_large_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: str, says: str
) -> None:
    monkeypatch.setattr(fuzz, limit, -1)
    monkeypatch.setattr(fuzz.run, "__defaults__", (("cobrowser",),))
    assert fuzz.main(["--seconds", "0"]) == 1
    assert says in capsys.readouterr().err


def test_a_table_shows_what_occurred() -> None:
    told = fuzz.table({"comm100 v3": Counter(snapshot=3, decode=1)}).splitlines()
    assert [cells(line) for line in told] == [
        ["flavour", "snapshot", "decode", "wrong", "all"],
        ["comm100 v3", "3", "1", "0", "4"],
    ]
