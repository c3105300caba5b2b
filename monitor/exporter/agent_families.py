"""The rows of single agents: off by default, and the first to give way where series are limited."""

from collections.abc import Iterator

from monitor.exporter.families import Sample, Scope, gauge
from monitor.model import AgentsReport


def _states(found: AgentsReport) -> Iterator[Sample]:
    for agent in found.agents:
        for seen in agent.channels:
            yield (found.source, agent.label, seen.channel, seen.state), 1


def _slots(found: AgentsReport) -> Iterator[Sample]:
    for agent in found.agents:
        for seen in agent.channels:
            for state, slots in (("used", seen.used), ("free", seen.free)):
                if slots is not None:
                    yield (found.source, agent.label, seen.channel, state), slots


def _names(found: AgentsReport) -> Iterator[Sample]:
    for agent in found.agents:
        if agent.name:
            yield (found.source, agent.label, agent.name), 1


AGENT_FAMILIES = (
    gauge(
        Scope.AGENTS,
        "agent_state",
        "State of one account on the channel, 1 for the one that is true; only where privacy.agent_series allows.",
        ("source", "agent", "channel", "state"),
        _states,
    ),
    gauge(
        Scope.AGENTS,
        "agent_slots",
        "Slots of one account on the channel, used and free, where the vendor tells; only where privacy.agent_series "
        "allows.",
        ("source", "agent", "channel", "state"),
        _slots,
    ),
    gauge(
        Scope.AGENTS,
        "agent_info",
        "Name of an account, always 1; drop this family and no name is left. Only with privacy.agent_series named.",
        ("source", "agent", "name"),
        _names,
    ),
)
"""In the order in which they are kept."""
