"""A baseline: findings that are known, and so are counted and not reported.

An entry of the TOML file is a rule and either a finding's fingerprint, with the address where it was, or a
hand-written glob over addresses; a reason may stand in both. What cannot be suppressed is a rule that failed.

A finding in a session that has an id is known wherever it comes. Any other is told by the name of its file, which
another file may have too: so it is known where it was, and elsewhere only if no file is there any more.
"""

import errno
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sessionlint.capture import unescaped_part
from sessionlint.corpus import RULES as CORPUS_RULES
from sessionlint.escape import printable
from sessionlint.finding import Finding
from sessionlint.globs import GlobError, Globs, literal_start, relative
from sessionlint.paths import reason_of, shown
from sessionlint.selection import ALWAYS_ON
from sessionlint.toml import ConfigError, parse, string

HEAD: Final = """\
# Findings that are known, for `sessionlint check --baseline`. When `--write-baseline` writes this file anew, reasons
# stay, and so do entries without a fingerprint, whose address is a glob, and entries of files and rules that are not
# part of the run; comments do not.
"""

_MOST_TOLD = 10
"""Unused entries that are told one by one."""


class Entry(NamedTuple):
    """One entry of the file. Without a fingerprint, the address is a glob."""

    rule: str
    fingerprint: str | None = None
    address: str | None = None
    reason: str | None = None


class Baseline:
    """The entries of a baseline, which of them were met, and which findings are to become entries.

    Globs and addresses are relative to ``folder``. Raises `ConfigError` for a glob that is none.
    """

    def __init__(self, entries: Iterable[Entry], folder: str) -> None:
        self._folder = folder
        self._written: list[Entry] = []
        self._globs: dict[str, list[tuple[Entry, Globs]]] = {}
        self._recorded: dict[tuple[str, str], dict[str, Entry]] = {}
        self._met: set[Entry] = set()
        self._learnt: dict[tuple[str, str, str], Entry] = {}
        for entry in entries:
            if entry.fingerprint is not None:
                recorded = self._recorded.setdefault((entry.rule, entry.fingerprint), {})
                recorded.setdefault(_capture_of(entry), entry)
            else:
                self._written.append(entry)
                globs = Globs([entry.address or ""], folder)
                self._globs.setdefault(entry.rule, []).append((entry, globs))

    def knows(self, finding: Finding) -> bool:
        """Whether an entry matches the finding."""
        if finding.rule in ALWAYS_ON:
            return False
        met = [*self._globs_for(finding), *self._recorded_for(finding)]
        self._met.update(met)
        return bool(met)

    def learns(self, finding: Finding) -> bool:
        """Makes the finding an entry, unless only a hand-written one matches it; whether it can be one."""
        if finding.rule in ALWAYS_ON:
            return False
        recorded = self._recorded_for(finding)
        if recorded or not self._globs_for(finding):
            reason = next((entry.reason for entry in recorded if entry.reason), None)
            address = relative(finding.address, self._folder)
            entry = Entry(finding.rule, finding.fingerprint, address, reason)
            self._learnt[finding.rule, finding.fingerprint, _capture_of(entry)] = entry
        return True

    def _globs_for(self, finding: Finding) -> list[Entry]:
        return [entry for entry, globs in self._globs.get(finding.rule, ()) if globs.match(finding.address)]

    def _recorded_for(self, finding: Finding) -> list[Entry]:
        """The entry of the finding at its place; otherwise those of places where it may have been."""
        recorded = self._recorded.get((finding.rule, finding.fingerprint))
        if not recorded:
            return []
        here = recorded.get(relative(finding.capture, self._folder))
        if here:
            return [here]
        return [entry for entry in recorded.values() if not (finding.is_by_place and self._is_there(entry))]

    def _is_there(self, entry: Entry) -> bool:
        """Whether there is a file where the entry was."""
        return entry.address is not None and os.path.lexists(self._place(entry))

    def _place(self, entry: Entry) -> str:
        return os.path.join(self._folder, _start(entry))

    def _entries(self) -> list[Entry]:
        return [*self._written, *(entry for each in self._recorded.values() for entry in each.values())]

    def unused(self, rules: Collection[str], paths: Iterable[str]) -> list[Entry]:
        """The entries that matched nothing, though these rules and paths cover all that they could match."""
        covered = self._covered(rules, paths)
        return [entry for entry in self._entries() if entry in covered and entry not in self._met]

    def entries(self, rules: Collection[str], paths: Iterable[str]) -> list[Entry]:
        """What is to be written after a run of these rules and paths.

        Hand-written entries as they are, then, sorted, what was learnt and what the run does not cover: of that it
        knows nothing.
        """
        covered = self._covered(rules, paths)
        kept = {
            (*key, capture): entry
            for key, recorded in self._recorded.items()
            for capture, entry in recorded.items()
            if entry not in covered
        }
        recorded = {**self._learnt, **kept}.values()
        return [*self._written, *sorted(recorded, key=lambda each: (each.rule, each.address or "", each[1] or ""))]

    def _covered(self, rules: Collection[str], paths: Iterable[str]) -> set[Entry]:
        """The entries for which these rules and paths are all that they could match.

        A session that comes twice may have come first in any file. So a run that leaves out a recorded place covers
        no finding that compares sessions.
        """
        covers = _coverage(paths)
        outside = [entry for entry in self._entries() if not covers(self._place(entry))]
        left_out = CORPUS_RULES if any(entry.fingerprint is not None for entry in outside) else ()
        inside = set(self._entries()).difference(outside)
        return {entry for entry in inside if entry.rule in rules and entry.rule not in left_out}


def read(path: str, folder: str, rules: Collection[str]) -> Baseline:
    """The baseline in a file, its globs relative to ``folder``. Raises `ConfigError`."""
    name = shown(path)
    if not os.path.lexists(path):
        raise ConfigError(f"{name}: no such file; `sessionlint check --write-baseline {name}` writes a baseline")
    document = parse(path)
    for key in document:
        if key != "finding":
            raise ConfigError(f"{name}: unknown key {string(key)}; entries are called [[finding]]")
    found = document.get("finding", [])
    if not isinstance(found, list):
        raise ConfigError(f"{name}: finding: expected a list of tables: [[finding]], not [finding]")
    try:
        entries = [_entry(f"entry {number}", each, rules) for number, each in enumerate(found, 1)]
        return Baseline(entries, folder)
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None


def _entry(where: str, value: Any, rules: Collection[str]) -> Entry:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: expected a table: [[finding]]")
    for key, each in value.items():
        if key not in Entry._fields:
            raise ConfigError(f"{where}: unknown key {string(key)}; there are {', '.join(Entry._fields)}")
        if not isinstance(each, str):
            raise ConfigError(f"{where}: {key}: expected text")
    if value.get("rule") not in rules:
        from sessionlint.selection import unknown_id

        raise ConfigError(f"{where}: {unknown_id(value['rule'], rules) if 'rule' in value else 'names no rule'}")
    entry = Entry(**{key: each for key, each in value.items() if each})
    if entry.fingerprint is None:
        if entry.address is None:
            raise ConfigError(f"{where}: has neither fingerprint nor address")
        try:
            Globs([entry.address], os.curdir)
        except GlobError as error:
            raise ConfigError(f"{where}: {error}") from None
    return entry


def as_toml(entries: Iterable[Entry]) -> str:
    """The entries as a file: the same entries give the same text."""
    return HEAD + "".join(map(_table, entries))


def unused_text(entries: Sequence[Entry], *, redact: bool = False) -> str:
    """What to say of unused entries: how many, and which unless a payload's keys are to be kept back."""
    text = f"{_count(entries)} of the baseline matched nothing"
    if redact:
        return text
    lines = [f"  {entry.rule} {printable(entry.address or entry.fingerprint or '')}" for entry in entries[:_MOST_TOLD]]
    if len(entries) > _MOST_TOLD:
        lines.append(f"  and {len(entries) - _MOST_TOLD} more")
    return "\n".join([f"{text}:", *lines])


def written_text(entries: Sequence[Entry]) -> str:
    """What to say of entries that were written."""
    return f"{_count(entries)} written"


def _count(entries: Sequence[Entry]) -> str:
    return "1 entry" if len(entries) == 1 else f"{len(entries):,} entries"


def write(path: str, entries: Iterable[Entry]) -> None:
    """Writes the file whole, or not at all. Raises `sessionlint.output.OutputError`."""
    from sessionlint.output import OutputError

    target = os.path.realpath(path)
    written = f"{target}.{os.getpid()}.tmp"
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            raise OSError(errno.EEXIST, "not a regular file")
        try:
            with open(written, "x", encoding="utf-8", newline="\n") as file:
                file.write(as_toml(entries))
            os.replace(written, target)
        except BaseException:
            if os.path.exists(written):
                os.remove(written)
            raise
    except OSError as error:
        raise OutputError(f"cannot write {shown(path)}: {reason_of(error)}") from None


def _table(entry: Entry) -> str:
    rows = (f"{key} = {string(value)}\n" for key, value in entry._asdict().items() if value is not None)
    return f"\n[[finding]]\n{''.join(rows)}"


def _start(entry: Entry) -> str:
    """The path of the file or folder that an entry speaks of."""
    address = entry.address or ""
    return unescaped_part(literal_start(address) if entry.fingerprint is None else address.partition("!")[0])


def _capture_of(entry: Entry) -> str:
    """The capture in which an entry's finding was: its fingerprint tells the place in that."""
    return (entry.address or "").rpartition("!")[0]


def _coverage(paths: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether a place is one of the paths, or in a folder that is."""
    named = tuple(map(_folder, paths))
    return lambda place: _folder(place).startswith(named)


def _folder(path: str) -> str:
    """The same for all ways to write a path, and the start of all that lies in it."""
    return os.path.join(os.path.normcase(os.path.abspath(path)), "")
