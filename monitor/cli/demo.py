"""`agentmon demo`: the simulator and the monitor on it, in one process, with nothing else needed."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
import typer

from monitor.cli.ending import to_the_end
from monitor.cli.texts import listen_address_of
from monitor.config import load
from monitor.errors import AgentmonError
from monitor.service import serve, until_stopped
from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor, account_id

log = structlog.get_logger("monitor")

MAX_SLOTS = 4

TEAMS = """
  - name: sales
    members:
      - {source: iadvize, groups: ["group:12"]}
      - {source: liveagent, groups: [Sales]}
      - {source: comm100, groups: [Sales]}
      - {source: cobrowser, agents: ["sales-*"]}
    targets: {available_agents: 2, occupancy: 0.85}
  - name: support
    channels: [chat, ticket]
    members:
      - {source: iadvize, groups: ["group:14"]}
      - {source: liveagent, groups: [Support]}
      - {source: comm100, groups: [Support]}
      - {source: cobrowser, agents: ["support-*"]}
    targets: {available_agents: 2, free_slots: 3, occupancy: 0.85}
  - name: billing
    members: [{source: iadvize, groups: ["skill:3"]}]
  - name: phone
    channels: [call]
    members: [{source: iadvize}, {source: liveagent}]
  - name: night
    hours: {open: "22:00-06:00"}
    members: [{source: comm100}]
"""


class DemoError(AgentmonError):
    """The demo cannot start; the text says why."""


def simulator(seed: int, speed: float, first_port: int) -> Simulator:
    """A contact centre on five ports in a row: control, CoBrowser, iAdvize, LiveAgent, Comm100."""
    vendors = ("cobrowser", "iadvize", "liveagent", "comm100")
    ports = {vendor: first_port + offset if first_port else 0 for offset, vendor in enumerate(vendors, start=1)}
    return Simulator(seed=seed, speed=speed, ports=ports, control_port=first_port)


def demo_configuration(running: Simulator, listen: str) -> str:
    """A configuration of the monitor that fits a running simulator. Its passwords are made up and public."""
    sources = "\n".join(
        "  - " + json.dumps({"name": vendor, "vendor": vendor, "url": running.urls[vendor]} | _login(running, vendor))
        for vendor in running.urls
    )
    poll = "{interval: 2s, timeout: 1s, max_age: 10s, roster_interval: 30s, requests_per_minute: 1000}"
    return f"""defaults:
  poll: {poll}
sources:
{sources}
teams:{TEAMS}
people:
  match: [email]
  list: {json.dumps(_people(running))}
web: {{listen: {json.dumps(listen)}}}
"""


def _people(running: Simulator) -> list[dict[str, Any]]:
    """CoBrowser tells no e-mail addresses, so whoever works there and elsewhere is joined by hand.

    The first of them cannot hold more than a few contacts in all tools together.
    """
    listed: list[dict[str, Any]] = []
    for person in running.world.people:
        accounts = [f"{account.vendor}/{account_id(account)}" for account in person.accounts]
        if len(accounts) > 1 and any(account.vendor is Vendor.COBROWSER for account in person.accounts):
            listed.append({"name": person.key, "accounts": accounts})
    if listed:
        listed[0]["max_slots"] = MAX_SLOTS
    return listed


def _login(running: Simulator, vendor: str) -> dict[str, str]:
    credentials = dict(SIMULATOR_CREDENTIALS[vendor])
    if vendor != "comm100":
        return credentials
    del credentials["api_key"]
    return credentials | {"token_url": running.token_url}


def run_simulator(seed: int, speed: float, first_port: int) -> None:
    """Serve the simulated vendors alone until stopped."""
    to_the_end(_simulate(seed, speed, first_port))


def run_demo(seed: int, speed: float, first_port: int, listen: str) -> None:
    """Run simulator and monitor together until stopped."""
    listen_address_of(listen)  # what is wrong with it is told before anything starts
    to_the_end(_demo(seed, speed, first_port, listen))


async def _simulate(seed: int, speed: float, first_port: int) -> None:
    try:
        async with simulator(seed, speed, first_port) as running:
            for vendor, url in running.urls.items():
                log.info("simulated_vendor", vendor=str(vendor), url=url)
            log.info("simulator_started", control=running.control_url)
            await until_stopped()
    except OSError as error:
        raise DemoError(f"the simulator cannot listen: {error}") from error


async def _demo(seed: int, speed: float, first_port: int, listen: str) -> None:
    running = simulator(seed, speed, first_port)
    try:
        await running.start()
    except OSError as error:
        raise DemoError(f"the simulator cannot listen: {error}; is another demo running?") from error
    try:
        with TemporaryDirectory(prefix="agentmon-demo-") as folder:
            file = Path(folder) / "demo.yml"
            file.write_text(demo_configuration(running, listen), encoding="utf-8")
            config = load(file)
        here = f"127.0.0.1{listen}" if listen.startswith(":") else listen
        typer.echo(_announcement(running, speed, f"http://{here}"))
        await serve(config, config.listen)
    finally:
        await running.stop()


def _announcement(running: Simulator, speed: float, here: str) -> str:
    return f"""agentmon watches a simulated contact centre: 4 vendors, 5 teams, 40 people, {speed:g} times real time.

  wall         {here}/wall
  status page  {here}/
  metrics      {here}/metrics
  terminal     agentmon top {here}
  why?         agentmon explain {here} sales

Make trouble, from another terminal:
  curl -X POST   {running.control_url}/faults/iadvize -d '{{"kind": "down"}}'      # a vendor dies
  curl -X DELETE {running.control_url}/faults/iadvize                            # and is back
  curl -X POST   {running.control_url}/teams/sales -d '{{"presence": "away"}}'     # everyone on a break

Ctrl-C ends it."""
