"""Pictures of the extension at work, for the stores and to be looked at: `make store`.

python -m tests.extension.shots HOME FOLDER
"""

import base64
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect, sync_playwright

from api.settings import load
from api.wiring import Lessonry
from tests.browser.serving import served
from tests.extension.conftest import Chromium, launched
from tests.extension.network import proxied

LOOKS = "body { font: 17px/1.6 sans-serif; max-width: 44rem; margin: 3rem 4rem; } h1 { font-size: 1.7rem; line-height: 1.25; }"
PAGES = {
    "/OPS-412": "<h1>OPS-412: Push the new filter rules everywhere</h1><p>Opened by Ines · Priority normal</p>"
    "<p>The firewall team has a rule that blocks the new scraping pattern, and wants it out before the weekend.</p>"
    "<h2>Plan</h2><p>We push the new rules to every location at once, since the rules are only configuration and no code"
    " changes. The regular expression was tested on the sample of last month.</p>"
    "<p>If something looks wrong we switch the rule off again in the dashboard.</p>"
    "<h2>Afterwards</h2><p>We watch the CPU of the edge servers for an hour.</p>",
    "/soup": "<h1>Pumpkin soup</h1><p>What we cook when friends drop in: little work, and nobody leaves any.</p>"
    "<h2>Method</h2><p>Peel the pumpkin and cut it into large pieces. Soften an onion in butter with a thumb of ginger,"
    " add the pumpkin and a litre of stock, and simmer for half an hour until it is soft.</p>"
    "<p>Blend it, stir in the cream, and season with nutmeg and a little lemon. Serve with toasted seeds and good bread.</p>",
}
TALL, WIDE, PANEL = 800, 1280, 380
Scheme = Literal["light", "dark"]


def main(home: str, folder: str) -> None:
    """Write the pictures."""
    target = Path(folder)
    with (
        Lessonry(load(home=Path(home))) as lessonry,
        served(lessonry) as address,
        proxied() as network,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as profile,
        launched(playwright, network, Path(profile)) as chromium,
    ):
        network.show(
            "tickets.example",
            {path: f"<!doctype html><style>{LOOKS}</style>{text}" for path, text in PAGES.items()},
        )
        alone(chromium, "welcome.html", target / "welcome.png")
        options = chromium.connect(address)
        expect(options.get_by_text("in this browser, as of")).to_be_visible(timeout=300_000)
        options.set_viewport_size({"width": WIDE, "height": TALL})
        options.screenshot(path=target / "settings.png")
        options.close()
        page, panel = chromium.looked_at("http://tickets.example/OPS-412")
        expect(panel.locator("#found > li").first).to_be_visible()
        panel.locator(".because button").first.click()
        page.wait_for_function("CSS.highlights.has('lessonry')")
        together(chromium, page, panel, target / "panel.png", "light")
        together(chromium, page, panel, target / "panel-dark.png", "dark")
        page, panel = chromium.looked_at("http://tickets.example/soup")
        expect(panel.locator("#empty")).to_contain_text("Nothing we have learned")
        together(chromium, page, panel, target / "silence.png", "light")


def alone(chromium: Chromium, name: str, path: Path) -> None:
    page = chromium.opened(name)
    page.set_viewport_size({"width": WIDE, "height": TALL})
    page.screenshot(path=path)
    page.close()


def together(chromium: Chromium, page: Page, panel: Page, path: Path, scheme: Scheme) -> None:
    """The page with its panel at the side, as a person sees them; a driver sees two tabs."""
    drawn = []
    for one, width in ((page, WIDE - PANEL), (panel, PANEL)):
        one.bring_to_front()
        one.set_viewport_size({"width": width, "height": TALL})
        one.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        drawn.append(base64.b64encode(one.screenshot()).decode())
    both = chromium.context.new_page()
    both.set_viewport_size({"width": WIDE, "height": TALL})
    both.set_content(
        "<body style='margin:0;display:flex'>" + "".join(f"<img src='data:image/png;base64,{one}'>" for one in drawn)
    )
    both.screenshot(path=path)
    both.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
