"""The life of a lesson in a real browser: found with a reason, superseded, written down in a moment, judged."""

import time

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow

CERTIFICATE, REMINDER = "The certificate nobody renewed", "Certificates expire on a known date"


def key_of(page: Page, title: str) -> str:
    """The id of the document of that title, as the server tells it."""
    found = page.request.get("/v1/documents?limit=100").json()["items"]
    return next(one["id"] for one in found if one["title"] == title)


def say(page: Page, title: str, **said: object) -> None:
    """Change a document over the JSON interface, as a page's script would."""
    page.goto("/signin")
    token = page.locator("meta[name=csrf]").get_attribute("content") or ""
    answer = page.request.patch(f"/v1/documents/{key_of(page, title)}", data=said, headers={"X-CSRF-Token": token})
    assert answer.ok, answer.text()


def titles(page: Page) -> list[str]:
    return page.locator(".hits h2").all_inner_texts()


def test_a_newcomer_finds_a_lesson_and_sees_why(page: Page):
    page.goto("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.fill("certificate alarm")
    page.keyboard.press("Enter")
    hit = page.locator(".hit").first
    expect(hit.locator("h2")).to_have_text(CERTIFICATE)
    hit.locator(".why summary").click()
    expect(hit.locator(".why dl")).to_contain_text("certificate")
    expect(hit.locator(".why .sum")).to_contain_text("Score")
    hit.locator("h2 a").click()
    expect(page.locator("h1")).to_have_text(CERTIFICATE)
    expect(page.locator(".related")).to_contain_text(REMINDER)


def test_a_superseded_lesson_sinks_and_says_so(page: Page):
    page.goto("/?q=certificate+expired")
    before = titles(page)
    assert before.index(REMINDER) < before.index(CERTIFICATE)
    say(page, REMINDER, superseded_by=key_of(page, CERTIFICATE))
    try:
        page.goto("/?q=certificate+expired")
        after = titles(page)
        assert after.index(CERTIFICATE) < after.index(REMINDER)
        hit = page.locator(".hits > li", has_text=REMINDER).first
        expect(hit.locator(".facts")).to_contain_text("superseded")
        hit.locator(".why summary").click()
        expect(hit.locator(".why")).to_contain_text("Lowered")
        hit.locator(".standing a").click()
        expect(page.locator("h1")).to_have_text(CERTIFICATE)
    finally:
        say(page, REMINDER, state=None)


def test_a_learning_moment_is_written_found_and_suggested_within_a_minute(page: Page):
    start = time.monotonic()
    page.goto("/moment")
    page.get_by_label("What happened").fill("The queue of the valve was full and the crew had no alarm.")
    page.get_by_label("What we learned").fill("Put an alarm on the queue of each valve.")
    page.get_by_label("Who could use it").fill("whoever owns a valve")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("h1")).to_have_text("Put an alarm on the queue of each valve")
    moment = page.url.rpartition("/")[2]
    page.goto("/?q=valve+queue+alarm")
    expect(page.locator(".hit h2").first).to_have_text("Put an alarm on the queue of each valve")
    token = page.locator("meta[name=csrf]").get_attribute("content") or ""
    question = {"title": "Ticket", "text": "The queue of our valve is full again and nobody got an alarm."}
    found = page.request.post("/v1/related", data=question, headers={"X-CSRF-Token": token}).json()
    assert found["suggestions"][0]["document"]["id"] == moment
    assert time.monotonic() - start < 60
    page.goto(f"/documents/{moment}")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("h1")).to_have_text("Removed")
    assert page.request.get(f"/v1/documents/{moment}").status == 404


def test_a_verdict_is_given_without_leaving_the_page(page: Page):
    page.goto("/?q=leap+second")
    form = page.locator("form.verdict").first
    form.locator("button[value=useful]").click()
    expect(form.get_by_role("status")).to_contain_text("Thank you")
    assert page.url.endswith("/?q=leap+second")
    counts = page.request.get(f"/v1/documents/{key_of(page, 'A leap second')}").json()["feedback"]
    assert counts["useful"] >= 1


def test_feedback_and_gaps_work_without_javascript(browser: Browser, site: str):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?q=empty+backup")
    form = page.locator("form.verdict").first
    expect(form.locator(".thanks")).to_be_hidden()
    form.get_by_role("button", name="Already knew").click()
    expect(page.locator("form.verdict").first.locator(".thanks")).to_be_visible()
    assert "/?q=empty+backup#verdict-" in page.url
    page.goto("/?q=flying+carpets")
    page.get_by_role("button", name="Tell the curators that nothing helped").click()
    expect(page.locator("#told")).to_be_visible()
    page.goto("/gaps")
    gap = page.locator(".doubts li", has_text="flying carpets")
    gap.get_by_role("button", name="Drop").click()
    expect(page.locator("main")).not_to_contain_text("flying carpets")
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_life_of_a_lesson_is_wider_than_its_window(page: Page, width: int, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/moment", "/still-true", "/gaps", f"/documents/{key_of(page, CERTIFICATE)}", "/?q=certificate"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
