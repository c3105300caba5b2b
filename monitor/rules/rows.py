"""What a rule is: one declarative row, from which the rules file, its documentation and its checks derive.

Expressions and queries in texts are plain PromQL; the selectors of an installation are put in when they are rendered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """The louder first. What each means stands in deploy/README.md."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A recording rule, named `level:metric:operation`; its level are the labels that it keeps."""

    name: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    name: str
    severity: Severity
    expr: str
    wait: str
    """`for`: how long the expression must hold; 0s: at once."""
    hold: str = ""
    """`keep_firing_for`: a gap that is no recovery; empty: none."""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Besides the severity."""
    summary: str
    description: str
    """What holds, in the language of Prometheus templates; `<name>` stands for one of `values`."""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    meaning: str
    """One line of documentation."""
    threshold: str
    """Documentation: where the threshold comes from."""
    why: str = ""
    """What a reader of the rules file has to know."""

    @property
    def told(self) -> str:
        """The description with its values, on one line. Raises KeyError for a value that is not given."""
        return re.sub(r"<(\w+)>", lambda found: self.values[found[1]], " ".join(self.description.split()))

    @property
    def kept(self) -> tuple[str, ...]:
        """The labels that the expression keeps, as it aggregates; none where it does not."""
        found = re.match(r"max by \(([\w, ]+)\)", self.expr)
        return tuple(found[1].split(", ")) if found else ()

    @property
    def is_of_team(self) -> bool:
        return self.name.startswith("AgentmonTeam")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    rules: tuple[Record | Alert, ...]
    interval: str = ""
    """Empty: that of the Prometheus that loads it."""
