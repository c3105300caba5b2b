"""What is counted beside states: people over teams, matches, accounts in no team, channels, the age of data."""

import pytest
from builders import T0, accepting, everything, later, offline, people, reading, row, snapshot, spec, state, team

from monitor.model import Account, Channel, Selector, Targets, TeamSpec
from monitor.reconciler.store import new_state

TWO = state(snapshot(accepting("1", ["x"], used=0, free=1), reading("2", ["x", "y"]), accepting("3", ["z"])))


def test_people_of_several_teams_are_counted_once():
    x, y = team("x", Selector("a", groups=("x",))), team("y", Selector("a", groups=("y",)))
    report, _ = everything([TWO], x, y, team("again", Selector("a", agents=("id:1",))))
    assert {channel: people(states) for channel, states in report.people.items()} == {"chat": {"idle": 1, "away": 1}}


def test_a_person_that_two_selectors_match_is_counted_once_in_the_team():
    report, _ = everything(
        [TWO], team("team", Selector("a"), Selector("a", groups=("x",)), Selector("a", agents=("*",)))
    )
    assert people(report.teams[0].channels[0].agents) == {"idle": 1, "away": 1, "unmetered": 1}
    assert report.teams[0].matches == {"a": 3}


def test_people_merge_what_different_teams_see_of_them():
    letters = state(snapshot(reading("1", ["x"]), accepting("1", ["y"])))
    report, _ = everything([letters], team("x", Selector("a", groups=("x",))), team("y", Selector("a", groups=("y",))))
    assert [people(found.channels[0].agents) for found in report.teams] == [{"away": 1}, {"unmetered": 1}]
    assert people(report.people[Channel.CHAT]) == {"unmetered": 1}


def test_the_same_id_in_two_sources_is_two_people():
    other = state(snapshot(accepting("1"), source="b"))
    report, _ = everything([TWO, other], team("team", Selector("a", agents=("id:1",)), Selector("b")))
    assert people(report.people[Channel.CHAT]) == {"idle": 1, "unmetered": 1}


def test_people_of_an_expired_source_are_not_among_the_people():
    late = state(snapshot(accepting("9"), source="b", at=later(1000)), of=spec("b"))
    report, _ = everything([TWO, late], team("team", Selector("a"), Selector("b")), now=later(1000))
    assert people(report.people[Channel.CHAT]) == {"unmetered": 1}


def test_a_channel_without_any_fresh_source_has_no_people_not_zero_people():
    calls = TeamSpec("calls", (Selector("silent"),), {Channel.CALL: Targets()})
    report, _ = everything([TWO, new_state(spec("silent"))], team(), calls)
    assert set(report.people) == {"chat"}


def test_a_channel_on_which_nobody_was_seen_has_zero_people():
    calls = TeamSpec("calls", (Selector("a"),), {Channel.CALL: Targets()})
    report, _ = everything([TWO], calls)
    assert people(report.people[Channel.CALL]) == {}
    assert set(report.people) == {"call"}


UNASSIGNED = [
    row("everyone in a team", (team(),), 0),
    row("accounts in no team", (team("team", Selector("a", groups=("x",))),), 1),
    row(
        "an account in two teams is assigned once",
        (team("t", Selector("a", groups=("x",))), team("u", Selector("a", groups=("y",)))),
        1,
    ),
    row("excluded accounts are in no team", (team("team", Selector("a", exclude=("id:1", "id:2"))),), 2),
    row("a team of nobody assigns nobody", (team("team", Selector("a", agents=("nobody",))),), 3),
]


@pytest.mark.parametrize(("teams", "unassigned"), UNASSIGNED)
def test_accounts_in_no_team(teams: tuple[TeamSpec, ...], unassigned: int):
    report, _ = everything([TWO], *teams)
    assert (report.sources[0].agents, report.sources[0].unassigned) == (3, unassigned)


def test_accounts_without_a_reading_are_accounts_and_matches_but_in_no_state():
    quiet = state(snapshot(offline("1"), accounts=[Account("2"), Account("3")], unlisted=2))
    report, _ = everything([quiet])
    assert (report.sources[0].agents, report.sources[0].unlisted) == (3, 2)
    assert report.teams[0].matches == {"a": 3}
    assert people(report.teams[0].channels[0].agents) == {"offline": 1}


def test_matches_name_fresh_sources_only():
    report, _ = everything([TWO, new_state(spec("b"))], team("team", Selector("a", groups=("x",)), Selector("b")))
    assert report.teams[0].matches == {"a": 2}


def test_data_is_as_old_as_its_oldest_fresh_source():
    newer = state(snapshot(accepting("1"), source="b", at=later(40)))
    gone = state(snapshot(accepting("1"), source="c", at=later(-500)))
    report, _ = everything([newer, TWO, gone], team("team", *map(Selector, "abc")), now=later(41))
    assert report.teams[0].data_at == T0.wall


def test_channels_are_apart_and_in_the_order_of_the_configuration():
    both = TeamSpec("team", (Selector("a"),), {Channel.CALL: Targets(available_agents=2), Channel.CHAT: Targets()})
    seen = snapshot(accepting("1"), accepting("1", channel=Channel.CALL), reading("1", channel=Channel.TICKET))
    report, _ = everything([state(seen)], both)
    call, chat = report.teams[0].channels
    assert (call.channel, call.status, people(call.agents)) == ("call", "tight", {"unmetered": 1})
    assert (chat.channel, chat.status, people(chat.agents)) == ("chat", "ok", {"unmetered": 1})
    assert call.targets == Targets(available_agents=2)
    assert set(report.people) == {"call", "chat"}


def test_the_report_is_of_now_and_in_the_order_of_the_configuration():
    sources = [new_state(spec("z")), TWO]
    report, _ = everything(sources, team("second"), team("first"), now=later(3))
    assert report.at == later(3)
    assert [found.name for found in report.teams] == ["second", "first"]
    assert [found.spec.name for found in report.sources] == ["z", "a"]
