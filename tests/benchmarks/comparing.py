"""The same scrape from three kinds of exporters, on the same vendors, while those are quick, slow or silent."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.programs import control, load, program
from benchmarks.results import Row, at_least, at_most, plain
from benchmarks.serving import FORMS, GZIP, Lengths, Stage, cost_of_scrape

CONDITIONS: Mapping[str, Mapping[str, Any]] = {
    "vendors at once": {"latency": 0.0},
    "vendors after 200 ms": {"latency": 0.2},
    "vendors after 2 s": {"latency": 2.0},
    "one vendor hangs": {"latency": 0.0, "hanging": "comm100"},
}
SCRAPE_TIMEOUT = 10_000.0
"""Milliseconds after which Prometheus gives up, unless told otherwise."""
SAME_COST = 2.0
"""Ratio up to which two latencies of less than a few milliseconds count as the same."""


class Latency(msgspec.Struct, frozen=True):
    exporter: str
    condition: str
    milliseconds: float


async def collector(on: Stage, folder: Path, lengths: Lengths, cost: float) -> tuple[list[Row], Latency]:
    """The same page through prometheus_client, against `cost`, the CPU of a scrape of the service."""
    file = folder / "page.txt"
    file.write_text((await on.service.get("/metrics", Accept="text/plain"))[1], encoding="utf-8")
    rows, p50, spent = [], 0.0, 0.0
    async with program("collecting", str(file)) as exporter:
        for form, headers in list(FORMS.items())[:2]:
            found, its = await cost_of_scrape(exporter.metrics, exporter.pid, lengths.load, headers, 0.0)
            spent = spent or its
            how = f"{found.requests} scrapes, as above; its data stands ready, too"
            rows.append(plain(f"the same samples by prometheus_client, {form}: CPU of a scrape", its, "ms", how))
        found = await load(exporter.metrics, seconds=lengths.load, every=0.2, headers=GZIP)
        p50 = found.p50
    rows.append(
        at_least("a scrape is cheaper than that", spent / cost, 50, "times", "ratio of the two CPU times, gzip")
    )
    return rows, Latency("prometheus_client", "vendors at once", p50)


async def conditions(on: Stage, lengths: Lengths) -> tuple[list[Row], list[Latency]]:
    """Latency of the service and of an exporter that asks the vendors at each scrape, in turn."""
    rows, found = [], []
    async with program("fetching", on.vendors.base) as fetching:
        for condition, order in CONDITIONS.items():
            await control(on.vendors, **{"hanging": None, **order})
            for name, url, every in (
                ("agentmon", on.metrics, 0.02),
                ("fetch-on-scrape exporter", fetching.metrics, 0.0),
            ):
                told = await load(url, seconds=lengths.compared, every=every, headers=GZIP)
                late = told.most >= SCRAPE_TIMEOUT
                what = f"{condition}: {name}"
                said = f"{told.p50:,.2f} ms p50, {told.most:,.1f} ms at most" + (", given up by Prometheus" * late)
                rows.append(Row(what, said, f"{told.requests} scrapes, gzip, one connection"))
                found.append(Latency(name, condition, told.p50))
        await control(on.vendors, latency=0.0, hanging=None)
    own = [each.milliseconds for each in found if each.exporter == "agentmon"]
    rows.append(
        at_most(
            "agentmon, slowest condition against quickest", max(own) / min(own), SAME_COST, "times", "ratio of p50s"
        )
    )
    return [*rows, json_exporter()], found


def json_exporter() -> Row:
    """Why prometheus-community's exporter takes no part; nothing is downloaded for it."""
    modules = Path(os.environ.get("GOMODCACHE", Path.home() / "go/pkg/mod")) / "github.com/prometheus-community"
    if shutil.which("json_exporter") or list(modules.glob("json_exporter@*")):
        why = "a probe of it reads one address and sums nothing: four vendors cannot become teams"
    else:
        why = "neither the program nor its Go modules are on this machine"
    return Row("prometheus-community/json_exporter", "left out", why)
