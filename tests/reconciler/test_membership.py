"""Who belongs to a team: groups by id or name, agents by username, e-mail, id or glob, exclusions."""

import msgspec
import pytest
from builders import accepting, everything, people, reading, row, snapshot, state, team

from monitor.model import Account, Group, Selector, Snapshot
from monitor.reconciler.membership import index_of, select

JANE = Account("13", username="Jane", email="jane.doe@example.com", groups=frozenset({"7"}))
OMAR = Account("2", username="sales-omar", email="omar@example.org", groups=frozenset({"7", "8"}))
BOT = Account("3", username="sales-bot", email="bot@example.org", groups=frozenset({"8"}))
MUTE = Account("99", name="jane")
STAFF = snapshot(
    accounts=[JANE, OMAR, BOT, MUTE],
    groups=[Group("7", "Sales"), Group("8", "Support"), Group("10", "Twin"), Group("9", "Twin")],
)


def selected(found: Snapshot = STAFF, **wanted: tuple[str, ...]) -> set[str]:
    return set(select(Selector("a", **wanted), index_of(found)).accounts)


AGENTS = [
    row("nothing named: everyone", {}, {"13", "2", "3", "99"}),
    row("by username", {"agents": ("Jane",)}, {"13"}),
    row("by username in any case", {"agents": ("jANE",)}, {"13"}),
    row("by e-mail in any case", {"agents": ("JANE.DOE@example.com",)}, {"13"}),
    row("by id", {"agents": ("id:2",)}, {"2"}),
    row("a bare id is no name", {"agents": ("2",)}, set()),
    row("an id is whole, not a prefix", {"agents": ("id:1",)}, set()),
    row("a display name is no name", {"agents": ("doe",)}, set()),
    row("by a glob of usernames", {"agents": ("SALES-*",)}, {"2", "3"}),
    row("by a glob of e-mails", {"agents": ("*@example.org",)}, {"2", "3"}),
    row("by a glob of ids", {"agents": ("id:?",)}, {"2", "3"}),
    row("by a set of characters", {"agents": ("[jk]ane",)}, {"13"}),
    row("a glob matches whole names", {"agents": ("ane*",)}, set()),
    row("a glob of names says nothing of ids", {"agents": ("i*", "*3")}, set()),
    row("a star is everyone, with or without names", {"agents": ("*",)}, {"13", "2", "3", "99"}),
    row("a dot is a dot", {"agents": ("janeXdoe@example.com", "jane?doe@example?com")}, {"13"}),
    row("several are united", {"agents": ("jane", "id:3")}, {"13", "3"}),
    row("less those excluded", {"agents": ("sales-*",), "exclude": ("sales-bot",)}, {"2"}),
    row("everyone less those excluded", {"exclude": ("id:99", "*@example.org")}, {"13"}),
    row("exclusion wins over naming", {"agents": ("jane",), "exclude": ("JANE",)}, set()),
]


@pytest.mark.parametrize(("wanted", "accounts"), AGENTS)
def test_agents(wanted: dict[str, tuple[str, ...]], accounts: set[str]):
    assert selected(**wanted) == accounts


GROUPS = [
    row("by id", {"groups": ("7",)}, {"13", "2"}),
    row("by a unique name", {"groups": ("Support",)}, {"2", "3"}),
    row("several are united", {"groups": ("7", "Support")}, {"13", "2", "3"}),
    row("a group that is not there has nobody", {"groups": ("nowhere",)}, set()),
    row("groups and agents must both match", {"groups": ("8",), "agents": ("*omar*", "jane")}, {"2"}),
    row("groups less those excluded", {"groups": ("8",), "exclude": ("sales-bot",)}, {"2"}),
    row("a name that occurs twice has nobody", {"groups": ("Twin",)}, set()),
    row("a name that occurs twice spoils no other", {"groups": ("Twin", "7")}, {"13", "2"}),
    row("one of the twins by id", {"groups": ("9",)}, set()),
]


@pytest.mark.parametrize(("wanted", "accounts"), GROUPS)
def test_groups(wanted: dict[str, tuple[str, ...]], accounts: set[str]):
    assert selected(**wanted) == accounts


def test_a_name_that_occurs_twice_is_a_problem_that_lists_the_ids():
    report, _ = everything([state(STAFF)], team("team", Selector("a", groups=("Twin",))))
    assert "'Twin'" in report.teams[0].problems[0]
    assert "10, 9" in report.teams[0].problems[0]
    assert not report.teams[0].complete


def test_a_group_that_a_paged_list_repeats_is_one_group():
    repeated = snapshot(accounts=[JANE], groups=[Group("7", "Sales"), Group("7", "Sales")])
    found = select(Selector("a", groups=("Sales",)), index_of(repeated))
    assert (found.accounts, found.problems) == ({"13"}, ())


def test_an_id_comes_before_a_name_even_of_a_group_without_members():
    confusing = snapshot(accounts=[JANE], groups=[Group("42", "empty"), Group("7", "42")])
    assert selected(confusing, groups=("42",)) == set()


def test_groups_are_known_from_the_live_lists_too():
    seen = snapshot(accepting("5", ["new"]), accounts=[Account("5")])
    assert selected(seen, groups=("new",)) == {"5"}


def test_who_is_only_in_a_live_list_belongs_to_the_team_and_counts():
    stray = Snapshot("a", snapshot().observed_at, {}, (accepting("5", ["g"], used=0, free=1),))
    for wanted in (Selector("a"), Selector("a", groups=("g",)), Selector("a", agents=("id:5",))):
        report, _ = everything([state(stray)], team("team", wanted))
        assert people(report.teams[0].channels[0].agents) == {"idle": 1}
        assert (report.sources[0].agents, report.sources[0].unassigned) == (1, 0)


# Letters by department, as LiveAgent has them: a reading for each department that the agent was seen in.
LETTERS = state(
    snapshot(
        accepting("1", ["sales"]),
        reading("1", ["support"]),
        reading("2", ["sales"]),
        accepting("2", ["support"]),
        groups=[Group("sales", "Sales"), Group("support", "Support")],
    )
)
DEPARTMENTS = [
    row("the letters of one department", (Selector("a", groups=("sales",)),), {"unmetered": 1, "away": 1}),
    row("two departments of one selector merge", (Selector("a", groups=("sales", "Support")),), {"unmetered": 2}),
    row(
        "two departments of two selectors merge",
        (Selector("a", groups=("sales",)), Selector("a", groups=("support",))),
        {"unmetered": 2},
    ),
    row("no department named: all of them", (Selector("a"),), {"unmetered": 2}),
    row(
        "each selector brings the letters of its own people only",
        (Selector("a", groups=("support",), agents=("id:1",)), Selector("a", groups=("sales",), agents=("id:2",))),
        {"away": 2},
    ),
    row(
        "letters of the other department do not show",
        (Selector("a", groups=("support",), agents=("id:1",)),),
        {"away": 1},
    ),
]


@pytest.mark.parametrize(("selectors", "expected"), DEPARTMENTS)
def test_a_team_sees_only_the_departments_that_it_selects(selectors: tuple[Selector, ...], expected: dict[str, int]):
    report, _ = everything([LETTERS], team("team", *selectors))
    assert people(report.teams[0].channels[0].agents) == expected


def test_what_was_found_is_kept_for_the_snapshot_and_names_as_long_as_the_accounts_stay_the_same():
    jane = Selector("a", agents=("jane",))
    first = index_of(STAFF)
    assert select(jane, first) is select(jane, first)
    same = index_of(snapshot(accounts=[JANE, OMAR, BOT, MUTE]), first)
    assert same.named is first.named
    renamed = index_of(snapshot(accounts=[msgspec.structs.replace(JANE, username="jo")]), first)
    assert (select(jane, first).accounts, select(jane, renamed).accounts) == ({"13"}, frozenset())
