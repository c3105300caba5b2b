"""Work that keeps the processor busy, in threads beside the event loop.

The threads are ours alone. asyncio's own also look up names, and with a name server that is silent they are all taken:
no poll could be decoded and no page published until the lookups give up.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

    Not for what may wait on something outside, a file or a name: that would keep a thread from the others.
    """
    call = partial(copy_context().run, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_workers, call)
