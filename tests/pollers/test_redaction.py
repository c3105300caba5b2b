"""What a recording must not show, and what it must keep so that it still tells what happened."""

import base64
import copy
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pollers.bench import payload
from pollers.mutations import places
from yarl import URL

from monitor.pollers.recording import Taken, stored
from monitor.pollers.redaction import Redactor
from monitor.pollers.transport import Answer, Request

PAYLOADS = {
    "cobrowser": [
        ("one-online-one-paused", "getAllAgents"),
        ("keyed-by-id", "getOnlineAgents"),
        ("encoded-inside", "getOnlineAgents"),
    ],
    "iadvize": [
        ("three-channels", "operator/live"),
        ("roster-in-two-pages", "/operator?", "page=1"),
        ("roster-in-two-pages", "/group"),
    ],
    "liveagent": [
        ("two-departments-and-a-deleted-one", "d1/agents"),
        ("two-departments-and-a-deleted-one", "/departments?"),
        ("key-of-v3",),
    ],
    "comm100": [
        ("one-team-at-work", "livechat/agents"),
        ("one-team-at-work", "globalSettings/agents"),
        ("one-team-at-work", "autoDistribution"),
    ],
}
KEY = "Zk7-key+of/Zacharias=="
PLANTED = ("Zacharias", "Zebulon Ðurić", "zoe.zander@zürich.example", "z4f7a9c1", "87654321987", KEY)


def jwt(claims: dict[str, Any]) -> str:
    parts = ({"alg": "HS256"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"
    )


FORMS = {
    "as it is": lambda text: text,
    "in a sentence": lambda text: f"The user {text} was not found.",
    "in capitals": str.upper,
    "in an address": lambda text: f"https://{quote(text)}.example/operator/{quote(text)}?user={quote(text)}&page=2",
    "in a path": lambda text: f"/operator/{quote(text, safe='')}/live",
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in a token": lambda text: jwt({"sub": text, "exp": 1_767_232_800}),
    "in JSON in text": lambda text: json.dumps({"name": text, text: [text]}),
}


def exchange(body: bytes, url: str = "https://vendor.example/api/x", **headers: str) -> Taken:
    return Taken(Request("GET", URL(url)), Answer(200, body, headers))


def shown(taken: Taken) -> str:
    """All that a file would say, decoded from whatever it is coded in."""
    found = stored(taken, Redactor([KEY]))
    text = "\n".join(map(repr, (found.path, found.query, found.headers, found.body, found.text)))
    tokens = re.findall(r"[\w-]{8,}", text)
    decoded = [
        base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode(errors="replace")
        for token in tokens
        if len(token) % 4 != 1
    ]
    return "\n".join([text, *decoded]).casefold()


def traces(text: str) -> set[str]:
    """What would give a planted text away: itself, and each word of it."""
    pieces = {text, quote(text), base64.b64encode(text.encode()).decode().rstrip("=")}
    pieces |= {piece for piece in re.split(r"[^\w]+", text) if len(piece) > 3 and piece != "example"}
    return {piece.casefold() for piece in pieces}


@pytest.mark.parametrize("vendor", PAYLOADS)
@pytest.mark.parametrize("where", ["a value", "a number", "the name of a field", "broken JSON"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_planted_in_a_payload_is_shown(vendor: str, where: str, data: st.DataObject):
    situation, *where = data.draw(st.sampled_from(PAYLOADS[vendor]))
    tree = json.loads(payload(f"{vendor}/{situation}", *where))
    text = data.draw(st.sampled_from(PLANTED))
    form = data.draw(st.sampled_from(sorted(FORMS)))
    holder, key = tree, None
    for step in data.draw(st.sampled_from(sorted(places(tree), key=str))):
        holder, key = (holder if key is None else holder[key]), step
    if where == "a number":
        text = "87654321987"
        holder[key] = data.draw(st.sampled_from((int(text), -int(text), float(text) + 0.25)))
    elif where == "the name of a field" and isinstance(holder, dict):
        holder[FORMS[form](text)] = holder.pop(key)
    else:
        holder[key] = FORMS[form](text)
    body = json.dumps(tree, ensure_ascii=data.draw(st.booleans())).encode()
    told = shown(exchange(body[:-1] if where == "broken JSON" else body))
    assert [trace for trace in traces(text) if trace in told] == []


@pytest.mark.parametrize("text", PLANTED)
@pytest.mark.parametrize("form", ["as it is", "in an address", "in a token", "in base64"])
def test_nothing_planted_outside_of_the_body_is_shown(text: str, form: str):
    planted = quote(FORMS[form](text), safe="")
    url = f"https://{'zacharias'}.example/api/{planted}/live?apikey={planted}&{planted}=1&filters[group_id]={planted}"
    headers = ("Content-Type", "Retry-After", "next_page_cursor", "Location", "Set-Cookie", "X-User", "Server")
    told = shown(exchange(b"{}", url, **dict.fromkeys(headers, planted)))
    assert [trace for trace in traces(text) if trace in told] == []


@pytest.mark.parametrize(
    "body", [b"<html><body>Hello Zacharias, z4f7a9c1</body></html>", b"Zacharias \xff z4f7a9c1", b""]
)
def test_a_body_that_is_no_json_keeps_its_form_alone(body: bytes):
    found = stored(exchange(body), Redactor())
    assert found.text.startswith("<html><body>") is body.startswith(b"<html>")
    assert ("\udcff" in found.text) is (b"\xff" in body)
    assert not {"zacharias", "z4f7a9c1"} & set(re.findall(r"\w+", found.text.casefold()))


KEPT = [
    pytest.param({"slot_num": "4", "numFree": 3, "hasFree": "1"}, id="counts and flags"),
    pytest.param({"maxOpenDuration": 184.5, "lastactive": "1767225000"}, id="durations and times"),
    pytest.param({"onlinestatus": "TMP", "deleted": "N", "status": "Online"}, id="letters and statuses"),
    pytest.param({"pagination": {"page": 1, "pages": 2, "limit": 100, "count": 103}}, id="pages"),
    pytest.param({"meta": {"status": "error", "message": "Forbidden."}}, id="refusals"),
    pytest.param({"error": "invalid_client", "expires_in": 43200}, id="refusals of an OAuth log-in"),
    pytest.param({"code": 403000, "message": "The number of your requests has exceeded the limit"}, id="limits"),
    pytest.param(
        {"numFreeSlots": None, "chat": [], "busy": False, "data": {}}, id="fields of an API's words, and nothing"
    ),
]


@pytest.mark.parametrize("tree", KEPT)
def test_what_a_bug_needs_is_kept(tree: dict[str, Any]):
    assert Redactor([KEY]).tree(tree) == tree


def test_an_id_is_the_same_wherever_it_stands():
    redactor = Redactor()
    (row,) = redactor.tree([{"id": 456, "operator_list": [456, 12], "_link": "/operator/456", "external": "456"}])
    assert row["operator_list"][0] == row["id"] != 456
    assert row["external"] == str(row["id"])
    assert row["_link"] == f"/operator/{row['id']}" == redactor.path("/operator/456")
    assert redactor.query([("filters[group_id]", "12")]) == [("filters[group_id]", str(row["operator_list"][1]))]
    assert redactor.group("group:12") == f"group:{row['operator_list'][1]}"
    page = redactor.tree({"nextPage": "https://api.example/api/v3/livechat/agents?pageIndex=2&agentId=456"})["nextPage"]
    assert page == f"https://recording.invalid/api/v3/livechat/agents?pageIndex=2&agentId={row['id']}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Jane", "jane", id="texts that differ in case alone"),
        pytest.param(
            "1487fc9d-92e6-4487-a2e8-000000000001", "1487FC9D-92E6-4487-A2E8-000000000001", id="the same GUID"
        ),
    ],
)
def test_what_ignores_case_still_can(one: str, other: str):
    redactor = Redactor()
    assert redactor.text(one).casefold() == redactor.text(other).casefold() != one.casefold()


@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12), unique=True, max_size=30))
def test_what_differed_before_differs_after(texts: list[str]):
    redactor = Redactor()
    assert len({redactor.value(text, "name") for text in texts}) == len(texts)


def test_a_token_keeps_its_times_and_loses_its_names():
    told = Redactor().tree({"token": jwt({"sub": "zoe", "nbf": 1_767_225_600, "exp": 1_767_232_800})})["token"]
    claims = json.loads(base64.urlsafe_b64decode(told.split(".")[1] + "=="))
    assert (claims["exp"], claims["nbf"]) == (1_767_232_800, 1_767_225_600)
    assert "zoe" not in claims.values()


@pytest.mark.parametrize("size", [64, 201, 300])
def test_a_text_too_long_for_its_field_stays_too_long(size: int):
    assert abs(len(Redactor().value("z" * size, "id")) - size) <= size * (size <= 64)


def test_the_original_is_left_alone():
    tree = json.loads(payload("comm100/one-team-at-work", "globalSettings/agents"))
    before = copy.deepcopy(tree)
    Redactor().tree(tree)
    assert tree == before
