from base64 import b64encode

import aiohttp
import pytest
from simulator.asking import Ask

from monitor.simulator import Channel, Simulator, World

OFF = {"enabled": False, "slot_number": 0, "slot_max_number": 1, "busy": False, "available": False}


async def live_ids(ask: Ask, **filters: str) -> list[int]:
    answer = await ask("iadvize", "/operator/live", **{f"filters[{name}]": value for name, value in filters.items()})
    return [row["id"] for row in answer.json["data"]]


async def test_the_default_view_lists_only_available_operators(ask: Ask):
    answer = await ask("iadvize", "/operator/live")
    assert answer.content_type == "application/json"
    # Jane alone: Omar is on a break, Bruna is full, Klaas is signed out
    assert answer.json == {
        "meta": {"status": "success"},
        "data": [
            {
                "id": 401,
                "connected": True,
                "chat": {
                    "enabled": True,
                    "slot_number": 2,
                    "slot_max_number": 4,
                    "busy": False,
                    "available": True,
                },
                "call": {
                    "enabled": True,
                    "slot_number": 0,
                    "slot_max_number": 1,
                    "busy": False,
                    "available": True,
                },
                "video": OFF,
            }
        ],
    }


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"connected": "1"}, [401, 402, 403]),
        ({"connected": "0"}, [404]),
        ({"connected": "1", "group_id": "12"}, [401]),
        ({"connected": "1", "group_id": "14"}, [402]),
        ({"connected": "1", "skill_id": "3"}, [403]),
        ({"connected": "1", "website_id": "72"}, [401, 403]),
        ({"connected": "1", "website_list": "71,72"}, [401, 402, 403]),
        ({"connected": "0", "id": "404"}, [404]),
        ({"group_id": "99"}, []),
    ],
)
async def test_filters(ask: Ask, filters: dict[str, str], ids: list[int]):
    assert await live_ids(ask, **filters) == ids


async def test_filters_are_echoed_by_name(ask: Ask, simulator: Simulator):
    filters = {"filters[connected]": "1", "filters[group_id]": "12"}
    assert (await ask("iadvize", "/operator/live", **filters)).json["meta"] == {
        "status": "success",
        "filters": ["connected", "group_id"],
    }
    simulator.options.change("iadvize", echo_filters=False)
    assert (await ask("iadvize", "/operator/live", **filters)).json["meta"] == {"status": "success"}


async def test_a_filter_can_be_ignored_silently(ask: Ask, simulator: Simulator):
    simulator.options.change("iadvize", ignored_filters=["connected"])
    answer = await ask("iadvize", "/operator/live", **{"filters[connected]": "0"})
    assert answer.json["meta"] == {"status": "success"}
    assert [row["id"] for row in answer.json["data"]] == [401]


async def test_busy_and_toggled_off_look_different(ask: Ask):
    answer = await ask("iadvize", "/operator/live", **{"filters[connected]": "1"})
    chats = {row["id"]: row["chat"] for row in answer.json["data"]}
    assert chats[403] == {
        "enabled": True, "slot_number": 3, "slot_max_number": 3, "busy": True, "available": False,
    }  # fmt: skip
    assert chats[402] == {
        "enabled": True, "slot_number": 1, "slot_max_number": 2, "busy": False, "available": False,
    }  # fmt: skip


async def test_toggled_off_operators_can_be_in_no_view(ask: Ask, simulator: Simulator):
    simulator.options.change("iadvize", hide_toggled_off=True)
    assert await live_ids(ask, connected="1") == [401, 403]
    assert 402 not in await live_ids(ask, connected="0")


async def test_groups_can_be_needed_in_the_request(ask: Ask, simulator: Simulator):
    simulator.options.change("iadvize", only_named_groups=True)
    assert await live_ids(ask) == []
    assert await live_ids(ask, group_id="12") == [401]


async def test_who_never_signed_in_is_in_the_roster_alone(ask: Ask, office: World):
    office.add_person("Zoe Laurent", tools=["iadvize"], has_logged_in=False)
    assert 405 not in await live_ids(ask, connected="0")
    roster = (await ask("iadvize", "/operator", full="1")).json["data"]
    assert 405 in [row["id"] for row in roster]


async def test_a_call_takes_the_chats_of_who_may_not_do_both(ask: Ask, office: World):
    solo = office.add_person(
        "Hugo Martin",
        tools=["iadvize"],
        slots={Channel.CHAT: 3, Channel.CALL: 1},
        presence="online",
        chat_and_call=False,
    )
    office.set_load(solo, "iadvize", 1, channel="call")
    row = (await ask("iadvize", "/operator/405/live")).json["data"]
    assert (row["chat"]["slot_number"], row["chat"]["busy"], row["chat"]["available"]) == (0, True, False)


async def test_one_operator_is_not_in_a_list(ask: Ask):
    assert (await ask("iadvize", "/operator/404/live")).json["data"]["connected"] is False


async def test_an_unknown_id_fails_with_200(ask: Ask):
    answer = await ask("iadvize", "/operator/9/live")
    assert answer.status == 200
    assert answer.json == {"meta": {"status": "fail", "message": "Unknown 'operator' with 'id' 9."}}


async def test_the_roster_shows_fields_only_in_full(ask: Ask):
    brief = (await ask("iadvize", "/operator")).json["data"]
    assert brief[0] == {"id": 401, "_link": "/operator/401"}
    full = (await ask("iadvize", "/operator", full="1")).json["data"]
    told = {name: full[0][name] for name in ("name", "first_name", "email", "chat_max_number", "group_id")}
    assert told == {
        "name": "Doe",
        "first_name": "Jane",
        "email": "jane.doe@example.com",
        "chat_max_number": 4,
        "group_id": 12,
    }
    assert full[2]["skill_list"] == [3]


async def test_groups_and_skills_list_their_operators(ask: Ask):
    groups = (await ask("iadvize", "/group", full="1")).json["data"]
    assert [(row["id"], row["name"], row["operator_list"]) for row in groups] == [
        (12, "Sales", [401, 404]),
        (14, "Support", [402]),
    ]
    skills = (await ask("iadvize", "/skill", full="1")).json["data"]
    assert [(row["id"], row["name"], row["operator_list"]) for row in skills] == [(3, "Billing", [403])]


async def test_the_pager(ask: Ask, office: World):
    for number in range(21):
        office.add_person(f"Extra {number}", tools=["iadvize"])
    first = (await ask("iadvize", "/operator")).json
    assert (len(first["data"]), first["pagination"]) == (20, {"page": 1, "pages": 2, "limit": 20, "count": 25})
    second = (await ask("iadvize", "/operator", page="2")).json
    assert (len(second["data"]), second["pagination"]["page"]) == (5, 2)
    assert (await ask("iadvize", "/operator", page="3")).json["data"] == []
    assert (await ask("iadvize", "/operator", limit="500")).json["pagination"]["limit"] == 100


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "demo-iadvize-key"},
        {"Authorization": "Basic " + b64encode(b"demo-iadvize-key:anything").decode()},
    ],
)
async def test_the_key_may_stand_in_a_header(
    simulator: Simulator, session: aiohttp.ClientSession, headers: dict[str, str]
):
    async with session.get(simulator.urls["iadvize"] + "/group", headers=headers) as response:
        assert (await response.json())["meta"] == {"status": "success"}


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "no"}, {"Authorization": "Basic !!"}])
async def test_a_wrong_key_is_forbidden_with_200(
    simulator: Simulator, session: aiohttp.ClientSession, headers: dict[str, str]
):
    async with session.get(simulator.urls["iadvize"] + "/operator/live", headers=headers) as response:
        assert response.status == 200
        assert await response.json() == {"meta": {"status": "error", "message": "Forbidden"}}


async def test_one_of_each_kind(ask: Ask):
    assert (await ask("iadvize", "/group/12")).json["data"]["name"] == "Sales"
    assert (await ask("iadvize", "/skill/3")).json["data"]["operator_list"] == [403]
    assert (await ask("iadvize", "/operator/402")).json["data"]["email"] == "omar.haddad@example.com"
    assert (await ask("iadvize", "/visitor")).status == 404


async def test_a_pager_forgives_what_is_no_number(ask: Ask):
    assert (await ask("iadvize", "/group", page="first", limit="-3")).json["pagination"] == {
        "page": 1,
        "pages": 2,
        "limit": 1,
        "count": 2,
    }
