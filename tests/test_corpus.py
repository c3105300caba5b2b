"""Every recording of the corpus, replayed: what is understood of it is what stands beside it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pollers.bench import FIXTURES, FakeClock, tell

from monitor.cli.capture import replay, source_of
from monitor.fleet import poller_of
from monitor.model import Account, PollOutcome, Queue, Reading, SlotAge, Snapshot
from monitor.pollers.recording import MANIFEST, RecordedClock, Replayer, read, show
from monitor.pollers.schedule import Schedule
from monitor.pollers.transport import Transport
from monitor.pollers.vendors import VENDORS

EXPECTED = "expected.txt"
RECORDINGS = sorted(manifest.parent for manifest in FIXTURES.rglob(MANIFEST))


def name_of(folder: Path) -> str:
    return folder.relative_to(FIXTURES).as_posix()


async def polled(folder: Path) -> list[PollOutcome]:
    """The outcomes of the recorded poll, made by the real parts; every exchange of it must be asked for."""
    manifest, exchanges = read(folder)
    outcomes: list[PollOutcome] = []
    async with Transport(RecordedClock(manifest.recorded_at, FakeClock())) as transport:
        source = source_of(manifest, folder)
        poller = poller_of(source, transport, outcomes.append, Schedule(), Replayer(exchanges))
        await poller.poll()
    assert poller.requests == sum(exchange.sent for exchange in exchanges)
    return outcomes


# ---------------------------------------------------------------- in lines


def told(outcomes: list[PollOutcome]) -> str:
    return "\n".join(line for outcome in outcomes for line in (*_outcome(outcome), *_snapshot(outcome.snapshot))) + "\n"


def _outcome(outcome: PollOutcome) -> Iterator[str]:
    counted = outcome.snapshot or outcome
    if outcome.failure:
        yield f"{outcome.kind} fails, {outcome.failure.reason}: {outcome.failure.detail}"
    else:
        yield f"{outcome.kind}: records {counted.records}" + (f", bad {counted.rejected}" if counted.rejected else "")
    yield from (f"  note: {note}" for note in counted.notes)


def _snapshot(snapshot: Snapshot | None) -> Iterator[str]:
    if snapshot is None:
        return
    yield from (f"  unknown status: {text}, {count}" for text, count in sorted(snapshot.unknown_statuses.items()))
    yield from (f"  contradiction: {check}, {count}" for check, count in sorted(snapshot.contradictions.items()))
    yield from (f"  nothing sure of: {account}" for account in sorted(snapshot.uncertain))
    if snapshot.unlisted:
        yield f"  unlisted: {snapshot.unlisted}"
    yield from map(_queue, snapshot.queues)
    yield from sorted(map(_reading, snapshot.readings))
    yield from (_account(account) for _, account in sorted(snapshot.accounts.items()))


def _queue(queue: Queue) -> str:
    longest = "" if queue.longest_wait is None else f", the longest for {queue.longest_wait:g} s"
    return f"  queue: {queue.channel}{queue.group and '@' + queue.group} {queue.length}{longest}"


def _reading(reading: Reading) -> str:
    more = [f"because {reading.reason}"] if reading.reason else []
    if reading.last_active is not None:
        more.append(f"active {datetime.fromtimestamp(reading.last_active, UTC):%Y-%m-%d %H:%M:%S}")
    more += [f"{age.phase} {_seconds(age)}" for age in reading.slot_ages]
    more += ["slots configured"] if reading.is_configured else []
    return "; ".join([tell(reading), *more])


def _seconds(age: SlotAge) -> str:
    """From the shortest to the longest, and the average."""
    shortest, longest, average = (
        "?" if seconds is None else f"{seconds:g}" for seconds in (age.shortest, age.longest, age.average)
    )
    return f"{shortest}..{longest} s ({average})"


def _account(account: Account) -> str:
    said = [account.name, account.username, account.email, account.external_id]
    groups = "".join(f" @{group}" for group in sorted(account.groups))
    return f"{account.id} is {', '.join(filter(None, said)) or 'nobody knows who'}{groups}"


# ---------------------------------------------------------------- tests


@pytest.mark.parametrize("folder", RECORDINGS, ids=name_of)
async def test_what_is_understood_of_a_recording(folder: Path):
    """After a change that is meant: run with UPDATE_GOLDEN=1 and review the difference."""
    found = told(await polled(folder))
    if os.environ.get("UPDATE_GOLDEN"):
        (folder / EXPECTED).write_text(found, encoding="utf-8")
    assert found == (folder / EXPECTED).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", RECORDINGS, ids=name_of)
async def test_a_recording_is_one_that_probe_replays(folder: Path):
    manifest, _ = read(folder)
    (seen,) = (await replay(folder, FakeClock())).sources
    failures = [trouble.reason if trouble else "" for trouble in (seen.live_failure, seen.roster_failure)]
    assert failures == [manifest.live_failure, manifest.roster_failure]


@pytest.mark.parametrize("folder", RECORDINGS, ids=name_of)
def test_a_recording_is_one_that_capture_writes(folder: Path):
    manifest, exchanges = read(folder)
    files = {MANIFEST: manifest} | {f"{number:04}.json": each for number, each in enumerate(exchanges, start=1)}
    assert {file.name for file in folder.iterdir()} == {EXPECTED, *files}
    assert manifest.vendor == folder.parent.name
    for name, value in files.items():
        assert (folder / name).read_text(encoding="ascii") == show(value)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_good_polls_and_bad_ones(vendor: str):
    ends = {read(folder)[0].live_failure for folder in RECORDINGS if folder.parent.name == vendor}
    assert ends >= {"", "decode", "status", "vendor_error"}
