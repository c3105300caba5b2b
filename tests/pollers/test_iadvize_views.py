"""Three calls a view, their union, filters that are ignored, and who hides from all of them."""

from collections.abc import Callable

import msgspec
import pytest
from pollers.bench import Asked, adapter_of, canned, telling

from monitor.model import Account, Roster
from monitor.pollers.vendors.base import Demand

ON = {"enabled": True, "slot_number": 0, "slot_max_number": 2, "busy": False, "available": True}
SPENT = {"enabled": True, "slot_number": 0, "slot_max_number": 2, "busy": False, "available": False}


def row(number: int, *, connected: bool = True, chat: object = ON) -> dict[str, object]:
    return {"id": number, "connected": connected, "chat": chat}


def answering(echo: bool = False, **views: list[object]):
    """Rows by view (`default`, `on`, `off`); a view that is not given is empty."""

    def answer(asked: Asked) -> bytes:
        view = {"1": "on", "0": "off"}.get(asked.query.get("filters[connected]", ""), "default")
        names = [name[8:-1] for name in asked.query]
        meta = {"status": "success"} | ({"filters": names} if echo else {})
        return msgspec.json.encode({"meta": meta, "data": views.get(view, [])})

    return answer


def roster_in(**groups: tuple[str, ...]) -> Roster:
    return Roster(accounts={name[1:]: Account(name[1:], groups=frozenset(of)) for name, of in groups.items()})


async def test_each_view_is_asked_three_times_one_after_the_other():
    views = [{"group_id": 12}, {"website_list": [71, 72]}]
    async with canned(answering()) as bench:
        await bench.live(adapter_of("iadvize", views=views))
    assert [asked.query for asked in bench.asked] == [
        filter_ | connected
        for filter_ in ({"filters[group_id]": "12"}, {"filters[website_list]": "71,72"})
        for connected in ({}, {"filters[connected]": "1"}, {"filters[connected]": "0"})
    ]
    assert {asked.headers["X-API-Key"] for asked in bench.asked} == {"iadvize-key"}
    assert not any("iadvize-key" in asked.url for asked in bench.asked)


@pytest.mark.parametrize(
    ("demand", "filters"),
    [
        pytest.param(Demand(), [None], id="teams that name no group need the whole list"),
        pytest.param(
            Demand(groups=("group:12", "skill:3"), everyone=False), ["group_id", "skill_id"], id="a view for each group"
        ),
        pytest.param(Demand(groups=("website:7",)), ["website_id", None], id="groups, and somebody wants everyone"),
    ],
)
async def test_views_follow_what_the_teams_select(demand: Demand, filters: list[str | None]):
    async with canned(answering()) as bench:
        await bench.live(adapter_of("iadvize", demand))
    first = [asked.query for asked in bench.asked][::3]
    assert [next((name[8:-1] for name in query), None) for query in first] == filters


@pytest.mark.parametrize(
    "views",
    [
        {"default": [row(1)], "off": [row(1, connected=False)]},
        {"default": [row(1, connected=False)], "on": [row(1)]},
        {"on": [row(1)], "off": [row(1, connected=False), row(1, connected=False)]},
    ],
    ids=["seen first", "seen second", "seen between"],
)
async def test_the_connected_row_wins_whenever_it_comes(views: dict[str, list[object]]):
    async with canned(answering(**views)) as bench:
        assert telling(await bench.live(adapter_of("iadvize"))) == ["1 chat accepting 0/2"]


async def test_who_is_toggled_off_is_seen_through_the_connected_filter():
    async with canned(answering(default=[row(1)], on=[row(1), row(2, chat=SPENT)], off=[row(3, connected=False)])) as b:
        snapshot = await b.live(adapter_of("iadvize"))
    assert telling(snapshot) == ["1 chat accepting 0/2", "2 chat away 0/0", "3 chat offline 0/0"]


async def test_groups_are_those_of_the_view_and_those_of_the_roster():
    roster = roster_in(_1=("skill:3",))
    async with canned(answering(default=[row(1), row(2)])) as bench:
        snapshot = await bench.live(adapter_of("iadvize", views=[{"group_id": 12}]), roster)
    assert telling(snapshot) == ["1 chat@group:12@skill:3 accepting 0/2", "2 chat@group:12 accepting 0/2"]


async def test_a_view_of_several_websites_says_not_which():
    async with canned(answering(default=[row(1)])) as bench:
        snapshot = await bench.live(adapter_of("iadvize", views=[{"website_list": [71, 72]}]))
    assert telling(snapshot) == ["1 chat accepting 0/2"]


async def test_rows_that_break_the_filter_show_that_it_was_ignored():
    roster = roster_in(_1=("group:13",), _2=("group:14",), _3=("group:12",))
    async with canned(answering(default=[row(1), row(2), row(3)])) as bench:
        snapshot = await bench.live(adapter_of("iadvize", views=[{"group_id": 12}]), roster)
    assert telling(snapshot) == [
        "1 chat@group:13 accepting 0/2",
        "2 chat@group:14 accepting 0/2",
        "3 chat@group:12 accepting 0/2",
    ]
    assert "group_id=12" in "".join(snapshot.notes)


@pytest.mark.parametrize(
    ("echo", "told"),
    [
        (lambda names: names, "1 chat@group:12 accepting 0/2"),
        (lambda names: dict.fromkeys(names, "12"), "1 chat@group:12 accepting 0/2"),
        (lambda names: [name for name in names if name == "connected"], "1 chat accepting 0/2"),
        (lambda _names: [], "1 chat accepting 0/2"),
        (lambda _names: None, "1 chat@group:12 accepting 0/2"),
        (lambda _names: "group_id", "1 chat@group:12 accepting 0/2"),
    ],
    ids=["all", "an object", "only connected", "none", "not told", "prose"],
)
async def test_the_echo_of_the_filters_decides_who_is_in_the_group(echo: Callable[[list[str]], object], told: str):
    def answer(asked: Asked) -> bytes:
        names = [name[8:-1] for name in asked.query]
        return msgspec.json.encode({"meta": {"status": "success", "filters": echo(names)}, "data": [row(1)]})

    async with canned(answer) as bench:
        assert telling(await bench.live(adapter_of("iadvize", views=[{"group_id": 12}]))) == [told]


async def test_hidden_is_unknown_only_for_who_was_connected_when_last_seen():
    adapter, roster = adapter_of("iadvize"), roster_in(_1=(), _2=(), _3=())
    async with canned(answering(default=[row(1)], off=[row(2, connected=False)])) as bench:
        first = await bench.live(adapter, roster)
        assert telling(first) == ["1 chat accepting 0/2", "2 chat offline 0/0"]
    async with canned(answering()) as bench:
        second = await bench.live(adapter, roster, first)
        third = await bench.live(adapter, roster, second)
    assert telling(second) == telling(third) == ["1 chat unknown -/-"]
    assert (second.unlisted, second.unknown_statuses) == (3, {})
    async with canned(answering(off=[row(1, connected=False)])) as bench:
        fourth = await bench.live(adapter, roster, third)
    assert telling(fourth) == ["1 chat offline 0/0"]


async def test_who_left_the_roster_is_not_hidden():
    async with canned(answering(default=[row(1)])) as bench:
        first = await bench.live(adapter_of("iadvize"), roster_in(_1=()))
    async with canned(answering()) as bench:
        assert telling(await bench.live(adapter_of("iadvize"), roster_in(_2=()), first)) == []


async def test_a_dropped_row_of_who_was_connected_is_unknown_and_not_unlisted():
    broken = row(2) | {"connected": "perhaps"}
    async with canned(answering(default=[row(1), row(2)])) as bench:
        first = await bench.live(adapter_of("iadvize"), roster_in(_1=(), _2=()))
    async with canned(answering(default=[row(1), broken])) as bench:
        second = await bench.live(adapter_of("iadvize"), roster_in(_1=(), _2=()), first)
    assert telling(second) == ["1 chat accepting 0/2", "2 chat unknown -/-"]
    assert (second.records, second.rejected, second.unlisted) == (2, 1, 0)


async def test_a_paged_live_list_is_read_to_its_end():
    def answer(asked: Asked) -> bytes:
        page = int(asked.query.get("page", "1"))
        rows = [] if "filters[connected]" in asked.query else [row(page)]
        pager = {"page": page, "pages": 3, "limit": 1, "count": 3}
        return msgspec.json.encode({"meta": {"status": "success"}, "data": rows, "pagination": pager})

    async with canned(answer) as bench:
        snapshot = await bench.live(adapter_of("iadvize"))
    assert telling(snapshot) == [f"{number} chat accepting 0/2" for number in (1, 2, 3)]
