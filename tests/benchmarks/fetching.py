"""An exporter of the usual kind: `python -m benchmarks.fetching BASE`. It asks the vendors at each scrape.

In its favour: departments, groups and capacities are read once at the start, and all requests of a scrape are made
at the same time, which no vendor's limits would allow for long. It counts people and slots by team and state, a
tenth of the families that agentmon publishes.
"""

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import urlopen

from benchmarks.centre import TEAMS, comm100_department, iadvize_group, liveagent_department
from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import GaugeMetricFamily

TIMEOUT = 10.0
WORKERS = TEAMS + 5
PAGE = 100

Seen = tuple[int, str, int, int]
"""Team, state, used and free slots of one account."""


class Fetching:
    def __init__(self, base: str) -> None:
        self._base = base
        self._pool = ThreadPoolExecutor(WORKERS)
        self._groups = {iadvize_group(team): team for team in range(TEAMS)}
        self._departments = {comm100_department(team): team for team in range(TEAMS)}
        self._operators = {
            row["id"]: self._groups[row["group_id"]]
            for page in self._pages("iadvize/api/2/operator?full=1&limit=100&page=", "data")
            for row in page
        }
        self._members = {
            row["id"]: self._departments[row["departmentIds"][0]]
            for page in self._pages("comm100/api/v3/globalSettings/agents?pageSize=100&pageIndex=", "agents")
            for row in page
        }
        capacity = self._get("comm100/api/v3/livechat/autoDistribution")["agentAutoDistributions"]
        self._capacity = {row["agentId"]: row["maxConcurrentChats"] for row in capacity}

    def collect(self) -> Iterator[Metric]:
        calls = [
            (self._cobrowser, "cobrowser/api/Account.php?c=getOnlineAgents"),
            (self._iadvize, "iadvize/api/2/operator/live?filters[connected]=1"),
            (self._iadvize, "iadvize/api/2/operator/live?filters[connected]=0"),
            (self._comm100, "comm100/api/v3/livechat/agents"),
            *((self._liveagent, f"liveagent/api/departments/{liveagent_department(n)}/agents") for n in range(TEAMS)),
        ]
        states, slots, failed = Counter(), Counter(), 0
        answers = self._pool.map(lambda call: self._read(*call), calls)
        for seen in answers:
            failed += seen is None
            for team, state, used, free in seen or ():
                states[team, state] += 1
                slots[team, "used"] += used
                slots[team, "free"] += free
        agents = GaugeMetricFamily("team_agents", "People by state.", labels=("team", "state"))
        for (team, state), count in states.items():
            agents.add_metric((f"team-{team:02}", state), count)
        load = GaugeMetricFamily("team_slots", "Slots by state.", labels=("team", "state"))
        for (team, state), count in slots.items():
            load.add_metric((f"team-{team:02}", state), count)
        yield from (agents, load, GaugeMetricFamily("failed_requests", "Requests that failed.", value=failed))

    def _read(self, reader: Any, path: str) -> list[Seen] | None:
        try:
            return list(reader(self._get(path)))
        except OSError:
            return None

    def _get(self, path: str) -> Any:
        with urlopen(f"{self._base}/{path}", timeout=TIMEOUT) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def _pages(self, path: str, key: str) -> Iterator[list[dict[str, Any]]]:
        number = 1
        while page := self._get(f"{path}{number}")[key]:
            yield page
            number += 1

    def _cobrowser(self, answer: Any) -> Iterable[Seen]:
        for row in answer["getOnlineAgents"]:
            is_online = row["status"].lower() == "online"
            free = int(row["numFree"])
            yield int(row["username"][1:3]), _state(is_online, free), int(row["numOpen"]), free

    def _iadvize(self, answer: Any) -> Iterable[Seen]:
        for row in answer["data"]:
            chat = row["chat"]
            free = chat["slot_max_number"] - chat["slot_number"] if chat["available"] else 0
            accepts = row["connected"] and (chat["available"] or chat["busy"])
            yield self._operators[row["id"]], _state(accepts, free), chat["slot_number"], free

    def _liveagent(self, answer: Any) -> Iterable[Seen]:
        for row in answer["response"]["agents"]:
            number = int(row["userid"], 16) - 0xA6000000
            yield number % TEAMS, _state("T" in row["onlinestatus"], 1), 0, 0

    def _comm100(self, answer: Any) -> Iterable[Seen]:
        for row in answer:
            is_online = row["status"] == "Online"
            free = max(self._capacity[row["id"]] - row["ongoingChats"], 0) * is_online
            yield self._members[row["id"]], _state(is_online, free), row["ongoingChats"], free


def _state(accepts: bool, free: int) -> str:
    return ("available" if free else "full") if accepts else "away"


def main() -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Fetching(sys.argv[1]))
    server, _ = start_http_server(0, "127.0.0.1", registry)
    print(json.dumps({"port": server.server_port}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
