"""Requests a minute and a day, against what the vendors document."""

from pathlib import Path

import pytest

from monitor.config import Config, ConfigError, parse
from monitor.pollers.vendors import liveagent
from monitor.pollers.vendors.base import Limit


def load(*sources: str) -> Config:
    text = "sources:\n" + "".join(f"  - {{{source}}}\n" for source in sources) + "teams:\n"
    members = ", ".join(f"{{source: s{number}}}" for number in range(len(sources)))
    return parse(text + f"  - {{name: all, members: [{members}]}}\n", filename="f.yml", base=Path())


def cobrowser(number: int, interval: str = "15s") -> str:
    return f"name: s{number}, vendor: cobrowser, user: u, api_key: {{env: K}}, poll: {{interval: {interval}}}"


def departments(count: int, number: int = 0, key: str = "K", interval: str = "15s", budget: int = 1000) -> str:
    named = ", ".join(f"d{department}" for department in range(count))
    return (
        f"name: s{number}, vendor: liveagent, url: 'https://acme.ladesk.com', api_key: {{env: {key}}}, "
        f"departments: [{named}], poll: {{interval: {interval}, requests_per_minute: {budget}}}"
    )


def warnings(config: Config) -> list[str]:
    return [warning.text for warning in config.warnings]


def problems(*sources: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(*sources)
    return [problem.text for problem in caught.value.problems]


def test_rates_are_told_for_each_source():
    config = load(cobrowser(0), departments(4, 1))
    assert [rate.per_minute for rate in config.rates] == [pytest.approx(4.1), pytest.approx(16.1)]
    assert config.rates[0].tell() == "s0: 4.1 requests a minute of a budget of 60"
    assert "180 requests a minute" in config.rates[1].tell()


def test_what_only_the_vendor_knows_is_said_to_be_unknown():
    config = load("name: s0, vendor: liveagent, url: 'https://acme.ladesk.com', api_key: {env: K}")
    assert config.rates[0].tell() == "s0: at most 120 requests a minute; how many it takes only the vendor knows"


def test_over_the_vendors_limit_is_an_error_with_the_interval_that_fits():
    (problem,) = problems(departments(50))
    assert "this source makes 200.1 requests a minute, over the limit of 180" in problem
    assert "an interval of 21s fits" in problem
    assert load(departments(50, interval="21s"))


def test_near_the_vendors_limit_is_a_warning():
    (warning,) = warnings(load(departments(40)))
    assert "near the limit of 180" in warning


def test_sources_that_share_a_key_are_summed():
    found = problems(departments(30, 0), departments(30, 1))
    assert len(found) == 2
    assert all("those that share its allowance make 240.2 requests a minute" in problem for problem in found)
    assert warnings(load(departments(30, 0), departments(30, 1, key="OTHER"))) == []


def test_a_quota_of_the_day_is_told_in_requests_a_day(monkeypatch: pytest.MonkeyPatch):
    config = load(departments(4))
    quota = Limit(shared=("x",), per_minute=None, says="a quota of unknown size")
    rate = config.rates[0]
    told = type(rate)(source=rate.source, per_minute=4.1, budget=60, limit=quota).tell()
    assert told == "s0: 4.1 requests a minute of a budget of 60, 5,904 a day; a quota of unknown size"


def test_a_short_interval_at_cobrowser_draws_a_warning():
    assert warnings(load(cobrowser(0, "9s"))) == [
        "CoBrowser documents no limit of requests; an interval under 10 s may be taken ill"
    ]
    assert warnings(load(cobrowser(0, "10s"))) == []


def test_the_limit_is_that_of_a_key():
    options = liveagent.LiveAgentOptions.model_validate(
        {"name": "a", "url": "https://acme.ladesk.com", "api_key": {"env": "K"}}
    )
    limit = liveagent.VENDOR.limit(options)
    assert limit is not None
    assert (limit.per_minute, options.api_key in limit.shared) == (180, True)


def comm100(number: int, api: str, interval: str) -> str:
    site = 'site_id: "1", ' if api == "v4" else ""
    path = "v4" if api == "v4" else "api/v3"
    return (
        f"name: s{number}, vendor: comm100, api: {api}, url: 'https://api1{number}.comm100.io/{path}', auth: basic, "
        f"username: u, api_key: {{env: K}}, {site}poll: {{interval: {interval}, timeout: 1s}}"
    )


def test_comm100_v4_counts_the_address_of_the_caller_so_that_all_its_sites_are_summed():
    assert warnings(load(comm100(0, "v4", "2s"))) == []
    found = problems(comm100(0, "v4", "2s"), comm100(1, "v4", "2s"))
    assert len(found) == 2
    assert all("make 60.8 requests a minute, over the limit of 60" in problem for problem in found)


def test_comm100_v3_has_a_quota_of_the_day():
    told = load(comm100(0, "v3", "15s")).rates[0].tell()
    assert "6,336 a day; Comm100 has a quota for the day, whose size it does not publish" in told
