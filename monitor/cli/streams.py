"""The three standard streams, which a process may be started without."""

import os
import sys
from contextlib import suppress

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_missing_streams() -> None:
    """Let what is missing lead nowhere: else the next socket or file takes its number, and what is printed."""
    for number, (name, mode) in enumerate(_STREAMS):
        with suppress(OSError):
            os.fstat(number)
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - as long as the process
