"""The commands as an operator meets them: what they print, and with which code they end."""

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from running import command

from monitor import __version__

CONFIG = Path(__file__).parents[2] / "config"
GOOD = """
sources:
  - {name: cob, vendor: cobrowser, user: u, api_key: {env: AGENTMON_TEST_KEY}}
teams:
  - {name: all, members: [{source: cob}]}
"""
BAD = """
sources:
  - {name: cob, vendor: cobrowsr, user: u, api_key: {env: AGENTMON_TEST_KEY}}
teams:
  - {name: all, channel: [chat], members: [{source: cob2}]}
"""
SET = {"AGENTMON_TEST_KEY": "made-up"}


@pytest.fixture
def good(tmp_path: Path) -> str:
    return write(tmp_path, GOOD)


def write(folder: Path, text: str) -> str:
    file = folder / "monitor.yml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_what_only_some_commands_need_is_not_loaded_for_all() -> None:
    heavy = ("aiohttp", "pydantic", "ruamel.yaml", "apscheduler", "monitor.config", "monitor.service")
    look = f"import sys, monitor.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "[]\n"


async def test_version() -> None:
    code, out, _ = await command("--version", env={"AGENTMON_REVISION": "0123abc"})
    assert (code, out) == (0, f"agentmon {__version__} (revision 0123abc, Python {platform.python_version()})\n")


async def test_check_of_a_good_file_is_fine(good: str) -> None:
    code, out, err = await command("check", good, env=SET)
    assert (code, err) == (0, "")
    assert out == f"cob: 4.1 requests a minute of a budget of 60\n{good}: fine (1 source, 1 team, 0 warnings)\n"


async def test_check_warns_of_an_unset_secret_and_stays_fine(good: str) -> None:
    code, out, err = await command("check", good, env={"AGENTMON_TEST_KEY": ""})
    assert code == 0
    assert "1 warning" in out
    assert f"{good}:3:" in err
    assert "AGENTMON_TEST_KEY is not set" in err


@pytest.mark.parametrize("arguments", [("run", "--config.file={}"), ("probe", "{}")])
async def test_run_and_probe_refuse_an_unset_secret(good: str, arguments: tuple[str, ...]) -> None:
    code, _, err = await command(*(argument.format(good) for argument in arguments), env={"AGENTMON_TEST_KEY": ""})
    assert code == 1
    assert "AGENTMON_TEST_KEY is not set" in err


@pytest.mark.parametrize("arguments", [("check", "{}"), ("run", "--config.file={}"), ("probe", "{}")])
async def test_every_error_of_a_bad_file_is_told_at_once(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    bad = write(tmp_path, BAD)
    code, _, err = await command(*(argument.format(bad) for argument in arguments), env=SET)
    assert code == 1
    lines = err.splitlines()
    assert len(lines) == 3
    assert [line.split(":")[1] for line in lines] == ["3", "5", "5"]
    assert "cobrowser" in lines[0]  # did you mean


async def test_check_shows_who_is_open_at_a_time(tmp_path: Path) -> None:
    hours = '    hours: {open: "Mo-Fr 08:00-20:00; PH off", timezone: Europe/Paris, country: FR}\n'
    file = write(tmp_path, GOOD + "  - name: sales\n    members: [{source: cob}]\n" + hours)
    code, out, err = await command("check", file, "--at", "2026-12-25T10:00", env=SET)
    assert (code, err) == (0, "")
    plain, *teams = out.split("\n\n")
    assert plain.endswith("fine (1 source, 2 teams, 0 warnings)")
    assert teams[0] == "all: always open"
    assert teams[1].splitlines()[0] == "sales: closed"
    assert "public holiday in FR" in teams[1]


@pytest.mark.parametrize("time", ["tomorrow", "2026-12-25T25:00", "1970-01-01T00:00"])
async def test_a_wrong_time_is_wrong_usage(good: str, time: str) -> None:
    code, out, err = await command("check", good, "--at", time, env=SET)
    assert (code, out) == (2, "")
    assert "--at" in err


async def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    code, _, err = await command("check", str(tmp_path / "none.yml"))
    assert code == 1
    assert "none.yml" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments", [("run",), ("check",), ("run", "--no.such.flag"), ("no-such-command",), ("run", "--log.level=loud")]
)
async def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    code, _, _ = await command(*arguments)
    assert code == 2


async def test_a_wrong_listen_address_is_wrong_usage(good: str) -> None:
    code, _, err = await command("run", f"--config.file={good}", "--web.listen-address=here", env=SET)
    assert code == 2
    assert "--web.listen-address" in err


async def test_options_come_from_the_environment_too(tmp_path: Path) -> None:
    code, _, err = await command("run", env={"AGENTMON_CONFIG_FILE": str(tmp_path / "from-the-environment.yml")})
    assert code == 1
    assert "from-the-environment.yml" in err


@pytest.mark.parametrize(
    ("options", "example"), [((), "monitor.example.yml"), (("--web",), "web.example.yml")], ids=["monitor", "web"]
)
async def test_the_schema_accepts_the_example_and_knows_no_other_key(options: tuple[str, ...], example: str) -> None:
    code, out, _ = await command("schema", *options)
    assert code == 0
    validator = Draft202012Validator(json.loads(out))
    assert validator.META_SCHEMA["$id"] == json.loads(out)["$schema"]
    data = YAML(typ="safe").load(CONFIG / example)
    assert list(validator.iter_errors(data)) == []
    assert list(validator.iter_errors({**data, "colour": "red"})) != []
