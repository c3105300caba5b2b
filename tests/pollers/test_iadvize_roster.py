"""The paged lists of the roster, what each adds to an account, and the vendor's ways of failing."""

import msgspec
import pytest
from pollers.bench import Asked, Told, adapter_of, canned, failure, payload

from monitor.errors import Reason
from monitor.model import Group

FORBIDDEN = payload("iadvize/forbidden-in-a-200", "operator/live")
FAIL = payload("iadvize/fail-unknown-group", "operator/live")


def whole(asked: Asked) -> bytes:
    match asked.path.rsplit("/", 1)[1]:
        case "operator":
            return payload("iadvize/roster-in-two-pages", "/operator?", f"page={asked.query['page']}")
        case "group":
            return payload("iadvize/roster-in-two-pages", "/group")
        case _:
            return payload("iadvize/roster-in-two-pages", "/skill")


async def test_three_lists_join_into_accounts_with_their_groups():
    async with canned(whole) as bench:
        roster = await bench.roster(adapter_of("iadvize"))
    assert {name: account.groups for name, account in roster.accounts.items()} == {
        "456": {"group:12", "website:71"},
        "123": {"website:71", "website:72", "skill:3"},
        "457": {"group:13", "group:12", "skill:3"},
    }
    jane = roster.accounts["456"]
    assert (jane.name, jane.username, jane.email, jane.external_id) == ("Jane Doe", "Jane", "jane@example.com", "x456")
    assert roster.groups == (Group("group:12", "Sales"), Group("group:13", "Sales south"), Group("skill:3", "Billing"))
    assert (roster.records, roster.notes) == (6, ())
    assert [(asked.path, asked.query["page"]) for asked in bench.asked if "operator" in asked.path] == [
        ("/api/2/operator", "1"),
        ("/api/2/operator", "2"),
    ]
    assert {asked.query["full"] for asked in bench.asked} == {"1"}


async def test_an_empty_page_ends_a_pager_that_never_would():
    def answer(asked: Asked) -> bytes:
        rows = [{"id": 1}] if asked.query["page"] == "1" else []
        return msgspec.json.encode({"meta": {"status": "success"}, "data": rows, "pagination": {"page": 1, "pages": 9}})

    async with canned(answer) as bench:
        assert list((await bench.roster(adapter_of("iadvize"))).accounts) == ["1"]
    assert len(bench.asked) == 6


async def test_pages_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("monitor.pollers.vendors.iadvize.MAX_PAGES", 20)
    body = {"meta": {"status": "success"}, "data": [{"id": 1}], "pagination": {"page": 1, "pages": 999_999}}
    async with canned(lambda _asked: msgspec.json.encode(body)) as bench:
        error = await failure(bench.roster(adapter_of("iadvize")))
    assert (error.reason, len(bench.asked)) == (Reason.DECODE, 20)


async def test_parts_that_cannot_be_read_cost_only_themselves():
    def answer(asked: Asked) -> bytes:
        if "operator" not in asked.path:
            return payload("iadvize/nobody", "operator/live")
        return b'{"meta":{"status":"success"},"data":[{"id":1,"group_id":12,"website_list":["\xff"],"skill_list":7}]}'

    async with canned(answer) as bench:
        roster = await bench.roster(adapter_of("iadvize"))
    assert roster.accounts["1"].groups == {"group:12"}


@pytest.mark.parametrize("refusal", [Told(FORBIDDEN), Told(b"{}", 403), Told(b"", 404)], ids=["body", "403", "404"])
async def test_groups_that_are_refused_cost_only_the_groups(refusal: Told):
    async with canned(lambda asked: whole(asked) if "operator" in asked.path else refusal) as bench:
        roster = await bench.roster(adapter_of("iadvize"))
    assert len(roster.accounts) == 3
    assert len(roster.notes) == 2


async def test_groups_that_fail_for_another_reason_fail_the_roster():
    async with canned(lambda asked: whole(asked) if "operator" in asked.path else Told(b"", 500)) as bench:
        assert (await failure(bench.roster(adapter_of("iadvize")))).reason is Reason.STATUS


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param(Told(FORBIDDEN), Reason.AUTH, id="Forbidden in a 200"),
        pytest.param(Told(FORBIDDEN, 401), Reason.AUTH, id="Forbidden in a 401"),
        pytest.param(Told(FORBIDDEN, 403), Reason.AUTH, id="Forbidden in a 403"),
        pytest.param(Told(FORBIDDEN, 400), Reason.AUTH, id="Forbidden in a 400"),
        pytest.param(Told(b"", 401), Reason.AUTH, id="a bare 401"),
        pytest.param(Told(b"", 403), Reason.FORBIDDEN, id="a bare 403"),
        pytest.param(Told(FAIL), Reason.VENDOR_ERROR, id="fail in a 200"),
        pytest.param(Told(FAIL, 400), Reason.STATUS, id="fail in a 400"),
        pytest.param(Told(FAIL, 404), Reason.STATUS, id="fail in a 404"),
        pytest.param(Told(b'{"meta":{"status":"error"}}'), Reason.VENDOR_ERROR, id="error without a message"),
        pytest.param(Told(b"", 429), Reason.RATE_LIMITED, id="too many requests"),
        pytest.param(
            Told(payload("iadvize/success-without-data", "operator/live")), Reason.DECODE, id="success without data"
        ),
        pytest.param(Told(b'{"meta":{"status":"success"},"data":null}'), Reason.DECODE, id="data null"),
        pytest.param(Told(b'{"meta":{"status":"success"},"data":{}}'), Reason.DECODE, id="data without an id"),
        pytest.param(Told(b'{"data":[]}'), Reason.DECODE, id="no meta"),
        pytest.param(Told(b"[]"), Reason.DECODE, id="a bare list"),
        pytest.param(Told(b'{meta:{status:"success"},data:[]}'), Reason.DECODE, id="keys without quotes"),
        pytest.param(Told(b""), Reason.DECODE, id="nothing"),
    ],
)
@pytest.mark.parametrize("kind", ["live", "roster"])
async def test_a_failure_is_never_an_empty_list(told: Told, reason: Reason, kind: str):
    async with canned(lambda _asked: told) as bench:
        call = bench.live if kind == "live" else bench.roster
        assert (await failure(call(adapter_of("iadvize")))).reason is reason


async def test_one_failed_view_fails_the_poll():
    good = payload("iadvize/documented-operator-available", "operator/live")
    async with canned(lambda asked: Told(b"", 500) if asked.query.get("filters[connected]") == "0" else good) as bench:
        assert (await failure(bench.live(adapter_of("iadvize")))).status == 500


@pytest.mark.parametrize(
    ("options", "in_header", "in_query"),
    [
        pytest.param({}, "iadvize-key", None, id="in the header by default"),
        pytest.param({"key_in": "query"}, None, "iadvize-key", id="as a parameter where a proxy drops headers"),
    ],
)
async def test_where_the_key_is_sent(options: dict[str, str], in_header: str | None, in_query: str | None):
    async with canned(lambda _asked: payload("iadvize/nobody", "operator/live")) as bench:
        await bench.live(adapter_of("iadvize", **options))
    assert {(asked.headers.get("X-API-Key"), asked.query.get("key")) for asked in bench.asked} == {
        (in_header, in_query)
    }
