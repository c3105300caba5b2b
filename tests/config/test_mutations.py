# ruff: noqa: E501 - a file and all that is said of it stand on one line
"""Whatever a file holds, it is a configuration or a list of mistakes with places inside the file."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config import Config, ConfigError, parse
from monitor.config.document import read

EXAMPLE = Path(__file__).parents[2] / "config" / "monitor.example.yml"
GOOD: Any = read(EXAMPLE.read_text(encoding="utf-8")).data
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["0s", "15s", "chat", "cobrowser", "iadvize", "sales-fr", "http://x", "Europe", "a/b", "*", {}, []]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=3), max_size=2),
)  # fmt: skip


def _judge(text: str) -> None:
    outcome: Config | ConfigError
    try:
        outcome = parse(text, filename="f", base=Path())
    except ConfigError as error:
        outcome = error
    if isinstance(outcome, Config):
        return
    assert outcome.problems
    for problem in outcome.problems:
        assert 1 <= problem.line <= len(text.split("\n")), problem
        assert problem.column >= 1
        assert problem.message
        assert not any(word in problem.text for word in ("pydantic", "Input should", "Value error", "[key]"))


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(*place, key) for key, _ in inner]
    return found + [deeper for key in found for deeper in _places(value[key[-1]], key)]


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    data = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(_places(data) or [()]))
        if not place:
            break
        parent = data
        for step in place[:-1]:
            parent = parent[step]
        match draw(st.sampled_from(["drop", "rename", "retype", "repeat"])), parent:
            case "drop", _:
                del parent[place[-1]]
            case "rename", dict():
                parent[draw(st.text(max_size=8))] = parent.pop(place[-1])
            case "repeat", list():
                parent.append(copy.deepcopy(parent[place[-1]]))
            case _:
                parent[place[-1]] = draw(ODD)
    return data


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_mutated(), st.booleans())
def test_a_mutated_file_is_judged_and_never_crashes(data: Any, is_wide: bool) -> None:
    _judge(json.dumps(data, indent=1 if is_wide else None))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="abc:-[]{}&*!|>'\"%@#,?~<\n\t \\0\x01\u2028é", max_size=40))
def test_any_text_is_judged_and_never_crashes(text: str) -> None:
    _judge(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 4000), st.text(alphabet=" \n:-{}[]'\"&*!#a", max_size=4))
def test_text_put_into_the_example_is_judged_and_never_crashes(offset: int, put: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    _judge(text[:offset] + put + text[offset:])
