"""The unit, read by systemd's own tools."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from realparts import require_tool

SYSTEMD = Path(__file__).parents[2] / "deploy/systemd"
UNIT = (SYSTEMD / "agentmon.service").read_text(encoding="utf-8")
PROGRAM = "/opt/agentmon/bin/agentmon"
EXPOSURE = 12
"""In tenths, as systemd rates the unit: 0 is nothing exposed, 100 all; below 20 it calls it OK."""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there, because systemd looks for it."""
    file = tmp_path / "agentmon.service"
    file.write_text(UNIT.replace(PROGRAM, sys.executable), encoding="utf-8")
    return file


@pytest.fixture
def analyze() -> str:
    return require_tool("systemd-analyze", "systemd")


def ask(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command], capture_output=True, text=True, check=False, timeout=60)


def test_systemd_finds_nothing_wrong_with_it(analyze: str, unit: Path) -> None:
    done = ask(analyze, "verify", "--man=no", unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_would_find_what_is_wrong(analyze: str, unit: Path) -> None:
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystem=strictly"))
    assert "Failed to parse protect system value" in ask(analyze, "verify", "--man=no", unit).stderr


def test_its_exposure_is_no_more_than_said(analyze: str, unit: Path) -> None:
    done = ask(analyze, "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", unit)
    told = re.search(r"exposure level for agentmon\.service: ([\d.]+)", done.stdout)
    assert told
    assert done.returncode == 0, told[0]
    readme = (SYSTEMD.parent / "README.md").read_text(encoding="utf-8")
    assert f"`systemd-analyze security` rates it {told[1]}" in readme


def test_the_watchdog_waits_for_more_than_a_service_that_publishes_late() -> None:
    """A beat is due every third of it; with a lost publication the service is late, with two it is dead."""
    (seconds,) = re.findall(r"^WatchdogSec=(\d+)s$", UNIT, flags=re.MULTILINE)
    assert int(seconds) >= 30
    assert re.search(r"^Type=notify$", UNIT, flags=re.MULTILINE)
    assert re.search(r"^NotifyAccess=main$", UNIT, flags=re.MULTILINE)


def test_the_user_can_be_made(tmp_path: Path) -> None:
    sysusers = require_tool("systemd-sysusers", "systemd")
    (tmp_path / "etc").mkdir()
    done = ask(sysusers, f"--root={tmp_path}", SYSTEMD / "agentmon.sysusers")
    assert done.returncode == 0, done.stderr
    (line,) = [entry for entry in (tmp_path / "etc/passwd").read_text().splitlines() if entry.startswith("agentmon:")]
    assert line.endswith(":/nonexistent:/usr/sbin/nologin")
