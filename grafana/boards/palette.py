"""Words, icons and colours: what a value is called and how it is painted, on every dashboard alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as model

# After Okabe and Ito, whose hues people with any colour vision tell apart. As a ground for text they are lighter or
# darker than theirs, for a contrast of 4.5 and more; what is well is dark, so that trouble is what shines.
CALM, YELLOW, ORANGE = "#1D5C4A", "#F0E442", "#F5B041"
RED, PURPLE, GREY = "#C4320A", "#8E4B87", "#3D444D"
GREEN, SKY, BLUE, VERMILION, PINK = "#009E73", "#56B4E9", "#0072B2", "#D55E00", "#CC79A7"
SILVER = "#8B949E"
"""Lines and areas."""
QUIET, NAVY = "#30363D", "#24425C"
"""Grounds of numbers that ask for nothing."""
PLAIN = "text"  # the theme's own colour of text


@dataclass(frozen=True)
class Status:
    name: str
    shown: str
    color: str


# Two replicas may differ, and the highest code wins: who knows beats who does not, then the worse news.
STATUSES: Mapping[int, Status] = {
    1: Status("unknown", "? UNKNOWN", PURPLE),
    2: Status("closed", "○ CLOSED", GREY),
    3: Status("ok", "✔ OK", CALM),
    4: Status("tight", "▲ TIGHT", YELLOW),
    5: Status("saturated", "■ SATURATED", ORANGE),
    6: Status("unstaffed", "✖ UNSTAFFED", RED),
}
UNKNOWN, CLOSED, SATURATED, TIGHT = 1, 2, 5, 4

# In the order in which they are stacked: who can take a contact at the bottom, who cannot above.
STATES: Mapping[str, str] = {
    "idle": GREEN,
    "partial": SKY,
    "unmetered": BLUE,
    "full": ORANGE,
    "finishing": YELLOW,
    "away": SILVER,
    "unknown": PINK,
}
"""The states of people that are online, and their colours; offline is left out, it would hide the others."""


def words(texts: Mapping[int, tuple[str, str]]) -> model.ValueMap:
    """Map numbers to a text and its colour."""
    results = enumerate(texts.items())
    return model.ValueMap(
        {str(value): model.ValueMappingResult(text, color, index=i) for i, (value, (text, color)) in results}
    )


def absent(text: str) -> model.SpecialValueMap:
    """Say what no value means; in the colour of what is not known, as text on a dark ground."""
    result = model.ValueMappingResult(text, PINK, index=9)
    return model.SpecialValueMap(model.DashboardSpecialValueMapOptions(model.SpecialValueMatch.NULL_AND_NAN, result))


STATUS_WORDS = words({code: (status.shown, status.color) for code, status in STATUSES.items()})


def steps(base: str, *above: tuple[float, str]) -> dashboard.ThresholdsConfig:
    """Paint in `base`, and from each value on in its colour."""
    made = [model.Threshold(None, base), *(model.Threshold(value, color) for value, color in above)]
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(made)


def fixed(color: str) -> model.DynamicConfigValue:
    return model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": color})
