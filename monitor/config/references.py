"""Checks across the file: names that occur twice, references to what is not there, groups, channels, accounts."""

from collections.abc import Iterator

from monitor.config.hours import needs_country
from monitor.config.merge import hours_of, wants_work_metrics
from monitor.config.names import suggest
from monitor.config.parts import Parts
from monitor.config.polls import demand_of, vendor_of
from monitor.config.problem import Place, Problem, at, quoted
from monitor.config.schema import MemberOptions, TeamOptions
from monitor.config.values import split_account
from monitor.fields import is_plain_http
from monitor.pollers.vendors.base import Vendor


def check_references(parts: Parts) -> Iterator[Problem]:
    yield from _check_names(parts, "sources")
    yield from _check_names(parts, "teams")
    yield from _check_addresses(parts)
    yield from _check_options(parts)
    for index, team in enumerate(parts.file.teams):
        place: Place = ("teams", index)
        yield from _check_channels(parts, place, team)
        yield from _check_hours(parts, place, team)
        yield from _check_inactive(parts, place, team)
        for number, member in enumerate(team.members):
            yield from _check_member(parts, (*place, "members", number), member)
    yield from _check_people(parts)


def _check_names(parts: Parts, section: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for name, place in parts.names(section):
        line = parts.document.value_at(place).line
        if name in first:
            message = f"another of the {section} is named {quoted(name)} already"
            yield at(parts.document.value_at(place), place, message, f"on line {first[name]}")
        first.setdefault(name, line)


def _check_addresses(parts: Parts) -> Iterator[Problem]:
    for index, options in enumerate(parts.file.sources):
        place: Place = ("sources", index)
        if options.allow_insecure or not parts.is_whole((*place, "allow_insecure")):
            continue
        for name, address in options.addresses():
            if is_plain_http(address):
                message = "plain http would show secrets to the network"
                yield parts.problem((*place, name), message, "use https, or set allow_insecure: true")


def _check_options(parts: Parts) -> Iterator[Problem]:
    """What only the vendor knows to be wrong; a source with broken options is left alone."""
    for index, options in enumerate(parts.file.sources):
        place: Place = ("sources", index)
        if parts.is_whole(place):
            for mistake in vendor_of(options).mistakes(options, demand_of(parts, options)):
                yield parts.problem((*place, mistake.option), mistake.message, mistake.hint)


def _check_channels(parts: Parts, place: Place, team: TeamOptions) -> Iterator[Problem]:
    for index, channel in enumerate(team.channels):
        if channel in team.channels[:index]:
            yield parts.problem((*place, "channels", index), f"channel '{channel}' occurs twice", "name it once")


def _check_hours(parts: Parts, place: Place, team: TeamOptions) -> Iterator[Problem]:
    levels: tuple[Place, ...] = ((*place, "hours"), ("defaults", "hours"))
    told = {name for name in ("open", "country") if all(parts.is_told((*level, name)) for level in levels)}
    if "open" not in told:
        return
    hours = hours_of(parts.file, team)
    if hours.open is None:
        if team.hours.model_fields_set:
            yield parts.problem((*place, "hours", "open"), "is missing", "without it the team is always open")
    elif hours.country is None and "country" in told and needs_country(hours.open):
        above = place if team.hours.open is not None else ("defaults",)
        message = "PH (public holidays) without a country would never apply"
        yield parts.problem((*above, "hours", "open"), message, "add country, as in country: FR")


def _check_inactive(parts: Parts, place: Place, team: TeamOptions) -> Iterator[Problem]:
    told = all(parts.is_told((*level, "work_metrics")) for level in (place, ("defaults",)))
    if told and team.inactive.model_fields_set and not wants_work_metrics(parts.file, team):
        message = "without work_metrics nobody of this team is inactive"
        yield parts.problem((*place, "inactive"), message, "leave it out, or set work_metrics: true", of_key=True)


def _check_member(parts: Parts, place: Place, member: MemberOptions) -> Iterator[Problem]:
    known = {name for name, _ in parts.names("sources")}
    if member.source not in known:
        if known:
            hint = suggest(member.source, known, "known sources")
            yield parts.problem((*place, "source"), f"unknown source {quoted(member.source)}", hint)
        return
    vendors = [vendor_of(options) for options in parts.file.sources if options.name == member.source]
    # With two sources of one name it is not known which one is meant; that is an error of its own.
    if len(vendors) == 1 and member.groups:
        yield from _check_groups(parts, place, member.groups, vendors[0])


def _check_groups(parts: Parts, place: Place, groups: tuple[str, ...], vendor: Vendor) -> Iterator[Problem]:
    if vendor.group_pattern is None:
        message = f"{vendor.name} has no groups"
        yield parts.problem((*place, "groups"), message, "name agents instead", of_key=True)
        return
    for index, group in enumerate(groups):
        if not vendor.group_pattern.fullmatch(group):
            message = f"not a group of {vendor.name}"
            yield parts.problem((*place, "groups", index), message, f"write {vendor.group_help}")


def _check_people(parts: Parts) -> Iterator[Problem]:
    known = {name for name, _ in parts.names("sources")}
    people: dict[str, int] = {}
    owners: dict[str, str] = {}
    for index, person in enumerate(parts.file.people.list):
        place: Place = ("people", "list", index)
        if person.name and person.name in people:
            message = f"another person is named {quoted(person.name)} already"
            yield parts.problem((*place, "name"), message, f"people.list[{people[person.name]}]")
        people.setdefault(person.name, index)
        for number, account in enumerate(person.accounts):
            where = (*place, "accounts", number)
            source = split_account(account)[0]
            if known and source not in known:
                hint = suggest(source, known, "known sources")
                yield parts.problem(where, f"unknown source {quoted(source)}", hint)
            if account in owners:
                yield parts.problem(where, "the account belongs to a person already", owners[account])
            owners.setdefault(account, f"person {quoted(person.name)}")
