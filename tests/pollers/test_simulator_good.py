"""Each adapter against its simulated vendor, in every shape that the documents leave open."""

import pytest
from pollers.rig import Rig, RigMaker, SteppedClock, chat

from monitor.pollers.transport import Transport
from monitor.simulator import Simulator, World

VENDORS = ("cobrowser", "iadvize", "liveagent", "comm100")
METERED = {
    "Jane": ("accepting", 2, 2),
    "Omar": ("away", 1, 0),
    "Bruna": ("accepting", 3, 0),
}
EVERYBODY = {
    "cobrowser": METERED | {"Klaas": ("offline", None, 0)},
    "iadvize": METERED | {"Klaas": ("offline", 0, 0)},
    "liveagent": {
        "Jane": ("accepting", None, None),
        "Omar": ("away", None, None),
        "Bruna": ("accepting", None, None),
        "Klaas": ("offline", None, None),
    },
    "comm100": METERED | {"Klaas": ("offline", 0, 0)},
}


@pytest.mark.parametrize("vendor", VENDORS)
async def test_everybody_is_read_as_they_are(rig: RigMaker, vendor: str):
    snapshot = await rig(vendor).good()
    assert chat(snapshot) == EVERYBODY[vendor]
    assert (snapshot.rejected, snapshot.unknown_statuses, snapshot.contradictions) == (0, {}, {})


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_change_is_seen_by_the_next_poll(rig: RigMaker, office: World, vendor: str):
    source = rig(vendor)
    await source.good()
    office.set_status("jane.doe", vendor, "offline")
    office.set_load("jane.doe", vendor, 0)
    assert chat(await source.good())["Jane"][0] == "offline"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_everybody_signed_out_is_nobody_there(rig: RigMaker, office: World, vendor: str):
    source = rig(vendor)
    for person in office.people:
        office.set_status(person, vendor, "offline")
    assert {does for does, _, _ in chat(await source.good()).values()} == {"offline"}


@pytest.mark.parametrize("numbers", ["text", "number"])
@pytest.mark.parametrize("shape", ["list", "keyed", "bare", "encoded"])
async def test_every_shape_of_cobrowser(rig: RigMaker, simulator: Simulator, shape: str, numbers: str):
    simulator.options.change("cobrowser", shape=shape, numbers=numbers)
    assert chat(await rig("cobrowser").good()) == EVERYBODY["cobrowser"]


@pytest.mark.parametrize("empty", ["list", "object", "null", "false", "string"])
async def test_every_form_of_nobody_of_cobrowser(rig: RigMaker, office: World, simulator: Simulator, empty: str):
    simulator.options.change("cobrowser", empty=empty)
    for person in office.people:
        office.set_status(person, "cobrowser", "offline")
    assert chat(await rig("cobrowser").good()) == dict.fromkeys(EVERYBODY["cobrowser"], ("offline", None, 0))


@pytest.mark.parametrize("last_page", ["empty", "null"])
@pytest.mark.parametrize("next_page", ["absolute", "relative", "query"])
async def test_every_form_of_comm100s_pages(rig: RigMaker, simulator: Simulator, next_page: str, last_page: str):
    simulator.options.change("comm100", next_page=next_page, last_page=last_page, maximal_page_size=1)
    assert chat(await rig("comm100").good()) == EVERYBODY["comm100"]


async def test_comm100_without_offline_agents_says_nothing_of_them(rig: RigMaker, simulator: Simulator):
    simulator.options.change("comm100", list_offline=False)
    snapshot = await rig("comm100").good()
    assert chat(snapshot) == METERED
    assert snapshot.unlisted == 1


async def test_comm100_with_one_limit_for_all(rig: RigMaker, simulator: Simulator):
    simulator.options.change("comm100", limit_for_all=3)
    assert chat(await rig("comm100").good())["Jane"] == ("accepting", 2, 1)


async def test_comm100_with_a_status_in_no_list(rig: RigMaker, office: World):
    office.set_status("omar.haddad", "comm100", "away", reason="Fire drill")
    snapshot = await rig("comm100").good()
    assert chat(snapshot)["Omar"][0] == "unknown"
    assert snapshot.unknown_statuses == {"Fire drill": 1}


@pytest.mark.parametrize("seconds", [0.0, 2.0])
async def test_comm100_with_tokens_of_a_short_life(rig: RigMaker, simulator: Simulator, seconds: float):
    simulator.options.change("comm100", token_seconds=seconds + 1.0)
    source = rig("comm100")
    await source.good()
    source.poller._clock.ahead += seconds + 1.0
    await source.good()
    logins = [seen for seen in simulator.requests("comm100") if seen.method == "POST"]
    assert len(logins) >= 2


async def test_liveagent_by_index(rig: RigMaker):
    assert chat(await rig("liveagent", url_form="index").good()) == EVERYBODY["liveagent"]


async def test_iadvize_by_views(rig: RigMaker):
    snapshot = await rig("iadvize", views=[{"group_id": 12}, {"group_id": 14}]).good()
    assert chat(snapshot) == EVERYBODY["iadvize"]
    assert {name for reading in snapshot.readings for name in reading.groups if name.startswith("group")} == {
        "group:12",
        "group:14",
    }


async def test_iadvize_that_ignores_the_filter_of_a_group(rig: RigMaker, simulator: Simulator):
    simulator.options.change("iadvize", ignored_filters=["group_id"])
    snapshot = await rig("iadvize", views=[{"group_id": 12}]).good()
    in_sales = {snapshot.accounts[r.account].name.split()[0] for r in snapshot.readings if "group:12" in r.groups}
    assert in_sales == {"Jane", "Klaas"}
    assert any("group_id=12" in note for note in snapshot.notes)


async def test_iadvize_that_hides_who_is_toggled_off(rig: RigMaker, office: World, simulator: Simulator):
    simulator.options.change("iadvize", hide_toggled_off=True)
    office.set_status("omar.haddad", "iadvize", "online")
    source = rig("iadvize")
    assert chat(await source.good())["Omar"] == ("accepting", 1, 1)
    office.set_status("omar.haddad", "iadvize", "away")
    assert chat(await source.good())["Omar"] == ("unknown", None, None)
    assert chat(await rig("iadvize").good()).keys() == {"Jane", "Bruna", "Klaas"}


async def test_a_crowd_is_read_whole_by_all_four():
    async with Simulator(agents=200, tick=None) as crowd, Transport(SteppedClock()) as transport:
        for vendor in VENDORS:
            snapshot = await Rig(crowd, transport, vendor).good()
            there = {reading.account for reading in snapshot.readings}
            expected = [
                post for post in crowd.world.posts(vendor) if post.account.active and post.account.has_logged_in
            ]
            assert len(there) == len(expected) > 40
            assert (snapshot.rejected, snapshot.contradictions) == (0, {})
