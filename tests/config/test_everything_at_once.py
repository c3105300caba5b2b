"""Every error of a file is told at once: those of pace beside those of form, and unset secrets beside both."""

from pathlib import Path

import pytest

from monitor.config import ConfigError, parse

VISIT = "name: visit, vendor: iadvize, url: 'https://sd.iadvize.com/api/2', api_key: {env: AGENTMON_NEVER_SET}"


def problems(source: str, member: str = "visit", *, need_secrets: bool = False) -> list[str]:
    text = f"sources:\n  - {{{source}}}\nteams:\n  - {{name: all, members: [{{source: {member}}}]}}\n"
    with pytest.raises(ConfigError) as caught:
        parse(text, filename="f", base=Path(), need_secrets=need_secrets)
    return [problem.text for problem in caught.value.problems]


def contains(found: list[str], *texts: str) -> bool:
    return len(found) == len(texts) and all(any(text in one for one in found) for text in texts)


def test_an_unknown_key_hides_no_error_of_pace():
    assert contains(problems(f"{VISIT}, bogus: 1, poll: {{max_age: 20s}}"), "unknown key 'bogus'", "max_age of 20s")


HOLIDAYS = "PH (public holidays) without a country"


@pytest.mark.parametrize(
    ("hours", "defaults", "expected"),
    [
        ("{open: '10:00-12:00; PH off', grace: 5}", "{}", (HOLIDAYS, "not a duration")),
        ("{open: '10:00-12:00; PH off', timezone: Nowhere}", "{}", (HOLIDAYS, "not a time zone")),
        ("{grace: 2m}", "{open: '10:00-12:00; PH off', grace: 5}", (HOLIDAYS, "not a duration")),
        ("{open: '10:00-12:00; PH off', country: fr}", "{}", ("not a country",)),
        ("{open: '10:00-12:00; PH off'}", "{country: fr}", ("not a country",)),
        ("{open: '10:00-12:00; PH off'}", "3", ("not a mapping",)),
        ("{grace: 2m}", "3", ("not a mapping",)),
        ("{open: 8-10, grace: 5}", "{}", ("not opening hours", "not a duration")),
    ],
)
def test_a_mistake_beside_the_hours_hides_none_of_the_hours(hours: str, defaults: str, expected: tuple[str, ...]):
    text = (
        f"defaults: {{hours: {defaults}}}\n"
        "sources:\n  - {name: chat, vendor: cobrowser, user: u, api_key: {env: K}}\n"
        f"teams:\n  - {{name: all, hours: {hours}, members: [{{source: chat}}]}}\n"
    )
    with pytest.raises(ConfigError) as caught:
        parse(text, filename="f", base=Path())
    assert contains([problem.text for problem in caught.value.problems], *expected)


def test_an_impatient_source_is_told_of_its_budget_as_well():
    found = problems(f"{VISIT}, poll: {{interval: 2s}}")
    assert contains(found, "max_age of 8s is shorter", "90 a minute, over the budget of 60")


def test_unset_secrets_stand_beside_the_other_errors_where_secrets_are_needed():
    assert contains(problems(VISIT, member="vist"), "vist")
    assert contains(problems(VISIT, member="vist", need_secrets=True), "vist", "AGENTMON_NEVER_SET is not set")


def test_a_channel_that_no_source_can_tell_of_draws_a_warning():
    text = (
        "sources:\n  - {name: chat, vendor: cobrowser, user: u, api_key: {env: K}}\n"
        "teams:\n  - {name: all, channels: [chat, video], members: [{source: chat}]}\n"
    )
    (warning,) = parse(text, filename="f", base=Path()).warnings
    assert "no source of this team can tell of the channel 'video'" in warning.text
