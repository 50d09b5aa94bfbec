"""What a run goes by: the defaults, a configuration file, the command line; and where each value came from.

A run without a configuration file pays for the look for one, and for nothing else.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sessionlint.finding import SEVERITIES, FailOn, Severity
from sessionlint.paths import relative_path, shown, up_to_root
from sessionlint.toml import ConfigError, parse, parse_bytes, read, string

if TYPE_CHECKING:
    from sessionlint.conformance import EngineName
    from sessionlint.engine import Options
    from sessionlint.finding import Finding
    from sessionlint.limits import Limits
    from sessionlint.linter import Foreign

__all__ = ["Config", "ConfigError"]

NAME: Final = "sessionlint.toml"
PYPROJECT: Final = "pyproject.toml"

FAIL_ON: Final = (*SEVERITIES, "never")
FOREIGN: Final[tuple["Foreign", ...]] = ("report", "skip")
ENGINES: Final[tuple["EngineName", ...]] = ("fast", "reference")

DEFAULT: Final = "default"
COMMAND_LINE: Final = "command line"


def never(_: object) -> bool:
    """Excludes, ignores and knows nothing."""
    return False


class Config(NamedTuple):
    """The configuration in force. A field is the key of the same name, with hyphens."""

    select: tuple[str, ...] | None = None
    """``None``: all that are on by default."""
    ignore: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    exclude: tuple[str, ...] = ()
    foreign: "Foreign" = "report"
    engine: "EngineName" = "fast"
    baseline: str | None = None
    """A path, relative to `folder`."""
    jobs: int | None = None
    """``None``: the machine's cores."""
    max_findings: int | None = None
    """``None``: all."""
    redact: bool = False
    severity: Mapping[str, Severity] = {}
    """By the rule's id: what its findings have, unless a condition is milder."""
    per_path_ignores: Mapping[str, tuple[str, ...]] = {}
    """By glob: selectors of rules."""
    thresholds: Mapping[str, float] = {}
    """Those that are set."""
    limits: Mapping[str, int] = {}
    """Those that are set."""

    path: str | None = None
    """The file that it was read from, if it was."""
    folder: str = os.curdir
    """What the file's paths and globs are relative to: the folder it lies in."""
    origins: Mapping[str, str] = {}
    """Where a key's value came from: a file's name or `COMMAND_LINE`; other keys have their default."""

    @property
    def baseline_path(self) -> str | None:
        """The baseline's path, from the current folder."""
        return self.baseline and os.path.join(self.folder, self.baseline)

    def overridden(self, **given: Any) -> "Config":
        """The configuration with what the command line gives; ``None`` and what is empty give nothing.

        A ``select`` replaces the file's ``select`` and ``ignore``; an ``ignore`` alone, and a table, add to
        the file's.
        """
        given = {field: value for field, value in given.items() if value is not None and value not in ((), {})}
        if "select" in given:
            given.setdefault("ignore", ())
        origins = {**self.origins, **dict.fromkeys(map(_key, given), COMMAND_LINE)}
        if "ignore" in given and "select" not in given and self.ignore:
            origins["ignore"] = f"{self.origins['ignore']}, {COMMAND_LINE}"
            given["ignore"] = (*self.ignore, *given["ignore"])
        for table in ("severity", "thresholds"):
            if table in given:
                given[table] = {**getattr(self, table), **given[table]}
        if "baseline" in given:
            given["baseline"] = relative_path(given["baseline"], self.folder)
        return self._replace(**given, origins=origins)

    def options(self, *, excerpts: bool = False) -> "Options":
        """What the engine goes by. Raises `sessionlint.selection.UnknownRule`."""
        from sessionlint.engine import Options
        from sessionlint.rule import registry
        from sessionlint.selection import selected

        ids = selected(registry(), self.select or (), self.ignore)
        return Options(
            ids,
            self.engine,
            self.redact,
            excerpts,
            self.thresholds,
            self.severity,
            most_findings=self.all_limits().findings,
        )

    def all_limits(self) -> "Limits":
        """The limits, those that are not set as they are by default."""
        from sessionlint.limits import Limits

        return Limits(**{_field(name): value for name, value in self.limits.items()})

    def excluded(self) -> Callable[[str], bool]:
        """Tells of an address, or of a folder's, whether it is excluded."""
        if not self.exclude:
            return never
        from sessionlint.globs import Globs

        return Globs(self.exclude, self.folder).match

    def ignored(self) -> Callable[["Finding"], bool]:
        """Tells whether ``per-path-ignores`` has a finding's rule for its file."""
        if not self.per_path_ignores:
            return never
        from sessionlint.globs import Globs
        from sessionlint.rule import registry
        from sessionlint.selection import ALWAYS_ON, selected

        ignores = [
            (selected(registry(), selectors).difference(ALWAYS_ON), Globs([glob], self.folder))
            for glob, selectors in self.per_path_ignores.items()
        ]
        return lambda finding: any(finding.rule in ids and globs.match(finding.capture) for ids, globs in ignores)


# Finding and reading the file.


def discovered(folder: str | None = None) -> Config:
    """The configuration of the nearest file: in ``folder``, or above it up to the repository's root.

    Without a folder it is the current one. In one folder `NAME` wins over `PYPROJECT`, which counts only if it has the
    table. Raises `ConfigError`.
    """
    try:
        folder = folder or os.getcwd()
    except OSError:  # it is gone
        return Config()
    for each in up_to_root(folder):
        path = os.path.join(each, NAME)
        if os.path.isfile(path):
            return load(path)
        path = os.path.join(each, PYPROJECT)
        # Most projects have one, and few speak of us: the import of a parser is most of a hook's time.
        if os.path.isfile(path) and b"sessionlint" in (data := read(path)):
            table = _tool_table(parse_bytes(data, path), path)
            if table is not None:
                return _read(table, path)
    return Config()


def load(path: str) -> Config:
    """The configuration in a file: of `PYPROJECT` the table, any other is one. Raises `ConfigError`."""
    table: Any = parse(path)
    if os.path.basename(path) == PYPROJECT:
        table = _tool_table(table, path)
        if table is None:
            raise ConfigError(f"{shown(path)}: there is no table [tool.sessionlint]")
    return _read(table, path)


def _tool_table(document: Mapping[str, Any], path: str) -> dict[str, Any] | None:
    tool = document.get("tool")
    table = tool.get("sessionlint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{shown(path)}: {_expected('tool.sessionlint', 'a table', table)}")
    return table


def _read(table: Mapping[str, Any], path: str) -> Config:
    name = shown(path)
    try:
        if isinstance(table.get("tool"), dict):
            raise ConfigError(f"[tool.sessionlint] is how {PYPROJECT} has it; here all stands without that")
        _known("key", table, READERS)
        values = {_field(key): READERS[key](key, value) for key, value in table.items()}
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None
    full = os.path.abspath(path)
    return Config(**values, path=full, folder=os.path.dirname(full), origins=dict.fromkeys(table, name))


# One reader for each kind of value: what the user wrote, checked, in the type that `Config` has.


def _one_of(choices: Collection[str]) -> Callable[[str, Any], str]:
    def reader(key: str, value: Any) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _expected(key, f"one of {', '.join(choices)}", value)

    return reader


def _whole_number(least: int, most: int | None = None) -> Callable[[str, Any], int]:
    def reader(key: str, value: Any) -> int:
        if type(value) is int and value >= least and (most is None or value <= most):
            return value
        raise _expected(key, f"a whole number from {least}" + (f" to {most}" if most else ""), value)

    return reader


def _number(key: str, value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= 1e300:  # TOML has inf, nan
        return value
    raise _expected(key, "a number", value)


def _share(key: str, value: Any) -> float:
    number = _number(key, value)
    if 0 <= number <= 1:
        return number
    raise _expected(key, "a share from 0 to 1", value)


def _flag(key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _expected(key, "true or false", value)


def _path(key: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise _expected(key, "a path", value)


def _selectors(key: str, value: Any) -> tuple[str, ...]:
    from sessionlint.rule import registry
    from sessionlint.selection import UnknownRule, selected

    selectors = _strings(key, value, "ids or prefixes of rules")
    try:
        selected(registry(), selectors)
    except UnknownRule as error:
        raise ConfigError(f"{key}: {error}") from None
    return selectors


def _select(key: str, value: Any) -> tuple[str, ...]:
    if value == []:
        raise ConfigError(f"{key}: an empty list selects nothing; without the key, the default holds")
    return _selectors(key, value)


def _globs(key: str, value: Any) -> tuple[str, ...]:
    globs = _strings(key, value, "globs")
    for glob in globs:
        _glob(key, glob)
    return globs


def _glob(key: str, glob: str) -> None:
    from sessionlint.globs import GlobError, Globs

    try:
        Globs([glob], os.curdir)
    except GlobError as error:
        raise ConfigError(f"{key}: {error}") from None


def _strings(key: str, value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _expected(key, f"a list of {what}", value)
    for item in value:
        if not isinstance(item, str) or not item:
            raise _expected(key, f"a list of {what}", item, " in it")
    return tuple(value)


def _severities(key: str, value: Any) -> dict[str, Severity]:
    from sessionlint.rule import registry
    from sessionlint.selection import unknown_id

    ids = registry()
    for id in _table(key, value):
        if id not in ids:
            raise ConfigError(f"{key}: {unknown_id(id, ids)}")
    severity: Callable[[str, Any], Any] = _one_of(SEVERITIES)
    return {id: severity(f"{key}.{id}", each) for id, each in value.items()}


def _ignores(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    for glob in _table(key, value):
        _glob(key, glob)
    return {glob: _selectors(f"{key}.{shown_key(glob)}", selectors) for glob, selectors in value.items()}


def _thresholds(key: str, value: Any) -> dict[str, float]:
    _known("threshold", _table(key, value), thresholds())
    return {
        name: (_share if name.endswith("-share") else _number)(f"{key}.{name}", each) for name, each in value.items()
    }


def _limits(key: str, value: Any) -> dict[str, int]:
    known = limits()
    _known("limit", _table(key, value), known)
    # No writer of JSON and no recursion would bear deeper nesting than the default.
    most = {"nesting": known["nesting"]}
    return {name: _whole_number(1, most.get(name))(f"{key}.{name}", each) for name, each in value.items()}


def _table(key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _expected(key, "a table", value)
    for name in value:
        if not isinstance(name, str):  # of a program: TOML has none
            raise _expected(key, "names", name, " in it")
    return value


READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "select": _select,
    "ignore": _selectors,
    "fail-on": _one_of(FAIL_ON),
    "exclude": _globs,
    "foreign": _one_of(FOREIGN),
    "engine": _one_of(ENGINES),
    "baseline": _path,
    "jobs": _whole_number(1),
    "max-findings": _whole_number(0),
    "redact": _flag,
    "severity": _severities,
    "per-path-ignores": _ignores,
    "thresholds": _thresholds,
    "limits": _limits,
}
"""By key, in the order in which the configuration is shown."""


def thresholds() -> dict[str, float]:
    """Every threshold that a rule has, with its default."""
    from sessionlint.rule import registry

    found = {name: default for rule in registry().values() for name, default in rule.thresholds.items()}
    return dict(sorted(found.items()))


def limits() -> dict[str, int]:
    """Every limit, with its default."""
    from sessionlint.limits import Limits, limit_name

    return {limit_name(field): value for field, value in Limits()._asdict().items()}


def _known(kind: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            from sessionlint.suggest import nearest

            near = nearest(name, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise ConfigError(f"unknown {kind} {string(name)}; {hint}")


def _expected(key: str, what: str, value: Any, where: str = "") -> ConfigError:
    return ConfigError(f"{key}: expected {what}, not {_described(value)}{where}")


def _described(value: Any) -> str:
    from sessionlint.escape import excerpt

    if isinstance(value, (str, int, float)):
        return excerpt(value)
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a table"
    name = type(value).__name__
    return "a date or time" if name in ("date", "datetime", "time") else name  # TOML has no others, a program may


# Showing what is in force.

_UNSET: Final = {
    "select": "all but SCH006 and DIA",
    "baseline": "none",
    "jobs": "the machine's cores",
    "max-findings": "all",
}


def as_toml(config: Config) -> str:
    """The configuration as a file that has the same effect, each value's origin as a comment."""
    defaults: dict[str, Mapping[str, float]] = {"thresholds": thresholds(), "limits": limits()}
    top, tables = [], []
    for key in READERS:
        value = getattr(config, _field(key))
        origin = config.origins.get(key, DEFAULT)
        if isinstance(value, Mapping):
            rows = {name: (each, DEFAULT) for name, each in defaults.get(key, {}).items()}
            rows.update({name: (each, origin) for name, each in value.items()})
            if rows:
                tables += ["", f"[{key}]", *(_row(name, *row) for name, row in rows.items())]
        elif value is None:
            top.append(f"# {key}: {_UNSET[key]}  # {origin}")
        else:
            top.append(_row(key, value, origin))
    return "".join(f"{line}\n" for line in top + tables)


def _row(key: str, value: Any, origin: str) -> str:
    return f"{shown_key(key)} = {_toml(value)}  # {origin}"


def shown_key(key: str) -> str:
    """A key as TOML has it: quoted where it must be."""
    return key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else string(key)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(string, value))}]"
    return string(value) if isinstance(value, str) else repr(value)


def _field(key: str) -> str:
    return key.replace("-", "_")


def _key(field: str) -> str:
    return field.replace("_", "-")
