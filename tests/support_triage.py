"""Dumps to triage: a week of sessions of the same agents, and sessions whose every text is hostile."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import orjson

from sessionlint.capture import Capture
from sessionlint.config import Config, never
from sessionlint.corpus import Corpus
from sessionlint.triage.command import collected
from sessionlint.triage.model import Triage
from support_sessions import AILMENTS, Session, ailing, healthy, response

_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_MONDAY: Final = datetime(2024, 3, 4, tzinfo=UTC)
_AILING: Final = 0.25
"""One of so many sessions has an ailment."""
_SESSIONS_PER_AGENT: Final = 25

HOSTILE: Final = (
    "</script><script>window.harmed = 'script'</script>",
    "<img src=x onerror=\"window.harmed = 'image'\">",
    "<!--<script>",
    "javascript:window.harmed='link'",
    "\"'><svg onload=\"window.harmed='attribute'\">",
    "]]>--!><iframe src=https://harm.example/></iframe>",
    "\u202egnp.exe\u2066\u200b\ufeff",
    "\x1b[2J\x1b]0;harm\x07\x00\x9b31m",
    "a\u2028b\u2029c\r\n::error::harm",
    "\ud800lone\udfff",
    "${window.harmed='template'}{{7*7}}\\u003cscript\\u003e",
    "url(https://harm.example/pixel)",
    "__proto__",
    "&lt;script&gt;&#x3c;&amp;",
    "x" * 5000,
)
"""Texts that would act on a page that took them for more than text."""


def triaged(captures: Iterable[Capture], config: Config = Config()) -> Triage:
    """What a run over these captures hands on."""
    return collected(captures, config, never, Corpus()).contents(0.0)


def week(count: int, *, faults: bool = True) -> list[Session]:
    """So many sessions, as a support dump has them: agents come again, one session in four ails, some are broken."""
    pool = Random(0)
    agents = [f"{pool.getrandbits(32):08x}-f119-40e1-ae32-{pool.getrandbits(48):012x}" for _ in range(_agents(count))]
    return [_of_that_week(Random(number), agents, faults=faults) for number in range(count)]


def _agents(count: int) -> int:
    return max(1, count // _SESSIONS_PER_AGENT)


def _of_that_week(random: Random, agents: list[str], *, faults: bool) -> Session:
    made = ailing(random.choice(sorted(AILMENTS)), random) if random.random() < _AILING else healthy(random)
    start = _MONDAY + timedelta(days=random.randrange(7), hours=random.randrange(6, 20), seconds=random.randrange(3600))
    _move(made, start - _time(made["date"]))
    made["agentId"] = random.choice(agents)
    if faults and random.random() < 0.05:
        made["port"] = 70000
    if faults and random.random() < 0.02:
        made["pktsNew"] = random.random()
    return made


def _move(made: Session, by: timedelta) -> None:
    """The same session at another time."""
    for holder, key in ((made, "date"), (made, "committed"), *((page, "startedDateTime") for page in made["pages"])):
        holder[key] = (_time(holder[key]) + by).strftime(_FORMAT)
    old, made["roundId"] = made["roundId"], (made["roundId"] + int(by.total_seconds())) // 60 * 60
    for key in ("userSessionId", "permalink"):
        made[key] = made[key].replace(str(old), str(made["roundId"]))
    metrics = made["network"]["systemMetrics"]
    for key in ("startTimeMs", "endTimeMs"):
        metrics[key] += 1000 * int(by.total_seconds())


def _time(text: str) -> datetime:
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)


def captures(sessions: Iterable[Session], *, of: int = 5) -> Iterator[Capture]:
    """The sessions as files, so many in each."""
    waiting = list(sessions)
    for start in range(0, len(waiting), of):
        payload = response(waiting[start : start + of])
        # As JSON's own escapes, a lone surrogate can be in a file.
        yield Capture(f"dump.zip!/{start // of:05}.json", _dumped(payload))


def _dumped(payload: Any) -> bytes:
    try:
        return orjson.dumps(payload)
    except orjson.JSONEncodeError:
        import json

        return json.dumps(payload).encode()


def hostile() -> list[Session]:
    """For each of the hostile texts, an ailing session that has it wherever a text can be; dates stay."""
    return [saying(text, Random(number)) for number, text in enumerate(HOSTILE)]


def saying(text: str, random: Random) -> Session:
    """An ailing session that has this text wherever one can be; its date stays."""
    made = ailing("a congested provider and a server that fails", random)
    _move(made, _MONDAY - _time(made["date"]))
    for page in made["pages"]:
        page["title"] = text
    for key in ("userSessionId", "agentId", "orgName", "visitedSite", "permalink"):
        made[key] = text
    made["browser"] = {"name": text, "version": text}
    made["coordinates"]["location"] = text
    made[text] = text
    network = made["network"]
    network["errors"] = [text]
    network["ping"]["error"] = text
    network["gatewayPing"] = {"error": text}
    network["networkProfile"] |= {
        "hardwareType": text,
        "interfaceName": text,
        "wirelessProfile": {"ssid": text, "phyMode": text, "rssi": -60},
    }
    for hop in network["traceroute"]["hops"]:
        hop |= {"name": text, "mpls": [text]}
    network["traceroute"]["hops"][-2] |= {"ipAddress": text, "prefix": text}
    network["traceroute"]["destination"] = text
    return made
