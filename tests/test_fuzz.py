"""The fuzzer sees what it is there to see."""

from collections import Counter
from typing import Any

import fuzz
import pytest

from monitor.errors import PollError, Reason
from monitor.model import Snapshot
from monitor.pollers.vendors import cobrowser


@pytest.fixture(autouse=True)
def a_short_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "ROUND", 5)


def test_every_part_of_every_vendor_gets_its_turn(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--seconds", "0", "--seed", "1"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0][:2] == ["vendor", "snapshot"]
    assert {row[0]: int(row[-1]) for row in rows[1:5]} == {
        vendor: fuzz.ROUND * len(parts) for vendor, parts in fuzz.PARTS.items()
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
    assert "cobrowser c=getOnlineAgents (seed 1, status 200): " in told.err
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


@pytest.mark.parametrize(("limit", "says"), [("SECONDS_LIMIT", "it took"), ("MEMORY_LIMIT_MB", "of memory")])
def test_what_is_slow_or_large_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: str, says: str
) -> None:
    monkeypatch.setattr(fuzz, limit, -1)
    monkeypatch.setattr(fuzz, "PARTS", {"cobrowser": fuzz.PARTS["cobrowser"]})
    monkeypatch.setattr(fuzz.run, "__defaults__", (("cobrowser",),))
    assert fuzz.main(["--seconds", "0"]) == 1
    assert says in capsys.readouterr().err


def test_a_table_shows_what_occurred() -> None:
    told = fuzz.table({"comm100": Counter(snapshot=3, decode=1)}).splitlines()
    assert [line.split() for line in told] == [
        ["vendor", "snapshot", "decode", "wrong", "all"],
        ["comm100", "3", "1", "0", "4"],
    ]
