"""The text of a configuration file."""

from pathlib import Path

from monitor.config.problem import START, ConfigError, Position, at

BYTES_LIMIT = 4 * 1024 * 1024


def read_text(path: Path) -> str:
    """Raises ConfigError, with the place where what was read is no text."""
    try:
        with path.open("rb") as stream:
            data = stream.read(BYTES_LIMIT + 1)
    except OSError as error:
        raise _unreadable(path, START, f"cannot be read: {error.strerror or 'unknown error'}") from error
    if len(data) > BYTES_LIMIT:
        raise _unreadable(path, START, f"larger than {BYTES_LIMIT // 1024**2} MiB, so no configuration")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        position = Position(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise _unreadable(path, position, "not UTF-8 text") from error


def _unreadable(path: Path, position: Position, message: str) -> ConfigError:
    return ConfigError(path, [at(position, (), message)])
