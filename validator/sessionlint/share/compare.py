"""Holds what rules and verdicts say of a copy against what they say of its original."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import Final, NamedTuple, TypeAlias

from sessionlint.finding import Path
from sessionlint.linter import Examined
from sessionlint.recognise import sessions_in
from sessionlint_rules.diagnosis import Thresholds
from sessionlint_rules.verdict import weigh

VERDICT: Final = "DIA100"

_OF_THE_FILE: Final = "of the file and the way it came, which are not copied"
_OF_UNDOCUMENTED: Final = "of fields that nobody documented, which are left out"
_OF_BROKEN: Final = "of broken text: what it lost is lacking in the copy, and no longer told as broken"
_OF_XML: Final = "of XML that the mapping has no room for, which is left out"
_COUNTING_KEYS: Final = frozenset({"PNG001", "TRC002", "PNG010", "TRC013", "TRC014", "PNG008", "DIA015"})
"""Rules that see undocumented fields too, and those that they silence."""


class Said(NamedTuple):
    """What is said of one payload."""

    findings: tuple[tuple[str, str, str], ...]
    """Rule, severity and place, sorted."""
    verdicts: tuple[tuple[str, str], ...]
    """Part and confidence, one a session."""


class Source(NamedTuple):
    """What is known of an original that explains a difference."""

    said: Said
    is_xml: bool
    is_broken: bool
    """Whether its text was salvaged, or cut off."""
    lacks_fields: bool
    """Whether undocumented fields of it were left out."""
    apart: frozenset[Path] = frozenset()
    """Sessions that are not compared with others of the run: they were salvaged, or lack what would be compared."""


def whole(stretches: Sequence[Source]) -> Source:
    """What is known of an original from what is known of its stretches: one, or more of a long response."""
    if len(stretches) == 1:
        return stretches[0]
    return Source(
        whole_said([each.said for each in stretches]),
        is_xml=any(each.is_xml for each in stretches),
        is_broken=any(each.is_broken for each in stretches),
        lacks_fields=any(each.lacks_fields for each in stretches),
        apart=frozenset().union(*(each.apart for each in stretches)),
    )


def whole_said(stretches: Sequence[Said]) -> Said:
    """What is said of a payload, from what is said of its stretches."""
    if len(stretches) == 1:
        return stretches[0]
    findings = sorted(chain.from_iterable(each.findings for each in stretches))
    return Said(tuple(findings), tuple(chain.from_iterable(each.verdicts for each in stretches)))


class Difference(NamedTuple):
    """What a rule, or the verdict (`VERDICT`), says of the originals and not of the copies, or the reverse."""

    rule: str
    reason: str | None
    """Why, if that is to be expected of any copy."""
    lost: int
    new: int
    payloads: int


def said(examined: Examined, thresholds: Thresholds) -> Said:
    """What rules and verdicts say of a payload."""
    findings = sorted((each.rule, each.severity, each.pointer) for each in examined.result.findings)
    verdicts = []
    cut = examined.document.cut if examined.document else frozenset()
    for path, session in sessions_in(examined.readable):
        # What is lost of a session may be what ailed it: none is told then.
        verdict = None if path in cut else weigh(session, thresholds)
        verdicts.append((verdict.part, verdict.confidence) if verdict else ("", ""))
    return Said(tuple(findings), tuple(verdicts))


def apart(examined: Examined) -> frozenset[Path]:
    """The sessions of a payload that are not compared with others of the run."""
    compared = {path for path, _, _ in examined.result.identities}
    return frozenset(path for path, _ in sessions_in(examined.readable) if path not in compared)


class Comparison:
    """Gathers differences, a payload at a time."""

    def __init__(self) -> None:
        self.payloads = 0
        self.unchanged = 0
        self.changed = 0
        """Payloads with a difference that is not to be expected."""
        self._lost: Counter[_Key] = Counter()
        self._new: Counter[_Key] = Counter()
        self._payloads: Counter[_Key] = Counter()

    def add(self, original: Source, copy: Said) -> None:
        """One payload and its copy."""
        self.payloads += 1
        if original.said == copy:
            self.unchanged += 1
            return
        before, after = Counter(original.said.findings), Counter(copy.findings)
        lost, new = before - after, after - before
        told: set[_Key] = set()
        for found, counts in ((lost, self._lost), (new, self._new)):
            for (rule, _, _), count in found.items():
                # Of the copy as a file, there should be nothing to say.
                is_of_the_copy = found is new and rule.startswith("CAP")
                key = (rule, None if is_of_the_copy else _reason(rule, original))
                counts[key] += count
                told.add(key)
        if original.said.verdicts != copy.verdicts:
            key = (VERDICT, _OF_BROKEN if original.is_broken else None)
            changed = sum(one != other for one, other in zip_longest(original.said.verdicts, copy.verdicts))
            self._lost[key] += changed
            self._new[key] += changed
            told.add(key)
        self._payloads.update(told)
        self.changed += any(reason is None for _, reason in told)

    def differences(self) -> tuple[Difference, ...]:
        """Those that are not to be expected first, then by rule."""
        return tuple(
            Difference(*key, self._lost[key], self._new[key], self._payloads[key])
            for key in sorted(self._payloads, key=lambda key: (key[1] is not None, key[0], key[1] or ""))
        )


_Key: TypeAlias = tuple[str, str | None]


def _reason(rule: str, original: Source) -> str | None:
    if rule.startswith("CAP"):
        return _OF_THE_FILE
    if original.is_broken:
        return _OF_BROKEN
    if rule == "SCH004" or (rule in _COUNTING_KEYS and original.lacks_fields):
        return _OF_UNDOCUMENTED
    return _OF_XML if rule == "SCH002" and original.is_xml else None
