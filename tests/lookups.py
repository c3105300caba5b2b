"""A name server that never answers, so that lookups take every thread of asyncio's own."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

MANY = 100
"""More than asyncio has threads."""


@asynccontextmanager
async def silent_name_server() -> AsyncIterator[None]:
    """Many names are being looked up inside; at its end they are all unknown."""
    ended = threading.Event()

    def look_up(*_question: Any, **_more: Any) -> list[Any]:
        ended.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    with patch.object(socket, "getaddrinfo", look_up):
        loop = asyncio.get_running_loop()
        lookups = [asyncio.create_task(loop.getaddrinfo(f"vendor-{number}.example", 443)) for number in range(MANY)]
        await asyncio.sleep(0)
        try:
            yield
            assert not any(lookup.done() for lookup in lookups)
        finally:
            ended.set()
            await asyncio.gather(*lookups, return_exceptions=True)
