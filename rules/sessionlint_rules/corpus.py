"""The rules of a run as a whole: sessions that come more than once.

`sessionlint.corpus` finds them; here it is worded.
"""

from collections.abc import Sequence

from sessionlint.finding import INFO, WARNING, Problem, listed, problem
from sessionlint.rule import DOCUMENTED, PLAUSIBLE, rule


@rule("COR001", on=None, severity=WARNING, basis=DOCUMENTED)
def session_id_reused(id: str, first: str, differing: Sequence[str]) -> Problem:
    """A session has the id of another session of the same run.

    Two sessions with one `userSessionId` that differ in `agentId`, `roundId`, `date` or `visitedSite`
    are not one session captured twice. A program that keeps sessions by their id loses one of them.
    Often a fixture was made from another one by hand. Payloads that had to be salvaged don't count, nor
    do sessions that lack one of these fields. The place of the first one is in the message.

    Documented: "endpoint user session ID; each endpoint user session occurrence has a unique ID"
    Remedy: Give each session an id of its own, or find out which program mixed the two.

    Bad:
        {"userSessions": [
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43", "visitedSite": "www.thousandeyes.com"},
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "a1b2c3d4", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43", "visitedSite": "www.thousandeyes.com"}]}
    Good:
        {"userSessions": [
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43", "visitedSite": "www.thousandeyes.com"},
         {"userSessionId": "07625:1490529480:aKq8Zc21", "agentId": "a1b2c3d4", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43", "visitedSite": "www.thousandeyes.com"}]}
    """
    verb = "differ" if differing[1:] else "differs"
    return problem("userSessionId", f"userSessionId is {{}} as in {first}, but {listed(differing)} {verb}", id)


@rule("COR002", on=None, severity=INFO, basis=PLAUSIBLE)
def captured_twice(id: str, first: str, _: Sequence[str]) -> Problem:
    """A session comes more than once in a run.

    The same id with the same `agentId`, `roundId`, `date` and `visitedSite`: one session, captured
    again. Nothing is wrong with it, but counts of sessions are too high. Payloads that had to be salvaged
    don't count, nor do sessions that lack one of these fields. The place of the first one is in the message.

    Reason: An id names one session, and these fields don't change once it is over.
    Remedy: Leave one of the captures out, or count sessions by their ids.

    Bad:
        {"userSessions": [
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43", "visitedSite": "www.thousandeyes.com"},
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43", "visitedSite": "www.thousandeyes.com"}]}
    Good: one of the fields is absent, so nothing is known
        {"userSessions": [
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43"},
         {"userSessionId": "07625:1490529480:h3qJQTpl", "agentId": "3fde6422", "roundId": 1490529480,
          "date": "2017-03-26 11:58:43"}]}
    """
    return problem("userSessionId", f"userSessionId is {{}}: this session is in {first} too", id)
