"""What the address of the page asks for: teams, a channel, pages that turn, a theme; and what of it makes no sense."""

import pytest
from builders import channel_report, report, row, source_report, team_report
from playwright.async_api import expect
from wall.opened import Walls
from wall.scenes import centre, each_status, ok, scene

from monitor.model import Channel

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILTERS = [
    row("two teams, still the worst first", "team=ok&team=tight", ["tight", "ok"], []),
    row("two teams with a comma", "team=ok,%20tight", ["tight", "ok"], []),
    row("a team that is not there", "team=ok&team=sails", ["ok"], ["There is no team “sails”."]),
    row("no team that is there", "team=<b>x</b>", [], ["There is no team “<b>x</b>”."]),
    row("a channel that no team has", "channel=fax", [], ["No team has a channel “fax”."]),
    row("no length of time", "team=ok&rotate=often", ["ok"], ["rotate=often is no length of time; write 20s or 2m."]),
    row("no theme", "team=ok&theme=pink", ["ok"], ["theme=pink is not known; there are dark and light."]),
    row(
        "a parameter with a slip",
        "teams=ok&team=ok",
        ["ok"],
        ["The wall knows no “teams”; there are team, channel, rotate and theme."],
    ),
]


async def test_what_is_asked_for(walls: Walls):
    served = await walls.serve(each_status())
    wall = await walls.open(served.base, size="phone")
    for case in FILTERS:
        query, names, notices = case.values
        await wall.page.goto(f"{served.base}/wall?{query}")
        if names:
            await wall.shows()
        else:
            await expect(wall.message).to_have_text("No team fits what the address of this page asks for.")
        assert (await wall.names(), await wall.notices.all_inner_texts()) == (names, notices), case.id


async def test_a_channel_leaves_the_others_out(walls: Walls):
    both = (channel_report(), channel_report(channel=Channel.CALL))
    found = report(team_report("both", *both), ok("chat-only"), source_report())
    wall = await walls.look(found, "channel=call")
    assert await wall.names() == ["both"]
    assert "call" in str(await wall.buttons.first.get_attribute("aria-label"))


async def test_sources_of_other_teams_are_no_trouble_of_ours(walls: Walls):
    wall = await walls.look(each_status(), "team=unknown")
    sources = wall.page.get_by_role("region", name="Sources in trouble").get_by_role("listitem")
    await expect(sources).to_have_count(1)
    await expect(sources).to_contain_text("comm100 expired")


async def test_without_teams_it_says_how_there_come_some(walls: Walls):
    served = await walls.serve(report())
    wall = await walls.open(served.base)
    await expect(wall.message).to_contain_text("No teams are configured.")
    served.behind.publish(scene(ok("first")))
    await wall.shows()
    await expect(wall.message).to_be_hidden()
    served.behind.publish(report())
    await expect(wall.message).to_contain_text("No teams are configured.")
    await expect(wall.tiles).to_have_count(0)


THEMES = [
    row("nothing said: what the browser wishes", "", "light", "light"),
    row("nothing said: dark for who wishes it", "", "dark", "dark"),
    row("dark on a light browser", "theme=dark", "light", "dark"),
    row("light on a dark browser", "theme=light", "dark", "light"),
]


async def test_the_theme(walls: Walls):
    served = await walls.serve(scene(ok()))
    wall = await walls.open(served.base, size="phone")

    async def theme() -> str:
        red = await wall.page.evaluate("+getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/)[0]")
        return "light" if red > 128 else "dark"

    for case in THEMES:
        query, wish, expected = case.values
        await wall.page.emulate_media(color_scheme=wish)
        await wall.page.goto(f"{served.base}/wall?{query}")
        await wall.shows()
        assert await theme() == expected, case.id
    await wall.page.goto(f"{served.base}/wall")
    await wall.shows()
    await wall.wears("light")
    assert await theme() == "light"


async def test_a_full_wall_turns_its_pages(walls: Walls):
    wall = await walls.look(centre(30), "rotate=20s")
    pages = wall.page.get_by_role("navigation", name="Pages")
    await expect(pages).to_contain_text("1 of 2")
    first = await wall.names()
    assert len(first) == 24
    await wall.pass_seconds(21)
    await expect(pages).to_contain_text("2 of 2")
    second = await wall.names()
    assert len(second) == 6
    assert not set(first) & set(second)
    await wall.pass_seconds(21)
    await expect(pages).to_contain_text("1 of 2")
    assert await wall.names() == first


async def test_pages_wait_for_whoever_looks_closer(walls: Walls):
    wall = await walls.look(centre(30), "rotate=20s")
    pages = wall.page.get_by_role("navigation", name="Pages")
    await wall.tiles.nth(2).hover()
    await wall.pass_seconds(30)
    await expect(pages).to_contain_text("1 of 2 · paused")
    await wall.pass_seconds(61)  # a pointer that lies still for a minute is nobody
    await expect(pages).to_contain_text("2 of 2")

    await wall.page.mouse.move(1900, 2)
    await wall.page.keyboard.press("ArrowLeft")
    await expect(pages).to_contain_text("1 of 2 · paused")
    await wall.page.get_by_role("button", name="Pause").click()
    await wall.pass_seconds(300)
    await expect(pages).to_contain_text("1 of 2 · paused")
    await wall.page.get_by_role("button", name="Next page").click()
    await expect(pages).to_contain_text("2 of 2 · paused")
    await wall.page.get_by_role("button", name="Resume").click()
    await wall.pass_seconds(21)
    await expect(pages).to_contain_text("1 of 2")


async def test_where_all_fit_there_is_nothing_to_turn(walls: Walls):
    wall = await walls.look(centre(24), "rotate=20s")
    await expect(wall.page.get_by_role("navigation", name="Pages")).to_be_hidden()
    await wall.pass_seconds(21)
    assert len(await wall.names()) == 24
