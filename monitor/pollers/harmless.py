"""What a recording may show as it is: an allow-list. Names of fields, counts, letters, and the vendors' own words.

Every entry is public knowledge of an API's documents. What is not listed here is replaced.
"""

import re

COUNT_LIMIT = 9_999_999
"""A count, a duration in seconds or an error code is no larger; a telephone number is."""
_TIMES = range(1_000_000_000, 4_100_000_000)
_LETTERS_LIMIT = 8

NAME_WORDS = frozenset(
    """
    a accept access account action active activity address adminwebservice after agent agentid agents all and answer api
    apikey app audio auth auto available avatar avg away backup ban before begin body burning busy by c call calls
    can capacity case change channel chat chats chatted chatting closed cobrowser code color complete concurrent conf
    config configs connected contact contactid contacts count created current cursor custom customer data date debug
    debugmessage default deleted department departmentid departments description detail device devices display
    distribution distributions duration email enabled end entry error errormessage errors exceed exp expire expired
    expires external fail field fields file filter filters first firstname flag for free from full generate
    generation get global grant grid group groups guid handler has having header hidden href http iat id ids if in
    include index info is item items json jwt jwttoken key kind label language last lastactive lastchat lastname
    leader length limit limited link list live livechat login mail mailaccount manager manually max mean member
    members message messages meta method min mobile mode modified name nbf new next not now num number oauth object
    of offline on ongoing online onlinestatus open operator operators or order owner page pageindex pages pagesize
    pagination parent parents part password path paths paused per permission phone php pool portal position
    preferred preset presetstatus previous priority property pseudo queue queues reached read real realtime reason
    rec recent record records refresh reply reports response result results right rightnow role roles route rows
    schedule search seconds self sent service session settings shift site siteid size skill skills sleeping slot slots
    sort sorted source sso start state states statistics status statuscode statuses success system tag tags team text
    ticket tickets time timeout timestamp timezone title to token total type unit unread update updated url used
    user userid username users value version video visitor visitors wait waiting waits web website websites window
    with work
    """.split()  # noqa: SIM905 - three hundred quotes would hide the words
)
"""Words of which the vendors make names of fields, parameters and paths."""

_MESSAGE_WORDS = frozenset(
    """
    a access an and api apikey are at authentication authorization bad be been being bodies body by call cannot
    client code daily day denied department does edition error errors exceed exceeded exist expired failed field
    filter for forbidden found get grant has have http in incorrect internal invalid is it key limit login message
    method minute missing no not number of ok on or parameter parameters password per permission please quota rate
    reached refused request requests required scope server service site status success the this to token too try
    unauthorized unavailable unknown url user value was were with wrong your
    """.split()  # noqa: SIM905
)
_MARKUP_WORDS = frozenset(
    """
    a body br button center charset class content div doctype en form gateway h1 h2 head hr href html http https img
    input lang li link meta name nginx apache p page script sign in span src style table td text title tr type ul
    utf xml
    """.split()  # noqa: SIM905
)
_VALUES = frozenset(
    {"online", "offline", "away", "chatting", "success", "error", "ok", "true", "false", "y", "n", "null", ""}
)
"""Whole values, ignoring case."""

_COUNTS = frozenset(
    """
    agentcount avgburningduration avgclosedduration avgnewduration avgopenduration avgsleepingduration callpriority
    chatcount chatmaxnumber chatpriority code count currentqueuelength customerreplycount expiresin filtersconnected
    full hasfree limit maxburningduration maxclosedduration maxconcurrentchats maxconcurrentchatsforallagents
    maxcount maxnewduration maxopenduration maxsleepingduration minburningduration minclosedduration minnewduration
    minopenduration minsleepingduration newcount numclosed numfree numopen ongoingchats order page pagecount
    pageindex pages pagesize perpage slotmaxnumber slotnum slotnumber slotsperagent status statuscode total
    totalcount videopriority waittime
    """.split()  # noqa: SIM905
)
_TIME_NAMES = frozenset({"lastactive", "exp", "nbf", "iat"})
_LETTER_NAMES = frozenset({"onlinestatus", "presetstatus", "servicetype"})
_LETTERS = frozenset("TPMRNFC ,;|")  # no vowel, so no name
_MESSAGE_NAMES = frozenset({"message", "errormessage", "error", "debugmessage"})
_LISTS_OF_NAMES = frozenset({"filters", "include", "c"})

_NUMBER = re.compile(r"-?\d{1,10}(?:\.\d{1,6})?", re.ASCII)
_NAME = re.compile(r"_?[A-Za-z]+(?:_[A-Za-z]+)*")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def is_name(text: str) -> bool:
    """Whether this is made of the words of an API alone, in any of `slot_num`, `numFree`, `ApiKey`."""
    return bool(_NAME.fullmatch(text)) and all(word.lower() in NAME_WORDS for word in _WORD.findall(text))


def is_value(text: str) -> bool:
    """Whether this is a word of an API as a whole; a single letter is a status (LiveAgent v3), and nobody's name."""
    return text.casefold() in _VALUES or (len(text) == 1 and text.isascii() and text.isalpha())


def is_message_word(word: str) -> bool:
    return all(part in _MESSAGE_WORDS for part in word.casefold().split("_"))  # invalid_client


def is_markup_word(word: str) -> bool:
    return word.casefold() in _MARKUP_WORDS or is_message_word(word)


def is_message(name: str) -> bool:
    """Whether the field `name` holds a sentence of the vendor."""
    return _plain(name) in _MESSAGE_NAMES


def is_list_of_names(name: str) -> bool:
    """Whether the field `name` holds names of other fields or of calls."""
    return _plain(name) in _LISTS_OF_NAMES


def is_number(name: str, value: float) -> bool:
    """Whether a number of the field `name` is a count, a duration or a time, and of its size."""
    if _plain(name) in _TIME_NAMES:
        return value == 0 or int(value) in _TIMES
    return _plain(name) in _COUNTS and abs(value) <= COUNT_LIMIT


def is_number_in_text(name: str, text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and is_number(name, float(text))


def letters(name: str, text: str) -> str | None:
    """A set of status letters, unknown ones as Z; None where the field is no such set."""
    if _plain(name) not in _LETTER_NAMES or len(text) > _LETTERS_LIMIT:
        return None
    return "".join(letter if letter in _LETTERS else "Z" for letter in text)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
