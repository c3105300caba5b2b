"""What stays the same whatever the seed: vendors, teams and their ids in each tool, accepted credentials."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class Vendor(StrEnum):
    COBROWSER = "cobrowser"
    IADVIZE = "iadvize"
    LIVEAGENT = "liveagent"
    COMM100 = "comm100"


class Channel(StrEnum):
    CHAT = "chat"
    CALL = "call"
    VIDEO = "video"
    TICKET = "ticket"


class Team(StrEnum):
    SALES = "sales"
    SUPPORT = "support"
    BILLING = "billing"


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """A LiveAgent department; `channels` are those that it serves."""

    id: str
    name: str
    description: str
    team: Team | None
    channels: tuple[Channel, ...]
    deleted: bool = False


IADVIZE_GROUPS: Final[Mapping[Team, int]] = MappingProxyType({Team.SALES: 12, Team.SUPPORT: 14})
IADVIZE_SKILLS: Final[Mapping[Team, int]] = MappingProxyType({Team.BILLING: 3})
IADVIZE_WEBSITES: Final = (71, 72)

LIVEAGENT_DEPARTMENTS: Final = (
    Department(
        id="d1s58gs4",
        name="Sales",
        description="Before the purchase",
        team=Team.SALES,
        channels=(Channel.CHAT, Channel.CALL),
    ),
    Department(
        id="d2s58gs4",
        name="Support",
        description="After the purchase",
        team=Team.SUPPORT,
        channels=(Channel.CHAT, Channel.TICKET),
    ),
    Department(
        id="d9s58gs4",
        name="Returns",
        description="Closed two years ago",
        team=None,
        channels=(Channel.CHAT,),
        deleted=True,
    ),
)

COMM100_DEPARTMENTS: Final[Mapping[Team, str]] = MappingProxyType(
    {
        Team.SALES: "1487fc9d-92e6-4487-a2e8-92e68d600001",
        Team.SUPPORT: "1487fc9d-92e6-4487-a2e8-92e68d600002",
        Team.BILLING: "1487fc9d-92e6-4487-a2e8-92e68d600003",
    }
)
COMM100_AWAY_STATUSES: Final = ("Lunch", "Meeting", "Training")
COMM100_UNLISTED_STATUS: Final = "Fire drill"
"""A status name that the list of away statuses does not tell: renamed since, or another language."""

SIMULATOR_CREDENTIALS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        Vendor.COBROWSER: MappingProxyType({"user": "demo", "api_key": "demo-cobrowser-key"}),
        Vendor.IADVIZE: MappingProxyType({"api_key": "demo-iadvize-key"}),
        Vendor.LIVEAGENT: MappingProxyType({"api_key": "demo-liveagent-key"}),
        Vendor.COMM100: MappingProxyType(
            {
                "username": "demo@example.com",
                "password": "demo-comm100-password",
                "site_id": "10001000",
                "api_key": "demo-comm100-key",
            }
        ),
    }
)
"""Vendor to what it accepts; the inner keys are those of the monitor's configuration."""

LIVEAGENT_V3_KEY: Final = "demo-liveagent-v3-key"
"""Keys of v1 and v3 are separate, and each is unknown to the other (faq.liveagent.com/916372, /535002)."""


def credentials(vendor: str, api: str = "") -> Mapping[str, str]:
    """Return what the simulated vendor accepts; ValueError for an unknown vendor.

    `api` matters for LiveAgent alone, whose "v3" has a key of its own; Comm100's "v4" takes what its v3 takes.
    """
    if Vendor(vendor) is Vendor.LIVEAGENT and api == "v3":
        return MappingProxyType({"api_key": LIVEAGENT_V3_KEY})
    return SIMULATOR_CREDENTIALS[Vendor(vendor)]
