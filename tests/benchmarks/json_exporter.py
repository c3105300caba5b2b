"""prometheus-community's json_exporter on the simulated vendors, set up as its own examples do.

A probe of it reads one address and sums nothing. It reads the list of Comm100 here, where a cycle makes 55 requests,
and makes a series of each account; teams, states and capacities would be left to queries.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from benchmarks.programs import Program
from running import eventually, free_port

BUILT = Path(__file__).parents[2] / ".json_exporter/json_exporter"
MODULE = {
    "metrics": [
        {
            "name": "agent",
            "type": "object",
            "path": "{ [*] }",
            "help": "Ongoing chats of an agent.",
            "labels": {"agent": "{ .id }", "status": "{ .status }"},
            "values": {"ongoing_chats": "{ .ongoingChats }"},
        }
    ]
}


def json_exporter() -> str | None:
    """The program, built by `make json-exporter` or installed."""
    return str(BUILT) if BUILT.exists() else shutil.which("json_exporter")


@asynccontextmanager
async def probing(executable: str, vendors: str, folder: Path) -> AsyncIterator[tuple[Program, str]]:
    """It as a process, and the address of its probe."""
    file = folder / "json_exporter.yml"
    file.write_text(json.dumps({"modules": {"comm100": MODULE}}), encoding="utf-8")  # JSON is YAML
    base = f"http://127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        executable, f"--config.file={file}", f"--web.listen-address={base.removeprefix('http://')}", "--log.level=error"
    )
    probe = f"{base}/probe?module=comm100&target={vendors}/comm100/api/v3/livechat/agents"
    try:
        await eventually(lambda: answers(probe, 1.0), what="json_exporter")
        yield Program(process.pid, base), probe
    finally:
        process.kill()
        await process.wait()


async def answers(url: str, within: float) -> bool:
    """Whether the address answers well within these seconds."""
    try:
        async with aiohttp.ClientSession() as session, session.get(url, timeout=aiohttp.ClientTimeout(within)) as found:
            await found.read()
            return found.ok
    except (aiohttp.ClientError, TimeoutError):
        return False
