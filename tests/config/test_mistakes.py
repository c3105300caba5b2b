# ruff: noqa: E501 - a file and all that is said of it stand on one line
"""One bad file per mistake, with everything that is said of it."""

from collections.abc import Callable

import pytest

Mistakes = Callable[[str], list[str]]


CHAT = "sources:\n  - {name: chat, vendor: cobrowser, user: u, api_key: {env: K}}\n"
VISIT = "sources:\n  - name: visit\n    vendor: iadvize\n    url: https://sd.iadvize.com/api/2\n    api_key: {env: K}\n"
TEAM = "teams:\n  - name: sales\n    members: [{source: chat}]\n"

DURATION = "write it as in 15s, 10m or 1h30m"
ONE = "it needs at least one entry"
SECRET = "write {env: NAME} or {file: PATH}"
NAME = "lower-case letters, digits, _ . and -, beginning with a letter or digit, at most 63 characters"
EMPTY = "has no value (leave the key out for its default)"

WHOLE_FILE = {
    "empty": ("", ["f:1:1: the file is empty (it needs at least `sources`)"]),
    "only a comment": ("# nothing\n", ["f:1:1: the file is empty (it needs at least `sources`)"]),
    "a list": ("- a\n", ["f:1:1: not a mapping (the file begins with a key such as `sources:`)"]),
    "text": ("\n  hello\n", ["f:2:3: not a mapping (the file begins with a key such as `sources:`)"]),
    "no sources": ("web: {}\n", ["f:1:1: sources: is missing (Accounts of vendors to poll)"]),
    "sources without an entry": ("sources: []\n", [f"f:1:10: sources: is empty ({ONE})"]),
    "sources without a value": (
        "sources:\n",
        ["f:1:1: sources: has no value (leave the key out for its default)"],
    ),
    "sources as a mapping": (
        "sources: {a: 1}\n",
        ["f:1:10: sources: not a list (write [a, b], or one item a line behind a dash)"],
    ),
    "unknown section": (
        CHAT + "tems: []\n",
        ["f:3:1: tems: unknown key 'tems' (did you mean 'teams'?)"],
    ),
}

YAML = {
    "tab": ("a:\n\tb: 1\n", ["f:2:1: a tab; YAML is indented with spaces"]),
    "colon in text": ("a: b: c\n", ["f:1:5: a colon where no value can begin (quote text that holds ': ')"]),
    "open quote": ("a: 'b\n", ["f:2:1: a quote that is never closed"]),
    "open bracket": ("a: [b\n", ["f:2:1: a list or mapping in brackets that is not closed"]),
    "no colon": ("a: 1\nb\n", ["f:3:1: a line that is neither a key with a colon nor a list item"]),
    "sign of YAML": ("a: @b\n", ["f:1:4: text that begins with a sign of YAML (put it in quotes)"]),
    "escape": ('a: "\\q"\n', ["f:1:6: an unknown escape (\\) (double \\, or use single quotes)"]),
    "indentation": ("a:\n  - 1\n b: 2\n", ["f:3:2: a line that does not fit the indentation above it"]),
    "two documents": ("a: 1\n---\nb: 2\n", ["f:2:1: a second document (one file, one document)"]),
    "unknown alias": ("a: *b\n", ["f:1:4: an alias (*) of nothing (quote text that begins with *)"]),
    "recursion": ("a: &x [1, *x]\n", ["f:1:11: an alias (*) inside of what it names"]),
    "tag": ("a: !b c\n", ["f:1:4: a tag (!) has no meaning here (quote text that begins with !)"]),
    "tag handle": ("a: !b!c d\n", ["f:1:4: a tag (!) has no meaning here (quote text that begins with !)"]),
    "control character": ("a: 1\nb: \x01\n", ["f:2:4: a character that YAML does not allow"]),
    "depth": ("a: " + "[" * 60 + "\n", ["f:1:36: nested more than 32 levels deep"]),
    "duplicate keys": (
        CHAT + "web: {}\nweb: {listen: ':1', listen: ':2'}\nprivacy: {people: named, people: named}\n",
        [
            "f:4:1: web: the key 'web' occurs twice (it stands on line 3 already)",
            "f:5:26: privacy.people: the key 'people' occurs twice (it stands on line 5 already)",
        ],
    ),
    "keys that are not text": (
        CHAT + "1: a\n? [b]\n: c\n",
        ["f:3:1: a key that is not text (put it in quotes)", "f:4:3: a key that is not text (put it in quotes)"],
    ),
    "merge of a text": (CHAT + "web: {<<: a}\n", ["f:3:11: web.<<: not a mapping, so it cannot be merged"]),
}


def _source(line: str) -> str:
    return CHAT + "  - {name: b, vendor: cobrowser, user: u, api_key: {env: K}}\n".replace("name: b", line)


SOURCES = {
    "no vendor": (
        "sources:\n  - {name: a}\n",
        ["f:2:5: sources[0].vendor: is missing (one of cobrowser, comm100, iadvize, liveagent)"],
    ),
    "unknown vendor, and what else is wrong": (
        "sources:\n  - {name: A, vendor: iadvice, poll: {interval: 5, intervall: 5s}}\n",
        [
            f"f:2:12: sources[0].name: not a name ({NAME})",
            "f:2:23: sources[0].vendor: unknown vendor 'iadvice' (did you mean 'iadvize'?)",
            "f:2:49: sources[0].poll.interval: not a duration (write a unit, as in 5s)",
            "f:2:52: sources[0].poll.intervall: unknown key 'intervall' (did you mean 'interval'?)",
        ],
    ),
    "vendor that is no text": (
        "sources:\n  - {name: a, vendor: [b]}\n",
        [
            ("f:2:23: sources[0].vendor: unknown vendor "
            "(known vendors: cobrowser, comm100, iadvize, liveagent)")
        ],
    ),
    "missing key": (
        "sources:\n  - name: a\n    vendor: cobrowser\n    user: u\n",
        ["f:2:5: sources[0].api_key: is missing (The account's API key; it is requested from CoBrowser's support)"],
    ),
    "no name": (_source("poll: {}"), None),
    "bad name": (_source("name: -a"), [f"f:3:12: sources[1].name: not a name ({NAME})"]),
    "long name": (_source("name: " + 64 * "a"), [f"f:3:12: sources[1].name: not a name ({NAME})"]),
    "number as name": (_source("name: 1"), ["f:3:12: sources[1].name: not text (put it in quotes)"]),
    "name twice": (
        _source("name: chat"),
        ["f:3:12: sources[1].name: another of the sources is named 'chat' already (on line 2)"],
    ),
    "no unit": (_source("name: b, poll: {interval: 15}"), ["f:3:32: sources[1].poll.interval: not a duration (write a unit, as in 15s)"]),
    "unknown unit": (_source("name: b, poll: {timeout: 15sec}"), [f"f:3:31: sources[1].poll.timeout: not a duration ({DURATION})"]),
    "no time": (_source("name: b, poll: {interval: 0s}"), ["f:3:32: sources[1].poll.interval: must be longer than zero"]),
    "no value": (_source("name: b, poll: {interval: }"), [f"f:3:22: sources[1].poll.interval: {EMPTY}"]),
    "empty section": (_source("name: b, poll: "), [f"f:3:15: sources[1].poll: {EMPTY}"]),
    "no requests": (_source("name: b, poll: {requests_per_minute: 0}"), ["f:3:43: sources[1].poll.requests_per_minute: must be at least 1"]),
    "half a request": (_source("name: b, poll: {requests_per_minute: 1.5}"), ["f:3:43: sources[1].poll.requests_per_minute: not a whole number"]),
    "text as switch": (_source("name: b, allow_insecure: yes"), ["f:3:31: sources[1].allow_insecure: not true or false"]),
    "plain http": (
        _source("name: b, url: 'http://chat.example'"),
        ["f:3:20: sources[1].url: plain http would show secrets to the network (use https, or set allow_insecure: true)"],
    ),
    "http of this machine": (_source("name: b, url: 'http://127.0.0.1:80'"), []),
    "http that is allowed": (_source("name: b, allow_insecure: true, url: 'http://chat.example'"), []),
    "no address": (_source("name: b, url: chat.example"), ["f:3:20: sources[1].url: not an address (write it as in https://host/path)"]),
    "short max_age": (
        _source("name: b, poll: {interval: 30s, max_age: 35s}"),
        ["f:3:46: sources[1].poll.max_age: max_age of 35s is shorter than interval and timeout together (30s + 10s) (a max_age of at least 40s, or a shorter timeout)"],
    ),
    "long timeout": (
        _source("name: b, poll: {timeout: 1m}"),
        ["f:3:31: sources[1].poll.timeout: max_age of 1m is shorter than interval and timeout together (15s + 1m) (a max_age of at least 1m15s, or a shorter timeout)"],
    ),
    "defaults that fit no source are said once": (
        "defaults: {poll: {max_age: 20s}}\n" + CHAT + "  - {name: b, vendor: cobrowser, user: u, api_key: {env: K}}\n",
        ["f:1:28: defaults.poll.max_age: max_age of 20s is shorter than interval and timeout together (15s + 10s) (a max_age of at least 25s, or a shorter timeout)"],
    ),
    "two ids in a view": (
        VISIT + "    views: [{group_id: 1, skill_id: 2}, {}]\n",
        [
            "f:6:13: sources[0].views[0]: a view has exactly one of group_id, skill_id, website_id, website_list",
            "f:6:41: sources[0].views[1]: a view has exactly one of group_id, skill_id, website_id, website_list",
        ],
    ),
    "no views": (VISIT + "    views: []\n", [f"f:6:12: sources[0].views: is empty ({ONE})"]),
}  # fmt: skip
SOURCES["no name"] = (
    SOURCES["no name"][0],
    ["f:3:5: sources[1].name: is missing (Name of this account of the vendor; a label of the metrics)"],
)

BEGIN = CHAT + "teams:\n  - name: sales\n    members: [{source: chat}]\n"
TEAMS = {
    "no members": (CHAT + "teams:\n  - name: a\n", ["f:4:5: teams[0].members: is missing (Selectors; their matches are united)"]),
    "members without an entry": (CHAT + "teams: [{name: a, members: []}]\n", [f"f:3:28: teams[0].members: is empty ({ONE})"]),
    "unknown source": (CHAT + "teams: [{name: a, members: [{source: chats}]}]\n", ["f:3:38: teams[0].members[0].source: unknown source 'chats' (did you mean 'chat'?)"]),
    "another source": (CHAT + "teams: [{name: a, members: [{source: zzz}]}]\n", ["f:3:38: teams[0].members[0].source: unknown source 'zzz' (known sources: chat)"]),
    "groups of a vendor without": (CHAT + "teams: [{name: a, members: [{source: chat, groups: [x]}]}]\n", ["f:3:44: teams[0].members[0].groups: cobrowser has no groups (name agents instead)"]),
    "group that is none": (VISIT + "teams: [{name: a, members: [{source: visit, groups: ['group:1', '12']}]}]\n", ["f:6:65: teams[0].members[0].groups[1]: not a group of iadvize (write group:ID, skill:ID or website:ID)"]),
    "no groups": (VISIT + "teams: [{name: a, members: [{source: visit, groups: []}]}]\n", [f"f:6:53: teams[0].members[0].groups: is empty ({ONE})"]),
    "number as agent": (CHAT + "teams: [{name: a, members: [{source: chat, agents: [13]}]}]\n", ["f:3:53: teams[0].members[0].agents[0]: not text (put it in quotes)"]),
    "name twice": (BEGIN + "  - {name: sales, members: [{source: chat}]}\n", ["f:6:12: teams[1].name: another of the teams is named 'sales' already (on line 4)"]),
    "no channels": (BEGIN + "    channels: []\n", [f"f:6:15: teams[0].channels: is empty ({ONE})"]),
    "channel twice": (BEGIN + "    channels: [chat, call, chat]\n", ["f:6:28: teams[0].channels[2]: channel 'chat' occurs twice (name it once)"]),
    "unknown channel": (BEGIN + "    channels: [chats]\n", ["f:6:16: teams[0].channels[0]: unknown channel 'chats' (did you mean 'chat'?)"]),
    "targets of an unknown channel": (BEGIN + "    targets: {channels: {cal: {}}}\n", ["f:6:26: teams[0].targets.channels.cal: unknown channel 'cal' (did you mean 'call'?)"]),
    "coverage of 1": (BEGIN + "    targets: {coverage: 1}\n", ["f:6:25: teams[0].targets.coverage: a coverage of 1 leaves an error budget of zero, which can never be kept (write less, as in 0.99)"]),
    "coverage of 1.0 on a channel": (BEGIN + "    targets: {channels: {chat: {coverage: 1.0}}}\n", ["f:6:43: teams[0].targets.channels.chat.coverage: a coverage of 1 leaves an error budget of zero, which can never be kept (write less, as in 0.99)"]),
    "coverage in percent": (BEGIN + "    targets: {coverage: 99}\n", ["f:6:25: teams[0].targets.coverage: must be less than 1"]),
    "no occupancy": (BEGIN + "    targets: {occupancy: 0}\n", ["f:6:26: teams[0].targets.occupancy: must be more than 0"]),
    "occupancy over 1": (BEGIN + "    targets: {occupancy: 1.01}\n", ["f:6:26: teams[0].targets.occupancy: must be at most 1"]),
    "occupancy as text": (BEGIN + "    targets: {occupancy: '0.5'}\n", ["f:6:26: teams[0].targets.occupancy: not a number"]),
    "nan": (BEGIN + "    targets: {occupancy: .nan}\n", ["f:6:26: teams[0].targets.occupancy: must be at most 1"]),
    "nobody wanted": (BEGIN + "    targets: {available_agents: 0}\n", ["f:6:33: teams[0].targets.available_agents: must be at least 1"]),
    "no slot wanted": (BEGIN + "    targets: {free_slots: 0}\n", ["f:6:27: teams[0].targets.free_slots: must be at least 1"]),
    "true as number": (BEGIN + "    targets: {free_slots: true}\n", ["f:6:27: teams[0].targets.free_slots: not a whole number"]),
    "hours": (BEGIN + "    hours: {open: 'Mo-Fr 8-20', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: not opening hours from character 7 on (write it as in Mo-Fr 08:00-20:00; PH off)"]),
    "time zone": (BEGIN + "    hours: {open: '24/7', timezone: Europe/Pari}\n", ["f:6:37: teams[0].hours.timezone: not a time zone (did you mean 'Europe/Paris'?)"]),
    "path as time zone": (BEGIN + "    hours: {open: '24/7', timezone: ..}\n", None),
    "country": (BEGIN + "    hours: {open: '24/7', timezone: UTC, country: fr}\n", ["f:6:51: teams[0].hours.country: not a country with known public holidays (write two capital letters, as in FR)"]),
    "holidays of nowhere": (BEGIN + "    hours: {open: 'Mo-Fr 08:00-20:00; PH off', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: PH (public holidays) without a country would never apply (add country, as in country: FR)"]),
    "holidays in a comment": (BEGIN + "    hours: {open: 'Mo-Fr 08:00-20:00 \"not PH\"', timezone: UTC}\n", []),
    "school holidays": (BEGIN + "    hours: {open: 'Mo-Fr 08:00-20:00; SH off', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: school holidays (SH) are not known here (write their dates instead)"]),
    "sun": (BEGIN + "    hours: {open: 'sunrise-sunset', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: sunrise and sunset need a place, which a team has not (write times instead)"]),
    "unknown hours": (BEGIN + "    hours: {open: 'Mo-Fr 10:00-12:00 unknown', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: a team is open or closed, never unknown (leave the rule out, or write off)"]),
    "unknown hours in capitals": (BEGIN + "    hours: {open: 'Mo-Fr 10:00-12:00 UNKNOWN', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: a team is open or closed, never unknown (leave the rule out, or write off)"]),
    "open end": (BEGIN + "    hours: {open: 'Mo-Fr 10:00+', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: an open end (+) does not tell when the team closes (write the time, as in 10:00-24:00)"]),
    "open end behind a time": (BEGIN + "    hours: {open: 'Mo-Fr 10:00-12:00+', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: an open end (+) does not tell when the team closes (write the time, as in 10:00-24:00)"]),
    "moments": (BEGIN + "    hours: {open: '10:00-16:00/02:00', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: a step between times means moments, not hours (write the hours without it)"]),
    "fallback": (BEGIN + "    hours: {open: 'Mo-Fr 10:00-12:00 || Sa 10:00-12:00', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: fallback rules (||) do not work here (write the fallback first and the rest behind ;)"]),
    "date that does not exist": (BEGIN + "    hours: {open: 'Mo-Fr 10:00-12:00; Feb 30 off', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: there is no Feb 30 (write a date that exists)"]),
    "range to a date that does not exist": (BEGIN + "    hours: {open: 'Apr 28-31 10:00-12:00', timezone: UTC}\n", ["f:6:19: teams[0].hours.open: there is no Apr 31 (write a date that exists)"]),
    "all that in a comment": (BEGIN + "    hours: {open: '24/7 \"unknown || Feb 30 10:00+\"', timezone: UTC}\n", []),
    "dates, offsets and years with a plus": (BEGIN + "    hours: {open: '2026+ Feb 29-Jun 30 Mo[1] +2 days 10:00-12:00; Dec 31 10:00-12:00', timezone: UTC}\n", []),
    "hours without hours": (BEGIN + "    hours: {timezone: UTC}\n", ["f:6:12: teams[0].hours.open: is missing (without it the team is always open)"]),
    "inactive people of a team without metrics of work": (
        BEGIN + "    work_metrics: false\n    inactive: {after: 5m}\n",
        ["f:7:5: teams[0].inactive: without work_metrics nobody of this team is inactive (leave it out, or set work_metrics: true)"],
    ),
    "work metrics that are neither true nor false": (
        BEGIN + '    work_metrics: "no"\n',
        ["f:6:19: teams[0].work_metrics: not true or false"],
    ),
    "count as": (BEGIN + "    inactive: {count_as: gone}\n", ["f:6:26: teams[0].inactive.count_as: unknown value 'gone' (known: away, staffed)"]),
    "text as mapping": (BEGIN + "    hours: always\n", ["f:6:12: teams[0].hours: not a mapping (write it as key: value)"]),
}  # fmt: skip
TEAMS["path as time zone"] = (
    TEAMS["path as time zone"][0],
    ["f:6:37: teams[0].hours.timezone: not a time zone (write it as in Europe/Paris)"],
)

REST = {
    "match": (CHAT + "people: {match: [mail]}\n", ["f:3:18: people.match[0]: unknown value 'mail' (did you mean 'email'?)"]),
    "match twice": (CHAT + "people: {match: [email, email]}\n", ["f:3:17: people.match: an entry occurs twice (name each once)"]),
    "account without source": (CHAT + "people: {list: [{name: a, accounts: ['13']}]}\n", ["f:3:38: people.list[0].accounts[0]: not an account (write SOURCE/ACCOUNT-ID)"]),
    "account of nowhere": (CHAT + "people: {list: [{name: a, accounts: [chat/1, cha/2]}]}\n", ["f:3:46: people.list[0].accounts[1]: unknown source 'cha' (did you mean 'chat'?)"]),
    "account of two persons": (
        CHAT + "people: {list: [{name: a, accounts: [chat/1, chat/2]}, {name: b, accounts: [chat/2]}]}\n",
        ["f:3:77: people.list[1].accounts[0]: the account belongs to a person already (person 'a')"],
    ),
    "person twice": (
        CHAT + "people: {list: [{name: a, accounts: [chat/1]}, {name: a, accounts: [chat/2]}]}\n",
        ["f:3:55: people.list[1].name: another person is named 'a' already (people.list[0])"],
    ),
    "no slots": (CHAT + "people: {list: [{name: a, accounts: [chat/1], max_slots: 0}]}\n", ["f:3:58: people.list[0].max_slots: must be at least 1"]),
    "agent series of YAML 1.1": (CHAT + "privacy: {agent_series: false}\n", ["f:3:25: privacy.agent_series: unknown value (known: named, off, pseudonym)"]),
    "people cannot be off": (CHAT + "privacy: {people: off}\n", ["f:3:19: privacy.people: unknown value 'off' (known: named, pseudonym)"]),
    "port alone": (CHAT + "web: {listen: 9877}\n", ["f:3:15: web.listen: not an address to listen on (write HOST:PORT, [IPV6]:PORT or :PORT)"]),
    "no port": (CHAT + "web: {listen: localhost}\n", ["f:3:15: web.listen: not an address to listen on (write HOST:PORT, [IPV6]:PORT or :PORT)"]),
    "no such port": (CHAT + "web: {listen: ':65536'}\n", ["f:3:15: web.listen: not a port (it is at most 65535)"]),
    "six without brackets": (CHAT + "web: {listen: '::1:80'}\n", ["f:3:15: web.listen: not an address to listen on (write HOST:PORT, [IPV6]:PORT or :PORT)"]),
    "defaults": (
        CHAT + "defaults: {poll: {interval: 5}, targets: {coverage: 1}, colour: red}\n",
        [
            "f:3:29: defaults.poll.interval: not a duration (write a unit, as in 5s)",
            "f:3:53: defaults.targets.coverage: a coverage of 1 leaves an error budget of zero, which can never be kept (write less, as in 0.99)",
            "f:3:57: defaults.colour: unknown key 'colour' (known here: hours, inactive, poll, targets, work_metrics)",
        ],
    ),
}  # fmt: skip

ROWS = {
    f"{section}: {name}": row
    for section, rows in {"file": WHOLE_FILE, "yaml": YAML, "source": SOURCES, "team": TEAMS, "rest": REST}.items()
    for name, row in rows.items()
}


@pytest.mark.parametrize(("text", "said"), ROWS.values(), ids=ROWS)
def test_every_mistake_is_told_with_its_place_and_mend(mistakes: Mistakes, text: str, said: list[str]) -> None:
    assert mistakes(text) == said


EVERYTHING = """\
colour: red
sources:
  - name: a
    vendor: iadvize
    url: http://sd.iadvize.com
    api_keyy: x
    poll: {interval: }
  - name: a
    vendor: cobrowsr
  - vendor: liveagent
    url: https://acme.ladesk.com
    api_key: {env: K}
    departments: [1]
teams:
  - name: t
    channels: [chatt]
    members: [{source: b, groups: [1]}, {source: a, groups: [nope]}, {agents: []}]
    colour: red
  - {name: t, hours: {country: FR}}
people: {list: [{accounts: [b/1]}]}
"""


def test_all_mistakes_of_a_file_at_once(mistakes: Mistakes) -> None:
    assert [line.rsplit(": ", 1)[0] for line in mistakes(EVERYTHING) if "did you mean" not in line] == [
        "f:1:1: colour: unknown key 'colour' (known here",
        "f:3:5: sources[0].api_key",
        "f:5:10: sources[0].url: plain http would show secrets to the network (use https, or set allow_insecure",
        "f:7:12: sources[0].poll.interval",
        "f:8:11: sources[1].name",
        "f:10:5: sources[2].name",
        "f:13:19: sources[2].departments[0]",
        "f:17:24: teams[0].members[0].source: unknown source 'b' (known sources",
        "f:17:36: teams[0].members[0].groups[0]",
        "f:17:62: teams[0].members[1].groups[0]",
        "f:17:70: teams[0].members[2].source",
        "f:17:79: teams[0].members[2].agents",
        "f:18:5: teams[0].colour: unknown key 'colour' (known here",
        "f:19:5: teams[1].members",
        "f:19:12: teams[1].name",
        "f:19:22: teams[1].hours.open",
        "f:20:17: people.list[0].name",
        "f:20:29: people.list[0].accounts[0]: unknown source 'b' (known sources",
    ]


def test_a_reference_to_a_broken_source_is_no_mistake_of_the_reference(mistakes: Mistakes) -> None:
    text = "sources: [{name: a, vendor: nope}]\nteams: [{name: t, members: [{source: a, groups: [x]}]}]\n"
    assert [line.split(": ")[1] for line in mistakes(text)] == ["sources[0].vendor"]
