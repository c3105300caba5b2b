"""Names, reasons and errors come from outside: whatever they are, they are text and stay in their place."""

import pytest
from builders import channel_report, failed, report, silent_source, spec, team_report
from playwright.async_api import expect
from wall.opened import Walls
from wall.scenes import NOW, ok
from web.explanations import account, channel, explanation, person, selector, source

from monitor.errors import Reason
from monitor.model import Failure, State, Status

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;b&gt;"
LONG = "w" * 5_000
RIGHT_TO_LEFT = "\u202eevil\u2066 \u05e9\u05dc\u05d5\u05dd\u0000\n"
NAMES = (MARKUP, LONG, RIGHT_TO_LEFT, "__proto__", "a/b?c#d%2e", "constructor")


async def test_nothing_from_outside_does_anything(walls: Walls):
    teams = [
        team_report(
            name,
            channel_report(Status.TIGHT, why=f"because of {name}"),
            sources={name: True},
            problems=(name,),
        )
        for name in NAMES
    ]
    sources = [
        silent_source(name, spec=spec(name, name), polls=3, last_success=NOW - 300, failure=failed(Reason.DECODE, name))
        for name in NAMES
    ]
    served = await walls.serve(report(*teams, ok("calm"), *sources))
    for name in NAMES:
        told = person(name, State.IDLE, accounts=(account(name, name=name, reason=name, groups=(name,)),), why=name)
        both = person(name, State.AWAY, accounts=(account(name, name=name), account(name, name=name)))
        served.behind.explanations[name] = explanation(
            channel(told, both, why=name),
            team=name,
            complete=False,
            missing=(name,),
            sources=(source(name, vendor=name, failure=Failure(Reason.DECODE, name), costs=name, notes=(name,)),),
            selectors=(selector(name, problems=(name,)),),
        )
    wall = await walls.open(served.base)
    alerts: list[str] = []
    wall.page.on("dialog", lambda dialog: alerts.append(dialog.message))
    await wall.shows()
    await expect(wall.tiles).to_have_count(len(NAMES) + 1)
    assert not await wall.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for number in range(len(NAMES)):
        await wall.buttons.nth(number).click()
        await expect(wall.dialog.locator(".detail-foot")).to_be_visible()
        assert not await wall.dialog.evaluate("(node) => node.scrollWidth > node.clientWidth")
        await wall.page.keyboard.press("Escape")
    assert await wall.page.locator("img, b").count() == 0
    assert await wall.page.locator("script").count() == 1
    assert alerts == []


async def test_markup_is_shown_as_it_was_written_and_marks_of_direction_are_not(walls: Walls):
    found = report(team_report(MARKUP), team_report(RIGHT_TO_LEFT))
    served = await walls.serve(found)
    wall = await walls.open(served.base)
    await wall.shows()
    assert sorted(await wall.page.locator(".name").all_text_contents()) == sorted(
        [MARKUP, " evil  \u05e9\u05dc\u05d5\u05dd "]
    )
