"""Counters are exact integrals, whatever polls, failures, hours, clock steps and suspends there are."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from bruteforce import BOOTED, Answer, Hours, RosterRead, Script, Step, work_out
from clocks import MINUTE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from replaying import replay, totals_of
from scripts import ACCOUNTS, CHANNELS, scripts

from monitor.model import Report

many = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Examples of each property; a busy machine is no failure."""

anything = scripts() | scripts(ties=True)
moments = st.lists(st.integers(0, 4 * 3600), max_size=20)


def rounding(looks: int) -> float:
    """Seconds by which sums may differ: data that expires at the very moment of a look does so a thousandth later."""
    return 0.001 * (looks + 1)


@many
@given(scripts(), st.booleans())
def test_counters_are_those_of_an_account_of_every_second(script: Script, by_itself: bool):
    account, replayed = work_out(script), replay(script, by_itself=by_itself)
    expected = {key: account.totals.get(key, 0) for key in replayed.totals}
    assert replayed.totals == pytest.approx(expected, abs=0.001)
    assert account.totals.keys() <= replayed.totals.keys()


@many
@given(anything)
def test_covered_uncovered_and_blind_are_the_open_seconds(script: Script):
    replayed = replay(script)
    found: Counter[tuple[str, str]] = Counter()
    for (team_name, channel, counter, _), seconds in replayed.totals.items():
        if counter == "coverage_seconds":
            found[team_name, channel] += seconds
    expected = {"always": script.length, "shop": open_seconds(script, script.hours["shop"])}
    assert found == {
        (name, channel): pytest.approx(seconds, abs=0.001)
        for name, seconds in expected.items()
        for channel in ("chat", "call")
    }


def open_seconds(script: Script, hours: Hours) -> int:
    """By the wall clock, minute by minute, in each stretch in which it is not stepped."""
    steps = [Step(0, 0), *(found for found in script.happenings if isinstance(found, Step)), Step(script.length, 0)]
    total = offset = 0
    for step, following in pairwise(steps):
        offset += step.by
        now, until = (script.start + second + offset for second in (step.at, following.at))
        while now < until:
            turn = min((now // MINUTE + 1) * MINUTE, until)
            total += (turn - now) * hours.is_open(now)
            now = turn
    return total


@many
@given(anything)
def test_agent_seconds_are_heads_times_the_seconds_in_which_their_source_is_fresh(script: Script):
    """In whatever state: each poll tells of everybody."""
    replayed = replay(script)
    found: Counter[tuple[str, str]] = Counter()
    for (team_name, channel, counter, _), seconds in replayed.totals.items():
        if counter == "agent_seconds":
            found[team_name, channel] += seconds
    fresh = fresh_seconds(script)
    for channel in ("chat", "call"):
        heads = {source: len(ACCOUNTS[source]) * (channel in CHANNELS[source]) for source in ACCOUNTS}
        expected = sum(heads[source] * fresh[source] for source in ACCOUNTS)
        for name in ("always", "shop"):
            assert found[name, channel] == pytest.approx(expected, abs=rounding(replayed.looks) * 3)


def fresh_seconds(script: Script) -> Mapping[str, int]:
    """From each answer to the next, but no longer than its data is fresh, and not before a roster was read."""
    rosters: dict[str, int] = {}
    answers: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for found in script.happenings:
        match found:
            case RosterRead(at, source, is_good=True):
                rosters.setdefault(source, at)
            case Answer(at, source, snapshot) if snapshot is not None:
                sent = round(snapshot.observed_at.elapsed) - BOOTED
                answers[source].append((at, sent + script.max_age[source]))
    total = dict.fromkeys(script.max_age, 0)
    for source, told in answers.items():
        read = rosters.get(source, script.length)
        for (at, expiry), (following, _) in pairwise([*told, (script.length, 0)]):
            total[source] += max(min(following, expiry) - max(at, read), 0)
    return total


@many
@given(anything, moments)
def test_looking_more_or_less_often_changes_no_counter(script: Script, between: Sequence[int]):
    seldom = replay(script, by_itself=False)
    often = replay(script, between=[moment for moment in between if moment < script.length])
    assert often.totals == pytest.approx(seldom.totals, abs=rounding(often.looks) * 5)


@many
@given(anything, moments)
def test_totals_never_fall_and_no_more_time_passes_than_does(script: Script, between: Sequence[int]):
    reports: list[Report] = []
    replay(script, between=[moment for moment in between if moment < script.length], show=reports.append)
    assert not any(totals_of(reports[0]).values())
    for before, after in pairwise(reports):
        passed = after.at.elapsed - before.at.elapsed
        had, has = totals_of(before), totals_of(after)
        assert has.keys() == had.keys()
        assert all(total >= had[key] for key, total in has.items())
        for key in has:
            if key[2] == "coverage_seconds":
                assert has[key] - had[key] <= passed + 1e-6
