"""What holds for a team: its own settings over the defaults of the file."""

from typing import TypeVar

import msgspec
from pydantic import BaseModel

from monitor.config.schema import FileOptions, HoursOptions, PeopleOptions, TargetOptions, TeamOptions
from monitor.config.values import split_account
from monitor.model import Channel, HoursSpec, Inactivity, Match, PeopleSpec, PersonSpec, Selector, Targets, TeamSpec

_Model = TypeVar("_Model", bound=BaseModel)


def _over(first: _Model, *others: _Model) -> _Model:
    """Option by option the first value that is set."""
    found = first.model_copy()
    for other in others:
        missing = [name for name in type(first).model_fields if getattr(found, name) is None]
        found = found.model_copy(update={name: getattr(other, name) for name in missing})
    return found


def hours_of(file: FileOptions, team: TeamOptions) -> HoursOptions:
    return _over(team.hours, file.defaults.hours)


def inactivity_of(file: FileOptions, team: TeamOptions) -> Inactivity:
    """Numbers and words that are set nowhere are those of the model."""
    options = _over(team.inactive, file.defaults.inactive)
    found = Inactivity(as_away=options.count_as == "away")
    return found if options.after is None else msgspec.structs.replace(found, after=options.after)


def wants_work_metrics(file: FileOptions, team: TeamOptions) -> bool:
    """The team's word over that of the defaults; where neither says anything, yes."""
    said = file.defaults.work_metrics if team.work_metrics is None else team.work_metrics
    return said is not False


def targets_of(file: FileOptions, team: TeamOptions, channel: Channel) -> Targets:
    """The team's channel over the team over the channel of the defaults over the defaults."""
    layers = [
        layer
        for targets in (team.targets, file.defaults.targets)
        for layer in (targets.channels.get(channel), targets)
        if layer is not None
    ]
    set_values = {
        name: next((value for layer in layers if (value := getattr(layer, name)) is not None), None)
        for name in TargetOptions.model_fields
    }
    return Targets(**{name: value for name, value in set_values.items() if value is not None})


def team_spec(file: FileOptions, team: TeamOptions) -> TeamSpec:
    selectors = (
        Selector(
            source=member.source,
            groups=member.groups or (),
            agents=member.agents or (),
            exclude=member.exclude or (),
        )
        for member in team.members
    )
    targets = {channel: targets_of(file, team, channel) for channel in team.channels}
    hours = hours_of(file, team)
    grace = {} if hours.grace is None else {"grace": hours.grace}
    return TeamSpec(
        name=team.name,
        selectors=tuple(selectors),
        targets=targets,
        hours=_hours_spec(hours),
        inactive=inactivity_of(file, team),
        work_metrics=wants_work_metrics(file, team),
        **grace,
    )


def _hours_spec(hours: HoursOptions) -> HoursSpec | None:
    if hours.open is None:
        return None
    return HoursSpec(open=hours.open, timezone=hours.timezone or "UTC", country=hours.country)


def people_spec(people: PeopleOptions) -> PeopleSpec:
    listed = (
        PersonSpec(person.name, tuple(map(split_account, person.accounts)), person.max_slots) for person in people.list
    )
    return PeopleSpec(match=tuple(map(Match, people.match)), listed=tuple(listed))
