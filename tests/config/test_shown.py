"""The configuration as `/config` shows it: everything that is in force, no secret, nobody's name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import Config, parse
from monitor.config.document import read as read_document
from monitor.config.shown import MASK

FILE = """
defaults: &all
  poll: {interval: 20s}
sources:
  - name: cob
    vendor: cobrowser
    user: "hidden-user@example.com"
    api_key: hidden-key
    proxy: {url: "http://proxy.example.org:3128", user: hidden-proxy-user, password: hidden-password}
  - name: com
    vendor: comm100
    url: https://api1.comm100.io/api/v3
    token_url: https://portal1.comm100.io/adminwebservice/api/jwttoken/generate
    username: {env: COMM_USER}
    password: {file: secrets/comm100}
    site_id: "10001000"
    hook: {secret: hidden-hook}
teams:
  - name: sales
    hours: {open: "Mo-Fr 08:00-20:00; PH off", timezone: Europe/Paris, country: FR}
    members:
      - {source: com, groups: [Sales], agents: ["hidden-jane", "id:hidden-7"], exclude: ["hidden-bot"]}
      - {source: cob}
    targets: {available_agents: 2, channels: {chat: {free_slots: 3}}}
people:
  match: [email]
  list:
    - {name: hidden-person, accounts: ["com/hidden-1", "cob/hidden-2"], max_slots: 4}
privacy: {people: named, pseudonym_key: hidden-pseudonyms, agent_series: "off"}
"""


def shown(text: str) -> str:
    return parse(text, filename="f.yml", base=Path()).shown


def test_everything_is_shown_but_secrets_and_names():
    text = shown(FILE)
    assert "hidden" not in text
    found = read_document(text)
    assert found.problems == ()
    assert found.data == {
        "defaults": {"poll": {"interval": "20s"}},
        "sources": [
            {
                "name": "cob",
                "vendor": "cobrowser",
                "user": MASK,
                "api_key": MASK,
                "proxy": {"url": "http://proxy.example.org:3128", "user": MASK, "password": MASK},
            },
            {
                "name": "com",
                "vendor": "comm100",
                "url": "https://api1.comm100.io/api/v3",
                "token_url": "https://portal1.comm100.io/adminwebservice/api/jwttoken/generate",
                "username": {"env": "COMM_USER"},
                "password": {"file": "secrets/comm100"},
                "site_id": "10001000",
                "hook": {"secret": MASK},
            },
        ],
        "teams": [
            {
                "name": "sales",
                "hours": {"open": "Mo-Fr 08:00-20:00; PH off", "timezone": "Europe/Paris", "country": "FR"},
                "members": [
                    {"source": "com", "groups": ["Sales"], "agents": [MASK, MASK], "exclude": [MASK]},
                    {"source": "cob"},
                ],
                "targets": {"available_agents": 2, "channels": {"chat": {"free_slots": 3}}},
            }
        ],
        "people": {"match": ["email"], "list": [MASK]},
        "privacy": {"people": "named", "pseudonym_key": MASK, "agent_series": "off"},
    }
    assert list(found.data) == ["defaults", "sources", "teams", "people", "privacy"]  # in the order of the file


def test_what_stands_behind_an_alias_is_masked_too():
    text = shown(
        FILE.replace("api_key: hidden-key", "api_key: &key hidden-key").replace(
            "hook: {secret: hidden-hook}", "hook: {secret: *key}"
        )
    )
    assert "hidden" not in text


words = st.text(min_size=1, max_size=8).map(lambda text: f"hidden-{text}")


@settings(max_examples=50, deadline=None)
@given(words, words)
def test_no_form_of_a_secret_gets_through(key: str, agent: str):
    import json  # noqa: PLC0415 - JSON is YAML, whatever stands in a text

    text = f"""
sources: [{{name: cob, vendor: cobrowser, user: u, api_key: {json.dumps(key)}}}]
teams: [{{name: t, members: [{{source: cob, agents: [{json.dumps(agent)}]}}]}}]
"""
    assert "hidden" not in shown(text)


def test_the_example_is_shown_whole(read: Callable[[str], Config], good: str):
    assert read_document(read(good).shown).data is not None


@pytest.mark.parametrize("origins", ["[https://board.example]", '["http://10.0.0.1:3000", "https://[::1]:8443"]', "[]"])
def test_origins_that_a_browser_sends_are_taken(read: Callable[[str], Config], good: str, origins: str):
    found = read(f"{good}web: {{cors_origins: {origins}}}\n").cors_origins
    assert len(found) == origins.count("http")


@pytest.mark.parametrize(
    "origin", ["*", "null", "board.example", "https://board.example/", "https://Board.example", "https://", "ftp://x"]
)
def test_what_no_browser_sends_is_no_origin(mistakes: Callable[[str], list[str]], good: str, origin: str):
    (told,) = mistakes(f'{good}web: {{cors_origins: ["{origin}"]}}\n')
    assert "web.cors_origins[0]: not an origin" in told
