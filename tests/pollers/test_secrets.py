"""No secret, in no form, in no text of a failure; and never a body."""

import base64
from urllib.parse import quote, quote_plus

import msgspec
import pytest
from pollers.bench import Asked, Told, adapter_of, canned, failure, loose_calls
from yarl import URL

SECRET = "Zx+9/q=é &7%w"  # every kind of character that a form of it may change
FORMS = {
    "as it is": SECRET,
    "percent-encoded": quote(SECRET, safe=""),
    "percent-encoded, slashes kept": quote(SECRET),
    "percent-encoded in lower case": quote(SECRET, safe="").replace("%2B", "%2b").replace("%2F", "%2f"),
    "as a form": quote_plus(SECRET),
    "as our own addresses have it": URL("https://x.example/").update_query({"k": SECRET}).raw_query_string[2:],
    "in base64": base64.b64encode(SECRET.encode()).decode(),
    "in base64 for addresses": base64.urlsafe_b64encode(SECRET.encode()).decode(),
    "in base64 without its padding": base64.b64encode(SECRET.encode()).decode().rstrip("="),
}
KEYS = {"cobrowser": "api_key", "iadvize": "api_key", "liveagent": "api_key", "comm100": "password"}


def error_body(vendor: str, words: str) -> bytes:
    body: object = {
        "cobrowser": {"error": words},
        "iadvize": {"meta": {"status": "fail", "message": words}},
        "liveagent": {"response": {"status": "ERROR", "statuscode": 500, "errormessage": words}},
        "comm100": {"code": 500000, "message": words},
    }[vendor]
    # as PHP writes it: slashes escaped
    return msgspec.json.encode(body).replace(b"/", b"\\/")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_secret_is_masked_in_every_form(form: str):
    told = loose_calls([SECRET]).scrub(f"before {form} after")
    assert told.startswith("before ***")
    assert told.endswith(" after")
    assert form[:6] not in told


def test_the_longer_secret_is_masked_first():
    assert loose_calls(["abc", "abcdef"]).scrub("abcdef abc") == "*** ***"


def test_an_empty_secret_masks_nothing():
    assert loose_calls([""]).scrub("some words") == "some words"


def test_a_text_is_one_short_line():
    told = loose_calls().scrub("one\r\ntwo\x1b[31m\u2028" + "x" * 1000)
    assert told.startswith("one two [31m x")
    assert len(told) == 200


@pytest.mark.parametrize("vendor", KEYS)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
async def test_a_vendor_that_quotes_the_secret_is_not_repeated(vendor: str, form: str):
    adapter = adapter_of(vendor, **{KEYS[vendor]: SECRET}, **({"departments": ["d"]} if vendor == "liveagent" else {}))
    async with canned(lambda _asked: error_body(vendor, f"unknown {form}!"), secrets=[SECRET]) as bench:
        error = await failure(bench.live(adapter))
    assert "unknown ***" in str(error)
    assert form not in str(error)


@pytest.mark.parametrize("vendor", KEYS)
async def test_a_secret_at_the_cut_leaves_no_beginning_behind(vendor: str):
    adapter = adapter_of(vendor, **({"departments": ["d"]} if vendor == "liveagent" else {}))
    key = "K" * 40
    for length in range(150, 200, 7):
        async with canned(lambda _asked, words="w" * length + key: error_body(vendor, words), secrets=[key]) as bench:
            assert "K" not in str(await failure(bench.live(adapter)))


@pytest.mark.parametrize("vendor", KEYS)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 503])
async def test_a_body_is_in_no_error(vendor: str, status: int):
    body = b'{"agents": [{"email": "jane@example.com", "api_key": "leaked"}]}'
    adapter = adapter_of(vendor, **({"departments": ["d"]} if vendor == "liveagent" else {}))

    def answer(asked: Asked) -> Told:
        return Told(b'{"token":"x"}') if asked.method == "POST" else Told(body, status)

    async with canned(answer) as bench:
        error = await failure(bench.live(adapter))
    assert "jane" not in str(error)
    assert "leaked" not in str(error)
    assert "?" not in str(error)
