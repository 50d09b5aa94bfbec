r"""A rule's page: its docstring, read into parts.

The form, which a test holds every rule to, and `faults` those of other packages::

    One sentence: what is wrong.

    Why it matters, in a few sentences.

    Documented: "the documentation's own words"      (or Standard:, Reason:, Seen:)
    Remedy: What to do about it.

    Bad:
        {"pktsSent": 10, "pktsReceived": 11}
    Good: a ping that lost everything
        {"pktsSent": 10, "pktsReceived": 0}

``Bad`` and ``Good`` may come several times, each with a remark after the colon. An example is the
object that the rule looks at; for a session or the network profile, only the fields that matter: the
others are those of a sound one. For a rule of the capture it is the whole file, in which ``\xNN`` and
``\uNNNN`` stand for bytes and characters that cannot be shown. ``(…)`` in parentheses is a
description in place of an example.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from textwrap import dedent
from typing import Final, NamedTuple

from sessionlint.rule import ARITHMETIC, CAPTURE, DOCUMENTED, EXAMPLE, PLAUSIBLE, STANDARD, Basis, Rule

BASES: Final = ("Documented", "Standard", "Reason", "Seen")
"""The headings under which a page says what its rule rests on."""

_HEADINGS: Final[Mapping[Basis, tuple[str, ...]]] = {
    DOCUMENTED: ("Documented",),
    STANDARD: ("Standard",),
    ARITHMETIC: ("Reason",),
    PLAUSIBLE: ("Reason",),
    EXAMPLE: ("Seen",),
    CAPTURE: BASES,
}
"""By basis, the headings of which a page has one."""


class Example(NamedTuple):
    """One example of a page."""

    remark: str
    text: str

    @property
    def is_described(self) -> bool:
        """Whether it only tells in words what cannot be shown."""
        return self.text.startswith("(")


class Page(NamedTuple):
    """What a rule's docstring says."""

    summary: str
    why: str
    bases: tuple[tuple[str, str], ...]
    """Heading and text: what the rule rests on."""
    remedy: str | None
    bad: tuple[Example, ...]
    good: tuple[Example, ...]


_HEADING = re.compile(r"^(Documented|Standard|Reason|Seen|Remedy|Bad|Good):[ ]*", re.MULTILINE)


@cache
def page_of(rule: Rule) -> Page:
    """The page of a rule."""
    summary, _, rest = rule.docstring.strip().partition("\n")
    why, *sections = _HEADING.split(dedent(rest))
    bases: list[tuple[str, str]] = []
    examples: dict[str, list[Example]] = {"Bad": [], "Good": []}
    remedy = None
    for heading, text in zip(sections[::2], sections[1::2], strict=True):
        if heading in examples:
            remark, _, body = text.partition("\n")
            examples[heading].append(Example(remark.strip(), dedent(body).strip("\n").rstrip()))
        elif heading == "Remedy":
            remedy = _joined(text)
        else:
            bases.append((heading, _joined(text)))
    return Page(summary.strip(), why.strip(), tuple(bases), remedy, tuple(examples["Bad"]), tuple(examples["Good"]))


_SUMMARY = re.compile(r"(?:[A-Z`].*[^.]|[a-z]+[A-Z].*)\.")
_SENTENCE_ENDS = re.compile(r"\.(?: |$)")


def faults(rule: Rule) -> Iterator[str]:
    """What a rule's page lacks of the form, each in one line."""
    page = page_of(rule)
    if not _SUMMARY.fullmatch(page.summary) or len(_SENTENCE_ENDS.findall(page.summary)) != 1:
        yield "the first line of its docstring must be one sentence that says what is wrong"
    if not page.why:
        yield "its docstring must say why it matters"
    headings = _HEADINGS[rule.basis]
    if not any(heading in headings and text for heading, text in page.bases):
        yield f"its docstring must say what it rests on ({rule.basis}), as `{headings[0]}: …`"
    if not page.remedy or not page.remedy.endswith("."):
        yield "its docstring must have a remedy that ends with a full stop, as `Remedy: …`"
    for heading, examples in (("Bad", page.bad), ("Good", page.good)):
        if not examples or not all(example.text for example in examples):
            yield f"its docstring must have an example under `{heading}:`"
    for name in rule.thresholds:
        if name not in rule.docstring:
            yield f"its docstring must name its threshold {name}"


def _joined(text: str) -> str:
    return " ".join(text.split())
