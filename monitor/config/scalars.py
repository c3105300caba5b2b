"""Plain scalars by the core schema of YAML 1.2: `off` and `12:30` are text, `0o17` is a number."""

import re

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# Longer than any number that means something here, and short of Python's own limit for int().
_DIGITS = 300
_INT = re.compile(rf"[-+]?[0-9]{{1,{_DIGITS}}}")
_OCTAL = re.compile(rf"0o([0-7]{{1,{_DIGITS}}})")
_HEX = re.compile(rf"0x([0-9a-fA-F]{{1,{_DIGITS}}})")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")

Scalar = str | int | float | bool | None


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    for pattern, base in ((_OCTAL, 8), (_HEX, 16)):
        if match := pattern.fullmatch(text):
            return int(match[1], base)
    if _FLOAT.fullmatch(text):
        return float(text)
    if match := _INFINITY.fullmatch(text):
        return float(f"{match[1]}inf")
    return float("nan") if text in {".nan", ".NaN", ".NAN"} else text
