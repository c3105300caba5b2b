"""What is done beside the event loop is done at once, whatever asyncio's own threads wait for."""

import asyncio
import threading

import pytest
import structlog
from lookups import silent_name_server

from monitor.beside import WORKERS, beside_loop


async def test_a_silent_name_server_keeps_nothing_of_ours_waiting() -> None:
    async with silent_name_server(), asyncio.timeout(5):
        assert await beside_loop(sum, [1, 2]) == 3


async def test_what_goes_wrong_beside_goes_wrong_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await beside_loop(divmod, 1, 0)


async def test_lines_logged_beside_carry_what_those_of_the_caller_do() -> None:
    with structlog.contextvars.bound_contextvars(source="cob"):
        assert await beside_loop(structlog.contextvars.get_contextvars) == {"source": "cob"}


async def test_no_more_threads_than_allowed_and_each_beside_the_loop() -> None:
    at_once = threading.Barrier(WORKERS)

    def work() -> str:
        at_once.wait(5)
        return threading.current_thread().name

    names = await asyncio.gather(*(beside_loop(work) for _ in range(3 * WORKERS)))
    assert len(set(names)) == WORKERS
    assert all(name.startswith("beside") for name in names)
