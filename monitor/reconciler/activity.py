"""Who does nothing: the vendor's last activity where there is one, else our own look at what changed."""

from collections.abc import Mapping, Sequence
from math import inf

import msgspec

from monitor.clock import Now
from monitor.model import Channel, Reading
from monitor.reconciler.merge import merge_groups

Signature = tuple[object, ...]


class Unchanged(msgspec.Struct, frozen=True):
    """What a loaded account looked like on a channel, and since when (elapsed seconds) it has."""

    signature: Signature
    since: float


Activity = Mapping[tuple[str, Channel], Unchanged]
"""By account and channel: those that hold slots, and of whose activity the vendor does not tell."""


def observe(readings: Mapping[str, Sequence[Reading]], before: Activity, at: float) -> Activity:
    """What has not changed up to the poll that was sent at `at` (elapsed seconds); `before` is the poll before's."""
    found: dict[tuple[str, Channel], Unchanged] = {}
    for account, of_account in readings.items():
        for reading in of_account if len(of_account) == 1 else _by_channel(of_account):
            if reading.used and reading.last_active is None:
                key = (account, reading.channel)
                signature = (reading.presence, reading.accepting, reading.used, reading.free)
                known = before.get(key)
                found[key] = known if known and known.signature == signature else Unchanged(signature, at)
    return found


def _by_channel(readings: Sequence[Reading]) -> list[Reading]:
    found: dict[Channel, list[Reading]] = {}
    for reading in readings:
        found.setdefault(reading.channel, []).append(reading)
    return [merge_groups(of_channel) for of_channel in found.values()]


def idle_seconds(reading: Reading, activity: Activity, now: Now) -> float:
    """Seconds since anything was seen to happen; less than any where that is not known, so that nobody is accused."""
    if reading.last_active is not None:
        return now.wall - reading.last_active
    unchanged = activity.get((reading.account, reading.channel))
    return now.elapsed - unchanged.since if unchanged else -inf
