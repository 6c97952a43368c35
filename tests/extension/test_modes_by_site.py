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


def test_a_site_that_is_off_is_not_even_read(sites: Chromium):
    sites.run("() => chrome.storage.local.set({ sites: { 'http://wiki.example': { mode: 'off', where: 'private' } } })")
    sites.run("""() => { globalThis.put = chrome.scripting.executeScript; globalThis.scripts = 0;
        chrome.scripting.executeScript = (...given) => { globalThis.scripts += 1; return globalThis.put(...given); }; }""")
    try:
        panel = sites.looked_at("http://wiki.example/1")[1]
        expect(panel.get_by_text("Lessonry is off for this site.")).to_be_visible()
        expect(panel.get_by_label("On this site")).to_have_value("off")
        expect(panel.locator("#title")).to_have_text("App")  # what the browser calls the tab
        assert sites.run("() => globalThis.scripts") == 0
        panel.get_by_label("On this site").select_option("click")
        expect(panel.locator("#title")).to_have_text("Ticket one")
        assert sites.run("() => globalThis.scripts") > 0
    finally:
        sites.run("() => { chrome.scripting.executeScript = globalThis.put; }")


def test_what_a_person_takes_back_in_the_browser_is_forgotten(sites: Chromium):
    panel = sites.looked_at("http://wiki.example/1")[1]
    always(sites, panel, "automatic full")
    expect(panel.locator("#where")).to_have_text("Asked your server")
    while len(titles_asked(sites)) < 2:  # looked at by hand, and then by itself
        panel.wait_for_timeout(20)
    sites.run("() => chrome.permissions.remove({ origins: ['http://wiki.example/*'] })")
    expect(panel.get_by_label("On this site")).to_have_value("click")
    assert sites.run("async () => (await chrome.storage.local.get('sites')).sites") == {}
    asked = len(titles_asked(sites))
    other = sites.panel(sites.visit("http://wiki.example/2"))
    expect(other.get_by_role("button", name="Look at this page")).to_be_visible()
    assert len(titles_asked(sites)) == asked


def test_a_server_that_may_not_be_asked_any_more_is_told_and_not_asked(sites: Chromium):
    sites.run("() => chrome.permissions.remove({ origins: ['http://localhost/*'] })")
    sites.network.asked.clear()
    panel = sites.looked_at("http://wiki.example/1")[1]
    expect(panel.locator(".notice.bad")).to_contain_text("Press Connect and test in the settings")
    assert titles_asked(sites) == []
    sites._allowed.discard("http://localhost/*")


def test_the_pack_of_a_former_server_is_dropped(sites: Chromium, stranger: Stranger):
    sites.run("async () => (await caches.open('pack')).put('http://localhost:8321/v1/pack', new Response('old'))")
    sites.run("() => chrome.storage.local.set({ server: 'http://localhost:9999' })")
    options = sites.connect("http://localhost:8321", "a-secret-token")
    expect(options.locator("#connected")).to_contain_text("Connected as Ada")
    assert sites.run("async () => (await (await caches.open('pack')).keys()).map((one) => one.url)") == []


def test_a_word_of_the_context_menu_is_asked_about_alone(sites: Chromium):
    page = sites.looked_at("http://wiki.example/1")[0]
    sites.run(
        "(tab) => chrome.contextMenus.onClicked.dispatch({ selectionText: 'backup' }, { id: tab, windowId: 1 })",
        sites.tab(page),
    )
    expect(sites.panel(page).locator("#for")).to_have_text("Lessons for your selection in")
    assert [one.json for one in sites.network.asked if one.path == "/v1/related"][-1] == {"text": "backup", "limit": 5}


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
