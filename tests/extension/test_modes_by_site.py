"""Modes by site in Chromium: what a person allowed, for one site, and nothing else."""

import pytest
from playwright.sync_api import Page, expect

from tests.extension.conftest import Chromium
from tests.extension.stranger import Stranger

pytestmark = pytest.mark.slow

APP = """<!doctype html><title>App</title><main><h1>Ticket one</h1><p>The backup of the orders was empty when we needed it.</p></main>
<button id="next">Next</button><script>
document.getElementById("next").onclick = () => {
  history.pushState({}, "", "/2");
  setTimeout(() => {
    document.querySelector("h1").textContent = "Ticket two";
    document.querySelector("main p").textContent = "The certificate of the router expired on a Friday.";
  }, 100);
};
</script>"""


@pytest.fixture
def sites(chromium: Chromium, stranger: Stranger) -> Chromium:
    stranger.says("/v1/related", {"suggestions": [
        {"document": {"id": "1", "title": "An empty backup"}, "because": [{"yours": "The backup", "theirs": "The disk", "passage_id": 1}]}
    ]})  # fmt: skip
    chromium.network.show("wiki.example", {"/": APP})
    chromium.network.show("mail.example", {"/": APP})
    return chromium


def always(chromium: Chromium, panel: Page, mode: str) -> None:
    """Choose that for the site in the panel; the person says yes."""
    chromium.allow("http://wiki.example/*")
    panel.bring_to_front()
    panel.get_by_label("On this site").select_option(mode)


def titles_asked(chromium: Chromium) -> list[str]:
    return [one.json["title"] for one in chromium.network.asked if one.path == "/v1/related"]


def test_one_site_is_looked_at_by_itself_when_its_address_changes_without_a_load_too(sites: Chromium):
    page, panel = sites.looked_at("http://wiki.example/1")
    expect(panel.locator("#title")).to_have_text("Ticket one")
    always(sites, panel, "automatic full")
    origins = "async () => (await chrome.permissions.getAll()).origins.sort()"
    expect(panel.locator("#where")).to_have_text("Asked your server")
    assert sites.run(origins) == ["http://localhost/*", "http://wiki.example/*"]
    page.bring_to_front()
    page.get_by_role("button", name="Next").click()
    expect(panel.locator("#title")).to_have_text("Ticket two")
    assert sites.badge(page) == "1"
    assert titles_asked(sites)[-1] == "Ticket two"

    other = sites.visit("http://mail.example/")
    panel_of_other = sites.panel(other)
    other.get_by_role("button", name="Next").click()
    expect(panel_of_other.get_by_role("button", name="Look at this page")).to_be_visible()
    again = sites.visit("http://wiki.example/1")
    expect(sites.panel(again).locator("#title")).to_have_text("Ticket one")
    assert sites.badge(other) == ""
    assert titles_asked(sites)[-1] == "Ticket one", "of the wiki, not of the mail"

    panel.bring_to_front()
    panel.get_by_label("On this site").select_option("click")
    expect(panel.locator("#where")).not_to_have_text("Looking…")
    panel.wait_for_timeout(300)
    assert sites.run(origins) == ["http://localhost/*"]


def test_off_is_off_even_on_a_click(sites: Chromium):
    page, panel = sites.looked_at("http://wiki.example/1")
    expect(panel.locator("#found > li")).to_have_count(1)
    panel.get_by_label("On this site").select_option("off")
    expect(panel.get_by_text("Lessonry is off for this site.")).to_be_visible()
    asked = len(titles_asked(sites))
    sites.click_icon(page)
    panel.bring_to_front()
    expect(panel.get_by_text("Lessonry is off for this site.")).to_be_visible()
    assert len(titles_asked(sites)) == asked
    assert sites.badge(page) == ""


def test_everything_can_be_cleared(sites: Chromium):
    panel = sites.looked_at("http://wiki.example/1")[1]
    always(sites, panel, "automatic full")
    expect(panel.locator("#where")).to_have_text("Asked your server")
    options = sites.opened("options.html")
    expect(options.get_by_text("http://wiki.example", exact=True)).to_be_visible()
    options.get_by_role("button", name="Clear everything").click()
    expect(options.get_by_text("Everything is cleared.")).to_be_visible()
    assert sites.run("() => chrome.storage.local.get()") == {}
    assert sites.run("async () => (await chrome.permissions.getAll()).origins") == []
    assert sites.run("() => caches.keys()") == []


def test_the_address_bar_searches_the_server(sites: Chromium, stranger: Stranger):
    stranger.says("/", "<!doctype html><title>Lessonry</title>", type="text/html")
    page = sites.visit("http://wiki.example/1")
    page.bring_to_front()
    sites.run("() => chrome.omnibox.onInputEntered.dispatch('empty backup')")
    page.wait_for_url("http://localhost:8321/?q=empty+backup")
    assert page.title() == "Lessonry"
