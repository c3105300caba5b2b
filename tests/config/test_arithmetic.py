# ruff: noqa: E501 - a file and all that is said of it stand on one line
"""Requests against budgets: errors that name what fits, warnings with the numbers."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import Config
from monitor.config.arithmetic import fits, fitting_interval, is_over, longest_wait
from monitor.model import PollSpec

Read = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]


FILE = """\
sources:
  - name: visit
    vendor: iadvize
    url: https://sd.iadvize.com/api/2
    api_key: {{env: K}}
    poll: {{{poll}}}
    views: [{views}]
teams: [{{name: t, members: [{{source: visit}}]}}]
"""


def _file(views: int, poll: str = "interval: 15s") -> str:
    return (
        FILE.format(poll=poll, views=", ".join(f"group_id: {number + 1}" for number in range(views)))
        .replace(", group_id", "}, {group_id")
        .replace("[group_id", "[{group_id")
        .replace("]\nteams", "}]\nteams")
    )


def test_six_views_every_15s_are_too_many_and_18s_fit(mistakes: Mistakes) -> None:
    assert mistakes(_file(6)) == [
        (
            "f:6:22: sources[0].poll.interval: 18 requests every 15s are 72 a minute, over the budget of 60 "
            "(an interval of 18s fits)"
        )
    ]
    assert mistakes(_file(6, "interval: 18s")) == []


def test_a_budget_exceeded_by_the_default_interval_is_shown_at_the_source(mistakes: Mistakes) -> None:
    (line,) = mistakes(_file(6, "timeout: 10s"))
    assert line.startswith("f:6:11: sources[0].poll.interval: 18 requests every 15s")


def test_five_views_every_15s_fill_the_budget(read: Read) -> None:
    (warning,) = read(_file(5)).warnings
    assert warning.show("f") == (
        "f:6:22: sources[0].poll.interval: 15 requests every 15s and 3 every 10m are 60.3 a minute; "
        "that fills the budget of 60 (an interval of 19s leaves room for retries)"
    )


def test_above_four_fifths_is_a_warning_and_below_is_none(read: Read) -> None:
    assert "uses 90% of the budget of 60" in read(_file(5, "interval: 17s, roster_interval: 3m")).warnings[0].message
    assert read(_file(5, "interval: 19s")).warnings == ()
    assert read(_file(4, "interval: 15s, roster_interval: 1h")).warnings != ()
    assert read(_file(3)).warnings == ()


def test_groups_that_the_teams_select_count_like_views(mistakes: Mistakes) -> None:
    text = _file(1).replace("    views: [{group_id: 1}]\n", "")
    assert mistakes(text) == []
    groups = ", ".join(f"'skill:{number}'" for number in range(1, 7))
    (line,) = mistakes(text.replace("{source: visit}", f"{{source: visit, groups: [{groups}]}}"))
    assert "18 requests every 15s are 72 a minute" in line
    both = text.replace("{source: visit}", f"{{source: visit, groups: [{groups[:-11]}]}}, {{source: visit}}")
    (line,) = mistakes(both)
    assert "18 requests every 15s" in line


def test_a_broken_selector_does_not_change_the_arithmetic(mistakes: Mistakes) -> None:
    groups = ", ".join(f"'skill:{number}'" for number in range(1, 6))
    text = _file(1).replace("    views: [{group_id: 1}]\n", "")
    said = mistakes(
        text.replace("{source: visit}", f"{{source: visit, groups: [{groups}]}}, {{source: visit, groups: []}}")
    )
    assert [line.split(": ")[1] for line in said] == ["teams[0].members[1].groups"]


def test_a_broken_pace_is_one_mistake_not_two(mistakes: Mistakes) -> None:
    assert [line.split(": ")[1] for line in mistakes(_file(6, "interval: 30"))] == ["sources[0].poll.interval"]


def test_an_unknown_number_of_requests_is_not_judged(read: Read) -> None:
    text = "sources: [{name: a, vendor: liveagent, url: 'https://x.example', api_key: {env: K}, poll: {requests_per_minute: 1}}]"
    assert [warning.path for warning in read(text).warnings] == ["sources[0].name"]


def test_departments_are_counted_once_each(mistakes: Mistakes) -> None:
    text = (
        "sources: [{name: a, vendor: liveagent, url: 'https://x.example', api_key: {env: K}, "
        "departments: [a, b, b], poll: {requests_per_minute: 7}}]"
    )
    (line,) = mistakes(text)
    assert "2 requests every 15s are 8 a minute, over the budget of 7 (an interval of 18s fits)" in line


def test_a_poll_that_cannot_end_in_time_names_what_fits(mistakes: Mistakes) -> None:
    long_poll = _file(21, "interval: 63s, max_age: 73s")
    assert mistakes(long_poll) == [
        (
            "f:6:22: sources[0].poll.interval: the budget of 60 requests a minute lets the last of 63 requests out "
            "after 1m, and a poll may take 36500ms (half of max_age, at least timeout) "
            "(no interval fits this max_age; raise max_age)"
        )
    ]
    assert mistakes(_file(21, "interval: 63s")) == []


def _wait_by_simulation(requests: int, spec: PollSpec, polls: int) -> float:
    sent: list[float] = []
    longest = 0.0
    for poll in range(polls):
        begin = poll * spec.interval
        for _ in range(requests):
            earliest = sent[-spec.requests_per_minute] + 60 if len(sent) >= spec.requests_per_minute else begin
            sent.append(max(begin, earliest))
        longest = max(longest, sent[-1] - begin)
    return longest


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 120))
def test_the_longest_wait_is_that_of_a_budget_lived_through(requests: int, budget: int, interval: int) -> None:
    spec = PollSpec(interval=float(interval), requests_per_minute=budget)
    if not is_over(requests, spec):
        assert math.isclose(longest_wait(requests, spec), _wait_by_simulation(requests, spec, 130), abs_tol=1e-6)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 300), st.integers(1, 200), st.integers(1, 300))
def test_the_interval_named_fits_and_a_second_less_does_not(requests: int, budget: int, interval: int) -> None:
    spec = PollSpec(interval=float(interval), max_age=interval * 4.0, requests_per_minute=budget)
    named = fitting_interval(requests, spec, fixed_age=False)
    if named is not None:
        assert fits(requests, PollSpec(interval=named, max_age=named * 4.0, requests_per_minute=budget))
        assert (
            named == interval
            or is_over(requests, PollSpec(interval=named - 1 or 0.5, requests_per_minute=budget))
            or spec.timeout > 3 * (named - 1)
        )


@pytest.mark.parametrize(("requests", "interval", "wait"), [(15, 15, 0), (40, 40, 20), (18, 18, 12), (60, 60, 0)])
def test_waits_by_hand(requests: int, interval: int, wait: float) -> None:
    assert longest_wait(requests, PollSpec(interval=interval)) == wait
