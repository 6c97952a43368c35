"""The extension's own pages against the rules of WCAG 2.2 AA that axe-core can tell, light and dark."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import RULES, RUN
from tests.extension.conftest import Chromium
from tests.extension.stranger import Stranger

pytestmark = pytest.mark.slow

LESSON = {
    "id": "1", "title": "An empty backup", "kind": "post-mortem", "organization": "Acme", "published": "2021-05",
    "state": "superseded", "actions": {"open": 2},
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_extension_breaks_a_rule(
    chromium: Chromium, stranger: Stranger, axe: str, scheme: Literal["light", "dark"]
):
    def broken(page: Page) -> object:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(axe)
        return page.evaluate(RUN, RULES)

    stranger.says(
        "/v1/related",
        {
            "suggestions": [
                {"document": LESSON, "because": [{"yours": "It was empty.", "theirs": "So was ours.", "passage_id": 1}]}
            ]
        },
    )
    stranger.says("/v1/collections", {"items": [{"slug": "backups", "title": "Backups"}], "next": None})
    chromium.network.show(
        "wiki.example", {"/": "<!doctype html><title>Wiki</title><p>The backup was empty when we needed it."}
    )
    panel = chromium.looked_at("http://wiki.example/")[1]
    panel.get_by_role("button", name="Collect").click()
    expect(panel.get_by_label("Why here?")).to_be_visible()
    panel.get_by_role("button", name="Learning moment").click()
    pages = [panel, chromium.opened("options.html"), chromium.opened("welcome.html")]
    assert [broken(page) for page in pages] == [[], [], []]
    assert panel.evaluate("document.documentElement.scrollWidth") <= 360
