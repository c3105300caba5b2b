"""Everyone who is counted, one by one: each once, with their slots, accounts and teams, and named as privacy allows."""

import pytest
from builders import accepting, everything, human, later, listed, reading, row, snapshot, spec, state, team

from monitor.model import NO_PEOPLE, Account, Channel, PeopleSpec, Selector, Snapshot, State, Targets, TeamSpec
from monitor.privacy import Naming, named, pseudonymous
from monitor.reconciler.reconcile import Memory
from monitor.reconciler.register import register
from monitor.reconciler.store import new_state
from monitor.register import AccountEntry, ChannelEntry, Register

JANE = Account("1", username="jane", name="Jane Doe")


def registered(
    *snapshots: Snapshot, teams: tuple[TeamSpec, ...] = (), who: PeopleSpec = NO_PEOPLE, naming: Naming | None = None
) -> Register:
    _, memory = everything(map(state, snapshots), *teams, who=who)
    return register(memory, naming or named())


def test_a_person_with_their_state_slots_account_and_team():
    (jane,) = registered(snapshot(accepting("1", used=1, free=2), accounts=[JANE])).people
    assert jane.name == "Jane Doe"
    assert jane.channels == (
        ChannelEntry(Channel.CHAT, State.PARTIAL, 1, 2, (AccountEntry("a", "Jane Doe", "1"),), ("team",)),
    )


def test_under_pseudonyms_nothing_leads_back():
    found = registered(snapshot(accepting("1"), accounts=[JANE]), naming=pseudonymous("key"))
    (jane,) = found.people
    assert (found.is_named, jane.channels[0].accounts[0].id) == (False, "")
    assert jane.name.startswith("agent-")


def test_who_works_in_two_tools_is_one_with_the_teams_of_both():
    teams = (team("sales", Selector("a")), team("support", Selector("b")), team("all", Selector("a"), Selector("b")))
    seen = (snapshot(accepting("1", used=1, free=0)), snapshot(accepting("2", used=0, free=2), source="b"))
    (jane,) = registered(*seen, teams=teams, who=listed(human("a/1", "b/2"))).people
    (entry,) = jane.channels
    assert (jane.name, entry.state, entry.used, entry.free) == ("jane", State.PARTIAL, 1, 2)
    assert [(account.source, account.id) for account in entry.accounts] == [("a", "1"), ("b", "2")]
    assert set(entry.teams) == {"sales", "support", "all"}


def test_a_limit_counts_and_a_hidden_load_proves_nothing():
    jane = human("a/1", "b/2", max_slots=2)
    free = snapshot(accepting("1", used=0, free=2))
    busy = snapshot(accepting("2", used=2, free=0), source="b")
    (told,) = registered(free, busy, who=listed(jane)).people
    assert (told.channels[0].state, told.channels[0].free) == (State.FULL, 0)
    _, memory = everything([state(free), new_state(spec("b"))], who=listed(jane))
    (told,) = register(memory, named()).people
    assert (told.channels[0].state, told.channels[0].used, told.channels[0].free) == (None, 0, None)


def test_channels_of_somebody_stand_apart_and_those_of_no_team_are_left_out():
    both = TeamSpec("both", (Selector("a"),), {Channel.CHAT: Targets(), Channel.CALL: Targets()})
    seen = snapshot(accepting("1"), reading("1", channel=Channel.CALL), reading("1", channel=Channel.VIDEO))
    (jane,) = registered(seen, teams=(both,)).people
    assert [(entry.channel, entry.state) for entry in jane.channels] == [
        (Channel.CHAT, State.UNMETERED),
        (Channel.CALL, State.AWAY),
    ]


NOBODY = [
    row("nobody was ever heard of", []),
    row("no team selects them", [snapshot(accepting("1"), source="b")]),
    row("the source has expired", [snapshot(accepting("1"), at=later(-61))]),
    row("no list names them", [snapshot(accounts=[JANE])]),
]


@pytest.mark.parametrize("snapshots", NOBODY)
def test_of_whom_nothing_is_known_nothing_is_told(snapshots: list[Snapshot]):
    assert registered(*snapshots).people == ()


def test_before_the_first_reconciliation_there_is_nobody():
    assert register(Memory(), named()).people == ()
