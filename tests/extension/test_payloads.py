"""Each text of tests/payloads.py through the panel, from a page and from a server: it is read, and never run."""

import html
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.extension.conftest import Chromium
from tests.extension.network import Answer, Asked
from tests.extension.stranger import Stranger
from tests.extension.test_in_bad_company import lesson, unharmed
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.slow

SITE = "http://tickets.example/"
SET = "(said) => { document.title = document.querySelector('h1').textContent = document.querySelector('p').textContent = said; }"
READ = """([place, said]) => {
  const squeezed = (text) => text.replace(/\\s+/g, " ").trim();
  return squeezed(document.querySelector(place)?.textContent ?? "") === squeezed(said);
}"""
OWNED = "() => { globalThis.hurt = 0; globalThis.owned = () => { globalThis.hurt += 1; }; }"
PUT = "async (tab) => { await chrome.scripting.executeScript({ target: { tabId: tab }, func: " + OWNED + " }); }"
RUN = "async (tab) => (await chrome.scripting.executeScript({ target: { tabId: tab }, func: () => globalThis.hurt }))[0].result"


def echo(asked: Asked) -> Answer:
    """One lesson, all of whose fields are the last paragraph of the page."""
    said = asked.json["text"].split("\n\n")[-1]
    found = {"document": lesson(1, said), "because": [{"yours": said, "theirs": said, "passage_id": said}]}
    return Answer(json.dumps({"suggestions": [found]}), "application/json")


def press(button: Locator) -> None:
    """A click that waits for no drawing: a tab that is not in front draws once a second."""
    button.dispatch_event("click")


def read(panel: Page, place: str, said: str) -> None:
    """That text, and nothing else, comes to stand there."""
    panel.wait_for_function(READ, arg=[place, said], polling=20)


@pytest.fixture
def listening(chromium: Chromium, stranger: Stranger) -> tuple[Page, Page, Callable[[], list[int]]]:
    """A page, its panel, and how often `owned` was called in each of the four places where our scripts stand."""
    stranger.answers("/v1/related", echo)
    chromium.network.show("tickets.example", {"/": "<!doctype html><title>T</title><h1>T</h1><p>Nothing so far.</p>"})
    page, panel = chromium.looked_at(SITE)
    expect(panel.locator("#found > li")).to_have_count(1)
    tab = chromium.tab(page)
    page.evaluate(OWNED)
    panel.evaluate(OWNED)
    chromium.run(OWNED)
    chromium.run(PUT, tab)

    def calls() -> list[int]:
        return [page.evaluate("hurt"), panel.evaluate("hurt"), chromium.run("() => hurt"), chromium.run(RUN, tab)]

    return page, panel, calls


def test_what_page_and_server_say_is_read_in_the_panel_and_never_run(listening):
    page, panel, calls = listening
    assert len(PAYLOADS) == 120
    card = panel.locator("#found > li")
    for said in PAYLOADS:
        page.evaluate(SET, said)
        press(panel.get_by_role("button", name="Look again"))
        read(panel, "#found h2", said)
        expect(panel.locator("#title")).to_have_text(said)
        expect(card.locator(".because button")).to_have_text(f"This page{said.strip()}")
        expect(card.locator(".because p")).to_have_text(f"The lesson{said.strip()}")
        expect(card.locator(".eyebrow")).to_contain_text(said[:40])
        expect(card.locator(".facts")).to_contain_text(said[:40])
        press(card.locator(".because button"))
        unharmed(panel)
    assert calls() == [0, 0, 0, 0]


def test_what_a_server_says_of_its_searches_collections_failures_and_jobs_is_text(listening, stranger: Stranger):
    panel, calls = listening[1], listening[2]
    stranger.says("/v1/collections", {"items": [{"slug": said, "title": said} for said in PAYLOADS], "next": None})
    panel.get_by_role("button", name="Collect").click()
    expect(panel.get_by_label("Collection").locator("option")).to_have_text(PAYLOADS)
    for said in PAYLOADS:
        hit = {"document": lesson(1, said), "snippet": f"<mark>{html.escape(said)}</mark>"}
        stranger.says("/v1/search", {"hits": [hit]})
        panel.get_by_role("searchbox").fill("anything")
        panel.keyboard.press("Enter")
        read(panel, ".snippet mark", said)
        item = {"status": "added", "title": said, "id": said}
        stranger.says("/v1/documents", {"job": {"id": "j", "status": "done", "result": {"items": [item]}}}, 202)
        press(panel.get_by_role("button", name="Save page"))
        read(panel, "#notice", f"Saved: {said.strip()}")
        stranger.says("/v1/documents", {"title": said, "detail": said}, 422, "application/problem+json")
        press(panel.get_by_role("button", name="Save page"))
        read(panel, ".notice.bad", said)
        unharmed(panel)
    assert calls() == [0, 0, 0, 0]
