"""Whether something grows: pure functions of samples over time.

A slope by Theil and Sen, the median of the slopes between all pairs of samples, is not moved by the peaks of large
answers, as a line through the first and last sample would be, or one by least squares.
"""

from collections.abc import Sequence
from itertools import combinations
from statistics import median

import msgspec

Points = Sequence[tuple[float, float]]
"""Seconds since the start, and what was measured then."""

WARM_UP = 1 / 3
"""Share of a run that is not judged: caches fill, the allocator meets the largest answers for the first time."""
FEWEST = 5
"""Samples that a judgement needs."""
MOST = 400
"""Samples that are compared pair by pair; of more, every second, third … is taken."""


class Allowance(msgspec.Struct, frozen=True):
    """How much something may grow from the warm-up's end to the end of the run: the larger of the two."""

    absolute: float
    share: float = 0.0

    def of(self, level: float) -> float:
        return max(self.absolute, self.share * level)


class Verdict(msgspec.Struct, frozen=True):
    """Level after the warm-up (median), peak of the whole run, growth over what was judged, and what is allowed."""

    level: float
    peak: float
    growth: float
    allowed: float

    @property
    def is_fine(self) -> bool:
        return self.growth <= self.allowed


def judge(points: Points, allowance: Allowance) -> Verdict | None:
    """None where too few samples are left after the warm-up."""
    judged = after_warm_up(points)
    if len(judged) < FEWEST:
        return None
    level = median(value for _, value in judged)
    return Verdict(
        level=level,
        peak=max(value for _, value in points),
        growth=slope(judged) * (judged[-1][0] - judged[0][0]),
        allowed=allowance.of(level),
    )


def after_warm_up(points: Points) -> Points:
    if not points:
        return ()
    begin = points[0][0] + WARM_UP * (points[-1][0] - points[0][0])
    return [point for point in points if point[0] >= begin]


def slope(points: Points) -> float:
    """Growth a second."""
    some = points[:: -(-len(points) // MOST)]
    return median((later[1] - sooner[1]) / (later[0] - sooner[0]) for sooner, later in combinations(some, 2))
