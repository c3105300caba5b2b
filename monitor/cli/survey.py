"""A survey as lines for people: what `check --online` found."""

from collections.abc import Iterator

from monitor.survey import NAMED, SourceSurvey, Survey


def tell_survey(found: Survey) -> Iterator[str]:
    for source in found.sources:
        yield from _source(source)
    for member in found.members:
        matched = "unknown, its source could not be read" if member.accounts is None else _accounts(member.accounts)
        yield f"member {member.position} of team {member.team} (source {member.source}): {matched}"
    if any(source.keys for source in found.sources) or found.joined:
        yield f"people with accounts in several sources: {found.joined}"
    for problem in found.problems:
        yield f"warning: {problem}"


def _source(source: SourceSurvey) -> Iterator[str]:
    for trouble in source.troubles:
        yield f"error: {source.source}: {trouble.reason}: {trouble.detail}. {trouble.advice}"
    if source.accounts is None:
        yield f"{source.source} ({source.vendor}): nothing is known of its accounts"
        return
    parts = [_accounts(source.accounts)]
    if source.unassigned:
        named = ", ".join(source.unassigned[:NAMED])
        more = len(source.unassigned) - NAMED
        parts.append(f"{len(source.unassigned)} in no team ({named}{f' and {more} more' if more > 0 else ''})")
    if source.unlisted:
        parts.append(f"{source.unlisted} in the roster but in no live list")
    yield f"{source.source} ({source.vendor}): " + ", ".join(parts)
    for match, known in source.keys.items():
        if not known:
            yield f"warning: no account of {source.source} tells its {match}, so that joins nobody of it"
        elif known < source.accounts:
            yield f"{source.source}: {known} of {_accounts(source.accounts)} tell their {match}"


def _accounts(number: int) -> str:
    return f"{number} account" + ("" if number == 1 else "s")
