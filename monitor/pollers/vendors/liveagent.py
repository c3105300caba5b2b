"""LiveAgent: registration of its two generations of API, and of the two ways in which v1 is polled."""

import re

from monitor.pollers.vendors.base import Adapter, Demand, Limit, Vendor
from monitor.pollers.vendors.liveagent_letters import CHANNEL_LETTERS
from monitor.pollers.vendors.liveagent_options import LiveAgentOptions, count, mistakes
from monitor.pollers.vendors.liveagent_states import LiveAgentStates
from monitor.pollers.vendors.liveagent_v1 import LiveAgent
from monitor.pollers.vendors.liveagent_v3 import LiveAgentV3


def build(options: LiveAgentOptions, _demand: Demand) -> Adapter:
    match options.api, options.live:
        case "v3", _:
            return LiveAgentV3(options)
        case _, "agents":
            return LiveAgentStates(options)
        case _:
            return LiveAgent(options)


VENDOR = Vendor(
    name="liveagent",
    options=LiveAgentOptions,
    build=build,
    count=count,
    mistakes=mistakes,
    channels=frozenset(CHANNEL_LETTERS),
    group_pattern=re.compile(r".+"),
    group_help="a department's id or name",
    limit=lambda options: Limit(
        shared=("liveagent", options.url, options.api_key),
        per_minute=180,
        says="LiveAgent allows 180 requests a minute for a key",
    ),
    requests_per_minute=120,  # the vendor allows 180 a minute for a key, which may serve others too
)
