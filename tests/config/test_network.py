"""How a source's requests leave: options that are checked when the file is read."""
# ruff: noqa: E501 - rows of tables

from pathlib import Path

import pytest
from builders import row
from realparts import self_signed

from monitor.config import Config, ConfigError, load

SOURCE = """\
sources:
  - name: c
    vendor: cobrowser
    user: u
    api_key: {env: KEY}
"""


def config(folder: Path, more: str) -> Config:
    file = folder / "f.yml"
    file.write_text(f"{SOURCE}    {more}\n", encoding="utf-8")
    return load(file)


MISTAKES = [
    row("no such file", "ca_file: gone.pem", "f:6:14: sources[0].ca_file: no certificates can be read from DIR/gone.pem: No such file or directory"),
    row("no certificate in it", "ca_file: f.yml", "f:6:14: sources[0].ca_file: no certificates can be read from DIR/f.yml: "),
    row("a password in the address", "proxy: {url: 'http://me:s3cret@proxy:3128'}", "f:6:18: sources[0].proxy.url: no user name or password in an address"),
    row("a password without a user", "proxy: {url: 'http://proxy:3128', password: {env: P}}", "f:6:12: sources[0].proxy: a password without a user"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "problem"), MISTAKES)
def test_mistakes(tmp_path: Path, more: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        config(tmp_path, more)
    (found,) = error.value.problems
    assert found.show("f").replace(str(tmp_path), "DIR").startswith(problem)
    assert "s3cret" not in str(error.value)


def test_a_file_of_authorities_is_found_beside_the_configuration(tmp_path: Path) -> None:
    self_signed(tmp_path)
    found = config(tmp_path, "ca_file: certificate.pem")
    assert found.sources[0].options.ca_file == tmp_path / "certificate.pem"


def test_the_password_of_a_proxy_is_a_secret_like_others(tmp_path: Path) -> None:
    found = config(tmp_path, "proxy: {url: 'http://proxy:3128', user: me, password: s3cret}")
    assert {name for name, _ in found.sources[0].options.secrets()} == {
        "user",
        "api_key",
        "proxy.user",
        "proxy.password",
    }
    assert "s3cret" not in repr(found)
    assert any(warning.path == "sources[0].proxy.password" for warning in found.warnings)
