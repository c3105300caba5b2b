"""An explanation with everything in it that a dialog can tell."""

from web.explanations import account, channel, explanation, person, source

from monitor.errors import Reason
from monitor.explanation import HoursExplanation, LimitExplanation
from monitor.model import Failure, State, Status, Targets

HOURS = HoursExplanation(
    "Mo-Fr 09:00-19:00", "Europe/Paris", None, since="2025-06-15T09:00+02:00", changes_at="2025-06-15T19:00+02:00"
)
WHOLE = explanation(
    channel(
        person("agent-full", State.FULL, accounts=(account(id="13", used=3, free=0, groups=tuple("abcde")),)),
        person(
            "agent-two",
            State.PARTIAL,
            accounts=(account(name="one"), account("comm100", name="other", presence=None, used=None, free=None)),
            limit=LimitExplanation(4, 3, 2, 1, ()),
            why="an account of theirs is in an expired source",
        ),
        person(
            "agent-away",
            State.AWAY,
            accounts=(account(accepting=False, used=0, free=0, reason="lunch", idle=600.0),),
            is_inactive=True,
        ),
        person("agent-off", State.OFFLINE),
        person("agent-odd", None, is_uncertain=True),
        person("agent-silent", None),
        status=Status.UNKNOWN,
        why="nobody is proved available",
        targets=Targets(available_agents=2, free_slots=4, occupancy=0.85),
        available=0,
        free=3,
        occupancy=None,
        uncertain=1,
    ),
    team="sales",
    complete=False,
    missing=("comm100 expired 3 min ago",),
    hours=HOURS,
    sources=(
        source(),
        source(
            "comm100",
            vendor="comm100",
            fresh=False,
            age=240.0,
            failure=Failure(Reason.TIMEOUT, "no answer in 10 s"),
            costs="nobody in it is counted",
            notes=("a note",),
        ),
    ),
)
