"""What holds for any opening hours at any instant."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clocks import DAYS, Span, is_open_on, reading, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import HoursSpec, Opening
from monitor.reconciler.hours import _Schedule, opening_at

many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Examples of each property; a busy machine is no failure."""

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

instants = st.integers(
    int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2035, 1, 1, tzinfo=UTC).timestamp())
)
spans = st.builds(
    lambda days, start, length: Span(frozenset(days), start, start + length),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 95).map(lambda quarter: quarter * 15),
    st.integers(1, 95).map(lambda quarter: quarter * 15),
)

months = st.sampled_from(MONTHS)
times = spans.map(lambda span: span.written().split()[1])
days = st.one_of(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map("-".join),
    st.sampled_from(["PH", "PH,Su", "Mo[1]", "Fr[-1]", "PH +1 day", ""]),
)
seasons = st.one_of(
    st.tuples(months, months).map("-".join),
    st.tuples(months, st.integers(1, 28), months, st.integers(1, 28)).map("{0[0]} {0[1]}-{0[2]} {0[3]}".format),
    st.sampled_from(["", "", "week 10-40/2", "2024-2030/2", "2026", "Feb 29"]),
)
rules = st.one_of(
    st.tuples(seasons, days, times, st.sampled_from(["", "", "", "off", '"by appointment"', "unknown"])).map(
        lambda words: " ".join(word for word in words if word)
    ),
    st.sampled_from(["24/7", "off", "PH off", "easter off", "easter -2 days 09:00-12:00", "Dec 24-26 off"]),
)
expressions = st.tuples(rules, st.lists(st.tuples(st.sampled_from(["; ", ", "]), rules), max_size=2)).map(
    lambda parts: parts[0] + "".join(separator + rule for separator, rule in parts[1])
)
any_hours = st.builds(HoursSpec, expressions, st.sampled_from(ZONES), st.sampled_from(["FR", "US"]))


@many
@given(any_hours, instants)
def test_a_stretch_is_of_one_state_and_ends_where_it_says(hours: HoursSpec, at: int) -> None:
    found = opening_at(hours, at)
    if found.since is not None:
        assert found.since <= at
        first = opening_at(hours, found.since)
        assert (first.is_open, first.since) == (found.is_open, found.since)
        assert first.changes_at in {found.changes_at, None}  # it may be too far from the beginning
        assert opening_at(hours, found.since - 1).is_open != found.is_open
    if found.changes_at is not None:
        assert at < found.changes_at
        assert opening_at(hours, found.changes_at - 1).is_open == found.is_open
        after = opening_at(hours, found.changes_at)
        assert (after.is_open, after.since) == (not found.is_open, found.changes_at)
    check_opened_at(found)


def check_opened_at(found: Opening) -> None:
    if found.is_open:
        assert found.opened_at == found.since
    elif found.opened_at is not None:
        assert found.since is not None
        assert found.opened_at < found.since


@many
@given(any_hours, instants, st.floats(0, 1))
def test_the_state_is_the_same_all_through_a_stretch(hours: HoursSpec, at: int, share: float) -> None:
    found = opening_at(hours, at)
    since = at - 86_400 if found.since is None else found.since
    until = at + 86_400 if found.changes_at is None else found.changes_at
    between = since + (until - since) * share
    if between < until:
        assert opening_at(hours, between).is_open == found.is_open


@many
@given(any_hours, st.lists(instants, min_size=1, max_size=4), st.lists(st.integers(-90_000, 90_000), max_size=4))
def test_what_was_asked_before_changes_no_answer(hours: HoursSpec, asked: list[int], steps: list[int]) -> None:
    times = [*asked, *(asked[-1] + step for step in steps)]
    schedule = _Schedule(hours)
    assert [schedule.at(time) for time in times] == [_Schedule(hours).at(time) for time in times]


@many
@given(st.lists(spans, min_size=1, max_size=3), st.sampled_from(ZONES), instants)
def test_hours_of_the_week_are_as_worked_out_by_hand(found: list[Span], zone: str, at: int) -> None:
    assert opening_at(HoursSpec(written(found), zone), at).is_open == is_open_on(reading(at, ZoneInfo(zone)), found)
