"""Whoever cannot see the wall, or cannot tell its colours, has it too: axe-core finds nothing, and landmarks lead."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
from wall.opened import Wall, Walls
from wall.scenes import EACH, each_status, ok, scene, unstaffed
from wall.whole import WHOLE

pytestmark = pytest.mark.asyncio(loop_scope="session")

RULES = {
    "resultTypes": ["violations", "incomplete"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

NO_TEXT = "only non-text characters"
"""Said of ≥ alone, which has the colour of the number behind it."""


async def found(wall: Wall) -> list[str]:
    """What axe-core holds against the page, and contrasts that it could not measure."""
    response: dict[str, Any] = (await Axe().run(wall.page, options=RULES)).response
    unmeasured = [rule for rule in response["incomplete"] if rule["id"] == "color-contrast"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in [*response["violations"], *unmeasured]
        for node in rule["nodes"]
        if NO_TEXT not in node["failureSummary"]
    ]


async def test_axe_finds_nothing_on_the_wall_in_the_dialog_and_without_a_connection(walls: Walls):
    walls.may_be_refused = True
    served = await walls.serve(each_status())
    served.behind.explanations["tight"] = WHOLE
    wall = await walls.open(served.base, f"team=none,{','.join(make.__name__ for make in EACH)}")
    await wall.shows()

    async def finds_nothing() -> None:
        for theme in ("dark", "light"):
            await wall.wears(theme)
            assert await found(wall) == []

    await finds_nothing()
    await wall.tile("tight").get_by_role("button").click()
    await expect(wall.dialog).to_contain_text("agent-full")
    await finds_nothing()
    await wall.page.keyboard.press("Escape")
    await served.stop()
    await wall.pass_seconds(9)
    await expect(wall.lost).to_be_visible()
    await finds_nothing()


TREE = """\
- banner:
  - heading "agentmon – Teams now" [level=1]
  - list "Tiles by status":
    - listitem: 1 unstaffed
    - listitem: 1 ok
  - link "status page":
    - /url: ./
  - text: 17:06
- main:
  - heading "Teams, the worst first" [level=2]
  - list "Teams, the worst first":
    - listitem:
      - button /^sales, chat. unstaffed/
    - listitem:
      - button /^billing, chat. ok/
- contentinfo:
  - region "Sources in trouble":
    - heading "Sources in trouble" [level=2]
    - list:
      - listitem: "liveagent last poll failed · timeout: no answer in 10 s"
      - listitem: "comm100 expired · auth: the log-in is refused (HTTP 401) · data 5 min old"
- status
"""


async def test_landmarks_headings_and_lists_lead_through_it(walls: Walls):
    wall = await walls.look(scene(unstaffed("sales"), ok("billing")))
    await expect(wall.page.locator("body")).to_match_aria_snapshot(TREE)


CONTRASTS = """() => {
        const light = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
                .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const contrast = (one, other) => {
            const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
            return (bright + 0.05) / (dark + 0.05);
        };
        return [...document.querySelectorAll(".tile")].flatMap((tile) => {
            const style = (part) => getComputedStyle(tile.querySelector(part));
            const ground = style(".face").backgroundColor;
            const name = tile.dataset.status;
            const told = [
                [`${name} icon`, contrast(style(".icon-shape").fill, ground)],
                [`${name} line`, contrast(style(".spark-line").stroke, ground)],
            ];
            if (!tile.querySelector(".bar-unknown")) {
                told.push([`${name} bar`, contrast(style(".bar-fill").backgroundColor, style(".bar").backgroundColor)]);
            }
            return told;
        });
    }"""


async def test_signs_are_told_from_their_ground(walls: Walls):
    """Icons, bars and lines: a contrast of 3 to what they stand on, which axe-core does not look at."""
    wall = await walls.look(each_status())
    for theme in ("dark", "light"):
        await wall.wears(theme)
        contrasts = await wall.page.evaluate(CONTRASTS)
        assert len(contrasts) > 14
        assert [(name, round(contrast, 2)) for name, contrast in contrasts if contrast < 3] == [], theme
