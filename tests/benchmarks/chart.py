"""The two pictures of a run, in one SVG: how the cycle grows, and what a scrape waits for."""

import math
from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.comparing import Latency

WIDTH, HEIGHT = 900, 420
FONT = 'font-family="sans-serif" font-size="13"'
COLOURS = ("#1f77b4", "#d95f02", "#1b9e77", "#555555")
Points = Sequence[tuple[float, float]]


def chart(growth: Mapping[str, Points], latencies: Sequence[Latency]) -> str:
    """Lines of milliseconds by accounts, and bars of milliseconds; both scales are logarithmic."""
    bars = _bars(latencies, 110 + HEIGHT)
    height = HEIGHT + 130 + 26 * len(latencies)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            *_lines(growth),
            *bars,
            "</svg>\n",
        ]
    )


def _text(x: float, y: float, text: str, anchor: str = "start", **more: str) -> str:
    given = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{given}>{escape(text)}</text>'


def _lines(growth: Mapping[str, Points]) -> list[str]:
    left, right, top, bottom = 80, WIDTH - 190, 60, HEIGHT - 40
    xs = [x for points in growth.values() for x, _ in points]
    ys = [max(y, 0.01) for points in growth.values() for _, y in points]
    columns = _decades(min(xs), max(xs))
    rows = _decades(min(ys), max(ys))

    def at(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - columns[0]) / (columns[-1] - columns[0])
        up = (math.log10(max(y, 0.01)) - rows[0]) / (rows[-1] - rows[0])
        return left + across * (right - left), bottom - up * (bottom - top)

    drawn = [_text(left, 30, "CPU of a cycle by accounts, ms (both scales logarithmic)", font_weight="bold")]
    for power in rows:
        _, y = at(10.0 ** columns[0], 10.0**power)
        drawn.append(f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        drawn.append(_text(left - 8, y + 4, f"{10.0**power:,g}", "end"))
    for power in columns:
        x, _ = at(10.0**power, 1)
        drawn.append(_text(x, bottom + 20, f"{10**power:,}", "middle"))
    labels = sorted(growth, key=lambda name: growth[name][-1][1], reverse=True)
    place = top
    for colour, name in zip(COLOURS, labels, strict=False):
        points = [at(x, y) for x, y in growth[name]]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        place = max(place + 18, points[-1][1] + 4)
        drawn.append(_text(points[-1][0] + 10, place, name, fill=colour))
    return drawn


def _bars(latencies: Sequence[Latency], top: float) -> list[str]:
    left, right = 330, WIDTH - 110
    powers = _decades(min(each.milliseconds for each in latencies), max(each.milliseconds for each in latencies))
    drawn = [_text(40, top - 50, "A scrape, ms at the median (scale logarithmic)", font_weight="bold")]

    def across(milliseconds: float) -> float:
        return left + (math.log10(milliseconds) - powers[0]) / (powers[-1] - powers[0]) * (right - left)

    bottom = top + 26 * len(latencies)
    for power in powers:
        x = across(10.0**power)
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 15}" y2="{bottom}" stroke="#ddd"/>')
        drawn.append(_text(x, top - 20, f"{10.0**power:,g}", "middle"))
    names = list(dict.fromkeys(each.exporter for each in latencies))
    for row, each in enumerate(latencies):
        y = top + 26 * row
        colour = COLOURS[names.index(each.exporter)]
        drawn.append(_text(left - 10, y + 6, f"{each.exporter}, {each.condition}", "end"))
        width = max(across(each.milliseconds) - left, 2)
        drawn.append(f'<rect x="{left}" y="{y - 8}" width="{width:.1f}" height="18" fill="{colour}"/>')
        drawn.append(_text(left + width + 6, y + 6, f"{each.milliseconds:,.1f}"))
    return drawn


def _decades(least: float, most: float) -> list[int]:
    first = math.floor(math.log10(max(least, 0.01)))
    return list(range(first, max(math.ceil(math.log10(most)), first + 1) + 1))
