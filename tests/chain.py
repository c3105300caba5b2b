"""The real Prometheus and the real Alertmanager with what is shipped in deploy/, only faster.

Nothing here is a copy of a rule or of a route: the shipped files are read, and changed in named places.
Both programs listen on free ports and keep their data in the folder of the test, so a Prometheus or an
Alertmanager of the machine never hears of it.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from inbox import Inbox
from realparts import require_tool
from ruamel.yaml import YAML
from running import eventually, free_port

DEPLOY = Path(__file__).parents[1] / "deploy"
ALERTMANAGER = DEPLOY / "alertmanager/alertmanager.yml"
PROMETHEUS = DEPLOY / "prometheus/prometheus.yml"
SECRETS = "/etc/alertmanager/secrets/"
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
ALWAYS = [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}]


def read(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    return path


def seconds(duration: str) -> float:
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", duration))


def rule_files() -> list[Path]:
    """Return the rules that the shipped configuration loads."""
    return sorted(file for entry in read(PROMETHEUS)["rule_files"] for file in PROMETHEUS.parent.glob(entry))


def hastened(rules: dict[str, Any], speed: int) -> dict[str, Any]:
    """Divide what rules wait for (`for`, `keep_firing_for`) by `speed`, and evaluate each second.

    Windows inside of expressions stay: they say what an alert means, not when it comes.
    """
    for group in rules["groups"]:
        group["interval"] = "1s"
        for rule in group["rules"]:
            rule |= {key: f"{seconds(rule[key]) / speed:.0f}s" for key in ("for", "keep_firing_for") if key in rule}
    return rules


def diverted(config: dict[str, Any], folder: Path, box: Inbox, address: str) -> dict[str, Any]:
    """Send everything to the inbox, wait for nothing longer than a second, and be in the office always.

    Each secret is the name of its file. Mails go to the inbox too; routes and inhibition are as shipped.
    """
    text = json.dumps(config).replace(SECRETS, f"{folder}/secrets/")
    for file in set(re.findall(rf"{folder}/secrets/([\w-]+)", text)):
        (folder / "secrets").mkdir(exist_ok=True)
        secret = f"{box.url}chats" if file == "slack-url" else file
        (folder / "secrets" / file).write_text(f"{secret}\n", encoding="utf-8")
    text = re.sub(r'"group_(wait|interval)": "(?!0s)\w+"', r'"group_\1": "1s"', text)
    text = text.replace('"repeat_interval": "30s"', '"repeat_interval": "500ms"')  # the dead man's switch
    text = text.replace("https://events.pagerduty.com/v2/enqueue", f"{box.url}pages")
    text = text.replace("https://watchdog.example.org/agentmon", f"{box.url}beats")
    changed: dict[str, Any] = json.loads(text)
    for receiver in changed["receivers"]:
        if receiver.pop("email_configs", None):
            receiver["webhook_configs"] = [{"url": f"{box.url}mails"}]
    for interval in changed["time_intervals"]:
        interval["time_intervals"] = ALWAYS
    (folder / "templates").mkdir(exist_ok=True)
    for template in (ALERTMANAGER.parent / "templates").glob("*.tmpl"):
        words = template.read_text(encoding="utf-8").replace("http://agentmon.example.org:9877", address)
        (folder / "templates" / template.name).write_text(words, encoding="utf-8")
    return changed


@asynccontextmanager
async def alertmanager(
    folder: Path,
    box: Inbox,
    address: str = "http://agentmon.test",
    change: Callable[[dict[str, Any]], None] = lambda _config: None,
) -> AsyncIterator[str]:
    """Run the shipped Alertmanager on the inbox; give its address. `address` is that of agentmon's pages."""
    config = diverted(read(ALERTMANAGER), folder, box, address)
    change(config)
    file = write(folder / "alertmanager.yml", config)
    tool = require_tool("prometheus-alertmanager", "prometheus-alertmanager")
    listen = f"127.0.0.1:{free_port()}"
    arguments = (f"--config.file={file}", f"--storage.path={folder / 'alertmanager'}", "--cluster.listen-address=")
    async with _serving(tool, folder, listen, *arguments, f"--web.external-url=http://{listen}"):
        yield f"http://{listen}"


@asynccontextmanager
async def prometheus(
    folder: Path, target: str, pager: str, speed: int, program: Path | None = None
) -> AsyncIterator[str]:
    """Run the shipped Prometheus on one agentmon and one Alertmanager, hastened; give its address.

    `program` is Debian's where none is named.
    """
    config = read(PROMETHEUS)
    config["rule_files"] = [
        str(write(folder / "rules" / file.name, hastened(read(file), speed))) for file in rule_files()
    ]
    config["global"]["evaluation_interval"] = "1s"
    config["global"]["external_labels"]["runbooks"] = "https://git.example.org/agentmon/blob/main"
    (job,) = config["scrape_configs"]
    job |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    job["static_configs"] = [{"targets": [target]}]
    (peers,) = config["alerting"]["alertmanagers"]
    peers["static_configs"] = [{"targets": [pager.removeprefix("http://")]}]
    file = write(folder / "prometheus.yml", config)
    tool = str(program) if program else require_tool("prometheus", "prometheus")
    listen = f"127.0.0.1:{free_port()}"
    # What was sent before the Alertmanager was found is lost, and else sent again after a minute. Four delays without
    # a word and the alert counts as over, so it is not too short for a slow machine either.
    again = "--rules.alert.resend-delay=5s"
    async with _serving(tool, folder, listen, f"--config.file={file}", f"--storage.tsdb.path={folder / 'tsdb'}", again):
        yield f"http://{listen}"


@asynccontextmanager
async def _serving(tool: str, folder: Path, listen: str, *arguments: str) -> AsyncIterator[None]:
    log = folder / f"{Path(tool).name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            tool, *arguments, f"--web.listen-address={listen}", stdout=output, stderr=output
        )

    async def ready() -> bool:
        assert process.returncode is None, log.read_text(encoding="utf-8")
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://{listen}/-/ready") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    try:
        await eventually(ready)
        yield
    finally:
        if process.returncode is None:
            process.kill()  # it has nothing to save
        await process.wait()
