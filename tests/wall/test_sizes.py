"""Tiles fill the screen and their type can be read from afar; pictures of it are kept in $AGENTMON_PICTURES."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect
from running import eventually
from wall.opened import SIZES, Wall, Walls
from wall.scenes import centre, past
from wall.whole import WHOLE

from monitor.model import TeamReport

pytestmark = pytest.mark.asyncio(loop_scope="session")

CAPITAL = 0.7
"""Height of a capital letter by the size of its type."""
FAR = 0.018
"""Height of the capitals of a team's name by that of the screen: 12 mm on one that is 0.68 m high."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("AGENTMON_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def look(walls: Walls, count: int, query: str = "", size: str = "1080p") -> Wall:
    found = centre(count)
    history = {team.name: past(team.name, available(team)) for team in found.teams}
    served = await walls.serve(found)
    served.behind.explanations |= {team.name: WHOLE for team in found.teams}
    wall = await walls.open(served.base, query, size=size, history=history)
    await wall.shows()
    await expect(wall.part("sales-fr", "spark-line")).to_have_attribute("d", re.compile("V.*V.*V"))
    return wall


def available(team: TeamReport) -> int | None:
    return team.channels[0].available if team.has_data else None


async def overflows(wall: Wall) -> list[str]:
    """Faces whose content does not fit into them."""
    return await wall.page.evaluate("""() => [...document.querySelectorAll(".face")]
        .filter((face) => face.checkVisibility())
        .filter((face) => face.scrollHeight > face.clientHeight + 1 || face.scrollWidth > face.clientWidth + 1)
        .map((face) => face.getAttribute("aria-label"))""")


async def scrolls(wall: Wall) -> bool:
    return await wall.page.evaluate(
        "document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth"
    )


async def test_up_to_24_teams_fit_without_scrolling_and_their_names_are_large(walls: Walls):
    served = await walls.serve(centre(1))
    wall = await walls.open(served.base)

    async def capital() -> float:
        """Height of a capital of a name, by that of the screen."""
        type_size = await wall.style(wall.part("sales-fr", "name"), "font-size")
        return float(type_size.removesuffix("px")) * CAPITAL / (await wall.page.evaluate("innerHeight"))

    async def is_laid_out() -> bool:
        """Whether, once the page has drawn what came, letters are large and nothing is cut off or out of sight."""
        return await capital() > FAR and not await scrolls(wall) and await overflows(wall) == []

    for size, counts in {"1080p": (1, 2, 3, 5, 8, 12, 17, 24), "4k": (24, 7)}.items():
        width, height = SIZES[size]
        await wall.page.set_viewport_size({"width": width, "height": height})
        for count in counts:
            served.behind.publish(centre(count))
            await expect(wall.tiles).to_have_count(count)
            await eventually(is_laid_out, 5.0, f"{count} teams on {size}, whole and read from afar")


async def test_more_teams_scroll_below_a_header_that_stays(walls: Walls):
    wall = await look(walls, 60)
    assert await scrolls(wall)
    assert await overflows(wall) == []
    await wall.tiles.last.scroll_into_view_if_needed()
    await expect(wall.page.locator(".counts")).to_be_in_viewport()
    await expect(wall.page.get_by_role("region", name="Sources in trouble")).to_be_in_viewport()


async def test_a_phone_has_one_column(walls: Walls):
    wall = await look(walls, 5, size="phone")
    boxes = [await tile.bounding_box() for tile in await wall.tiles.all()]
    assert {box["x"] for box in boxes if box} == {boxes[0]["x"] if boxes[0] else None}
    assert await overflows(wall) == []
    assert not await wall.page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.skipif(
    not os.environ.get("AGENTMON_PICTURES") and os.environ.get("CI") != "true",
    reason="pictures are drawn where somebody wants them: set AGENTMON_PICTURES to a folder",
)
@pytest.mark.parametrize(
    ("name", "count", "size"),
    [("1080p", 24, "1080p"), ("4k", 24, "4k"), ("phone", 6, "phone"), ("dialog", 12, "1080p"), ("lost", 12, "1080p")],
)
async def test_pictures(walls: Walls, pictures: Path, name: str, count: int, size: str):
    walls.may_be_refused = True
    wall = await look(walls, count, size=size)
    if name == "dialog":
        await wall.buttons.first.click()
        await expect(wall.dialog).to_contain_text("agent-full")
    if name == "lost":
        await wall.pass_seconds(9)
        await expect(wall.lost).to_be_visible()
    for theme in ("dark", "light"):
        await wall.wears(theme)
        file = pictures / f"wall-{name}-{theme}.png"
        await wall.page.screenshot(path=file)
        assert file.stat().st_size > 10_000
