"""Rules about the pages of a session."""

from sessionlint.finding import ERROR, INFO, WARNING, Problem, note, problem
from sessionlint.payload import Page, PageTimings, Session
from sessionlint.rule import ARITHMETIC, PLAUSIBLE, STANDARD, Outcome, Violation, rule
from sessionlint_rules.gathering import as_one
from sessionlint_rules.times import plausible_seconds


@rule("PAG001", on=Page, severity=ERROR, basis=STANDARD, needs=("responseCode",))
def response_code_out_of_range(page: Page) -> Outcome:
    """The response code is no HTTP status code.

    A status code is a number from 100 to 599. Two kinds of other numbers are seen and are warnings: 0
    stands for a request that was aborted before an answer came, and some sites answer with numbers
    from 600 to 999 of their own.

    Documented: "HTTP response code"
    Standard: RFC 9110, section 15: "All valid status codes are within the range of 100 to 599, inclusive."
    Remedy: Write the status code of the final answer.

    Bad:
        {"id": "page_1", "responseCode": 99}
    Bad:
        {"id": "page_1", "responseCode": 1000}
    Bad: an aborted request
        {"id": "page_1", "responseCode": 0}
    Bad: a site's own
        {"id": "page_1", "responseCode": 999}
    Good: the lowest
        {"id": "page_1", "responseCode": 100}
    Good: in range, although nobody registered it
        {"id": "page_1", "responseCode": 599}
    """
    code = page["responseCode"]
    if 100 <= code <= 599:
        return None
    meaning = "which is what an aborted request leaves" if code == 0 else "not between 100 and 599"
    return problem("responseCode", f"responseCode is {{}}, {meaning}", code, severity=WARNING)


@response_code_out_of_range.violated
def _no_status_code(violation: Violation) -> Problem:
    return problem((), "responseCode is {}, not between 100 and 599", violation.value)


@rule("PAG002", on=PageTimings, severity=WARNING, basis=ARITHMETIC, needs=("onContentLoad", "onLoad"))
def content_after_load(timings: PageTimings) -> Outcome:
    """The page was loaded before its content was.

    A browser fires DOMContentLoaded, then load; both are counted from the same start. Where one of the
    two is 0 or less, it was not measured.

    Documented: "object with two integer parameters returning the number of milliseconds to DOM Load
    (`onContentLoad`) and Page Load ( `onLoad`)"
    Reason: by the HTML standard the load event comes when everything is there, the parsed document included.
    Remedy: Check whether the two were swapped.

    Bad:
        {"onContentLoad": 4569, "onLoad": 1483}
    Good: at the same time
        {"onContentLoad": 1483, "onLoad": 1483}
    Good: the page was left before it was loaded
        {"onContentLoad": 1483, "onLoad": 0}
    """
    content, load = timings["onContentLoad"], timings["onLoad"]
    if content <= load or load <= 0:
        return None
    return problem(
        "onContentLoad",
        "onContentLoad is {} ms, later than onLoad, {} ms",
        content,
        load,
        related=(note("onLoad", "{} ms", load),),
    )


@rule("PAG003", on=PageTimings, severity=WARNING, basis=STANDARD)
def negative_timing(timings: PageTimings) -> Outcome:
    """A page's timing is negative, and not the -1 that stands for "not available".

    Nothing happens before the page starts to load. The names and the form of a page are those of HAR,
    the archive format of browsers, in which -1 is a timing that the browser doesn't have; any other
    negative number means nothing.

    Standard: HAR 1.2, pageTimings: "Use -1 if the timing does not apply to the current request."
    Remedy: Leave the page's timings out of every sum.

    Bad:
        {"onContentLoad": -5, "onLoad": 4569}
    Bad: both
        {"onContentLoad": -1483, "onLoad": -4569}
    Good: not available
        {"onContentLoad": 1483, "onLoad": -1}
    Good:
        {"onContentLoad": 0, "onLoad": 0}
    """
    content, load = timings.get("onContentLoad", 0), timings.get("onLoad", 0)
    if content >= 0 and load >= 0:
        return None
    return as_one(
        [
            problem(name, f"{name} is {{}} ms, before the page started", value)
            for name, value in (("onContentLoad", content), ("onLoad", load))
            if value < 0 and value != _NOT_AVAILABLE
        ]
    )


_NOT_AVAILABLE = -1


@rule("PAG004", on=Session, severity=INFO, basis=PLAUSIBLE, needs=("pages",), unless=("SES003",))
def page_outside_session(session: Session, *, clock_skew_seconds: float = 5) -> Outcome:
    """A page started before its session's date, or after the session was committed.

    A session is made of the pages that were visited in it. A page outside of it was visited in another
    one, or the clocks disagree, which they may by clock-skew-seconds. The documentation's own example
    has such a page, eight seconds late. One finding a session for the pages that are too early, one for those
    that are too late: a clock that is wrong moves them all.

    Documented: "the date/time when page load started; all dates are UTC"
    Reason: the pages of a session are visited in it, but the agent's and the controller's clocks are not the same.
    Remedy: Compare the clock of the agent's computer with UTC.

    Bad: before the session
        {"numberOfPages": 1, "pages": [{"id": "page_0", "startedDateTime": "2017-03-26 11:58:37"}]}
    Bad: after it was committed
        {"numberOfPages": 1, "pages": [{"id": "page_0", "startedDateTime": "2017-03-26 11:59:04"}]}
    Good: within the tolerance
        {"numberOfPages": 2, "pages": [{"id": "page_0", "startedDateTime": "2017-03-26 11:58:38"},
                                       {"id": "page_1", "startedDateTime": "2017-03-26 11:59:03"}]}
    """
    starts = [page["startedDateTime"] for page in session["pages"] if page and "startedDateTime" in page]
    if not starts or session.get("date", "") <= min(starts) <= max(starts) <= session.get("committed", "9"):
        return None
    begin = plausible_seconds(session["date"]) if "date" in session else None
    end = plausible_seconds(session["committed"]) if "committed" in session else None
    early, late = [], []
    for index, page in enumerate(session["pages"]):
        if not page or "startedDateTime" not in page:
            continue
        start = plausible_seconds(page["startedDateTime"])
        if start is None:
            continue
        place = ("pages", index, "startedDateTime")
        if begin is not None and start < begin - clock_skew_seconds:
            near = note("date", "date is {}", session["date"])
            words = "the page started {} seconds before the session's date"
            early.append(problem(place, words, begin - start, related=(near,)))
        elif end is not None and start > end + clock_skew_seconds:
            near = note("committed", "committed is {}", session["committed"])
            words = "the page started {} seconds after the session was committed"
            late.append(problem(place, words, start - end, related=(near,)))
    return [told for told in (as_one(early), as_one(late)) if told]
