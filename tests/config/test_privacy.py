"""How the configuration wants people to be called."""

from collections.abc import Callable

import pytest

from monitor.config import Config, naming_of
from monitor.errors import SecretError
from monitor.model import Account

Read = Callable[[str], Config]
JANE = Account("13", name="Jane Doe")


def called(config: Config) -> str:
    return naming_of(config.file.privacy).person("chat/13", [JANE])


def test_people_go_by_pseudonyms_that_differ_at_each_start_unless_told_otherwise(read: Read, good: str) -> None:
    config = read(good)
    assert called(config).startswith("agent-")
    assert called(config) != called(config)


def test_a_key_keeps_pseudonyms(read: Read, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = read(good + "privacy: {pseudonym_key: {env: PSEUDONYMS}}\n")
    assert config.warnings == ()
    monkeypatch.setenv("PSEUDONYMS", "one")
    first = called(config)
    assert called(config) == first
    monkeypatch.setenv("PSEUDONYMS", "two")
    assert called(config) != first
    monkeypatch.setenv("PSEUDONYMS", "")
    with pytest.raises(SecretError, match="PSEUDONYMS is not set"):
        called(config)


def test_named_people_go_by_name_and_need_no_key(read: Read, good: str) -> None:
    config = read(good + "privacy: {people: named, pseudonym_key: {env: AGENTMON_NEVER_SET}}\n")
    assert config.warnings == ()
    assert called(config) == "Jane Doe"


def test_a_naming_does_not_show_its_key(read: Read, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSEUDONYMS", "hunter2")
    config = read(good + "privacy: {pseudonym_key: {env: PSEUDONYMS}}\n")
    assert "hunter2" not in repr(naming_of(config.file.privacy))
