"""What a scraper asks for, by `Accept` and `Accept-Encoding`."""

from monitor.exporter.exposition import Format

_FORMATS = {
    "application/openmetrics-text": Format.OPENMETRICS,
    "text/plain": Format.TEXT,
    "text/*": Format.TEXT,
    "*/*": Format.TEXT,
}
_OPENMETRICS_VERSIONS = {"", "0.0.1", "1.0.0"}


def choose_format(accept: str) -> Format:
    """The format with the highest weight that we can write; the classic text where nothing fits.

    At equal weight OpenMetrics wins if it is named, as the more specific wish.
    """
    best = (0.0, False, Format.TEXT)
    for name, parameters in _parts(accept):
        format_ = _FORMATS.get(name)
        if format_ is None or (
            format_ is Format.OPENMETRICS and parameters.get("version", "") not in _OPENMETRICS_VERSIONS
        ):
            continue
        weight = _weight(parameters)
        if weight > 0:
            best = max(best, (weight, format_ is Format.OPENMETRICS, format_))
    return best[2]


def prefers_text(accept: str) -> bool:
    """Whether plain text is wanted rather than JSON; whoever takes both alike gets JSON."""
    weights = {name: _weight(parameters) for name, parameters in _parts(accept)}

    def weight(kind: str, family: str) -> float:
        return next((weights[name] for name in (kind, family, "*/*") if name in weights), 0.0)

    return weight("text/plain", "text/*") > weight("application/json", "application/*")


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip, or anything, is accepted with a weight above 0; gzip's own word decides over `*`."""
    weights = {name: _weight(parameters) for name, parameters in _parts(accept_encoding)}
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _parts(header: str) -> list[tuple[str, dict[str, str]]]:
    found = []
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            pairs = (parameter.partition("=") for parameter in parameters)
            found.append((name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}))
    return found


def _weight(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
