"""Pictures of every page in three widths, light and dark, to be looked at: `make shots`.

python -m tests.browser.shots HOME FOLDER [PATH...]
"""

import re
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from api.settings import load
from api.wiring import Lessonry
from tests.browser.serving import chromium, served

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")


def pages(lessonry: Lessonry) -> list[str]:
    """The addresses of all pages that can be had without asking for one thing by name, and one of each other kind."""
    document = lessonry.corpus.documents.page(limit=1)[0].id
    found = ["/", "/?q=certificate+expired", "/?q=zzzz&mode=keyword", "/documents", f"/documents/{document}"]
    found += ["/collections", *(f"/collections/{one.slug}" for one in lessonry.corpus.collections.all()[:1])]
    found += ["/patterns", "/sources", "/add", "/jobs", "/help", "/docs", "/nothing-here"]
    return found


def main(home: str, folder: str, *wanted: str) -> None:
    """Write one picture a page, width and scheme."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with (
        Lessonry(load(home=Path(home))) as lessonry,
        served(lessonry) as site,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for width, scheme in product(WIDTHS, SCHEMES):
            context = browser.new_context(
                base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            for path in wanted or pages(lessonry):
                page.goto(path)
                name = re.sub(r"\W+", "-", path).strip("-") or "home"
                page.screenshot(path=target / f"{name[:60]}-{width}-{scheme}.png", full_page=True)
            context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
