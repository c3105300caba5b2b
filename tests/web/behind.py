from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from builders import T0, facts, report, source_report, team_report

from monitor.explanation import TeamExplanation
from monitor.exporter.exposition import Page, Renderer
from monitor.model import Report
from monitor.register import Register
from monitor.web.server import Surface
from monitor.web.settings import PLAIN, WebSettings
from monitor.web.views import Pace


def page_with(marker: str) -> Page:
    return Renderer().render(facts(report(source_report()), version=marker), (b"", b"# EOF\n"))


@dataclass
class Behind:
    """What stands behind the listener; tests change it as they like."""

    page: Page = field(default_factory=lambda: page_with("first"))
    report: Report = field(default_factory=lambda: report(team_report(), source_report()))
    paces: dict[str, Pace] = field(default_factory=dict)
    followers: list[Callable[[], None]] = field(default_factory=list)
    problems: tuple[str, ...] = ()
    time: float = T0.wall
    waiting: list[str] = field(default_factory=list)
    hooks: dict[str, str] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)
    explanations: dict[str, TeamExplanation] = field(default_factory=dict)
    register: Register = field(default_factory=lambda: Register(T0.wall, is_named=False, people=()))
    config: str = "sources: []\n"
    cors_origins: tuple[str, ...] = ()
    reload: Callable[[], Awaitable[Sequence[str]]] | None = None
    web: WebSettings = PLAIN

    def surface(self) -> Surface:
        return Surface(
            page=lambda: self.page,
            report=lambda: self.report,
            paces=lambda: self.paces,
            follow=self.followers.append,
            now=lambda: self.time,
            problems=lambda: self.problems,
            waiting=lambda: self.waiting,
            hint=self.hint,
            explain=self.explanations.get,
            register=lambda: self.register,
            config=lambda: self.config,
            cors_origins=lambda: self.cors_origins,
            reload=self.reload,
            web=lambda: self.web,
            version="1.2.3 <beta>",
        )

    def publish(self, found: Report) -> None:
        self.report = found
        for follower in self.followers:
            follower()

    def hint(self, source: str, secret: str) -> bool:
        if self.hooks.get(source) != secret:
            return False
        self.hints.append(source)
        return True
