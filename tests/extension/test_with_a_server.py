"""The extension in Chromium beside a real server: what a person with a ticket open sees and does."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from api.settings import load
from api.wiring import Lessonry
from tests.browser.conftest import LESSONS
from tests.browser.serving import served
from tests.extension.conftest import Chromium
from tests.fakes import FakeEncoder, draft

pytestmark = pytest.mark.slow

TICKET = """<!doctype html><title>OPS-7 - Jira</title>
<nav><a href="/">Projects</a> <a href="/2">Boards</a></nav>
<h1 id="summary-val">Clients refuse to connect</h1>
<div id="description-val"><p>Seen by everybody since Friday morning.</p>
<p>The <b>certificate</b> of the router expired and no alarm told the crew.</p></div>"""
SOUP = (
    "<!doctype html><title>Soup</title><article><h1>Pumpkin soup</h1><p>"
    + "Cook the pumpkin with ginger until soft. " * 12
)
BECAUSE = "The certificate of the router expired and no alarm told the crew."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lessonry]:
    with Lessonry(load(home=tmp_path_factory.mktemp("home"))) as lessonry:
        lessonry.__dict__["encoder"] = FakeEncoder()
        for title, text in LESSONS.items():
            one = draft(title, text, organization="Acme", published="2021-05", kind="post-mortem")
            lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
        yield lessonry


@pytest.fixture(scope="module")
def site(home: Lessonry) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture(scope="module")
def token(home: Lessonry) -> str:
    return home.corpus.accounts.create_token("Ada", ["curate", "ingest"])[1]


@pytest.fixture
def connected(chromium: Chromium, site: str, token: str) -> Chromium:
    chromium.network.show("tickets.example", {"/1": TICKET, "/soup": SOUP})
    options = chromium.connect(site, token)
    expect(options.locator("#connected")).to_have_text(
        "Connected as Ada. You may read and give feedback, collect, save pages."
    )
    options.close()
    return chromium


def test_a_ticket_shows_the_right_lessons_with_reasons_and_a_count(connected: Chromium):
    ticket = connected.visit("http://tickets.example/1")
    panel = connected.panel(ticket)
    connected.click_icon(ticket)
    cards = panel.locator("#found > li")
    expect(cards.first.get_by_role("heading")).to_have_text("The certificate nobody renewed")
    expect(cards.first.locator(".eyebrow")).to_have_text("post-mortem · Acme · 2021-05")
    expect(cards.first.locator(".because button")).to_contain_text(BECAUSE)
    expect(cards.first.locator(".because p")).to_contain_text("expired")
    assert connected.badge(ticket) == str(cards.count())
    cards.first.get_by_title("Show it in the page").click()
    ticket.bring_to_front()
    painted = "[...CSS.highlights.get('lessonry')].map(String).join()"
    ticket.wait_for_function("CSS.highlights.has('lessonry')")
    assert ticket.evaluate(painted) == BECAUSE
    assert ticket.evaluate("document.querySelectorAll('mark, style').length") == 0


def test_a_recipe_shows_none_and_no_badge(connected: Chromium):
    soup = connected.visit("http://tickets.example/soup")
    panel = connected.panel(soup)
    connected.click_icon(soup)
    expect(panel.locator("#empty")).to_have_text("Nothing we have learned bears on this page.")
    assert connected.badge(soup) == ""


def test_nothing_is_read_before_a_click(connected: Chromium):
    panel = connected.panel(connected.visit("http://tickets.example/1"))
    panel.get_by_role("button", name="Look at this page").click()
    expect(panel.get_by_role("status").first).to_contain_text("Click the Lessonry icon")
    assert "/v1/related" not in [one.path for one in connected.network.asked]


def test_a_verdict_and_a_note_in_a_collection_reach_the_server(connected: Chromium, home: Lessonry):
    home.corpus.collections.create("Certificates")
    ticket = connected.visit("http://tickets.example/1")
    panel = connected.panel(ticket)
    connected.click_icon(ticket)
    card = panel.locator("#found > li").first
    card.get_by_role("button", name="Useful", exact=True).click()
    expect(card.locator(".said")).to_have_text("Noted, thank you.")
    card.get_by_role("button", name="Collect").click()
    card.get_by_label("Why here?").fill("The alarm was missing here too.")
    card.get_by_role("button", name="Add").click()
    expect(card.locator(".said")).to_have_text("Added to Certificates.")
    (item,) = home.corpus.collections.items("certificates")
    assert (item.document.title, item.note) == ("The certificate nobody renewed", "The alarm was missing here too.")
    assert home.corpus.feedback.counts(item.document.id)["useful"] == 1


def test_saving_a_page_makes_a_document_of_it(connected: Chromium, home: Lessonry):
    ticket = connected.visit("http://tickets.example/1")
    panel = connected.panel(ticket)
    connected.click_icon(ticket)
    expect(panel.locator("#found > li").first).to_be_visible()
    panel.get_by_role("button", name="Save page").click()
    expect(panel.get_by_role("link", name="Clients refuse to connect")).to_be_visible()
    saved = home.corpus.documents.find("http://tickets.example/1")
    assert saved.title == "Clients refuse to connect"
    assert BECAUSE in saved.text
    assert "Boards" not in saved.text


def test_a_learning_moment_is_kept(connected: Chromium, home: Lessonry):
    ticket = connected.visit("http://tickets.example/1")
    panel = connected.panel(ticket)
    panel.get_by_role("button", name="Learning moment").click()
    panel.get_by_label("What happened?").fill("The valve took a leap second.")
    panel.get_by_label("What did we learn?").fill("Smear the leap second.")
    panel.get_by_role("button", name="Keep it").click()
    link = panel.get_by_role("link", name="your learning moment")
    expect(link).to_be_visible()
    kept = home.corpus.documents.get(str(link.get_attribute("href")).rpartition("/")[2])
    assert "Smear the leap second." in kept.text


def test_the_search_in_the_panel(connected: Chromium):
    panel = connected.panel(connected.visit("http://tickets.example/1"))
    panel.get_by_role("searchbox").fill("restore the empty backup")
    panel.keyboard.press("Enter")
    first = panel.locator("#found > li").first
    expect(first.get_by_role("heading")).to_have_text("An empty backup")
    expect(first.locator("mark").first).to_be_visible()


def test_text_for_the_server_only_is_what_was_selected(connected: Chromium):
    ticket = connected.visit("http://tickets.example/1")
    panel = connected.panel(ticket)
    ticket.bring_to_front()
    ticket.evaluate("getSelection().selectAllChildren(document.querySelector('#description-val p'))")
    connected.click_icon(ticket)
    expect(panel.locator("#for")).to_have_text("Lessons for your selection in")
    (asked,) = (json.loads(one.body) for one in connected.network.asked if one.path == "/v1/related")
    assert asked == {"text": "Seen by everybody since Friday morning.", "limit": 5}
