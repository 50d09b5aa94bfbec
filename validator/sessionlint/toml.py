"""TOML in and out: files that people write, and strings that may come from a payload."""

from typing import Any

from sessionlint.escape import QUOTES, printable
from sessionlint.paths import reason_of, shown
from sessionlint.summary import Failure


class ConfigError(Failure, ValueError):
    """A configuration or a baseline is wrong."""


def parse(path: str) -> dict[str, Any]:
    """The file at ``path``. Raises `ConfigError`."""
    return parse_bytes(read(path), path)


def read(path: str) -> bytes:
    """The bytes of the file at ``path``. Raises `ConfigError`."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:  # a name with a null character is no OSError
        raise ConfigError(f"{shown(path)}: cannot be read: {reason_of(error)}") from None


def parse_bytes(data: bytes, path: str) -> dict[str, Any]:
    """The TOML in ``data``, which was read from ``path``. Raises `ConfigError`."""
    import tomllib  # only where there is such a file: an import is most of a hook's time

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8"
    except RecursionError:
        reason = "too deeply nested"
    except ValueError as error:
        reason = printable(str(error))
    raise ConfigError(f"{shown(path)}: not TOML: {reason}")


def string(text: str) -> str:
    """``text`` as a TOML string on one line; lone surrogates, which TOML lacks, as question marks."""
    encodable = text.encode("utf-8", "replace").decode()
    return f'"{printable(encodable.translate(QUOTES))}"'
