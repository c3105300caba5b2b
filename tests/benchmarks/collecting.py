"""The same samples through a `prometheus_client` custom collector: `python -m benchmarks.collecting PAGE`.

PAGE is an exposition of agentmon. What is measured is what such an exporter does at each scrape: build the metric
families from its data, and render them.
"""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families


class Collector:
    def __init__(self, page: str) -> None:
        self._families = []
        for family in text_string_to_metric_families(page):
            names = tuple(family.samples[0].labels) if family.samples else ()
            rows = [(sample.name, tuple(sample.labels.items()), sample.value) for sample in family.samples]
            self._families.append((family.name, family.documentation, family.type, names, rows))

    def collect(self) -> Iterator[Metric]:
        kinds = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}
        for name, text, kind, names, rows in self._families:
            if kind in kinds:
                family = kinds[kind](name, text, labels=names)
                for _, labels, value in rows:
                    family.add_metric([value for _, value in labels], value)
            else:
                family = Metric(name, text, kind)
                for sample, labels, value in rows:
                    family.add_sample(sample, dict(labels), value)
            yield family


def main() -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(Path(sys.argv[1]).read_text(encoding="utf-8")))
    server, _ = start_http_server(0, "127.0.0.1", registry)
    print(json.dumps({"port": server.server_port}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
