"""One simulated contact centre behind the APIs of four vendors, for demonstrations and tests.

It is written from the vendors' documents alone and shares no code with the monitor that reads it.
"""

from monitor.simulator.directory import SIMULATOR_CREDENTIALS, Channel, Team, Vendor, credentials
from monitor.simulator.faults import Fault, FaultKind
from monitor.simulator.ids import account_id
from monitor.simulator.server import Simulator
from monitor.simulator.staff import Person, Post, Presence, Waiting
from monitor.simulator.world import World

__all__ = [
    "SIMULATOR_CREDENTIALS",
    "Channel",
    "Fault",
    "FaultKind",
    "Person",
    "Post",
    "Presence",
    "Simulator",
    "Team",
    "Vendor",
    "Waiting",
    "World",
    "account_id",
    "credentials",
]
