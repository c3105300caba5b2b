"""Who asks, as limits count them, and how memory of them is kept small."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 10_000
"""Addresses that are remembered; more of them push out those not heard of for longest."""


def network_of(remote: str | None) -> str:
    """The address that limits are counted for: of IPv6 the /64, because whoever has one of these has all of it."""
    try:
        address = ipaddress.ip_address((remote or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


class Remembered(Generic[T]):
    """One value an address, made when it is first asked for."""

    def __init__(self, make: Callable[[], T], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._values: OrderedDict[str, T] = OrderedDict()

    def of(self, address: str) -> T:
        if address not in self._values:
            self._values[address] = self._make()
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        self._values.move_to_end(address)
        return self._values[address]

    def __len__(self) -> int:
        return len(self._values)
