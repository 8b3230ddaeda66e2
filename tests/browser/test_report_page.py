"""The report in a real browser, opened from the disk: it asks nothing of anyone, runs nothing, and shows text as text.

The browser is driven through its own pipe (Chrome DevTools Protocol), so that every request, dialog and console message is
seen as the browser sees it.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--remote-debugging-pipe"),
)
PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"
LANGUAGES = ("en", "zh")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None or os.name == "nt", reason="needs chromium"),
]


class Browser:
    """One page of a headless browser, and everything it has told so far."""

    def __init__(self, profile: Path) -> None:
        to_browser, self.write = os.pipe()
        self.read, from_browser = os.pipe()
        # the browser reads commands from 3 and writes answers to 4
        script = (
            "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
        )
        ends = (str(to_browser), str(from_browser))
        command = [sys.executable, "-c", script, *ends, str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.count, self.session = b"", 0, ""
        self.told: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> int:
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        return self.count

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = self.send(method, **params)
        return self.wait(lambda one: one.get("id") == number)["result"]

    def wait(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 30) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            while b"\0" in self.rest:
                text, self.rest = self.rest.split(b"\0", 1)
                message = json.loads(text)
                self.told.append(message)
                if message.get("method") == "Page.javascriptDialogOpening":
                    self.send("Page.handleJavaScriptDialog", accept=True)
                if wanted(message):
                    return message
            if select.select([self.read], [], [], 0.2)[0]:
                self.rest += os.read(self.read, 1 << 20)
        raise TimeoutError(f"the browser did not answer: {self.told[-3:]}")

    def open(self, page: Path) -> list[dict[str, Any]]:
        """Open a page, wait for it and a second more, and return what the browser told meanwhile."""
        before = len(self.told)
        self.ask("Page.navigate", url=page.as_uri())
        self.wait(lambda one: one.get("method") == "Page.loadEventFired")
        self.evaluate("1")
        time.sleep(1)
        self.evaluate("1")
        return self.told[before:]

    def evaluate(self, expression: str) -> Any:
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.read)
        os.close(self.write)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    one = Browser(tmp_path_factory.mktemp("profile"))
    yield one
    one.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, command: Callable[..., subprocess.CompletedProcess[str]]) -> Path:
    """A small simulated city whose title tries to be a script."""
    reports = tmp_path_factory.mktemp("reports")
    title = ("--set", f"title.en={json.dumps(PAYLOAD)}", "--set", f"title.zh={json.dumps(PAYLOAD)}")
    size = ("--set", "simulation.sites=5", "--set", "simulation.weeks=8")
    said = command("run", ROOT / "params" / "first.yml", "--reports", reports, *title, *size, "--quiet")
    assert said.returncode == 0, said.stderr
    return reports / "first"


def test_the_browser_would_tell(browser: Browser, tmp_path: Path) -> None:
    """A page that does it all: its requests, its dialog and its script are seen, so their absence means something."""
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://127.0.0.1:9/x.png"><img src="beside.png"><script>alert(1)</script>', encoding="utf-8")
    told = browser.open(page)
    asked = [one["params"]["request"]["url"] for one in told if one.get("method") == "Network.requestWillBeSent"]
    assert {"http://127.0.0.1:9/x.png", (tmp_path / "beside.png").as_uri()} < set(asked)
    assert any(one.get("method") == "Page.javascriptDialogOpening" for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_request_no_dialog_no_complaint(browser: Browser, report: Path, language: str) -> None:
    page = report / f"report.{language}.html"
    told = browser.open(page)
    asked = [one["params"]["request"]["url"] for one in told if one.get("method") == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    methods = {one.get("method", "") for one in told}
    assert "Page.javascriptDialogOpening" not in methods
    assert "Runtime.exceptionThrown" not in methods
    complaints = [one["params"] for one in told if one.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled")]
    assert complaints == [], "a Content-Security-Policy that stops something of ours says so here"


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_stays_text(browser: Browser, report: Path, language: str) -> None:
    browser.open(report / f"report.{language}.html")
    assert browser.evaluate("document.querySelector('h1').textContent") == PAYLOAD
    assert browser.evaluate("document.title").startswith(PAYLOAD)
    assert browser.evaluate("document.scripts.length") == 0
    assert browser.evaluate("document.querySelectorAll('[onerror],[onload],[onclick],iframe,object,embed').length") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_seen_as_meant(browser: Browser, report: Path, language: str, tmp_path: Path) -> None:
    """Figures are drawn, the shipped fonts are in use, nothing is wider than the window, also on a telephone."""
    browser.open(report / f"report.{language}.html")
    assert browser.evaluate("[...document.images].length") >= 3
    assert browser.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 100)") is True
    assert browser.evaluate("[...document.fonts].filter(one => one.status == 'error').length") == 0
    assert browser.evaluate("[...document.fonts].some(one => one.status == 'loaded')") is True
    picture = base64.b64decode(browser.ask("Page.captureScreenshot", format="png")["data"])
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000, "a blank page is smaller"
    (tmp_path / f"report.{language}.png").write_bytes(picture)
    for width in (1280, 390):
        browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=False)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width
    browser.ask("Emulation.clearDeviceMetricsOverride")
