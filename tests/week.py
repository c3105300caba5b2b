"""A week of a contact centre, made up with a seed: two teams on four sources, and all that can go wrong with time.

Paris, from Saturday 26 October 2024, 14:00, to the Saturday after it: the clocks are set back in the night to Sunday,
and Friday is All Saints' Day, on which the office is closed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

from bruteforce import BOOTED, Answer, Happening, Hours, RosterRead, Script, Step
from clocks import Span

from monitor.clock import Now
from monitor.model import (
    Account,
    Channel,
    HoursSpec,
    Match,
    PeopleSpec,
    PersonSpec,
    Presence,
    Reading,
    Selector,
    Snapshot,
    Targets,
    TeamSpec,
)

PARIS = "Europe/Paris"
START = round(datetime(2024, 10, 26, 14, tzinfo=ZoneInfo(PARIS)).timestamp())


def at(text: str) -> int:
    """The second of the script at which the clocks of Paris show a time that occurs once."""
    return round(datetime.fromisoformat(f"2024-{text}").replace(tzinfo=ZoneInfo(PARIS)).timestamp()) - START


LENGTH = at("11-02 14:00")

# ------------------------------------------------------------------ teams and people

OFFICE = TeamSpec(
    "office",
    (Selector("cob", exclude=("bot",)), Selector("iad", groups=("group:12",))),
    {Channel.CHAT: Targets(available_agents=2, free_slots=3), Channel.CALL: Targets()},
    HoursSpec("Mo-Fr 08:00-20:00; PH off", PARIS, "FR"),
)
NIGHT = TeamSpec(
    "night",
    (Selector("lia", groups=("d1",)), Selector("com", agents=("id:3?",)), Selector("cob", agents=("id:3",))),
    {Channel.CHAT: Targets(available_agents=2, occupancy=0.5)},
    HoursSpec("Mo-Su 21:00-07:00", PARIS),
)
HOURS = {
    "office": Hours((Span(frozenset(range(5)), 8 * 60, 20 * 60),), PARIS, frozenset({date(2024, 11, 1)})),
    "night": Hours((Span(frozenset(range(7)), 21 * 60, 31 * 60),), PARIS),
}
PEOPLE = PeopleSpec((Match.EMAIL,), (PersonSpec("p-17", (("iad", "13"), ("com", "31")), max_slots=4),))
HUMANS = {
    ("cob", "1"): "jane", ("iad", "10"): "jane",
    ("cob", "2"): "kofi", ("lia", "21"): "kofi",
    ("cob", "3"): "lena", ("com", "32"): "lena",
    ("iad", "13"): "p-17", ("com", "31"): "p-17",
}  # fmt: skip
"""Those with the same e-mail address, and the one who is listed."""
SHARED = {"office": frozenset({"com"}), "night": frozenset({"iad"})}
"""Where p-17, who may hold four contacts in all, has the other account."""


def account(id_: str, *groups: str, email: str = "", username: str = "") -> Account:
    return Account(id_, username=username, email=email, groups=frozenset(groups))


ACCOUNTS = {
    "cob": (
        account("1", email="jane@example.com"),
        account("2", email="kofi@example.com"),
        account("3", email="lena@example.com"),
        account("9", username="bot"),
    ),
    "iad": (
        account("10", "group:12", email="Jane@example.com"),
        account("11", "group:12", "skill:3"),
        account("12", "skill:3"),
        account("13", "group:12"),
    ),
    "lia": (account("20", "d1"), account("21", "d1", "d2", email="kofi@example.com"), account("22", "d2")),
    "com": (account("30"), account("31"), account("32", email="lena@example.com"), account("33")),
}

# ------------------------------------------------------------------ what goes wrong

OUTAGES = {
    "cob": (
        (at("10-28 10:00"), at("10-28 10:00") + 40),  # shorter than what data may be old
        (at("10-28 14:00"), at("10-28 16:00")),
        (at("10-29 19:50"), at("10-29 20:30")),  # across the closing of the office
    ),
    "iad": (
        (at("10-27 01:30"), at("10-27 05:30")),  # while the clocks change
        (at("10-29 07:00"), at("10-29 09:30")),  # across its opening
    ),
    "lia": ((at("10-28 06:30"), at("10-28 07:30")), (at("10-31 23:00"), at("11-01 01:00"))),
    "com": ((at("10-28 15:00"), at("10-28 17:00")), (at("10-31 22:00"), at("10-31 22:30"))),
}
ASLEEP = (
    (at("10-30 03:00"), at("10-30 10:00")),  # the night closes and the office opens while nobody looks
    (at("10-27 12:00"), at("10-27 12:00") + 30),  # too short to expire much
)
STEPS = (
    Step(at("10-29 12:00"), 90),
    Step(at("10-31 07:30"), 3510),  # opens the office
    Step(at("10-31 19:10"), -3600),  # opens it once more
    Step(at("11-01 02:00"), 3600),
    Step(at("11-01 06:30"), -3600),
)
PACE = {"cob": 60, "iad": 60, "lia": 60, "com": 60}
FASTER = {"cob": 16, "iad": 30, "lia": 44, "com": 60}
MAX_AGE = {"cob": 95, "iad": 121, "lia": 177, "com": 241}
FIRST_ROSTER = {"cob": 4, "iad": 6, "lia": 400, "com": 10}
"""Those of lia fail at first."""

# ------------------------------------------------------------------ what the vendors say

MOODS = ("there", "there", "busy", "leaving", "away", "gone", "gone")


class Desk:
    """What one source says of its accounts; each of them changes every half hour or so."""

    def __init__(self, source: str, pace: int, random: Random) -> None:
        self.accounts: Mapping[str, Account] = {found.id: found for found in ACCOUNTS[source]}
        self._random = random
        self._say = SHAPES[source]
        self._chance = pace / 1800
        self._told = {id_: self._draw(id_) for id_ in self.accounts}
        self._readings = self._all()

    def _all(self) -> tuple[Reading, ...]:
        return tuple(told for readings in self._told.values() for told in readings)

    def _draw(self, id_: str) -> tuple[Reading, ...]:
        return tuple(self._say(self.accounts[id_], self._random))

    def answer(self, source: str, sent: int) -> Snapshot:
        changed = [id_ for id_ in self._told if self._random.random() < self._chance]
        if changed:
            self._told |= {id_: self._draw(id_) for id_ in changed}
            self._readings = self._all()
        return Snapshot(source, Now(START + sent, BOOTED + sent), self.accounts, self._readings)


def cobrowser(found: Account, random: Random) -> Iterator[Reading]:
    match random.choice(MOODS):
        case "there" | "busy":
            used = random.randint(0, 3)
            yield says(found, Channel.CHAT, used=used, free=3 - used, last_active=float(START))
        case "leaving" | "away":
            yield says(found, Channel.CHAT, accepting=False, used=random.randint(0, 1), free=0)
        case _:
            yield says(found, Channel.CHAT, Presence.OFFLINE)


def iadvize(found: Account, random: Random) -> Iterator[Reading]:
    mood = random.choice(MOODS)
    for channel, most in ((Channel.CHAT, 3), (Channel.CALL, 1)):
        used = random.randint(0, most)
        match mood:
            case "there":
                yield says(found, channel, used=used, free=most - used)
            case "busy":
                yield says(found, channel, used=most, free=0)
            case "leaving" | "away":
                yield says(found, channel, accepting=False, used=used if mood == "leaving" else 0, free=0)
            case _:
                yield says(found, channel, Presence.OFFLINE, used=0, free=0)


def liveagent(found: Account, random: Random) -> Iterator[Reading]:
    """Letters by department, and no slots; no letter at all: no reading."""
    for department in sorted(found.groups):
        match random.choice(MOODS):
            case "there" | "busy":
                yield says(found, Channel.CHAT, groups=(department,))
            case "away":
                yield says(found, Channel.CHAT, groups=(department,), accepting=False)
            case "gone":
                yield says(found, Channel.CHAT, Presence.OFFLINE, groups=(department,))


def comm100(found: Account, random: Random) -> Iterator[Reading]:
    most = None if found.id == "33" else 4
    used = random.randint(0, 4)
    match random.choice((*MOODS, "lunch?")):
        case "there" | "busy":
            yield says(found, Channel.CHAT, used=used, free=None if most is None else most - used)
        case "leaving" | "away":
            yield says(found, Channel.CHAT, accepting=False, used=0, free=0)
        case "gone":
            yield says(found, Channel.CHAT, Presence.OFFLINE)
        case _:
            yield says(found, Channel.CHAT, Presence.UNKNOWN)


SHAPES: dict[str, Callable[[Account, Random], Iterator[Reading]]] = {
    "cob": cobrowser,
    "iad": iadvize,
    "lia": liveagent,
    "com": comm100,
}


def says(
    found: Account,
    channel: Channel,
    presence: Presence = Presence.CONNECTED,
    *,
    groups: Iterable[str] | None = None,
    accepting: bool | None = None,
    used: int | None = None,
    free: int | None = None,
    last_active: float | None = None,
) -> Reading:
    seen_in = found.groups if groups is None else frozenset(groups)
    accepts = presence is Presence.CONNECTED if accepting is None else accepting
    return Reading(found.id, channel, seen_in, presence, accepts, used, free, last_active)


# ------------------------------------------------------------------ the script


LATENCY = (0, 0, 0, 4)
"""In seconds. Answers that come in together are published together, which is what keeps a week short."""


def polls(source: str, pace: int, until: int, random: Random) -> Iterator[Happening]:
    """Nothing while the machine sleeps, nor so shortly before that the answer would come into its sleep."""
    desk = Desk(source, pace, random)
    for sent in range(pace, until - 60, pace):
        if not is_asleep(sent) and not is_asleep(sent + max(LATENCY)):
            is_down = any(start <= sent < end for start, end in OUTAGES[source])
            answer = desk.answer(source, sent)
            yield Answer(sent + random.choice(LATENCY), source, None if is_down else answer)
    yield from (RosterRead(read, source, is_good=False) for read in range(4, FIRST_ROSTER[source], 60))
    for read in range(FIRST_ROSTER[source], until, 3600):
        if not is_asleep(read):
            yield RosterRead(read, source, is_good=read == FIRST_ROSTER[source] or random.random() < 0.9)


def is_asleep(second: int) -> bool:
    return any(start <= second < end for start, end in ASLEEP)


def script(seed: int, pace: Mapping[str, int] = PACE, until: int = LENGTH) -> Script:
    """The week, or its beginning."""
    told = [found for source in pace for found in polls(source, pace[source], until, Random(f"{seed} {source}"))]  # noqa: S311 - reproducible
    steps = [step for step in STEPS if step.at < until]
    return Script(
        start=START,
        length=until,
        happenings=tuple(sorted([*steps, *told], key=lambda found: found.at)),
        max_age=MAX_AGE,
        teams=(OFFICE, NIGHT),
        hours=HOURS,
        people=PEOPLE,
        humans=HUMANS,
        shared=SHARED,
        asleep=tuple((start, end) for start, end in ASLEEP if end < until),
    )
