"""A longer run of the mutations than the tests make: `python tests/fuzz.py --seconds 60`.

Valid payloads of each vendor, mutated as trees and as bytes, go through transport, adapter and decoding. Each must
end in a snapshot that says what was read, or in a failure with a reason; anything else is shown, and ends in exit
code 1.
"""

import argparse
import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from pollers.bench import FakeClock, adapter_of, payload
from pollers.mutations import mutated
from pollers.test_mutated_payloads import check, known

from monitor.errors import PollError, Reason
from monitor.model import Snapshot
from monitor.pollers.budget import Priority
from monitor.pollers.transport import Answer, Request, SourceHttp, Transport

PARTS: Mapping[str, Mapping[str, str]] = {
    "cobrowser": {
        "c=getOnlineAgents": "cobrowser/one-online-one-paused.json",
        "c=getAllAgents": "cobrowser/everyone.json",
    },
    "iadvize": {
        "/operator/live": "iadvize/three-channels.json",
        "/operator": "iadvize/operators-page-2-of-2.json",
        "/group": "iadvize/groups.json",
        "/skill": "iadvize/skills.json",
    },
    "liveagent": {"/agents": "liveagent/agents-of-sales.json", "/departments": "liveagent/departments.json"},
    "comm100": {
        "livechat/agents": "comm100/live.json",
        "globalSettings/agents": "comm100/agents.json",
        "globalSettings/departments": "comm100/departments.json",
        "livechat/autoDistribution": "comm100/capacity-of-each.json",
        "livechat/customAwayStatus": "comm100/away-statuses.json",
    },
}
"""Vendor to parts of its addresses, the first that fits counts, and what is answered there before a mutation."""
SECONDS_LIMIT = 5.0
MEMORY_LIMIT_MB = 1024
STATUSES = (200, 200, 200, 200, 200, 400, 401, 403, 404, 429, 500)
ROUND = 50
SHOWN = 10
WRONG = "wrong"

Part = tuple[str, str]


class Wire:
    """An exchange that answers every request with a valid payload, and those of one part with another one."""

    def __init__(self, vendor: str, part: str, body: bytes, status: int) -> None:
        self._parts = PARTS[vendor]
        self._part, self._body, self._status = part, body, status

    async def __call__(self, _http: SourceHttp, request: Request, on_sent: Callable[[], None]) -> Answer:
        on_sent()
        address = str(request.url)
        part = next((part for part in self._parts if part in address), "")
        if part == self._part:
            return Answer(self._status, self._body)
        return Answer(200, payload(self._parts[part]) if part else b'{"token": "opaque"}')


async def poll(vendor: str, wire: Wire) -> Snapshot:
    """Roster and live as a poller asks for them; a roster that fails leaves the one that was known."""
    http = SourceHttp(Transport(FakeClock()), timeout=1, requests_per_minute=10**9, exchange=wire)
    adapter = adapter_of(vendor)
    try:
        roster = await adapter.roster(http.calls(Priority.ROSTER))
    except PollError:
        roster = known(vendor)
    return await adapter.live(http.calls(Priority.LIVE), roster, None)


def outcome(runner: asyncio.Runner, vendor: str, wire: Wire) -> tuple[str, str]:
    """How one poll ended, `snapshot` or a reason, or `wrong` and what was wrong."""
    begun = time.monotonic()
    try:
        snapshot = runner.run(poll(vendor, wire))
        check(snapshot)
        told = "snapshot"
        if snapshot.rejected and not snapshot.readings and not snapshot.unknown_statuses:
            return WRONG, f"{snapshot.rejected} rows could not be read, and that became nobody"
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
    seconds: float, first_seed: int, only: Sequence[str] = tuple(PARTS)
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Counts of outcomes by vendor, and a line for each that is wrong; every part gets its turn at least once."""
    counts: dict[str, Counter[str]] = {vendor: Counter() for vendor in only}
    wrong: list[str] = []
    ends = time.monotonic() + seconds
    parts: list[Part] = [(vendor, part) for vendor in only for part in PARTS[vendor]]
    with asyncio.Runner() as runner:
        for number in count():
            if number >= len(parts) and time.monotonic() >= ends:
                return counts, wrong
            vendor, part = parts[number % len(parts)]
            _round(runner, vendor, part, first_seed + number, counts[vendor], wrong)
    raise AssertionError("the loop has no end of its own")


def _round(runner: asyncio.Runner, vendor: str, part: str, number: int, counts: Counter[str], wrong: list[str]) -> None:
    statuses = random.Random(number)  # noqa: S311 - reproducible, no secret

    @seed(number)
    @settings(
        max_examples=ROUND,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=mutated(json.loads(payload(PARTS[vendor][part]))))
    def whatever_comes(body: bytes) -> None:
        status = statuses.choice(STATUSES)
        told, what = outcome(runner, vendor, Wire(vendor, part, body, status))
        counts[told] += 1
        if what:
            wrong.append(f"{vendor} {part} (seed {number}, status {status}): {what}\n  {body[:2000]!r}")

    whatever_comes()


def table(counts: Mapping[str, Counter[str]]) -> str:
    """A row for each vendor, a column for each outcome that occurred."""
    kinds = ["snapshot", *(str(reason) for reason in Reason), WRONG]
    kinds = [kind for kind in kinds if kind == WRONG or any(row[kind] for row in counts.values())]
    rows: Iterable[Sequence[Any]] = [
        ["vendor", *kinds, "all"],
        *([vendor, *(row[kind] for kind in kinds), row.total()] for vendor, row in counts.items()),
    ]
    return "\n".join("".join(str(cell).rjust(14 if at else 0).ljust(12) for at, cell in enumerate(row)) for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Feed mutated payloads to every adapter.")
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
    sys.exit(main())
