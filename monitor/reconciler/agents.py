"""Single accounts of a source, for the series that are off unless `privacy.agent_series` wants them."""

from monitor.model import AgentChannel, AgentReport, AgentsReport, Channel, Reading
from monitor.privacy import Naming
from monitor.reconciler.membership import Index
from monitor.reconciler.merge import merge_groups
from monitor.reconciler.states import state_of


def agents_of(source: str, index: Index, naming: Naming) -> AgentsReport:
    """Each account that is read, with what it is on each channel, over all of its groups."""
    agents: dict[str, AgentReport] = {}
    for id_, readings in index.readings.items():
        name, told_id = naming.account(source, index.accounts[id_])
        label = told_id or name
        while label in agents:  # two pseudonyms in a million may be alike, two series must not
            label += "'"
        agents[label] = AgentReport(label, name if told_id else "", _channels(readings))
    return AgentsReport(source, tuple(agents.values()))


def _channels(readings: tuple[Reading, ...]) -> tuple[AgentChannel, ...]:
    by_channel: dict[Channel, list[Reading]] = {}
    for reading in readings:
        by_channel.setdefault(reading.channel, []).append(reading)
    merged = (merge_groups(found) for found in by_channel.values())
    return tuple(
        AgentChannel(
            reading.channel,
            state_of(reading.presence, accepting=reading.accepting, used=reading.used, free=reading.free),
            reading.used,
            reading.free,
        )
        for reading in merged
    )
