"""From which state of the source this agentmon was built."""

from collections.abc import Mapping
from importlib.resources import files

UNKNOWN = "unknown"


def revision(environment: Mapping[str, str]) -> str:
    """AGENTMON_REVISION, else what was baked in when it was built; "unknown" where neither is, as in a checkout."""
    told = environment.get("AGENTMON_REVISION", "").strip()
    baked = files("monitor") / "revision.txt"
    return told or (baked.read_text(encoding="utf-8").strip() if baked.is_file() else UNKNOWN)
