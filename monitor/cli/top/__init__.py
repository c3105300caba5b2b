"""`agentmon top`: the wall in a terminal."""

from monitor.cli.top.command import show

__all__ = ["show"]
