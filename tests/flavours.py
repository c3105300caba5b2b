"""The simulated vendors through each generation of their APIs and each log-in: options of a source by flavour."""

from monitor.simulator import SIMULATOR_CREDENTIALS, Simulator, Vendor, credentials

COMM100 = SIMULATOR_CREDENTIALS[Vendor.COMM100]
LIVEAGENT = SIMULATOR_CREDENTIALS[Vendor.LIVEAGENT]


def comm100_sources(simulator: Simulator) -> dict[str, dict[str, str]]:
    user = {"username": COMM100["username"]}
    password = user | {"password": COMM100["password"]}
    key = user | {"auth": "basic", "api_key": COMM100["api_key"]}
    v3 = {"url": simulator.urls["comm100"]}
    v4 = {"url": simulator.comm100_v4_url, "api": "v4"}
    oauth = password | {"auth": "oauth", "token_url": simulator.oauth_url}
    site = {"site_id": COMM100["site_id"]}
    return {
        "v3 by JWT": v3 | password | site | {"token_url": simulator.token_url},
        "v3 by OAuth": v3 | oauth,
        "v3 by key": v3 | key,
        "v4 by OAuth": v4 | oauth,
        "v4 by key": v4 | key | site,
    }


def liveagent_sources(simulator: Simulator) -> dict[str, dict[str, str]]:
    root = {"url": simulator.roots["liveagent"]}
    v1 = root | {"api_key": LIVEAGENT["api_key"]}
    return {
        "v1 by path": v1,
        "v1 by index": v1 | {"url_form": "index"},
        "v3": root | {"api": "v3", "api_key": credentials("liveagent", "v3")["api_key"]},
    }
