"""What could not be read of somebody proves nothing: neither that they are there, nor that nobody is."""

import pytest
from builders import accepting, everything, human, listed, offline, reading, row, snapshot, state, team, unmapped

from monitor.model import Account, Group, Reading, Selector, Status

JANE, OMAR = Account("1", username="jane"), Account("2", username="omar")


def status_of_team(readings: list[Reading], uncertain: set[str], **targets: int) -> Status:
    found = snapshot(*readings, accounts=[JANE, OMAR], uncertain=frozenset(uncertain))
    report, _ = everything([state(found)], team("team", **targets))
    return report.teams[0].channels[0].status


@pytest.mark.parametrize(
    ("readings", "uncertain", "targets", "status"),
    [
        row("nobody read of a team of two: unstaffed", [offline("1"), offline("2")], set(), {}, "unstaffed"),
        row("one of them could not be read: unknown", [offline("1")], {"2"}, {}, "unknown"),
        row("read, and doubtful in a letter: unknown", [offline("1"), offline("2")], {"2"}, {}, "unknown"),
        row("somebody available proves it all the same", [accepting("1", used=0, free=1)], {"2"}, {}, "ok"),
        row("too few even if they were there", [], {"2"}, {"available_agents": 2}, "unstaffed"),
        row("counted once with state unknown", [unmapped("2")], {"2"}, {"available_agents": 2}, "unstaffed"),
        row("whoever accepts is there already", [accepting("1")], {"1"}, {"available_agents": 2}, "tight"),
    ],
)
def test_the_status_of_a_team_with_somebody_unread(
    readings: list[Reading], uncertain: set[str], targets: dict[str, int], status: str
):
    assert status_of_team(readings, uncertain, **targets) == status


TOGETHER = listed(human("a/1", "a/2", "b/1"))
PEOPLE = [
    row("the rest of them proves them there", [accepting("1", used=0, free=1)], "2", {}, "ok", 1),
    row("full by the rest of them is staffed, and once", [accepting("1", used=1, free=0)], "2", {}, "saturated", 1),
    row("away by the rest of them is no proof", [reading("1")], "2", {}, "unknown", 1),
    row("nothing else is known of them", [], "2", {}, "unknown", 0),
    row("two of their accounts are one doubt", [], "12", {"available_agents": 2}, "unstaffed", 0),
    row("in state unknown is doubt enough", [unmapped("1")], "2", {"available_agents": 2}, "unstaffed", 1),
    row("two accounts of two people are two doubts", [], "13", {"available_agents": 2}, "unknown", 0),
]  # fmt: skip


@pytest.mark.parametrize(("readings", "uncertain", "targets", "status", "counted"), PEOPLE)
def test_a_person_one_of_whose_accounts_could_not_be_read(
    readings: list[Reading], uncertain: str, targets: dict[str, int], status: str, counted: int
):
    found = snapshot(*readings, accounts=[JANE, OMAR, Account("3")], uncertain=frozenset(uncertain))
    report, _ = everything([state(found)], team("team", **targets), who=TOGETHER)
    channel = report.teams[0].channels[0]
    assert (channel.status, sum(channel.agents.values())) == (status, counted)


def test_only_the_teams_that_select_them_are_in_doubt():
    found = snapshot(offline("1"), accounts=[JANE, OMAR], uncertain=frozenset({"2"}))
    teams = team("hers", Selector("a", agents=("jane",))), team("his", Selector("a", agents=("omar",)))
    report, _ = everything([state(found)], *teams)
    assert [found.channels[0].status for found in report.teams] == ["unstaffed", "unknown"]


def test_a_name_that_became_ambiguous_leaves_the_team_incomplete_though_it_matched_before():
    sales = Selector("a", groups=("Sales",))
    jane = Account("1", groups=frozenset({"7"}))
    _, memory = everything([state(snapshot(accounts=[jane], groups=[Group("7", "Sales")]))], team("team", sales))
    twice = snapshot(accounts=[jane], groups=[Group("7", "Sales"), Group("9", "Sales")])
    report, _ = everything([state(twice)], team("team", sales), memory=memory)
    assert (report.teams[0].complete, report.teams[0].channels[0].status) == (False, "unknown")
    assert "use one of the ids 7, 9" in report.teams[0].problems[0]
