"""Whom a live list leaves out, where no document says that the list names everybody: absence alone proves nothing."""

from collections.abc import Collection, Iterable

from monitor.clock import Now
from monitor.model import Attendance, Presence, Reading, Snapshot

DOUBT = 120.0
"""Seconds after which people who are left out count as gone, where that may be how the list tells it: eight polls at
the default interval, too many for a hole, and not much more than what wakes anybody anyway."""


def attendance(
    listed: Collection[str],
    readings: Iterable[Reading],
    roster: Collection[str] | None,
    previous: Snapshot | None,
    now: Now,
) -> Attendance:
    """Who was connected when last read and is missing from the list of this poll: nobody knows whether they are there.

    A list either names everybody or only those who are signed in. One that ever named somebody offline is of the first
    kind: whom it leaves out is hidden and not gone, for as long as the `roster` knows them. Any other list leaves
    people out when they sign off, or because it has a hole, and only more polls can tell which: so they are missing
    for DOUBT seconds and gone then. Likewise where no roster tells who exists (None): people do leave.

    Whoever was never seen connected is not missing. Someone listed in a row that cannot be read is not `listed`: that
    they were there is not forgotten.
    """
    before = previous.attendance if previous else Attendance()
    names_offline = before.names_offline or any(reading.presence is Presence.OFFLINE for reading in readings)
    last_seen = dict(before.missing)
    if previous is not None:
        at = previous.observed_at.elapsed
        last_seen |= {one.account: at for one in previous.readings if one.presence is not Presence.OFFLINE}
    exist = last_seen.keys() if roster is None else roster
    is_whole = names_offline and roster is not None
    missing = {
        account: seen
        for account, seen in last_seen.items()
        if account not in listed and account in exist and (is_whole or now.elapsed - seen <= DOUBT)
    }
    return Attendance(names_offline, missing)
