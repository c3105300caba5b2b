"""`agentmon capture` and `agentmon probe --replay`: one poll of a source into files, and out of them again."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from pydantic import BaseModel, ValidationError

from monitor import __version__
from monitor.cli.ending import in_one_line
from monitor.cli.loading import check_source, usable
from monitor.clock import Clock, SystemClock
from monitor.config import SourceConfig
from monitor.errors import SecretError
from monitor.fields import Secret, revealed_secrets
from monitor.logs import LogFormat, LogLevel, Mask, configure
from monitor.model import PollSpec, SourceSpec
from monitor.pollers.recording import (
    FORMAT,
    Manifest,
    RecordedClock,
    Recorder,
    RecordingError,
    Replayer,
    check_folder,
    read,
    save,
)
from monitor.pollers.redaction import Redactor
from monitor.pollers.vendors import VENDORS
from monitor.pollers.vendors.base import Demand
from monitor.probe import Probe, SourceProbe, probe_sources

NOT_RECORDED = frozenset({"name", "vendor", "poll", "allow_insecure", "hook", "ca_file", "proxy"})
"""Options that no adapter reads; the name of a source may be a customer's."""
REPLAY = PollSpec(interval=2.0, timeout=2.0, max_age=8.0, requests_per_minute=100_000)
"""The pace of a replay: nothing is waited for but what was given up when it was recorded."""


def capture_source(file: Path, source: str, output: Path | None) -> None:
    """Record a source of a configuration, and tell what was done."""
    config = usable(file)
    check_source(config, file, source)
    configure(LogLevel.ERROR, LogFormat.CONSOLE, Mask(revealed_secrets))
    folder = output or Path(f"recording-{source}")
    (chosen,) = (known for known in config.sources if known.spec.name == source)
    with in_one_line():
        seen = asyncio.run(record(chosen, folder, SystemClock()))
    typer.echo(told(seen, folder))


async def record(source: SourceConfig, folder: Path, clock: Clock) -> SourceProbe:
    """Poll a source once and write what was asked and answered, redacted. Raises RecordingError.

    A poll that fails is recorded as well; the result tells.
    """
    check_folder(folder)
    recorder, begun = Recorder(), clock.now().wall
    found = await probe_sources([source], (), clock, recorder)
    redactor = Redactor(_revealed(source))
    (seen,) = found.sources
    manifest = Manifest(
        format=FORMAT,
        agentmon=__version__,
        vendor=source.spec.vendor,
        recorded_at=begun,
        options=_redacted(source.options, redactor),
        groups=tuple(redactor.group(group) for group in source.demand.groups),
        everyone=source.demand.everyone,
        exchanges=len(recorder.taken),
        live_failure=seen.live_failure.reason if seen.live_failure else "",
        roster_failure=seen.roster_failure.reason if seen.roster_failure else "",
    )
    save(folder, manifest, recorder.taken, redactor)
    return seen


async def replay(folder: Path, clock: Clock) -> Probe:
    """What the adapters make of a recording; nothing is sent anywhere. Raises RecordingError."""
    manifest, exchanges = read(folder)
    source = source_of(manifest, folder)
    return await probe_sources([source], (), RecordedClock(manifest.recorded_at, clock), Replayer(exchanges))


def source_of(manifest: Manifest, folder: Path) -> SourceConfig:
    """The source that was recorded, as far as its adapter knew it. Raises RecordingError."""
    vendor = VENDORS.get(manifest.vendor)
    if vendor is None:
        raise RecordingError(f"{folder} is of the vendor {manifest.vendor!r}, which this version does not know")
    try:
        options = vendor.options.model_validate({**manifest.options, "name": vendor.name})
    except ValidationError as error:
        raise RecordingError(f"{folder} has options that this version does not take") from error
    return SourceConfig(
        spec=SourceSpec(vendor.name, vendor.name, REPLAY),
        options=options,
        vendor=vendor,
        demand=Demand(groups=manifest.groups, everyone=manifest.everyone),
    )


def told(seen: SourceProbe, folder: Path) -> str:
    """What a capture did, in a few sentences."""
    lines = [f"What {seen.vendor} answered is in {folder}; keys, names, e-mails and ids are replaced."]
    for what, trouble in (("roster", seen.roster_failure), ("live poll", seen.live_failure)):
        if trouble:
            lines.append(f"The {what} failed ({trouble.reason}): {trouble.detail}. That was recorded as well.")
    lines.append(f"Look through the files before you send them; agentmon probe --replay {folder} shows what they tell.")
    return "\n".join(lines)


def _revealed(source: SourceConfig) -> Iterator[str]:
    for _, secret in source.options.secrets():
        try:
            yield secret.reveal()
        except SecretError:  # then the poll could not send it either
            continue


def _redacted(options: BaseModel, redactor: Redactor) -> dict[str, Any]:
    """The options that were set, as a configuration would write them."""
    fields = type(options).model_fields
    return {
        name: _option(getattr(options, name), name, _choices(fields[name].annotation), redactor)
        for name in fields
        if name in options.model_fields_set - NOT_RECORDED
    }


def _option(value: object, name: str, choices: tuple[object, ...], redactor: Redactor) -> Any:
    match value:
        case Secret():
            try:
                return redactor.value(value.reveal(), name)
            except SecretError:
                return "unset"
        case BaseModel():
            return _redacted(value, redactor)
        case Mapping():
            return {key: _option(item, name, choices, redactor) for key, item in value.items()}
        case list() | tuple():
            return [_option(item, name, choices, redactor) for item in value]
        case str() if value in choices:
            return value
        case str() if name == "paths":
            return redactor.path(value)
        case _:
            return redactor.tree(value, name)


def _choices(annotation: Any) -> tuple[object, ...]:
    """The closed set of words that an option may have, if it is one."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(choice for part in get_args(annotation) for choice in _choices(part))
