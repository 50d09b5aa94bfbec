"""The page in a real browser: no error, no request, and what a person does with it works.

Deselected unless asked for (``pytest -m browser``): it wants Chromium and its driver on the PATH.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from sessionlint.capture import Capture
from sessionlint.config import Config
from sessionlint.triage.model import Triage
from sessionlint.triage.page import render
from sessionlint_rules.verdict import PARTS
from support_sessions import ailing, healthy, response
from support_triage import HOSTILE, captures, hostile, saying, triaged, week

pytestmark = pytest.mark.browser

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Page:
    """A page that is open, and what it did so far."""

    def __init__(self, driver: Chrome, file: Path) -> None:
        self.driver = driver
        self.address = file.as_uri()
        driver.get("about:blank")
        for log in ("browser", "performance"):
            driver.get_log(log)  # type: ignore[no-untyped-call]  # selenium has no type for it
        driver.get(self.address)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.XPATH if selector.startswith("//") else By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What is seen of the elements."""
        # In one call: one for each element takes seconds.
        return cast(
            "list[str]",
            self.run(
                "return [...document.querySelectorAll(arguments[0])].map((each) => (each.innerText ?? each.textContent).trim())",
                selector,
            ),
        )

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def widest(self) -> int:
        """How wide the page is, with all open that can be."""
        self.run("for (const each of document.querySelectorAll('details')) each.open = true")
        return cast("int", self.run("return document.documentElement.scrollWidth"))

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """What is done in it leads to another view, which is there afterwards."""
        self.run("window.routed = new Promise((done) => addEventListener('hashchange', done, { once: true }))")
        yield
        self.driver.execute_async_script("window.routed.then(() => arguments[0]())")

    def open(self, fragment: str) -> None:
        with self.elsewhere():
            self.run("location.hash = arguments[0]", fragment)

    def follow(self, link: WebElement) -> None:
        with self.elsewhere():
            link.send_keys(Keys.ENTER)

    def complaints(self) -> list[str]:
        """What stands on the console, violations of the page's policy among it."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> set[str]:
        """Every address that was asked for."""
        log = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in log]
        return {
            event["params"]["request"]["url"].partition("#")[0]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        }


@pytest.fixture(scope="module")
def driver() -> Iterator[Chrome]:
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    service = shutil.which("chromedriver")
    assert program and service, "Chromium and its driver are not installed: apt-get install chromium chromium-driver"
    options = ChromeOptions()
    options.binary_location = program
    # In a container the sandbox can't be set up, and /dev/shm is too small.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=Service(service))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def week_page(folder: Path) -> Path:
    return written(folder / "week.html", triaged(captures(week(200))))


def written(file: Path, triage: Triage) -> Path:
    file.write_text(render(triage), encoding="utf-8")
    return file


@contextmanager
def opened(driver: Chrome, file: Path) -> Iterator[Page]:
    """The page; when all is done with it, nothing was complained of and nothing asked for but itself."""
    page = Page(driver, file)
    yield page
    assert page.complaints() == []
    assert page.requests() == {page.address}


@pytest.fixture
def page(driver: Chrome, week_page: Path) -> Iterator[Page]:
    with opened(driver, week_page) as page:
        yield page


ROW = "table.sessions tbody tr"
DATE, VERDICT, SITE, AGENT, RTT = (f"{ROW} > :nth-child({number})" for number in (1, 2, 3, 4, 6))


def milliseconds(text: str) -> float:
    return float(text.removesuffix(" ms").replace(",", ""))


def test_the_overview_tells_and_draws(page: Page) -> None:
    assert page.texts("h1")[0].startswith("200 sessions of 8 agents at 5 sites")
    assert dict(zip(page.texts(".tiles dt"), page.texts(".tiles dd"), strict=True))["sessions"] == "200"
    headings = ["What ailed the network", "Sessions over time", "Where it ailed most", "Who was ailing"]
    assert page.texts("figure h2") == headings
    assert len(page.all("#verdicts svg a")) == len(PARTS)
    assert len(page.all("#time svg a")) > 50
    assert page.texts(".causes tbody b") == ["SES008", "SCH004"]


def test_sessions_without_a_verdict_are_counted(driver: Chrome, folder: Path) -> None:
    whole, cut = captures(week(2), of=1)
    dump = [whole, cut._replace(data=cut.data[: len(cut.data) * 2 // 3])]
    with opened(driver, written(folder / "cut.html", triaged(dump))) as page:
        assert page.texts("#verdicts figcaption p")[0].endswith("; 1 without a verdict")


def test_the_worst_sessions_come_first_and_all_are_there(page: Page) -> None:
    assert "none found" not in page.texts(VERDICT)[:20]
    assert page.texts("#shown") == ["200 sessions, 1 to 50 shown, worst first"]
    dates = set(page.texts(DATE))
    for _ in range(3):
        page.find("#after").click()
        dates |= set(page.texts(DATE))
    assert not page.find("#after").is_enabled()
    assert len(dates) > 190  # two of one second may be
    assert len(page.all("#sessions th button[title]")) == 7  # headings that a word more explains


@pytest.mark.parametrize(
    ("column", "cells", "key"), [("Date", DATE, str), ("Site", SITE, str), ("RTT", RTT, milliseconds)]
)
def test_a_column_sorts_both_ways_by_keyboard(page: Page, column: str, cells: str, key: Callable[[str], Any]) -> None:
    for order in ("first", "second"):
        button = page.find(f"//table[contains(@class, 'sessions')]//button[.='{column}']")
        button.send_keys(Keys.ENTER)
        assert page.run("return document.activeElement.textContent") == column
        state = page.find(f"//th[button[.='{column}']]").get_attribute("aria-sort")
        values = list(map(key, filter(None, page.texts(cells))))
        assert values == sorted(values, reverse=state == "descending"), order
        assert len(set(values)) > 1 or column == "Site"


def test_words_and_verdicts_filter(page: Page) -> None:
    Select(page.find("#verdict")).select_by_value("wireless")
    assert set(page.texts(VERDICT)) == {"wireless"}
    wireless = len(page.all(ROW))
    site = page.texts(SITE)[0]
    page.find("#search").send_keys(site.upper())
    assert set(page.texts(SITE)) == {site}
    assert 0 < len(page.all(ROW)) < wireless
    page.find("#search").send_keys(" nowhere")
    assert page.texts("#shown") == ["0 of 200 sessions"]
    assert not page.all(ROW)
    page.find("#search").clear()
    page.find("#search").send_keys("weak-wifi")
    assert len(page.all(ROW)) == wireless


def test_only_sessions_with_findings_are_shown_on_request(page: Page) -> None:
    page.find("#broken").send_keys(Keys.SPACE)
    assert 0 < len(page.all(ROW)) < 50
    assert all(page.texts(f"{ROW} :last-child"))


def test_a_cause_leads_to_its_sessions_and_a_session_to_its_causes(page: Page) -> None:
    link = page.find(".causes tbody tr:last-child a")
    count = link.text
    page.follow(link)
    assert page.texts("#shown")[0].startswith(f"{count} of 200 sessions")
    page.follow(page.find(f"{ROW} a"))
    assert "SCH004 undocumented-field" in "\n".join(page.texts("#session .facts dd a"))
    page.follow(page.find("//*[@id='session']//dd//a[contains(., 'SCH004')]"))
    assert page.texts("#picked")[0].startswith("SCH004 undocumented-field")
    assert page.texts("#shown")[0].startswith(f"{count} of 200 sessions")


def test_where_it_ailed_is_told(driver: Chrome, folder: Path) -> None:
    weak = [ailing("weak Wi-Fi", Random(number)) | {"visitedSite": "one.example"} for number in range(6)]
    good = [healthy(Random(number)) for number in range(40)]
    with opened(driver, written(folder / "where.html", triaged(captures([*good, *weak])))) as page:
        assert page.texts("#where h2") == ["Where it ailed most"]
        assert "site one.example (6 of 6)" in "\n".join(page.texts("#where dd"))
        page.follow(page.find("//*[@id='where']//a[.='one.example']"))
        assert page.texts(SITE) == ["one.example"] * 6


def test_a_date_beside_a_name_from_right_to_left_is_from_left_to_right(driver: Chrome, folder: Path) -> None:
    session = healthy(Random(1)) | {"visitedSite": "\u0645\u0648\u0642\u0639.\u0645\u062b\u0627\u0644"}
    with opened(driver, written(folder / "right.html", triaged(captures([session])))) as page:
        page.open("session=0")
        place = "const r = document.createRange(); r.setStart(document.querySelector('#session-title').lastChild, arguments[0]); r.setEnd(r.startContainer, arguments[0] + 1); return r.getBoundingClientRect().x"
        assert page.run(place, 2) < page.run(place, 12)  # the year stands before the hour


def test_who_was_ailing_leads_to_the_sessions_of_that_agent(page: Page) -> None:
    first = page.find("#who tbody a")
    agent, (_, all_) = first.text, page.texts("#who tbody td")[0].split(" of ")
    page.follow(first)
    assert page.texts("#shown")[0].startswith(f"{all_} of 200 sessions")
    assert set(page.texts(AGENT)) == {f"{agent[:8]}…"}
    page.follow(page.find("#picked a"))
    assert page.texts("#shown")[0].startswith("200 sessions")


def test_sites_can_be_looked_at_in_place_of_agents(page: Page) -> None:
    Select(page.find("#by")).select_by_value("site")
    assert "mail.example.org" in page.texts("#who tbody a")


@pytest.mark.parametrize(("picture", "place"), [("verdicts", 1), ("time", 3)])
def test_a_picture_and_its_table_lead_to_the_same_sessions(page: Page, picture: str, place: int) -> None:
    page.find(f"#{picture} summary").send_keys(Keys.ENTER)
    link = page.all(f"#{picture} tbody a")[place]
    fragment = str(link.get_attribute("href")).partition("#")[2]
    assert page.all(f"#{picture} svg a[*|href='#{fragment}']")
    page.follow(link)
    assert page.texts("#shown")[0].startswith(
        f"{page.texts(f'#{picture} tbody tr > :nth-child(2)')[place]} of 200 sessions"
    )


def test_a_session_opens_by_its_link_and_going_back_returns_to_it(page: Page) -> None:
    link = page.all(f"{ROW} a")[3]
    date, site = link.text, page.texts(SITE)[3]
    page.follow(link)
    assert page.texts("#session h1") == [f"{site}, {date}"]
    assert not page.find("#report").is_displayed()
    with page.elsewhere():
        page.driver.back()
    assert page.find("#report").is_displayed()
    assert page.run("return document.activeElement.textContent") == date
    with page.elsewhere():
        page.driver.forward()
    page.follow(page.find("//a[.='Next']"))
    assert page.texts("#session h1") != [f"{site}, {date}"]


def test_a_row_opens_where_it_is_clicked(page: Page) -> None:
    with page.elsewhere():
        page.all(SITE)[5].click()
    assert page.find("#session").is_displayed()


def test_the_page_of_a_session_tells_what_its_verdict_rests_on(page: Page) -> None:
    Select(page.find("#verdict")).select_by_value("provider")
    page.follow(page.find(f"{ROW} a"))
    assert page.texts("#session .verdict")[0].endswith("provider, the path from the gateway to the target's network")
    assert any("DIA008 delay-jump" in each for each in page.texts(".signs li"))
    assert page.texts(".judgement h2") == ["It rests on", "What would change it"]
    assert page.texts("#session .card h2") == ["Figures", "Pages", "Hop by hop"]
    picture = page.texts("#session svg text")
    assert any(re.fullmatch(r"AS \d+", each) for each in picture)
    assert any(re.fullmatch(r"\+\d+ ms", each) for each in picture)
    assert "sign if over 150 ms" in " ".join(page.texts("#session .limit"))
    assert page.texts("#session thead th")[:2] == ["This session", "A good one"]
    for heading in ("Target", "Gateway", "Computer"):
        assert heading in page.texts("#session tr.group")


def at_hour(hour: int, **network: Any) -> Any:
    """A session of that hour, all of one agent and site, and healthy but for what is given."""
    made = healthy(Random(1)) | {"date": f"2024-03-04 {hour:02}:00:00", "userSessionId": f"12345:1709546400:{hour}"}
    made["network"] |= network
    return made


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([at_hour(8), at_hour(9)], "a good session of 2024-03-04 09:00:00"),
        ([at_hour(8), at_hour(9, connect={})], "a good session of 2024-03-04 08:00:00"),
        ([at_hour(9, connect={})], "a good session of 2024-03-04 09:00:00"),
        ([at_hour(9, connect={}, errors=["connect: Connection refused"])], "There is no good session"),
    ],
    ids=["the nearest", "the one measured whole", "one measured in part", "none that failed to connect"],
)
def test_a_session_is_told_beside_a_good_one(driver: Chrome, folder: Path, others: list[Any], told: str) -> None:
    ill = at_hour(11, gatewayPing={"pktsSent": 10, "pktsReceived": 5, "minRtt": 1, "avgRtt": 2})
    with opened(driver, written(folder / "good.html", triaged(captures([*others, ill])))) as page:
        page.open(f"session={len(others)}")
        assert told in page.texts("#session .note")[0]


def test_errors_are_told_without_those_that_cannot_be_read(driver: Chrome, folder: Path) -> None:
    session = at_hour(9, errors=[None, "dns: Timed out", 7])
    with opened(driver, written(folder / "errors.html", triaged(captures([session])))) as page:
        page.open("session=0")
        assert (
            dict(zip(page.texts("#session dt"), page.texts("#session dd"), strict=True))["Errors"] == "dns: Timed out"
        )


@pytest.mark.parametrize(
    ("change", "told", "colored", "ill"),
    [
        ({}, "12.8 s", "12.8 s", ["6.1 s", "12.8 s"]),
        (
            {"page_0": {"responseCode": 503}, "page_2": {"pageTimings": {"onLoad": 700}}},
            "6.1 s, 503",
            "6.1 s 503",
            ["900 ms", "6.1 s"],
        ),
        (
            {
                "page_0": {"responseCode": 503},
                "page_1": {"pageTimings": {"onLoad": 800}},
                "page_2": {"pageTimings": {"onLoad": 700}},
            },
            "900 ms, 503",
            "503",
            ["900 ms"],
        ),
    ],
    ids=["slow ones", "a slow one and one that failed", "one that failed"],
)
def test_only_pages_that_a_sign_is_about_are_coloured(
    driver: Chrome, folder: Path, change: dict[str, Any], told: str, colored: str, ill: list[str]
) -> None:
    loads = {"page_0": 900, "page_1": 6107, "page_2": 12800}
    session = at_hour(8) | {
        "numberOfPages": 3,
        "pages": [
            {
                "id": id,
                "responseCode": 200,
                "startedDateTime": "2024-03-04 08:00:00",
                "title": id,
                "pageTimings": {"onLoad": load},
            }
            | change.get(id, {})
            for id, load in loads.items()
        ],
    }
    with opened(driver, written(folder / "pages.html", triaged(captures([session])))) as page:
        assert page.texts(f"{ROW} > :nth-child(10)") == [told]
        assert " ".join(page.texts(f"{ROW} .ailing")) == colored
        page.open("session=0")
        assert page.texts(".pages tr.ill td:last-child") == ill
        assert page.run("return document.querySelectorAll('.pages i.ill').length") == sum(
            "ms" not in each for each in ill
        )


def test_of_a_target_that_answers_no_ping_it_is_not_said_that_it_answered(driver: Chrome, folder: Path) -> None:
    session = healthy(Random(1))
    session["network"] |= {"icmpBlocked": False, "ping": {"pktsSent": 10, "pktsReceived": 0}}
    with opened(driver, written(folder / "icmp.html", triaged(captures([session])))) as page:
        page.open("session=0")
        names = page.texts("#session .halves > .card th[scope=row]")
        rows = list(zip(names, page.texts("#session td.this"), strict=True))
        assert rows[0] == ("Packets lost", "10 of 10")
        assert ("ICMP", "not blocked") in rows


def test_hops_that_did_not_answer_are_told_and_drawn(driver: Chrome, folder: Path) -> None:
    session = healthy(Random(1))
    hops = session["network"]["traceroute"]["hops"]
    session["network"]["traceroute"]["hops"] = [*hops[:2], *hops[5:]]
    with opened(driver, written(folder / "gap.html", triaged(captures([session])))) as page:
        page.open("session=0")
        assert page.texts(".hops tr.soft td:nth-child(3)") == ["no answer"]
        assert page.texts(".hops tr.soft th") == ["3 to 5"]
        assert "no answer" in page.texts("#session svg text")


@pytest.mark.parametrize("dates", [["1970-01-01", "2024-03-08", "2024-03-09"], ["2024-03-08", "2024-03-10"]])
def test_every_bar_of_the_sessions_over_time_can_be_seen(driver: Chrome, folder: Path, dates: list[str]) -> None:
    sessions = [healthy(Random(1)) | {"date": f"{date} 12:00:00"} for date in dates]
    with opened(driver, written(folder / "time.html", triaged(captures(sessions)))) as page:
        widths = page.run(
            "return [...document.querySelectorAll('#time svg a rect')].map((each) => each.getBoundingClientRect().width)"
        )
        assert widths
        assert min(widths) >= 1


@pytest.mark.parametrize(
    ("delays", "marked"),
    [
        ([(1, 2), (2, 10), (3, 400), (4, 101), (5, 100), (6, 102)], 400),
        ([(1, 2), (2, 10), (3, 200), (3, 100), (4, 101), (5, 102)], 100),
        ([(1, 2), (2, 30), (2, 10), (3, 100), (4, 101), (5, 102)], 100),
    ],
    ids=["slow with answers only", "several probes", "several probes before it"],
)
def test_the_jump_is_the_one_that_the_sign_tells_of(
    driver: Chrome, folder: Path, delays: list[tuple[int, float]], marked: int
) -> None:
    session = healthy(Random(1))
    network = session["network"]
    network["ping"] |= {"minRtt": 155, "avgRtt": 160, "maxRtt": 170}
    network["connect"] = {"rtt": 160}
    last, _ = delays[-1]
    network["traceroute"] = {
        "destination": f"203.0.113.{last}",
        "hops": [{"hop": hop, "delay": delay, "ipAddress": f"203.0.113.{hop}"} for hop, delay in delays],
    }
    with opened(driver, written(folder / "jump.html", triaged(captures([session])))) as page:
        page.open("session=0")
        assert any("rises by 90 ms after hop 2" in each for each in page.texts(".signs li"))
        assert [each for each in page.texts("#session svg text") if "+" in each] == ["+90 ms"]
        assert page.texts(".hops tr.ill th") == ["3"]
        assert page.texts(".hops tr.ill td:nth-child(2)") == [f"{marked} ms (+90)"]


def test_nobody_needs_a_mouse(page: Page) -> None:
    """The tabulator leads through all that can be acted on, pictures aside: their tables have the same links."""
    reached = []
    for _ in range(40):
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        reached.append(page.run("const e = document.activeElement; return e.id || e.getAttribute('href') || e.tagName"))
    assert reached[0] == "#sessions"  # past all that is above
    assert "by" in reached
    assert not page.run("return document.activeElement.closest('svg')")
    page.find("#search").send_keys(Keys.TAB, "p")  # in the select of verdicts
    assert set(page.texts(VERDICT)) == {"provider"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(driver: Chrome, week_page: Path, scheme: str) -> None:
    size = {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        with opened(driver, week_page) as page:
            for fragment in ("overview", "session=0", "session=1", "session=2"):
                page.open(fragment)
                assert page.run("return document.documentElement.scrollWidth") == 360
            paper = page.run("return getComputedStyle(document.body).backgroundColor")
            assert (paper == "rgb(20, 24, 28)") is (scheme == "dark")
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


LONG = {
    "a sign-in address": "https://login.example.com/authorize?state=" + "eyJhbGciOiJSUzI1NiIsInR5cCI6" * 40,
    "32 letters": "W" * 32,
    "words": "word " * 200,
}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_nothing_is_wider_than_the_window(driver: Chrome, folder: Path, text: str, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        with opened(driver, written(folder / "long.html", triaged(captures_saying(text)))) as page:
            fragments = [f"session={number}" for number in range(len(page.all(ROW)))]
            assert len(fragments) == 23
            for kind in ("agent", "site", "organization", "location"):
                Select(page.find("#by")).select_by_value(kind)
                fragments += [str(link.get_attribute("href")).partition("#")[2] for link in page.all("#who tbody a")]
                assert page.widest() <= width, kind
            for fragment in ("overview", *fragments):
                page.open(fragment)
                assert page.widest() <= width, fragment
        redacted = triaged(captures_saying(text), Config(redact=True))
        with opened(driver, written(folder / "long.html", redacted)) as page:
            assert page.widest() <= width
            page.open("session=0")
            assert page.widest() <= width
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def captures_saying(text: str) -> list[Capture]:
    """A dump with that text in every place, in an ailing session, in a good one to compare with, and in what can't be read."""
    ill = [saying(text, Random(number)) for number in range(2)]
    for number, session in enumerate(ill):
        session["userSessionId"] += str(number)
        session["network"]["traceroute"]["destination"] = session["network"]["traceroute"]["hops"][-1]["ipAddress"]
    ill[1]["network"]["ping"] = {"pktsSent": 10, "pktsReceived": 8, "minRtt": 1e15, "avgRtt": 1e15, "maxRtt": 1e15}
    good = healthy(Random(1)) | {key: ill[0][key] for key in ("agentId", "visitedSite")}
    good["network"]["networkProfile"] = ill[0]["network"]["networkProfile"]
    payload = json.dumps(response([*week(20), *ill, good])).encode()
    return [Capture(f"{text}.json", payload), Capture(f"{text}/b.json", b'{"userSessions": [')]


HARM = """
    return [window.harmed, document.querySelectorAll("script").length,
        document.querySelectorAll("img, iframe, object, embed, form[action], link, base, meta[http-equiv=refresh]").length,
        [...document.querySelectorAll("*")].filter((each) => [...each.attributes].some((at) => at.name.startsWith("on"))).length,
        [...document.querySelectorAll("a")].filter((each) => !(each.href.baseVal ?? each.getAttribute("href")).startsWith("#")).length]
"""


def test_hostile_texts_are_texts(driver: Chrome, folder: Path) -> None:
    with opened(driver, written(folder / "hostile.html", triaged(captures(hostile(), of=1)))) as page:
        page.find("#documented summary").click()
        for fragment in ("causes", "sessions", *(f"session={number}" for number in range(len(HOSTILE)))):
            page.open(fragment)
            assert page.run(HARM) == [None, 4, 0, 0, 0], fragment
            said = page.run("return document.body.textContent")
            assert not re.search(
                "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said
            )
        page.open("session=1")
        assert HOSTILE[1] in page.texts("#session dd")
        assert "harmed" not in page.driver.title
        page.open("sessions")
        page.find("#search").send_keys(HOSTILE[1])
        assert len(page.all(ROW)) == 1


def test_fragments_that_lead_nowhere_show_the_report(page: Page) -> None:
    for fragment in (
        "session=100000",
        "agent=99999999",
        "verdict=77",
        "time=5000",
        "__proto__=1",
        "constructor=2",
        "<img>",
    ):
        page.open(fragment)
        assert page.find("#report").is_displayed(), fragment
        assert page.texts("#shown")[0].startswith("200 sessions"), fragment


@pytest.mark.parametrize(
    "config", [Config(redact=True), Config(select=("PNG", "SES"))], ids=["redacted", "no verdicts"]
)
def test_a_page_that_lacks_much_works_too(driver: Chrome, folder: Path, config: Config) -> None:
    with opened(driver, written(folder / "less.html", triaged(captures(week(20)), config))) as page:
        assert len(page.all(ROW)) == 20
        for number in range(20):
            page.open(f"session={number}")
            assert page.find("#session h1").is_displayed()


def test_a_page_without_values_tells_signs_by_name_and_what_can_be_searched(driver: Chrome, folder: Path) -> None:
    redacted = triaged(captures([ailing("weak Wi-Fi", Random(1))]), Config(redact=True))
    with opened(driver, written(folder / "redacted.html", redacted)) as page:
        assert "weak-wifi" in page.texts(f"{ROW} td:nth-child(3)")[0]
        assert page.find("#search").get_attribute("placeholder") == "address, verdict, sign …"
        assert page.texts("#sessions .note")[0] == "A hollow dot is a verdict that is probable, not most likely."


def test_what_is_empty_or_huge_is_shown(driver: Chrome, folder: Path) -> None:
    session = healthy(Random(1))
    session["pages"] = [{}, session["pages"][0] | {"pageTimings": {"onContentLoad": 10**15, "onLoad": 1e308}}]
    session["network"]["traceroute"]["hops"].append({})
    with opened(driver, written(folder / "odd.html", triaged(captures([session])))) as page:
        assert len(page.all(ROW)) == 1
        page.open("session=0")
        assert page.texts(".pages td:last-child") == ["1.0e+305 s"]
        assert page.widest() <= 1280


def test_each_view_has_a_title_of_its_own(page: Page) -> None:
    report = page.driver.title
    page.open("session=0")
    assert page.texts("h1")[1] in page.driver.title
    page.open("sessions")
    assert page.driver.title == report


def test_pictures_are_read_aloud_as_one_label_or_not_at_all(page: Page) -> None:
    """Not as the links in them, which the tables below have too, nor as the parts that they are drawn of."""
    page.open("session=0")
    assert not page.all("svg [aria-label]")
    assert not page.all("svg:not([role=img]):not([aria-hidden=true])")
    assert not page.all("svg:not([aria-hidden=true]) a")


def test_paper_is_light_whatever_the_screen_is(page: Page) -> None:
    color = "return getComputedStyle(document.documentElement).getPropertyValue('--none-found')"
    light = page.run(color)
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    try:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
        assert page.run(color) != light
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark, "media": "print"})
        assert page.run(color) == light
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [], "media": ""})


def test_an_empty_dump_has_a_page(driver: Chrome, folder: Path) -> None:
    with opened(driver, written(folder / "empty.html", triaged([]))) as page:
        assert page.texts("h1") == ["0 sessions"]


def test_on_paper_all_that_is_folded_is_open(page: Page) -> None:
    page.driver.execute_cdp_cmd("Page.printToPDF", {})
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.all(".causes details[open]")
    page.run("dispatchEvent(new Event('afterprint'))")
    assert not page.all(".causes details[open]")
