"""The service for an hour among failing vendors, impatient scrapers and signals: `make soak`.

Fails on growth, on a page that is missing, wrong or not renewed, on a source that does not recover, and on a crash.
"""

import argparse
import asyncio
import csv
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from processes import MEGABYTE, usage
from running import Agentmon, agentmon, eventually
from soak.clients import WISHES, Scraper, follow, misbehave
from soak.judge import Allowance, Verdict, judge
from soak.trouble import LENGTHS, Trouble, configuration

from monitor.simulator import Simulator, World

OUTPUT = Path(".bench")
SAMPLES = 10.0
"""Seconds between two samples; a short run takes more of them."""
SPEED = 20.0
SIGHUP_EVERY = 7
"""Episodes between two signals: a configuration with one team more, then a bad one, then that of the start."""
READERS = 5
"""Who follow the stream, and leave and come back all the time."""
RECOVERY = 10.0
"""Seconds in which a mended source must answer again."""
RECOVERIES = 3
ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "131072"}
"""Else glibc keeps the memory of large answers for later, at a level that jumps by tens of MB and hides growth."""
LINES_PER_EPISODE = 12
"""Log: a source goes down and recovers, its roster too, a status is new, a signal came; never a line for each poll."""
SHOWN = 20

ALLOWANCES = {
    "resident memory, MB": Allowance(5.0),
    # A pool makes a thread when all of it is busy, and keeps it; a leak of one in each episode would be hundreds.
    "threads": Allowance(3.0),
    # Connections of the clients come and go.
    "tasks": Allowance(5.0),
    "file descriptors": Allowance(5.0),
    # Series of a source vanish while it is expired, and come back.
    "series": Allowance(10.0, 0.02),
}


class Soak:
    """One run. `wrong` is everything that should not have been."""

    def __init__(self, service: Agentmon, log: Path, trouble: Trouble, seconds: float) -> None:
        self._service = service
        self._log = log
        self._trouble = trouble
        self._seconds = seconds
        self._begun = time.monotonic()
        self.wrong: list[str] = []
        self.scrapers = [Scraper(service.base, wish, self._complain) for wish in WISHES]
        self.points: dict[str, list[tuple[float, float]]] = {name: [] for name in ALLOWANCES}
        self.log_size: list[tuple[float, float]] = []
        self.log_lines = (0, 0)

    def _complain(self, what: str) -> None:
        self.wrong.append(f"{self._elapsed:7.1f} s, after {self._trouble.last}: {what}")

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._begun

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            work = [scraper.run(0.5 + 0.3 * number) for number, scraper in enumerate(self.scrapers)]
            work += [misbehave(self._service.base, 2.0), self._sample(), self._make_trouble()]
            work += [follow(self._service.base, Random(number), self._complain) for number in range(READERS)]
            running = [tasks.create_task(each) for each in work]
            ended = tasks.create_task(self._service.process.wait())
            await asyncio.wait({ended}, timeout=self._seconds)
            if ended.done():
                self._complain(f"the service ended with {ended.result()}")
            for task in (*running, ended):
                task.cancel()

    async def _sample(self) -> None:
        while True:
            with suppress(ProcessLookupError):
                found = usage(self._service.process.pid)
                told = self.scrapers[0].samples
                tasks, series = told.get(("agentmon_event_loop_tasks", ())), told.get(("agentmon_series", ()))
                now = (found.resident / MEGABYTE, found.threads, tasks, found.descriptors, series)
                for name, value in zip(ALLOWANCES, now, strict=True):
                    if value is not None:
                        self.points[name].append((self._elapsed, value))
                self.log_size.append((self._elapsed, self._log.stat().st_size / MEGABYTE))
            await asyncio.sleep(min(SAMPLES, self._seconds / 40))

    async def _make_trouble(self) -> None:
        chance = Random(1)
        for number, (vendor, fault) in enumerate(self._trouble.plan()):
            async with self._trouble.during(vendor, fault):
                await asyncio.sleep(chance.choice(LENGTHS))
            if number % SIGHUP_EVERY == 0:
                self._trouble.rewrite(number // SIGHUP_EVERY)
                with suppress(ProcessLookupError):
                    self._service.process.send_signal(signal.SIGHUP)
            await self._recover(vendor)

    async def _recover(self, vendor: str) -> None:
        """A source is well again soon after what failed is mended; what a busy machine missed is mended anew."""
        for _ in range(RECOVERIES):
            await self._trouble.mend(vendor)
            with suppress(AssertionError):
                await eventually(lambda: self.scrapers[0].of("agentmon_source_up", "source").get(vendor), RECOVERY)
                return
        self._complain(f"{vendor} did not recover in {RECOVERIES} times {RECOVERY:g} s")

    def verdicts(self) -> dict[str, Verdict | None]:
        return {name: judge(points, ALLOWANCES[name]) for name, points in self.points.items()}

    def finish(self) -> None:
        for name, verdict in self.verdicts().items():
            if verdict is not None and not verdict.is_fine:
                self._complain(f"{name} grew by {verdict.growth:.1f}, more than {verdict.allowed:.1f}")
        lines = self._service.log.splitlines()
        self.log_lines = len(lines), 50 + LINES_PER_EPISODE * self._trouble.episodes
        if self.log_lines[0] > self.log_lines[1]:
            self._complain(f"the log has {self.log_lines[0]} lines, more than {self.log_lines[1]}")
        crashes = [line for line in lines if "Traceback" in line or "crashed" in line]
        if crashes:
            self._complain(f"{len(crashes)} errors of our own in the log, first: {crashes[0]}")

    def table(self) -> str:
        rows = [f"{'':24}{'level':>10}{'peak':>10}{'growth':>10}{'allowed':>10}"]
        for name, verdict in self.verdicts().items():
            cells = (verdict.level, verdict.peak, verdict.growth, verdict.allowed) if verdict else ()
            rows.append(f"{name:24}" + "".join(f"{cell:10.1f}" for cell in cells) + ("" if verdict else "  too short"))
        scrapes = sum(scraper.scrapes for scraper in self.scrapers)
        rows += [
            f"log: {self.log_lines[0]} lines of {self.log_lines[1]} allowed",
            (
                f"troubles: {self._trouble.episodes}; scrapes: {scrapes}, the slowest "
                f"{max(each.slowest for each in self.scrapers):.2f} s as seen by this process"
            ),
            f"longest time without a new publication: {max(each.longest_gap for each in self.scrapers):.1f} s",
        ]
        return "\n".join(rows)

    def save(self, file: Path) -> None:
        """Every sample, for whoever wants to look closer."""
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", newline="", encoding="utf-8") as output:
            writer = csv.writer(output)
            writer.writerow(["measure", "seconds", "value"])
            for name, points in (*self.points.items(), ("log, MB", self.log_size)):
                writer.writerows([name, round(at, 1), value] for at, value in points)


async def soak(minutes: float, folder: Path) -> Soak:
    async with Simulator(World(seed=1, agents=60, start=time.time()), speed=SPEED) as simulator:
        told = configuration(simulator, folder)
        async with agentmon(folder, json.dumps(told), "--log.format=json", env=ENVIRONMENT) as service:
            await eventually(service.is_ready)
            run = Soak(
                service,
                folder / "agentmon.log",
                Trouble(simulator, service.base, folder, Random(1), told),
                minutes * 60,
            )
            await run.run()
            code = await service.stop()
            if code:
                run.wrong.append(f"the service ended with {code} when it was told to stop")
            run.finish()
    return run


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run the service among failing vendors, and fail if it grows.")
    default = float(os.environ.get("SOAK_MINUTES", "60"))
    parser.add_argument("--minutes", type=float, default=default, help="how long (default SOAK_MINUTES, or 60)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder for soak.csv (default .bench)")
    told = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="agentmon-soak-") as folder:
        run = asyncio.run(soak(told.minutes, Path(folder)))
    run.save(told.output / "soak.csv")
    print(run.table())
    for line in run.wrong[:SHOWN]:
        print(line, file=sys.stderr)
    print(f"{told.minutes:g} minutes: {f'{len(run.wrong)} things wrong' if run.wrong else 'fine'}")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
