"""Write the dashboards beside this file, or with --check compare them and exit 1 on a difference."""

import argparse
import difflib
import json
import sys
from pathlib import Path

from boards import DASHBOARDS
from grafana_foundation_sdk.cog.encoder import JSONEncoder

OUTPUT = Path(__file__).parent / "dashboards"
SCHEMA = 39
"""That of Grafana 11, which the panels are written in; the SDK would say an older one, and later Grafanas migrate."""


def rendered(name: str) -> str:
    board = DASHBOARDS[name]().build()
    board.schema_version = SCHEMA
    return json.dumps(board, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a file would change")
    check = parser.parse_args(arguments).check
    changed = False
    for name in DASHBOARDS:
        path = OUTPUT / f"{name}.json"
        new = rendered(name)
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(new, encoding="utf-8")
        elif new != old:
            changed = True
            diff = difflib.unified_diff(old.splitlines(), new.splitlines(), str(path), "generated", lineterm="")
            print("\n".join(diff))
    return int(changed)


if __name__ == "__main__":
    sys.exit(main())
