r"""A rule's page: its docstring, read into parts.

The form, which a test holds every rule to::

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
from functools import cache
from textwrap import dedent
from typing import NamedTuple

from sessionlint.rule import Rule

BASES = ("Documented", "Standard", "Reason", "Seen")
"""The headings under which a page says what its rule rests on."""


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
    summary, _, rest = rule.page.strip().partition("\n")
    why, *sections = _HEADING.split(dedent(rest))
    bases, examples = [], {"Bad": [], "Good": []}  # type: tuple[list[tuple[str, str]], dict[str, list[Example]]]
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


def _joined(text: str) -> str:
    return " ".join(text.split())
