"""Who waits at Comm100: the real-time queue per route, or the length of the whole site's where that is refused.

Both reports need the permission "View Reports"; the first is in the Enterprise edition only, and the length exists
only with automatic allocation (v3/reports.md). v4 documents the same two reports, and their answers not at all:
they are read in v3's shapes. Visitors who chat are not asked for, because `ongoingChats` counts them already.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Annotated

import msgspec

from monitor.errors import PollError, Reason
from monitor.model import Channel, Queue
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.comm100_client import Client
from monitor.pollers.vendors.comm100_options import Paths
from monitor.pollers.vendors.comm100_refusals import listed
from monitor.pollers.vendors.wire import Count, Id, decode, is_refused

PATIENCE = 5.0
"""Seconds after which a poll goes on without the queue."""
TO_DEPARTMENT = "1"

Decoder = Callable[[bytes, str], tuple[Queue, ...]]


class Waiting(msgspec.Struct, frozen=True):
    """The queues that are told, none where they are not known, and why not."""

    queues: tuple[Queue, ...] = ()
    notes: tuple[str, ...] = ()


class QueueReader:
    """Reads the queue beside the agents, and never costs the poll: what goes wrong here is a note.

    A report that was refused is not asked for again until `ask_again`.
    """

    def __init__(self, client: Client, paths: Paths) -> None:
        self._client = client
        self._reports: tuple[tuple[str, Decoder], ...] = (
            (paths.queue, decode_queue),
            (paths.right_now, decode_right_now),
        )
        self._refused: dict[str, str] = {}

    def ask_again(self) -> None:
        """Forget what was refused: permissions change."""
        self._refused.clear()

    async def read(self, calls: Calls) -> Waiting:
        """Never raises but for cancellation."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._read(calls)
        except PollError as error:
            return Waiting(notes=(f"the queue is not known: {error.detail}",))
        except TimeoutError:
            return Waiting(notes=(f"the queue is not known: no answer in {PATIENCE:g} s",))

    async def _read(self, calls: Calls) -> Waiting:
        for path, decoder in self._reports:
            if path in self._refused:
                continue
            try:
                queues = decoder(await self._client.get(calls, path), path)
            except PollError as error:
                # 401 after a new log-in, where the agents are told: else each poll would log in once more for it
                if not (is_refused(error) or error.status == 401):  # noqa: PLR2004 - unauthorised
                    raise
                self._refused[path] = f"{path} is refused ({error.status})"
            else:
                lost = tuple(f"{why}: only the queue of the whole site is known" for why in self._refused.values())
                return Waiting(queues, lost)
        return Waiting(notes=(f"{' and '.join(self._refused.values())}: no queue is known",))


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
