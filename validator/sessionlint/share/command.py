"""The command `sessionlint share`: captures into a copy, the copy checked, and what was done told."""

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sessionlint.capture import Capture
from sessionlint.escape import printable
from sessionlint.intake.files import STANDARD_INPUT, captures
from sessionlint.intake.names import EXCLUDED
from sessionlint.paths import reason_of
from sessionlint.share.addresses import BASES, KEPT_ADDRESSES
from sessionlint.share.archive import Archive, ShareError
from sessionlint.share.compare import VERDICT, Comparison, Difference, Said, Source, apart, said, whole, whole_said
from sessionlint.share.leaks import LeakCheck, addresses_in
from sessionlint.share.pseudonyms import KEY_BYTES
from sessionlint.share.rewrite import UNDOCUMENTED, WHATS, Rewriter, What
from sessionlint.share.serialise import Items, as_json, as_json_line, as_xml, ending
from sessionlint.triage.bounded import Distinct
from sessionlint.triage.model import Number

if TYPE_CHECKING:
    from sessionlint.config import Config
    from sessionlint.document import Document, Json
    from sessionlint.finding import Path
    from sessionlint.linter import Examined, Result

_MOST_DISTINCT: Final = 100_000
_LONGEST_KNOWN: Final = 100
"""Characters of a value that is remembered as it is, to count different ones."""
_LONGEST_KEY: Final = 1 << 16
_CREDENTIAL_RULE: Final = "CAP017"
_CREDENTIAL: Final = "credential"
_STRETCH: Final = "part that could not be read"
_NO_LIMIT: Final = 1 << 62
_MOST_DRAWS: Final = 8
"""Times that another key is drawn where a pseudonym happens to be an address of the original."""
_FEW_COINCIDENCES: Final = 3
"""With more of them, no other key would do better: the dump uses a private block to the full."""


class Altered(NamedTuple):
    """How many values of a kind are others in the copy."""

    what: What
    values: int
    distinct: Number


class Shared(NamedTuple):
    """What became of a dump."""

    output: str
    """The path of the copy; empty if there was nothing to copy."""
    captures: int
    payloads: int
    sessions: int
    altered: tuple[Altered, ...]
    left_out: dict[str, int]
    """Values by reason."""
    unreadable: dict[str, int]
    """Captures that are left out because no payload could be made of them, by the first rule that says why."""
    skipped: dict[str, int]
    """Captures that are left out because they are none, by reason."""
    looked_for: int
    """Original values that were looked for in the copy."""
    unchanged: int
    """Payloads of which rules and verdicts say what they said of the original."""
    changed: int
    """Payloads of which they say something else, though nothing that is left out explains it."""
    differences: tuple[Difference, ...]
    coincidences: int
    """Addresses of the copy that, by chance, are those of something else in the original."""
    has_given_key: bool

    @property
    def is_as_expected(self) -> bool:
        """Whether rules and verdicts are unchanged, but for what changes in any copy."""
        return not self.changed


def read_key(path: str) -> bytes:
    """The key in a file: its bytes as they are. Raises `ShareError`."""
    try:
        with open(path, "rb") as file:
            key = file.read(_LONGEST_KEY + 1)
    except OSError as error:
        raise ShareError(f"cannot read {printable(path)}: {reason_of(error)}") from None
    if not KEY_BYTES <= len(key) <= _LONGEST_KEY:
        raise ShareError(f"{printable(path)} is no key: it must have {KEY_BYTES} to {_LONGEST_KEY} bytes")
    return key


def run(names: Sequence[str], output: str, settings: "Config", key: bytes | None = None) -> Shared:
    """Writes a copy of what the paths lead to, checks it, and only then puts it at ``output``.

    Without a ``key``, one is drawn and forgotten. Raises `ShareError`; nothing is left behind then.
    """
    draws_left = 0 if key or STANDARD_INPUT in names else _MOST_DRAWS
    while True:
        with Archive(output) as archive:
            made = _Copy(archive, settings, key or secrets.token_bytes(32))
            made.write(names)
            if draws_left and 0 < len(made.coincidences()) <= _FEW_COINCIDENCES:
                draws_left -= 1
                continue
            if made.sources:
                archive.finish()
                made.compare()
                archive.place()
            return made.shared(output if made.sources else "", has_given_key=key is not None)


def _beside_sessions(tree: "Json") -> "Json":
    """What a copy holds beside its sessions, which were looked at one by one, together with what they keep."""
    if isinstance(tree, list):
        return [_beside_sessions(item) for item in tree]
    return _beside_sessions(tree.get("userSessions")) if isinstance(tree, dict) else tree


class _Copy:
    """A copy on its way."""

    def __init__(self, archive: Archive, settings: "Config", key: bytes) -> None:
        from sessionlint.engine import Engine
        from sessionlint.rule import registry
        from sessionlint_rules.diagnosis import Thresholds

        self._archive = archive
        self._own_name = os.path.basename(archive.path)
        self._settings = settings
        # All rules, and none twice: the verdict is weighed from what they read.
        options = settings.options()._replace(selected=frozenset(registry()) - {VERDICT}, lines=False, redact=False)
        self._engine: Engine = Engine(options)
        self._thresholds = Thresholds.of(settings.thresholds)
        self._rewriter = Rewriter(key, self._see)
        self._leaks = LeakCheck()
        self._comparison = Comparison()
        self._values: Counter[What] = Counter()
        self._distinct = {what: Distinct(_MOST_DISTINCT) for what in WHATS}
        self._original_addresses, self._made_addresses = Distinct(_MOST_DISTINCT), Distinct(_MOST_DISTINCT)
        self._left_out: Counter[str] = Counter()
        self._unreadable: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._captures = self._sessions = 0
        self._copied = ""
        """The address of the capture that was copied last."""
        self._stretches: list[Source] = []
        """What is said of it: a long response comes in stretches."""
        self.sources: list[Source] = []
        """What is said of each original, in the order of the copy."""
        self._known: dict[Source, Source] = {}
        """Of many payloads the same is said: it is held once."""

    def write(self, names: Iterable[str]) -> None:
        """Goes through the input."""
        from sessionlint.corpus import Corpus
        from sessionlint.linter import compared, examine
        from sessionlint.progress import heed_interrupt

        limits = self._settings.all_limits()
        corpus = Corpus()
        for capture in captures(names, limits, excluded=self._excluded()):
            heed_interrupt()
            examined = examine(self._engine, capture, limits, self._settings.foreign)
            result, document, _ = examined
            if capture.skipped == EXCLUDED and self._is_own(capture.address):
                continue
            self._captures += not result.continues
            for finding in result.findings:
                if finding.rule == _CREDENTIAL_RULE:
                    self._left_out[_CREDENTIAL] += 1
            if document is None:
                self._pass_over(result)
            else:
                self._add(capture, compared(self._engine, capture, examined, corpus), document)
        self._end_payload()

    def _pass_over(self, result: "Result") -> None:
        if result.continues:
            # Where nothing before it was copied, it was told with the first stretch that this capture is left out.
            if result.capture == self._copied:
                self._left_out[_STRETCH] += 1
        elif result.skipped:
            self._skipped[result.skipped] += 1
        elif result.obstacle:
            self._unreadable[result.obstacle] += 1

    def _excluded(self) -> Callable[[str], bool]:
        """What is configured, and the copy itself, should it be made in a folder that is read."""
        configured = self._settings.excluded()
        return lambda address: self._is_own(address) or configured(address)

    def _is_own(self, address: str) -> bool:
        return address.rpartition("/")[2] == self._own_name

    def _add(self, capture: Capture, examined: "Examined", document: "Document") -> None:
        rewriter = self._rewriter
        rewriter.left_out.clear()
        is_line = bool(capture.file) and capture.exchange is None
        if capture.stretch:
            items = Items(rewriter.items(document.parts, document.made_up), capture.stretch.within)
            tree = items.tree
        else:
            tree = rewriter.rewritten(document.tree, document.made_up)
        self._see(_beside_sessions(tree) if rewriter.changes else None)
        if capture.stretch and capture.address == self._copied:
            self._archive.go_on(items.more(is_line=is_line))
        else:
            self._end_payload()
            self._copied = capture.address
            self._begin(capture, tree, document, is_line=is_line)
        self._sessions += examined.result.sessions
        self._left_out.update(rewriter.left_out)
        self._stretches.append(
            Source(
                said(examined, self._thresholds),
                is_xml=document.format == "xml",
                is_broken=bool(document.made_up or document.cut),
                lacks_fields=UNDOCUMENTED in rewriter.left_out,
                apart=apart(examined),
            )
        )

    def _begin(self, capture: Capture, tree: "Json", document: "Document", *, is_line: bool) -> None:
        """Writes the copy of a capture, or as much of a long response as came with it."""
        if document.format == "xml" and not is_line:
            self._archive.add(capture, as_xml(tree), "xml")
            return
        data = as_json_line(tree) if is_line else as_json(tree)
        self._archive.add(capture, data, "jsonl" if is_line else "json", ending(tree, data, is_line=is_line))

    def _end_payload(self) -> None:
        """Keeps what is said of the payload that was copied last."""
        if self._stretches:
            source = whole(self._stretches)
            self.sources.append(self._known.setdefault(source, source))
            self._stretches.clear()

    def _see(self, made: "Json") -> None:
        """Looks for what was altered in what was made, and counts it. Raises `ShareError`."""
        rewriter = self._rewriter
        leaked = self._leaks.leaked(rewriter.changes, rewriter.kept, as_json_line(made).decode())
        if leaked:
            raise ShareError(f"no copy is made: one of the {leaked} was found in it unaltered, which is a fault")
        for what, original, pseudonym in rewriter.changes:
            self._values[what] += 1
            self._distinct[what].add(original if len(original) <= _LONGEST_KNOWN else f"{hash(original):x}")
            # The base of a special block stays where the network is that block: 10.0.0.0 with the mask 255.0.0.0.
            if what in ("addresses", "host names") and not (original == pseudonym and original in BASES):
                for text, seen in ((original, self._original_addresses), (pseudonym, self._made_addresses)):
                    for address in addresses_in(text):
                        seen.add(address)
        rewriter.changes.clear()
        rewriter.kept.clear()

    def compare(self) -> None:
        """Reads the copy as anybody would, and compares what is said of it. Raises `ShareError` if it can't be read."""
        copies = self._said_of_copies()
        for source in self.sources:
            copy = next(copies, None)
            if copy is None:
                break
            self._comparison.add(source, copy)
        if self._comparison.payloads != len(self.sources) or next(copies, None) is not None:
            raise ShareError("no copy is made: it could not be read back whole, which is a fault")

    def _said_of_copies(self) -> Iterator[Said]:
        from sessionlint.corpus import Corpus
        from sessionlint.linter import compared, examine

        # Who made it knows that it is no bomb: it may have more members than an input may.
        most = dict.fromkeys(("members", "expanded_bytes", "expansion_ratio", "document_bytes"), _NO_LIMIT)
        limits = self._settings.all_limits()._replace(**most)
        corpus = Corpus()
        sources = iter(self.sources)
        stretches: list[Said] = []
        not_compared: frozenset[Path] = frozenset()
        for capture in captures([self._archive.path], limits):
            if capture.stretch is None:
                if stretches:
                    yield whole_said(stretches)
                    stretches.clear()
                not_compared = next((source.apart for source in sources), frozenset())
            examined = examine(self._engine, capture, limits)
            identities = tuple(each for each in examined.result.identities if each[0] not in not_compared)
            examined = examined._replace(result=examined.result._replace(identities=identities))
            stretches.append(said(compared(self._engine, capture, examined, corpus), self._thresholds))
        yield whole_said(stretches)

    def coincidences(self) -> set[str]:
        """Addresses of the copy that the original has too, elsewhere; bounded, as what is remembered."""
        return set(self._original_addresses).intersection(self._made_addresses) - KEPT_ADDRESSES

    def shared(self, output: str, *, has_given_key: bool) -> Shared:
        """What was done."""
        return Shared(
            output,
            self._captures,
            len(self.sources),
            self._sessions,
            tuple(
                Altered(what, self._values[what], Number(len(distinct), distinct.is_exact))
                for what, distinct in self._distinct.items()
                if self._values[what]
            ),
            dict(sorted(self._left_out.items())),
            dict(sorted(self._unreadable.items())),
            dict(sorted(self._skipped.items())),
            self._leaks.checked,
            self._comparison.unchanged,
            self._comparison.changed,
            self._comparison.differences(),
            len(self.coincidences()),
            has_given_key,
        )
