"""What decode hands on: a payload as plain dicts and lists, and the way from a place to its line."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

from sessionlint.finding import Defect, Path, Span
from sessionlint.recognise import Part, parts

if TYPE_CHECKING:
    from sessionlint.decode.text import Lines

Json: TypeAlias = Any
"""``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` or ``None``."""

BROKEN_TEXT: Final = frozenset(("CAP003", "CAP004", "CAP013", "CAP016"))
"""The rules that say of a text that it is not whole, or was repaired to be read."""

_AROUND = 200
"""Code points of a line that are shown on either side of a place: more than any screen has room for."""


class Document(ABC):
    """A decoded payload.

    ``defects`` are what decoding found. ``made_up`` are places whose value the file does not hold (a
    ``NaN``, a value that was missing), or only damaged: nothing is said of them again. ``cut`` are the objects and
    lists that the end of a cut-off file left open: what they lack is unknown.
    """

    format: ClassVar[Literal["json", "xml"] | None]
    """``None`` for a payload that was parsed by somebody else."""
    as_saved: "Lines | None" = None
    """The lines as they were, if spaces took the place of some of their text before they were read."""

    def __init__(
        self,
        tree: Json,
        defects: tuple[Defect, ...] = (),
        made_up: frozenset[Path] = frozenset(),
        cut: frozenset[Path] = frozenset(),
    ) -> None:
        self.tree = tree
        self.defects = defects
        self.made_up = made_up
        self.cut = cut
        self._parts: list[Part] | None = None

    @property
    def may_hold_nulls(self) -> bool:
        """Whether a value may be null: where none is, nobody needs to look for one."""
        return True

    @property
    def parts(self) -> list[Part]:
        """The responses and bare sessions in it; none, if it is no payload."""
        if self._parts is None:
            self._parts = self._find_parts()
        return self._parts

    def _find_parts(self) -> list[Part]:
        return parts(self.tree)

    @abstractmethod
    def spans(self, paths: Collection[Path]) -> Mapping[Path, Span]:
        """Where the values at ``paths`` stand in the text, found in one walk; a place that the text lacks is left out."""

    @abstractmethod
    def line(self, number: int) -> str:
        """A line of the text, from 1, without its end."""

    def excerpt(self, place: Span) -> tuple[str, int]:
        """What surrounds the start of a place in its line, and how many code points of the line are before that."""
        start = max(place.column - 1 - _AROUND, 0)
        line = self.as_saved.text(place.line) if self.as_saved else self.line(place.line)
        return line[start : place.column - 1 + _AROUND], start


def pointer(path: Path) -> str:
    """``path`` as a JSON Pointer (RFC 6901)."""
    joined = "/".join(("", *map(str, path)))
    if "~" not in joined and joined.count("/") == len(path):  # nearly always, and much faster
        return joined
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
