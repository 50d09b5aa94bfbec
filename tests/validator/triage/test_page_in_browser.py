"""The page in a real browser: no error, no request, and what a person does with it works.

Deselected unless asked for (``pytest -m browser``): it wants Chromium and its driver on the PATH.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from sessionlint.triage.page import render
from support_triage import captures, triaged, week

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
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        return [each.text for each in self.driver.find_elements(By.CSS_SELECTOR, selector)]

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def open(self, fragment: str) -> None:
        self.run("location.hash = arguments[0]", fragment)

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
def week_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(render(triaged(captures(week(200)))), encoding="utf-8")
    return file


@pytest.fixture
def page(driver: Chrome, week_file: Path) -> Iterator[Page]:
    opened = Page(driver, week_file)
    yield opened
    assert opened.complaints() == []
    assert opened.requests() == {opened.address}


def test_the_page_shows_its_pictures(page: Page) -> None:
    assert page.texts("h1")[0].startswith("200 sessions of 8 agents")
    assert page.run("return document.querySelectorAll('.picture svg').length") == 2
