"""One defect, one finding: several places that one cause explains."""

from sessionlint.finding import Note, Problem


def as_one(problems: list[Problem]) -> Problem | None:
    """The first problem, the others as its related places; ``None`` where there is none."""
    if not problems:
        return None
    first, *others = problems
    notes = (Note(other.path, other.message) for other in others)
    return first._replace(related=(*first.related, *notes))
