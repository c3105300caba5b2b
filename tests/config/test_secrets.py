"""Secrets: read late, never shown."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, ConfigError, check_secrets, json_schema, load
from monitor.errors import SecretError

Read = Callable[[str], Config]


MARK = "hunter2"
COMM100 = """\
sources:
  - name: c
    vendor: comm100
    url: https://api1.comm100.io/api/v3
    token_url: https://portal1.comm100.io/token
    username: {env: NOBODY}
    password: {file: key}
    site_id: "1"
teams: [{name: t, members: [{source: c}]}]
privacy: {pseudonym_key: {env: PSEUDONYMS}}
"""


def test_secrets_that_cannot_be_read_now_are_listed_with_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOBODY", raising=False)
    monkeypatch.setenv("PSEUDONYMS", "")
    path = tmp_path / "f.yml"
    path.write_text(COMM100)
    config = load(path)
    assert [problem.show("f").replace(str(tmp_path), "DIR") for problem in check_secrets(config)] == [
        "f:6:15: sources[0].username: the environment variable NOBODY is not set",
        "f:7:15: sources[0].password: the secret file DIR/key cannot be read: No such file or directory",
        "f:10:26: privacy.pseudonym_key: the environment variable PSEUDONYMS is not set",
    ]
    (tmp_path / "key").write_text("")
    assert "is empty" in check_secrets(config)[1].message
    (tmp_path / "key").write_bytes(b"\xff")
    assert "not UTF-8" in check_secrets(config)[1].message
    (tmp_path / "key").unlink()
    os.mkfifo(tmp_path / "key")
    assert "is a pipe" in check_secrets(config)[1].message
    path.write_text(COMM100.replace("file: key", 'file: "k\\0ey"'))
    assert "cannot be the name of a file" in check_secrets(load(path))[1].message


def test_secrets_are_read_when_they_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOBODY", "me")
    monkeypatch.setenv("PSEUDONYMS", "p")
    (tmp_path / "key").write_text("one\n")
    path = tmp_path / "f.yml"
    path.write_text(COMM100)
    config = load(path)
    assert check_secrets(config) == ()
    password = config.sources[0].options.password
    assert password.reveal() == "one"
    (tmp_path / "key").write_text("two\r\n")
    assert password.reveal() == "two"
    (tmp_path / "key").unlink()
    with pytest.raises(SecretError):
        password.reveal()


def test_plain_secrets_are_warnings_and_plain_logins_are_not(read: Read, good: str) -> None:
    config = read(good.replace("{env: KEY}", MARK) + f"privacy: {{pseudonym_key: {MARK}}}\n")
    plain = [warning.show("f") for warning in config.warnings if "plain" in warning.message]
    assert plain == [
        "f:5:14: sources[0].api_key: a secret in plain text (write {env: NAME} or {file: PATH})",
        "f:9:26: privacy.pseudonym_key: a secret in plain text (write {env: NAME} or {file: PATH})",
    ]
    assert MARK not in repr(config) + str(config.warnings) + str(check_secrets(config))
    assert config.sources[0].options.api_key.reveal() == MARK


WRONG_PLACES = [
    f"api_keyy: {MARK}",
    f"api_key: [{MARK}]",
    f"api_key: {{env: {MARK}, file: {MARK}}}",
    f"api_key: {{en: {MARK}}}",
    f"api_key: {{{MARK}}}",
    f"api_key: {{{MARK}: {{}}}}",
    f"api_key: *{MARK}",
    f"api_key: !{MARK}",
    f"api_key: !{MARK}!x y",
    f"api_key: !<tag:{MARK}> x",
    f"api_key: '{MARK}",
    f"api_key: {MARK}: {MARK}",
    f"api_key: {{{MARK}",
    f'api_key: "\\{MARK}"',
    f"api_key: %{MARK}",
    f"api_key: |{MARK}",
    f"api_key: &{MARK}",
    f"url: https://user:{MARK}@host",
    f"url: https://user:{MARK}",
    f"url: https://[{MARK}]",
    f"url: https://host/?key={MARK}",
    f"url: {MARK}",
    f"user: [{MARK}]",
    f"poll: {MARK}",
    f"poll: {{interval: {MARK}}}",
    f"poll: {{requests_per_minute: {MARK}}}",
    f"allow_insecure: {MARK}",
    f"vendor: {MARK}",
    "api_key: 1234567890",
    "api_key: 0x499602d2",
]


@pytest.mark.parametrize("line", WRONG_PLACES)
def test_no_message_repeats_what_may_be_a_secret(tmp_path: Path, line: str) -> None:
    key = line.partition(":")[0]
    fields = {"name": "name: a", "vendor": "vendor: cobrowser", "user": "user: u", "api_key": "api_key: {env: K}"}
    body = "\n    ".join({**fields, key: line}.values())
    path = tmp_path / "f.yml"
    path.write_text(f"sources:\n  - {body}\n")
    with pytest.raises(ConfigError) as caught:
        load(path)
    told = str(caught.value) + repr(caught.value.problems)
    assert not any(secret in told for secret in (MARK, "1234567890"))


def test_the_schema_knows_the_three_forms_of_a_secret() -> None:
    form = json_schema()["$defs"]["CoBrowserOptions"]["properties"]["api_key"]["oneOf"]
    assert [sorted(entry.get("properties", ["text"])) for entry in form] == [["env"], ["file"], ["text"]]
    assert "null" not in json.dumps(json_schema())
