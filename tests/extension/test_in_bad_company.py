"""The extension in Chromium among hostile pages and servers, and with servers that fail."""

from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.extension.conftest import Chromium
from tests.extension.network import Answer
from tests.extension.stranger import SERVER, Stranger

pytestmark = pytest.mark.slow

ACTS = [
    "globalThis.hurt = 1",
    "fetch('http://evil.example/')",
    "location = 'http://evil.example/'",
    "chrome.storage.local.clear()",
]
FORMS = [
    "<script>{}</script>", "<img src=x onerror=\"{}\">", "<svg onload=\"{}\">", "</p></li></ul><script>{}</script>", "<iframe srcdoc=\"<script>{}</script>\">",
    "javascript:{}", "<a href=\"javascript:{}\">x</a>", "<mark><img src=x onerror=\"{}\"></mark>", "&lt;script&gt;{}&lt;/script&gt;", "\"><script>{}</script>",
    "' onmouseover='{}", "${{{}}}", "{{{{{}}}}}", "<style>@import 'http://evil.example/a.css';</style>{}", "<math><mtext></form><form><mglyph><style></math><img src onerror=\"{}\">",
    "<!--><img src=x onerror=\"{}\">-->", "<object data=\"javascript:{}\">", "<base href=\"http://evil.example/\">{}", "<meta http-equiv=refresh content=\"0;url=http://evil.example/\">{}",
    "<link rel=stylesheet href=http://evil.example/b.css>{}", "<template><img src=x onerror=\"{}\"></template>", "\u202e<script>{}</script>", "<input autofocus onfocus=\"{}\">",
    "<details open ontoggle=\"{}\">", "<video><source onerror=\"{}\"></video>",
]  # fmt: skip
HOSTILE = [form.format(act) for form, act in product(FORMS, ACTS)]


def lesson(number: int, said: str) -> dict[str, Any]:
    """A lesson all of whose fields are hostile."""
    return {
        "id": f"{number}{said}", "title": said, "url": said, "kind": said, "organization": said, "published": said,
        "tags": [said], "state": said, "superseded_by": said, "actions": {"open": said},
    }  # fmt: skip


def test_a_hundred_hostile_lessons_and_pages_run_nothing(chromium: Chromium, stranger: Stranger):
    assert len(HOSTILE) == 100
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;") for text in HOSTILE]
    errors: list[str] = []
    for place, batch in enumerate(range(start, start + 10) for start in range(0, 100, 10)):
        stranger.says("/v1/related", {"suggestions": [
            {"document": lesson(n, HOSTILE[n]), "because": [{"yours": HOSTILE[n], "theirs": HOSTILE[n], "passage_id": HOSTILE[n]}]} for n in batch
        ]})  # fmt: skip
        stranger.says(
            "/v1/search", {"hits": [{"document": lesson(n, HOSTILE[n]), "snippet": HOSTILE[n]} for n in batch]}
        )
        chromium.network.show(
            f"p{place}.example",
            {
                "/": f"<!doctype html><meta charset=utf-8><title>{escaped[batch[0]]}</title><h1>{escaped[batch[1]]}</h1>"
                + "".join(f"<p>{escaped[n]}</p>" for n in batch)
            },
        )
        page, panel = chromium.looked_at(f"http://p{place}.example/")
        panel.on("pageerror", lambda error: errors.append(str(error)))
        panel.on("dialog", lambda dialog: errors.append(dialog.message))
        titles = panel.locator("#found h2")
        expect(titles).to_have_count(10)
        assert titles.all_inner_texts() == [" ".join(HOSTILE[n].replace("\u202e", "\u202e").split()) for n in batch]
        unharmed(panel)
        panel.get_by_role("searchbox").fill("anything")
        panel.keyboard.press("Enter")
        expect(panel.locator(".snippet")).to_have_count(10)
        unharmed(panel)
        panel.close()
        page.close()
    assert errors == []
    assert [one.url for one in chromium.network.asked if "evil" in one.url] == []
    assert chromium.run("() => globalThis.hurt") is None
    assert chromium.run("async () => (await chrome.storage.local.get('token')).token") == "a-secret-token"


def unharmed(panel: Page) -> None:
    """No script ran, nothing but links to the server's documents came in."""
    assert not panel.evaluate("globalThis.hurt")
    found = panel.locator("#found")
    assert (
        found.locator("script, img, svg, iframe, object, style, base, meta, link, template, input, video").count() == 0
    )
    hrefs = [link.get_attribute("href") or "" for link in found.get_by_role("link").all()]
    assert [href for href in hrefs if not href.startswith(f"{SERVER}/documents/")] == []
    assert all(link.get_attribute("rel") == "noopener noreferrer" for link in found.get_by_role("link").all())


def test_a_page_can_neither_read_the_token_nor_talk_to_the_worker_nor_frame_the_panel(
    chromium: Chromium, stranger: Stranger
):
    stranger.says("/v1/related", {"suggestions": []})
    chromium.network.show(
        "evil.example", {"/": "<!doctype html><title>Evil</title><h1>Evil page</h1><p>" + "It wants the token. " * 20}
    )
    page, panel = chromium.looked_at("http://evil.example/")
    expect(panel.locator("#empty")).to_contain_text("Nothing we have learned")
    assert page.evaluate("typeof globalThis.chrome?.runtime?.sendMessage") == "undefined"
    assert page.evaluate("typeof globalThis.reading + typeof globalThis.paintSentence") == "undefinedundefined"
    for name in ("panel.html", "options.html", "background.js", "icons/16.png", "manifest.json"):
        address = f"chrome-extension://{chromium.id}/{name}"
        assert page.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address) == "refused"
    page.evaluate(
        "address => { const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame) }",
        f"chrome-extension://{chromium.id}/panel.html",
    )
    page.wait_for_timeout(500)
    assert not [frame.url for frame in page.frames if "panel.html" in frame.url]
    # A script of ours in that page, were it taken over, gets neither the storage nor an answer.
    taken_over = """async (tab) => (await chrome.scripting.executeScript({ target: { tabId: tab }, func: async () => {
        const stored = await chrome.storage.local.get().then(JSON.stringify, (error) => `refused: ${error.message}`);
        const answers = await Promise.all(["search", "forget", "connect", "pack"].map((type) => chrome.runtime.sendMessage({ type }).catch(() => null)));
        return [stored, ...answers];
    } }))[0].result"""
    stored, *answers = chromium.run(taken_over, chromium.tab(page))
    assert "refused" in stored
    assert "a-secret-token" not in stored
    assert answers == [None] * 4
    assert not [
        one for one in chromium.network.asked if "a-secret-token" in str(one.headers) and not one.url.startswith(SERVER)
    ]


@pytest.mark.parametrize(("path", "value", "status", "type", "words"), [
    ("/v1/related", "<h1>Sign in</h1>", 200, "text/html", "no Lessonry server"),
    ("/v1/related", {"title": "Unauthorized", "detail": "the token expired on 2026-01-02"}, 401, "application/problem+json", "expired on 2026-01-02"),
    ("/v1/related", "gone", 502, "text/plain", "no Lessonry server"),
    ("/v1/related", '{"suggestions": [', 200, "application/json", "no Lessonry server"),
    ("/v1/related", {"title": "Too many", "detail": "ask again in a minute"}, 429, "application/problem+json", "ask again in a minute"),
])  # fmt: skip
def test_a_server_that_fails_is_told_in_clear_words(
    chromium: Chromium, stranger: Stranger, path, value, status, type, words
):
    stranger.says(path, value, status, type)
    chromium.network.show(
        "tickets.example",
        {"/": "<!doctype html><title>T</title><p>The backup was empty and the disk was full when we needed both."},
    )
    page, panel = chromium.looked_at("http://tickets.example/")
    expect(panel.locator(".notice.bad")).to_contain_text(words)
    assert chromium.badge(page) == ""


def test_a_server_that_sends_on_elsewhere_is_not_followed(chromium: Chromium, stranger: Stranger):
    stranger.said["/v1/related"] = Answer("", status=307, headers={"Location": "http://evil.example/v1/related"})
    chromium.network.show("tickets.example", {"/": "<!doctype html><title>T</title><p>The backup was empty again."})
    panel = chromium.looked_at("http://tickets.example/")[1]
    expect(panel.locator(".notice.bad")).to_contain_text("no Lessonry server")
    assert [one.url for one in chromium.network.asked if "evil" in one.url] == []


def test_a_page_that_hangs_is_told_in_words(chromium: Chromium, stranger: Stranger):
    chromium.network.show("busy.example", {"/": "<!doctype html><title>Busy</title><p>The backup was empty again."})
    page = chromium.visit("http://busy.example/")
    panel = chromium.panel(page)
    page.evaluate("() => void setTimeout(() => { for (const end = Date.now() + 14_000; Date.now() < end;); }, 200)")
    page.wait_for_timeout(100)
    chromium.click_icon(page)
    expect(panel.locator(".notice.bad")).to_contain_text("does not answer")


def test_frames_together_are_no_longer_than_a_page(chromium: Chromium, stranger: Stranger):
    stranger.says("/v1/related", {"suggestions": []})
    frames = "<iframe src=/inner></iframe>" * 3
    chromium.network.show("wiki.example", {
        "/": f"<title>Wiki</title><p>The page itself.</p>{frames}", "/inner": f"<p>{'The page inside. ' * 3000}",
    })  # fmt: skip
    panel = chromium.looked_at("http://wiki.example/")[1]
    expect(panel.locator("#empty")).to_contain_text("Nothing we have learned")
    (asked,) = (one.json for one in chromium.network.asked if one.path == "/v1/related")
    assert len(asked["text"]) == 60_000


def test_a_page_of_the_browser_itself_is_told_in_words(chromium: Chromium, stranger: Stranger):
    panel = chromium.panel(chromium.visit("chrome://version"))
    panel.get_by_role("button", name="Look at this page").click()
    expect(panel.locator(".notice.bad")).to_contain_text("browser")


def test_a_pdf_is_told_in_words_and_saved_by_its_address(chromium: Chromium, stranger: Stranger):
    chromium.network.sites["files.example"] = lambda asked: Answer(
        b"%PDF-1.4\ntrailer<</Root 1 0 R>>", "application/pdf"
    )
    stranger.says("/v1/documents", {"job": {"id": "j", "status": "done", "error": None, "result": {"items": [{"status": "added", "title": "A report", "id": "d"}]}}}, 202)  # fmt: skip
    panel = chromium.looked_at("http://files.example/a.pdf")[1]
    expect(panel.locator(".notice.bad")).to_contain_text("PDF")
    panel.get_by_role("button", name="Save page").click()
    expect(panel.get_by_role("link", name="A report")).to_be_visible()
    (asked,) = (one.json for one in chromium.network.asked if one.path == "/v1/documents")
    assert asked == {"url": "http://files.example/a.pdf"}


def test_frames_of_the_same_site_are_read_and_no_others(chromium: Chromium, stranger: Stranger):
    stranger.says("/v1/related", {"suggestions": []})
    chromium.network.show("ads.example", {"/": "<p>Buy this now, it is very cheap indeed."})
    chromium.network.show("wiki.example", {
        "/": "<title>Wiki</title><p>The page itself.</p><iframe src=/inner></iframe><iframe src=http://ads.example/></iframe>",
        "/inner": "<p>The page inside.",
    })  # fmt: skip
    panel = chromium.looked_at("http://wiki.example/")[1]
    expect(panel.locator("#empty")).to_contain_text("Nothing we have learned")
    (asked,) = (one.json for one in chromium.network.asked if one.path == "/v1/related")
    assert asked == {
        "title": "Wiki",
        "text": "The page itself.\n\nThe page inside.",
        "url": "http://wiki.example/",
        "limit": 5,
    }
