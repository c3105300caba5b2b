"""Warnings: what is allowed and probably not meant, and options that have no effect yet."""

from collections.abc import Iterator

from monitor.config.merge import hours_of
from monitor.config.parts import Parts
from monitor.config.polls import spec_of, vendor_of
from monitor.config.problem import Place, Problem
from monitor.fields import Secret

_NO_EFFECT = "has no effect yet in this version"


def notices(parts: Parts) -> Iterator[Problem]:
    """Needs a file without errors."""
    for place, secret in secrets(parts):
        if secret.is_plain and not secret.plain_is_fine:
            yield parts.problem(place, "a secret in plain text", "write {env: NAME} or {file: PATH}")
    selected = {member.source for team in parts.file.teams for member in team.members}
    for index, options in enumerate(parts.file.sources):
        if options.name not in selected:
            yield parts.problem(("sources", index, "name"), "no team selects this source")
        for sentence in vendor_of(options).advise(options, spec_of(parts, options)):
            yield parts.problem(("sources", index), sentence)
    yield from _mute_channels(parts)
    yield from _unused_targets(parts)
    yield from _time_zones(parts)
    for place in _without_effect(parts):
        yield parts.problem(place, _NO_EFFECT, of_key=True)


def secrets(parts: Parts) -> Iterator[tuple[Place, Secret]]:
    """Each secret of the file with its place."""
    for index, options in enumerate(parts.file.sources):
        for name, secret in options.secrets():
            yield ("sources", index, *name.split(".")), secret
    key = parts.file.privacy.pseudonym_key
    if key is not None:
        yield ("privacy", "pseudonym_key"), key


def _mute_channels(parts: Parts) -> Iterator[Problem]:
    vendors = {options.name: vendor_of(options) for options in parts.file.sources}
    for index, team in enumerate(parts.file.teams):
        told = {channel for member in team.members for channel in vendors[member.source].channels}
        for channel in team.channels:
            if channel not in told:
                message = f"no source of this team can tell of the channel '{channel}', so it will look unstaffed"
                yield parts.problem(("teams", index, "channels"), message, f"they tell of: {', '.join(sorted(told))}")


def _unused_targets(parts: Parts) -> Iterator[Problem]:
    for index, team in enumerate(parts.file.teams):
        for channel in team.targets.channels:
            if channel not in team.channels:
                message = f"the team does not have the channel '{channel}', so these targets do nothing"
                place = ("teams", index, "targets", "channels", channel.value)
                yield parts.problem(place, message, f"its channels: {', '.join(team.channels)}", of_key=True)


def _time_zones(parts: Parts) -> Iterator[Problem]:
    for index, team in enumerate(parts.file.teams):
        hours = hours_of(parts.file, team)
        if hours.open is not None and hours.timezone is None:
            above: Place = ("teams", index) if team.hours.open is not None else ("defaults",)
            message = "no time zone is set, so these hours are in UTC"
            yield parts.problem((*above, "hours", "open"), message, "add timezone, as in Europe/Paris")


def _without_effect(parts: Parts) -> Iterator[Place]:
    file = parts.file
    for name in ("match", "list"):
        if getattr(file.people, name):
            yield ("people", name)
    if file.privacy.agent_series != "off":
        yield ("privacy", "agent_series")
    for name in ("hours", "inactive"):
        if getattr(file.defaults, name).model_fields_set:
            yield ("defaults", name)
        for index, team in enumerate(file.teams):
            if getattr(team, name).model_fields_set:
                yield ("teams", index, name)
