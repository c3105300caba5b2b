"""Somebody who listens as systemd does."""

import socket
from contextlib import suppress


class Ear:
    """A datagram socket at an address as systemd gives it in NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(0)
        self.socket.bind(address.replace("@", "\0", 1))

    def heard(self) -> list[dict[str, str]]:
        """What each datagram since the last look assigned."""
        found = []
        with suppress(BlockingIOError):
            while True:
                told = self.socket.recv(4096).decode().splitlines()
                found.append(dict(line.split("=", 1) for line in told))
        return found
