"""Bakes the revision of the source into what is built: `monitor/revision.txt`, in wheel and source archive alike."""

import os
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BAKED = "monitor/revision.txt"


class RevisionHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install has none: its source changes after the install."""
        found = revision(Path(self.root))
        if version == "editable" or not found:
            return
        file = Path(mkdtemp(prefix="agentmon-build-")) / "revision.txt"
        file.write_text(f"{found}\n", encoding="utf-8")
        build_data["force_include"][str(file)] = BAKED


def revision(root: Path) -> str:
    """What AGENTMON_REVISION says; else what git does; else what a source archive was made from; else nothing."""
    told = os.environ.get("AGENTMON_REVISION", "").strip()
    if told:
        return told
    if (root / ".git").exists():
        return described(root)
    baked = root / BAKED
    return baked.read_text(encoding="utf-8").strip() if baked.exists() else ""


def described(root: Path) -> str:
    """Nothing where git is missing, or refuses because the checkout is somebody else's: that must not end a build."""
    command = ("git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        return ""
