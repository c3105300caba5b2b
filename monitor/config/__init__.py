"""The configuration file: YAML text to frozen values, or every mistake at once with its place."""

from monitor.config.load import Config, PlacedSecret, SourceConfig, check_secrets, load, parse
from monitor.config.privacy import agent_naming_of, naming_of
from monitor.config.problem import ConfigError, Problem
from monitor.config.reference import json_schema
from monitor.config.values import parse_listen
from monitor.config.web_file import WebFile, WebFileError, load_web_file
from monitor.config.web_schema import WebFileOptions

__all__ = [
    "Config",
    "ConfigError",
    "PlacedSecret",
    "Problem",
    "SourceConfig",
    "WebFile",
    "WebFileError",
    "WebFileOptions",
    "agent_naming_of",
    "check_secrets",
    "json_schema",
    "load",
    "load_web_file",
    "naming_of",
    "parse",
    "parse_listen",
]
