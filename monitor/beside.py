"""Work beside the event loop, in threads: a few that share what keeps the processor busy, and one for each wait.

The two never meet: lookups of a silent name server take every thread that they can get, and with asyncio's own pool
no poll would be decoded then, and no page published.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 4
"""Most of the work holds the interpreter's lock: more threads would do no more, and the loop would wait for them."""

_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="beside")


async def beside_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns or raises; what it logs carries what the caller's lines carry.

    Not for what may wait on something outside: that would keep a thread from the others.
    """
    result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    _workers.submit(_deliver, result, partial(copy_context().run, work, *args, **kwargs))
    return await result


async def waiting_apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for what waits on something outside, a name or a file: in a thread of its own.

    Nothing waits for that thread but the caller, who may give up; not even the end of the process.
    """
    result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    call = partial(copy_context().run, work, *args, **kwargs)
    threading.Thread(target=_deliver, args=(result, call), name="apart", daemon=True).start()
    return await result


def _deliver(result: asyncio.Future[T], call: Callable[[], T]) -> None:
    """Work, and hand what comes of it to the loop, unless nobody waits for it any more."""
    if result.cancelled():
        return
    try:
        value = call()
    except BaseException as error:  # noqa: BLE001 - it is the caller's, as of any call
        settle = partial(result.set_exception, error)
    else:
        settle = partial(result.set_result, value)
    with suppress(RuntimeError):  # the loop is closed
        result.get_loop().call_soon_threadsafe(_unless_done, result, settle)


def _unless_done(result: asyncio.Future[T], settle: Callable[[], None]) -> None:
    if not result.done():
        settle()
