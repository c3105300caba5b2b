"""Help with misspelt names."""

import difflib
from collections.abc import Iterable


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or nothing where no known name is close."""
    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    close = difflib.get_close_matches(wrong.casefold()[:100], by_folded, n=1, cutoff=0.6)
    return f"did you mean '{by_folded[close[0]]}'?" if close else ""


def suggest(wrong: object, known: Iterable[str], what: str) -> str:
    """The close name, else the known ones, else nothing."""
    names = sorted(set(known))
    close = did_you_mean(wrong, names) if isinstance(wrong, str) else ""
    listed = f"{what}: {', '.join(names)}" if 0 < len(names) <= 12 else ""  # noqa: PLR2004 - fits a line or two
    return close or listed
