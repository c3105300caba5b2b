"""One line that tells how things stand, for a log that is read now and then."""

from collections import Counter
from collections.abc import Iterable, Mapping

from monitor.model import Report


def summary(report: Report, before: Report | None = None) -> Mapping[str, object]:
    """Fields of the line. Polls, failures and requests are those since `before`, or since the start."""
    now, then = _counted(report), _counted(before) if before else Counter[str]()
    statuses = Counter(str(channel.status) for team in report.teams for channel in team.channels)
    freshness = Counter("fresh" if source.fresh else "expired" for source in report.sources)
    return {
        "teams": _told(statuses.most_common()),
        "sources": _told(sorted(freshness.items(), reverse=True)),
        **{name: max(number - then[name], 0) for name, number in now.items()},  # a source that is gone counts no more
    }


def _counted(report: Report) -> Counter[str]:
    sources = report.sources
    return Counter(
        polls=sum(source.polls for source in sources),
        failed=sum(sum(source.poll_failures.values()) for source in sources),
        requests=sum(source.requests for source in sources),
    )


def _told(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts) or "none"
