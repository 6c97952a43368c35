"""A real server on a free port of this machine, and a real browser to look at it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Playwright

from api.settings import load
from api.wiring import Lessonry
from tests.browser.serving import chromium, served
from tests.fakes import FakeEncoder, draft

LESSONS = {
    "The certificate nobody renewed": "## What happened\n\nThe certificate of the router expired on a Friday.\n\n"
    "## What to learn\n\nPut an alarm on each certificate that will expire.",
    "Certificates expire on a known date": "A certificate will expire. Write that down for the crew.",
    "An empty backup": "The disk was full and the backup was empty when the crew tried to restore it.",
    "A leap second": "The clock of the valve took a leap second badly.",
}


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as made:
        yield made


@contextmanager
def four_lessons(home: Path) -> Iterator[str]:
    """The address of a server over four lessons."""
    with Lessonry(load(home=home)) as lessonry:
        lessonry.__dict__["encoder"] = FakeEncoder()
        for title, text in LESSONS.items():
            one = draft(title, text, organization="Acme", published="2021-05")
            lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
        lessonry.indexer.catch_up()
        with served(lessonry) as address:
            yield address


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with four_lessons(tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="session")
def paths(site: str) -> list[str]:
    """The addresses of all pages, of each kind one."""
    with urlopen(f"{site}/v1/documents") as answer:
        document = json.load(answer)["items"][0]["id"]
    return [
        "/", "/?q=certificate", "/?q=zzzz&mode=keyword", "/documents", f"/documents/{document}", "/collections",
        "/patterns", "/patterns/technologies", "/patterns/expired-certificate", "/sources", "/add", "/jobs", "/help",
        "/docs", "/settings", "/review", "/tools", "/signin",
    ]  # fmt: skip


@contextmanager
def watched(browser: Browser, site: str, **how: Any) -> Iterator[Page]:
    """A page that has asked nothing of other machines and met no errors by the end."""
    context = browser.new_context(base_url=site, **how)
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


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with watched(browser, site) as made:
        yield made
