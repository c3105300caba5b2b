from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, ConfigError, parse

SOURCE = """\
sources:
  - name: chat
    vendor: cobrowser
    user: jane
    api_key: {env: KEY}
"""
TEAM = """\
teams:
  - name: sales
    members: [{source: chat}]
"""


@pytest.fixture
def read() -> Callable[[str], Config]:
    return lambda text: parse(text, filename="f.yml", base=Path("/etc/agentmon"))


@pytest.fixture
def mistakes() -> Callable[[str], list[str]]:
    """Every problem of a text, as shown."""

    def find(text: str) -> list[str]:
        try:
            parse(text, filename="f", base=Path())
        except ConfigError as error:
            return str(error).splitlines()
        return []

    return find


@pytest.fixture
def good() -> str:
    """A small file without errors or warnings; `sources` on line 1, `teams` on line 6."""
    return SOURCE + TEAM
