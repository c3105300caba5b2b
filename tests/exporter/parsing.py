"""Expositions read with the official parsers, down to plain values."""

from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from monitor.exporter.exposition import Format, Page, Renderer
from monitor.exporter.families import Facts

PARSERS = {Format.TEXT: parse_text, Format.OPENMETRICS: parse_openmetrics}
NO_TELEMETRY = (b"", b"# EOF\n")

Labels = tuple[tuple[str, str], ...]


def page_of(found: Facts) -> Page:
    """A page without what prometheus-client adds."""
    return Renderer().render(found, NO_TELEMETRY)


def families(page: Page, format_: Format = Format.TEXT) -> list[Metric]:
    return list(PARSERS[format_](page.bytes_of(format_).decode()))


def samples(page: Page, format_: Format = Format.TEXT) -> dict[str, dict[Labels, float]]:
    """Values by sample name and labels; a sample that occurs twice is an error."""
    found: dict[str, dict[Labels, float]] = {}
    for family in families(page, format_):
        for sample in family.samples:
            labels = tuple(sample.labels.items())
            assert labels not in found.setdefault(sample.name, {}), f"{sample.name} {labels} occurs twice"
            found[sample.name][labels] = sample.value
    return found


def values(page: Page, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Values of one family by the values of these labels."""
    found = samples(page).get(f"agentmon_{name}", {})
    return {tuple(dict(key)[label] for label in labels): value for key, value in found.items()}
