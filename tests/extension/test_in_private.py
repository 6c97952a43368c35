"""Matching inside the browser: nothing is asked of the network, and the last pack goes on answering."""

import struct

import pytest
from playwright.sync_api import expect

from search import pack, static_model
from tests.extension.conftest import Chromium
from tests.extension.network import GONE, Answer
from tests.extension.stranger import Stranger
from tests.fakes import Home
from tests.search.test_pack import LESSONS, PIECES

pytestmark = pytest.mark.slow

TICKET = "Our certificate has expired. The router is down since noon."
RECIPE = "Cook the pumpkin with ginger until it is soft, and serve it with cream."
PAGES = {
    f"/{number}": f"<!doctype html><title>Page {number}</title><h1>Page {number}</h1><p>{TICKET if number % 2 else RECIPE}</p>"
    for number in range(1, 52)
}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The pack of four lessons."""
    with Home(tmp_path_factory.mktemp("home")) as home:
        for title, text in LESSONS.items():
            home.put(title, text, kind="post-mortem", organization="Acme")
        home.indexer.catch_up()
        base = static_model.distilled(home.encoder, PIECES, home.folder / "models")
        return pack.build(home.corpus, home.indexer, base, 20, {})


@pytest.fixture
def sites(chromium: Chromium, stranger: Stranger, packed: bytes) -> Chromium:
    stranger.serves("/v1/pack", packed, '"1"')
    chromium.network.show("wiki.example", PAGES)
    options = chromium.opened("options.html")
    options.get_by_role("button", name="Fetch the pack").click()
    expect(options.get_by_text("4 lessons in this browser")).to_be_visible()
    options.close()
    return chromium


def test_fifty_pages_are_matched_without_a_single_request(sites: Chromium):
    options = sites.opened("options.html")
    options.get_by_label("stays in this browser").check()
    options.close()
    page, panel = sites.looked_at("http://wiki.example/1")
    expect(panel.locator("#found h2").first).to_have_text("Certificates")
    expect(panel.locator("#where")).to_have_text("Matched in this browser; nothing was sent")
    expect(panel.locator(".because button").first).to_contain_text("Our certificate has expired.")
    sites.allow("http://wiki.example/*")
    panel.bring_to_front()
    panel.get_by_label("On this site").select_option("automatic private")
    expect(panel.locator("#mode")).to_have_value("automatic private")
    sites.network.asked.clear()
    for number in range(2, 52):
        page.bring_to_front()
        page.goto(f"http://wiki.example/{number}")
        expect(panel.locator("#title")).to_have_text(f"Page {number}")
        expect(panel.locator("#where")).to_have_text("Matched in this browser; nothing was sent")
        assert bool(sites.badge(page)) == bool(number % 2)
    asked = {one.url for one in sites.network.asked if "google" not in one.url}  # the browser's own, not ours
    assert asked - {"http://wiki.example/favicon.ico"} == {f"http://wiki.example/{number}" for number in range(2, 52)}


@pytest.mark.parametrize(("answer", "words"), [
    (GONE, "Your server cannot be reached."),
    (Answer('{"detail": "the token expired"}', "application/problem+json", 401), "the token expired"),
    (Answer("<h1>Sign in</h1>"), "no Lessonry server"),
], ids=["gone", "expired token", "sign-in page"])  # fmt: skip
def test_when_the_server_fails_the_last_pack_answers_and_the_panel_says_so(
    sites: Chromium, stranger: Stranger, answer, words
):
    stranger.said["/v1/related"] = answer
    page, panel = sites.looked_at("http://wiki.example/1")
    expect(panel.locator("#found h2").first).to_have_text("Certificates")
    expect(panel.locator(".notice.bad")).to_contain_text(words)
    expect(panel.locator(".notice.bad")).to_contain_text("These come from the pack of")
    assert sites.badge(page) != ""


@pytest.mark.parametrize(("damage", "words"), [
    (lambda pack: pack[:8] + struct.pack("<I", 99) + pack[12:], "version 99"),
    (lambda pack: pack[: len(pack) // 2], "damaged"),
    (lambda pack: pack[:-100] + bytes(100), "damaged"),
    (lambda pack: b"<html>", "no pack"),
], ids=["another version", "cut off", "changed", "no pack"])  # fmt: skip
def test_a_pack_that_cannot_be_read_is_refused_and_the_last_one_stays(
    sites: Chromium, stranger: Stranger, packed: bytes, damage, words
):
    stranger.serves("/v1/pack", damage(packed), '"2"')
    options = sites.opened("options.html")
    options.get_by_label("stays in this browser").check()
    options.get_by_role("button", name="Fetch the pack").click()
    expect(options.locator("#pack")).to_contain_text(words)
    panel = sites.looked_at("http://wiki.example/1")[1]
    expect(panel.locator("#found h2").first).to_have_text("Certificates")
