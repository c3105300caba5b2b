"""A name server that never answers for names that end in `.silent`; other names are looked up as ever."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

PATCH = """
import socket, time
look_up = socket.getaddrinfo

def patched(host, *question, **more):
    if str(host).endswith(".silent"):
        time.sleep(3600)
    return look_up(host, *question, **more)

socket.getaddrinfo = patched
"""


def silent_for_process(folder: Path) -> dict[str, str]:
    """The environment of a Python process for which it is so from its start on."""
    (folder / "sitecustomize.py").write_text(PATCH, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


@contextmanager
def silent_name_server() -> Iterator[None]:
    """Inside, for this process; at the end those names are all unknown."""
    ended, look_up = threading.Event(), socket.getaddrinfo

    def patched(host: str, *question: Any, **more: Any) -> list[Any]:
        if str(host).endswith(".silent"):
            ended.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return look_up(host, *question, **more)

    try:
        with patch.object(socket, "getaddrinfo", patched):
            yield
    finally:
        ended.set()
