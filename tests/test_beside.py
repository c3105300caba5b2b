"""What is done beside the event loop is done at once, whatever others wait for, and holds up no end."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
import structlog

from monitor.beside import WORKERS, beside_loop, waiting_apart

BOTH = pytest.mark.parametrize("beside", [beside_loop, waiting_apart])


@pytest.mark.parametrize("pool", ["of asyncio", "one thread each"])
async def test_no_wait_for_something_outside_holds_up_our_work(pool: str) -> None:
    ended = threading.Event()
    wait = asyncio.to_thread if pool == "of asyncio" else waiting_apart
    waits = [asyncio.create_task(wait(ended.wait)) for _ in range(100)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(5):
            assert await beside_loop(sum, [1, 2]) == 3
            assert await waiting_apart(sum, [3, 4]) == 7
        assert not any(each.done() for each in waits)
    finally:
        ended.set()
        await asyncio.gather(*waits)


@BOTH
async def test_what_goes_wrong_beside_goes_wrong_here(beside: Callable) -> None:
    with pytest.raises(ZeroDivisionError):
        await beside(divmod, 1, 0)
    with pytest.raises(ValueError, match="invalid literal"):
        await beside(int, "ten", base=10)


@BOTH
async def test_lines_logged_beside_carry_what_those_of_the_caller_do(beside: Callable) -> None:
    with structlog.contextvars.bound_contextvars(source="cob"):
        assert await beside(structlog.contextvars.get_contextvars) == {"source": "cob"}


async def test_no_more_threads_than_allowed_and_each_beside_the_loop() -> None:
    at_once = threading.Barrier(WORKERS)

    def work() -> str:
        at_once.wait(5)
        return threading.current_thread().name

    names = await asyncio.gather(*(beside_loop(work) for _ in range(3 * WORKERS)))
    assert len(set(names)) == WORKERS
    assert all(name.startswith("beside") for name in names)


@BOTH
async def test_who_gives_up_hears_nothing_more_of_it(beside: Callable) -> None:
    begun, ended, worked = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        ended.wait(5)
        worked.set()

    waiting = asyncio.create_task(beside(work))
    assert await asyncio.to_thread(begun.wait, 5)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    ended.set()
    assert await asyncio.to_thread(worked.wait, 5)


ENDS = """
import asyncio, time
from monitor.beside import beside_loop, waiting_apart

async def main():
    tasks = [asyncio.create_task(waiting_apart(time.sleep, 3600)), asyncio.create_task(beside_loop(time.sleep, 0.2))]
    await asyncio.sleep(0.1)

asyncio.run(main())
"""


def test_a_process_ends_whatever_still_waits_and_says_nothing() -> None:
    ended = subprocess.run([sys.executable, "-X", "dev", "-c", ENDS], timeout=30, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
