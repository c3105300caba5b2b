"""What systemd is told of the service: that it is ready, reloads, stops, lives (the protocol of sd_notify)."""

import asyncio
import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Self

import structlog

log = structlog.get_logger(__name__)

MICROSECONDS = 1_000_000
STATUS_EVERY = 5.0
"""Seconds between two looks at the status line, where no watchdog asks for more."""


class Notifier:
    """Tells whoever listens on `address` (a path, or @NAME for an abstract socket); where it is empty, nobody.

    `watchdog` is the time in seconds without a beat after which the service is killed, None where nothing watches.
    """

    def __init__(self, address: str = "", watchdog: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog = watchdog if address else None
        self._is_lost = False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """As systemd asks for it. A watchdog that another process is to beat is none of ours."""
        microseconds = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        has_watchdog = is_ours and microseconds.isascii() and microseconds.isdigit() and int(microseconds) > 0
        watchdog = int(microseconds) / MICROSECONDS if has_watchdog else None
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog)

    def ready(self) -> None:
        """At the start, and at the end of a reload, whether it took the new configuration or kept the old one."""
        self._tell("READY=1")

    def reloading(self) -> None:
        """`ready` must follow; the time lets systemd tell this reload from an earlier one."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._tell("STOPPING=1", "STATUS=Polls in flight may end")

    async def keep_telling(self, is_alive: Callable[[], bool], status: Callable[[], str]) -> None:
        """Beat for as long as all is well, three times as often as needed, and renew the status line."""
        told = ""
        while self._address:
            text = status()
            beat = ["WATCHDOG=1"] if self.watchdog is not None and is_alive() else []
            self._tell(*beat, *([f"STATUS={text}"] if text != told else []))
            told = text
            await asyncio.sleep(STATUS_EVERY if self.watchdog is None else min(self.watchdog / 3, STATUS_EVERY))

    def _tell(self, *assignments: str) -> None:
        """One datagram. A lost one is logged once and harms nobody: the next beat comes, and systemd decides."""
        if not self._address or not assignments:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(0)  # a full queue must not hold the event loop
                sender.sendto("\n".join(assignments).encode(), self._address)
        except OSError as error:
            if not self._is_lost:
                log.warning("systemd_not_told", error=error.strerror or "cannot be told")
            self._is_lost = True
        else:
            self._is_lost = False
