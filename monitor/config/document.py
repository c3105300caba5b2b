"""YAML text -> plain data and the position of every key and value; strict about keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.config import nodes
from monitor.config.nodes import Leaf, Node, YamlError
from monitor.config.problem import START, Place, Position, Problem, at, quoted

SIZE_LIMIT = 100_000
"""Values of a file, aliases written out: far above any real file, far below what exhausts a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Data of a file. `keys` and `values` tell where each place's key and value stand.

    Through an alias or a merge key, several places share one position: where the text stands.
    """

    data: object
    keys: Mapping[Place, Position] = field(default_factory=dict)
    values: Mapping[Place, Position] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def value_at(self, place: Place) -> Position:
        """Where the value stands; for one that is not there, where the mapping stands that lacks it."""
        while place not in self.values and place:
            place = place[:-1]
        return self.values.get(place, START)

    def key_at(self, place: Place) -> Position:
        return self.keys.get(place) or self.value_at(place)

    def get(self, place: Place) -> object:
        """The value at a place, None where there is none."""
        value = self.data
        for step in place:
            match value, step:
                case dict(), str():
                    value = value.get(step)
                case list(), int() if 0 <= step < len(value):
                    value = value[step]
                case _:
                    return None
        return value


def read(text: str, *, needs: str = "at least `sources`", first: str = "sources") -> Document:
    """Everything that can be read of the text; what cannot is in `problems`, and `data` is None without any.

    `needs` says what an empty file lacks, `first` is a key that a file may begin with.
    """
    try:
        root = nodes.parse(text)
        builder = _Builder()
        data = builder.build(root, ()) if root else None
    except YamlError as error:
        return Document(data=None, problems=(error.problem,))
    if isinstance(data, dict) or builder.problems:
        problems = tuple(builder.problems)
    elif data is None:
        problems = (at(START, (), "the file is empty", f"it needs {needs}"),)
    else:
        problems = (at(builder.values[()], (), "not a mapping", f"the file begins with a key such as `{first}:`"),)
    return Document(data=data, keys=builder.keys, values=builder.values, problems=problems)


class _Builder:
    def __init__(self) -> None:
        self.keys: dict[Place, Position] = {}
        self.values: dict[Place, Position] = {}
        self.problems: list[Problem] = []
        self._known: dict[int, dict[str, tuple[Node, Node]]] = {}
        self._size = 0

    def build(self, node: Node, place: Place, key_position: Position | None = None) -> object:
        self._spend(node, len(place))
        is_empty = isinstance(node, Leaf) and node.value is None
        # An empty value stands nowhere (the parser says: behind the next line break); its key does.
        self.values[place] = key_position if is_empty and key_position else node.position
        match node:
            case Leaf():
                return node.value
            case nodes.Sequence():
                return [self.build(item, (*place, index)) for index, item in enumerate(node.items)]
            case nodes.Mapping():
                return self._mapping(node, place)

    def _spend(self, node: Node, depth: int) -> None:
        self._size += 1
        if self._size > SIZE_LIMIT:
            raise YamlError(at(node.position, (), f"more than {SIZE_LIMIT} values, aliases written out"))
        if depth > nodes.DEPTH_LIMIT:
            raise YamlError(at(node.position, (), nodes.TOO_DEEP))

    def _mapping(self, node: nodes.Mapping, place: Place) -> dict[str, object]:
        data: dict[str, object] = {}
        for name, (key, value) in self._pairs(node, place, 0).items():
            self.keys[*place, name] = key.position
            data[name] = self.build(value, (*place, name), key.position)
        return data

    def _pairs(self, node: nodes.Mapping, place: Place, depth: int) -> dict[str, tuple[Node, Node]]:
        """Own keys win over merged ones, earlier merged ones over later ones.

        Done once for each mapping of the text, however many aliases name it: so its mistakes show once.
        """
        known = self._known.get(id(node))
        if known is not None:
            return known
        self._spend(node, depth)
        own: dict[str, tuple[Node, Node]] = {}
        merged: list[nodes.Mapping] = []
        seen: dict[str, Position] = {}
        for key, value in node.pairs:
            name = self._name(key, place, seen)
            if name == "<<" and isinstance(key, Leaf) and key.is_plain:
                merged.extend(self._merged(value, place))
            elif name is not None:
                own[name] = (key, value)
        for mapping in merged:
            for name, pair in self._pairs(mapping, place, depth + 1).items():
                self._spend(mapping, depth)
                own.setdefault(name, pair)
        self._known[id(node)] = own
        return own

    def _name(self, key: Node, place: Place, seen: dict[str, Position]) -> str | None:
        if not isinstance(key, Leaf) or not isinstance(key.value, str):
            self.problems.append(at(key.position, place, "a key that is not text", "put it in quotes"))
            return None
        name = key.value
        if name in seen:
            first = f"it stands on line {seen[name].line} already"
            self.problems.append(at(key.position, (*place, name), f"the key {quoted(name)} occurs twice", first))
            return None
        seen[name] = key.position
        return name

    def _merged(self, value: Node, place: Place) -> Iterator[nodes.Mapping]:
        for item in value.items if isinstance(value, nodes.Sequence) else (value,):
            if isinstance(item, nodes.Mapping):
                yield item
            else:
                self.problems.append(at(item.position, (*place, "<<"), "not a mapping, so it cannot be merged"))
