"""How agentmon itself is doing, through prometheus-client on a registry of its own."""

from collections.abc import Iterable

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from monitor.exporter.catalogue import LOOP_LAG, POLL_DURATION, PUBLISH_DURATION
from monitor.exporter.families import Family

POLL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
LAG_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
PUBLISH_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)


class Telemetry:
    """Histograms of polls, publications and loop lag; process and Python metrics."""

    def __init__(self, sources: Iterable[str]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # they double the counters and say nothing that Prometheus uses
        self.registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.poll_duration = self._histogram(POLL_DURATION, POLL_BUCKETS)
        self.loop_lag = self._histogram(LOOP_LAG, LAG_BUCKETS)
        self.publish_duration = self._histogram(PUBLISH_DURATION, PUBLISH_BUCKETS)
        self._sources: frozenset[str] = frozenset()
        self.watch(sources)

    def watch(self, sources: Iterable[str]) -> None:
        """Tell of the polls of these sources, and of no others."""
        wanted = frozenset(sources)
        for source in self._sources - wanted:
            self.poll_duration.remove(source)
        for source in sorted(wanted - self._sources):
            self.poll_duration.labels(source)
        self._sources = wanted

    def _histogram(self, family: Family, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(
            family.name, family.help, family.labels, unit=family.unit, registry=self.registry, buckets=buckets
        )

    def render(self) -> tuple[bytes, bytes]:
        """Text and OpenMetrics; the latter ends the exposition."""
        openmetrics: bytes = generate_openmetrics(self.registry)  # type: ignore[no-untyped-call] # untyped upstream
        return generate_latest(self.registry), openmetrics
