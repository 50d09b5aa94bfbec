"""Rules about a session: what lies directly in it, and its coordinates."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Final
from urllib.parse import unquote

from sessionlint.finding import ERROR, INFO, WARNING, Message, Note, Path, Problem, note, problem
from sessionlint.payload import Coordinates, Session
from sessionlint.rule import DOCUMENTED, EXAMPLE, PLAUSIBLE, STANDARD, Outcome, Violation, rule, schema_rule
from sessionlint_rules.addresses import parse_address
from sessionlint_rules.gathering import as_one
from sessionlint_rules.times import (
    EARLIEST,
    are_on_the_calendar,
    epoch_seconds,
    epoch_unit,
    has_form,
    length,
    plausible_seconds,
    to_seconds,
)


@rule("SES001", on=Session, severity=WARNING, basis=PLAUSIBLE, needs=("userSessionId", "roundId"))
def session_id_round_mismatch(session: Session) -> Outcome:
    """The round inside userSessionId is not roundId.

    A session's id reads account, round, token, with colons between them. Where its round is not the
    one that roundId tells, one of the two was edited, or the fields of two sessions were mixed.

    Reason: the id of the documented example is made of the account, the same round as roundId, and a token.
    Remedy: Save the session again, or put right whichever of the two was edited.

    Bad:
        {"userSessionId": "07625:1490529540:h3qJQTpl"}
    Bad: no round at all
        {"userSessionId": "07625::h3qJQTpl"}
    Good: an id of another form says nothing about the round
        {"userSessionId": "h3qJQTpl"}
    Good: padded with a zero
        {"userSessionId": "07625:01490529480:h3qJQTpl"}
    """
    parts = session["userSessionId"].split(":", 3)
    if len(parts) != 3 or is_round(parts[1], session["roundId"]):
        return None
    return problem(
        "userSessionId",
        "userSessionId has the round {}, but roundId is {}",
        parts[1],
        session["roundId"],
        related=(note("roundId", "roundId is {}", session["roundId"]),),
    )


@rule("SES002", on=Session, severity=ERROR, basis=DOCUMENTED)
def malformed_date_time(session: Session) -> Outcome:
    """A date-time is not of the form yyyy-MM-dd hh:mm:ss, or there is no such day or time.

    What can't be read as a time can't be compared either: the rules that relate the session, its
    pages and its measurements in time are silent about it. Hours run from 00 to 23, all times are UTC,
    and the form has no room for a zone or for fractions of a second.

    Documented: "yyyy-MM-dd hh:mm:ss"
    Documented: "the date/time when endpoint user session took place; all dates are UTC"
    Remedy: Write the time in UTC as yyyy-MM-dd hh:mm:ss, without zone or fraction.

    Bad: another form
        {"date": "2017-03-26T11:58:43Z"}
    Bad: no such day
        {"committed": "2017-02-29 11:58:58"}
    Bad: no such hour
        {"date": "2017-03-26 24:00:00"}
    Bad: a page's
        {"pages": [{"id": "page_0", "startedDateTime": "2017-04-31 11:58:43"}], "numberOfPages": 1}
    Good: the 29th of February of a leap year
        {"userSessionId": "07625:1456790340:h3qJQTpl", "roundId": 1456790340,
         "date": "2016-02-29 23:59:12", "committed": "2016-02-29 23:59:59",
         "permalink": "https://app.thousandeyes.com/view/endpoint-agent/?roundId=1456790340&__aid=7625",
         "pages": [], "numberOfPages": 0, "network": {}}
    """
    if are_on_the_calendar(_texts(session)):
        return None
    unreadable = [place for place in _times(session) if epoch_seconds(place[1]) is None]
    own = [_no_such_time(place) for place in unreadable if len(place[0]) == 1]
    of_pages = [_no_such_time(place) for place in unreadable if len(place[0]) > 1]
    together = as_one(own)
    return [together, *of_pages] if together else of_pages or None


def _no_such_time(place: tuple[Path, str]) -> Problem:
    path, text = place
    return problem(path, f"{path[-1]} is {{}}, {_NO_SUCH_TIME}", text)


_NO_SUCH_TIME: Final = "and there is no such day or time"


@malformed_date_time.violated
def _outside_of_the_form(violation: Violation) -> Problem:
    what = _NO_SUCH_TIME if has_form(violation.value) else "not a time of the form yyyy-MM-dd hh:mm:ss"
    return problem((), f"{violation.field} is {{}}, {what}", violation.value)


@rule("SES003", on=Session, severity=WARNING, basis=PLAUSIBLE, needs=("date", "committed"))
def committed_before_date(session: Session, *, clock_skew_seconds: float = 5) -> Outcome:
    """The session was committed before it took place.

    The agent notes when a session takes place, the controller when it is committed. A commit that
    comes first means that the two clocks disagree, or that one of the times was edited. They may
    differ by clock-skew-seconds.

    Documented: "the date/time when endpoint user session was committed to the controller; all dates are UTC"
    Reason: a session that did not take place yet can't be committed, but the two clocks are not the same.
    Remedy: Compare the clock of the agent's computer with UTC.

    Bad:
        {"committed": "2017-03-26 11:58:37"}
    Good: within the tolerance
        {"committed": "2017-03-26 11:58:38", "pages": [], "numberOfPages": 0}
    Good: committed much later, when the agent was connected again
        {"committed": "2017-04-26 11:58:43"}
    """
    if session["committed"] >= session["date"]:
        return None
    date, committed = plausible_seconds(session["date"]), plausible_seconds(session["committed"])
    if date is None or committed is None or committed + clock_skew_seconds >= date:
        return None
    return problem(
        "committed",
        "committed is {} seconds before date",
        date - committed,
        related=(note("date", "date is {}", session["date"]),),
    )


@rule("SES004", on=Session, severity=WARNING, basis=PLAUSIBLE, needs=("date", "roundId"))
def date_far_from_round(session: Session, *, round_gap_max_minutes: float = 60) -> Outcome:
    """The session's date is far from its round.

    A round is named by the time at which it began, in seconds since the epoch, and a session belongs
    to the round it took place in. More than round-gap-max-minutes between them means a wrong clock, or
    fields of two sessions. The documentation's own example has four days between them.

    Reason: in the documentation's other examples the round is the minute in which the session's data was measured.
    Remedy: Check the clock of the agent's computer, and that date and roundId are of the same session.

    Bad:
        {"date": "2017-03-26 10:57:59"}
    Good: an hour before its round
        {"date": "2017-03-26 10:58:00"}
    """
    date, round_id = plausible_seconds(session["date"]), session["roundId"]
    if date is None or epoch_unit(round_id) != "seconds":
        return None
    gap = abs(date - round_id)
    if gap / 60 <= round_gap_max_minutes:
        return None
    number, unit = length(gap)
    return problem(
        "date",
        f"date is {{}} {unit} {'before' if date < round_id else 'after'} the time that roundId stands for",
        number,
        related=(note("roundId", "roundId is {}", round_id),),
    )


@rule("SES005", on=Session, severity=WARNING, basis=DOCUMENTED, needs=("numberOfPages", "pages"), whole=True)
def page_count_mismatch(session: Session) -> Outcome:
    """The number of pages is not that of the pages that are there.

    Pages were left out of the payload, or added to it.

    Documented: "number of web pages visited on target website"
    Documented: "array of objects containing details about web pages visited during session; each object
    represents one visitage web page"
    Remedy: Save the session again, with all of its pages.

    Bad:
        {"numberOfPages": 3}
    Good: a session without a page
        {"numberOfPages": 0, "pages": []}
    """
    if session["numberOfPages"] == len(session["pages"]) or None in session["pages"]:
        return None
    return problem(
        "numberOfPages",
        "numberOfPages is {}, but pages has {}",
        session["numberOfPages"],
        len(session["pages"]),
        related=(note("pages", "pages has {}", len(session["pages"])),),
    )


@rule("SES006", on=Session, severity=ERROR, basis=DOCUMENTED, needs=("pages",))
def duplicate_page_id(session: Session) -> Outcome:
    """Two pages of one session have the same id.

    What refers to a page by its id can't tell the two apart: a page was copied, or two sessions were
    joined.

    Documented: "web page ID; page ID is unique only within an endpoint user session"
    Remedy: Give every page of the session an id of its own.

    Bad:
        {"numberOfPages": 2, "pages": [{"id": "page_0"}, {"id": "page_0"}]}
    Good: ids are compared as they are written
        {"numberOfPages": 2, "pages": [{"id": "page_0"}, {"id": "PAGE_0"}]}
    """
    try:
        if len({*map(_ID, session["pages"])}) == len(session["pages"]):
            return None
    except (KeyError, TypeError):  # a page has none, or cannot be read
        pass
    first: dict[str, int] = {}
    problems = []
    for index, page in enumerate(session["pages"]):
        if page and "id" in page and first.setdefault(page["id"], index) != index:
            earlier = note(("pages", first[page["id"]], "id"), "the first page with this id")
            problems.append(
                problem(("pages", index, "id"), "the page id {} comes again", page["id"], related=(earlier,))
            )
    return problems or None


_ID: Final = itemgetter("id")


@rule("SES007", on=Session, severity=ERROR, basis=DOCUMENTED, needs=("sourceAddr",))
def malformed_address(session: Session) -> Outcome:
    """The source address is no IP address, or not a public one.

    sourceAddr is the address under which the controller saw the agent. What is no address is an error; an
    address that is not globally reachable (private, shared by a carrier, documentation, …) is a
    warning: an agent behind a proxy, or a payload that was made anonymous.

    Documented: "public IP address of the endpoint agent during the session"
    Standard: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) say what is public.
    Remedy: Write the public IPv4 or IPv6 address of the agent, and nothing beside it.

    Bad:
        {"sourceAddr": "84.255.241.256"}
    Bad: a port beside it
        {"sourceAddr": "84.255.241.1:443"}
    Bad: private
        {"sourceAddr": "10.0.0.13"}
    Bad: shared by the customers of a carrier
        {"sourceAddr": "100.64.0.1"}
    Good: IPv6
        {"sourceAddr": "2a00:1450:4001:80f::200e"}
    """
    address = parse_address(session["sourceAddr"])
    if address is None:
        return problem("sourceAddr", "sourceAddr is {}, not an IP address", session["sourceAddr"])
    if address.is_public:
        return None
    return problem("sourceAddr", "sourceAddr is {}, which is not public", session["sourceAddr"], severity=WARNING)


@schema_rule("SES008", on=Session, severity=ERROR, basis=STANDARD)
def port_out_of_range(violation: Violation) -> Problem:
    """The port is not between 1 and 65535.

    No connection can be made to such a port.

    Documented: "port used to visit target website"
    Standard: RFC 9293 (TCP): a port has 16 bits, and RFC 6335 reserves 0.
    Remedy: Write the port that was connected to: 443 for https, 80 for http, if the site names none.

    Bad:
        {"port": 0}
    Bad:
        {"port": 65536}
    Good:
        {"port": 65535}
    """
    return problem((), "port is {}, not between 1 and 65535", violation.value)


@rule("SES009", on=Session, severity=WARNING, basis=EXAMPLE, needs=("roundId",))
def round_id_not_seconds(session: Session) -> Outcome:
    """The round is not an epoch time in seconds, on a whole minute.

    By its magnitude roundId counts milliseconds, or smaller units: it went through a program that keeps
    time so. A round that does not begin on a whole minute is only an info.

    Seen: roundId of the documentation's example is 1490529480, which is 2017-03-26 11:58:00.
    Remedy: Write the time at which the round began in seconds since the epoch.

    Bad: milliseconds
        {"roundId": 1490529480000}
    Bad: not on a whole minute
        {"userSessionId": "07625:1490529481:h3qJQTpl", "roundId": 1490529481,
         "permalink": "https://app.thousandeyes.com/view/endpoint-agent/?roundId=1490529481&__aid=7625"}
    Good: another minute
        {"userSessionId": "07625:1490529540:h3qJQTpl", "roundId": 1490529540,
         "permalink": "https://app.thousandeyes.com/view/endpoint-agent/?roundId=1490529540&__aid=7625"}
    """
    round_id = session["roundId"]
    unit = epoch_unit(round_id)
    if unit != "seconds":
        return problem("roundId", f"roundId is {{}}, which reads as {unit} since the epoch, not seconds", round_id)
    if round_id % 60:
        return problem("roundId", "roundId is {}, which is not on a whole minute", round_id, severity=INFO)
    return None


@rule("SES010", on=Session, severity=WARNING, basis=PLAUSIBLE, needs=("permalink",))
def permalink_mismatch(session: Session) -> Outcome:
    """The permalink leads to another round or account.

    Its roundId is not that of the session, or its __aid is not the account in userSessionId. Whoever
    follows the link then sees another session than the one that was saved.

    Documented: "hyperlink to endpoint user session details in ThousandEyes Application"
    Reason: in the documented example the link repeats the session's round, and its account without the leading zero.
    Remedy: Take the permalink from the same session.

    Bad: another round
        {"permalink": "https://app.thousandeyes.com/view/endpoint-agent/?roundId=1490529540&__aid=7625"}
    Bad: another account
        {"permalink": "https://app.thousandeyes.com/view/endpoint-agent/?roundId=1490529480&__aid=7626"}
    Good: a link that names neither
        {"permalink": "https://app.thousandeyes.com/share/abc"}
    Good: an id without an account
        {"userSessionId": "h3qJQTpl"}
    """
    link = session["permalink"]
    wrong: list[tuple[Message, Note]] = []
    parts = session.get("userSessionId", "").split(":", 3)
    is_of_another = False
    if "roundId" in session:
        round_id, linked = session["roundId"], _parameter(link, "roundId=")
        is_linked = bool(linked) and is_round(linked or "", round_id)
        # Where the link and the id agree, it is roundId that is wrong, where the link and roundId do, it is the id:
        # SES001 says so.
        is_of_another = is_linked and len(parts) == 3 and not is_round(parts[1], round_id)
        if linked and not is_linked and not (len(parts) == 3 and parts[1].lstrip("0") == linked.lstrip("0")):
            message = Message("the permalink's roundId is {}, but the session's is {}", (linked, round_id))
            wrong.append((message, note("roundId", "roundId is {}", round_id)))
    if len(parts) == 3 and not is_of_another:
        account, linked = parts[0], _parameter(link, "__aid=")
        if account and linked and linked.lstrip("0") != account.lstrip("0"):
            message = Message("the permalink's __aid is {}, but the account in userSessionId is {}", (linked, account))
            wrong.append((message, note("userSessionId", "the account is {}", account)))
    if not wrong:
        return None
    # A link to another session differs in both: that is one defect.
    return Problem(("permalink",), wrong[0][0], tuple(there for _, there in wrong))


def _parameter(link: str, name: str) -> str | None:
    """The value of a parameter of a link's query; ``name`` ends with its equals sign."""
    start = link.find(name)
    while start > 0 and link[start - 1] not in "?&":
        start = link.find(name, start + 1)
    if start <= 0:
        return None
    value = link[start + len(name) :].partition("&")[0]
    return value if value.isalnum() else unquote(value.partition("#")[0])


@schema_rule("SES011", on=Session, severity=ERROR, basis=DOCUMENTED)
def malformed_permalink(violation: Violation) -> Problem:
    """The permalink is not an absolute http or https URL.

    Nobody can follow it.

    Documented: "hyperlink to endpoint user session details in ThousandEyes Application"
    Standard: RFC 3986: an absolute URL has a scheme and a host, and no white space.
    Remedy: Write the whole address, from https:// on.

    Bad: no scheme
        {"permalink": "app.thousandeyes.com/view/endpoint-agent/?roundId=1490529480&__aid=7625"}
    Bad: another scheme
        {"permalink": "ftp://app.thousandeyes.com/view/endpoint-agent/"}
    Bad: no host
        {"permalink": "https:///view/endpoint-agent/"}
    Bad:
        {"permalink": ""}
    Good: schemes know no case
        {"permalink": "HTTPS://app.thousandeyes.com"}
    """
    return problem((), "permalink is {}, not an absolute http or https URL", violation.value)


@schema_rule("SES012", on=Coordinates, severity=ERROR, basis=STANDARD)
def coordinates_out_of_range(violation: Violation) -> Problem:
    """A latitude beyond ±90 degrees, or a longitude beyond ±180.

    There is no such place. Often the two were swapped.

    Documented: "`latitude` and `longitude` are numeric representations of GPS coordinates"
    Standard: WGS 84, the reference system of GPS: latitude from -90 to 90, longitude from -180 to 180 degrees.
    Remedy: Write degrees, and check that the two were not swapped.

    Bad:
        {"latitude": 90.5, "longitude": 14.5144444, "location": "Slovenia"}
    Bad: a longitude
        {"latitude": 46.0552778, "longitude": 180.5, "location": "Slovenia"}
    Bad: swapped
        {"latitude": -122.4194, "longitude": 37.7749, "location": "San Francisco"}
    Good: at the edge
        {"latitude": -90, "longitude": 180, "location": "South Pole"}
    """
    limit = 90 if violation.field == "latitude" else 180
    return problem((), f"{violation.field} is {{}}, not between -{limit} and {limit} degrees", violation.value)


@rule("SES013", on=Coordinates, severity=WARNING, basis=PLAUSIBLE, needs=("latitude", "longitude"))
def null_island(coordinates: Coordinates) -> Outcome:
    """Latitude and longitude are both 0.

    That place is in the Gulf of Guinea, where no agent is: the location was unknown, and zeros stand in
    its place.

    Reason: a program writes zeros for a number that it does not have.
    Remedy: Treat the location as unknown.

    Bad:
        {"latitude": 0, "longitude": 0.0, "location": ""}
    Good: on the equator
        {"latitude": 0, "longitude": 32.5, "location": "Uganda"}
    """
    if coordinates["latitude"] or coordinates["longitude"]:
        return None
    return problem((), "latitude and longitude are both 0: the location is unknown")


@schema_rule("SES014", on=Session, severity=ERROR, basis=DOCUMENTED)
def site_not_a_domain(violation: Violation) -> Problem:
    """The visited site is not just a domain.

    visitedSite has a scheme, a path, a port or white space, or it is empty. Sites are compared and counted by
    this field, and the same one must read the same everywhere; protocol and port have their own fields.

    Documented: "domain used to visit target website"
    Remedy: Write the host alone: www.example.com for https://www.example.com:443/index.html.

    Bad: a scheme
        {"visitedSite": "https://www.thousandeyes.com"}
    Bad: a path
        {"visitedSite": "www.thousandeyes.com/"}
    Bad: a port
        {"visitedSite": "www.thousandeyes.com:443"}
    Bad: white space
        {"visitedSite": "www.thousandeyes.com "}
    Bad: empty
        {"visitedSite": ""}
    Good: a single label
        {"visitedSite": "intranet"}
    Good: an underscore
        {"visitedSite": "build_server.example.com"}
    Good: an IPv4 address
        {"visitedSite": "10.0.0.20"}
    Good: an IPv6 address
        {"visitedSite": "[2001:db8::20]"}
    """
    if violation.value == "":
        return problem((), "visitedSite is empty")
    return problem((), "visitedSite is {}, not a domain alone", violation.value)


@rule("SES015", on=Session, severity=WARNING, basis=PLAUSIBLE, needs=("protocol",))
def unknown_protocol(session: Session) -> Outcome:
    """The protocol is neither http nor https.

    The agent measures visits to web sites, and a browser makes them with one of these two.

    Documented: "protocol used to visit target website"
    Reason: the documentation does not list the protocols, but no other one shows web pages.
    Remedy: Write http or https, in small letters.

    Bad:
        {"protocol": "ftp"}
    Bad: a version is not part of it
        {"protocol": "HTTP/1.1"}
    Good:
        {"protocol": "http", "port": 80}
    """
    if session["protocol"] in ("https", "http"):
        return None
    return problem("protocol", "protocol is {}, neither http nor https", session["protocol"])


@rule("SES016", on=Session, severity=WARNING, basis=EXAMPLE, needs=("experienceScore",))
def score_out_of_range(session: Session) -> Outcome:
    """The experience score is not between 0 and 1.

    Probably experienceScore is a percentage here.

    Seen: later revisions of the documentation describe it as a number from 0 (worst) to 1 (best).
    Remedy: Divide a percentage by 100.

    Bad:
        {"experienceScore": 87}
    Bad:
        {"experienceScore": -0.1}
    Good: the worst
        {"experienceScore": 0}
    Good: the best
        {"experienceScore": 1}
    """
    if 0 <= session["experienceScore"] <= 1:
        return None
    return problem("experienceScore", "experienceScore is {}, not between 0 and 1", session["experienceScore"])


@rule("SES017", on=Session, severity=WARNING, basis=PLAUSIBLE)
def implausible_date(session: Session) -> Outcome:
    """A date-time is before 2010.

    There was no endpoint agent then: the clock was never set, and began to count from where it always
    does. One finding a session, at the first such time. Nothing is concluded from such a time, so
    SES003, SES004, SYS007 and PAG004 are silent about it.

    Reason: a computer whose clock lost its battery wakes up in 1970, 1980, 2000 or the year of its firmware.
    Remedy: Set the clock of the agent's computer.

    Bad:
        {"committed": "1970-01-01 00:00:12"}
    Bad: the last second of 2009
        {"committed": "2009-12-31 23:59:59"}
    Good: the first second of 2010
        {"userSessionId": "07625:1262304000:h3qJQTpl", "roundId": 1262304000,
         "date": "2010-01-01 00:00:00", "committed": "2010-01-01 00:00:00",
         "permalink": "https://app.thousandeyes.com/view/endpoint-agent/?roundId=1262304000&__aid=7625",
         "pages": [], "numberOfPages": 0, "network": {}}
    """
    texts = _texts(session)
    if not texts or min(texts) >= EARLIEST:
        return None
    return as_one(
        [
            problem(path, f"{path[-1]} is {{}}, which is before 2010", text)
            for path, text in _times(session)
            if plausible_seconds(text) is None and epoch_seconds(text) is not None
        ]
    )


def _texts(session: Session) -> list[str]:
    """Every date-time of a session."""
    try:
        return [session["date"], session["committed"], *map(_STARTED, session["pages"])]
    except (KeyError, TypeError):  # one of them is absent, or a page cannot be read
        return [text for _, text in _times(session)]


_STARTED: Final = itemgetter("startedDateTime")


def _times(session: Session) -> Iterator[tuple[Path, str]]:
    """Every date-time of a session with its place: its own in the order of the text, then those of its pages."""
    for key in session:
        if key == "date":
            yield (key,), session["date"]
        elif key == "committed":
            yield (key,), session["committed"]
    for index, page in enumerate(session.get("pages", ())):
        if page and "startedDateTime" in page:
            yield ("pages", index, "startedDateTime"), page["startedDateTime"]


def is_round(text: str, round_id: float) -> bool:
    """Whether a text names the round; a roundId that isn't in seconds is reported itself, and not through others."""
    if text == str(round_id):
        return True
    number = text.lstrip("0") or "0"
    return number in (str(int(round_id)), str(to_seconds(round_id)))
