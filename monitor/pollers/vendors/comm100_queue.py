"""Who waits at Comm100: the real-time queue per route, or the length of the whole site's where that is refused.

Both reports need the permission "View Reports"; the first is in the Enterprise edition only, and the length exists
only with automatic allocation (v3/reports.md). v4 documents the same two reports, and their answers not at all:
they are read in v3's shapes.
"""

from collections import defaultdict
from typing import Annotated

import msgspec

from monitor.errors import PollError, Reason
from monitor.model import Channel, Queue
from monitor.pollers.vendors.comm100_beside import Beside, Way
from monitor.pollers.vendors.comm100_client import Client
from monitor.pollers.vendors.comm100_options import Paths
from monitor.pollers.vendors.comm100_refusals import listed
from monitor.pollers.vendors.wire import Count, Id, decode

TO_DEPARTMENT = "1"


def queue_beside(client: Client, paths: Paths) -> Beside[tuple[Queue, ...]]:
    """The report by route; the length of the whole site's queue where that is refused."""
    lost = "only the queue of the whole site is known"
    ways = (Way(path=paths.queue, decode=decode_queue), Way(path=paths.right_now, decode=decode_right_now, lost=lost))
    return Beside(client, "the queue", ways)


class _Waiter(msgspec.Struct):
    waitTime: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None = None  # noqa: N815 - wire name


class _RouteTo(msgspec.Struct):
    type: Id
    id: Id | None = None


class _Route(msgspec.Struct):
    routeTo: _RouteTo  # noqa: N815 - wire name
    queue: list[_Waiter]


class _RightNow(msgspec.Struct):
    currentQueueLength: Count | None = None  # noqa: N815 - wire name


def decode_queue(body: bytes, what: str) -> tuple[Queue, ...]:
    """One queue for each department that is routed to, and one of the site for all other routes.

    Who waits for one agent (type 2) counts to the site, because nobody tells for which department. A route that
    can't be read fails the whole: a sum with a hole is no length. An empty list says that nobody waits.
    """
    listed(body, what)  # raises: an error object, or nothing that is known
    waits: dict[str, list[_Waiter]] = defaultdict(list)
    routes = decode(body, list[_Route], what)
    for route in routes:
        to = route.routeTo
        waits[str(to.id) if str(to.type) == TO_DEPARTMENT and to.id is not None else ""] += route.queue
    if not routes:
        waits[""] = []
    return tuple(_queue(group, waiting) for group, waiting in waits.items())


def _queue(group: str, waiting: list[_Waiter]) -> Queue:
    told = [waiter.waitTime for waiter in waiting if waiter.waitTime is not None]
    return Queue(Channel.CHAT, group, len(waiting), max(told, default=None))


def decode_right_now(body: bytes, what: str) -> tuple[Queue, ...]:
    """The queue of the whole site, without its waits. Raises PollError where no length is told."""
    length = decode(body, _RightNow, what).currentQueueLength
    if length is None:
        raise PollError(Reason.DECODE, f"{what} tells no length, as without automatic allocation")
    return (Queue(Channel.CHAT, "", length),)
