"""Pages that are full of things, and those that answer a form, against the rules of WCAG 2.2 AA; and none forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from tests.browser.conftest import four_lessons, watched
from tests.browser.lived_in import LivedIn
from tests.browser.test_accessibility import broken_rules
from tests.fakes import opened

pytestmark = pytest.mark.slow

_NO_PAGES = re.compile(r"/(v1|static|mcp|openapi|healthz|readyz|metrics|favicon|opensearch)|.*\.(bib|csl\.json)$")
_LOOKS = pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
Scheme = Literal["dark", "light"]


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, LivedIn]]:
    """A server over a home that people have worked in for a while."""
    with four_lessons(tmp_path_factory.mktemp("lived-in")) as site:
        people = LivedIn(site)
        people.fill()
        yield site, people


@_LOOKS
def test_no_page_that_is_full_of_things_breaks_a_rule(
    browser: Browser, lived_in: tuple[str, LivedIn], axe: str, width: int, scheme: Scheme
) -> None:
    site, people = lived_in
    found = {}
    with watched(browser, site, color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        for path in people.paths():
            page.goto(path)
            if broken := broken_rules(page, axe):
                found[path] = broken
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert found == {}


@_LOOKS
def test_no_page_that_answers_a_form_breaks_a_rule(
    browser: Browser, lived_in: tuple[str, LivedIn], axe: str, width: int, scheme: Scheme
) -> None:
    site, people = lived_in
    context = browser.new_context(base_url=site, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    found = {}
    for heading, come_there in (
        ("Somebody else changed this while you wrote", lambda: clash(page, people, f"Theirs, {scheme}")),
        ("An empty backup", lambda: refused_edit(page, people)),
        ("This form", lambda: stale_form(page)),
        ("There is no such", lambda: page.goto("/documents/none-such")),
        ("Removed", lambda: removed(page, people)),
    ):
        come_there()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        if broken := broken_rules(page, axe):
            found[heading] = broken
        assert page.evaluate("document.documentElement.scrollWidth") <= width, heading
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/documents/{people.third}")
    context.close()
    assert found == {}


def clash(page: Page, people: LivedIn, theirs: str) -> None:
    page.goto("/collections/watch/edit")
    people.change_the_note(theirs)
    page.locator(".noting textarea").first.fill("Mine")
    page.get_by_role("button", name="Save the note").first.click()


def refused_edit(page: Page, people: LivedIn) -> None:
    page.goto(f"/documents/{people.first}")
    page.get_by_text("Edit", exact=True).click()
    page.locator("#published").fill("soon")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#published")).to_have_value("soon")


def stale_form(page: Page) -> None:
    page.goto("/moment")
    page.locator("form [name=csrf]").first.evaluate("one => { one.value = 'stale'; }")
    page.locator("#happened").fill("The valve stuck.")
    page.locator("#learned").fill("Grease it.")
    page.get_by_role("button", name="Keep it").click()


def removed(page: Page, people: LivedIn) -> None:
    page.goto(f"/documents/{people.third}")
    page.get_by_role("button", name="Remove", exact=True).click()


def test_every_page_there_is_has_been_looked_at(
    paths: list[str], lived_in: tuple[str, LivedIn], tmp_path: Path
) -> None:
    looked_at = {path.split("?")[0] for path in (*paths, *lived_in[1].paths())}
    with opened(tmp_path / "home") as lessonry:
        routes = iter_route_contexts(create_app(lessonry).routes)
        pages = {
            one.path or "" for one in routes if "GET" in (one.methods or ()) and not _NO_PAGES.match(one.path or "")
        }
    assert len(pages) > 15
    shapes = {page: re.compile(re.sub(r"\{[^}]*\}", "[^/]+", page)) for page in pages}
    assert [page for page, shape in shapes.items() if not any(map(shape.fullmatch, looked_at))] == []
