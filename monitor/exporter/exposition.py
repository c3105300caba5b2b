"""Facts to bytes, in both formats. A page is one immutable value; a scrape only hands it out.

A page is made of blocks: what one part of the facts (a team, a source, …) says in each family. A block is rendered
again only when its part has changed, and its line prefixes, name and labels, are kept as long as their labels live.
"""

import gzip
from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import StrEnum

from monitor.exporter.catalogue import FAMILIES
from monitor.exporter.families import Facts, Family, Kind, Scope, parts


class Format(StrEnum):
    TEXT = "text"
    OPENMETRICS = "openmetrics"

    @property
    def content_type(self) -> str:
        if self is Format.TEXT:
            return "text/plain; version=0.0.4; charset=utf-8"
        return "application/openmetrics-text; version=1.0.0; charset=utf-8"


class Page:
    """One rendered exposition. Compressed forms are made when first asked for, at most once a format.

    `left_out` names the families that had to give way to the limit of series.
    """

    __slots__ = ("_compressed", "_plain", "left_out", "series")

    def __init__(self, text: bytes, openmetrics: bytes, series: int, left_out: tuple[str, ...] = ()) -> None:
        self._plain = {Format.TEXT: text, Format.OPENMETRICS: openmetrics}
        self._compressed: dict[Format, bytes] = {}
        self.series = series
        self.left_out = left_out

    def bytes_of(self, format_: Format) -> bytes:
        return self._plain[format_]

    def gzip_of(self, format_: Format) -> bytes:
        found = self._compressed.get(format_)
        if found is None:
            found = self._compressed[format_] = gzip.compress(self._plain[format_], compresslevel=1, mtime=0)
        return found


Prefixes = dict[tuple[str, ...], str]
"""Beginnings of sample lines, name and labels, by label values."""


class _Block:
    """One part, rendered: for each family of its scope the lines, their number, and their prefixes."""

    __slots__ = ("chunks", "counts", "part", "prefixes")

    def __init__(self, part: object, families: Sequence[Family], known: "_Block | None") -> None:
        self.part = part
        self.chunks: list[bytes] = []
        self.counts: list[int] = []
        self.prefixes: list[Prefixes] = []
        for position, family in enumerate(families):
            kept: Prefixes = known.prefixes[position] if known is not None else {}
            used: Prefixes = {}
            lines = []
            for labels, number in family.samples(part) if family.samples is not None else ():
                prefix = kept.get(labels)
                used[labels] = prefix = prefix if prefix is not None else _prefix(family, labels)
                lines.append(f"{prefix}{show_number(number)}\n")
            self.chunks.append("".join(lines).encode())
            self.counts.append(len(lines))
            self.prefixes.append(used)


class Renderer:
    """Renders page after page, and keeps the blocks of the last one. For one thread at a time."""

    def __init__(self, families: Sequence[Family] = FAMILIES) -> None:
        self._families = families
        self._by_scope: Mapping[Scope, list[Family]] = {
            scope: [family for family in families if family.scope is scope] for scope in Scope
        }
        self._headers = {family.name: (_text_header(family), _openmetrics_header(family)) for family in families}
        self._blocks: dict[tuple[Scope, Hashable], _Block] = {}

    def render(self, facts: Facts, telemetry: tuple[bytes, bytes]) -> Page:
        """The page for `facts`, with prometheus-client's own rendering of the rest behind it (text, OpenMetrics)."""
        blocks = self._blocks = self._renewed(facts)
        own_text, own_openmetrics = telemetry
        text: list[bytes] = []
        openmetrics: list[bytes] = []
        series = sum(1 for line in own_text.splitlines() if not line.startswith(b"#"))
        series += sum(sum(block.counts) for (scope, _), block in blocks.items() if scope is not Scope.AGENTS)
        left_out: list[str] = []
        for family in self._families:
            position = self._by_scope[family.scope].index(family)
            own = [block for (scope, _), block in blocks.items() if scope is family.scope]
            samples = sum(block.counts[position] for block in own)
            if family.scope is Scope.AGENTS:
                if samples and facts.series_limit and series + samples > facts.series_limit:
                    left_out.append(family.name)
                    continue
                series += samples
            if samples:
                chunks = [block.chunks[position] for block in own]
                text_header, openmetrics_header = self._headers[family.name]
                text += (text_header, *chunks)
                openmetrics += (openmetrics_header, *chunks)
        return Page(b"".join((*text, own_text)), b"".join((*openmetrics, own_openmetrics)), series, tuple(left_out))

    def _renewed(self, facts: Facts) -> dict[tuple[Scope, Hashable], _Block]:
        """The blocks of what there is now; what is gone is forgotten."""
        blocks: dict[tuple[Scope, Hashable], _Block] = {}
        for scope, families in self._by_scope.items():
            for key, part in parts(scope, facts) if families else ():
                known = self._blocks.get((scope, key))
                is_same = known is not None and known.part is part
                blocks[scope, key] = known if known is not None and is_same else _Block(part, families, known)
        return blocks


def _prefix(family: Family, values: Iterable[str]) -> str:
    labels = ",".join(f'{name}="{escape(value)}"' for name, value in zip(family.labels, values, strict=True))
    return f"{family.name}{{{labels}}} " if labels else f"{family.name} "


def _text_header(family: Family) -> bytes:
    return f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n".encode()


def _openmetrics_header(family: Family) -> bytes:
    name = family.name.removesuffix("_total") if family.kind is Kind.COUNTER else family.name
    unit = f"# UNIT {name} {family.unit}\n" if family.unit else ""
    return f"# HELP {name} {family.help}\n# TYPE {name} {family.kind}\n{unit}".encode()


def escape(value: str) -> str:
    """A label value between its quotes."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def show_number(number: float) -> str:
    """The shortest exact form; booleans are 0 and 1."""
    return str(int(number)) if float(number).is_integer() else repr(number)
