"""Data and positions of YAML text."""

import pytest

from monitor.config.document import read
from monitor.config.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"), ("no", "no"), ("Yes", "Yes"), ("true", True), ("FALSE", False), ("~", None), ("", None),
        ("12", 12), ("-3", -3), ("012", 12), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"), ("12:30", "12:30"),
        ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("2020-01-01", "2020-01-01"), ("-.inf", float("-inf")),
        ("9" * 5000, float("inf")), ("1.2.3", "1.2.3"), ("=", "="), ("15s", "15s"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


def test_quotes_and_the_text_tag_make_text() -> None:
    assert read("a: '12'\nb: \"off\"\nc: !!str 5\nd: ! x\n").data == {"a": "12", "b": "off", "c": "5", "d": "x"}


def test_every_key_and_value_has_its_position() -> None:
    document = read("a:\n  - b: 1\n    c: [x, {d: e}]\nf:\n")
    assert document.data == {"a": [{"b": 1, "c": ["x", {"d": "e"}]}], "f": None}
    assert document.keys["a", 0, "c"] == (3, 5)
    assert document.values["a", 0, "c", 1, "d"] == (3, 16)
    assert document.values["a", 0] == (2, 5)
    assert document.values["f",] == document.keys["f",] == (4, 1)
    assert document.value_at(("a", 0, "zzz", 5)) == (2, 5)


def test_aliases_and_merge_keys_point_at_the_text_they_name() -> None:
    text = "a: &base {x: 1, y: 2}\nb: {<<: *base, y: 3}\nc: {<<: [{x: 9}, *base]}\nd: *base\n"
    document = read(text)
    assert document.problems == ()
    assert document.data == {"a": {"x": 1, "y": 2}, "b": {"y": 3, "x": 1}, "c": {"x": 9, "y": 2}, "d": {"x": 1, "y": 2}}
    assert document.values["b", "x"] == document.values["d", "x"] == (1, 14)
    assert document.values["b", "y"] == (2, 19)
    assert document.keys["c", "x"] == (3, 11)


def test_a_quoted_merge_sign_is_a_key_and_a_second_one_is_twice() -> None:
    assert read("a: {'<<': 1}\n").data == {"a": {"<<": 1}}
    assert read("a: {<<: {b: 1}, <<: {c: 1}}\n").problems[0].message == "the key '<<' occurs twice"


def test_a_mistake_in_shared_text_is_told_once() -> None:
    document = read("a: &x {k: 1, k: 2}\nb: *x\nc: {<<: *x}\n")
    assert [(problem.line, problem.path) for problem in document.problems] == [(1, "a.k")]


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join(10 * [f'*a{n - 1}'])}]\n" for n in range(1, 10)),
        "a0: &a0 {k: 1}\n"
        + "".join(f"a{n}: &a{n} {{k{n}: 1, <<: [{', '.join(20 * [f'*a{n - 1}'])}]}}\n" for n in range(1, 400)),
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000)),
        "x: 1\nx:\n - &a0 {k: 1}\n" + "".join(f" - &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 2000)) + "y: *a1999\n",
        "a: " + "[" * 100_000,
        "{" * 100_000,
    ],
    ids=["aliases", "merges", "chain", "chain of merges", "brackets", "braces"],
)
def test_bombs_are_refused(bomb: str) -> None:
    document = read(bomb)
    assert document.data is None
    assert document.problems[-1].message.split(",")[0] in {
        "more than 100000 values",
        "nested more than 32 levels deep",
    }
