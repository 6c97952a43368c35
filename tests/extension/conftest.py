"""A real Chromium with the extension in it, and a network that is known to the last request."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Worker, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.extension.network import Network, proxied
from tests.extension.stranger import SERVER, Stranger

EXTENSION = Path(__file__).parents[2] / "extension"


expect.set_options(timeout=20_000)


class Chromium:
    """The browser, and what a person does with the extension in it."""

    def __init__(self, context: BrowserContext, network: Network) -> None:
        self.context = context
        self.network = network
        self.worker: Worker = (
            context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
        )
        self.id = self.worker.url.split("/")[2]
        self._allowed: set[str] = set()
        assert context.browser
        self._cdp = context.browser.new_browser_cdp_session()

    def opened(self, name: str) -> Page:
        """A page of the extension."""
        page = self.context.new_page()
        page.set_viewport_size({"width": 360, "height": 780})
        page.goto(f"chrome-extension://{self.id}/{name}")
        return page

    def visit(self, address: str) -> Page:
        page = self.context.new_page()
        page.goto(address)
        return page

    def tab(self, page: Page) -> int:
        """The number by which the extension knows the page's tab."""
        place = self._target(page)["embedderData"]["tabStripIndex"]
        return int(self.run("async (index) => (await chrome.tabs.query({ index }))[0].id", place))

    def panel(self, page: Page) -> Page:
        """The side panel of that page, as a page of its own: a driver cannot reach into the real one."""
        return self.opened(f"panel.html?tab={self.tab(page)}")

    def click_icon(self, page: Page) -> None:
        """What a click in the toolbar does, the right to read this one tab included."""
        page.bring_to_front()
        self._cdp.send("Extensions.triggerAction", {"id": self.id, "targetId": self._target(page)["targetId"]})

    def _target(self, page: Page) -> Any:
        tabs = self._cdp.send("Target.getTargets", {"filter": [{"type": "tab"}]})["targetInfos"]
        (target,) = (one for one in tabs if one["url"] == page.url)
        return target

    def looked_at(self, address: str) -> tuple[Page, Page]:
        """A page that was opened and looked at, and its panel."""
        page = self.visit(address)
        panel = self.panel(page)
        self.click_icon(page)
        for _ in range(3):  # of a busy browser a click may come before its right to read the tab: one clicks again
            if not self._was_too_early(panel):
                break
            self.click_icon(page)
        return page, panel

    def _was_too_early(self, panel: Page) -> bool:
        """Has the look ended, and does it say that nobody has clicked? One that takes long has begun."""
        done = "() => !document.getElementById('look').hidden && document.getElementById('where').textContent !== 'Looking…'"
        try:
            panel.wait_for_function(done, timeout=5_000)
        except TookTooLong:
            return False
        return "Click the Lessonry icon" in panel.locator("#notice").inner_text()

    def allow(self, pattern: str) -> None:
        """The person will say yes when the browser asks for this host."""
        if pattern in self._allowed:
            return
        self._allowed.add(pattern)
        page = self.visit("chrome://extensions")
        page.evaluate("([id, host]) => chrome.developerPrivate.addHostPermission(id, host)", [self.id, pattern])
        page.close()

    def connect(self, address: str, token: str = "") -> Page:
        """Connect the server in the settings."""
        self.allow(f"{address.rpartition(':')[0]}/*")
        options = self.opened("options.html")
        options.get_by_label("Address").fill(address)
        options.get_by_label("Token").fill(token)
        options.get_by_role("button", name="Connect and test").click()
        return options

    def badge(self, page: Page) -> str:
        return str(self.run("async (tab) => chrome.action.getBadgeText({ tabId: tab })", self.tab(page)))

    def run(self, code: str, argument: Any = None) -> Any:
        """Run code in the extension's worker; it is woken where it sleeps."""
        return self.worker.evaluate(code, argument)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with proxied() as made:
        yield made


@contextmanager
def launched(playwright: Playwright, network: Network, profile: Path) -> Iterator[Chromium]:
    """That browser with the extension, for as long as the block lasts."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        headless=False,  # the old headless mode has no extensions; the argument below asks for the new one
        executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
        args=[
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--load-extension={EXTENSION}", f"--disable-extensions-except={EXTENSION}",
            "--enable-unsafe-extension-debugging",  # for the click on the icon
            f"--proxy-server=http://127.0.0.1:{network.port}", "--proxy-bypass-list=<-loopback>",
        ],
    )  # fmt: skip
    context.set_default_timeout(20_000)
    try:
        yield Chromium(context, network)
    finally:
        context.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with launched(playwright, network, tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture
def chromium(browser: Chromium) -> Iterator[Chromium]:
    """The browser with nothing open, nothing set and nothing asked so far."""
    browser.run(
        "() => Promise.all([chrome.storage.local.clear(), chrome.storage.session.clear(), caches.delete('pack')])"
    )
    browser.network.asked.clear()
    yield browser
    for page in browser.context.pages[1:]:  # without any the browser ends
        page.close()


@pytest.fixture
def stranger(chromium: Chromium) -> Stranger:
    made = Stranger(chromium.network)
    options = chromium.connect(SERVER, "a-secret-token")
    expect(options.locator("#connected")).to_contain_text("Connected as Ada")
    options.close()
    return made
