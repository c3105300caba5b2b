"""How soon the next poll comes, as the contract decides it."""

import pytest

from monitor.errors import Reason
from monitor.model import PollSpec
from monitor.pollers.pace import Pace, affordable_interval
from monitor.pollers.transport import RETRY_AFTER_LIMIT, parse_retry_after

HEALING = sorted(set(Reason) - {Reason.AUTH, Reason.FORBIDDEN, Reason.RATE_LIMITED})


def pace(base: float = 15.0, lifetime: float = 60.0) -> Pace:
    good = Pace(base, lifetime)
    good.succeeded(0.0)
    return good


def after(subject: Pace, *fails: float, reason: Reason = Reason.TIMEOUT) -> list[float]:
    """The interval after each failure at these instants."""
    found = []
    for at in fails:
        subject.failed(at, reason)
        found.append(subject.interval)
    return found


@pytest.mark.parametrize("reason", HEALING)
def test_the_interval_is_kept_until_the_data_has_expired_and_then_grows(reason: Reason):
    found = after(pace(), 15, 30, 45, 60, 75, 105, 165, 285, 525, 825, 1125, reason=reason)
    assert found == [15, 15, 15, 15, 30, 60, 120, 240, 300, 300, 300]


@pytest.mark.parametrize("reason", [Reason.AUTH, Reason.FORBIDDEN])
def test_what_cannot_heal_goes_to_the_slow_pace_at_once(reason: Reason):
    assert after(pace(), 15, reason=reason) == [300]


def test_without_any_success_the_first_failure_is_the_start():
    assert after(Pace(15.0, 60.0), 100, 115, 130, 145, 160, 175) == [15, 15, 15, 15, 15, 30]


def test_never_faster_than_the_interval():
    assert after(pace(base=90.0, lifetime=100.0), 90, 180, 270, 360, 480) == [90, 90, 90, 120, 240]
    assert after(pace(base=600.0), 600, reason=Reason.AUTH) == [600]


def test_many_failures_later_it_is_still_five_minutes():
    assert set(after(pace(), *range(10_000, 400_000, 300))[4:]) == {300}


def test_success_returns_to_the_interval_at_once_and_forgets_the_steps():
    subject = pace()
    after(subject, 100, 130, 190)
    assert subject.failing
    subject.succeeded(310.0)
    assert (subject.interval, subject.failing) == (15, False)
    assert after(subject, 325, 370, 385) == [15, 15, 30]


def test_success_after_auth_returns_at_once():
    subject = pace()
    after(subject, 15, reason=Reason.AUTH)
    subject.succeeded(315.0)
    assert subject.interval == 15


def test_the_data_lives_from_when_it_was_asked_for():
    subject = Pace(15.0, 60.0)
    subject.succeeded(100.0)
    assert after(subject, 160, 160.5) == [15, 30]


@pytest.mark.parametrize(
    ("header", "interval"),
    [("5", 15), ("45", 45), ("1800", 1800), ("3600", 3600), ("7200", 3600), (None, 15), ("soon", 15)],
)
def test_retry_after_is_believed_up_to_an_hour_and_never_makes_it_faster(header: str | None, interval: float):
    subject = pace()
    subject.failed(15, Reason.STATUS, parse_retry_after(header, 0.0))
    assert subject.interval == interval <= RETRY_AFTER_LIMIT


def test_too_many_requests_stretch_the_interval_up_to_half_of_max_age():
    assert after(pace(lifetime=240.0), 15, 45, 90, 210, reason=Reason.RATE_LIMITED) == [30, 45, 75, 120]


def test_where_half_of_max_age_is_no_longer_than_the_interval_nothing_stretches():
    assert after(pace(lifetime=30.0), 15, 30, reason=Reason.RATE_LIMITED) == [15, 15]


def test_a_stretched_interval_recovers_by_equal_steps():
    subject = pace()
    after(subject, 15, reason=Reason.RATE_LIMITED)
    found = []
    for at in range(30, 150, 20):
        subject.succeeded(float(at))
        found.append(subject.interval)
    assert found == [26.25, 22.5, 18.75, 15, 15, 15]


def test_other_failures_do_not_stretch_but_keep_what_was_stretched():
    subject = pace()
    assert after(subject, 15, reason=Reason.RATE_LIMITED) == [30]
    assert after(subject, 30, reason=Reason.TIMEOUT) == [30]


def test_a_rate_limit_that_outlives_the_data_backs_off_as_everything_does():
    assert after(pace(), 15, 45, 75, reason=Reason.RATE_LIMITED) == [30, 30, 30]
    assert after(pace(), 75, 105, 165, reason=Reason.RATE_LIMITED) == [30, 60, 120]


def test_a_short_retry_after_does_not_shorten_the_slow_pace():
    subject = pace()
    subject.failed(15, Reason.FORBIDDEN, 30.0)
    assert subject.interval == 300


@pytest.mark.parametrize(
    ("calls", "interval"),
    [
        pytest.param(1, 15.0, id="one request fits anyway"),
        pytest.param(15, 15.0, id="fifteen fill the budget exactly"),
        pytest.param(20, 20.0, id="twenty stretch the interval"),
        pytest.param(30, 30.0, id="thirty reach half of max_age"),
        pytest.param(60, 30.0, id="more never stretch beyond half of max_age"),
    ],
)
def test_the_interval_stretches_to_the_budget(calls: int, interval: float):
    assert affordable_interval(PollSpec(interval=15, max_age=60, requests_per_minute=60), calls) == interval
