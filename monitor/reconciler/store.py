"""What is known of each source: the last good snapshot, how polls went, and counters since the start."""

from collections.abc import Mapping
from math import inf, nextafter

import msgspec

from monitor.clock import Now
from monitor.errors import Reason
from monitor.model import Check, Failure, PollKind, PollOutcome, Snapshot, SourceSpec
from monitor.reconciler.activity import Activity, observe
from monitor.reconciler.membership import Index, index_of


class SourceState(msgspec.Struct, frozen=True):
    """Memory of one source. Timestamps in Unix seconds; counters never fall."""

    spec: SourceSpec
    interval: float
    snapshot: Snapshot | None = None
    index: Index | None = None
    activity: Activity = {}
    up: bool = False
    failure: Failure | None = None
    roster_failure: Failure | None = None
    last_attempt: float | None = None
    last_success: float | None = None
    roster_last_success: float | None = None
    polls: int = 0
    records: int = 0
    rejected: int = 0
    unknown_statuses: int = 0
    contradictions: Mapping[Check, int] = {}
    poll_failures: Mapping[Reason, int] = {}
    roster_failures: Mapping[Reason, int] = {}
    notes: tuple[str, ...] = ()

    def expires_at(self) -> float | None:
        """The elapsed time after which its data is expired; None while there is nothing to expire."""
        if self.snapshot is None or self.roster_last_success is None:
            return None
        return self.snapshot.observed_at.elapsed + self.spec.poll.max_age

    def expired_from(self) -> float:
        """The first elapsed time at which what is fresh now will not be; infinite where nothing is."""
        expiry = self.expires_at()
        return inf if expiry is None else nextafter(expiry, inf)

    def is_fresh(self, now: Now) -> bool:
        """Sent no more than `max_age` ago, with a roster read at least once; an old roster expires nothing."""
        expiry = self.expires_at()
        return expiry is not None and now.elapsed <= expiry


def new_state(spec: SourceSpec) -> SourceState:
    return SourceState(spec=spec, interval=spec.poll.interval)


def paced(state: SourceState, spec: SourceSpec) -> SourceState:
    """The same source, polled in another way from now on."""
    return msgspec.structs.replace(state, spec=spec, interval=spec.poll.interval)


def apply(state: SourceState, outcome: PollOutcome) -> SourceState:
    """The state after one more outcome. A failed poll leaves the last good snapshot, which ages."""
    if outcome.kind is PollKind.ROSTER:
        return _apply_roster(state, outcome)
    attempted = msgspec.structs.replace(
        state, interval=outcome.interval, last_attempt=outcome.sent_at.wall, polls=state.polls + 1
    )
    snapshot = outcome.snapshot
    if snapshot is None:
        return msgspec.structs.replace(
            attempted,
            up=False,
            failure=outcome.failure,
            poll_failures=_failed(state.poll_failures, outcome.failure),
        )
    index = index_of(snapshot, state.index)
    return msgspec.structs.replace(
        attempted,
        snapshot=snapshot,
        index=index,
        # After a gap in the data nobody knows what happened in it, so that looking begins anew.
        activity=observe(
            index.readings,
            state.activity if state.is_fresh(snapshot.observed_at) else {},
            snapshot.observed_at.elapsed,
        ),
        up=True,
        failure=None,
        last_success=snapshot.observed_at.wall,
        records=state.records + snapshot.records,
        rejected=state.rejected + snapshot.rejected,
        unknown_statuses=state.unknown_statuses + sum(snapshot.unknown_statuses.values()),
        contradictions={
            check: state.contradictions.get(check, 0) + snapshot.contradictions.get(check, 0) for check in Check
        },
    )


def _apply_roster(state: SourceState, outcome: PollOutcome) -> SourceState:
    if outcome.failure is not None:
        return msgspec.structs.replace(
            state,
            roster_failure=outcome.failure,
            roster_failures=_failed(state.roster_failures, outcome.failure),
        )
    return msgspec.structs.replace(
        state,
        roster_failure=None,
        roster_last_success=outcome.sent_at.wall,
        records=state.records + outcome.records,
        rejected=state.rejected + outcome.rejected,
        notes=outcome.notes,
    )


def _failed(counts: Mapping[Reason, int], failure: Failure | None) -> dict[Reason, int]:
    if failure is None:
        return dict(counts)
    return {**counts, failure.reason: counts.get(failure.reason, 0) + 1}
