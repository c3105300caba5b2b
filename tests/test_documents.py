"""What the documents say is held against what the program does."""

import re
from pathlib import Path

import pytest
from builders import T0, everything, later, offline, reading, snapshot, spec, state, team
from typer.testing import CliRunner

from monitor.cli.main import app
from monitor.config import parse
from monitor.model import Group, Selector
from monitor.privacy import pseudonymous
from monitor.reconciler.explain import explain
from monitor.reference import PAGES, main
from monitor.web.telling import tell

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES_OF_THE_PROJECT = sorted(page for page in ROOT.rglob("*.md") if not {".venv", "fixtures"} & set(page.parts))


def test_the_generated_tables_are_up_to_date() -> None:
    assert main(["--check"], ROOT) == 0


def test_an_outdated_page_is_named_and_can_be_renewed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for page in PAGES:
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        text = (ROOT / page).read_text(encoding="utf-8")
        (tmp_path / page).write_text(
            re.sub(r"\| `(agentmon_people|sources|stopped)`|AgentmonDown", "| `old`", text), encoding="utf-8"
        )
    assert main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err
    assert all(page in told for page in PAGES)
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


@pytest.mark.parametrize("page", PAGES_OF_THE_PROJECT, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def option_names(command: str) -> set[str]:
    result = CliRunner().invoke(app, [command, "--help"], terminal_width=200)
    assert result.exit_code == 0
    return set(re.findall(r"--[a-z.-]+", result.output)) - {"--help"}


COMMANDS = sorted(re.findall(r"^\| `agentmon ([a-z]+)", README, flags=re.MULTILINE))


def test_the_readme_names_each_command() -> None:
    told = CliRunner().invoke(app, ["--help"], terminal_width=200).output
    listed = re.findall(r"^ +([a-z]+) +[A-Z]", told, flags=re.MULTILINE)
    assert COMMANDS
    assert sorted(listed) == COMMANDS


def test_the_readme_names_each_option_of_run_and_no_other() -> None:
    told = set(re.findall(r"--(?:config|web|log)\.[a-z-]+", README))
    assert told == option_names("run")


def test_the_explanation_in_the_readme_is_what_would_be_told() -> None:
    sales = frozenset({"group:12"})
    seen = snapshot(
        reading("456", sales, used=1, free=0, reason="toggled off", last_active=T0.wall - 120),
        offline("123", sales),
        offline("457", sales),
        source="iadvize-fr",
        groups=[Group("group:12", "Sales")],
    )
    wanted = team("sales", Selector("iadvize-fr", groups=("group:12",)), available_agents=2)
    _, memory = everything([state(seen, of=spec("iadvize-fr", "iadvize"))], wanted, now=later(4))
    told = explain("sales", memory, pseudonymous("readme"))
    assert told is not None
    assert f"```\n{tell(told)}```" in README


def test_each_vendor_has_a_block_in_the_readme_that_is_a_valid_source() -> None:
    first = re.search(r"```yaml\n(sources:.*?)```", README, flags=re.DOTALL)
    assert first
    blocks = re.findall(r"```yaml\n(  - name: .*?)```", README, flags=re.DOTALL)
    assert len(blocks) == 3
    text = first[1].replace("teams:", "".join(blocks) + "teams:")
    config = parse(text, filename="README.md", base=ROOT)
    assert {source.spec.vendor for source in config.sources} == {"cobrowser", "comm100", "iadvize", "liveagent"}
