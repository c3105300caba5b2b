"""agentmon: is anyone there, with a free slot, right now?"""

__version__ = "0.1.0"
