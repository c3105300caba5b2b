"""The centre's answers as bytes, by vendor, path and query; encoded once for each state of the centre."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from benchmarks import shapes
from benchmarks.centre import TEAMS, VENDORS, Agent, Centre, liveagent_department

MAXIMAL_PAGE = 100

Query = Mapping[str, str]


class Answers:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._kept: dict[tuple[str, tuple[tuple[str, str], ...]], bytes] = {}

    def turn(self) -> None:
        self.centre.turn()
        self._kept.clear()

    def pulse(self, vendor: str) -> None:
        self.centre.pulse(vendor)
        self._kept.clear()

    def get(self, path: str, query: Query) -> bytes:
        """`path` begins with the vendor's name. KeyError where there is nothing of that path."""
        key = path, tuple(sorted(query.items()))
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = msgspec.json.encode(self._answer(path.strip("/").split("/"), query))
        return found

    def _answer(self, parts: Sequence[str], query: Query) -> Any:
        vendor = parts[0]
        if vendor not in VENDORS:
            raise KeyError(vendor)
        agents = self.centre.agents[vendor]
        match vendor, parts[1:]:
            case "cobrowser", ["api", "Account.php"]:
                return _cobrowser(agents, query["c"])
            case "iadvize", ["api", "2", *rest]:
                return _iadvize(agents, "/".join(rest), query)
            case "liveagent", ["api", "departments", *rest]:
                return _liveagent(agents, rest)
            case "comm100", ["api", "v3", *rest]:
                return _comm100(agents, "/".join(rest), query)
        raise KeyError("/".join(parts))


def _cobrowser(agents: list[Agent], command: str) -> Any:
    shown = agents if command == "getAllAgents" else [agent for agent in agents if agent.status != "offline"]
    return {command: [shapes.cobrowser(agent) for agent in shown]}


def _iadvize(agents: list[Agent], path: str, query: Query) -> Any:
    meta = {"status": "success", "filters": [name[8:-1] for name in query if name.startswith("filters[")]}
    if path == "operator/live":
        match query.get("filters[connected]"):
            case "0":
                shown = [agent for agent in agents if agent.status == "offline"]
            case "1":
                shown = [agent for agent in agents if agent.status != "offline"]
            case _:
                shown = [agent for agent in agents if agent.free]
        return {"meta": meta, "data": [shapes.iadvize_live(agent) for agent in shown]}
    limit, page = int(query.get("limit", "20")), int(query.get("page", "1"))
    first = (page - 1) * limit
    if path == "operator":
        count, rows = len(agents), [shapes.iadvize_operator(agent) for agent in agents[first : first + limit]]
    else:
        listed = {"group": shapes.iadvize_groups(agents), "skill": []}[path]
        count, rows = len(listed), listed[first : first + limit]
    pager = {"page": page, "pages": max(1, -(-count // limit)), "limit": limit, "count": count}
    return {"meta": meta, "data": rows, "pagination": pager}


def _liveagent(agents: list[Agent], rest: Sequence[str]) -> Any:
    if not rest:
        return {"response": {"departments": shapes.liveagent_departments()}}
    team = [liveagent_department(team) for team in range(TEAMS)].index(rest[0])
    return {"response": {"agents": [shapes.liveagent(agent) for agent in agents[team::TEAMS]]}}


def _comm100(agents: list[Agent], path: str, query: Query) -> Any:
    match path:
        case "livechat/agents":
            return [shapes.comm100_live(agent) for agent in agents]
        case "globalSettings/agents":
            size, page = min(MAXIMAL_PAGE, int(query.get("pageSize", "10"))), int(query.get("pageIndex", "1"))
            rows = [shapes.comm100_member(agent) for agent in agents[(page - 1) * size : page * size]]
            more = f"?pageIndex={page + 1}" if page * size < len(agents) else ""
            return {"count": len(agents), "nextPage": more, "previousPage": "", "agents": rows}
        case "globalSettings/departments":
            return shapes.comm100_departments()
        case "livechat/autoDistribution":
            return shapes.comm100_capacity(agents)
        case "livechat/customAwayStatus" | "globalSettings/agentAwayStatuses":
            return []
    raise KeyError(path)
