"""Blocks: only what changed is rendered again, what is gone is forgotten, and nobody sees a difference."""

from collections.abc import Iterator

import pytest
from builders import channel_report, facts, report, row, source_report, team_report
from exporter.parsing import NO_TELEMETRY, samples
from generators import reports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.exporter.exposition import Format, Page, Renderer
from monitor.exporter.families import Family, Kind, Sample, Scope
from monitor.model import AgentChannel, AgentReport, AgentsReport, Channel, Report, State, TeamReport

SALES, SUPPORT = team_report("sales"), team_report("support")


class Watched:
    """A family of one sample for each team, that remembers which teams it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.family = Family(
            name="agentmon_watched",
            kind=Kind.GAUGE,
            help="-.",
            labels=("team",),
            scope=Scope.TEAM,
            samples=self.samples,
        )

    def samples(self, team: TeamReport) -> Iterator[Sample]:
        self.asked.append(team.name)
        yield (team.name,), len(team.channels)


def page(renderer: Renderer, found: Report, **more: int) -> Page:
    return renderer.render(facts(found, **more), NO_TELEMETRY)


def test_only_the_team_that_changed_is_rendered_again():
    watched = Watched()
    renderer = Renderer([watched.family])
    page(renderer, report(SALES, SUPPORT))
    watched.asked.clear()
    page(renderer, report(SALES, SUPPORT))
    assert watched.asked == []
    both = team_report("support", channel_report(), channel_report(channel=Channel.CALL))
    changed = page(renderer, report(SALES, both))
    assert watched.asked == ["support"]
    assert changed.bytes_of(Format.TEXT).endswith(b'{team="sales"} 1\nagentmon_watched{team="support"} 2\n')


def test_a_team_that_comes_back_is_rendered_anew():
    watched = Watched()
    renderer = Renderer([watched.family])
    page(renderer, report(SALES, SUPPORT))
    assert b"support" not in page(renderer, report(SALES)).bytes_of(Format.TEXT)
    watched.asked.clear()
    page(renderer, report(SALES, SUPPORT))
    assert watched.asked == ["support"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(reports, min_size=2, max_size=4))
def test_a_renderer_that_has_seen_other_reports_says_what_a_new_one_says(found: list[Report]):
    kept = Renderer()
    for one in found:
        seen, fresh = page(kept, one), page(Renderer(), one)
        for format_ in Format:
            assert seen.bytes_of(format_) == fresh.bytes_of(format_)
        assert seen.series == fresh.series


# ------------------------------------------------------------------ single agents, and the limit

JANE = AgentReport("17", "Jane Doe", (AgentChannel(Channel.CHAT, State.PARTIAL, 1, 2),))
OMAR = AgentReport("18", "", (AgentChannel(Channel.CHAT, State.AWAY, None, None),))
CROWDED = report(SALES, source_report("a"), agents=(AgentsReport("a", (JANE, OMAR)),))
FULL = page(Renderer(), CROWDED).series
"""Of them two states, two slots and one name."""
OF_AGENTS = ("agentmon_agent_state", "agentmon_agent_slots", "agentmon_agent_info")


def test_a_single_agent_has_its_true_state_alone_and_the_slots_that_are_told():
    told = samples(page(Renderer(), CROWDED))
    assert [dict(labels) for labels in told["agentmon_agent_state"]] == [
        {"source": "a", "agent": "17", "channel": "chat", "state": "partial"},
        {"source": "a", "agent": "18", "channel": "chat", "state": "away"},
    ]
    assert [(dict(labels)["state"], value) for labels, value in told["agentmon_agent_slots"].items()] == [
        ("used", 1),
        ("free", 2),
    ]
    assert [dict(labels)["name"] for labels in told["agentmon_agent_info"]] == ["Jane Doe"]


def test_an_agent_who_is_gone_is_on_the_next_page_no_more():
    renderer = Renderer()
    page(renderer, CROWDED)
    left = page(renderer, report(SALES, source_report("a"), agents=(AgentsReport("a", (OMAR,)),)))
    assert b'agent="17"' not in left.bytes_of(Format.TEXT)


@pytest.mark.parametrize(
    ("limit", "left_out"),
    [
        row("as many as there are: all stay", FULL, ()),
        row("one too few: names go first", FULL - 1, ("agentmon_agent_info",)),
        row("then slots, whole, though one of two would fit", FULL - 2, ("agentmon_agent_slots",)),
        row("three too few: slots and names", FULL - 3, ("agentmon_agent_slots", "agentmon_agent_info")),
        row("no room for any", FULL - 5, OF_AGENTS),
        row("no room for teams either, and they stay", 1, OF_AGENTS),
        row("0 is no limit", 0, ()),
    ],
)  # fmt: skip
def test_families_of_single_agents_give_way_whole_and_teams_never(limit: int, left_out: tuple[str, ...]):
    found = page(Renderer(), CROWDED, series_limit=limit)
    told = samples(found)
    assert found.left_out == left_out
    assert not told.keys() & set(left_out)
    assert sum(map(len, told.values())) == found.series
    assert told["agentmon_team_agents"].keys() == samples(page(Renderer(), CROWDED))["agentmon_team_agents"].keys()
