"""The rules of `ping` and `gatewayPing`."""

from collections.abc import Iterable
from math import sqrt
from typing import Final

from sessionlint.finding import ERROR, INFO, WARNING, Problem, listed, note, problem
from sessionlint.payload import Network, Ping, Reduced, Traceroute, lacks
from sessionlint.rule import ARITHMETIC, DOCUMENTED, EXAMPLE, PLAUSIBLE, Violation, rule, schema_rule
from sessionlint_rules.tolerance import float_error, rounding_error

_RTTS: Final = ("minRtt", "avgRtt", "maxRtt", "meanDevRtt")


@schema_rule("PNG001", on=Ping, severity=ERROR, basis=DOCUMENTED)
def error_with_results(violation: Violation) -> Problem:
    """A ping has an error and results beside it.

    A ping that failed has no results, and one that has results did not fail. A reader cannot tell which
    of the two happened.

    Documented: "contains only string `error` parameter if there is an error"
    Remedy: Keep only `error` if the ping failed, and leave `error` out if it did not.

    Bad:
        {"error": "Request timed out", "pktsSent": 10, "pktsReceived": 0}
    Bad: an error beside all six statistics
        {"error": "Request timed out", "pktsSent": 10, "pktsReceived": 9,
         "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Good: results without an error
        {"pktsSent": 10, "pktsReceived": 9, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Good: an error alone
        (`error` is the only key, and `errors` of the network has an entry of its kind)
    """
    return problem((), "error is one of {} keys, but should be the only one", len(violation.value))


@schema_rule("PNG002", on=Ping, severity=ERROR, basis=DOCUMENTED, whole=True)
def incomplete_results(violation: Violation) -> Problem:
    """A ping without an error lacks some of its six statistics.

    What is absent cannot be told from what was never measured. A ping that lost every packet has no
    round trip to time, so it may lack the four of time.

    Documented: "contains number parameters representing results of a ping test performed against the target website"
    Remedy: Capture the response again; if the field is absent again, the agent did not report it.

    Bad:
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116}
    Bad: neither results nor an error
        {}
    Good: everything was lost, so nothing was timed
        {"pktsSent": 10, "pktsReceived": 0}
    Good: everything was lost, and the four of time are 0
        {"pktsSent": 10, "pktsReceived": 0, "minRtt": 0, "avgRtt": 0, "maxRtt": 0, "meanDevRtt": 0}
    """
    verb = "are" if violation.missing[1:] else "is"
    return problem((), f"neither an error nor complete results: {listed(violation.missing)} {verb} missing")


@rule("PNG003", on=Ping, severity=WARNING, basis=PLAUSIBLE, needs=("pktsSent", "pktsReceived"))
def more_packets_received_than_sent(ping: Ping) -> Problem | None:
    """A ping received more packets than it sent.

    A network may duplicate a packet, so a few replies too many do happen. More than twice as many as
    were sent are an error of counting.

    Reason: Each packet is answered once, unless the network duplicates it.
    Remedy: Look for a loop or a mirrored port if a few are too many; if it is more than twice, distrust the counts.

    Bad: a duplicate
        {"pktsSent": 10, "pktsReceived": 11, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Bad: an error, for it is more than twice as many
        {"pktsSent": 10, "pktsReceived": 21, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Good: a ping that lost everything
        {"pktsSent": 10, "pktsReceived": 0, "minRtt": 0, "avgRtt": 0, "maxRtt": 0, "meanDevRtt": 0}
    """
    sent, received = ping["pktsSent"], ping["pktsReceived"]
    if received <= sent:
        return None
    return problem(
        "pktsReceived",
        "pktsReceived is {} but only {} packets were sent",
        received,
        sent,
        related=(note("pktsSent", "{} sent", sent),),
        severity=ERROR if received > 2 * sent else None,
    )


@rule("PNG004", on=Ping, severity=ERROR, basis=ARITHMETIC, needs=("minRtt", "avgRtt", "maxRtt"))
def rtt_out_of_order(ping: Ping) -> Problem | None:
    """The round-trip times of a ping are not minimum, average, maximum in ascending order.

    Nothing averages below its minimum or above its maximum, so at least one of the three is wrong. Some
    agents cut times off to whole milliseconds, so where a time is whole they may be off by one.

    Reason: An average lies between minimum and maximum.
    Remedy: Look for fields that were swapped, or for times in different units.

    Bad: the average is above the maximum
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 6.9, "avgRtt": 124, "maxRtt": 116, "meanDevRtt": 36}
    Bad: minimum and maximum are swapped
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 116, "avgRtt": 24, "maxRtt": 6.9, "meanDevRtt": 36}
    Good: the average is cut off to whole milliseconds
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 6.9099, "avgRtt": 6, "maxRtt": 7, "meanDevRtt": 0}
    Good: ten replies within a millisecond, cut off
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 0, "avgRtt": 0, "maxRtt": 0, "meanDevRtt": 0}
    """
    least, average, most = ping["minRtt"], ping["avgRtt"], ping["maxRtt"]
    if least <= average <= most:
        return None
    rtts = (least, average, most)
    tolerance = 1.0 if _is_cut_off(rtts) else float_error(rtts)
    if least > most + tolerance:
        return _out_of_order("minRtt", least, "maxRtt", most)
    if average > most + tolerance:
        return _out_of_order("avgRtt", average, "maxRtt", most)
    if least > average + tolerance:
        return _out_of_order("avgRtt", average, "minRtt", least)
    return None


def _is_cut_off(rtts: Iterable[float]) -> bool:
    """Whether a round-trip time is whole: an agent may cut some of them off, and keep the fraction of others."""
    return 0 in [rtt % 1 for rtt in rtts]


def _out_of_order(field: str, value: float, other: str, bound: float) -> Problem:
    words = f"{field} is {{}} but {other} is {{}}"
    return problem(field, words, value, bound, related=(note(other, f"{other} is {{}}", bound),))


@schema_rule("PNG005", on=Ping, severity=ERROR, basis=ARITHMETIC)
def negative_value(violation: Violation) -> Problem:
    """A round-trip time, deviation or count of a ping is below 0.

    Neither time nor packets can be fewer than none: the number is a marker for "no value" or the
    result of a clock that was set back during the ping.

    Reason: Durations and counts are not negative.
    Remedy: Treat the value as not measured.

    Bad:
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": -1, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Bad: a count
        {"pktsSent": 10, "pktsReceived": -1, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Good: a gateway that answers at once
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 0, "avgRtt": 0, "maxRtt": 1, "meanDevRtt": 0}
    """
    return problem((), f"{violation.field} is {{}}, below 0", violation.value)


@rule("PNG006", on=Ping, severity=WARNING, basis=ARITHMETIC, needs=("pktsReceived",), unless=("PNG001",))
def rtt_without_replies(ping: Ping) -> Problem | None:
    """A ping received no packet and has a round-trip time all the same.

    Without a reply there is nothing to time: either the count or the time is of another ping.

    Reason: A round trip ends with a reply.
    Remedy: Do not use the times of a ping without replies.

    Bad:
        {"pktsSent": 10, "pktsReceived": 0, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    Good: the times of a ping without replies are 0
        {"pktsSent": 10, "pktsReceived": 0, "minRtt": 0, "avgRtt": 0.0, "maxRtt": 0, "meanDevRtt": 0}
    """
    if ping["pktsReceived"]:
        return None
    name = next((name for name in _RTTS[:3] if (ping.get(name) or 0) > 0), None)  # type: ignore[operator]  # a number, by its name
    if name is None:
        return None
    return problem(
        name,
        f"{name} is {{}} but no packet was received",
        ping.get(name),
        related=(note("pktsReceived", "none received"),),
    )


@rule(
    "PNG007",
    on=Ping,
    severity=WARNING,
    basis=ARITHMETIC,
    needs=("pktsReceived", *_RTTS),
    unless=("PNG004",),
)
def impossible_statistics(ping: Ping) -> Problem | None:
    """No replies have these statistics: the average or the deviation does not fit the minimum and maximum.

    One of n replies took the minimum and one the maximum, which bounds the average of all and how far
    they spread. A single reply is minimum, average and maximum at once. What exactly `meanDevRtt`
    estimates is unknown, so only its upper bound counts.

    Reason: With R = max - min, the average of n replies is within [min + R/n, max - R/n] and no deviation is over R/2 * sqrt(n/(n-1)).
    Remedy: Look for statistics of different pings that were put together.

    Bad: the average of two replies is half-way between them
        {"pktsSent": 2, "pktsReceived": 2, "minRtt": 10.5, "avgRtt": 90, "maxRtt": 110, "meanDevRtt": 36}
    Bad: they lie within 6 ms, so they cannot deviate by 36
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 20.5, "avgRtt": 24, "maxRtt": 26, "meanDevRtt": 36}
    Bad: one reply with three times
        {"pktsSent": 10, "pktsReceived": 1, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 0}
    Good: one reply, of which average and maximum are cut off to whole milliseconds
        {"pktsSent": 10, "pktsReceived": 1, "minRtt": 6.9099, "avgRtt": 6, "maxRtt": 6, "meanDevRtt": 0}
    Good: two replies, rounded to two decimals
        {"pktsSent": 2, "pktsReceived": 2, "minRtt": 1.11, "avgRtt": 1.12, "maxRtt": 1.12, "meanDevRtt": 0.01}
    """
    count = ping["pktsReceived"]
    least, average, most, deviation = ping["minRtt"], ping["avgRtt"], ping["maxRtt"], ping["meanDevRtt"]
    spread, replies = most - least, float(count)
    if replies > 1:
        lowest, highest = least + spread / replies, most - spread / replies
        widest = spread / 2 * sqrt(replies / (replies - 1))
        if lowest <= average <= highest and deviation <= widest:
            return None
    elif count == 0:
        return None
    figures = (least, average, most, deviation)
    tolerance = 1.0 if _is_cut_off(figures) else max(rounding_error(figures), float_error(figures))
    if count == 1:
        if max(figures[:3]) - min(figures[:3]) <= tolerance:
            return None
        words, values = "a single reply has the times {}, {} and {}", (least, average, most)
        return problem(
            "pktsReceived", words, *values, related=tuple(note(name, "{}", ping.get(name)) for name in _RTTS[:3])
        )
    if not lowest - tolerance <= average <= highest + tolerance:
        words = "avgRtt is {}, an average that no {} replies between {} and {} have"
        return problem("avgRtt", words, average, count, least, most)
    if deviation > widest + tolerance:
        words = "meanDevRtt is {}, more than {} replies between {} and {} can deviate"
        return problem("meanDevRtt", words, deviation, count, least, most)
    return None


@rule("PNG008", on=Network, severity=INFO, basis=PLAUSIBLE, whole=True)
def error_not_listed(network: Network) -> list[Problem] | None:
    """The ping or the traceroute failed, and the network's list of errors has nothing of the kind.

    `errors` is where a reader looks first. An entry begins with the test that failed, as in
    "ping: Request timed out before getting response".

    Reason: The documented entry of `errors` names the ping that failed; a failure that is not listed is easily overlooked.
    Remedy: Read the `error` of each test, not only the list.

    Bad:
        {"ping": {"error": "Request timed out before getting response"}, "errors": []}
    Bad: only the ping is listed
        {"ping": {"error": "Request timed out"}, "traceroute": {"error": "Network is unreachable"},
         "errors": ["ping: Request timed out"]}
    Good:
        {"ping": {"error": "Request timed out"}, "errors": ["ping: Request timed out before getting response"]}
    """
    ping, trace = _only_error(network.get("ping")), _only_error(network.get("traceroute"))
    if not ping and not trace:
        return None
    entries = network.get("errors", [])
    if None in entries or not ("errors" in network or lacks(network, "errors")):
        return None
    listed = {entry.partition(":")[0].strip().lower() for entry in entries}
    return [
        problem(
            (kind, "error"),
            f"errors has no entry for the {kind} that failed with {{}}",
            error,
            related=(note("errors", "not listed"),),
        )
        for kind, error in (("ping", ping), ("traceroute", trace))
        if error and kind not in listed
    ]


def _only_error(test: Ping | Traceroute | None) -> str | None:
    """The error of a test that has nothing else: beside results, or empty, it is another rule's."""
    if not test or len(test) > 1 or (isinstance(test, Reduced) and test.removed):
        return None
    return test.get("error")


@rule("PNG009", on=Network, severity=WARNING, basis=PLAUSIBLE, needs=("icmpBlocked", "ping"))
def blocked_but_answered(network: Network) -> Problem | None:
    """The target is said to block pings, and answered them.

    Somewhere on the way the ping and the flag were taken at different times, or the flag is wrong.

    Reason: A target that blocks ping queries answers none.
    Remedy: Trust the replies: the target does not block pings, or did not at that time.

    Bad:
        {"icmpBlocked": true, "ping": {"pktsSent": 10, "pktsReceived": 10,
         "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}}
    Good: the target blocks pings, so none came back
        {"icmpBlocked": true, "ping": {"pktsSent": 10, "pktsReceived": 0}}
    Good: only the gateway answered
        {"icmpBlocked": true, "ping": {"error": "Request timed out"}, "errors": ["ping: Request timed out"]}
    """
    if not network["icmpBlocked"] or not (received := network["ping"].get("pktsReceived")):
        return None
    return problem(
        "icmpBlocked",
        "icmpBlocked is true, but {} pings were answered",
        received,
        related=(note(("ping", "pktsReceived"), "{} received", received),),
    )


@rule("PNG010", on=Ping, severity=WARNING, basis=EXAMPLE, needs=("error",), unless=("PNG001",))
def empty_error(ping: Ping) -> Problem | None:
    """A ping failed with an empty error.

    It says that the ping failed, and not why: it may as well be a ping that was never made.

    Seen: In the documented example of `errors` an error is a sentence.
    Remedy: Look into `errors` of the network for the reason.

    Bad:
        {"error": ""}
    Good: no error at all
        {"pktsSent": 10, "pktsReceived": 10, "minRtt": 6.9, "avgRtt": 24, "maxRtt": 116, "meanDevRtt": 36}
    """
    return None if ping["error"] else problem("error", "error is empty")


@rule("PNG011", on=Ping, severity=WARNING, basis=PLAUSIBLE, needs=("pktsSent",), unless=("PNG001",))
def nothing_sent(ping: Ping) -> Problem | None:
    """A ping sent no packet.

    A test that sent nothing measured nothing, and a loss of 0 of 0 packets is no percentage.

    Reason: A ping that could not send reports an error.
    Remedy: Treat the ping as not made.

    Bad:
        {"pktsSent": 0, "pktsReceived": 0, "minRtt": 0, "avgRtt": 0, "maxRtt": 0, "meanDevRtt": 0}
    Good: a single packet
        {"pktsSent": 1, "pktsReceived": 1, "minRtt": 6.9, "avgRtt": 6, "maxRtt": 6, "meanDevRtt": 0}
    """
    return None if ping["pktsSent"] else problem("pktsSent", "no packet was sent")
