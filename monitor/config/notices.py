"""Warnings: what is allowed and probably not meant, and what will not last."""

from collections.abc import Iterator

from monitor.config.hours import opens_holidays_again
from monitor.config.merge import hours_of
from monitor.config.parts import Parts
from monitor.config.polls import spec_of, vendor_of
from monitor.config.problem import Place, Problem
from monitor.fields import Secret


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
    yield from _hours(parts)
    yield from _quiet_hours(parts)
    yield from _lonely_matches(parts)
    yield from _unkept_pseudonyms(parts)


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


def _hours(parts: Parts) -> Iterator[Problem]:
    for index, team in enumerate(parts.file.teams):
        hours = hours_of(parts.file, team)
        above: Place = ("teams", index) if team.hours.open is not None else ("defaults",)
        place = (*above, "hours", "open")
        if hours.open is None:
            continue
        if hours.timezone is None:
            message = "no time zone is set, so these hours are in UTC"
            yield parts.problem(place, message, "add timezone, as in Europe/Paris")
        if opens_holidays_again(hours.open):
            message = "the later rules win over PH off, so holidays are open"
            yield parts.problem(place, message, "write PH off last")


def _quiet_hours(parts: Parts) -> Iterator[Problem]:
    """Inactive people who count as away: where nobody writes for a while, a whole team may go."""
    for place, options in (
        (("defaults", "inactive"), parts.file.defaults.inactive),
        *((("teams", index, "inactive"), team.inactive) for index, team in enumerate(parts.file.teams)),
    ):
        if options.count_as == "away":
            message = "quiet hours will look like absence: whoever holds a contact and does nothing counts as away"
            hint = "make `after` longer than contacts rest, or count them as staffed and watch the inactive people"
            yield parts.problem((*place, "count_as"), message, hint)


def _lonely_matches(parts: Parts) -> Iterator[Problem]:
    if parts.file.people.match and len(parts.file.sources) == 1:
        message = "people are matched across sources, and there is only one"
        yield parts.problem(("people", "match"), message, of_key=True)


def _unkept_pseudonyms(parts: Parts) -> Iterator[Problem]:
    privacy = parts.file.privacy
    if privacy.agent_series == "pseudonym" and privacy.pseudonym_key is None:
        message = "without a pseudonym_key every start gives every agent new series"
        yield parts.problem(("privacy", "agent_series"), message, "add pseudonym_key: {env: AGENTMON_PSEUDONYM_KEY}")
