"""The manifests, put together by kustomize and held against the schemas of Kubernetes itself."""

import ipaddress
import re
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from builders import row
from chain import read, rule_files
from jsonschema import Draft202012Validator
from realparts import missing, require_tool
from ruamel.yaml import YAML
from typer.testing import CliRunner

from monitor.cli.main import app
from monitor.config import load

KUBERNETES = Path(__file__).parents[2] / "deploy/kubernetes"
OPERATOR = Path(__file__).parents[2] / ".operator"
OWN_SCHEMA = {"ServiceMonitor", "PrometheusRule"}
"""Of the Prometheus operator; Kubernetes has no schema of theirs."""
LABEL = {"app.kubernetes.io/name": "agentmon"}


def built(folder: Path) -> str:
    """What `kubectl apply --kustomize` would send."""
    kustomize, kubectl = shutil.which("kustomize"), shutil.which("kubectl")
    if not (kustomize or kubectl):
        missing("kustomize", "go install sigs.k8s.io/kustomize/kustomize/v5@v5.0.3, or install kubectl")
    command = [kustomize, "build"] if kustomize else [kubectl, "kustomize"]
    done = subprocess.run([*map(str, command), folder], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "kustomize warns of something"
    return done.stdout


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    return [found for found in YAML(typ="safe").load_all(built(KUBERNETES)) if found]


def one(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [manifest for manifest in manifests if manifest["kind"] == kind]
    return found


@pytest.fixture
def pod(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    return one(manifests, "Deployment")["spec"]["template"]["spec"]


def test_each_kind_is_there_once_and_in_the_namespace(manifests: list[dict[str, Any]]) -> None:
    kinds = [manifest["kind"] for manifest in manifests]
    assert sorted(kinds) == [
        "ConfigMap", "Deployment", "Namespace", "NetworkPolicy", "PrometheusRule", "Service", "ServiceMonitor",
    ]  # fmt: skip
    spaces = {manifest["metadata"].get("namespace") for manifest in manifests if manifest["kind"] != "Namespace"}
    assert spaces == {one(manifests, "Namespace")["metadata"]["name"]}


@pytest.mark.parametrize("version", ["1.25", "1.37"])
def test_the_schemas_of_kubernetes_accept_them(manifests: list[dict[str, Any]], version: str) -> None:
    for manifest in manifests:
        if manifest["kind"] not in OWN_SCHEMA:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schemas_are_not_asleep(manifests: list[dict[str, Any]]) -> None:
    deployment = one(manifests, "Deployment")
    wrong = {**deployment, "spec": {**deployment["spec"], "replica": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37", strict=True)


def schema_of(kind: str) -> dict[str, Any]:
    """As the operator defines it, and strict: an unknown key would be dropped by a cluster without a word."""
    file = OPERATOR / f"monitoring.coreos.com_{kind.lower()}s.yaml"
    if not file.exists():
        pytest.skip("the schemas of the Prometheus operator are missing on this machine: make operator (needs Go)")
    (version,) = read(file)["spec"]["versions"]
    return strict(version["schema"]["openAPIV3Schema"]) | {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def strict(schema: Any) -> Any:
    match schema:
        case {"x-kubernetes-int-or-string": True}:
            return {"type": ["integer", "string"]}
        case {"properties": dict(properties), **rest}:
            inner = {name: strict(one) for name, one in properties.items()}
            return {**rest, "properties": inner, "additionalProperties": False}
        case dict():
            return {name: strict(one) for name, one in schema.items()}
        case list():
            return [strict(one) for one in schema]
        case _:
            return schema


def held_against_its_schema(manifest: dict[str, Any]) -> list[str]:
    """What the schema says of it, the parts that every object has left to Kubernetes."""
    schema = schema_of(manifest["kind"])
    schema["properties"]["metadata"] = {"type": "object"}
    return [error.message for error in Draft202012Validator(schema).iter_errors(manifest)]


@pytest.mark.parametrize("kind", sorted(OWN_SCHEMA))
def test_the_schemas_of_the_operator_accept_its_own(manifests: list[dict[str, Any]], kind: str) -> None:
    assert held_against_its_schema(one(manifests, kind)) == []


@pytest.mark.parametrize(
    ("kind", "path", "value", "said"),
    [
        row("a misspelt key", "ServiceMonitor", ("endpoints", 0, "intervall"), "5s", "'intervall' was unexpected"),
        row("no duration", "ServiceMonitor", ("endpoints", 0, "interval"), "5 s", "'5 s' does not match"),
        row("a rule's misspelt key", "PrometheusRule", ("groups", 0, "rules", 0, "fore"), "5m", "'fore' was unexp"),
        row("no list of groups", "PrometheusRule", ("groups",), {}, "is not of type 'array'"),
    ],
)
def test_the_schemas_of_the_operator_are_not_asleep(
    manifests: list[dict[str, Any]], kind: str, path: tuple[str | int, ...], value: Any, said: str
) -> None:
    broken = deepcopy(one(manifests, kind))
    part = broken["spec"]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert any(said in error for error in held_against_its_schema(broken))


def test_whatever_selects_selects_the_pod(manifests: list[dict[str, Any]]) -> None:
    labels = one(manifests, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert labels.items() >= LABEL.items()
    assert one(manifests, "Deployment")["spec"]["selector"]["matchLabels"] == LABEL
    assert one(manifests, "Service")["spec"]["selector"] == LABEL
    assert one(manifests, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == LABEL
    monitored = one(manifests, "ServiceMonitor")["spec"]["selector"]["matchLabels"]
    assert one(manifests, "Service")["metadata"]["labels"].items() >= monitored.items()


def test_names_of_ports_are_those_of_the_container(manifests: list[dict[str, Any]], pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    (port,) = container["ports"]
    (service,) = one(manifests, "Service")["spec"]["ports"]
    (endpoint,) = one(manifests, "ServiceMonitor")["spec"]["endpoints"]
    (ingress,) = one(manifests, "NetworkPolicy")["spec"]["ingress"]
    assert service["targetPort"] == port["name"] == ingress["ports"][0]["port"]
    assert endpoint["port"] == service["name"]
    listen = {env["name"]: env["value"] for env in container["env"]}["AGENTMON_WEB_LISTEN_ADDRESS"]
    assert listen == f":{port['containerPort']}"


def test_prometheus_gives_the_job_the_name_that_the_rules_expect(manifests: list[dict[str, Any]]) -> None:
    monitor, service = one(manifests, "ServiceMonitor"), one(manifests, "Service")
    assert service["metadata"]["labels"][monitor["spec"]["jobLabel"]] == "agentmon"
    assert set(monitor["spec"]) == {"jobLabel", "selector", "endpoints"}
    assert set(monitor["spec"]["endpoints"][0]) == {"port", "interval", "scrapeTimeout"}


def test_the_pod_is_as_the_strictest_standard_wants_it(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    context = pod["securityContext"]
    assert (context["runAsNonRoot"], context["seccompProfile"]) == (True, {"type": "RuntimeDefault"})
    assert context["runAsUser"] == 65532
    assert pod["automountServiceAccountToken"] is False
    assert "memory" in container["resources"]["limits"]
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}


def test_probes_ask_what_the_service_answers(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    paths = {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")}
    assert paths == {"startupProbe": "/-/healthy", "livenessProbe": "/-/healthy", "readinessProbe": "/-/ready"}


def test_secrets_are_referred_to_and_are_not_here(manifests: list[dict[str, Any]], pod: dict[str, Any]) -> None:
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    assert volumes["secrets"]["secret"]["secretName"] == "agentmon"
    config = one(manifests, "ConfigMap")["data"]["monitor.yml"]
    files = re.findall(r"\{file: (\S+)\}", config)
    assert files
    assert all(Path(file).parent == Path(mounts["secrets"]) for file in files)


def test_the_configuration_is_one_that_agentmon_takes(tmp_path: Path) -> None:
    config = load(KUBERNETES / "monitor.yml")
    assert config.warnings == ()
    assert {secret.secret.is_plain for secret in config.secrets} == {False}


def egress(manifests: list[dict[str, Any]]) -> Iterator[tuple[Any, set[tuple[str, Any]]]]:
    for rule in one(manifests, "NetworkPolicy")["spec"]["egress"]:
        for peer in rule["to"]:
            yield peer, {(port["protocol"], port["port"]) for port in rule["ports"]}


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("203.0.113.7", True),
        ("2001:db8::7", True),
        ("10.1.2.3", False),
        ("172.20.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("fd00:ec2::254", False),
    ],
)
def test_vendors_are_reached_and_neither_the_cluster_nor_the_metadata_of_a_machine(
    *, manifests: list[dict[str, Any]], address: str, reached: bool
) -> None:
    where = ipaddress.ip_address(address)
    allowed = False
    for peer, ports in egress(manifests):
        block = peer.get("ipBlock")
        if block and ("TCP", 443) in ports and where in ipaddress.ip_network(block["cidr"]):
            allowed |= not any(where in ipaddress.ip_network(network) for network in block["except"])
    assert allowed is reached


def test_names_are_asked_of_the_cluster_and_nothing_else_is(manifests: list[dict[str, Any]]) -> None:
    inside = [(peer, ports) for peer, ports in egress(manifests) if "ipBlock" not in peer]
    ((peer, ports),) = inside
    assert peer["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}
    assert ports == {("UDP", 53), ("TCP", 53)}


def test_the_rules_are_those_of_the_file_and_promtool_accepts_them(
    manifests: list[dict[str, Any]], tmp_path: Path
) -> None:
    spec = one(manifests, "PrometheusRule")["spec"]
    (file,) = rule_files()
    assert spec == read(file)
    rules = tmp_path / "rules.yml"
    with rules.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(spec, stream)
    done = subprocess.run(
        [require_tool("promtool", "prometheus"), "check", "rules", rules], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_rule_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["rules", str(KUBERNETES / "monitor.yml"), "--kubernetes", "--label=site=lyon"])
    assert result.exit_code == 0
    made = YAML(typ="safe").load(result.output)
    shipped = read(KUBERNETES / "prometheusrule.yaml")
    assert {key: made[key] for key in ("apiVersion", "kind", "metadata")} == {
        key: shipped[key] for key in ("apiVersion", "kind", "metadata")
    }
    assert {
        rule["labels"]["site"] for group in made["spec"]["groups"] for rule in group["rules"] if "alert" in rule
    } == {"lyon"}


def test_an_overlay_with_its_own_configuration_and_image_is_what_the_readme_says(tmp_path: Path) -> None:
    """The overlay of deploy/README.md, built as written, beside the base."""
    text = (KUBERNETES.parent / "README.md").read_text(encoding="utf-8")
    overlay = re.search(r"```yaml\n(# mine/kustomization\.yaml\n.*?)```", text, flags=re.DOTALL)
    assert overlay
    shutil.copytree(KUBERNETES, tmp_path / "deploy/kubernetes")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/kustomization.yaml").write_text(overlay[1], encoding="utf-8")
    (tmp_path / "mine/monitor.yml").write_text("# mine\n", encoding="utf-8")
    (tmp_path / "mine/prometheusrule.yaml").write_text(
        CliRunner().invoke(app, ["rules", str(KUBERNETES / "monitor.yml"), "--kubernetes", "--label=site=lyon"]).output,
        encoding="utf-8",
    )
    found = [manifest for manifest in YAML(typ="safe").load_all(built(tmp_path / "mine")) if manifest]
    assert one(found, "ConfigMap")["data"] == {"monitor.yml": "# mine\n"}
    (container,) = one(found, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example.org/mine/agentmon:0.1.0"
    assert one(found, "PrometheusRule")["spec"] == read(tmp_path / "mine/prometheusrule.yaml")["spec"]
