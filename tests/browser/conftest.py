"""A real server on a free port of this machine, and a real browser to look at it."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from api.settings import load
from api.wiring import Lessonry
from tests.fakes import FakeEncoder, draft

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

LESSONS = {
    "The certificate nobody renewed": "## What happened\n\nThe certificate of the router expired on a Friday.\n\n"
    "## What to learn\n\nPut an alarm on each certificate that will expire.",
    "Certificates expire on a known date": "A certificate will expire. Write that down for the crew.",
    "An empty backup": "The disk was full and the backup was empty when the crew tried to restore it.",
    "A leap second": "The clock of the valve took a leap second badly.",
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine, else the one that playwright installed."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=QUIET
        )
        yield made
        made.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over four lessons."""
    home: Path = tmp_path_factory.mktemp("home")
    with Lessonry(load(home=home)) as lessonry:
        lessonry.__dict__["encoder"] = FakeEncoder()
        for title, text in LESSONS.items():
            one = draft(title, text, organization="Acme", published="2021-05")
            lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
        server = uvicorn.Server(uvicorn.Config(create_app(lessonry), host="127.0.0.1", port=0, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that has asked nothing of other machines and met no errors by the end of its test."""
    context = browser.new_context(base_url=site)
    made = context.new_page()
    made.set_default_timeout(10_000)
    asked: list[str] = []
    errors: list[str] = []
    made.on("request", lambda request: asked.append(request.url))
    made.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    context.close()
    assert [url for url in asked if not url.startswith(site)] == []
    assert errors == []
