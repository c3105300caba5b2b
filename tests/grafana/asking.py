"""Ask Prometheus what Grafana would ask for a dashboard, with the variables put in as Grafana does."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

Values = Mapping[str, list[str]]
ALL = "$__all"
POINTS = 300


@dataclass(frozen=True)
class Asked:
    """One query of one panel (a repeated one counts for each of its values), and what came back."""

    panel: str
    ref: str
    expr: str
    answer: dict[str, Any]
    """That of Prometheus' HTTP interface."""

    @property
    def place(self) -> str:
        return f"{self.panel} {self.ref}"

    @property
    def series(self) -> list[dict[str, Any]]:
        result: list[dict[str, Any]] = self.answer.get("data", {}).get("result", [])
        return result


@dataclass(frozen=True)
class Span:
    """The time range of a dashboard, in Unix seconds."""

    start: float
    end: float

    @property
    def step(self) -> int:
        return max(1, round((self.end - self.start) / POINTS))

    @property
    def built_in(self) -> dict[str, str]:
        """What Grafana computes, for a scrape each second."""
        seconds = round(self.end - self.start)
        return {
            "__rate_interval": f"{max(4, self.step + 1)}s",
            "__interval": f"{self.step}s",
            "__range": f"{seconds}s",
            "__range_s": str(seconds),
        }


def last(seconds: float) -> Span:
    end = time.time()
    return Span(end - seconds, end)


class Prometheus:
    """As Grafana sees it: queries, and the values of a label."""

    def __init__(self, base: str) -> None:
        self._base = base

    async def get(self, path: str, **parameters: str) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._base}/api/v1/{path}", data=parameters)
            if path.startswith("query")
            else session.get(f"{self._base}/api/v1/{path}", params=parameters) as response,
        ):
            answer: dict[str, Any] = await response.json()
        return answer

    async def now(self, expr: str, at: float) -> dict[str, Any]:
        return await self.get("query", query=expr, time=f"{at:.3f}")

    async def over(self, expr: str, span: Span) -> dict[str, Any]:
        start, end = (span.step * round(at / span.step) for at in (span.start, span.end))
        return await self.get("query_range", query=expr, start=f"{start}", end=f"{end}", step=f"{span.step}")

    async def label_values(self, selector: str, label: str, span: Span) -> list[str]:
        parameters = {"match[]": selector, "start": f"{span.start:.3f}", "end": f"{span.end:.3f}"}
        answer = await self.get(f"label/{label}/values", **parameters)
        assert answer["status"] == "success", answer
        return sorted(answer["data"])


async def values_of(
    dashboard: Mapping[str, Any], prometheus: Prometheus, span: Span, chosen: Mapping[str, str]
) -> dict[str, list[str]]:
    """Every variable's values: all of them where it offers All (its own word for it if it has one), else the chosen or
    the first one.
    """
    found: dict[str, list[str]] = {}
    for variable in dashboard["templating"]["list"]:
        name = variable["name"]
        if name in chosen:
            found[name] = [chosen[name]]
        elif variable["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
            values = await prometheus.label_values(substituted(selector, dashboard, found, span), label, span)
            assert values, f"${name} finds nothing"
            found[name] = [ALL] if variable.get("allValue") else values if variable.get("includeAll") else values[:1]
        elif variable["type"] in {"custom", "textbox"}:
            found[name] = [str(variable["current"]["value"])]
    return found


def substituted(expr: str, dashboard: Mapping[str, Any], values: Values, span: Span) -> str:
    """Put in what Grafana would: the value for All, alternatives of a regular expression, or the value itself."""
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name in span.built_in:
            return span.built_in[name]
        if name not in values:
            return found[0]
        if values[name] == [ALL]:
            return str(variables[name]["allValue"])
        escaped = [re.sub(r"([\\^$*+?.()|[\]{}])", r"\\\\\1", each) for each in values[name]]
        multi = variables[name].get("multi") or variables[name].get("includeAll")
        return f"({'|'.join(escaped)})" if len(escaped) > 1 else escaped[0] if multi else values[name][0]

    return re.sub(r"\$\{(\w+)\}|\$(\w+)", value, expr)


def panels_of(dashboard: Mapping[str, Any], values: Values) -> Iterator[tuple[dict[str, Any], dict[str, list[str]]]]:
    """Each panel with the values that hold for it: a repeated one for each value of its variable."""
    for panel in dashboard["panels"]:
        if repeated := panel.get("repeat"):
            for value in values[repeated]:
                yield panel, {**values, repeated: [value]}
        else:
            yield panel, dict(values)


async def ask(
    dashboard: Mapping[str, Any], prometheus: Prometheus, span: Span, values: Values
) -> list[tuple[dict[str, Any], dict[str, list[str]], list[Asked]]]:
    """Every panel, the values that hold for it, and its queries answered."""
    answered = []
    for panel, local in panels_of(dashboard, values):
        title = substituted(panel["title"], dashboard, local, span)
        asked = []
        for target in panel["targets"]:
            expr = substituted(target["expr"], dashboard, local, span)
            answer = await (prometheus.now(expr, span.end) if target.get("instant") else prometheus.over(expr, span))
            asked.append(Asked(title, target["refId"], expr, answer))
        answered.append((panel, local, asked))
    return answered
