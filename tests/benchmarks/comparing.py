"""What a scrape costs and how long it takes by other kinds of exporters, on the same vendors, quick, slow or silent."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.json_exporter import answers, json_exporter, probing
from benchmarks.programs import Program, control, load, program
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
FETCHING = "fetch-on-scrape exporter"
JSON_EXPORTER = "json_exporter"
CLOSING = {"Connection": "close"}
"""It tells no length of a page, so that the end of the connection has to."""
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


async def conditions(on: Stage, folder: Path, lengths: Lengths) -> tuple[list[Row], list[Latency]]:
    """Latency of the service and of exporters that ask the vendors at each scrape, in turn."""
    async with AsyncExitStack() as ended:
        fetching = await ended.enter_async_context(program("fetching", on.vendors.base))
        asked = [("agentmon", on.metrics, 0.02), (FETCHING, fetching.metrics, 0.0)]
        rows = []
        if executable := json_exporter():
            prober, probe = await ended.enter_async_context(probing(executable, on.vendors.base, folder))
            asked.append((JSON_EXPORTER, probe, 0.0))
            rows.append(await cost_of_probe(prober, probe, lengths))
        else:
            rows.append(Row(JSON_EXPORTER, "left out", "it is not on this machine: make json-exporter (needs Go)"))
        found = []
        for condition, order in CONDITIONS.items():
            await control(on.vendors, **{"hanging": None, **order})
            for name, url, every in asked:
                row, latency = await _latency(condition, name, url, every, lengths)
                rows.append(row)
                found.append(latency)
        await control(on.vendors, latency=0.0, hanging=None)
    own = [each.milliseconds for each in found if each.exporter == "agentmon"]
    rows.append(
        at_most(
            "agentmon, slowest condition against quickest", max(own) / min(own), SAME_COST, "times", "ratio of p50s"
        )
    )
    return rows, found


async def _latency(condition: str, name: str, url: str, every: float, lengths: Lengths) -> tuple[Row, Latency]:
    what = f"{condition}: {name}"
    if name == JSON_EXPORTER and not await answers(url, SCRAPE_TIMEOUT / 1000):
        late = Row(what, "no answer, given up by Prometheus", f"1 scrape of {SCRAPE_TIMEOUT / 1000:g} s")
        return late, Latency(name, condition, SCRAPE_TIMEOUT)
    headers = GZIP | CLOSING if name == JSON_EXPORTER else GZIP
    told = await load(url, seconds=lengths.compared, every=every, headers=headers)
    is_late = told.most >= SCRAPE_TIMEOUT
    said = f"{told.p50:,.2f} ms p50, {told.most:,.1f} ms at most" + (", given up by Prometheus" * is_late)
    on = "a connection each" if headers.keys() & CLOSING.keys() else "one connection"
    return Row(what, said, f"{told.requests} scrapes, gzip, {on}"), Latency(name, condition, told.p50)


async def cost_of_probe(prober: Program, probe: str, lengths: Lengths) -> Row:
    found, spent = await cost_of_scrape(probe, prober.pid, lengths.load, GZIP | CLOSING, 0.0)
    how = f"{found.requests} scrapes of Comm100's list alone, a series of each account and no team"
    return plain(f"{JSON_EXPORTER}: CPU of a scrape", spent, "ms", how)
