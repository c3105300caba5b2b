"""Who is who: which accounts are one human's, by hand and by what rosters agree in, and which joins are refused."""
# ruff: noqa: E501 - rows of tables

from collections.abc import Mapping

import pytest
from builders import accepting, everything, failed, human, later, listed, live, people, row, snapshot, state, team
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Account, Channel, Match, PeopleSpec, PersonSpec, Selector, Targets, TeamSpec
from monitor.reconciler.people import TOLD, People, join
from monitor.reconciler.store import apply

EMAIL, EXTERNAL, USERNAME = (Match.EMAIL,), (Match.EXTERNAL_ID,), (Match.USERNAME,)
NOBODY: tuple[PersonSpec, ...] = ()


def account(source: str, id_: str, **names: str) -> tuple[str, Account]:
    return source, Account(id_, **names)


def rosters(*accounts: tuple[str, Account]) -> dict[str, dict[str, Account]]:
    found: dict[str, dict[str, Account]] = {}
    for source, one in accounts:
        found.setdefault(source, {})[one.id] = one
    return found


def told(found: People) -> set[str]:
    """Each person with an identity, as the accounts that are theirs."""
    identities = [identity for of_source in found.by_account.values() for identity in of_source.values()]
    return {" ".join("/".join(key) for key in identity.accounts) for identity in identities}


def one(source: str, **names: str) -> tuple[str, Account]:
    """Account 1 of a source."""
    return account(source, "1", **names)


JANE = "jane@example.com"
ROWS = [
    row("nothing asked for: each account is a person", (), [one("a", email=JANE), one("b", email=JANE)], NOBODY, set(), 0),
    row("e-mail", EMAIL, [one("a", email=JANE), one("b", email=JANE)], NOBODY, {"a/1 b/1"}, 0),
    row("e-mail in any case, with stray blanks", EMAIL, [one("a", email=" Jane@Example.COM"), one("b", email=JANE)], NOBODY, {"a/1 b/1"}, 0),
    row("another e-mail is another person", EMAIL, [one("a", email=JANE), one("b", email="omar@example.com")], NOBODY, set(), 0),
    row("no e-mail agrees with no e-mail", EMAIL, [one("a"), one("b")], NOBODY, set(), 0),
    row("e-mail is not compared with names", EMAIL, [one("a", email=JANE), one("b", username=JANE)], NOBODY, set(), 0),
    row("three sources are one person", EMAIL, [one("a", email=JANE), one("b", email=JANE), one("c", email=JANE)], NOBODY, {"a/1 b/1 c/1"}, 0),
    row("external id with e-mail", EXTERNAL, [one("a", external_id=JANE), one("b", email=JANE.upper())], NOBODY, {"a/1 b/1"}, 0),
    row("external id with username", EXTERNAL, [one("a", external_id="jane"), one("b", username="Jane")], NOBODY, {"a/1 b/1"}, 0),
    row("external id with id", EXTERNAL, [one("a", external_id="17"), account("b", "17")], NOBODY, {"a/1 b/17"}, 0),
    row("external id with external id", EXTERNAL, [one("a", external_id="e9"), one("b", external_id="E9")], NOBODY, {"a/1 b/1"}, 0),
    row("external ids only if asked for", EMAIL, [one("a", external_id="e9"), one("b", external_id="e9")], NOBODY, set(), 0),
    row("username with username", USERNAME, [one("a", username="jane"), one("b", username="JANE")], NOBODY, {"a/1 b/1"}, 0),
    row("username with e-mail", USERNAME, [one("a", username=JANE), one("b", email=JANE)], NOBODY, {"a/1 b/1"}, 0),
    row("username with id", USERNAME, [one("a", username="17"), account("b", "17")], NOBODY, {"a/1 b/17"}, 0),
    row("username is not compared with external id", USERNAME, [one("a", username="e9"), one("b", external_id="e9")], NOBODY, set(), 0),
    row("a display name is no name", USERNAME, [one("a", username="jane"), one("b", name="jane")], NOBODY, set(), 0),
    row("the same id means nothing", (*EMAIL, *EXTERNAL, *USERNAME), [account("a", "17"), account("b", "17")], NOBODY, set(), 0),
    row("each kind joins onto what the one before joined", (*EMAIL, *USERNAME), [one("a", email=JANE), one("b", email=JANE, username="j"), one("c", username="j")], NOBODY, {"a/1 b/1 c/1"}, 0),
    row("two accounts of one source are not joined by what they share", EMAIL, [account("a", "1", email=JANE), account("a", "2", email=JANE)], NOBODY, set(), 0),
    row("nor by a third that both agree with: refused whole", EMAIL, [account("a", "1", email=JANE), account("a", "2", email=JANE), one("b", email=JANE)], NOBODY, set(), 1),
    row("nor through what an earlier kind joined", (*EMAIL, *USERNAME), [one("a", email=JANE), one("b", email=JANE, username="j"), account("a", "2", username="j")], NOBODY, {"a/1 b/1"}, 1),
    row("a refused join spoils no other", EMAIL, [account("a", "1", email=JANE), account("a", "2", email=JANE), account("b", "1", email=JANE), account("b", "2", email="o@x"), account("a", "3", email="o@x")], NOBODY, {"a/3 b/2"}, 1),
    row("what one kind leaves ambiguous, another may tell", (*EMAIL, *USERNAME), [account("a", "1", email=JANE), account("a", "2", email=JANE, username="j"), one("b", email=JANE, username="j")], NOBODY, {"a/2 b/1"}, 1),
    row("kinds are tried in the order asked for", (*USERNAME, *EMAIL), [one("a", username="j"), account("a", "2", email=JANE), one("b", username="j", email=JANE)], NOBODY, {"a/1 b/1"}, 1),
    row("and in the other order", (*EMAIL, *USERNAME), [one("a", username="j"), account("a", "2", email=JANE), one("b", username="j", email=JANE)], NOBODY, {"a/2 b/1"}, 1),
    row("by hand, whatever the rosters say", (), [one("a"), one("b")], [human("a/1", "b/1")], {"a/1 b/1"}, 0),
    row("by hand, two accounts of one source", EMAIL, [account("a", "1"), account("a", "2")], [human("a/1", "a/2")], {"a/1 a/2"}, 0),
    row("a match joins onto a person by hand", EMAIL, [one("a", email=JANE), one("b"), one("c", email=JANE)], [human("a/1", "b/1")], {"a/1 b/1 c/1"}, 0),
    row("also onto one who has two accounts of one source", EMAIL, [account("a", "1", email=JANE), account("a", "2", email=JANE), one("b", email=JANE)], [human("a/1", "a/2")], {"a/1 a/2 b/1"}, 0),
    row("but adds no further account of that source", EMAIL, [account("a", "1", email=JANE), account("a", "2", email=JANE), one("b", email=JANE)], [human("a/1", name="jane")], {"a/1"}, 1),
    row("two persons by hand stay two, though they agree: the list wins", EMAIL, [one("a", email=JANE), one("b", email=JANE)], [human("a/1", name="jane"), human("b/1", name="joe")], {"a/1", "b/1"}, 1),
    row("whoever agrees with both belongs to neither", EMAIL, [one("a", email=JANE), one("b", email=JANE), one("c", email=JANE)], [human("a/1", name="jane"), human("b/1", name="joe")], {"a/1", "b/1"}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("match", "accounts", "by_hand", "expected", "refused"), ROWS)
@pytest.mark.parametrize("turn", [1, -1], ids=["as listed", "the other way round"])
def test_who_is_one_person(
    turn: int,
    match: tuple[Match, ...],
    accounts: list[tuple[str, Account]],
    by_hand: list[PersonSpec],
    expected: set[str],
    refused: int,
):
    found = join(PeopleSpec(match, tuple(by_hand[::turn])), rosters(*accounts[::turn]))
    assert (told(found), found.refused, len(found.problems)) == (expected, refused, refused)


# ------------------------------------------------------------------ an oracle for one kind of match

NAMES = st.sampled_from(("", "x", "y", "z", "2"))
ROSTERS = st.fixed_dictionaries(
    {
        source: st.lists(st.builds(Account, id=st.sampled_from("123"), username=NAMES, email=NAMES), max_size=3).map(
            lambda found: {account.id: account for account in found}
        )
        for source in "abc"
    }
)


def clusters(known: Mapping[str, Mapping[str, Account]]) -> list[set[str]]:
    """Accounts reachable from one another by usernames that agree; slowly, by looking until nothing changes."""
    found = [({f"{source}/{one.id}"}, [(source, one)]) for source, of in known.items() for one in of.values()]
    for _ in found:
        for left in found:
            for right in found:
                if left is not right and any(agree(one, other) for one in left[1] for other in right[1]):
                    left[0].update(right[0])
                    left[1].extend(entry for entry in right[1] if entry not in left[1])
    return [names for names, _ in found]


def agree(one: tuple[str, Account], other: tuple[str, Account]) -> bool:
    (source, left), (other_source, right) = one, other
    if source == other_source:
        return False
    return (left.username in (right.username, right.email, right.id) and left.username != "") or (
        right.username in (left.email, left.id) and right.username != ""
    )


@settings(max_examples=200, deadline=None)
@given(ROSTERS)
def test_joins_are_all_that_agree_unless_two_of_them_are_of_one_source(known: dict[str, dict[str, Account]]):
    found = join(PeopleSpec(USERNAME), known)
    several = {tuple(sorted(cluster)) for cluster in clusters(known) if len(cluster) > 1}
    sound = {cluster for cluster in several if len({name[0] for name in cluster}) == len(cluster)}
    assert told(found) == {" ".join(cluster) for cluster in sound}
    assert found.refused == len(several - sound)


# ------------------------------------------------------------------ what is told


def test_a_refused_join_names_the_accounts_and_the_mend():
    twice = [account("b", "1", email=JANE), account("a", "2", email=JANE), account("a", "1", email=JANE)]
    (sentence,) = join(PeopleSpec(EMAIL), rosters(*twice)).problems
    assert sentence.startswith("a/1 and a/2 and b/1 agree in email but are not joined:")
    assert "two accounts of a" in sentence
    assert "people.list" in sentence


def test_a_refused_join_is_told_in_the_same_words_whatever_the_order():
    twice = [account(source, id_, email=JANE) for source in "ba" for id_ in "12"]
    (one_way,), (the_other,) = (join(PeopleSpec(EMAIL), rosters(*twice[::turn])).problems for turn in (1, -1))
    assert one_way == the_other, "what is told anew is logged anew"


def test_an_account_by_hand_that_its_source_does_not_know_is_a_problem_but_not_of_a_source_never_read():
    found = join(listed(human("a/1", "a/9", "silent/3")), rosters(one("a")))
    assert found.problems == ("people.list names the account a/9, but its source does not know it",)
    assert found.refused == 0


def test_of_very_many_refused_joins_some_are_told_and_all_are_counted():
    shared = [account(source, str(n), email=f"{n // 2}@x") for n in range(2 * TOLD + 4) for source in "ab"]
    found = join(PeopleSpec(EMAIL), rosters(*shared))
    assert (found.refused, len(found.problems)) == (TOLD + 2, TOLD + 1)
    assert found.problems[-1].startswith("2 more joins")


def test_refused_joins_are_published():
    states = [
        state(snapshot(accounts=[Account("1", email=JANE), Account("2", email=JANE)])),
        state(snapshot(accounts=[Account("1", email=JANE)], source="b")),
    ]
    report, _ = everything(states, who=PeopleSpec(EMAIL))
    assert report.refused_joins == 1
    assert report.public_problems == ("there is one problem with who is who (people); agentmon check --online tells",)
    assert "a/1 and a/2 and b/1" in report.problems[0]


# ------------------------------------------------------------------ counted once, however often they appear


def test_a_person_in_two_departments_two_skills_three_sources_and_four_teams_is_one_everywhere():
    states = [
        state(snapshot(accepting("7", ["sales", "help"], used=1, free=1), accounts=[Account("7", email=JANE)])),
        state(snapshot(accepting("8", ["s1", "s2"], used=0, free=1), source="b", accounts=[Account("8", email=JANE)])),
        state(snapshot(accepting("9", used=2, free=0), source="c", accounts=[Account("9", email=JANE.upper())])),
    ]
    everywhere = [Selector("a", groups=("sales",)), Selector("a", groups=("help",)), Selector("b"), Selector("c")]
    teams = [
        team("all", *everywhere),
        team("sales", Selector("a", groups=("sales", "help")), Selector("a")),
        team("skills", Selector("b", groups=("s1",)), Selector("b", groups=("s2",)), Selector("c")),
        team("last", Selector("c")),
    ]
    report, _ = everything(states, *teams, who=PeopleSpec(EMAIL))
    channels = [found.channels[0] for found in report.teams]
    assert [people(found.agents) for found in channels] == [{"partial": 1}, {"partial": 1}, {"partial": 1}, {"full": 1}]
    assert [(found.used, found.free) for found in channels] == [(3, 2), (1, 1), (2, 1), (2, 0)]
    assert people(report.people[Channel.CHAT]) == {"partial": 1}


def test_people_are_joined_on_each_channel_by_itself():
    call = accepting("1", channel=Channel.CALL, used=0, free=1)
    states = [
        state(snapshot(accepting("1", used=1, free=0), call)),
        state(snapshot(accepting("1", used=0, free=1), source="b")),
    ]
    both = TeamSpec("team", (Selector("a"), Selector("b")), {Channel.CHAT: Targets(), Channel.CALL: Targets()})
    report, _ = everything(states, both, who=listed(human("a/1", "b/1")))
    assert {channel: people(states) for channel, states in report.people.items()} == {
        Channel.CHAT: {"partial": 1},
        Channel.CALL: {"idle": 1},
    }


def test_a_team_joins_only_what_it_selects_and_people_what_some_team_selects():
    states = [
        state(snapshot(accepting("1", used=1, free=0))),
        state(snapshot(accepting("1", used=0, free=1), source="b")),
        state(snapshot(accepting("1", used=0, free=1), source="c")),
    ]
    report, _ = everything(
        states, team("a", Selector("a")), team("b", Selector("b")), who=listed(human("a/1", "b/1", "c/1"))
    )
    assert [people(found.channels[0].agents) for found in report.teams] == [{"full": 1}, {"idle": 1}]
    assert people(report.people[Channel.CHAT]) == {"partial": 1}
    assert report.sources[2].unassigned == 1


def test_without_a_limit_somebody_full_in_one_tool_is_available_in_another():
    states = [
        state(snapshot(accepting("1", used=2, free=0))),
        state(snapshot(accepting("1", used=0, free=1), source="b")),
    ]
    report, _ = everything(states, team("b", Selector("b")), who=listed(human("a/1", "b/1")))
    assert people(report.teams[0].channels[0].agents) == {"idle": 1}


def test_an_expired_source_still_tells_whose_its_accounts_are_but_not_what_they_do():
    """Accounts of b and c are one person's through the account of a alone."""
    in_a = snapshot(accepting("1", used=1, free=3), accounts=[Account("1", email=JANE, username="j")])
    in_b = snapshot(accepting("2", used=2, free=0), source="b", at=later(1000), accounts=[Account("2", email=JANE)])
    in_c = snapshot(accepting("3", used=1, free=0), source="c", at=later(1000), accounts=[Account("3", username="j")])
    wanted = team("team", *map(Selector, "abc"))
    failing = apply(state(in_a), live(failed(), at=later(990)))
    report, _ = everything(
        [failing, state(in_b), state(in_c)], wanted, now=later(1000), who=PeopleSpec((*EMAIL, *USERNAME))
    )
    channel = report.teams[0].channels[0]
    assert report.teams[0].sources == {"a": False, "b": True, "c": True}
    assert (people(channel.agents), channel.used, channel.free) == ({"full": 1}, 3, 0)
