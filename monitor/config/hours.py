"""Opening hours in the configuration: the three field types, and what an expression needs to mean something."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined]
from pydantic import AfterValidator, Field

from monitor.config.names import did_you_mean

_COMMENT = re.compile(r'"[^"]*"')
_PUBLIC_HOLIDAY = re.compile(r"\bPH\b")
_SCHOOL_HOLIDAY = re.compile(r"\bSH\b")
_SUN = re.compile(r"\b(?:dawn|sunrise|sunset|dusk)\b", re.IGNORECASE)
_HELP = "write it as in Mo-Fr 08:00-20:00; PH off"


def _check_expression(value: str) -> str:
    try:
        OpeningHours(value)
    except ParserError as error:
        column = re.search(r"--> \d+:(\d+)", str(error))
        where = f" from character {column[1]} on" if column else ""
        raise ValueError(f"not opening hours{where}; {_HELP}") from error
    rules = _COMMENT.sub("", value)
    if _SCHOOL_HOLIDAY.search(rules):
        # The library knows no school holidays: the rule would silently never apply.
        raise ValueError("school holidays (SH) are not known here; write their dates instead")
    if _SUN.search(rules):
        raise ValueError("sunrise and sunset need a place, which a team has not; write times instead")
    return value


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
