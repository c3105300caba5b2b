"""The alert rules as rows, and what renders them: `agentmon rules`, the committed file, its documentation."""

from monitor.rules.catalogue import ALERTS, GROUPS
from monitor.rules.installation import Installation
from monitor.rules.render import render, render_resource
from monitor.rules.rows import Alert, Group, Record, Severity

__all__ = ["ALERTS", "GROUPS", "Alert", "Group", "Installation", "Record", "Severity", "render", "render_resource"]
