"""What an option means: the text below it, read when somebody asks."""

import inspect

import pytest

from monitor.options import meanings
from monitor.pollers.vendors.base import PollOptions


def test_the_text_below_an_option_is_its_meaning() -> None:
    assert meanings(PollOptions)["timeout"].startswith("Limit of one request")
    assert meanings(PollOptions).keys() == PollOptions.model_fields.keys()


@pytest.mark.parametrize(
    "text", ["def (", "", "x = 1", 'class Another:\n    timeout: int\n    """Something else."""'], ids=repr
)
def test_a_source_that_is_another_by_now_tells_nothing_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(inspect, "getsource", lambda _model: text)
    assert meanings.__wrapped__(PollOptions) == {}


def test_a_source_that_is_gone_tells_nothing_and_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_model: type) -> str:
        raise OSError("could not get source code")

    monkeypatch.setattr(inspect, "getsource", gone)
    assert meanings.__wrapped__(PollOptions) == {}
