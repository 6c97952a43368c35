"""A hundred and twenty texts that want to run a script, in every field there is, on every page that can be reached."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser

from api.wiring import Lessonry
from corpus.actions import ActionText
from corpus.collection_state import Place, added, described
from corpus.lines import line_flaw
from tests.browser.serving import served
from tests.fakes import opened, stored
from tests.payloads import PAYLOADS

_MOST_PAGES = 700
_ALIEN = """
    '[onerror],[onload],[onfocus],[ontoggle],[onclick],[onmouseover],[onstart],[onanimationstart],[formaction],[srcdoc],'
    + 'iframe,object,embed,base,marquee,audio,video,math,template,a[href^="javascript:" i]:not(.bookmarklet),'
    + 'img[src="x"],image[src="x"],meta[http-equiv=refresh],script:not([src]):not([type="application/ld+json"])'
"""
"""What no page of ours has: elements and attributes that only a payload could have made."""


def fill(lessonry: Lessonry) -> None:
    """Each payload in every field of a document, and of what hangs on it; without its breaks where one line is asked."""
    corpus = lessonry.corpus
    for number, text in enumerate(PAYLOADS):
        line = "".join(" " if line_flaw(letter) else letter for letter in text)
        body = f"## {text}\n\nThe clock {number}. {text}\n\n- [ ] {text}\n\n    {text}\n\n| a |\n|---|\n| {text} |\n"
        document_id = stored(
            lessonry, f"{number} {text}", body, organization=text, tags=(text,), summary=text, source=text,
            url=f"https://a.example/{number}?{text}", language="en", published="2020",
        )  # fmt: skip
        corpus.actions.add(document_id, ActionText(text=text, owner=text))
        corpus.lifecycle.say(document_id, {"state": "reviewed", "owner": text, "review_by": "2020-01-01"}, by=text)
        corpus.feedback.give(document_id, "search", "useful", query=text)
        slug = corpus.collections.create(line, slug=f"list-{number}", description=text, who=line).slug
        corpus.collections.change(slug, added(Place(document_id, text, line)), who=line)
        corpus.collections.change(slug, described(title=line, description=text), who=line)
        corpus.gaps.note(text, "told")
        corpus.subscriptions.add(f"https://b.example/{number}?{text}", {}, every=3600)
        job = corpus.jobs.create({"url": f"https://c.example/{text}", "title": text})
        corpus.jobs.update(job.id, "failed", error=text)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home: Path = tmp_path_factory.mktemp("hostile")
    with opened(home) as lessonry:
        fill(lessonry)
        with served(lessonry) as site:
            yield site


def pages(page, site: str) -> Iterator[str]:
    """Every page that a person can come to by links, the first of each list of like ones first."""
    waiting, seen, kinds = [f"{site}/?q=clock&explain=1", f"{site}/"], set[str](), dict[str, int]()
    while waiting and len(seen) < _MOST_PAGES:
        url = waiting.pop(0)
        path = re.sub(r"/[\w-]*\d[\w-]*", "/…", urlsplit(url).path)
        kinds[path] = kinds.get(path, 0) + 1
        if url in seen or not url.startswith(site + "/") or kinds[path] > len(PAYLOADS) + 5:
            continue
        seen.add(url)
        answer = page.goto(url)
        assert answer.status < 400, (url, answer.status)
        if answer.headers["content-type"].startswith("text/html"):
            yield url
            found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
            waiting += [urldefrag(urljoin(url, one)).url for one in found if is_page(one)]


def is_page(href: str) -> bool:
    """Not a file to be downloaded."""
    return not re.search(r"\.(atom|json|csv|bib|md|opml|xml)(\?|$)|^/v1/", href)


@pytest.mark.slow
def test_nothing_of_a_text_runs_or_becomes_an_element(browser: Browser, hostile: str):
    context = browser.new_context()
    context.add_init_script("window.owned = () => { window.isOwned = true; }")
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(page.url), dialog.dismiss()))
    looked_at = 0
    for url in pages(page, hostile):
        looked_at += 1
        assert page.evaluate("window.isOwned === true") is False, url
        alien = page.evaluate(f"[...document.querySelectorAll({_ALIEN})].map(one => one.outerHTML.slice(0, 200))")
        assert alien == [], url
    context.close()
    assert dialogs == []
    assert looked_at > 3 * len(PAYLOADS)
