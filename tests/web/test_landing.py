"""The landing page: each source and team in plain words, floors as floors, everything from outside escaped."""

from html.parser import HTMLParser

import msgspec
import pytest
from aiohttp.test_utils import TestClient
from builders import T0, agents, channel_report, failed, report, row, silent_source, source_report, spec, team_report
from web.behind import Behind

from monitor.errors import ADVICE, Reason
from monitor.model import ChannelReport, Opening, Report, SourceReport, Status
from monitor.web.landing import LINKS, floor_text, landing_page
from monitor.web.views import Pace

ATTACK = "<script>alert(1)</script>&\"'"


class Document(HTMLParser):
    """Tags that were met, and the cells of every table row as text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.rows: list[list[str]] = []
        self.links: list[str | None] = []
        self.text = ""
        self._in_cell = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data

    def row_of(self, name: str) -> list[str]:
        (found,) = [cells for cells in self.rows if cells[:1] == [name]]
        return found


def document(found: Report, **paces: Pace) -> Document:
    return Document(landing_page(found, paces, (), "1.2.3"))


UNKNOWN = ["unknown", "unknown of 60"]
"""Next poll and requests, where nobody tells the pace."""


SOURCES = [
    row("fresh and well", source_report("s"), ["fresh", "0 s", "2", "15 s", *UNKNOWN, ""]),
    row("never heard of", silent_source("s"), ["waiting for its first data", "none", "unknown", "15 s", *UNKNOWN, ""]),
    row(
        "failing, and still fresh",
        source_report("s", up=False, data_age=20.0, failure=failed(Reason.TIMEOUT, "no answer within 10 s")),
        [
            "fresh, last poll failed",
            "20 s",
            "2",
            "15 s",
            *UNKNOWN,
            f"timeout: no answer within 10 s. {ADVICE[Reason.TIMEOUT]}",
        ],
    ),
    row(
        "expired",
        source_report(
            "s",
            up=False,
            fresh=False,
            agents=None,
            data_age=300.0,
            interval=300.0,
            failure=failed(Reason.AUTH, "the key is refused"),
        ),
        [
            "expired, last poll failed",
            "300 s",
            "unknown",
            "300 s",
            *UNKNOWN,
            f"auth: the key is refused. {ADVICE[Reason.AUTH]}",
        ],
    ),
    row(
        "read, but without a roster yet",
        source_report("s", fresh=False, agents=None, roster_last_success=None),
        ["waiting for its first roster", "0 s", "unknown", "15 s", *UNKNOWN, ""],
    ),
    row(
        "with accounts that nobody asked for, or that no list names",
        source_report("s", agents=9, unassigned=3, unlisted=2),
        ["fresh", "0 s", "9, in no team: 3, in no live list: 2", "15 s", *UNKNOWN, ""],
    ),
    row(
        "well, but its roster is not",
        source_report("s", roster_failure=failed(Reason.FORBIDDEN, "may not list agents")),
        [
            "fresh",
            "0 s",
            "2",
            "15 s",
            *UNKNOWN,
            f"the roster: forbidden: may not list agents. {ADVICE[Reason.FORBIDDEN]}",
        ],
    ),
]


@pytest.mark.parametrize(("source", "cells"), SOURCES)
def test_a_source_in_plain_words(source: SourceReport, cells: list[str]):
    assert document(report(source)).row_of("s") == ["s", "comm100", *cells]


@pytest.mark.parametrize(
    ("next_poll_at", "words"), [(T0.wall + 4.4, "in 4 s"), (T0.wall - 1, "now"), (None, "unknown")]
)
def test_when_a_source_is_asked_again_and_what_of_its_budget_is_used(next_poll_at: float | None, words: str):
    cells = document(report(source_report("s")), s=Pace(next_poll_at, 12)).row_of("s")
    assert cells[6:8] == [words, "12 of 60"]


TEAMS = [
    row("complete", channel_report(), {}, ["ok", "1", "3", "complete"]),
    row(
        "complete and nobody: 0",
        channel_report(Status.UNSTAFFED, agents=agents(), free=0),
        {},
        ["unstaffed", "0", "0", "complete"],
    ),
    row("complete and unmetered: slots are unknown", channel_report(free=None), {}, ["ok", "1", "unknown", "complete"]),
    row(
        "incomplete: floors",
        channel_report(agents=agents(idle=2), free=4),
        {"sources": {"a": True, "b": False}, "complete": False},
        ["ok", "≥ 2", "≥ 4", "incomplete: 1 of 2 sources fresh"],
    ),
    row(
        "incomplete and a floor of 0: unknown, not 0",
        channel_report(Status.UNKNOWN, agents=agents(full=1), free=0),
        {"sources": {"a": True, "b": False}, "complete": False},
        ["unknown", "unknown", "unknown", "incomplete: 1 of 2 sources fresh"],
    ),
    row(
        "blind: unknown, not 0",
        channel_report(Status.UNKNOWN, agents=agents(), free=None),
        {"sources": {"a": False}, "complete": False},
        ["unknown", "unknown", "unknown", "incomplete: 0 of 1 sources fresh"],
    ),
    row(
        "closed: when it opens",
        channel_report(Status.CLOSED),
        {"opening": Opening(is_open=False, since=None, opened_at=None, changes_at=1_750_042_800.0)},
        ["closed, opens 2025-06-16 03:00:00 UTC", "1", "3", "complete"],
    ),
    row(
        "closed for good",
        channel_report(Status.CLOSED),
        {"opening": Opening(is_open=False, since=None, opened_at=None, changes_at=None)},
        ["closed", "1", "3", "complete"],
    ),
]


@pytest.mark.parametrize(("channel", "fields", "cells"), TEAMS)
def test_a_team_in_plain_words(channel: ChannelReport, fields: dict[str, object], cells: list[str]):
    assert document(report(team_report("t", channel, **fields))).row_of("t") == ["t", "chat", *cells]


def test_a_team_leads_to_its_explanation():
    assert "api/v1/teams/t/explain?format=text" in document(report(team_report("t"))).links
    assert "api/v1/teams/%22%3E%2F..%3F/explain?format=text" in document(report(team_report('">/..?'))).links


@pytest.mark.parametrize(
    ("number", "complete", "text"),
    [
        (0, True, "0"),
        (3, True, "3"),
        (0, False, "unknown"),
        (3, False, "≥ 3"),
        (None, True, "unknown"),
        (None, False, "unknown"),
    ],
)
def test_a_floor_in_words(number: int | None, text: str, *, complete: bool):
    assert floor_text(number, is_exact=complete) == text


def told(source: SourceReport) -> str:
    return landing_page(report(source), {}, (), "1")


def test_visitors_in_a_chat_are_told_where_a_vendor_tells():
    assert "8, visitors in a chat: 0<" in told(source_report("s", agents=8, chatting_visitors=0))
    assert "visitors" not in told(source_report("s", agents=8))


def test_problems_and_notes_are_worth_a_look():
    found = report(
        team_report("t", problems=("member 1 has matched nobody yet",)), source_report("s", notes=("no capacity",))
    )
    text = document(found).text
    assert "Worth a look" in text
    assert "member 1 has matched nobody yet" in text
    assert "s: no capacity" in text
    assert "Worth a look" not in document(report(team_report("t"), source_report("s"))).text
    assert "few series left" in landing_page(report(), {}, ("few series left",), "1")


@pytest.mark.parametrize(
    ("sentences", "told"),
    [
        (("a/agent-17 and b/agent-4 agree in email but are not joined",), "there is one problem with who is who"),
        (("people.list names the account a/agent-17",) * 2, "there are 2 problems with who is who"),
    ],
)
def test_problems_with_people_are_counted_and_nobody_is_named(sentences: tuple[str, ...], told: str):
    found = msgspec.structs.replace(report(team_report("t"), source_report("s")), problems=sentences)
    text = document(found).text
    assert told in text
    assert "agent-17" not in text


def test_everything_that_came_from_outside_is_escaped():
    hostile = report(
        team_report(f"team{ATTACK}", problems=(f"problem{ATTACK}",)),
        source_report(
            f"source{ATTACK}",
            spec=spec(f"source{ATTACK}", f"vendor{ATTACK}"),
            up=False,
            failure=failed(Reason.VENDOR_ERROR, f"detail{ATTACK}"),
            notes=(f"note{ATTACK}",),
        ),
    )
    html = landing_page(hostile, {}, (), f"version{ATTACK}")
    found = Document(html)
    assert "<script" not in html
    assert "script" not in found.tags
    for word in ("team", "problem", "source", "vendor", "detail", "note", "version"):
        assert f"{word}{ATTACK}" in found.text


async def test_it_is_served_as_html_and_follows_the_report(client: TestClient, behind: Behind):
    response = await client.get("/")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert Document(await response.text()).row_of("a")[2] == "fresh"
    behind.report = report(silent_source("a"))
    html = await (await client.get("/")).text()
    assert Document(html).row_of("a")[2] == "waiting for its first data"
    assert "1.2.3 &lt;beta&gt;" in html


async def test_it_needs_nothing_from_anywhere_else(client: TestClient):
    html = await (await client.get("/")).text()
    assert Document(html).tags.isdisjoint({"script", "img", "link", "iframe"})
    assert "http" not in html


async def test_every_link_leads_somewhere_and_none_begins_at_the_root(client: TestClient, behind: Behind):
    found = Document(await (await client.get("/")).text())
    assert {address for address, _ in LINKS} <= set(found.links)
    for link in found.links:
        assert link is not None
        assert not link.startswith("/")
        if "explain" not in link:
            assert (await client.get(f"/{link}")).status == 200


async def test_the_configuration_is_handed_out_as_it_may_be_seen(client: TestClient, behind: Behind):
    response = await client.get("/config")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert await response.text() == behind.config
    again = await client.get("/config", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status == 304
    behind.config = "sources: [another]\n"  # a reload
    assert await (await client.get("/config")).text() == behind.config
