"""What a recording must not show is replaced: whatever is not known to be harmless, each value always by the same.

Shapes stay: a number stays a number, an id is the same in a path, a query, an address, a JWT and a payload, and
what differed before differs after.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import msgspec

from monitor.pollers import harmless
from monitor.pollers.transport import any_form

HOST = "recording.invalid"
ELSEWHERE = "elsewhere.invalid"
Tree = Any
"""A decoded JSON value."""

_SHORT_SECRET = 8  # characters; shorter ones are replaced where they stand alone, not inside of words
_STEM = "word"
_LONG = 64
_DIGITS_LIMIT = 400
_LEAST_DIGITS = 6
_PATTERN = (
    r"(?P<key>(?<=\")\w+(?=\"\s*:))"
    r"|(?P<jwt>\beyJ[\w-]+\.[\w-]+\.[\w-]*)"
    r"|(?P<uuid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    r"|(?P<word>(?:\w|[^\x00-\x7f])+)"
)
_ADDRESS = re.compile(r"(?:https?://|/|\?)\S*", re.IGNORECASE)
_API = re.compile(r"/(?:api/2|(?:api/)?v\d{1,2})(?=/|$)")
_GROUP = re.compile(r"(group|skill|website):(\d+)", re.ASCII)

Keep = Callable[[str], bool]


def _nothing(_word: str) -> bool:
    return False


class Redactor:
    """One consistent replacement. `secrets` go wherever they stand, in any form that an address or a header gives."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets) - {""}
        self._numbers: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._spellings: dict[str, str] = {}
        self._variants: Counter[int] = Counter()
        inside = sorted((one for one in self._secrets if len(one) >= _SHORT_SECRET and not one.isdigit()), key=len)
        self._whole = re.compile("|".join(any_form(one).pattern for one in reversed(inside))) if inside else None
        whole = f"(?P<secret>{self._whole.pattern})|" if self._whole else ""
        self._pattern = re.compile(whole + _PATTERN)

    # ---------------------------------------------------------------- values

    def tree(self, value: Tree, name: str = "") -> Tree:
        """A decoded JSON value that stands in the field `name`."""
        match value:
            case dict():
                return {self.name(str(key)): self.tree(item, str(key)) for key, item in value.items()}
            case list() | tuple():
                return [self.tree(item, name) for item in value]
            case str():
                return self.value(value, name)
            case bool() | None:
                return value
            case int() | float():
                return self._numeric(value, name)
            case other:
                raise TypeError(f"no JSON value: {type(other).__name__}")

    def value(self, text: str, name: str = "") -> str:
        """Text of the field or the parameter `name`."""
        if text in self._secrets:
            return self.text(text) if text.isdigit() else self._word(text)
        if harmless.is_value(text) or harmless.is_number_in_text(name, text):
            return text
        if (letters := harmless.letters(name, text)) is not None:
            return letters
        if name == "handler":  # a path, in the query of a server without rewriting
            return self.path(text)
        if text.lstrip()[:1] in {"{", "[", '"'} and (inner := self._encoded(text, name)) is not None:
            return inner
        if _ADDRESS.fullmatch(text):
            return self.address(text)
        if harmless.is_list_of_names(name):
            return self.text(text, harmless.is_name)
        return self.text(text, harmless.is_message_word if harmless.is_message(name) else _nothing)

    def name(self, name: str) -> str:
        """The name of a field; one that is not of an API's words may be anything, an id or an e-mail."""
        return name if harmless.is_name(name) and not self._holds_secret(name) else self.text(name)

    def text(self, text: str, keep: Keep = _nothing) -> str:
        """Every word of a text but those to keep; ASCII punctuation and spaces stay."""
        return self._pattern.sub(lambda found: self._replaced(found, keep), text)

    def body(self, text: str) -> str:
        """A body that is no JSON: names of fields and of HTML stay."""
        return self.text(text, harmless.is_markup_word)

    def group(self, group: str) -> str:
        """A group as a configuration selects it."""
        found = _GROUP.fullmatch(group)
        return f"{found[1]}:{self.text(found[2])}" if found else self.value(group)

    # ---------------------------------------------------------------- addresses

    def path(self, path: str) -> str:
        """A path, not percent-encoded."""
        prefix = _API.match(path)
        known = prefix[0] if prefix else ""
        return known + self.text(path[len(known) :], harmless.is_name)

    def query(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(self.text(name, harmless.is_name), self.value(value, name)) for name, value in pairs]

    def address(self, text: str, host: str = HOST) -> str:
        """An address, absolute or not; every host becomes `host`."""
        try:
            parts = urlsplit(text)
        except ValueError:
            return self.text(text)
        where = f"{parts.scheme.lower()}:" * bool(parts.scheme) + f"//{host}" * bool(parts.netloc)
        path = quote(self.path(unquote(parts.path)), safe="/:@,;=+$!*'()~[]")
        query = urlencode(self.query(parse_qsl(parts.query, keep_blank_values=True)))
        return where + path + ("?" + query if "?" in text else "")

    # ---------------------------------------------------------------- replacements

    def _replaced(self, found: re.Match[str], keep: Keep) -> str:
        text = found[0]
        match found.lastgroup:
            case "key" if harmless.is_name(text):
                return text
            case "jwt":
                return self._jwt(text)
            case "uuid":
                return f"00000000-0000-4000-8000-{self._serial(text.lower()):012x}"
            case "secret":
                return self._word(text)
            case _ if text == "0" or keep(text):
                return text
            case _ if text.isascii() and text.isdigit():
                return str(self._number(text))
            case _:
                return self._word(text)

    def _word(self, text: str) -> str:
        """Texts that differ in case alone get words that do so as well: some vendors ignore case."""
        if text not in self._spellings:
            serial = self._serial(text.casefold())
            variant = self._variants[serial]
            self._variants[serial] += 1
            stem = "".join(letter.upper() if variant >> at & 1 else letter for at, letter in enumerate(_STEM))
            is_broken = any("\udc80" <= letter <= "\udcff" for letter in text)  # bytes that are no UTF-8
            padded = f"{stem}{serial}".ljust(len(text) if len(text) > _LONG else 0, "x")
            self._spellings[text] = padded + "\udcff" * is_broken
        return self._spellings[text]

    def _serial(self, text: str) -> int:
        return self._words.setdefault(text, len(self._words) + 1)

    def _number(self, digits: str) -> int:
        """Another number of about the same size: an id of 12 stays small, one of 30 digits stays too large."""
        size = min(max(len(digits), _LEAST_DIGITS), _DIGITS_LIMIT)
        return int(10**size) + self._numbers.setdefault(digits, len(self._numbers) + 1)

    def _numeric(self, value: float, name: str) -> float:
        if value == 0 or harmless.is_number(name, value):
            return value if isinstance(value, int) else round(value, 3)
        sign = -1 if value < 0 else 1
        if isinstance(value, int):
            return sign * self._number(str(abs(value)))
        return sign * (self._number(repr(abs(value))[:_LEAST_DIGITS]) + 0.5)

    def _jwt(self, token: str) -> str:
        """A token of the same claims, redacted; its times stay, because adapters read them."""
        part = token.split(".")[1]
        try:
            claims = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        except (ValueError, msgspec.DecodeError, RecursionError):
            return self._word(token)
        return ".".join((_base64({"alg": "none"}), _base64(self.tree(claims)), "redacted"))

    def _encoded(self, text: str, name: str) -> str | None:
        """JSON inside of text, redacted; None where it is none."""
        try:
            return json.dumps(self.tree(msgspec.json.decode(text), name))
        except (ValueError, msgspec.DecodeError, RecursionError):
            return None

    def _holds_secret(self, text: str) -> bool:
        return text in self._secrets or bool(self._whole and self._whole.search(text))


def _base64(value: Tree) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
