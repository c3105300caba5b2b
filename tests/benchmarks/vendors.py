"""Four vendors on one port, as a process: `python -m benchmarks.vendors --accounts 10000`.

POST /control {"latency": seconds, "hanging": vendor or null, "pulse": vendor, "turn": true}
"""

import argparse
import asyncio
import json
from typing import Any

from aiohttp import web
from benchmarks.answers import Answers
from benchmarks.centre import Centre


class Desk:
    def __init__(self, accounts: int) -> None:
        self._answers = Answers(Centre(accounts))
        self._latency = 0.0
        self._hanging = ""

    async def answer(self, request: web.Request) -> web.Response:
        if self._hanging and request.path.startswith(f"/{self._hanging}/"):
            await asyncio.sleep(3600)
        if self._latency:
            await asyncio.sleep(self._latency)
        try:
            body = self._answers.get(request.path, request.query)
        except KeyError as error:
            return web.Response(status=404, text=str(error))
        return web.Response(body=body, content_type="application/json")

    async def control(self, request: web.Request) -> web.Response:
        order: dict[str, Any] = await request.json()
        self._latency = order.get("latency", self._latency)
        self._hanging = order.get("hanging", self._hanging) or ""
        if "pulse" in order:
            self._answers.pulse(order["pulse"])
        if order.get("turn"):
            self._answers.turn()
        return web.Response(text="done\n")


async def serve(accounts: int) -> None:
    desk = Desk(accounts)
    app = web.Application()
    app.router.add_post("/control", desk.control)
    app.router.add_get("/{tail:.+}", desk.answer)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve canned vendors.")
    parser.add_argument("--accounts", type=int, required=True)
    asyncio.run(serve(parser.parse_args().accounts))
