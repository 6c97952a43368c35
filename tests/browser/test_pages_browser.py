"""The web pages in a real browser: keys, anchors, progress, and the same without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow


def test_search_open_a_document_and_see_what_bears_on_it(page: Page):
    page.goto("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("certificate of the router expired")
    page.keyboard.press("Enter")
    hit = page.locator(".hit").first
    expect(hit.get_by_role("heading")).to_have_text("The certificate nobody renewed")
    expect(hit.locator(".snippet mark").first).to_have_text("certificate")
    hit.get_by_text("Why").click()
    expect(hit.get_by_text("Similarity")).to_be_visible()
    hit.get_by_role("link", name="The certificate nobody renewed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The certificate nobody renewed")
    expect(page.locator(".passage:has(:target)")).to_be_in_viewport()
    page.get_by_role("link", name="Certificates expire on a known date").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Certificates expire on a known date")


def test_keys_move_from_the_search_box_through_the_hits(page: Page):
    page.goto("/?q=certificate")
    titles = page.locator(".hit h2 a")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("/jk")
    expect(page.get_by_role("combobox")).to_have_value("certificate/jk")


def test_filters_stand_beside_the_hits_where_there_is_room_and_fold_where_not(page: Page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/?q=certificate")
    year = page.locator(".facets").get_by_role("link", name="2021")
    expect(year).to_be_visible()
    year.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove the filter of 2021")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    expect(year).to_be_hidden()
    page.get_by_text("Filters", exact=False).first.click()
    expect(year).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_is_wider_than_its_window(page: Page, width: int, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/?q=certificate")
    document = page.locator(".hit h2 a").first.get_attribute("href")
    for path in ("/", "/?q=certificate", document, "/documents", "/collections", "/add", "/jobs", "/docs", "/help"):
        page.goto(str(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_upload_shows_its_progress_and_ends_at_the_document(page: Page, tmp_path: Path):
    lesson = tmp_path / "typo.md"
    lesson.write_text("# A typo in the config\n\nThe typo was in the config for a year.")
    page.goto("/add")
    page.get_by_label("PDF, Word").set_input_files(lesson)
    page.get_by_role("button", name="Upload the file").click()
    page.wait_for_url("**/jobs/*")
    page.get_by_role("link", name="A typo in the config").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A typo in the config")


def test_everything_is_there_without_javascript(browser: Browser, site: str):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/")
    page.get_by_role("searchbox").fill("restore the backup")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="post-mortem").first.click()
    page.get_by_role("link", name="An empty backup").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("An empty backup")
    page.goto("/add")
    page.get_by_label("Title").fill("The queue")
    page.get_by_label("Text", exact=False).last.fill("The queue was full and the alarm was silent.")
    page.get_by_role("button", name="Add the text").click()
    page.get_by_role("link", name="The queue", exact=True).click(timeout=20_000)  # the page asks anew by itself
    expect(page.get_by_role("heading", level=1)).to_have_text("The queue")
    context.close()


def test_the_first_stop_of_the_tab_key_skips_to_the_content(page: Page):
    page.goto("/documents")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_box_offers_ways_to_go_on(page: Page):
    page.goto("/")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("router cert")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("certificate")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_be_focused()
    box.press_sequentially("i")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("router certificate ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=router\+certificate"))


def test_a_title_that_is_chosen_opens_its_document(page: Page):
    page.goto("/?q=backup")
    box = page.get_by_role("combobox")
    box.fill("leap se")
    page.get_by_role("option", name="A leap second").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A leap second")


def test_the_help_opens_and_closes(page: Page):
    page.goto("/")
    page.locator(".help summary").click()
    expect(page.get_by_text("must not stand there")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("must not stand there")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1200])
def test_the_help_and_the_list_stay_in_the_window(page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/", "/?q=certificate"):
        page.goto(path)
        page.locator(".help summary").click()
        page.get_by_role("combobox").fill("cert")
        expect(page.get_by_role("option").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_sheet_of_keys_opens_and_stands_on_a_page_too(page: Page):
    page.goto("/documents")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.get_by_role("link", name="Help", exact=True).click()
    expect(page.locator("main").get_by_text("why a hit is there")).to_be_visible()


def test_w_opens_the_reasons_of_the_hit_at_hand(page: Page):
    page.goto("/?q=certificate")
    page.keyboard.press("j")
    page.keyboard.press("w")
    expect(page.locator(".hit").first.get_by_text("Similarity")).to_be_visible()


def test_the_menu_of_a_phone_opens_without_javascript(browser: Browser, site: str):
    context = browser.new_context(base_url=site, java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto("/")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Patterns").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Patterns")
    context.close()


def test_a_pattern_leads_to_its_sentence(page: Page):
    page.goto("/patterns")
    page.get_by_role("link", name="Expired certificate").click()
    expect(page.locator(".told")).to_have_text("The certificate of the router expired on a Friday.")
    page.get_by_role("link", name="The certificate nobody renewed").click()
    expect(page.locator(".passage:has(:target)")).to_contain_text("expired on a Friday")


def test_a_source_is_followed_removed_and_brought_back(page: Page):
    page.goto("/sources")
    page.get_by_label("Address of a feed").fill("https://example.org/feed.xml")
    page.get_by_label("How often").select_option("weekly")
    page.get_by_role("button", name="Follow it").click()
    row = page.locator(".rows > li")
    expect(row).to_contain_text("every week")
    page.get_by_role("button", name="Pause").click()
    expect(row).to_contain_text("paused")
    page.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("example.org/feed.xml")
