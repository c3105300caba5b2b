"""Who does nothing: the vendor's last activity where there is one, else our own look at what changed."""

from collections.abc import Mapping, Sequence
from math import inf

import msgspec

from monitor.clock import Now
from monitor.model import Channel, Presence, Reading
from monitor.reconciler.merge import merge_groups


class Unchanged(msgspec.Struct, frozen=True, gc=False):
    """What a loaded account looked like on a channel, and since when (elapsed seconds) it has.

    gc=False as in the model, and no tuples: of these there is one for nearly everybody.
    """

    presence: Presence
    accepting: bool
    used: int
    free: int | None
    since: float

    def is_still(self, reading: Reading) -> bool:
        return (
            self.used == reading.used
            and self.free == reading.free
            and self.accepting == reading.accepting
            and self.presence is reading.presence
        )


Activity = Mapping[Channel, Mapping[str, Unchanged]]
"""By channel and account: those that hold slots, and of whose activity the vendor does not tell."""

_NONE: Mapping[str, Unchanged] = {}


def observe(readings: Mapping[str, Sequence[Reading]], before: Activity, at: float) -> Activity:
    """What has not changed up to the poll that was sent at `at` (elapsed seconds); `before` is the poll before's."""
    found: dict[Channel, dict[str, Unchanged]] = {}
    for account, of_account in readings.items():
        for reading in of_account if len(of_account) == 1 else _by_channel(of_account):
            if reading.used and reading.last_active is None:
                channel = reading.channel
                known = before.get(channel, _NONE).get(account)
                if known is None or not known.is_still(reading):
                    known = Unchanged(reading.presence, reading.accepting, reading.used, reading.free, at)
                of_channel = found.get(channel)
                if of_channel is None:
                    of_channel = found[channel] = {}
                of_channel[account] = known
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
    unchanged = activity.get(reading.channel, _NONE).get(reading.account)
    return now.elapsed - unchanged.since if unchanged else -inf
