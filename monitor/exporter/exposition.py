"""Facts to bytes, in both formats. A page is one immutable value; a scrape only hands it out."""

import gzip
from collections.abc import Iterable
from enum import StrEnum

from monitor.exporter.catalogue import FAMILIES
from monitor.exporter.families import Facts, Family, Kind


class Format(StrEnum):
    TEXT = "text"
    OPENMETRICS = "openmetrics"

    @property
    def content_type(self) -> str:
        if self is Format.TEXT:
            return "text/plain; version=0.0.4; charset=utf-8"
        return "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Page:
    """One rendered exposition. Compressed forms are made when first asked for, at most once a format."""

    __slots__ = ("_compressed", "_plain", "series")

    def __init__(self, text: bytes, openmetrics: bytes, series: int) -> None:
        self._plain = {Format.TEXT: text, Format.OPENMETRICS: openmetrics}
        self._compressed: dict[Format, bytes] = {}
        self.series = series

    def bytes_of(self, format_: Format) -> bytes:
        return self._plain[format_]

    def gzip_of(self, format_: Format) -> bytes:
        found = self._compressed.get(format_)
        if found is None:
            found = self._compressed[format_] = gzip.compress(self._plain[format_], compresslevel=1, mtime=0)
        return found


def render(facts: Facts, telemetry: tuple[bytes, bytes]) -> Page:
    """The page for `facts`, with prometheus-client's own rendering of the rest behind it (text, OpenMetrics)."""
    text: list[str] = []
    openmetrics: list[str] = []
    series = 0
    for family in FAMILIES:
        lines = list(_lines(family, facts))
        if not lines:
            continue
        body = "\n".join(lines) + "\n"
        text += (_text_header(family), body)
        openmetrics += (_openmetrics_header(family), body)
        series += len(lines)
    own_text, own_openmetrics = telemetry
    return Page(
        "".join(text).encode() + own_text,
        "".join(openmetrics).encode() + own_openmetrics,
        series + sum(1 for line in own_text.splitlines() if not line.startswith(b"#")),
    )


def _lines(family: Family, facts: Facts) -> Iterable[str]:
    """Sample lines, which are the same in both formats."""
    if family.samples is None:
        return
    for values, number in family.samples(facts):
        labels = ",".join(f'{name}="{escape(value)}"' for name, value in zip(family.labels, values, strict=True))
        yield f"{family.name}{{{labels}}} {show_number(number)}" if labels else f"{family.name} {show_number(number)}"


def _text_header(family: Family) -> str:
    return f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"


def _openmetrics_header(family: Family) -> str:
    name = family.name.removesuffix("_total") if family.kind is Kind.COUNTER else family.name
    unit = f"# UNIT {name} {family.unit}\n" if family.unit else ""
    return f"# HELP {name} {family.help}\n# TYPE {name} {family.kind}\n{unit}"


def escape(value: str) -> str:
    """A label value between its quotes."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def show_number(number: float) -> str:
    """The shortest exact form; booleans are 0 and 1."""
    return str(int(number)) if float(number).is_integer() else repr(number)
