"""What became of a dump, for people: all that they need before they send the copy."""

from collections.abc import Iterable, Iterator
from typing import Final

from sessionlint.escape import printable
from sessionlint.report.words import count
from sessionlint.rule import registry
from sessionlint.share.command import Altered, Shared
from sessionlint.share.compare import VERDICT, Difference

_STAYS: Final = (
    "Times, measurements, counts, ports and response codes are as they were, and so are the names of browsers, "
    "hardware and Wi-Fi vendors that many users have."
)


def render(shared: Shared) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines(shared))


def _lines(shared: Shared) -> Iterator[str]:
    if not shared.output:
        yield "sessionlint share: no payload, so no copy is made."
        yield from _section("Left out", _left_out(shared))
        return
    what = f"{count(shared.payloads, 'payload')} with {count(shared.sessions, 'session')}"
    yield f"sessionlint share: {printable(shared.output)} has {what}."
    yield from _section("Altered", _altered(shared.altered))
    yield from _section("Left out", _left_out(shared))
    yield ""
    yield from _compared(shared)
    yield ""
    yield f"{count(shared.looked_for, 'original value')} looked for in the bytes of the copy: none is there."
    if shared.coincidences:
        yield (
            f"{count(shared.coincidences, 'pseudonym')} of addresses happen to be addresses that something else has in "
            "the original: small private networks have no others."
        )
    yield _STAYS
    if shared.has_given_key:
        yield "Whoever has the key can tell which pseudonym is whose: keep it to yourself."
    else:
        yield "The key was drawn for this copy and is forgotten: another copy has other pseudonyms."


def _compared(shared: Shared) -> Iterator[str]:
    if shared.changed:
        yield f"Rules or verdicts say something else of {count(shared.changed, 'payload')}, which should not be:"
        yield from _indented(_aligned(_difference(each) for each in shared.differences if not each.reason))
        yield ""
    told = (
        f"Rules and verdicts say of {count(shared.payloads - shared.changed, 'payload')} what they said of the original"
    )
    expected = [each for each in shared.differences if each.reason]
    if not expected:
        yield f"{told}."
        return
    yield f"{told}, but for what changes in any copy:"
    yield from _indented(_aligned(map(_difference, expected)))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in lines)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield ""
        yield title
        yield from _indented(listed)


def _altered(altered: Iterable[Altered]) -> Iterator[str]:
    rows = [(each.what, str(each.values), _distinct(each)) for each in altered]
    width = max((len(values) for _, values, _ in rows), default=0)
    return _aligned((what, f"{values:>{width}}", distinct) for what, values, distinct in rows)


def _distinct(altered: Altered) -> str:
    number, is_exact = altered.distinct
    return f"{number} different" if is_exact else f"{number} different or more"


def _left_out(shared: Shared) -> Iterator[str]:
    for reason, number in shared.left_out.items():
        what, that, rest = reason.partition(" that ")
        yield f"{count(number, what)}{that}{rest}"
    rules = registry()
    for rule, number in shared.unreadable.items():
        yield f"{count(number, 'capture')}: unreadable ({rule} {rules[rule].name})"
    for reason, number in shared.skipped.items():
        yield f"{count(number, 'capture')}: {reason}"


def _difference(each: Difference) -> tuple[str, ...]:
    if each.rule == VERDICT:
        told = f"{count(each.lost, 'verdict')} changed"
    else:
        told = ", ".join([f"{each.lost} gone"] * bool(each.lost) + [f"{each.new} new"] * bool(each.new))
    return each.rule, told, f"in {count(each.payloads, 'payload')}", each.reason or ""


def _aligned(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for row in listed:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
