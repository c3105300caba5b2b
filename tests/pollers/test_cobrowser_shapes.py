"""The containers that PHP makes of a list, the legal forms of nobody, and everything that is neither."""

import pytest
from pollers.bench import Asked, adapter_of, canned, failure, loose_calls, payload, telling

from monitor.errors import PollError, Reason
from monitor.pollers.vendors.cobrowser import decode_live, decode_roster

JANE, OMAR = "12 chat accepting 1/3", "13 chat away 1/0"


def live(body: bytes):
    return decode_live("source", body, loose_calls(), None)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("one-online-one-paused", [JANE, OMAR]),
        ("keyed-by-id", [JANE, OMAR]),
        ("keyed-by-position-with-a-gap", [JANE, OMAR]),
        ("bare-list", [JANE, OMAR]),
        ("single-object", [JANE]),
        ("encoded-twice", [JANE, OMAR]),
        ("encoded-inside", [JANE, OMAR]),
        ("byte-order-mark", [JANE, OMAR]),
        ("numbers-as-numbers", [JANE, OMAR]),
        ("one-of-two-unreadable", [JANE]),
    ],
)
def test_a_container_of_rows(name: str, told: list[str]):
    assert telling(live(payload(f"cobrowser/{name}", "getOnlineAgents"))) == told


def test_spaces_behind_a_byte_order_mark():
    body = payload("cobrowser/one-online-one-paused", "getOnlineAgents")
    assert telling(live(b"\xef\xbb\xbf \r\n" + body + b"\n")) == [JANE, OMAR]


@pytest.mark.parametrize("nothing", ["[]", "{}", "null", "false", '""', '"[]"', " [ ] "])
def test_a_legal_form_of_nobody(nothing: str):
    snapshot = live(f'{{"getOnlineAgents": {nothing}}}'.encode())
    assert (snapshot.readings, snapshot.records) == ((), 0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b" \r\n", id="only spaces"),
        pytest.param(b"\xef\xbb\xbf", id="only a byte order mark"),
        pytest.param(b"{}", id="an object without the command"),
        pytest.param(b'{"getAllAgents":[]}', id="the answer to another command"),
        pytest.param(b'{"getonlineagents":[]}', id="the command in another case"),
        pytest.param(b"null", id="null"),
        pytest.param(b"false", id="false"),
        pytest.param(b'""', id="an empty text"),
        pytest.param(b"[]", id="a bare empty list that does not say of what"),
        pytest.param(b"0", id="a number"),
        pytest.param(b"[1,2,3]", id="a list of numbers"),
        pytest.param(b'{"getOnlineAgents":3}', id="a number under the command"),
        pytest.param(b'{"getOnlineAgents":true}', id="true under the command"),
        pytest.param(b'{"getOnlineAgents":"none"}', id="prose under the command"),
        pytest.param(b'{"getOnlineAgents":{"message":"none"}}', id="an object without rows under the command"),
        pytest.param(b'{"getOnlineAgents":[null]}', id="a list of null"),
        pytest.param(b"Agents: none", id="plain text"),
        pytest.param(b'{"getOnlineAgents":[', id="half of it"),
        pytest.param(b'"\\ud800"', id="half of a surrogate pair"),
        pytest.param(b'{"getOnlineAgents":"\\ud800"}', id="half of a surrogate pair under the command"),
        pytest.param(b"[" * 5000, id="brackets without end"),
        pytest.param(b'{"getOnlineAgents":' + b"[" * 5000 + b"]" * 5000 + b"}", id="nesting without end"),
        pytest.param(b'{"getOnlineAgents":"\xff"}', id="bytes that are no UTF-8"),
        pytest.param(payload("cobrowser/sign-in-page", "getOnlineAgents"), id="a sign-in page"),
        pytest.param(payload("cobrowser/two-of-three-unreadable", "getOnlineAgents"), id="mostly unreadable rows"),
    ],
)
def test_what_is_not_recognised_fails(body: bytes):
    with pytest.raises(PollError) as caught:
        live(body)
    assert caught.value.reason is Reason.DECODE


def test_an_error_is_the_vendors():
    with pytest.raises(PollError, match="Invalid API key") as caught:
        live(payload("cobrowser/error-invalid-key", "getOnlineAgents"))
    assert caught.value.reason is Reason.VENDOR_ERROR


@pytest.mark.parametrize("nothing", ["null", "false", '""', "0"])
def test_an_empty_error_beside_the_rows_is_none(nothing: str):
    assert live(f'{{"error": {nothing}, "getOnlineAgents": []}}'.encode()).readings == ()


def test_an_error_that_is_an_object_is_not_quoted_whole():
    with pytest.raises(PollError) as caught:
        live(b'{"error": {"agents": [{"email": "jane@example.com"}]}}')
    assert caught.value.reason is Reason.VENDOR_ERROR
    assert "jane" not in caught.value.detail


def test_the_roster_is_everyone():
    roster = decode_roster(payload("cobrowser/one-online-one-paused", "getAllAgents"), loose_calls())
    assert sorted(roster.accounts) == ["12", "13", "14", "15"]
    assert roster.accounts["14"].name == "Bruna Silva"
    assert roster.records == 4


async def test_the_two_calls_as_they_leave():
    def answer(asked: Asked):
        return payload("cobrowser/one-online-one-paused", asked.query["c"])

    adapter = adapter_of("cobrowser")
    async with canned(answer) as bench:
        roster = await bench.roster(adapter)
        snapshot = await bench.live(adapter, roster)
    assert [(asked.path, asked.query) for asked in bench.asked] == [
        ("/api/Account.php", {"user": "demo", "apiKey": "cobrowser-key", "c": command})
        for command in ("getAllAgents", "getOnlineAgents")
    ]
    assert telling(snapshot) == [JANE, OMAR, "14 chat offline -/0", "15 chat offline -/0"]


async def test_a_failed_roster_call_fails_in_the_same_words():
    async with canned(lambda _asked: b'{"getOnlineAgents": []}') as bench:
        error = await failure(bench.roster(adapter_of("cobrowser")))
    assert error.reason is Reason.DECODE
