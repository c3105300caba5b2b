"""An explanation as text: the answer first, lines that fit, lists that end, and nothing that a terminal would obey."""

import pytest
from builders import row
from web.explanations import account, channel, explanation, person, selector, source

from monitor.errors import Reason
from monitor.explanation import HoursExplanation, LimitExplanation, QueueExplanation, TeamExplanation
from monitor.model import Channel, Failure, Presence, State, Status, Targets
from monitor.web.telling import tell

WHOLE = """\
sales on chat: unknown – nobody is proved available, target 2, while data is missing: comm100
    expired 3 min ago.

As of 2025-06-15 15:06:40 UTC. People go by pseudonym.
Open since Mon 2025-06-16 09:00, closes Mon 2025-06-16 17:00 (hours: Mo-Fr 09:00-17:00,
    Europe/Paris).
The data is incomplete, so that numbers are floors ("≥"): comm100 expired 3 min ago.

Sources
  iadvize: fresh, 4 s old (good for 60 s)
  comm100: EXPIRED, 4 min old (good for 60 s)
    its last poll failed: timeout: no answer in 10 s
    nobody in it is counted, so that the numbers are floors

Members
  iadvize, in group:12 (Sales): 3 accounts
  comm100, everyone: not known while the source is expired

On chat
  available: unknown, target 2
  slots: ≥ 3 used, unknown free, ≥ 1 held by people who accept no more
  1 full: accepting, but no slot is free
    agent-1 (iadvize): accepting, 3 used, 0 free, in Sales
  1 finishing: not accepting, but still holding contacts
    agent-2 (iadvize): connected, "paused", 1 used, 0 free, nothing done for 20 min
  1 offline: not connected
"""


def test_the_whole_of_it():
    full = account(used=3, free=0, groups=("Sales",))
    paused = account(accepting=False, used=1, free=0, reason="paused", idle=1200.0)
    found = explanation(
        channel(
            person("agent-1", State.FULL, accounts=(full,), used=3, free=0, slots_used=3),
            person("agent-2", State.FINISHING, accounts=(paused,), used=1, free=None, slots_finishing=1),
            person("agent-3", State.OFFLINE),
            status=Status.UNKNOWN,
            why="nobody is proved available, target 2, while data is missing: comm100 expired 3 min ago",
            targets=Targets(available_agents=2),
            available=0,
            used=3,
            free=0,
            finishing=1,
            occupancy=None,
        ),
        complete=False,
        missing=("comm100 expired 3 min ago",),
        hours=HoursExplanation(
            "Mo-Fr 09:00-17:00",
            "Europe/Paris",
            None,
            since="2025-06-16T09:00+02:00",
            changes_at="2025-06-16T17:00+02:00",
        ),
        sources=(
            source(),
            source(
                "comm100",
                vendor="comm100",
                fresh=False,
                age=240.0,
                failure=Failure(Reason.TIMEOUT, "no answer in 10 s"),
                costs="nobody in it is counted, so that the numbers are floors",
            ),
        ),
        selectors=(selector(groups=("group:12 (Sales)",)), selector("comm100", matched=None)),
    )
    assert tell(found) == WHOLE


LINES = [
    row(
        "names where they are allowed",
        explanation(channel(person("Jane Doe", accounts=(account(name="Jane Doe", id="13"),))), is_named=True),
        ["As of 2025-06-15 15:06:40 UTC. People go by name.", "Jane Doe (iadvize 13): accepting, 1 used, 2 free"],
    ),
    row(
        "several accounts and a limit",
        explanation(
            channel(
                person(
                    "Jane Doe",
                    accounts=(account(name="Jane Doe", id="13"), account("comm100", name="jd", id="99", presence=None)),
                    limit=LimitExplanation(4, 3, 2, 1, ()),
                    why="a reason",
                )
            )
        ),
        [
            "Jane Doe, 2 accounts: 1 used, 2 free",
            "iadvize Jane Doe 13: accepting, 1 used, 2 free",
            "comm100 jd 99: nothing said of them here",
            "at most 4 in all tools: holds 3, 2 of them elsewhere, 1 left",
            "a reason",
        ],
    ),
    row(
        "what the vendor does not say",
        explanation(
            channel(person(accounts=(account(used=None, free=None),), used=None, free=None), used=None, occupancy=None)
        ),
        ["slots: no source tells any", "agent-1 (iadvize): accepting"],
    ),
    row(
        "one number of two, a configured one, and one that is not counted",
        explanation(
            channel(
                person(accounts=(account(free=None),), free=None),
                person("agent-2", accounts=(account(is_configured=True, is_unread=True),)),
                person("agent-3", State.FINISHING, accounts=(account(free=None),), free=None),
            )
        ),
        [
            "slots: 1 used, 2 free; occupancy 33%; without 2 whose slots are not known",
            "agent-1 (iadvize): accepting, 1 used, free not known",
            "agent-2 (iadvize): accepting, 1 used, 2 free (configured), with something that could not be read",
        ],
    ),
    row(
        "who is in no state",
        explanation(channel(person(state=None, is_uncertain=True, why="unread"), person("agent-2", None))),
        [
            "1 in no state: nothing is proved of them",
            "unread",
            "1 not counted: no source says anything of them here",
        ],
    ),
    row(
        "many groups are shortened, short pauses are not told",
        explanation(channel(person(accounts=(account(groups=tuple("abcde"), idle=59.0),)))),
        ["agent-1 (iadvize): accepting, 1 used, 2 free, in a, b, c and 2 more"],
    ),
    row(
        "members by names that must not be told, and by those that may",
        explanation(
            selectors=(
                selector(agents_count=1, exclude_count=2, matched=1),
                selector(agents=("j*", "omar"), agents_count=2, matched=0, has_matched=False, problems=("a problem",)),
            )
        ),
        [
            "iadvize, 1 name or pattern, without 2 names or patterns: 1 account",
            "iadvize, agents j*, omar: nobody, never yet",
            "a problem",
        ],
    ),
    row(
        "who waits",
        explanation(
            channel(queue_length=3, queue_longest_wait=130.0, inactive=2),
            selectors=(
                selector(
                    queues=(
                        QueueExplanation(Channel.CHAT, "Sales", 3, 130.0),
                        QueueExplanation(Channel.CHAT, "", 1, None),
                        QueueExplanation(Channel.CHAT, "Empty", 0, None),
                    )
                ),
            ),
        ),
        [
            "3 waiting on chat for Sales, the first for 2 min",
            "1 waiting on chat",
            "queue: 3 waiting, the first for 2 min",
            "inactive: 2",
        ],
    ),
    row(
        "sources of other kinds",
        explanation(
            sources=(
                source("a", age=None, fresh=False, notes=("capacity is refused",)),
                source("b", is_member=False, roster_failure=Failure(Reason.FORBIDDEN, "may not list agents")),
            )
        ),
        [
            "a (iadvize): waiting for its first data",
            "note: capacity is refused",
            "b (iadvize): fresh, 4 s old (good for 60 s); no member of the team, but of people with a limit",
            "its roster could not be read: forbidden: may not list agents",
        ],
    ),
    row(
        "hours that never change",
        explanation(hours=HoursExplanation("off", "UTC", None, since=None, changes_at=None), is_open=False),
        ["Closed, never opens (hours: off, UTC)."],
    ),
]


@pytest.mark.parametrize(("found", "lines"), LINES)
def test_lines(found: TeamExplanation, lines: list[str]):
    text = [line.strip() for line in tell(found, width=200).splitlines()]
    assert [line for line in lines if line not in text] == []


def test_each_channel_has_its_answer_at_the_top():
    text = tell(explanation(channel(), channel(channel=Channel.CALL, status=Status.UNSTAFFED, why="nobody is there")))
    assert text.splitlines()[:2] == [
        "sales on chat: ok – 1 available, target 1.",
        "sales on call: unstaffed – nobody is there.",
    ]


def test_long_lists_end_unless_everyone_is_wanted():
    people = [
        person(f"agent-{state}-{number:02}", state) for state in (State.AWAY, State.OFFLINE) for number in range(14)
    ]
    found = explanation(channel(*people, person("agent-silent", None)))
    short, whole = tell(found), tell(found, everyone=True)
    assert short.count("agent-away") == 12
    assert "    … and 2 more\n" in short
    assert "agent-offline" not in short
    assert "agent-silent" not in short
    assert "  14 offline: not connected\n" in short
    assert (whole.count("agent-away"), whole.count("agent-offline"), whole.count("agent-silent")) == (14, 14, 1)
    assert "… and" not in whole


@pytest.mark.parametrize("width", [60, 80, 140])
def test_lines_fit(width: int):
    groups = tuple(f"group number {number}" for number in range(3))
    found = explanation(channel(person(accounts=(account(groups=groups, reason="a long reason " * 4),))))
    assert max(len(line) for line in tell(found, width=width).splitlines()) <= width


def test_names_from_outside_do_nothing_to_a_terminal():
    evil = "Jane\x1b[31m\nsales on chat: ok\r\u202e"
    found = explanation(
        channel(person(evil, accounts=(account(presence=Presence.UNKNOWN, accepting=False, reason=evil),)))
    )
    text = tell(found)
    assert text.replace("\n", "").isprintable()
    assert text.count("\nsales on chat") == 0
