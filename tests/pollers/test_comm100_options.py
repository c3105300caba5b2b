"""What each log-in needs and what it would ignore; paths by name."""

import pytest
from pollers.bench import HOSTS, LOGINS, Asked, Told, adapter_of, canned
from pydantic import ValidationError

from monitor.config import ConfigError, parse
from monitor.pollers.vendors.base import Demand
from monitor.pollers.vendors.comm100 import VENDOR
from monitor.pollers.vendors.comm100_options import Comm100Options, paths_of

TOKEN, PASSWORD, KEY, SITE = {"token_url": "https://p.example"}, {"password": "p"}, {"api_key": "k"}, {"site_id": "1"}


def options(**given: object) -> Comm100Options:
    return Comm100Options.model_validate({"name": "c", "url": HOSTS["comm100"], "username": "jane", **given})


def complaint(**given: object) -> str:
    with pytest.raises(ValidationError) as caught:
        options(**given)
    (error,) = caught.value.errors()
    return str(error["ctx"]["error"])


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(TOKEN | PASSWORD | SITE, id="nothing said: jwt on v3, as ever"),
        pytest.param({"auth": "jwt"} | TOKEN | PASSWORD | SITE, id="jwt"),
        pytest.param({"auth": "oauth"} | TOKEN | PASSWORD, id="oauth"),
        pytest.param({"auth": "oauth", "api": "v4"} | TOKEN | PASSWORD, id="oauth on v4"),
        pytest.param({"auth": "basic"} | KEY, id="basic"),
        pytest.param({"auth": "basic", "api": "v4"} | KEY | SITE, id="basic on v4 names the site"),
    ],
)
def test_what_fits(given: dict[str, object]):
    assert options(**given).username.reveal() == "jane"


JWT = "it logs in at token_url with username, password and site_id"
OAUTH = "it logs in at token_url with username and password"
BASIC = "it sends username and api_key with each request, and site_id on v4"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (TOKEN | PASSWORD, f"auth: jwt needs site_id; {JWT}"),
        ({}, f"auth: jwt needs token_url and password and site_id; {JWT}"),
        (TOKEN | PASSWORD | SITE | KEY, f"auth: jwt has no use for api_key; {JWT}"),
        ({"auth": "oauth"} | PASSWORD | KEY, f"auth: oauth needs token_url and has no use for api_key; {OAUTH}"),
        ({"auth": "oauth"} | TOKEN | PASSWORD | SITE, f"auth: oauth has no use for site_id; {OAUTH}"),
        ({"auth": "basic"} | PASSWORD, f"auth: basic needs api_key and has no use for password; {BASIC}"),
        ({"auth": "basic"} | KEY | SITE, f"auth: basic has no use for site_id; {BASIC}"),
        ({"auth": "basic", "api": "v4"} | KEY, f"auth: basic needs site_id; {BASIC}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_named(given: dict[str, object], sentence: str):
    assert complaint(**given) == sentence


def check(*lines: str) -> list[str]:
    """What the configuration says of a good source with these lines added."""
    good = [
        "name: c",
        "vendor: comm100",
        "url: https://a.example/v4",
        "username: j",
        "auth: basic",
        "api_key: {env: K}",
    ]
    text = "sources:\n  - " + "\n    ".join([*good, *lines]) + "\nteams: [{name: t, members: [{source: c}]}]\n"
    try:
        parse(text, filename="f", base=None)
    except ConfigError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(
    ("lines", "complaints"),
    [
        ([], []),
        (["paths: {capacity: /a/b-c.d/}"], []),
        (["api: v4"], [f"f:2:5: sources[0]: auth: basic needs site_id ({BASIC})"]),
        (
            ["paths: {capacty: a}"],
            ["f:8:13: sources[0].paths.capacty: unknown key 'capacty' (did you mean 'capacity'?)"],
        ),
        (
            ["paths: {real_time_agents: a}"],
            ["f:2:5: sources[0]: api: v3 has no use for paths.real_time_agents (leave it out)"],
        ),
    ],
    ids=["good", "a path", "no site", "a path that is not known", "a path of v4"],
)
def test_the_configuration_says_where(lines: list[str], complaints: list[str]):
    assert check(*lines) == complaints


@pytest.mark.parametrize(
    "path", ["https://x.example/a", "//x.example/a", "a/../b", "a?b=c", "a#b", "", "/", "a//b", "a b", "..", "a/%2e"]
)
def test_a_path_stays_below_the_url(path: str):
    assert any("paths.capacity: not a path below url" in line for line in check(f"paths: {{capacity: '{path}'}}"))


def test_a_path_that_is_set_is_the_only_one_asked():
    told = options(
        **TOKEN, **PASSWORD, **SITE, paths={"away_statuses": "x/away", "queue": "/x/queue/", "visitors": "x/chatting"}
    )
    paths = paths_of(told)
    assert (paths.away_statuses, paths.queue, paths.live_agents) == (("x/away",), "x/queue", "livechat/agents")
    assert paths.visitors == ("x/chatting",)


async def test_every_path_can_be_set():
    names = ("live_agents", "roster_agents", "departments", "capacity", "real_time_agents", "away_statuses")
    more = ("queue", "right_now", "visitors")

    def answer(asked: Asked) -> bytes | Told:
        refused = asked.path.endswith(("capacity", "queue", "right_now", "real_time_agents"))
        return Told(b"", 404) if refused else b'{"token":"x"}' if asked.method == "POST" else b"[]"

    adapter = adapter_of(
        "comm100", api="v4", queue=True, visitors=True, paths={name: f"my/{name}" for name in names + more}
    )
    async with canned(answer) as bench:
        await bench.live(adapter, await bench.roster(adapter))
    asked = {asked.path.removeprefix("/api/v3/") for asked in bench.asked if asked.method == "GET"}
    assert asked == {f"my/{name}" for name in names + more}


@pytest.mark.parametrize(
    ("more", "live"),
    [
        ({}, 1),
        ({"queue": True}, 2),
        ({"api": "v4", "queue": True}, 2),
        ({"visitors": True}, 2),
        ({"queue": True, "visitors": True}, 3),
    ],
)
def test_the_requests_of_a_poll(more: dict[str, object], live: int):
    count = VENDOR.count(options(**{**LOGINS["comm100"], **more}), Demand())
    assert (count.live, count.roster) == (live, 4)
