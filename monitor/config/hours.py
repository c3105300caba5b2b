"""Opening hours in the configuration: the three field types, and what an expression needs to mean something."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined]
from pydantic import AfterValidator, Field

from monitor.config.names import did_you_mean

_COMMENT = re.compile(r'"[^"]*"')
_PUBLIC_HOLIDAY = re.compile(r"\bPH\b")
_DATE = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d+)\b(?!:)")
_LAST_DAYS = {"Feb": 29, "Apr": 30, "Jun": 30, "Sep": 30, "Nov": 30}
_HOLIDAYS_OFF = re.compile(r"(?:^|; )PH closed; (?:.*; )?(?:Mo|Tu|We|Th|Fr|Sa|Su|\d\d:|24/7)")
_HELP = "write it as in Mo-Fr 08:00-20:00; PH off"

_REFUSED = (
    # The library knows no school holidays: the rule would silently never apply.
    (r"\bSH\b", "school holidays (SH) are not known here; write their dates instead"),
    (r"\b(?:dawn|sunrise|sunset|dusk)\b", "sunrise and sunset need a place, which a team has not; write times instead"),
    (r"\bunknown\b", "a team is open or closed, never unknown; leave the rule out, or write off"),
    # The library takes 10:00+ as up to midnight and 10:00-12:00+ as up to 12:00.
    (r":\d\d\+", "an open end (+) does not tell when the team closes; write the time, as in 10:00-24:00"),
    (r":\d\d/", "a step between times means moments, not hours; write the hours without it"),
    # The library applies them to whole days only, and forgets all days but the first if they name none.
    (r"\|\|", "fallback rules (||) do not work here; write the fallback first and the rest behind ;"),
)
"""What the library takes and a team cannot mean, or the library gets wrong; patterns of its own spelling."""


def _check_expression(value: str) -> str:
    try:
        spelled = str(OpeningHours(value))
    except ParserError as error:
        column = re.search(r"--> \d+:(\d+)", str(error))
        where = f" from character {column[1]} on" if column else ""
        raise ValueError(f"not opening hours{where}; {_HELP}") from error
    rules = _COMMENT.sub("", spelled)
    for pattern, message in _REFUSED:
        if re.search(pattern, rules):
            raise ValueError(message)
    _check_dates(rules)
    return value


def _check_dates(rules: str) -> None:
    """The library takes a date that does not exist for every day."""
    for month, day in _DATE.findall(rules):
        if int(day) > _LAST_DAYS.get(month, 31):
            raise ValueError(f"there is no {month} {day}; write a date that exists")


def _check_timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # OSError: the name of a folder, as in "Europe"
        mend = did_you_mean(value, available_timezones()) or "write it as in Europe/Paris"
        raise ValueError(f"not a time zone; {mend}") from error
    return value


def _check_country(value: str) -> str:
    try:
        OpeningHours("24/7", country=value)
    except UnknownCountryError as error:
        raise ValueError("not a country with known public holidays; write two capital letters, as in FR") from error
    return value


Expression = Annotated[str, Field(min_length=1), AfterValidator(_check_expression)]
TimeZone = Annotated[str, Field(min_length=1), AfterValidator(_check_timezone)]
Country = Annotated[str, Field(min_length=1), AfterValidator(_check_country)]


def needs_country(expression: str) -> bool:
    """Whether the expression speaks of public holidays."""
    return _PUBLIC_HOLIDAY.search(_COMMENT.sub("", expression)) is not None


def opens_holidays_again(expression: str) -> bool:
    """Whether a rule for any day of the week stands behind `PH off`, and so wins over it."""
    return _HOLIDAYS_OFF.search(_COMMENT.sub("", str(OpeningHours(expression)))) is not None
