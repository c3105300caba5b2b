"""Configurations for commands: read, or refused with every mistake and exit code 1."""

from collections.abc import Iterable
from pathlib import Path

import typer

from monitor.config import Config, ConfigError, Problem, WebFile, WebFileError, load, load_web_file


def loaded(file: Path, *, need_secrets: bool = False) -> Config:
    try:
        return load(file, need_secrets=need_secrets)
    except ConfigError as error:
        show(error.problems, file)
        raise typer.Exit(1) from error


def loaded_both(file: Path, web_file: Path | None, *, need_secrets: bool) -> tuple[Config, WebFile | None]:
    """What is wrong with either is told before anything ends."""
    errors: list[ConfigError] = []
    config, web = None, None
    try:
        config = load(file, need_secrets=need_secrets)
    except ConfigError as error:
        errors.append(error)
    try:
        web = load_web_file(web_file) if web_file else None
    except WebFileError as error:
        errors.append(error)
    for found in errors:
        show(found.problems, Path(found.filename))
    if config is None or errors:
        raise typer.Exit(1)
    return config, web


def usable(file: Path) -> Config:
    """A configuration whose secrets can all be read."""
    return loaded(file, need_secrets=True)


def check_source(config: Config, file: Path, source: str) -> None:
    check_known("source", source, [known.spec.name for known in config.sources], file)


def check_known(kind: str, name: str, names: list[str], file: Path) -> None:
    if name not in names:
        typer.echo(f"agentmon: {file} has no {kind} {name!r}; there are: {', '.join(names)}", err=True)
        raise typer.Exit(1)


def show(problems: Iterable[Problem], file: Path, prefix: str = "") -> None:
    for problem in problems:
        typer.echo(prefix + problem.show(file), err=True)


def count(things: Iterable[object], noun: str) -> str:
    number = len(list(things))
    return f"{number} {noun}" + ("" if number == 1 else "s")
