"""Rows as the vendors' documents show them; wordy where the vendor is, because reading it costs."""

from typing import Any

from benchmarks.centre import SLOTS, TEAMS, Agent, comm100_department, iadvize_group, liveagent_department

Row = dict[str, Any]

# ------------------------------------------------------------------ CoBrowser: every number is text


def cobrowser(agent: Agent) -> Row:
    is_online = agent.status == "online"
    durations = {
        f"{summary}{phase}Duration": str(agent.used * 10) for summary in ("avg", "min", "max")
        for phase in ("New", "Open", "Closed", "Burning", "Sleeping")
    }  # fmt: skip
    return {
        "id": str(agent.number),
        "name": f"Number{agent.number}",
        "firstname": "Agent",
        "username": agent.name,
        "status": "online" if is_online else "offline",
        "lastactive": str(agent.last_active),
        "slot_num": str(SLOTS),
        "hasFree": str(int(agent.free > 0)),
        "numFree": str(agent.free),
        "numOpen": str(agent.used),
        "numClosed": "0",
        **durations,
    }


# ------------------------------------------------------------------ iAdvize


def iadvize_live(agent: Agent) -> Row:
    is_online = agent.status == "online"
    chat = {
        "enabled": True,
        "slot_number": agent.used,
        "slot_max_number": SLOTS,
        "busy": is_online and agent.free == 0,
        "available": is_online and agent.free > 0,
    }
    none = {"enabled": False, "slot_number": 0, "slot_max_number": 1, "busy": False, "available": False}
    return {"id": agent.number, "connected": agent.status != "offline", "chat": chat, "call": none, "video": none}


def iadvize_operator(agent: Agent) -> Row:
    channels = ("chat", "call", "video")
    return {
        "id": agent.number,
        "name": f"Number{agent.number}",
        "first_name": "Agent",
        "pseudo": agent.name,
        "email": agent.email,
        "external_id": f"x{agent.number}",
        "role": "operator",
        "roles": ["operator"],
        **{f"{channel}_enabled": channel == "chat" for channel in channels},
        "chat_max_number": SLOTS,
        "chat_and_call": True,
        **{f"{channel}_priority": 0 for channel in channels},
        "language_list": ["en", "fr"],
        "language_admin": "en",
        "group_id": iadvize_group(agent.team),
        "website_list": [71],
        "skill_list": [],
        "sso_key": "",
        "_link": f"/operator/{agent.number}",
    }


def iadvize_groups(agents: list[Agent]) -> list[Row]:
    return [
        {
            "id": iadvize_group(team),
            "name": f"Team {team}",
            "created_at": "2019-03-04 09:30:00",
            "parent_id": None,
            "operator_list": [agent.number for agent in agents[team::TEAMS]],
            "_link": f"/group/{iadvize_group(team)}",
        }
        for team in range(TEAMS)
    ]


# ------------------------------------------------------------------ LiveAgent, API v1


def liveagent(agent: Agent) -> Row:
    return {
        "userid": f"{0xA6000000 + agent.number:08x}",
        "firstname": "Agent",
        "lastname": f"Number{agent.number}",
        "email": agent.email,
        "onlinestatus": {"online": "RT", "away": "R", "offline": ""}[agent.status],
        "presetstatus": "RT",
    }


def liveagent_departments() -> list[Row]:
    return [
        {
            "departmentid": liveagent_department(team),
            "name": f"Team {team}",
            "description": "",
            "onlinestatus": "RT",
            "presetstatus": "RT",
            "deleted": "N",
        }
        for team in range(TEAMS)
    ]


# ------------------------------------------------------------------ Comm100, API v3


def comm100_live(agent: Agent) -> Row:
    return {"id": agent.number, "status": agent.status.title(), "ongoingChats": agent.used}


def comm100_member(agent: Agent) -> Row:
    department = {"id": comm100_department(agent.team), "name": f"Team {agent.team}"}
    return {
        "id": agent.number,
        "email": agent.email,
        "displayName": "Agent",
        "firstName": "Agent",
        "lastName": f"Number{agent.number}",
        "title": "Agent",
        "isActive": True,
        "departmentIds": [department["id"]],
        "departments": [department],
        "roles": [{"id": 2, "name": "Agent"}],
    }


def comm100_departments() -> list[Row]:
    return [
        {"id": comm100_department(team), "name": f"Team {team}", "description": "", "isAvailable": True}
        for team in range(TEAMS)
    ]


def comm100_capacity(agents: list[Agent]) -> Row:
    return {
        "autoDistributionMethod": "loadBanlancing",
        "isLimitMaxConcurrentChatsForAllAgents": False,
        "agentAutoDistributions": [
            {"agentId": agent.number, "ifAutoAcceptChat": True, "maxConcurrentChats": SLOTS} for agent in agents
        ],
    }
