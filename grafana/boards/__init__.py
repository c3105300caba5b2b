"""The dashboards as code: `palette` and `queries` know nothing, `panels` and `frame` build on them, and each dashboard
has a module of its own.
"""

from collections.abc import Callable, Mapping

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.monitor import monitor
from boards.sources import sources
from boards.team import team
from boards.wall import wall

DASHBOARDS: Mapping[str, Callable[[], Dashboard]] = {
    "agentmon-wall": wall,
    "agentmon-team": team,
    "agentmon-sources": sources,
    "agentmon-monitor": monitor,
}
"""What is written, by uid, which is the name of its file too."""
