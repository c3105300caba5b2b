"""A longer run of the mutations than the tests make: `python tests/fuzz.py --seconds 60`.

Recorded polls of each generation of API, log-in and way of polling, one answer of them mutated as a tree and as
bytes, go through transport, adapter and decoding. Each must end in a snapshot that says what was read, or in a failure
with a reason; anything else is shown, and ends in exit code 1.
"""

import argparse
import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from pollers.mutations import mutated
from pollers.spoiled import FLAVOURS, Flavour, SpoiledWire, faults

from monitor.errors import PollError, Reason
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.model import Roster

SECONDS_LIMIT = 5.0
MEMORY_LIMIT_MB = 1024
STATUSES = (200, 200, 200, 200, 200, 400, 401, 403, 404, 429, 500)
CURSORS = ("", "", "", "cursor2", "again", "x" * 300, "\u00e9")
ROUND = 50
SHOWN = 10
WRONG = "wrong"

Part = tuple[str, str]

flavour_of = cache(Flavour)


@cache
def known(name: str) -> Roster:
    """The roster of before, for a poll whose own cannot be read."""
    with asyncio.Runner() as runner:
        return runner.run(flavour_of(name).roster(SpoiledWire(flavour_of(name))))


def outcome(runner: asyncio.Runner, name: str, part: str, wire: SpoiledWire) -> tuple[str, str]:
    """How one poll ended, `snapshot` or a reason, or `wrong` and what was wrong."""
    begun = time.monotonic()
    try:
        snapshot = runner.run(flavour_of(name).poll(wire, known(name)))
        told = "snapshot"
        if what := faults(flavour_of(name), part, snapshot):
            return WRONG, what
    except PollError as error:
        if error.reason is Reason.INTERNAL:
            return WRONG, f"an error of our own: {error}"
        told = str(error.reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return WRONG, f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - begun
    if seconds > SECONDS_LIMIT:
        return WRONG, f"it took {seconds:.1f} s"
    return told, ""


def run(
    seconds: float, first_seed: int, only: Sequence[str] = tuple(FLAVOURS)
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Counts of outcomes by flavour, and a line for each that is wrong; every part gets its turn at least once."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in only}
    wrong: list[str] = []
    ends = time.monotonic() + seconds
    parts: list[Part] = [(name, part) for name in only for part in flavour_of(name).parts]
    with asyncio.Runner() as runner:
        for number in count():
            if number >= len(parts) and time.monotonic() >= ends:
                return counts, wrong
            name, part = parts[number % len(parts)]
            _round(runner, name, part, first_seed + number, counts[name], wrong)
    raise AssertionError("the loop has no end of its own")


def _round(runner: asyncio.Runner, name: str, part: str, number: int, counts: Counter[str], wrong: list[str]) -> None:
    chance = random.Random(number)  # noqa: S311 - reproducible, no secret

    @seed(number)
    @settings(
        max_examples=ROUND,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=mutated(json.loads(flavour_of(name).original(part))))
    def whatever_comes(body: bytes) -> None:
        status, cursor = chance.choice(STATUSES), chance.choice(CURSORS)
        told, what = outcome(
            runner, name, part, SpoiledWire(flavour_of(name), {part: body}, status=status, cursor=cursor)
        )
        counts[told] += 1
        if what:
            wrong.append(f"{name} {part} (seed {number}, status {status}, {cursor!r}): {what}\n  {body[:2000]!r}")

    whatever_comes()


def table(counts: Mapping[str, Counter[str]]) -> str:
    """A row for each flavour, a column for each outcome that occurred."""
    kinds = ["snapshot", *(str(reason) for reason in Reason), WRONG]
    kinds = [kind for kind in kinds if kind == WRONG or any(row[kind] for row in counts.values())]
    rows: Iterable[Sequence[Any]] = [
        ["flavour", *kinds, "all"],
        *([name, *(row[kind] for kind in kinds), row.total()] for name, row in counts.items()),
    ]
    widest = max(map(len, ["flavour", *counts]))
    return "\n".join(
        "".join(str(cell).rjust(14) if at else cell.ljust(widest) for at, cell in enumerate(row)) for row in rows
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Feed mutated answers to every adapter.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=None, help="where to begin (default: somewhere)")
    told = parser.parse_args(arguments)
    first_seed = random.randrange(10**9) if told.seed is None else told.seed  # noqa: S311
    counts, wrong = run(told.seconds, first_seed)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(table(counts))
    print(f"\nseed {first_seed}, at most {megabytes:.0f} MB")
    if megabytes > MEMORY_LIMIT_MB:
        wrong.append(f"more than {MEMORY_LIMIT_MB} MB of memory")
    for line in wrong[:SHOWN]:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask())
    sys.exit(main())
