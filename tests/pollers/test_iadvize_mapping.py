"""Each cell of iAdvize's column in the mapping table, through the three calls of a view."""

import msgspec
import pytest
from pollers.bench import Asked, adapter_of, canned, payload, telling

from monitor.model import Account, Check, Roster, Snapshot

OFF = {"enabled": False, "slot_number": 0, "slot_max_number": 1, "busy": False, "available": False}
NOBODY = payload("iadvize/nobody", "operator/live")


def channel(used: int = 0, most: int = 2, *, enabled: bool = True, busy: bool = False, available: bool = False):
    return {
        "enabled": enabled, "slot_number": used, "slot_max_number": most, "busy": busy, "available": available,
    }  # fmt: skip


def operator(number: object = 1, *, connected: object = True, **channels: object) -> dict[str, object]:
    return {"id": number, "connected": connected, "chat": OFF, "call": OFF, "video": OFF} | channels


async def live(*rows: object) -> Snapshot:
    """The rows in the default view, and nobody in the two others."""

    def answer(asked: Asked) -> bytes:
        if "filters[connected]" in asked.query:
            return NOBODY
        return msgspec.json.encode({"meta": {"status": "success"}, "data": rows})

    async with canned(answer) as bench:
        return await bench.live(adapter_of("iadvize"))


@pytest.mark.parametrize(
    ("situation", "view", "told", "contradictions"),
    [
        pytest.param(
            "documented-operator-available",
            "",
            ["456 chat accepting 2/2"],
            {},
            id="the documented list: chat has two of four, the other channels are switched off",
        ),
        pytest.param(
            "documented-operator-offline-as-object",
            "filters[connected]=0",
            ["123 call offline 1/0", "123 chat offline 1/0"],
            {Check.OFFLINE_WITH_LOAD: 1},
            id="the documented single operator counts as a row, and as one contradiction",
        ),
        pytest.param(
            "roster-in-two-pages",
            "filters[connected]=0",
            ["123 call offline 1/0", "123 chat offline 1/0"],
            {Check.OFFLINE_WITH_LOAD: 1},
            id="load of an offline operator is one contradiction, whatever the number of channels",
        ),
        pytest.param(
            "busy-on-chat-free-on-call",
            "",
            ["457 call accepting 0/1", "457 chat accepting 3/0"],
            {},
            id="busy is in production with nothing free",
        ),
        pytest.param(
            "connected-and-toggled-off",
            "filters[connected]=1",
            ["458 chat away 1/0"],
            {},
            id="neither available nor busy: away",
        ),
        pytest.param(
            "three-channels",
            "",
            ["459 call accepting 0/1", "459 chat accepting 1/1", "459 video accepting 1/0"],
            {},
            id="each channel for itself",
        ),
        pytest.param("one-of-two-unreadable", "", ["456 chat accepting 2/2"], {}, id="a bad row is dropped"),
    ],
)
async def test_a_documented_shape(situation: str, view: str, told: list[str], contradictions: dict[Check, int]):
    body = payload(f"iadvize/{situation}", "operator/live", view)
    async with canned(lambda asked: NOBODY if "filters[connected]" in asked.query else body) as bench:
        snapshot = await bench.live(adapter_of("iadvize"))
    assert telling(snapshot) == told
    assert snapshot.contradictions == contradictions


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(operator(chat=OFF), [], id="switched off, unused, neither available nor busy: no reading"),
        pytest.param(operator(chat=None), [], id="a channel that is null gives no reading"),
        pytest.param(
            operator(chat=channel(1, enabled=False)), ["1 chat away 1/0"], id="switched off while a contact goes on"
        ),
        pytest.param(
            operator(chat=channel(enabled=False, available=True)),
            ["1 chat accepting 0/2"],
            id="available counts, whatever enabled says",
        ),
        pytest.param(operator(chat=channel(3, 2, available=True)), ["1 chat accepting 3/0"], id="never negative"),
        pytest.param(operator(chat=channel(0, 0, available=True)), ["1 chat accepting 0/0"], id="no slot, none free"),
        pytest.param(
            operator(connected=False, chat=channel(0, 2, available=True)),
            ["1 chat offline 0/0"],
            id="who is not connected takes nothing",
        ),
        pytest.param(operator("7", connected="1", chat=channel(0, "2", available="true")), ["7 chat accepting 0/2"],
            id="numbers and truth in text"),
    ],
)  # fmt: skip
async def test_a_row_reads_as(row: object, told: list[str]):
    assert telling(await live(row)) == told


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (operator(chat=channel(2, 2, available=True)), Check.AVAILABLE_WITHOUT_SLOT),
        (operator(chat=channel(1, 2, busy=True)), Check.BUSY_WITH_SLOT),
        (operator(connected=False, chat=channel(1, 2)), Check.OFFLINE_WITH_LOAD),
    ],
    ids=lambda value: str(value) if isinstance(value, Check) else "",
)
async def test_a_contradiction_is_counted_per_record_and_check(row: dict[str, object], check: Check):
    assert (await live(row)).contradictions == {check: 1}
    assert (await live(row | {"call": row["chat"]}, row | {"id": 2})).contradictions == {check: 2}


async def test_what_agrees_is_no_contradiction():
    rows = (
        operator(chat=channel(1, 2, available=True)),
        operator(2, connected=False),
        operator(3, chat=channel(2, busy=True)),
    )
    assert (await live(*rows)).contradictions == {}


@pytest.mark.parametrize(
    ("capacity", "told"),
    [
        pytest.param({"1": 3}, ["1 chat accepting 1/2"], id="the roster's number of chats"),
        pytest.param({}, ["1 chat accepting 1/-"], id="not known where neither tells"),
    ],
)
async def test_a_row_without_its_own_number_of_slots_takes(capacity: dict[str, int], told: list[str]):
    slots = {key: value for key, value in channel(1, available=True).items() if key != "slot_max_number"}
    body = msgspec.json.encode({"meta": {"status": "success"}, "data": [{"id": 1, "connected": True, "chat": slots}]})
    async with canned(lambda _asked: body) as bench:
        roster = Roster(accounts={"1": Account("1")}, capacity=capacity)
        assert telling(await bench.live(adapter_of("iadvize"), roster)) == told
