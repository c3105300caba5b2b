"""Takes what is broken out of the data, so that the rest can still be checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from monitor.config.problem import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """`data` without the broken places; `kept` holds, by the place of a list, the old index of each item left."""

    data: object
    kept: Mapping[Place, tuple[int, ...]]

    def origin(self, place: Place) -> Place:
        """Where something that now stands at `place` stands in the file."""
        found: Place = ()
        for step in place:
            kept = self.kept.get(found, ())
            is_known = isinstance(step, int) and step < len(kept)
            found = (*found, kept[step] if is_known else step)  # type: ignore[index]
        return found


def prune(data: object, broken: Collection[Place]) -> Pruned:
    kept: dict[Place, tuple[int, ...]] = {}
    return Pruned(data=_prune(data, broken, (), kept), kept=kept)


def _prune(value: object, broken: Collection[Place], place: Place, kept: dict[Place, tuple[int, ...]]) -> object:
    match value:
        case dict():
            return {
                key: _prune(inner, broken, (*place, key), kept)
                for key, inner in value.items()
                if (*place, key) not in broken
            }
        case list():
            kept[place] = tuple(index for index in range(len(value)) if (*place, index) not in broken)
            return [_prune(value[index], broken, (*place, index), kept) for index in kept[place]]
        case _:
            return value
