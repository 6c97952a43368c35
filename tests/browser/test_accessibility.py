"""Every page against the rules of WCAG 2.2 AA that axe-core can tell, light and dark, on a phone and on a desk."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.slow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html.slice(0, 160)).join(" | ")}`);
}"""


def broken_rules(page: Page, axe: str) -> list[str]:
    """The rules that a page breaks, with all that folds opened."""
    for details in page.locator("main details").all():
        details.evaluate("one => { one.open = true; }")
    page.evaluate(axe)
    return list(page.evaluate(RUN, RULES))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_breaks_a_rule(page: Page, paths: list[str], axe: str, width: int, scheme: str):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for path in paths:
        page.goto(path)
        if broken := broken_rules(page, axe):
            found[path] = broken
    assert found == {}


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
