"""What a tile says: status by word, shape and colour, floors as floors, and what is absent with its reason."""

import pytest
from builders import channel_report, report, row, source_report, team_report
from playwright.async_api import expect
from wall.opened import Walls
from wall.scenes import EACH, NOW, centre, closed, each_status, ok, past, scene, tight, unknown

from monitor.model import Channel, Opening, Status

pytestmark = pytest.mark.asyncio(loop_scope="session")

FACES = [
    row("unstaffed", "unstaffed", "nobody of 6 is staffed", "0/1", "0", "occupancy –", "closes 22:00", "0 s old"),
    row(
        "saturated, with people waiting",
        "saturated",
        "4 staffed, and nobody has a free slot",
        "0/2",
        "0",
        "100% occupied",
        "7 waiting",
        "0 s old",
    ),
    row("tight", "tight", "1 available, target 3", "1/3", "2/4", "83% occupied", "closes 22:00", "0 s old"),
    row(
        "unknown: nothing is a number",
        "unknown",
        "nobody is proved available, target 1, while data is missing: comm100 expired 5 min ago",
        "–/1",
        "–",
        "occupancy –",
        "",
        "no data",
    ),
    row("ok", "ok", "", "5/3", "14/4", "30% occupied", "closes 22:00", "4 s old"),
    row("a floor", "floor", "no fresh data from comm100", "≥3/2", "–", "occupancy –", "", "11 s old"),
    row("closed until another day", "closed", "", "0/1", "0", "occupancy –", "opens Mon 10:00", "0 s old"),
]


async def test_each_status_as_it_looks(walls: Walls):
    wall = await walls.look(each_status(), time="stands")
    assert await wall.names() == ["unstaffed", "saturated", "unknown", "tight", "floor", "ok", "closed"]
    for case in FACES:
        name, why, available, free, load, *foot = case.values
        await expect(wall.part(name, "status")).to_have_text("ok" if name == "floor" else name)
        await expect(wall.part(name, "why")).to_have_text(why)
        await expect(wall.part(name, "figure-line").first).to_have_text(available)
        await expect(wall.part(name, "figure-line").nth(1)).to_have_text(free)
        await expect(wall.part(name, "bar-text")).to_have_text(load)
        await expect(wall.part(name, "foot")).to_have_text("".join(foot))


async def test_no_status_is_told_by_colour_alone_and_none_shares_one(walls: Walls):
    wall = await walls.look(scene(*(make() for make in EACH if make.__name__ != "floor")))
    shapes, grounds = set(), set()
    for name in await wall.names():
        shapes.add(await wall.part(name, "status").locator(".icon-shape").get_attribute("d"))
        faint, accent = await wall.style(wall.tile(name), "--ground"), await wall.style(wall.tile(name), "--accent")
        grounds.add((faint, accent))
    assert len(shapes) + sum("10.5 10.5 0 1 0 0 21" in str(shape) for shape in shapes) - 2 == 6
    assert len(grounds) == 6


async def test_what_is_absent_tells_why(walls: Walls):
    wall = await walls.look(scene(unknown("hidden"), ok("whole")))
    assert await wall.part("hidden", "figure").first.get_attribute("title") == (
        "available unknown: no fresh data from comm100"
    )
    assert await wall.part("hidden", "figure").nth(1).get_attribute("title") == (
        "free slots unknown: no fresh data from comm100"
    )
    assert await wall.part("hidden", "load").get_attribute("title") == "occupancy unknown: no fresh data from comm100"
    assert await wall.part("whole", "figure").first.get_attribute("title") is None


async def test_a_label_says_the_whole_tile_in_sentences(walls: Walls):
    wall = await walls.look(each_status(), time="stands")
    labels = {
        await tile.locator(".name").inner_text(): await tile.get_by_role("button").get_attribute("aria-label")
        for tile in await wall.tiles.all()
    }
    assert labels["tight"] == (
        "tight, chat: tight. 1 available, target 3. 1 available, target 3. 2 free slots, target 4. 83% occupied. "
        "closes 22:00. Data of 17:06:40."
    )
    assert labels["floor"] == (
        "floor, chat: ok. no fresh data from comm100. at least 3 available, target 2. unknown free slots. "
        "occupancy unknown. Data of 17:06:29."
    )
    assert labels["unknown"] is not None
    assert "unknown available, target 1." in labels["unknown"]
    assert labels["saturated"] is not None
    assert "7 waiting." in labels["saturated"]


async def test_the_bar_is_as_long_as_the_occupancy_and_has_its_target_in_its_place(walls: Walls):
    wall = await walls.look(scene(tight()))
    bar = await wall.part("tight", "bar").bounding_box()
    fill = await wall.part("tight", "bar-fill").bounding_box()
    mark = await wall.part("tight", "bar-target").bounding_box()
    assert bar
    assert fill
    assert mark
    assert fill["width"] / bar["width"] == pytest.approx(10 / 12, abs=0.01)
    assert (mark["x"] + mark["width"] / 2 - bar["x"]) / bar["width"] == pytest.approx(0.75, abs=0.01)
    await expect(wall.part("tight", "load")).to_have_attribute("title", "target 75%")


async def test_the_age_is_counted_in_the_browser_from_the_clock_of_the_server(walls: Walls):
    served = await walls.serve(scene(ok()))
    wall = await walls.open(served.base, time="stands")
    await wall.page.clock.set_system_time(NOW - 86_400)  # a browser whose own clock is a day slow
    await expect(wall.part("ok", "age")).to_have_text("4 s old")
    await wall.pass_seconds(6)
    await expect(wall.part("ok", "age")).to_have_text("10 s old")
    served.behind.publish(scene(ok(data_at=NOW - 180)))
    await expect(wall.part("ok", "age")).to_have_text("3 min old")


OPENINGS = [
    row("always open", "open", None, ""),
    row("closed for good", "shut", None, "never opens"),
    row("tonight", "open", NOW + 3600, "closes 18:06"),
    row("on a day of next week", "shut", NOW + 8 * 86_400, "opens 23 Jun 17:06"),
    row("on a day of next year", "shut", NOW + 300 * 86_400, "opens 11 Apr 2026 17:06"),
]


async def test_openings_in_the_time_of_the_browser(walls: Walls):
    teams = []
    for number, case in enumerate(OPENINGS):
        state, changes_at, _text = case.values
        opening = Opening(is_open=state == "open", since=None, opened_at=None, changes_at=changes_at)
        teams.append(ok(f"team{number}", opening=opening))
    wall = await walls.look(scene(*teams))
    for number, case in enumerate(OPENINGS):
        await expect(wall.part(f"team{number}", "opening")).to_have_text(case.values[2])
    title = await wall.page.locator(".time").get_attribute("title")
    assert title == "Times are in this browser's time zone, Europe/Paris."


async def test_the_channel_is_shown_where_there_are_several(walls: Walls):
    both = (channel_report(), channel_report(Status.TIGHT, channel=Channel.CALL))
    wall = await walls.look(report(team_report("both", *both), source_report()))
    assert await wall.page.locator(".channel").all_inner_texts() == ["call", "chat"]
    alone = await walls.look(scene(ok()))
    assert await alone.page.locator(".channel").all_inner_texts() == [""]


async def test_the_last_hour_is_a_line_and_what_was_unknown_is_a_gap(walls: Walls):
    points = [
        {"at": NOW - 3600, "available": 0},
        {"at": NOW - 2700, "available": 4},
        {"at": NOW - 1800, "available": None},
        {"at": NOW - 900, "available": 2},
    ]
    wall = await walls.look(scene(ok(available=2)), history={"ok": points})
    line = wall.part("ok", "spark-line")
    # 120 wide, 40 high with 3 to each side; 4 is the top, and nothing is drawn between a half and three quarters
    await expect(line).to_have_attribute("d", "M0 37V37H30V3H60M90 20V20H120")
    await expect(wall.part("ok", "spark-target")).to_have_attribute("d", "M0 11.5H120")


async def test_the_worst_comes_first_and_equals_by_name(walls: Walls):
    wall = await walls.look(scene(ok("b-10"), ok("b-9"), closed("a"), tight("z"), ok("b")))
    assert await wall.names() == ["z", "b", "b-9", "b-10", "a"]


async def test_counts_by_status_and_sources_in_trouble_stand_round_the_tiles(walls: Walls):
    wall = await walls.look(centre(24))
    chips = wall.page.get_by_role("list", name="Tiles by status").get_by_role("listitem")
    assert await chips.all_inner_texts() == ["1 unstaffed", "1 saturated", "1 unknown", "2 tight", "17 ok", "2 closed"]
    sources = wall.page.get_by_role("region", name="Sources in trouble").get_by_role("listitem")
    assert await sources.all_inner_texts() == [
        "liveagent last poll failed · timeout: no answer in 10 s",
        "comm100 expired · auth: the log-in is refused (HTTP 401) · data 5 min old",
    ]
    assert await wall.page.title() == "(5) agentmon"
    well = await walls.look(report(ok(), source_report()))
    await expect(well.page.get_by_role("region", name="Sources in trouble")).to_be_hidden()


async def test_an_hour_is_read_once_and_then_goes_on_by_itself(walls: Walls):
    served = await walls.serve(scene(ok(available=4)))
    wall = await walls.open(served.base, history={"ok": past("ok", 4)})
    await wall.shows()
    asked: list[str] = []
    wall.page.on("request", lambda request: asked.append(request.url))
    served.behind.publish(scene(ok(available=9)))
    await expect(wall.part("ok", "figure-line").first).to_have_text("9/3")
    assert [url for url in asked if "history" in url] == []
