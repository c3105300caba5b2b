"""A wall that hears nothing says so, loudly and since when; and it comes back by itself."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, expect
from running import eventually
from wall.opened import STREAM, Wall, Walls
from wall.scenes import each_status, ok, scene, unstaffed

pytestmark = pytest.mark.asyncio(loop_scope="session")

SINCE = "No connection since 17:06:4"


async def is_grey(wall: Wall, name: str) -> bool:
    """Whether nothing of a tile has the colour of a status any more."""
    channels = await wall.part(name, "face").evaluate(
        "node => getComputedStyle(node).backgroundColor.match(/\\d+/g).map(Number)"
    )
    return max(channels) - min(channels) < 10


async def test_before_the_first_data_it_is_connecting(walls: Walls):
    async def say_nothing(_route: Route) -> None:
        pass

    served = await walls.serve(each_status())
    wall = await walls.open(served.base, stream=say_nothing, time="stands")
    await expect(wall.message).to_have_text("Connecting …")
    await expect(wall.lost).to_be_hidden()
    await wall.pass_seconds(9)
    await expect(wall.lost).to_have_text("No connection since 17:06:40 – nothing has been received yet")
    await expect(wall.message).to_have_text("Connecting …")


async def test_when_the_server_goes_the_whole_wall_says_since_when_and_when_it_comes_it_recovers(walls: Walls):
    walls.may_be_refused = True
    served = await walls.serve(scene(unstaffed("sales"), ok("billing")))
    wall = await walls.open(served.base)
    await wall.shows()
    assert not await is_grey(wall, "sales")
    await expect(wall.lost).to_be_hidden()
    await expect(wall.part("sales", "spark-end")).not_to_have_attribute("d", "")

    await served.stop()
    await expect(wall.lost).to_contain_text(SINCE)
    await expect(wall.lost).to_contain_text("numbers are old")
    for theme in ("dark", "light"):
        await wall.wears(theme)
        assert await is_grey(wall, "sales")
    await expect(wall.part("sales", "status")).to_have_text("unstaffed")
    await expect(wall.spoken).to_contain_text(SINCE)
    assert await wall.page.title() == "No connection – agentmon"
    await wall.pass_seconds(120)
    await expect(wall.part("billing", "age")).to_have_text("2 min old")
    await expect(wall.part("sales", "spark-end")).to_have_attribute("d", "")  # nobody knows what is now

    served.behind.report = scene(ok("sales"), ok("billing"))
    await served.restart()
    await expect(wall.part("sales", "status")).to_have_text("ok", timeout=10_000)
    await expect(wall.lost).to_be_hidden()
    await expect(wall.spoken).to_have_text("Connected again.")
    assert await wall.page.title() == "agentmon"


async def test_silence_on_an_open_connection_is_a_lost_one_too(walls: Walls):
    wall = await walls.look(each_status())
    await wall.pass_seconds(6)
    await expect(wall.lost).to_be_hidden()
    await wall.pass_seconds(9)
    await expect(wall.lost).to_contain_text(SINCE)
    await wall.pass_seconds(2)  # it connects anew, and this server speaks at once
    await expect(wall.lost).to_be_hidden()


async def test_an_error_that_mends_itself_at_once_is_not_worth_a_word(walls: Walls):
    walls.may_be_refused = True
    served = await walls.serve(scene(ok("sales")))
    wall = await walls.open(served.base)
    await wall.shows()
    losses = await losses_of(wall.page)
    served.behind.report = scene(unstaffed("sales"))
    await served.restart()
    await expect(wall.part("sales", "status")).to_have_text("unstaffed", timeout=10_000)
    assert await losses() == 0


async def losses_of(page: Page) -> Callable[[], Awaitable[int]]:
    await page.evaluate("""() => {
        window.losses = 0;
        new MutationObserver(() => { window.losses += "lost" in document.documentElement.dataset; })
            .observe(document.documentElement, { attributes: true, attributeFilter: ["data-lost"] });
    }""")
    return lambda: page.evaluate("window.losses")


async def test_answers_that_are_errors_are_asked_again_later_and_later(walls: Walls):
    walls.may_be_refused = True
    served = await walls.serve(each_status())
    wall = await walls.open(served.base)
    await wall.shows()
    refused = 0

    async def refuse(route: Route) -> None:
        nonlocal refused
        refused += 1
        await route.fulfill(status=502, body="Bad Gateway")

    await wall.page.route(STREAM, refuse)
    await served.restart()
    await eventually(lambda: refused == 1)
    for wait in (1, 2, 4):
        before = refused
        await wall.pass_seconds(wait)
        await eventually(lambda before=before: refused > before, deadline=3)  # silence alone would take longer
    await wall.pass_seconds(4)
    await expect(wall.lost).to_contain_text(SINCE)
    await wall.page.unroute(STREAM)
    await wall.pass_seconds(16)
    await expect(wall.lost).to_be_hidden()


async def test_another_version_of_agentmon_brings_its_own_page(walls: Walls):
    walls.may_be_refused = True
    served = await walls.serve(each_status())
    wall = await walls.open(served.base)
    await wall.shows()
    served.version = "2.0.0"
    async with wall.page.expect_event("load", timeout=10_000):
        await served.restart()
    await wall.shows()
