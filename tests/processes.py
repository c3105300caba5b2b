"""What the kernel says of another process; Linux only."""

import os
from pathlib import Path

import msgspec

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1024 * 1024


class Usage(msgspec.Struct, frozen=True):
    """What a process holds now: resident memory and its peak in bytes, threads, and open file descriptors."""

    resident: int
    peak: int
    threads: int
    descriptors: int


def usage(pid: int) -> Usage:
    """Raises ProcessLookupError where the process has ended."""
    folder = Path(f"/proc/{pid}")
    try:
        told = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        descriptors = len(list((folder / "fd").iterdir()))
    except FileNotFoundError as error:
        raise ProcessLookupError(f"process {pid} is gone") from error
    if "VmRSS" not in told:
        raise ProcessLookupError(f"process {pid} has ended")
    return Usage(
        resident=_kilobytes(told["VmRSS"]),
        peak=_kilobytes(told["VmHWM"]),
        threads=int(told["Threads"]),
        descriptors=descriptors,
    )


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used, in user and system together; steps of a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / TICKS_PER_SECOND


def _kilobytes(text: str) -> int:
    return int(text.split(maxsplit=1)[0]) * 1024
