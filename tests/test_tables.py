"""The tables of `agentmon probe`, as a person reads them."""

import io

import msgspec
from rich.console import Console

from monitor.cli.tables import print_probe
from monitor.model import Channel, Phase, Presence, SlotAge, State
from monitor.probe import AgentLine, Probe, SourceProbe, TeamProbe, Trouble

JANE = AgentLine(
    account="12",
    username="jane",
    name="Jane [Doe]",
    channel=Channel.CHAT,
    presence=Presence.CONNECTED,
    state=State.PARTIAL,
    used=1,
    free=2,
    is_configured=True,
    slot_ages=(SlotAge(Phase.OPEN, 90.0, 40.0, 5.0), SlotAge(Phase.NEW, 0.0, 0.0, 0.0), SlotAge(Phase.BURNING, 7.0)),
    groups=("Sales",),
    teams=("sales", "all"),
    reason="",
)


def source(**fields: object) -> SourceProbe:
    given: dict[str, object] = {
        "source": "cob",
        "vendor": "cobrowser",
        "live_failure": None,
        "roster_failure": None,
        "requests": 1,
        "records": 2,
        "rejected": 0,
        "unknown_statuses": {},
        "contradictions": {},
        "unlisted": 0,
        "unassigned": 1,
        "notes": (),
        "agents": (JANE,),
    }
    return SourceProbe(**given | fields)  # type: ignore[arg-type]


def printed(*sources: SourceProbe, teams: tuple[TeamProbe, ...] = (), problems: tuple[str, ...] = ()) -> str:
    out = io.StringIO()
    print_probe(Probe(sources, teams, problems), Console(file=out, width=200))
    return out.getvalue()


def test_an_agent_with_everything_that_can_be_said():
    row = next(line for line in printed(source()).splitlines() if line.startswith("12"))
    assert row.split()[1] == "jane"
    for text in ("Jane [Doe]", "partial", "2 (configured)", "Sales", "sales, all", "open 5/40/90, burning ?/?/7"):
        assert text in row


def test_slot_ages_take_no_room_where_no_vendor_tells_them():
    assert "slot ages" not in printed(source(agents=()))


def test_what_the_vendor_does_not_say_is_a_question_mark():
    told = {"username": "", "name": "", "state": State.UNMETERED, "used": None, "free": None, "is_configured": False}
    quiet = msgspec.structs.replace(JANE, account="7", **told, slot_ages=(), groups=(), teams=())
    row = next(line for line in printed(source(agents=(quiet,))).splitlines() if line.startswith("7"))
    assert row.split()[-3:] == ["?", "?", "none"]


def test_a_failure_says_why_what_to_do_and_that_nobody_is_not_known():
    told = printed(
        source(
            live_failure=Trouble("auth", "refused [x]", "Check the key."), agents=None, unlisted=None, unassigned=None
        )
    )
    assert "The live poll failed (auth): refused [x]" in told
    assert "Check the key." in told
    assert "not known, which does not mean nobody" in told
    assert "in the roster but in no live list" not in told


def test_counts_and_notes():
    told = printed(
        source(
            contradictions={"free_flag": 2}, unknown_statuses={"Lunch": 1}, notes=("capacity is refused",), unlisted=3
        )
    )
    assert (
        "1 request; 2 records; 0 rejected; contradictions: free_flag 2; unknown statuses: Lunch 1; "
        "1 in no team; 3 in the roster but in no live list" in told
    )
    assert "note: capacity is refused" in told


def test_visitors_in_a_chat_stand_beside_the_chats_of_the_agents():
    assert "5 visitors in a chat, 1 held by these agents" in printed(source(chatting_visitors=5))
    assert "visitor" not in printed(source())


def test_teams_show_floors_as_floors_and_a_floor_of_nothing_as_unknown():
    told = printed(
        teams=(
            TeamProbe("sales", Channel.CHAT, "ok", True, 3, 1, 0),  # noqa: FBT003
            TeamProbe("support", Channel.CHAT, "unknown", False, 2, None, 0),  # noqa: FBT003
        ),
        problems=("member 1 of team support has matched nobody yet",),
    )
    rows = {line.split()[0]: line.split()[1:] for line in told.splitlines() if line.startswith(("sales", "support"))}
    assert rows["sales"] == ["chat", "ok", "3", "1", "0", "complete"]
    assert rows["support"] == ["chat", "unknown", "≥", "2", "unknown", "unknown", "incomplete"]
    assert "worth a look: member 1 of team support" in told
