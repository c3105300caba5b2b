"""`agentmon top`: the wall in a terminal."""

from monitor.cli.top.command import Asked, top
from monitor.cli.top.rows import Wanted

__all__ = ["Asked", "Wanted", "top"]
