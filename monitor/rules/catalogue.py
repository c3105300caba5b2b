"""All rules, in groups. A record stands in the group of the alert that reads it and before it: a group goes through
its rules in order, so the alert sees the value of the same moment.
"""

from monitor.rules.load import LOAD, TEAM_RECORDS
from monitor.rules.objective import COVERAGE, COVERAGE_OF_DAYS, OBJECTIVE
from monitor.rules.rows import Alert, Group
from monitor.rules.sources import SOURCE_RECORDS, SOURCES
from monitor.rules.teams import TEAMS
from monitor.rules.watcher import WATCHER

GROUPS = (
    Group(name="agentmon-watcher", rules=WATCHER),
    Group(name="agentmon-sources", rules=(*SOURCE_RECORDS, *SOURCES)),
    Group(name="agentmon-teams", rules=(*TEAM_RECORDS, *TEAMS, *LOAD)),
    # Windows of days read millions of samples and move slowly.
    Group(name="agentmon-coverage-of-days", rules=COVERAGE_OF_DAYS, interval="2m"),
    Group(name="agentmon-objective", rules=(*COVERAGE, *OBJECTIVE)),
)

ALERTS: tuple[Alert, ...] = tuple(rule for group in GROUPS for rule in group.rules if isinstance(rule, Alert))
