"""`make bench`: one run, side by side; a table in the terminal, a chart and a table in files.

Medians of rounds that take turns. Budgets are those of the design; a bench that misses one says so and ends well, for
a busy machine is no mistake of the code.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import comparing, reading, reconciling, serving
from benchmarks.centre import TEAMS, VENDORS
from benchmarks.chart import chart
from benchmarks.pipeline import STAGES, Cycles, Line, Plan
from benchmarks.results import Row, Section, at_most, into, machine, markdown, plain, show, terminal

OUTPUT = Path(".bench")
FULL_SIZE = 10_000
CYCLE_MS = 150.0
LINEAR = 1.25
"""Ratio of the cost of one account, at the largest size against full size, that still counts as linear."""
PLANS = (Plan(100, 7), Plan(1_000, 7), Plan(FULL_SIZE, 7), Plan(100_000, 1))
QUICK_PLANS = (Plan(100, 1), Plan(1_000, 1), Plan(FULL_SIZE, 1))
DECODE = tuple(stage for stage in STAGES if stage.startswith("decode"))
SLOW_POLLS, QUICK_POLLS = 15.0, 2.0


def cycle_rows(cycles: Cycles) -> list[Row]:
    lines = cycles.lines
    full = next(line for line in lines if line.accounts == FULL_SIZE)
    how = f"median of {_rounds(full, cycles.stints)}"
    rows = [plain(stage, full.median_of(stage), "ms", "median of the same rounds") for stage in STAGES]
    rows.append(at_most("a cycle, from bytes to exposition", full.median_of(*STAGES), CYCLE_MS, "ms", how))
    for line in lines:
        if line is not full:
            how = f"median of {_rounds(line, cycles.stints)}, {line.samples:,} samples"
            rows.append(plain(f"a cycle of {line.accounts:,} accounts", line.median_of(*STAGES), "ms", how))
    largest = lines[-1]
    if largest is not full:
        ratio = largest.median_of(*STAGES) / largest.accounts / (full.median_of(*STAGES) / full.accounts)
        what = f"cost of an account, {largest.accounts:,} against {FULL_SIZE:,}"
        rows.append(at_most(what, ratio, LINEAR, "times", "ratio of these medians"))
    return rows


def _rounds(line: Line, stints: int) -> str:
    """How often it was measured, and how far the rounds lie apart."""
    sums = [sum(spent) for spent in zip(*line.found.values(), strict=True)]
    return f"{len(sums)} rounds in {stints} stints, of {show(min(sums))} to {show(max(sums))} ms in all"


def growth_of(lines: Sequence[Line]) -> dict[str, list[tuple[float, float]]]:
    groups = {"whole cycle": STAGES, "decode": DECODE, "take in, reconcile": STAGES[-3:-1], "render": STAGES[-1:]}
    return {name: [(line.accounts, line.median_of(*stages)) for line in lines] for name, stages in groups.items()}


async def scraped(lengths: serving.Lengths, folder: Path) -> tuple[list[Row], list[Row], list[comparing.Latency]]:
    """Rows of the service, rows of other exporters beside it, and the latencies of all."""
    async with serving.stage(FULL_SIZE, f"{SLOW_POLLS:g}s", folder) as on:
        tell("the service at rest")
        idle = await serving.idle_share(on, lengths.idle)
        rows = list(serving.cpu_rows(idle, SLOW_POLLS, FULL_SIZE, lengths.idle))
        tell("scrapes")
        found, cost = await serving.scrapes(on, lengths, idle)
        rows += found + serving.memory(on)
        tell("readers of the stream")
        rows += await reading.rows(on, lengths.readers, idle)
        tell("other exporters")
        by_client, latency = await comparing.collector(on, folder, lengths, cost)
        compared, latencies = await comparing.conditions(on, folder, lengths)
    return rows, [*by_client, *compared], [*latencies, latency]


async def fresh(lengths: serving.Lengths, folder: Path) -> list[Row]:
    tell("freshness")
    async with serving.stage(FULL_SIZE, f"{QUICK_POLLS:g}s", folder) as on:
        return await serving.freshness(on, QUICK_POLLS, lengths.changes)


def tell(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what} ...", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Measure agentmon, alone and beside other exporters.")
    parser.add_argument("--quick", action="store_true", help="about a minute instead of ten: rough figures")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder for bench.md and bench.svg (.bench)")
    parser.add_argument("--markdown", type=Path, help="a document in which to replace the block of results")
    told = parser.parse_args(arguments)
    about = f"`make bench`{' --quick' if told.quick else ''}, {machine()}"
    lengths = serving.QUICK if told.quick else serving.Lengths()
    tell("cycles of every size")
    with (
        Cycles(QUICK_PLANS if told.quick else PLANS) as cycles,
        TemporaryDirectory(prefix="agentmon-bench-") as folder,
    ):
        cycles.stint()
        tell("reconciliations")
        reconciled = reconciling.run(3 if told.quick else 15)
        rows, compared, latencies = asyncio.run(scraped(lengths, Path(folder)))
        tell("cycles again")
        cycles.stint()
        rows += asyncio.run(fresh(lengths, Path(folder)))
        tell("cycles again")
        cycles.stint()
    size = f"{FULL_SIZE:,} accounts in {len(VENDORS)} sources, {TEAMS} teams"
    sections = [
        Section(f"CPU of a cycle: {size}, every number new", cycle_rows(cycles)),
        Section(f"CPU of a reconciliation: {size}", reconciled),
        Section(f"The service as a process, {FULL_SIZE:,} accounts", rows),
        Section("Beside other exporters", compared),
    ]
    told.output.mkdir(parents=True, exist_ok=True)
    block = markdown(sections, about)
    (told.output / "bench.md").write_text(block, encoding="utf-8")
    (told.output / "bench.svg").write_text(chart(growth_of(cycles.lines), latencies), encoding="utf-8")
    if told.markdown:
        into(told.markdown, block)
    print(terminal(sections))
    print(f"\n{about}; chart: {told.output / 'bench.svg'}")
    print("The garbage collector runs before each CPU time of a cycle, and is left on during it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
