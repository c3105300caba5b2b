"""The judgement of a soak sees growth, and sees none where there is none."""

from collections.abc import Callable
from random import Random

import pytest
from builders import row
from soak.judge import Allowance, judge

MEMORY = Allowance(5.0, 0.05)
MINUTES = 60


def memory(seconds: float, chance: Random) -> float:
    """A service of 70 MB whose memory is never twice the same."""
    return 70.0 + chance.uniform(-0.5, 0.5)


def peaks(seconds: float, chance: Random) -> float:
    return 120.0 if chance.random() < 0.15 else 0.0


def warm_up(seconds: float, _chance: Random) -> float:
    return min(seconds, 900.0) / 30


def leak(seconds: float, _chance: Random) -> float:
    return 10.0 * seconds / 3600


def late_leak(seconds: float, _chance: Random) -> float:
    return max(seconds - 1200.0, 0.0) * 10 / 2400


def drop(seconds: float, _chance: Random) -> float:
    return -20.0 if seconds > 2400 else 0.0


@pytest.mark.parametrize(
    ("shapes", "is_fine"),
    [
        row("a level that is kept", (memory,), True),
        row("peaks of large answers", (memory, peaks), True),
        row("caches that fill at the start", (memory, warm_up), True),
        row("memory given back", (memory, drop), True),
        row("a leak of 10 MB an hour", (memory, leak), False),
        row("a leak below peaks", (memory, leak, peaks), False),
        row("a leak that begins after the warm-up", (memory, late_leak), False),
    ],
)
def test_growth_is_told_from_noise(shapes: tuple[Callable[[float, Random], float], ...], is_fine: bool) -> None:
    chance = Random(1)
    times = [10.0 * number for number in range(6 * MINUTES)]
    verdict = judge([(at, sum(shape(at, chance) for shape in shapes)) for at in times], MEMORY)
    assert verdict is not None
    assert verdict.is_fine == is_fine


def test_what_is_counted_in_ones_may_not_creep_up() -> None:
    verdict = judge([(float(at), 20.0 + at // 100) for at in range(1000)], Allowance(5.0))
    assert verdict is not None
    assert not verdict.is_fine
    assert verdict.peak == 29


def test_a_run_with_too_few_samples_is_not_judged() -> None:
    assert judge([(float(at), 1.0) for at in range(6)], MEMORY) is None
    assert judge([], MEMORY) is None
