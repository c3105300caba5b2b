"""What is built, and installed from what was built: wheel and source archive, without a network."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from realparts import require_tool

from monitor import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SMALL = """
sources: [{name: desk, vendor: liveagent, url: "https://acme.ladesk.com", api_key: {env: KEY}}]
teams: [{name: support, members: [{source: desk}]}]
"""


def call(*command: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """Standard output; the checkout is on no path, so that what is installed cannot lean on it."""
    alone = {**os.environ, "PYTHONPATH": "", **(env or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=alone, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Built:
    """What came of one build, and the revision of the clone that it was built from."""

    folder: Path
    clone: Path
    revision: str

    @property
    def wheel(self) -> Path:
        return next(self.folder.glob("*.whl"))

    @property
    def archive(self) -> Path:
        return next(self.folder.glob("*.tar.gz"))


def build(source: Path, target: Path, **env: str) -> None:
    call(sys.executable, "-m", "hatchling", "build", "-d", target, cwd=source, env={"AGENTMON_REVISION": "", **env})


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """From a clean clone: the files that git knows or would take, committed, and nothing else."""
    git = require_tool("git", "git")
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout, so there is nothing to clone")
    folder = tmp_path_factory.mktemp("packaging")
    clone = folder / "clone"
    for name in call(git, "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).exists():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    call(git, "init", "--quiet", clone)
    call(git, "-C", clone, "add", "--all")
    call(git, "-C", clone, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=a")
    build(clone, folder / "dist")
    revision = call(git, "-C", clone, "rev-parse", "--short=12", "HEAD").strip()
    return Built(folder / "dist", clone, revision)


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of an environment that holds the wheel alone; dependencies are those of the tests."""
    home = tmp_path_factory.mktemp("venv") / "agentmon"
    venv.create(home, with_pip=False)
    call(sys.executable, "-m", "pip", "--python", home / "bin/python", "install", "--quiet", "--no-index", "--no-deps",
         "--disable-pip-version-check", built.wheel)  # fmt: skip
    (packages,) = home.glob("lib/python3*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin"


def names(built: Built) -> set[str]:
    with ZipFile(built.wheel) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_the_package_with_whatever_is_no_python_and_nothing_else(built: Built) -> None:
    ours = {path.relative_to(built.clone).as_posix() for path in (built.clone / "monitor").rglob("*") if path.is_file()}
    told = {name for name in names(built) if ".dist-info/" not in name}
    assert told == ours | {"monitor/revision.txt"}
    assert {"monitor/py.typed", "monitor/__main__.py"} <= told


def test_the_source_archive_holds_what_a_release_is_made_and_tested_from(built: Built) -> None:
    with tarfile.open(built.archive) as archive:
        told = {name.partition("/")[2] for name in archive.getnames()}
    tracked = set(call("git", "-C", built.clone, "ls-files").split())
    assert told == tracked | {"PKG-INFO", "monitor/revision.txt"}


def test_a_second_build_is_the_same_to_the_byte_and_so_is_one_from_the_source_archive(
    built: Built, tmp_path: Path
) -> None:
    build(built.clone, tmp_path / "again")
    with tarfile.open(built.archive) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("agent_availability_monitor-*")
    build(unpacked, tmp_path / "from-archive")

    def digests(folder: Path) -> dict[str, str]:
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}

    assert digests(tmp_path / "again") == digests(tmp_path / "from-archive") == digests(built.folder)


def test_the_time_of_the_files_is_source_date_epoch(built: Built, tmp_path: Path) -> None:
    build(built.clone, tmp_path, SOURCE_DATE_EPOCH="1750000000")
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert {entry.date_time[:3] for entry in wheel.infolist()} == {(2025, 6, 15)}


def test_what_is_installed_tells_its_version_and_revision(installed: Path, built: Built) -> None:
    python = platform.python_version()
    told = call(installed / "agentmon", "--version", env={"AGENTMON_REVISION": ""})
    assert told == f"agentmon {__version__} (revision {built.revision}, Python {python})\n"
    told = call(installed / "agentmon", "--version", env={"AGENTMON_REVISION": "from-the-environment"})
    assert told == f"agentmon {__version__} (revision from-the-environment, Python {python})\n"


def test_what_is_installed_is_the_wheel_and_works_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = call(installed / "python", "-c", "import monitor; print(monitor.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    (tmp_path / "monitor.yml").write_text(SMALL, encoding="utf-8")
    assert "fine (1 source, 1 team, " in call(installed / "agentmon", "check", "monitor.yml", cwd=tmp_path)
    assert '"$defs"' in call(installed / "agentmon", "schema", cwd=tmp_path)
    assert "AgentmonDown" in call(installed / "agentmon", "rules", "monitor.yml", cwd=tmp_path)


def test_a_changed_checkout_is_told_from_its_revision(built: Built, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(built.clone, clone)
    (clone / "README.md").write_text("changed\n", encoding="utf-8")
    build(clone, tmp_path / "dist")
    with ZipFile(next((tmp_path / "dist").glob("*.whl"))) as wheel:
        assert wheel.read("monitor/revision.txt").decode() == f"{built.revision}-dirty\n"


@pytest.mark.parametrize(
    "env", [{"PATH": ""}, {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}], ids=["no git", "the checkout of somebody else"]
)
def test_without_a_revision_it_is_built_all_the_same(built: Built, tmp_path: Path, env: dict[str, str]) -> None:
    build(built.clone, tmp_path, **env)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert "monitor/revision.txt" not in wheel.namelist()


def required() -> list[Requirement]:
    project = PROJECT["project"]
    groups = [entry for group in PROJECT["dependency-groups"].values() for entry in group if isinstance(entry, str)]
    extras = [entry for extra in project["optional-dependencies"].values() for entry in extra]
    return [Requirement(text) for text in (*project["dependencies"], *extras, *groups)]


def test_each_dependency_is_pinned_once_to_a_version_that_the_project_takes() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    pinned = {canonicalize_name(pin.name): re.sub("^==", "", str(pin.specifier)) for pin in pins}
    assert len(pinned) == len(pins)
    for wanted in required():
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)], prereleases=True), str(wanted)
