"""The page as a file: what is in it is harmless and bounded, and it needs nothing but itself."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import sessionlint.triage.page as page_module
from sessionlint.capture import Capture
from sessionlint.config import Config
from sessionlint.engine import Engine
from sessionlint.linter import examine
from sessionlint.triage.collect import Collector
from sessionlint.triage.command import chosen
from sessionlint.triage.model import SessionRecord, Triage
from sessionlint.triage.page import as_data, render
from sessionlint.triage.text import render as as_text
from support import at, sound
from support_triage import HOSTILE, captures, hostile, triaged, week

VENDOR = Path(page_module.__file__).parent / "vendor"


class Elements(HTMLParser):
    """The elements of a page with their attributes, and what scripts hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    @property
    def data(self) -> Any:
        return json.loads(self.scripts[0])

    @property
    def policy(self) -> dict[str, list[str]]:
        """What is allowed of each kind."""
        metas = [attributes for tag, attributes in self.elements if tag == "meta"]
        (policy,) = (each["content"] for each in metas if each.get("http-equiv") == "Content-Security-Policy")
        assert policy
        return {name: values for name, *values in (each.split() for each in policy.split(";"))}


@pytest.fixture(scope="module")
def hostile_page() -> Elements:
    return Elements(render(triaged(captures(hostile()))))


def test_the_scripts_are_those_that_the_policy_allows(hostile_page: Elements) -> None:
    data, *scripts = hostile_page.scripts
    assert len(scripts) == 3
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts]
    assert hostile_page.policy["script-src"] == [f"'sha256-{each}'" for each in hashes]
    assert hostile_page.policy["default-src"] == ["'none'"]
    assert json.loads(data)


def test_nothing_is_asked_of_any_network(hostile_page: Elements) -> None:
    for tag, attributes in hostile_page.elements:
        assert tag not in ("img", "link", "iframe", "object", "embed", "base")
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
        assert not [name for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_in_the_data_ends_nothing(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    written = as_data([text, {text: text}])
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == [text, {text: text}]


def test_the_page_shows_no_character_that_acts_on_a_screen(hostile_page: Elements) -> None:
    def texts(value: Any) -> Iterable[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for each in value.items():
                yield from texts(list(each))
        elif isinstance(value, list):
            for each in value:
                yield from texts(each)

    said = list(texts(hostile_page.data))
    assert any("\\u202e" in each for each in said)
    assert not [each for each in said if not each.isprintable()]


def test_a_redacted_page_has_no_value() -> None:
    secret = "s3cr3t"
    payload = sound()
    for place in (
        "visitedSite",
        "agentId",
        "orgName",
        "browser/name",
        "pages/0/title",
        "network/traceroute/destination",
    ):
        payload = at(place, secret, payload)
    payload = at("network/networkProfile/wirelessProfile/ssid", secret, payload)
    shown, redacted = (
        render(triaged(captures(payload["userSessions"]), Config(redact=each))) for each in (False, True)
    )
    assert secret in shown
    assert secret not in redacted
    assert payload["userSessions"][0]["date"][:10] not in redacted


def test_a_thousand_sessions_take_less_than_three_megabytes() -> None:
    text = render(triaged(captures(week(1000))))
    assert len(text.encode()) < 3_000_000
    assert len(Elements(text).data["sessions"]) == 1000


def sampled(sessions: list[Any], most: int) -> Triage:
    options, _ = chosen(Config())
    engine, collector = Engine(options), Collector(most_sessions=most)
    for capture in captures(sessions):
        collector.see(capture, *examine(engine, capture, Config().all_limits(), "report"))
    return collector.contents()


def test_of_more_sessions_a_sample_is_shown_and_all_are_counted() -> None:
    sessions = week(120)
    some, all_ = (Elements(render(sampled(sessions, most))).data for most in (40, 1000))
    assert (some["complete"], len(some["sessions"]), some["total"]) == (False, 40, 120)
    assert (all_["complete"], len(all_["sessions"]), all_["total"]) == (True, 120, 120)
    for counted in ("tiles", "verdicts", "signs", "time", "causes", "fields"):
        assert some[counted] == all_[counted], counted


def on(*dates: str) -> dict[str, Any]:
    """What the page says of the times of sessions with these dates."""
    made = [at("date", date)["userSessions"][0] for date in dates]
    time = Elements(render(triaged(captures(made)))).data["time"]
    return {
        "unit": time["unit"],
        "others": time["others"],
        "bars": {start: sum(counts) for start, counts in time["bars"]},
    }


@pytest.mark.parametrize(
    ("dates", "unit", "bars"),
    [
        (["2024-02-29 23:59:59", "2024-02-29 23:00:00"], "hour", {"2024-02-29 23": 2}),
        (["2024-03-04 01:00:00", "2024-03-08 01:00:00"], "hour", {"2024-03-04 01": 1, "2024-03-08 01": 1}),
        (["2024-03-04 01:00:00", "2024-05-04 01:00:00"], "day", {"2024-03-04": 1, "2024-05-04": 1}),
        (["2019-12-31 01:00:00", "2024-01-01 01:00:00"], "month", {"2019-12": 1, "2024-01": 1}),
    ],
)
def test_a_bar_is_an_hour_a_day_or_a_month(dates: list[str], unit: str, bars: dict[str, int]) -> None:
    assert on(*dates) == {"unit": unit, "others": 0, "bars": bars}


@pytest.mark.parametrize("far", ["0000-01-01 00:00:00", "1970-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_a_clock_that_was_never_set_is_told_and_not_drawn(far: str) -> None:
    week_ = [f"2024-03-{day:02} 12:00:00" for day in range(4, 11)] * 20
    time = on(*week_, far)
    assert (time["unit"], time["others"], sum(time["bars"].values())) == ("hour", 1, len(week_))


@pytest.mark.parametrize("count", [10, 60, 99, 101])
@pytest.mark.parametrize("far", ["1970-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_a_single_date_that_is_far_off_is_far_off_in_a_small_dump_too(count: int, far: str) -> None:
    dates = [f"2024-03-{4 + number % 5:02} {8 + number % 9:02}:00:00" for number in range(count - 1)]
    time = on(*dates, far)
    assert (time["unit"], time["others"], sum(time["bars"].values())) == ("hour", 1, count - 1)


def test_a_date_that_can_be_drawn_beside_the_others_is() -> None:
    time = on(*["2024-03-08 12:00:00"] * 11, "2024-03-02 12:00:00")
    assert (time["unit"], time["others"], len(time["bars"])) == ("hour", 0, 2)


@pytest.mark.parametrize("date", ["", "abc", "2024-99-99 10:00:00", "２０２４-03-04 10:00:00", 5, None])
def test_a_session_without_a_sound_date_is_told(date: object) -> None:
    data = Elements(render(triaged(captures(at("date", date)["userSessions"])))).data
    assert (len(data["sessions"]), data["time"]) == (1, None)


@pytest.mark.parametrize("mean", [1e300, 2**62 + 0.5, 2**70])
def test_a_memory_of_any_size_is_shown(mean: float) -> None:
    payload = at("network/systemMetrics/physicalMemoryUsedBytes/mean", mean)
    captured = Capture("a.json", json.dumps(payload).encode())
    (row,) = Elements(render(triaged([captured]))).data["sessions"]
    assert row[SessionRecord._fields.index("memory")][1] == pytest.approx(mean)


@pytest.mark.parametrize("place", ["pages", "network/traceroute/hops"])
def test_a_page_or_hop_of_which_nothing_is_known_is_none(place: str) -> None:
    """As in a text that was cut off where one begins."""
    (row,) = Elements(render(triaged(captures(at(place, [{}])["userSessions"])))).data["sessions"]
    assert [None] in row
    assert [{}] not in row


def test_who_lets_no_script_run_reads_the_triage_as_text() -> None:
    triage = triaged(captures([*week(20), *hostile()]))
    (shown,) = re.findall("<noscript>.*?<pre>(.*?)</pre>", render(triage), re.DOTALL)
    assert html.unescape(shown) == as_text(triage)
    assert not re.search("[<>]", shown)


def test_the_libraries_are_those_that_the_table_names() -> None:
    rows = re.findall(
        r"^\| `([^`]+\.js)` \|.*\(`([^`]+)`\) \| `([0-9a-f]{64})` \|$",
        (VENDOR / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert {name for name, _, _ in rows} == {file.name for file in VENDOR.glob("*.js")}
    for name, licence, digest in rows:
        assert (VENDOR / licence).read_text(encoding="utf-8")
        script = (VENDOR / name).read_bytes().replace(b"\r\n", b"\n")  # as a checkout on Windows may have it
        assert hashlib.sha256(script).hexdigest() == digest, name
        assert b"</script" not in script.lower()
        assert b"<!--" not in script


def test_the_licences_go_with_the_libraries(hostile_page: Elements) -> None:
    for name in ("d3", "plot"):
        assert (VENDOR / f"{name}.LICENSE").read_text(encoding="utf-8") in "".join(hostile_page.scripts)


def test_a_page_names_where_a_capture_lies() -> None:
    capture = Capture("<b>.zip!/a%21\u202e.json", b'{"userSessions": []}')
    assert "<b>" not in render(triaged([capture])).partition("<script")[0]
