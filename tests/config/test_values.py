# ruff: noqa: E501 - a file and all that is said of it stand on one line
"""What a good file becomes: merged defaults, targets, demand, addresses, warnings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, ConfigError, load, parse_listen
from monitor.model import (
    Channel,
    HoursSpec,
    Inactivity,
    Match,
    PeopleSpec,
    PersonSpec,
    PollSpec,
    Selector,
    Targets,
)
from monitor.pollers.vendors import VENDORS
from monitor.pollers.vendors.base import Demand

Read = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]


IADVIZE = "  - {name: visit, vendor: iadvize, url: 'https://sd.iadvize.com/api/2', api_key: {env: K}}\n"
LIVEAGENT = "  - {name: desk, vendor: liveagent, url: 'https://acme.ladesk.com', api_key: {env: K}}\n"


def test_a_small_file_has_the_defaults_of_the_contract(read: Read, good: str) -> None:
    config = read(good)
    (source,), (team,) = config.sources, config.teams
    assert (source.spec.name, source.spec.vendor, source.vendor) == ("chat", "cobrowser", VENDORS["cobrowser"])
    assert source.spec.poll == PollSpec(
        interval=15, timeout=10, max_age=60, roster_interval=600, requests_per_minute=60
    )
    assert isinstance(source.options, VENDORS["cobrowser"].options)
    assert source.options.url == "https://client.cobrowser.net"
    assert team.selectors == (Selector(source="chat"),)
    assert team.targets == {Channel.CHAT: Targets(available_agents=1)}
    assert config.listen == ("127.0.0.1", 9877)
    assert config.warnings == ()


def test_a_file_without_teams_is_fine_but_nobody_selects_its_sources(read: Read, good: str) -> None:
    config = read(good.partition("teams:")[0])
    assert config.teams == ()
    assert [warning.show("f") for warning in config.warnings] == [
        "f:2:11: sources[0].name: no team selects this source"
    ]


@pytest.mark.parametrize(
    ("defaults", "own", "expected"),
    [
        ("", "interval: 20s", PollSpec(interval=20, max_age=80)),
        ("interval: 20s", "", PollSpec(interval=20, max_age=80)),
        ("interval: 20s, timeout: 5s", "interval: 30s", PollSpec(interval=30, timeout=5, max_age=120)),
        ("max_age: 2m", "interval: 30s", PollSpec(interval=30, max_age=120)),
        ("requests_per_minute: 30", "", PollSpec(requests_per_minute=30)),
        ("requests_per_minute: 30", "requests_per_minute: 7", PollSpec(requests_per_minute=7)),
        ("", "interval: 2500ms, timeout: 1s, roster_interval: 1h30m",
         PollSpec(interval=2.5, timeout=1, max_age=10, roster_interval=5400)),
    ],
)  # fmt: skip
def test_pace_comes_from_the_source_then_the_defaults_then_the_vendor(
    read: Read, good: str, defaults: str, own: str, expected: PollSpec
) -> None:
    text = good.replace("    user: jane", f"    user: jane\n    poll: {{{own}}}")
    assert read(f"defaults: {{poll: {{{defaults}}}}}\n{text}").sources[0].spec.poll == expected


def test_the_vendor_has_its_own_budget_unless_the_file_names_one(read: Read) -> None:
    text = "sources:\n" + LIVEAGENT
    assert read(text).sources[0].spec.poll.requests_per_minute == 120
    other = "defaults: {poll: {requests_per_minute: 50}}\n"
    assert read(other + text).sources[0].spec.poll.requests_per_minute == 50


def test_targets_are_merged_option_by_option(read: Read, good: str) -> None:
    text = (
        "defaults: {targets: {free_slots: 5, occupancy: 0.9, channels: {video: {free_slots: 1, coverage: 0.5}}}}\n"
        + good
        + "    channels: [video, chat, call]\n"
        + "    targets: {occupancy: 0.8, coverage: 0.99, channels: {call: {available_agents: 2, coverage: 0.9}}}\n"
    )
    (team,) = read(text).teams
    assert list(team.targets) == [Channel.VIDEO, Channel.CHAT, Channel.CALL]
    assert team.targets[Channel.CHAT] == Targets(1, 5, 0.8, 0.99)
    assert team.targets[Channel.CALL] == Targets(2, 5, 0.8, 0.9)
    assert team.targets[Channel.VIDEO] == Targets(1, 1, 0.8, 0.99)


def test_targets_of_a_channel_that_the_team_lacks_are_a_warning(read: Read, good: str) -> None:
    config = read(good + "    targets: {channels: {call: {available_agents: 2}}}\n")
    assert list(config.teams[0].targets) == [Channel.CHAT]
    assert [warning.show("f") for warning in config.warnings] == [
        (
            "f:9:26: teams[0].targets.channels.call: the team does not have the channel 'call', "
            "so these targets do nothing (its channels: chat)"
        )
    ]


@pytest.mark.parametrize(
    ("members", "demand"),
    [
        ([], Demand(groups=(), everyone=True)),
        (["{source: chat}"], Demand(groups=(), everyone=True)),
        (["{source: visit}"], Demand(groups=(), everyone=True)),
        (["{source: visit, agents: [x]}"], Demand(groups=(), everyone=True)),
        (["{source: visit, groups: ['group:2', 'group:1', 'group:2']}"],
         Demand(groups=("group:2", "group:1"), everyone=False)),
        (["{source: visit, groups: ['skill:3']}, {source: visit, agents: [x]}", "{source: visit, groups: ['group:1', 'skill:3']}"],
         Demand(groups=("skill:3", "group:1"), everyone=True)),
    ],
)  # fmt: skip
def test_demand_is_what_the_teams_select(read: Read, good: str, members: list[str], demand: Demand) -> None:
    teams = "".join(f"  - {{name: t{index}, members: [{member}]}}\n" for index, member in enumerate(members))
    text = good.partition("teams:")[0] + IADVIZE + (f"teams:\n{teams}" if teams else "")
    assert read(text).sources[1].demand == demand


def test_selectors_keep_their_order_and_their_words(read: Read, good: str) -> None:
    text = good.replace("[{source: chat}]", "[{source: chat, agents: [Jane, 'id:1'], exclude: ['b*']}, {source: chat}]")
    assert read(text).teams[0].selectors == (
        Selector(source="chat", agents=("Jane", "id:1"), exclude=("b*",)),
        Selector(source="chat"),
    )


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("127.0.0.1:9877", ("127.0.0.1", 9877)),
        (":9877", ("", 9877)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:80", ("::1", 80)),
        ("a-b.example:65535", ("a-b.example", 65535)),
    ],
)
def test_listen_is_host_and_port(read: Read, good: str, text: str, pair: tuple[str, int]) -> None:
    assert parse_listen(text) == pair
    assert read(f"{good}web: {{listen: '{text}'}}\n").listen == pair


@pytest.mark.parametrize(
    "text", ["", "9877", "host", "host:", "host:x", "a b:1", "::1:80", "[::1]", ":70000", "host:1/"]
)
def test_anything_else_is_no_address_to_listen_on(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_listen(text)


def test_pseudonyms_of_series_without_a_key_are_a_warning(read: Read, good: str) -> None:
    (warning,) = read(good + "privacy: {agent_series: pseudonym}\n").warnings
    assert (warning.path, "every start" in warning.message) == ("privacy.agent_series", True)
    assert read(good + "privacy: {agent_series: named}\n").warnings == ()


def test_the_limit_of_series_has_a_default(read: Read, good: str) -> None:
    assert read(good).max_series == 50_000
    assert read(good + "web: {max_series: 9}\n").max_series == 9


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("defaults: {inactive: {count_as: away}}\n", "defaults.inactive.count_as"),
        ("    inactive: {count_as: away}\n", "teams[0].inactive.count_as"),
    ],
)
def test_inactive_people_who_count_as_away_draw_a_warning_about_quiet_hours(
    read: Read, good: str, text: str, place: str
) -> None:
    (warning,) = read(text + good if text.startswith("defaults") else good + text).warnings
    assert warning.path == place
    assert "quiet hours will look like absence" in warning.message


def test_matching_people_of_a_single_source_is_a_warning(read: Read, good: str) -> None:
    (warning,) = read(good + "people: {match: [email]}\n").warnings
    assert warning.path == "people.match"


def test_people_and_inactivity_reach_what_counts_them(read: Read, good: str) -> None:
    config = read(
        "defaults: {inactive: {after: 5m}}\n"
        + good
        + "    inactive: {count_as: away}\n"
        + "people: {match: [email, username], list: [{name: p, accounts: [chat/1, chat/a/2], max_slots: 3}]}\n"
    )
    assert config.people == PeopleSpec(
        match=(Match.EMAIL, Match.USERNAME),
        listed=(PersonSpec("p", (("chat", "1"), ("chat", "a/2")), max_slots=3),),
    )
    assert config.teams[0].inactive == Inactivity(after=300.0, as_away=True)


def test_off_without_quotes_is_text(read: Read, good: str) -> None:
    config = read(good + "privacy: {agent_series: off}\n")
    assert config.file.privacy.agent_series == "off"
    assert config.warnings == ()


def test_hours_without_a_time_zone_are_a_warning(read: Read, good: str) -> None:
    (warning,) = read(good + "    hours: {open: 'Mo-Fr 08:00-20:00'}\n").warnings
    assert warning.show("f") == (
        "f:9:19: teams[0].hours.open: no time zone is set, so these hours are in UTC (add timezone, as in Europe/Paris)"
    )


@pytest.mark.parametrize(
    ("expression", "warned"),
    [
        ("PH off; Mo-Fr 08:00-20:00", True),
        ("Mo-Fr 08:00-20:00; PH closed; 10:00-12:00", True),
        ("PH off; 24/7", True),
        ("Mo-Fr 08:00-20:00; PH off", False),
        ("Mo-Fr 08:00-20:00; PH off; Dec 25 10:00-12:00", False),
        ("Mo-Fr 08:00-20:00; PH 10:00-12:00; Sa 10:00-12:00", False),
        ('Mo-Fr 08:00-20:00 "PH off; Mo"', False),
    ],
)
def test_a_rule_that_opens_holidays_again_is_a_warning(read: Read, good: str, expression: str, warned: bool) -> None:
    warnings = read(good + f"    hours: {{open: '{expression}', timezone: UTC, country: FR}}\n").warnings
    text = "f:9:19: teams[0].hours.open: the later rules win over PH off, so holidays are open (write PH off last)"
    assert [warning.show("f") for warning in warnings] == [text] * warned


def test_a_team_without_hours_is_always_open(read: Read, good: str) -> None:
    (team,) = read(good).teams
    assert (team.hours, team.grace) == (None, 300.0)


def test_hours_are_the_teams_over_those_of_the_defaults(read: Read, good: str) -> None:
    defaults = "defaults: {hours: {open: '24/7', timezone: Europe/Paris, country: FR, grace: 10m}}\n"
    (team,) = read(defaults + good).teams
    assert (team.hours, team.grace) == (HoursSpec("24/7", "Europe/Paris", "FR"), 600.0)
    (team,) = read(defaults + good + "    hours: {open: 'Mo-Fr 08:00-20:00', country: DE, grace: 0s}\n").teams
    assert (team.hours, team.grace) == (HoursSpec("Mo-Fr 08:00-20:00", "Europe/Paris", "DE"), 0.0)


def test_hours_are_in_utc_by_default(read: Read, good: str) -> None:
    (team,) = read(good + "    hours: {open: '24/7'}\n").teams
    assert team.hours == HoursSpec("24/7", "UTC", None)


def test_a_folder_of_time_zones_is_no_time_zone(mistakes: Mistakes, good: str) -> None:
    (line,) = mistakes(good + "    hours: {open: '24/7', timezone: Europe}\n")
    assert line.startswith("f:9:37: teams[0].hours.timezone: not a time zone")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    cases = {"missing.yml": None, "latin.yml": b"a: 1\nb: \xe9\n", "large.yml": b"#" * (4 * 1024**2 + 1)}
    said = []
    for name, data in cases.items():
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(ConfigError) as caught:
            load(path)
        said.append(str(caught.value).replace(f"{tmp_path}/", ""))
    assert said == [
        "missing.yml:1:1: cannot be read: No such file or directory",
        "latin.yml:2:4: not UTF-8 text",
        "large.yml:1:1: larger than 4 MiB, so no configuration",
    ]
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(Path(tmp_path))


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path, good: str) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"\xef\xbb\xbf" + good.encode())
    assert load(path).teams[0].name == "sales"


@pytest.mark.parametrize(
    ("defaults", "own", "wanted"),
    [
        ("", "", True),
        ("", "    work_metrics: false\n", False),
        ("defaults: {work_metrics: false, inactive: {after: 5m}}\n", "", False),
        ("defaults: {work_metrics: false}\n", "    work_metrics: true\n    inactive: {after: 5m}\n", True),
    ],
)
def test_a_team_says_whether_it_wants_metrics_of_work_and_the_defaults_where_it_does_not(
    *, read: Read, good: str, defaults: str, own: str, wanted: bool
) -> None:
    assert read(defaults + good + own).teams[0].work_metrics is wanted
