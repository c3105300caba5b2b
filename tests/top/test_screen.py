"""What stands on the screen at which size: the worst first, and what is not known never as a number."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from builders import T0, agents, channel_report, failed, row, silent_source, source_report, team_report
from msgspec.structs import replace
from top.scenes import HOUR, OPEN, SHUT, WHERE, busy_day, centre, names, saturated, scene, seen, styles, told, written

from monitor.cli.top.board import Lost
from monitor.cli.top.look import LAST, Look
from monitor.cli.top.rows import Wanted
from monitor.cli.top.screen import draw
from monitor.errors import Reason
from monitor.model import Channel, Opening, Status, Targets

TEAMS = ("sales", "billing", "mixed", "support", "night")
LOST = Lost(T0.wall - 9, "cannot reach it", 4.2)

WIDE = """
agentmon   ▲ 1 saturated  ? 1 unknown  ✓ 3 ok  ○ 1 closed   http://127.0.0.1:9877                                              live 17:06:40

   status     team     channel  available     free  occupied                     waiting  hours               data  why
▲  saturated  sales    chat           0/2      0/3  100%/80%  ████████████│██  4 (2 min)                       3 s  everybody is full
?  unknown    billing  chat     unknown/1        –         –                           –                   no data  nobody is proved availa…
✓  ok         mixed    chat         ≥ 1/1      ≥ 3         –                           –  closes 20:06         0 s  no fresh data from b
✓  ok         support  chat           5/2      9/4   25%/85%  ████░░░░░░░░│░░          –                       0 s
✓  ok         support  ticket         2/1        –         –                           –                       0 s
○  closed     night    chat           1/1        3        0%  ░░░░░░░░░░░░░░░          –  opens Mon 08:06      0 s


Sources in trouble
▲ b expired · rate limited: too many · data 34 s old
▲ c waiting for its first data

q quit  t trouble▼  n name  a available  o occupancy  w waiting  r reverse  ↑ ↓ PgUp PgDn scroll
"""  # noqa: E501 - a wide screen
USUAL = """
agentmon   ▲ 1 saturated  ? 1 unknown  ✓ 3 ok  ○ 1 closed          live 17:06:40

   status     team     channel  available     free  occupied                data
▲  saturated  sales    chat           0/2      0/3  100%/80%  ███████│█      3 s
?  unknown    billing  chat     unknown/1        –         –             no data
✓  ok         mixed    chat         ≥ 1/1      ≥ 3         –                 0 s
✓  ok         support  chat           5/2      9/4   25%/85%  ██░░░░░│░      0 s
✓  ok         support  ticket         2/1        –         –                 0 s
○  closed     night    chat           1/1        3        0%  ░░░░░░░░░      0 s

Sources in trouble
▲ b expired · rate limited: too many · data 34 s old
▲ c waiting for its first data

q quit  t trouble▼  n name  a available  o occupancy  w waiting  r reverse
"""
SHORT = """
▲ 1 saturated  ? 1 unknown  ✓ 3 ok  ○ 1 closed
   status     team     channel  available     free  occupied
▲  saturated  sales    chat           0/2      0/3  100%/80%
?  unknown    billing  chat     unknown/1        –         –
✓  ok         mixed    chat         ≥ 1/1      ≥ 3         –
… and 3 more
▲ b expired · rate limited: too many · data 34 s old
▲ c waiting for its first data
q quit  t trouble▼  n name  a available  o occupancy
"""
NARROW = """
▲ 1 saturated  ? 1 unkn…
   team     available
▲  sales          0/2
?  billing  unknown/1
… and 4 more
▲ Sources in trouble: b…
"""
TINY = """
▲ 1 satur…
▲  sales
… and 5 m…
"""
LOST_SCREEN = """
 No connection since 17:06:31 – numbers are old
 cannot reach it · next try in 4 s

   status         team     channel  available     free  occupied
▲  was saturated  sales    chat           0/2      0/3  100%/80%
?  was unknown    billing  chat     unknown/1        –         –
✓  was ok         mixed    chat         ≥ 1/1      ≥ 3         –
✓  was ok         support  chat           5/2      9/4   25%/85%
… and 2 more

Sources in trouble
▲ b expired · rate limited: too many · data 34 s old
▲ c waiting for its first data

 No connection since 17:06:31 – numbers are old
q quit  t trouble▼  n name  a available  o occupancy  w waiting
"""


@pytest.mark.parametrize(
    ("size", "fields", "expected"),
    [
        row("a wide screen tells everything", (140, 16), {}, WIDE),
        row("on eighty columns hours, waiting and reasons give way", (80, 15), {}, USUAL),
        row("a short one shows the worst, and how many are left", (60, 9), {}, SHORT),
        row("a narrow one keeps sign, name and number", (24, 6), {}, NARROW),
        row("there is none too small", (10, 3), {}, TINY),
        row("without a connection all of it says so", (64, 16), {"lost": LOST}, LOST_SCREEN),
    ],
)
def test_a_screen(size: tuple[int, int], fields: dict[str, Any], expected: str) -> None:
    assert seen(scene(**fields), *size) == expected.strip("\n").split("\n")


def test_the_picture_in_the_readme_is_what_would_be_shown() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    picture = "\n".join(seen(scene(busy_day()), 116, 15))
    assert f"```\n{picture}\n```" in readme


@pytest.mark.parametrize("lost", [None, LOST])
def test_no_size_breaks_the_screen(lost: Lost | None) -> None:
    hostile = told(
        saturated("x" * 63, opening=OPEN),
        team_report("会議室の名前" * 5, channel_report(Status.TIGHT, why="e\u0301" * 300)),
        *(team_report(f"team-{number}") for number in range(30)),
        *(silent_source(f"source-{number}", failure=failed(Reason.CONNECT, "y" * 300)) for number in range(9)),
    )
    wanted = Wanted(("gone", *(team.name for team in hostile.teams)))
    for width, height in product((1, 2, 3, 9, 17, 24, 40, 61, 80, 132, 250), (1, 2, 3, 5, 6, 7, 8, 13, 14, 24, 60)):
        picture = draw(scene(hostile, lost=lost, wanted=wanted), width, height)
        assert len(picture.lines) == height
        assert max(line.cell_len for line in picture.lines) <= width


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("channel", "fields", "expected"),
    [
        row("a count against its target", {"agents": agents(idle=3), "targets": Targets(2)}, {}, "3/2"),
        row("nobody is 0 where that is known", {"agents": agents(away=3)}, {}, "0/1"),
        row("a floor", {"agents": agents(idle=3)}, {"complete": False}, "≥ 3/1"),
        row("a floor of 0 says nothing", {"agents": agents(away=3)}, {"complete": False}, "unknown/1"),
        row("no data is never 0", {}, {"sources": {"a": False}, "complete": False, "data_at": None}, "unknown/1"),
    ],
)
def test_available_people(channel: dict[str, Any], fields: dict[str, Any], expected: str) -> None:
    found = scene(told(team_report("t", channel_report(**channel), **fields), source_report()))
    title, line = seen(found, 100, 10)[1:3]
    end = title.index("available") + len("available")
    assert line[:end].endswith(f" {expected}")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"queue_length": 4, "queue_longest_wait": 130.0}, "4 (2 min)"),
        ({"queue_length": 0}, "0"),
        ({"queue_length": None}, "–"),
    ],
)
def test_who_waits(fields: dict[str, Any], expected: str) -> None:
    others = team_report("z", channel_report(queue_length=1))
    found = scene(told(team_report("a", channel_report(**fields)), others, source_report()))
    title, line = seen(found, 140, 10)[1:3]
    end = title.index("waiting") + len("waiting")
    assert line[:end].endswith(f" {expected}")


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        row("open until this evening", OPEN, "closes 20:06"),
        row("closed until tomorrow", SHUT, "opens Mon 08:06"),
        row("closed for good", Opening(is_open=False, since=None, opened_at=None, changes_at=None), "never opens"),
        row(
            "closed for a month",
            Opening(is_open=False, since=None, opened_at=None, changes_at=T0.wall + 31 * 24 * HOUR),
            "opens 16 Jul 17:06",
        ),
    ],
)
def test_the_next_opening_or_closing_in_local_time(opening: Opening, expected: str) -> None:
    assert expected in seen(scene(told(team_report("t", opening=opening))), 120, 10)[2]


def test_the_age_of_data_goes_on_by_itself() -> None:
    state = told(team_report("t", data_at=T0.wall - 3))
    for passed, age in ((0, " 3 s"), (40, " 43 s"), (100, " 2 min")):
        assert age in seen(scene(state, now=T0.wall + passed), 80, 10)[2]


def test_a_reason_is_told_of_calm_teams_only_where_something_is_not_known() -> None:
    calm = channel_report(why="5 available, target 1")
    tight = channel_report(Status.TIGHT, why="1 available, target 2")
    lines = written(scene(told(team_report("a", calm), team_report("b", tight))))
    assert [line.endswith("1 available, target 2") for line in lines[-2:]] == [True, False]
    assert not any("5 available" in line for line in lines)


# ------------------------------------------------------------------ order and scrolling


def test_columns_in_which_nothing_would_stand_are_left_out() -> None:
    (title,) = [line for line in written(scene(told(team_report("t")))) if "status" in line]
    assert title.split() == ["status", "team", "available", "free", "occupied", "data"]


def shown(look: Look, height: int = 9, state: Any = None) -> list[str]:
    return names(seen(scene(state, look=look), 60, height), *TEAMS)


def test_what_does_not_fit_can_be_scrolled_to() -> None:
    many = told(*(team_report(f"t{number}") for number in range(1, 21)))

    def rows(first: int) -> tuple[list[str], int]:
        found = scene(many, look=Look(first=first))
        picture = draw(found, 60, 10)
        return [line.split()[2] for line in seen(found, 60, 10)[2:-2]] + [seen(found, 60, 10)[-2]], picture.first

    assert rows(0) == (["t1", "t2", "t3", "t4", "t5", "t6", "… and 14 more"], 0)
    assert rows(5) == (["t6", "t7", "t8", "t9", "t10", "t11", "… 5 above, and 9 more"], 5)
    assert rows(LAST) == (["t15", "t16", "t17", "t18", "t19", "t20", "… 14 above"], 14)
    assert draw(scene(many), 60, 10).page == 6
    assert draw(scene(many, look=Look(first=5)), 60, 50).first == 0


def test_the_order_is_named_with_its_direction() -> None:
    assert "o occupancy▼" in seen(scene(look=Look("o")), 100, 20)[-1]
    assert "n name▲" in seen(scene(look=Look("n", is_reversed=True)), 100, 20)[-1]
    assert shown(Look("n")) == ["billing", "mixed", "night"]
    assert shown(Look("n", is_reversed=True)) == ["support", "support", "sales"]


# ------------------------------------------------------------------ what is wanted


def test_only_wanted_teams_their_channel_and_their_sources_are_shown() -> None:
    lines = seen(scene(wanted=Wanted(("support",), (Channel.CHAT,))), 100, 20)
    assert names(lines, *TEAMS) == ["support"]
    assert "✓ 1 ok" in lines[0]
    assert not any("Sources in trouble" in line for line in lines)
    assert "channel" not in lines[2]
    assert any("b expired" in line for line in seen(scene(wanted=Wanted(("mixed",))), 100, 20))


def test_a_wanted_team_that_is_gone_is_named() -> None:
    lines = seen(scene(wanted=Wanted(("support", "gone"), (Channel.VIDEO,))), 100, 20)
    assert "There is no team “gone”." in lines
    assert "No team has a channel “video”." in lines
    assert "No team fits what was asked for." in lines


def test_no_teams_at_all_are_told_how_to_make() -> None:
    assert any(line.startswith("No teams are configured.") for line in seen(scene(told(source_report())), 100, 20))


# ------------------------------------------------------------------ sources


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        row("well", source_report("a"), None),
        row("never heard of", silent_source("a"), "▲ a waiting for its first data"),
        row(
            "failing, but its data still in use",
            source_report("a", up=False, failure=failed(Reason.TIMEOUT, "no answer within 10 s")),
            "◐ a last poll failed · timeout: no answer within 10 s",
        ),
        row(
            "only its roster fails",
            source_report("a", roster_failure=failed(Reason.FORBIDDEN, "")),
            "◐ a roster cannot be read · forbidden",
        ),
        row(
            "a long reason is cut before the age",
            source_report(
                "a", up=False, fresh=False, last_success=T0.wall - 70, failure=failed(Reason.DECODE, "z" * 99)
            ),
            f"▲ a expired · decode: {'z' * 34}… · data 70 s old",
        ),
    ],
)
def test_a_source_in_trouble(source: Any, expected: str | None) -> None:
    lines = seen(scene(told(team_report("t"), source)), 73, 12)
    assert [line for line in lines if line.startswith(("▲ a", "◐ a"))] == ([expected] if expected else [])


def test_the_next_try_of_a_source_counts_down() -> None:
    state = told(team_report("t"), silent_source("a"))
    (source,) = state.sources
    state = replace(state, sources=(replace(source, next_poll_at=T0.wall + 20),))
    assert "▲ a waiting for its first data · next try in 15 s" in seen(scene(state, now=T0.wall + 5), 80, 12)
    assert "▲ a waiting for its first data" in seen(scene(state, now=T0.wall + 21), 80, 12)


# ------------------------------------------------------------------ hostile words, colours, pages


def test_words_from_outside_steer_no_terminal_and_are_no_markup() -> None:
    hostile = "[bold red]\x1b]0;x\x07\x1b[2J\u202e:smile:\r\nnext"
    state = told(
        team_report(hostile, channel_report(Status.TIGHT, why=hostile)),
        source_report(hostile, up=False, failure=failed(Reason.STATUS, hostile)),
    )
    plain = "[bold red] ]0;x  [2J :smile:  next"
    found = scene(state, where=hostile, lost=Lost(T0.wall, hostile))
    for lines in (seen(found, 300, 20), seen(scene(state, where=hostile), 300, 20), written(scene(state))):
        assert sum(line.count(plain) for line in lines) >= 3
        assert all(line.isprintable() for line in lines)


def test_colours_are_gone_from_what_is_old() -> None:
    assert "green" in styles(draw(scene(), 100, 20).lines)
    old = styles(draw(scene(lost=LOST), 100, 20).lines[2:-2])
    assert old <= {"", "dim", "bold"}


def test_a_page_is_whole_and_without_keys() -> None:
    lines = written(scene())
    assert lines[0] == f"agentmon   {WHERE}   as of 17:06:40"
    assert lines[1] == "▲ 1 saturated  ? 1 unknown  ✓ 3 ok  ○ 1 closed"
    assert names(lines, *TEAMS) == ["sales", "billing", "mixed", "support", "support", "night"]
    assert lines[-3:] == [
        "Sources in trouble",
        "▲ b expired · rate limited: too many · data 34 s old",
        "▲ c waiting for its first data",
    ]
    assert not any("quit" in line or "…" in line for line in lines)


def test_a_page_for_a_narrow_terminal_is_as_narrow() -> None:
    assert max(len(line) for line in written(scene(), 60)) <= 60


def test_a_page_without_teams_says_so() -> None:
    assert written(scene(told(source_report())))[-1].startswith("No teams are configured.")
    assert (
        written(scene(centre(), wanted=Wanted(("night",), (Channel.TICKET,))))[-1] == "No team fits what was asked for."
    )
