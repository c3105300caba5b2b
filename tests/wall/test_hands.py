"""A wall under somebody's hands: keys, the dialog, focus that stays, and a voice that does not chatter."""

import pytest
from builders import row
from playwright.async_api import Locator, expect
from running import eventually
from wall.opened import Served, Wall, Walls
from wall.scenes import each_status, ok, scene, tight, unstaffed
from wall.whole import WHOLE
from web.explanations import channel, explanation, person

from monitor.explanation import TeamExplanation
from monitor.model import State, Status

pytestmark = pytest.mark.asyncio(loop_scope="session")


def explained(team: str, *people: str, status: Status = Status.OK) -> TeamExplanation:
    found = [person(name, State.IDLE) for name in people]
    return explanation(channel(*found, status=status, why=f"{len(people)} available, target 1"), team=team)


async def opened(walls: Walls) -> tuple[Served, Wall]:
    served = await walls.serve(scene(ok("billing"), ok("sales")))
    served.behind.explanations |= {"billing": explained("billing", "agent-1"), "sales": explained("sales", "agent-2")}
    wall = await walls.open(served.base)
    await wall.shows()
    return served, wall


def face(wall: Wall, name: str) -> Locator:
    return wall.tile(name).get_by_role("button")


async def test_the_whole_way_by_keyboard(walls: Walls):
    _served, wall = await opened(walls)
    press = wall.page.keyboard.press
    await press("Tab")  # the link to the status page
    await press("Tab")
    await expect(face(wall, "billing")).to_be_focused()
    await press("Tab")
    await expect(face(wall, "sales")).to_be_focused()
    await press("Enter")
    await expect(wall.dialog.get_by_role("heading", level=2)).to_have_text("sales chat ok")
    await expect(wall.dialog).to_contain_text("agent-2")
    await press("Escape")
    await expect(wall.dialog).to_be_hidden()
    await expect(face(wall, "sales")).to_be_focused()
    await press("Space")
    await expect(wall.dialog).to_be_visible()
    await wall.dialog.get_by_role("button", name="Close").click()
    await expect(face(wall, "sales")).to_be_focused()


async def test_the_dialog_follows_its_team_and_keeps_what_was_unfolded(walls: Walls):
    served, wall = await opened(walls)
    await face(wall, "sales").click()
    idle = wall.dialog.locator("details[data-group=idle]")
    await expect(idle).to_have_attribute("open", "")
    await idle.locator("summary").click()
    await expect(idle).not_to_have_attribute("open", "")
    served.behind.explanations["sales"] = explained("sales", "agent-2", "agent-3", status=Status.TIGHT)
    served.behind.publish(scene(ok("billing"), tight("sales")))
    await wall.pass_seconds(3)
    await expect(wall.dialog.get_by_role("heading", level=2)).to_have_text("sales chat tight", timeout=4_000)
    await expect(idle).to_contain_text("2 idle")
    await expect(idle).not_to_have_attribute("open", "")


async def test_the_dialog_says_when_it_cannot_be_read(walls: Walls):
    walls.may_be_refused = True
    served, wall = await opened(walls)
    del served.behind.explanations["billing"]
    await face(wall, "billing").click()
    await expect(wall.dialog).to_contain_text("The explanation could not be read: there is no such team any more.")
    await wall.page.keyboard.press("Escape")
    await face(wall, "sales").click()
    await expect(wall.dialog).to_contain_text("agent-2")
    await served.stop()
    await wall.pass_seconds(11)
    await expect(wall.dialog).to_contain_text("It could not be refreshed; this is as of 17:06:40.")
    await expect(wall.dialog).to_contain_text("agent-2")


SAID = [
    row("why", "nobody is proved available"),
    row("what is missing", "The data is incomplete, so that numbers are floors (≥): comm100 expired 3 min ago."),
    row("hours", "Open since 09:00, closes 19:00 (hours: Mo-Fr 09:00-19:00, Europe/Paris)."),
    row("a floor of 0 says nothing", "available\n– target 2"),
    row("a floor", "free slots\n≥ 3 target 4"),
    row("no occupancy", "slot occupancy\n– target 85%"),
    row("the people of a state", "1 full accepting, but no slot is free"),
    row("an account", "agent-full iadvize 13: accepting, 3 used, 0 free, in a, b, c and 2 more"),
    row("accounts", "comm100 other: nothing said of them here"),
    row("a limit", "at most 4 in all tools: holds 3, 2 of them elsewhere, 1 left"),
    row("what else decided", "an account of theirs is in an expired source"),
    row("a reason", "connected, “lunch”, 0 used, 0 free, nothing done for 10 min"),
    row("the doubtful", "1 in no state nothing is proved of them"),
    row("those who are not there, folded", "1 offline not connected"),
    row("those of whom nothing is said", "1 not counted no source says anything of them here"),
    row("a source", "iadvize (iadvize): fresh, 4 s old (good for 60 s)"),
    row(
        "a source in trouble",
        "comm100 (comm100): expired, 4 min old (good for 60 s); its last poll failed: timeout: no answer in 10 s; "
        "nobody in it is counted",
    ),
    row("whether people are named", "People go by pseudonym."),
    row("whose time it is", "Times are in this browser's time zone, Europe/Paris."),
]


async def test_the_dialog_tells_what_the_explanation_tells(walls: Walls):
    served = await walls.serve(scene(ok("sales")))
    served.behind.explanations["sales"] = WHOLE
    wall = await walls.open(served.base)
    await face(wall, "sales").click()
    await expect(wall.dialog).to_contain_text("agent-full")
    text = await wall.dialog.inner_text()
    assert [case.id for case in SAID if case.values[0] not in text] == []
    assert "agent-off" not in text  # folded


async def test_tiles_stay_under_a_pointer_and_sort_when_it_leaves(walls: Walls):
    served = await walls.serve(scene(ok("a"), ok("b"), ok("c")))
    wall = await walls.open(served.base)
    await face(wall, "b").hover()
    served.behind.publish(scene(ok("a"), ok("b"), unstaffed("c")))
    await expect(wall.part("c", "status")).to_have_text("unstaffed")
    await wall.pass_seconds(2)
    assert await wall.names() == ["a", "b", "c"]
    await wall.page.mouse.move(5, 5)
    await wall.pass_seconds(2)
    assert await wall.names() == ["c", "a", "b"]


async def test_focus_goes_with_its_tile_and_to_a_neighbour_of_one_that_is_gone(walls: Walls):
    served = await walls.serve(scene(ok("a"), ok("b"), ok("c")))
    wall = await walls.open(served.base)
    await face(wall, "b").focus()
    served.behind.publish(scene(ok("a"), ok("b"), unstaffed("c")))
    await expect(wall.part("c", "status")).to_have_text("unstaffed")
    assert await wall.names() == ["a", "b", "c"]
    await wall.pass_seconds(61)
    assert await wall.names() == ["c", "a", "b"]
    await expect(face(wall, "b")).to_be_focused()
    served.behind.publish(scene(ok("a"), unstaffed("c")))
    await expect(wall.tiles).to_have_count(2)
    await expect(face(wall, "a")).to_be_focused()


async def test_it_speaks_of_changed_statuses_only_and_not_all_the_time(walls: Walls):
    served = await walls.serve(each_status())
    wall = await walls.open(served.base)
    await wall.shows()
    await expect(wall.spoken).to_have_text("")
    served.behind.publish(scene(ok("tight"), ok("ok", available=9)))
    await expect(wall.spoken).to_have_text("tight, chat: ok, was tight.")
    served.behind.publish(scene(unstaffed("tight"), ok("ok", available=4)))
    await expect(wall.part("tight", "status")).to_have_text("unstaffed")
    await expect(wall.spoken).to_have_text("tight, chat: ok, was tight.")  # too soon for another sentence
    await wall.pass_seconds(6)
    await expect(wall.spoken).to_have_text("tight, chat: unstaffed, was ok.")


async def test_many_changes_at_once_are_one_sentence(walls: Walls):
    names = [f"team{number}" for number in range(5)]
    served = await walls.serve(scene(*map(ok, names)))
    wall = await walls.open(served.base)
    await wall.shows()
    served.behind.publish(scene(*map(unstaffed, names[:4]), tight("team4")))
    await expect(wall.spoken).to_have_text("5 teams changed their status: 4 unstaffed, 1 tight.")


@pytest.mark.parametrize(("wish", "moves"), [("no-preference", True), ("reduce", False)])
async def test_tiles_slide_only_where_motion_is_welcome(walls: Walls, wish: str, *, moves: bool):
    served = await walls.serve(scene(ok("a"), ok("b")))
    wall = await walls.open(served.base, reduced_motion=wish)
    await wall.shows()
    await wall.page.evaluate("""() => {
        window.slides = 0;
        const animate = Element.prototype.animate;
        Element.prototype.animate = function (...given) { window.slides += 1; return animate.apply(this, given); };
    }""")
    served.behind.publish(scene(ok("a"), unstaffed("b")))

    async def is_sorted() -> bool:
        return await wall.names() == ["b", "a"]

    await eventually(is_sorted)
    assert (await wall.page.evaluate("window.slides") > 0) is moves
