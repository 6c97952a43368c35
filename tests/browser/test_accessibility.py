"""Every page against the rules of WCAG 2.2 AA that axe-core can tell, light and dark, on a phone and on a desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Page, expect

from api.app import create_app
from api.settings import load
from api.wiring import Lessonry
from tests.browser.conftest import LESSONS
from tests.browser.lived_in import LivedIn
from tests.browser.serving import served
from tests.fakes import FakeEncoder, draft, opened

pytestmark = pytest.mark.slow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html.slice(0, 160)).join(" | ")}`);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_breaks_a_rule(page: Page, paths: list[str], axe: str, width: int, scheme: str):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for path in paths:
        page.goto(path)
        for details in page.locator("main details").all():
            details.evaluate("one => { one.open = true; }")
        page.evaluate(axe)
        if broken := page.evaluate(RUN, RULES):
            found[path] = broken
    assert found == {}


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LivedIn]]:
    """A server over a home that people have worked in for a while."""
    with Lessonry(load(home=tmp_path_factory.mktemp("lived-in"))) as lessonry:
        lessonry.__dict__["encoder"] = FakeEncoder()
        for title, text in LESSONS.items():
            one = draft(title, text, organization="Acme", published="2021-05")
            lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
        with served(lessonry) as address:
            people = LivedIn(address)
            people.fill()
            yield address, people


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_no_page_that_is_full_of_things_breaks_a_rule(
    page: Page, lived_in: tuple[str, LivedIn], axe: str, width: int, scheme: str
):
    site, people = lived_in
    page = page.context.browser.new_page(
        base_url=site, color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 900}
    )
    lost: list[str] = []
    page.on("response", lambda answer: lost.append(answer.url) if answer.status >= 400 else None)
    found = {}

    def look(name: str) -> None:
        for details in page.locator("main details").all():
            details.evaluate("one => { one.open = true; }")
        page.evaluate(axe)
        if broken := page.evaluate(RUN, RULES):
            found[name] = broken
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    for path in people.paths():
        page.goto(path)
        look(path)
    assert lost == [url for url in lost if "?q=%22" in url]
    page.goto("/collections/watch/edit")
    people.change_the_note(f"Theirs, {scheme}")
    page.locator(".noting textarea").first.fill("Mine")
    page.get_by_role("button", name="Save the note").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Somebody else changed this while you wrote")
    look("conflict")
    assert found == {}
    page.close()


def test_every_page_there_is_has_been_looked_at(paths: list[str], lived_in: tuple[str, LivedIn], tmp_path: Path):
    looked_at = [path.split("?")[0] for path in (*paths, *lived_in[1].paths())]
    with opened(tmp_path / "home") as lessonry:
        routes = [
            one.path or "" for one in iter_route_contexts(create_app(lessonry).routes) if "GET" in (one.methods or ())
        ]
    pages = [
        one
        for one in routes
        if not re.match(r"/(v1|static|mcp|openapi|healthz|readyz|metrics|favicon|opensearch)|.*\.(bib|csl\.json)$", one)
    ]
    assert len(pages) > 15
    forgotten = [
        one for one in pages if not any(re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", one), path) for path in looked_at)
    ]
    assert forgotten == []


def test_every_control_is_large_enough_to_be_hit(page: Page, paths: list[str]):
    page.set_viewport_size({"width": 360, "height": 900})
    small = {}
    for path in paths:
        page.goto(path)
        found = page.evaluate("""() => [...document.querySelectorAll("button, select, input:not([type=hidden]), summary")]
          .map((one) => [one.outerHTML.slice(0, 120), (/checkbox|radio/.test(one.type) ? one.labels[0] : one).getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.height < 24 || box.width < 24)).map(([html]) => html)""")
        small |= {path: found} if found else {}
    assert small == {}
