"""Pages in every documented form, optional parts, and refusals by message."""

import msgspec
import pytest
from pollers.bench import HOSTS, Asked, Told, adapter_of, canned, failure, payload

from monitor.errors import Reason
from monitor.model import Group

API = "/api/v3/"
PARTS = (
    "globalSettings/agents",
    "globalSettings/departments",
    "livechat/autoDistribution",
    "livechat/customAwayStatus",
)
QUOTA = payload("comm100/quota-of-the-day-403", "livechat/agents")
PERMISSION = payload("comm100/no-permission-403", "livechat/agents")
AWAY = {"baacb779-2e41-27c5-b23d-1c8f20588620": "Lunch", "baacb779-2e41-27c5-b23d-1c8f20588621": "Meeting"}


def answering(**instead: object):
    """The good roster, with other answers for some paths (their last part)."""

    def answer(asked: Asked) -> bytes | Told:
        if asked.method == "POST":
            return b'{"token":"opaque"}'
        path = asked.path.removeprefix(API)
        other = instead.get(path.rsplit("/", 1)[1])
        if callable(other):
            return other(asked)
        return other or (payload("comm100/one-team-at-work", path) if path in PARTS else Told(b"", 404))

    return answer


def page(asked: Asked, next_page: object, *ids: int) -> bytes:
    return msgspec.json.encode(
        {"count": 999, "nextPage": next_page, "previousPage": "", "agents": [{"id": n} for n in ids]}
    )


async def test_the_whole_roster():
    async with canned(answering()) as bench:
        roster = await bench.roster(adapter_of("comm100"))
    sales, support = roster.groups
    assert (sales.name, support.name) == ("Sales", "Support")
    assert isinstance(sales, Group)
    assert {name: account.groups for name, account in roster.accounts.items()} == {
        "1": {sales.id},
        "2": {sales.id, support.id},
        "3": {support.id},
        "4": set(),
        "5": set(),
        "6": {support.id},
    }
    assert roster.inactive == {"8"}
    assert roster.capacity == {"1": 5, "2": 3, "6": 5}
    assert roster.away_statuses == AWAY
    assert roster.notes == ()


@pytest.mark.parametrize("end", ["", None], ids=["an empty text ends", "null ends"])
@pytest.mark.parametrize(
    "link",
    [
        "https://api.comm100.example/api/v3/globalSettings/agents?pageIndex={}",
        "/api/v3/globalSettings/agents?pageIndex={}",
        "?keywords=&pageindex={}",
        "https://evil.example/steal?pageIndex={}",
        "//evil.example/steal?pageIndex={}",
    ],
    ids=["absolute", "relative", "a query alone", "a foreign host", "a foreign host without a scheme"],
)
async def test_pages_are_followed_on_our_own_address_alone(link: str, end: str | None):
    def agents(asked: Asked) -> bytes:
        number = int(asked.query["pageIndex"])
        return page(asked, link.format(number + 1) if number < 3 else end, number * 10, number * 10 + 1)

    async with canned(answering(agents=agents)) as bench:
        roster = await bench.roster(adapter_of("comm100"))
    assert sorted(roster.accounts) == ["10", "11", "20", "21", "30", "31"]
    pages = [asked for asked in bench.asked if asked.path.endswith("globalSettings/agents")]
    assert [asked.query["pageIndex"] for asked in pages] == ["1", "2", "3"]
    assert all(asked.url.startswith(HOSTS["comm100"]) for asked in pages)
    assert {asked.query["include"] for asked in pages} == {"department,role"}


async def test_a_page_that_repeats_itself_ends_the_list():
    async with canned(answering(agents=lambda asked: page(asked, "?pageIndex=1", 1, 2))) as bench:
        roster = await bench.roster(adapter_of("comm100"))
    assert sorted(roster.accounts) == ["1", "2"]
    assert len([asked for asked in bench.asked if asked.path.endswith("globalSettings/agents")]) == 2


async def test_without_links_the_count_decides():
    def agents(asked: Asked) -> bytes:
        number = int(asked.query["pageIndex"])
        return msgspec.json.encode({"count": 3, "agents": [{"id": n} for n in ([1, 2], [3])[number - 1]]})

    async with canned(answering(agents=agents)) as bench:
        assert sorted((await bench.roster(adapter_of("comm100"))).accounts) == ["1", "2", "3"]


@pytest.mark.parametrize("link", ["http://[bad", 7, ["?pageIndex=2"]], ids=str)
async def test_a_link_that_is_none_fails(link: object):
    async with canned(answering(agents=lambda asked: page(asked, link, 1))) as bench:
        assert (await failure(bench.roster(adapter_of("comm100")))).reason is Reason.DECODE


async def test_pages_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("monitor.pollers.vendors.comm100_client.MAX_PAGES", 20)
    asked_for = iter(range(1, 10_000))
    async with canned(answering(agents=lambda asked: page(asked, "?x=1", next(asked_for)))) as bench:
        assert (await failure(bench.roster(adapter_of("comm100")))).reason is Reason.DECODE
    assert next(asked_for) == 21


@pytest.mark.parametrize("status", [403, 404])
class TestOptionalParts:
    async def test_capacity_costs_only_the_free_slots(self, status: int):
        async with canned(answering(autoDistribution=Told(PERMISSION, status))) as bench:
            roster = await bench.roster(adapter_of("comm100"))
        assert (roster.capacity, len(roster.accounts)) == ({}, 6)
        assert "capacity" in "".join(roster.notes)

    async def test_the_newer_path_has_the_away_names_where_the_older_is_refused(self, status: int):
        newer = payload("comm100/one-team-at-work", "livechat/customAwayStatus")
        async with canned(answering(customAwayStatus=Told(b"", status), agentAwayStatuses=newer)) as bench:
            roster = await bench.roster(adapter_of("comm100"))
        assert (roster.away_statuses, roster.notes) == (AWAY, ())

    async def test_away_names_refused_twice_are_not_known(self, status: int):
        refusal = Told(b"", status)
        async with canned(answering(customAwayStatus=refusal, agentAwayStatuses=refusal)) as bench:
            roster = await bench.roster(adapter_of("comm100"))
        assert roster.away_statuses is None
        assert "away" in "".join(roster.notes)


async def test_flags_of_a_department_in_words_are_no_matter():
    said = b'[{"id":"d1","name":"Sales","isAvailable":"yes"},{"id":"d2","name":"Support","isAvailable":"no"}]'
    async with canned(answering(departments=said)) as bench:
        roster = await bench.roster(adapter_of("comm100"))
    assert roster.groups == (Group("d1", "Sales"), Group("d2", "Support"))


@pytest.mark.parametrize(
    ("part", "told", "reason"),
    [
        ("agents", Told(PERMISSION, 403), Reason.FORBIDDEN),
        ("departments", Told(PERMISSION, 403), Reason.FORBIDDEN),
        ("departments", Told(b"{}"), Reason.DECODE),
        ("agents", Told(b'{"count":0,"agents":null}'), Reason.DECODE),
        ("agents", Told(payload("comm100/error-in-a-200", "livechat/agents")), Reason.VENDOR_ERROR),
        ("autoDistribution", Told(payload("comm100/error-in-a-200", "livechat/agents")), Reason.VENDOR_ERROR),
        ("autoDistribution", Told(b"", 500), Reason.STATUS),
        ("autoDistribution", Told(QUOTA, 403), Reason.RATE_LIMITED),
        ("customAwayStatus", Told(QUOTA, 403), Reason.RATE_LIMITED),
        ("customAwayStatus", Told(b"[7]"), Reason.DECODE),
    ],
)
async def test_what_else_fails_fails_the_roster(part: str, told: Told, reason: Reason):
    async with canned(answering(**{part: told})) as bench:
        assert (await failure(bench.roster(adapter_of("comm100")))).reason is reason


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("The number of your API requests has exceeded the limit of the day.", Reason.RATE_LIMITED),
        ("API call QUOTA reached", Reason.RATE_LIMITED),
        ("Limits exceeded", Reason.RATE_LIMITED),
        ("You do not have the permission Manage Agent & Agent Roles.", Reason.FORBIDDEN),
        ("This feature is not available in your edition.", Reason.FORBIDDEN),
        ("Your access is limited to chats.", Reason.FORBIDDEN),
        (None, Reason.FORBIDDEN),
    ],
    ids=str,
)
async def test_a_403_is_read_by_its_message(message: str | None, reason: Reason):
    refusal = Told(msgspec.json.encode({"code": 403000, "message": message}), 403, {"Retry-After": "120"})
    async with canned(answering(agents=refusal)) as bench:
        error = await failure(bench.live(adapter_of("comm100")))
    assert (error.reason, error.status, error.retry_after) == (reason, 403, 120.0)
