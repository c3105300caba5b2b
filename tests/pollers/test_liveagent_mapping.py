"""Each cell of LiveAgent's column in the mapping table: letters as sets, one reading an agent, channel, department."""

import msgspec
import pytest
from pollers.bench import Asked, adapter_of, canned, payload, telling

from monitor.model import Channel, Check, Group, Roster, Snapshot
from monitor.pollers.vendors.liveagent_letters import letters

TWO_DEPARTMENTS = "liveagent/two-departments-and-a-deleted-one"


def agent(online: object, preset: object, number: str = "a1") -> dict[str, object]:
    return {"userid": number, "firstname": "Jane", "lastname": "Doe", "onlinestatus": online, "presetstatus": preset}


async def live(*rows: object, offers: frozenset[Channel] = frozenset()) -> Snapshot:
    """The rows as those of the department d1, which presets these channels."""
    roster = Roster(accounts={}, groups=(Group("d1", "Sales", offers),))
    async with canned(lambda _asked: msgspec.json.encode({"response": {"agents": rows}})) as bench:
        return await bench.live(adapter_of("liveagent"), roster)


@pytest.mark.parametrize(
    ("online", "preset", "told"),
    [
        pytest.param("T", "T", ["chat accepting"], id="T is chat"),
        pytest.param("P", "P", ["call accepting"], id="P is phone"),
        pytest.param("M", "M", ["ticket accepting"], id="M is tickets"),
        pytest.param("R", "R", [], id="R is no channel"),
        pytest.param("MRT", "MRT", ["chat accepting", "ticket accepting"], id="letters written together"),
        pytest.param("T,M", "M T", ["chat accepting", "ticket accepting"], id="letters with commas or spaces"),
        pytest.param("R", "RT", ["chat away"], id="only preset while something is online: away"),
        pytest.param("M", "TM", ["chat away", "ticket accepting"], id="paused on chat alone"),
        pytest.param("", "T", ["chat offline"], id="only preset and nothing online: offline"),
        pytest.param(None, "PT", ["call offline", "chat offline"], id="null is empty"),
        pytest.param(" ", "T", ["chat offline"], id="a space is empty"),
        pytest.param("", "", ["chat offline"], id="both sets empty: offline on chat"),
        pytest.param(None, None, ["chat offline"], id="both null: offline on chat"),
        pytest.param("", "R", [], id="only reading preset: no channel"),
        pytest.param("M", "M", ["ticket accepting"], id="a letter in neither set gives no reading"),
        pytest.param("T", "", ["chat accepting"], id="online without preset accepts all the same"),
    ],
)
async def test_two_sets_of_letters_read_as(online: object, preset: object, told: list[str]):
    expected = [f"a1 {channel}@d1 {does} -/-" for channel, does in (each.split() for each in told)]
    assert telling(await live(agent(online, preset))) == expected


async def test_a_blip_of_letters_is_told_as_it_comes():
    """Availability of chat has gone off by itself (#19674), and letters have been wrong for seconds (#3685)."""
    told = iter(["MT", "M", "MT", "", "MT"])
    body = (msgspec.json.encode({"response": {"agents": [agent(online, "MT")]}}) for online in told)
    adapter, snapshot, seen = adapter_of("liveagent", departments=["d1"]), None, []
    async with canned(lambda _asked: next(body)) as bench:
        for _ in range(5):
            bench.clock.advance(15)
            snapshot = await bench.live(adapter, None, snapshot)
            seen += [reading for reading in telling(snapshot) if "chat" in reading]
    does = ["accepting", "away", "accepting", "offline", "accepting"]
    assert seen == [f"a1 chat@d1 {one} -/-" for one in does]


async def test_both_sets_empty_is_offline_on_what_the_department_presets():
    snapshot = await live(agent("", ""), offers=frozenset({Channel.CALL, Channel.TICKET}))
    assert telling(snapshot) == [f"a1 {channel}@d1 offline -/-" for channel in ("call", "chat", "ticket")]


async def test_a_preset_department_adds_nothing_where_a_letter_is_set():
    snapshot = await live(agent("M", "M"), offers=frozenset({Channel.CALL, Channel.CHAT}))
    assert telling(snapshot) == ["a1 ticket@d1 accepting -/-"]


async def test_unknown_letters_are_counted_and_lose_nobody():
    body = payload("liveagent/separators-and-unknown-letters", "d1/agents")
    async with canned(lambda _asked: body) as bench:
        snapshot = await bench.live(adapter_of("liveagent", departments=["d1"]))
    assert telling(snapshot) == [
        "a1 chat@d1 accepting -/-",
        "a1 ticket@d1 accepting -/-",
        "a2 chat@d1 accepting -/-",
    ]
    assert snapshot.unknown_statuses == {"X": 1, "Z": 1}


@pytest.mark.parametrize(
    ("online", "preset", "count"),
    [("T", "", 1), ("TP", "T", 1), ("R", "", 0), ("T", "T", 0), ("", "T", 0), ("X", "", 0)],
)
async def test_online_without_preset_is_a_contradiction(online: str, preset: str, count: int):
    assert (await live(agent(online, preset))).contradictions.get(Check.ONLINE_NOT_PRESET, 0) == count


async def test_a_vendor_without_presets_contradicts_nothing():
    row = agent("T", "")
    del row["presetstatus"]
    assert (await live(row)).contradictions == {}


async def test_an_agent_has_a_reading_in_each_department():
    async with canned(lambda asked: payload(TWO_DEPARTMENTS, f"{asked.path}?")) as bench:
        snapshot = await bench.live(adapter_of("liveagent", departments=["d1", "d2"]))
    assert telling(snapshot) == [
        "a1 chat@d1 accepting -/-",
        "a1 chat@d2 away -/-",
        "a1 ticket@d1 accepting -/-",
        "a2 chat@d1 away -/-",
        "a3 call@d1 offline -/-",
        "a3 chat@d1 offline -/-",
        "a4 chat@d1 offline -/-",
        "a4 chat@d2 offline -/-",
        "a5 ticket@d1 accepting -/-",
    ]
    jane = snapshot.accounts["a1"]
    assert (jane.name, jane.email, jane.groups) == ("Jane Doe", "jane@example.com", {"d1", "d2"})


async def test_the_roster_leaves_out_deleted_departments():
    async with canned(lambda _asked: payload(TWO_DEPARTMENTS, "/departments?")) as bench:
        roster = await bench.roster(adapter_of("liveagent"))
    assert roster.groups == (
        Group("d1", "Sales", frozenset({Channel.CHAT, Channel.CALL})),
        Group("d2", "Support", frozenset({Channel.CHAT, Channel.TICKET})),
    )


async def test_every_department_that_is_not_deleted_is_polled():
    def answer(asked: Asked) -> bytes:
        return payload(TWO_DEPARTMENTS, f"{asked.path}?")

    adapter = adapter_of("liveagent")
    async with canned(answer) as bench:
        snapshot = await bench.live(adapter, await bench.roster(adapter))
    assert sorted(asked.path for asked in bench.asked) == [
        "/api/departments",
        "/api/departments/d1/agents",
        "/api/departments/d2/agents",
    ]
    # d1 presets calls, d2 tickets: whoever has no letter at all there is offline on those as well
    assert "a4 call@d1 offline -/-" in telling(snapshot)
    assert "a4 ticket@d2 offline -/-" in telling(snapshot)


def test_letters_are_a_set():
    assert letters("tMT, m") == {"T", "M"}
