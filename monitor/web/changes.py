"""What one state says that another did not: the difference that the stream tells, and back."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from monitor.web.views import SourceView, StateView, TeamView, UnixTime

Named = TypeVar("Named", TeamView, SourceView)


class ChangeView(msgspec.Struct, frozen=True):
    """What changed up to `at` (Unix seconds): whole teams and sources, new or other than before, and names of those
    that are gone. `problems` is null while they are the same.
    """

    at: UnixTime
    teams: tuple[TeamView, ...]
    sources: tuple[SourceView, ...]
    removed_teams: tuple[str, ...]
    removed_sources: tuple[str, ...]
    problems: tuple[str, ...] | None


def change_between(before: StateView, after: StateView) -> ChangeView | None:
    """None where nothing but the time is other than before."""
    change = ChangeView(
        at=after.at,
        teams=_changed(before.teams, after.teams),
        sources=_changed(before.sources, after.sources),
        removed_teams=_removed(before.teams, after.teams),
        removed_sources=_removed(before.sources, after.sources),
        problems=after.problems if after.problems != before.problems else None,
    )
    return None if _is_empty(change) else change


def changed_by(state: StateView, change: ChangeView) -> StateView:
    """The state after a change, as a reader of the stream makes it. What is new stands at the end."""
    return StateView(
        at=change.at,
        version=state.version,
        teams=_renewed(state.teams, change.teams, change.removed_teams),
        sources=_renewed(state.sources, change.sources, change.removed_sources),
        problems=state.problems if change.problems is None else change.problems,
    )


def _changed(before: Iterable[Named], after: Iterable[Named]) -> tuple[Named, ...]:
    known = _by_name(before)
    return tuple(one for one in after if (old := known.get(one.name)) is not one and old != one)


def _removed(before: Iterable[Named], after: Iterable[Named]) -> tuple[str, ...]:
    left = _by_name(after)
    return tuple(one.name for one in before if one.name not in left)


def _renewed(before: Iterable[Named], new: Iterable[Named], removed: Iterable[str]) -> tuple[Named, ...]:
    known = {**_by_name(before), **_by_name(new)}
    gone = frozenset(removed)
    return tuple(one for name, one in known.items() if name not in gone)


def _by_name(views: Iterable[Named]) -> Mapping[str, Named]:
    return {view.name: view for view in views}


def _is_empty(change: ChangeView) -> bool:
    has_names = change.removed_teams or change.removed_sources
    return not (change.teams or change.sources or has_names) and change.problems is None
