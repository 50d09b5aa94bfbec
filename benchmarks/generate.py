"""What is measured: payloads by the thousand, the same for the same seed.

The sessions are those of the tests: healthy, each with its own times, pages, pings and metrics. As in a
dump of one organization they are those of a thousand agents, each with its own network and traceroute.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import orjson
from lxml import etree

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from support_sessions import AILMENTS, ailing, healthy, response
from support_xml import to_xml

Payload: TypeAlias = dict[str, Any]

SEED = 1
_AGENTS = 1000


@cache
def _agent(number: int) -> Any:
    """A session of an agent: where it is, its network, and its way to the site it visits."""
    return healthy(Random(f"{SEED}:agent:{number}"))


def payloads(count: int) -> Iterator[Payload]:
    """Sound responses of one session each."""
    for number in range(count):
        session, agent = healthy(Random(f"{SEED}:{number}")), _agent(number % _AGENTS)
        for key in ("agentId", "coordinates", "orgName", "sourceAddr", "visitedSite"):
            session[key] = agent[key]
        for key in ("networkProfile", "traceroute"):
            session["network"][key] = agent["network"][key]
        yield response([session])


def faulty(payload: Payload) -> Payload:
    """The payload with four faults: of the schema's, of arithmetic, of counts, and a field that nobody documented."""
    (session,) = payload["userSessions"]
    session["network"]["systemMetrics"]["cpuUtilization"]["max"] = 97.5
    session["network"]["systemMetrics"]["endTimeMs"] = session["network"]["systemMetrics"]["startTimeMs"] - 1000
    session["numberOfPages"] += 1
    session["network"]["undocumented"] = True
    return payload


def with_repeated_key(text: bytes) -> bytes:
    """The text of a payload whose session names its organization twice: the same value, so that no other rule speaks."""
    key = text.index(b'"orgName"')
    end = text.index(b",", key) + 1
    return text[:end] + text[key:end] + text[end:]


def with_many(payload: Payload, key: str, count: int) -> Payload:
    """The payload with so many ``hops``, or ``pages``."""
    (session,) = payload["userSessions"]
    if key == "pages":
        first = session["pages"][0]
        session["pages"] = [{**first, "id": f"page_{number}"} for number in range(count)]
        session["numberOfPages"] = count
    else:
        trace = session["network"]["traceroute"]
        first = trace["hops"][0]
        # As many probes of one hop: there are no more than 255 hops.
        hops = [{**first, "name": f"router-{number}"} for number in range(count)]
        session["network"]["traceroute"] = {**trace, "hops": hops}
    return payload


def pretty(payload: Payload) -> bytes:
    """As the API answers: indented by four."""
    return json.dumps(payload, indent=4, ensure_ascii=False).encode()


def pretty_xml(payload: Payload) -> bytes:
    """The payload's twin in XML, indented by four."""
    tree = etree.fromstring(to_xml(payload))
    etree.indent(tree, "    ")
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True)


def write_lines(path: Path, each: Iterable[Payload]) -> None:
    """A payload a line."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(payload, option=orjson.OPT_APPEND_NEWLINE) for payload in each)


def read_lines(path: Path, count: int) -> Iterator[Payload]:
    """The first payloads of a file that `write_lines` wrote."""
    with path.open("rb") as file:
        yield from map(orjson.loads, islice(file, count))


def write_copies(path: Path, lines: Path, count: int) -> None:
    """The file so many times over, each session with an id of its own."""
    with path.open("wb") as file:
        for copy in range(count):
            suffix = rb"\g<0>.%d" % copy
            with lines.open("rb") as source:
                file.writelines(_SESSION_ID.sub(suffix, line) for line in source)


_SESSION_ID = re.compile(rb'"userSessionId":"[^"]*')


def write_dump(path: Path, count: int) -> None:
    """What a support engineer gets: an archive in which one session in four ails, and six captures of a hundred can't be read."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, payload in enumerate(payloads(count)):
            random = Random(f"{SEED}:dump:{number}")
            (session,) = payload["userSessions"]
            if random.random() < 0.25:
                session = {**ailing(random.choice(sorted(AILMENTS)), random), "agentId": session["agentId"]}
            text = pretty(response([session]))
            broken = (text[: random.randrange(200, len(text))], _LOGIN_PAGE, _TOO_MANY_REQUESTS)
            kind = number % 50
            archive.writestr(f"captures/{number:05}.json", broken[kind] if kind < len(broken) else text)


_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in</body></html>"
_TOO_MANY_REQUESTS = b'{"errorMessage": "Too many requests"}'


def write_document(path: Path, lines: Path) -> None:
    """One response with all the sessions of a file of JSON Lines."""
    opening, ending = b'{"userSessions":[', b"]}"
    with lines.open("rb") as source, path.open("wb") as file:
        file.write(opening)
        for number, line in enumerate(source):
            file.write(b"," * (number > 0) + line.rstrip().removeprefix(opening).removesuffix(ending))
        file.write(ending)


def write_files(folder: Path, suffix: str, texts: Iterable[bytes]) -> None:
    """One file a text."""
    folder.mkdir(parents=True)
    for number, text in enumerate(texts):
        (folder / f"{number:05}{suffix}").write_bytes(text)
