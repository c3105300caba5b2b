"""Options of LiveAgent that cannot go together, and how many requests each flavour makes."""

from collections.abc import Callable

import pytest

from monitor.config import Config

Read = Callable[[str], Config]
Mistakes = Callable[[str], list[str]]

TEAM = "teams: [{name: t, members: [{source: a}]}]\n"
OF_GROUPS = "teams: [{name: t, members: [{source: a, groups: [Sales]}]}]\n"


def file(options: str, team: str = TEAM) -> str:
    return f"sources:\n- {{name: a, vendor: liveagent, url: 'https://x.example', api_key: {{env: K}}{options}}}\n{team}"


@pytest.mark.parametrize(
    ("options", "team", "told"),
    [
        pytest.param(
            ", live: agents",
            OF_GROUPS,
            "sources[0].live: the list of agents tells no department, so the groups that teams select would match "
            "nobody (use live: departments, or name agents in the teams)",
            id="groups cannot be told by a list without departments",
        ),
        pytest.param(
            ", live: agents, departments: [d1]",
            TEAM,
            "sources[0].departments: the list of agents cannot be limited to departments "
            "(leave it out, or use live: departments)",
            id="a list without departments cannot be limited to some",
        ),
        pytest.param(
            ", api: v3, live: agents",
            OF_GROUPS,
            "sources[0].live: agents is a call of API v1 (v3 reads everybody at once anyway)",
            id="v3 has no such list",
        ),
        pytest.param(
            ", api: v3, url_form: index",
            TEAM,
            "sources[0].url_form: index is a form of API v1 (use url_form: path)",
            id="v3 has no such form",
        ),
    ],
)
def test_options_that_cannot_go_together(mistakes: Mistakes, options: str, team: str, told: str) -> None:
    assert [line.split(": ", 1)[1] for line in mistakes(file(options, team))] == [told]


@pytest.mark.parametrize(
    ("options", "team", "live"),
    [
        pytest.param("", OF_GROUPS, None, id="every department: only the vendor knows how many"),
        pytest.param(", departments: [a, b, b]", OF_GROUPS, 2, id="a department, a request"),
        pytest.param(", live: agents", TEAM, 1, id="one request for everybody"),
        pytest.param(", api: v3, departments: [a, b, c], slots_per_agent: 3", OF_GROUPS, 2, id="v3: agents and chats"),
    ],
)
def test_requests_of_a_poll(read: Read, options: str, team: str, live: int | None) -> None:
    (source,) = read(file(options, team)).sources
    assert source.vendor.count(source.options, source.demand).live == live


def test_a_broken_source_is_told_once(mistakes: Mistakes) -> None:
    assert len(mistakes(file(", live: agents, slots_per_agent: 0", OF_GROUPS))) == 1
