"""The journeys of curators in a real browser: ordering by keyboard and by drag, two at once, the review queue."""

import feedparser
import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow

ORDER = ".item h3 a"


def titles(page: Page) -> list[str]:
    return page.locator(ORDER).all_inner_texts()


def made(page: Page, title: str, query: str = "certificate") -> str:
    """A collection made from a search; the address of its page."""
    page.goto(f"/?q={query}")
    page.get_by_text("Make a collection of these").click()
    page.locator("#collect").fill(title)
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url("**/edit")
    return page.url.removesuffix("/edit")


def test_a_curator_makes_orders_notes_and_publishes_and_a_feed_reader_reads_it(page: Page) -> None:
    address = made(page, "Certificates for the crew")
    before = titles(page)
    assert len(before) >= 2
    grip = page.locator(".grip").first
    grip.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-announce]")).to_contain_text("taken at place 1")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-announce]")).to_contain_text("place 2")
    with page.expect_response("**/move"):
        page.keyboard.press("Space")
    expect(page.locator("[data-announce]")).to_contain_text("put down at place 2")
    page.reload()
    assert titles(page) == [before[1], before[0], *before[2:]]
    page.locator(".grip").first.focus()
    for key in ("Enter", "ArrowDown", "Escape"):
        page.keyboard.press(key)
    assert titles(page) == [before[1], before[0], *before[2:]]
    page.locator(".noting textarea").first.fill("Read **this** before Friday.")
    page.get_by_role("button", name="Save the note").first.click()
    page.get_by_role("link", name="Done").click()
    expect(page.locator(".said strong")).to_have_text("this")
    answer = httpx.get(f"{address.replace('/collections/', '/v1/collections/')}/feed.atom")
    feed = feedparser.parse(answer.content)
    assert feed.bozo == 0
    notes = {one.title: one.content[0].value for one in feed.entries if "content" in one}
    assert "Read <strong>this</strong> before Friday." in notes[before[1]]


def test_order_by_drag(page: Page) -> None:
    made(page, "Dragged")
    before = titles(page)
    first, second = page.locator(".grip").first.bounding_box(), page.locator(".item").nth(1).bounding_box()
    assert first
    assert second
    page.mouse.move(first["x"] + 8, first["y"] + 8)
    page.mouse.down()
    page.mouse.move(first["x"] + 8, second["y"] + second["height"] * 0.8, steps=8)
    with page.expect_response("**/move"):
        page.mouse.up()
    page.reload()
    assert titles(page)[:2] == [before[1], before[0]]


def test_two_curators_edit_at_once_and_neither_loses_work(browser: Browser, site: str) -> None:
    ada, grace = (browser.new_context(base_url=site).new_page() for _ in range(2))
    address = made(grace, "Edited by two")
    ada.goto(f"{address}/edit")
    ada.locator(".noting textarea").first.fill("By Ada")
    ada.get_by_role("button", name="Save the note").first.click()
    ada.wait_for_url("**undo=**")
    ada.get_by_role("button", name="down").first.click()
    grace.locator(".noting textarea").first.fill("By Grace")
    grace.get_by_role("button", name="Save the note").first.click()
    expect(grace.get_by_role("heading", level=1)).to_have_text("Somebody else changed this while you wrote")
    assert grace.locator("#theirs").input_value() == "By Ada"
    assert grace.locator("#note").input_value() == "By Grace"
    grace.locator("#note").fill("By Ada and Grace")
    grace.get_by_role("button", name="Save what I wrote").click()
    grace.wait_for_url("**undo=**")
    grace.goto(address)
    expect(grace.locator(".said")).to_have_text(["By Ada and Grace"])
    for page in (ada, grace):
        page.context.close()


def test_a_living_collection_gets_right_suggestions_and_a_wrong_one_that_does_not_come_back(page: Page) -> None:
    page.goto("/collections")
    page.locator("#title").fill("Disks and clocks")
    page.get_by_role("button", name="Make the collection").click()
    page.get_by_text("Look out for more").click()
    page.locator("#query").fill("crew")
    page.get_by_role("button", name="Look out", exact=True).click()
    page.wait_for_url("**/review?collection=disks-and-clocks")
    waiting = page.locator(".queue h2 a")
    expect(waiting).to_have_count(2)
    wrong, right = waiting.all_inner_texts()
    page.get_by_role("button", name=f"Refuse {wrong}").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("was refused")
    expect(waiting).to_have_text([right])
    page.get_by_role("button", name=f"Accept {right}").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is in Disks and clocks")
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    page.goto("/collections/disks-and-clocks")
    expect(page.locator(".curated h3 a")).to_have_text([right])
    expect(page.locator(".said")).to_contain_text("Found by “crew”")


def test_without_javascript_order_by_buttons_and_undo(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    made(page, "Without scripts")
    before = titles(page)
    assert page.locator(".grip:visible").count() == 0
    page.get_by_role("button", name=f"{before[1]} up").click()
    assert titles(page)[:2] == [before[1], before[0]]
    page.get_by_role("button", name="Undo").click()
    assert titles(page) == before
    page.get_by_role("button", name=f"Remove {before[0]}").click()
    assert titles(page) == before[1:]
    page.goto("/review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_at_any_width(browser: Browser, site: str, width: int, scheme: str) -> None:
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    address = made(page, f"Wide {width} {scheme}")
    page.locator("#new-section").fill("A section with a name that is rather long for a telephone")
    page.get_by_role("button", name="Add it").click()
    for path in (address, f"{address}/edit", f"{address}/history", f"{address}/print", "/collections", "/review"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
