"""The whole configuration file as pydantic models; `sources` is a union over the registry of vendors."""

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, cast

from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from monitor.config.hours import Country, Expression, TimeZone
from monitor.config.values import Account, Coverage, Listens, Origin, Words
from monitor.fields import Duration, DurationOrZero, Secret
from monitor.model import Channel
from monitor.options import Options
from monitor.pollers.vendors import VENDORS
from monitor.pollers.vendors.base import SOURCE_NAME, PollOptions, SourceOptions, Vendor

# Strict models take no text for an enumeration and no list for a tuple; YAML has nothing else to give.
ChannelName = Annotated[Channel, Field(strict=False)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(strict=False, min_length=1)]


def _with_vendor(vendor: Vendor, *, is_loose: bool = False) -> type[SourceOptions]:
    """The options of a vendor plus the key `vendor` that chooses them; a loose one needs nothing else."""
    tag: Any = (Literal[vendor.name], Field(description="Kind of API of this source."))
    fields = vendor.options.model_fields if is_loose else {}
    loose: Any = {
        name: (field.annotation, _without_need(field)) for name, field in fields.items() if field.is_required()
    }
    made: Any = create_model(
        vendor.options.__name__,
        __base__=vendor.options,
        __doc__=vendor.options.__doc__,
        vendor=tag,
        **loose,
    )
    return cast("type[SourceOptions]", made)


def _without_need(field: FieldInfo) -> FieldInfo:
    loose = copy(field)
    loose.default = None
    return loose


SOURCES: Mapping[str, type[SourceOptions]] = {name: _with_vendor(vendor) for name, vendor in VENDORS.items()}
"""Model of a source by its vendor."""

if TYPE_CHECKING:  # unions over a registry are made at run time, where no type checker can read them
    Source = SourceOptions
    LooseSource = SourceOptions
else:
    _LOOSE = tuple(_with_vendor(vendor, is_loose=True) for vendor in VENDORS.values())
    Source = Annotated[Union[tuple(SOURCES.values())], Field(discriminator="vendor")]  # noqa: UP007
    LooseSource = Annotated[Union[_LOOSE], Field(discriminator="vendor")]  # noqa: UP007


class TargetOptions(Options):
    """What a team wants; what is unset takes no part in the status."""

    available_agents: Annotated[int, Field(ge=1)] | None = None
    """People that must be available (default 1)."""
    free_slots: Annotated[int, Field(ge=1)] | None = None
    """Slots that must be free."""
    occupancy: Annotated[float, Field(gt=0, le=1)] | None = None
    """Slot occupancy that must not be exceeded, above 0 and at most 1."""
    coverage: Coverage | None = None
    """Share of open time in which the team must be covered, above 0 and below 1."""


class TeamTargets(TargetOptions):
    """Targets of every channel, and of single ones."""

    channels: Mapping[ChannelName, TargetOptions] = {}
    """Targets of single channels, which win over the others."""


class HoursOptions(Options):
    """When a team is open; without `open`, always."""

    open: Expression | None = None
    """Opening hours in the syntax of OpenStreetMap, as in `Mo-Fr 08:00-20:00; PH off` (default: always open)."""
    timezone: TimeZone | None = None
    """Name of the time zone, as in Europe/Paris (default UTC)."""
    country: Country | None = None
    """Country whose public holidays `PH` means, as two letters."""
    grace: DurationOrZero | None = None
    """Time after opening in which no alert of the team fires (default 5m)."""


class InactiveOptions(Options):
    """Who holds contacts without doing anything."""

    after: Duration | None = None
    """Time without activity (default 20m)."""
    count_as: Literal["staffed", "away"] | None = None
    """Whether inactive people stay staffed or are treated as away (default staffed)."""


class DefaultOptions(Options):
    """Settings of every source and team that does not set them itself."""

    poll: PollOptions = PollOptions()
    """Pace and limits of every source."""
    targets: TeamTargets = TeamTargets()
    """Targets of every team."""
    hours: HoursOptions = HoursOptions()
    """Opening hours of every team."""
    inactive: InactiveOptions = InactiveOptions()
    """Inactivity in every team."""
    work_metrics: bool | None = None
    """Whether to tell how the people of a team work, unless the team says otherwise (default true)."""


_GROUPS_HELP = "Groups of the source ({}).".format(
    "; ".join(f"{name}: {vendor.group_help or 'none'}" for name, vendor in VENDORS.items())
)


class MemberOptions(Options):
    """One selector of a team; groups and agents must both match, and what is unset matches everyone."""

    source: Text
    """Name of a source."""
    groups: Annotated[Texts | None, Field(description=_GROUPS_HELP)] = None
    agents: Texts | None = None
    """Agents by username, e-mail, id:ID, or a pattern with * and ?, ignoring case."""
    exclude: Texts | None = None
    """Agents to leave out, written in the same way."""


class TeamOptions(Options):
    """A team: who belongs to it, when it is open and what it wants."""

    name: Annotated[str, Field(pattern=SOURCE_NAME)]
    """Name of the team; a label of the metrics."""
    channels: Annotated[tuple[ChannelName, ...], Field(strict=False, min_length=1)] = (Channel.CHAT,)
    """Channels that are counted (default: chat)."""
    hours: HoursOptions = HoursOptions()
    """When the team is open (default: always)."""
    members: Annotated[tuple[MemberOptions, ...], Field(strict=False, min_length=1)]
    """Selectors; their matches are united."""
    targets: TeamTargets = TeamTargets()
    """What the team wants."""
    inactive: InactiveOptions = InactiveOptions()
    """Who holds contacts without doing anything."""
    work_metrics: bool | None = None
    """Whether to tell how its people work: agent- and slot-seconds, inactivity, ages of contacts (default true)."""


class PersonOptions(Options):
    """One human with several accounts."""

    name: Text
    """Name or pseudonym of the person."""
    accounts: Annotated[tuple[Account, ...], Field(strict=False, min_length=1)]
    """Accounts, each as SOURCE/ACCOUNT-ID."""
    max_slots: Annotated[int, Field(ge=1)] | None = None
    """Slots that this person has in all tools together (default: no limit)."""


class PeopleOptions(Options):
    """Joins accounts across sources to persons, so that each is counted once."""

    match: Words[Literal["email", "external_id", "username"]] = ()
    """Join accounts of different sources that agree in these (default: no joining)."""
    list: Annotated[tuple[PersonOptions, ...], Field(strict=False)] = ()
    """Persons by hand."""


class PrivacyOptions(Options):
    """What is shown of single people."""

    agent_series: Literal["off", "pseudonym", "named"] = "off"
    """Metrics of single agents: none, under a pseudonym, or under the account's id, with names in `agent_info`."""
    people: Literal["pseudonym", "named"] = "pseudonym"
    """How people are named in explain, the API, the wall and `top`."""
    pseudonym_key: Secret | None = None
    """Key of the pseudonyms (default: a random one at each start)."""


class WebOptions(Options):
    """The listener."""

    listen: Listens = ("127.0.0.1:9877",)
    """Address to listen on, or a list of them: HOST:PORT, [IPV6]:PORT, or :PORT for every interface (default
    `127.0.0.1:9877`)."""
    max_series: Annotated[int, Field(ge=1)] = 50_000
    """Samples that one exposition may hold; where that is too few, series of single agents are left out."""
    cors_origins: Words[Origin] = ()
    """Origins whose pages may read the API from a browser, as in https://board.example (default: none)."""


class FileOptions(Options):
    """Configuration of agentmon."""

    defaults: DefaultOptions = DefaultOptions()
    """Settings of every source and team that does not set them itself."""
    sources: Annotated[tuple[Source, ...], Field(strict=False, min_length=1)]
    """Accounts of vendors to poll."""
    teams: Annotated[tuple[TeamOptions, ...], Field(strict=False)] = ()
    """Teams to report on."""
    people: PeopleOptions = PeopleOptions()
    """Persons with several accounts."""
    privacy: PrivacyOptions = PrivacyOptions()
    """What is shown of single people."""
    web: WebOptions = WebOptions()
    """The listener."""
