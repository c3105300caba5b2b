"""A script played to the reconciler, clock in hand, as the monitor does it: at each answer, and when a report says."""

from collections.abc import Callable, Collection
from itertools import groupby
from typing import NamedTuple

from bruteforce import BOOTED, Answer, Change, Happening, Key, RosterRead, Script, Step
from builders import failed

from monitor.clock import Now
from monitor.model import PollKind, PollOutcome, PollSpec, Report, SourceSpec
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state

SOON = 0.01
"""Seconds after the moment at which a report says that it changes."""


class Replayed(NamedTuple):
    totals: dict[Key, float]
    changes: tuple[Change, ...]
    looks: int


def replay(
    script: Script,
    *,
    by_itself: bool = True,
    between: Collection[int] = (),
    show: Callable[[Report], object] = lambda _: None,
) -> Replayed:
    """All counters at the end, and the changes of status that were seen, outside of the suspended stretches.

    `by_itself`: also look whenever the report says that it changes. `between` are moments of further looks. Each
    report is shown.
    """
    run = Run(script, show)
    wakings = [end for _, end in script.asleep]
    moments: list[Happening | int] = sorted(
        [*script.happenings, *between, *wakings, script.length], key=lambda one: one if isinstance(one, int) else one.at
    )
    for moment, found in groupby(moments, key=lambda one: one if isinstance(one, int) else one.at):
        if by_itself:
            run.look_when_it_changes(moment)
        for one in found:
            if not isinstance(one, int):
                run.take(one)
        run.look(moment)
    return Replayed(totals_of(run.report), tuple(run.changes), run.looks)


class Run:
    def __init__(self, script: Script, show: Callable[[Report], object] = lambda _: None) -> None:
        self._script = script
        self._show = show
        self._states: dict[str, SourceState] = {
            name: new_state(SourceSpec(name, "comm100", PollSpec(max_age=max_age)))
            for name, max_age in script.max_age.items()
        }
        self._memory = Memory()
        self._offset = 0
        self._statuses: dict[tuple[str, str], str] = {}
        self.changes: list[Change] = []
        self.looks = 0
        self.report: Report
        self.look(0)

    def look(self, at: float) -> None:
        now = Now(self._script.start + at + self._offset, BOOTED + at)
        self.report, self._memory = reconcile(
            self._states, self._script.teams, self._memory, now, {}, self._script.people
        )
        self.looks += 1
        self._show(self.report)
        statuses = statuses_of(self.report)
        if not any(start < at <= end for start, end in self._script.asleep):
            self.changes += [
                Change(int(at), *whose, status)
                for whose, status in statuses.items()
                if status != self._statuses.get(whose, status)
            ]
        self._statuses = statuses

    def look_when_it_changes(self, until: int) -> None:
        while (at := self.report.changes_at - BOOTED) < until:
            if any(start <= at < end for start, end in self._script.asleep):
                return
            self.look(at + SOON)

    def take(self, found: Happening) -> None:
        if isinstance(found, Step):
            self._offset += found.by
            return
        self._states[found.source] = apply(self._states[found.source], self._outcome(found))

    def _outcome(self, found: Answer | RosterRead) -> PollOutcome:
        is_roster = isinstance(found, RosterRead)
        snapshot = None if is_roster else found.snapshot
        is_good = found.is_good if is_roster else snapshot is not None
        at = Now(self._script.start + found.at + self._offset, BOOTED + found.at)
        return PollOutcome(
            source=found.source,
            kind=PollKind.ROSTER if is_roster else PollKind.LIVE,
            sent_at=snapshot.observed_at if snapshot else at,
            duration=0.0,
            interval=15.0,
            snapshot=snapshot,
            failure=None if is_good else failed(),
        )


def statuses_of(report: Report) -> dict[tuple[str, str], str]:
    return {
        (team.name, str(channel.channel)): str(channel.status) for team in report.teams for channel in team.channels
    }


def totals_of(report: Report) -> dict[Key, float]:
    """Every counter of every team, under its own name."""
    return {
        (team, str(channel), counter, str(label)): value
        for (team, channel), totals in report.totals.items()
        for counter in ("agent_seconds", "slot_seconds", "coverage_seconds", "status_changes")
        for label, value in getattr(totals, counter).items()
    }
