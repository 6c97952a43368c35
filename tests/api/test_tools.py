"""Lessons where the work happens: the address bar, the bookmarklet and its page, `lessonry open`."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api import cli
from api.app import create_app
from api.wiring import Lessonry
from tests.fakes import at_our_pages, opened, stored

URL = "http://127.0.0.1"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url=URL) as made:
        yield at_our_pages(made)


@pytest.fixture
def clock(lessonry: Lessonry) -> str:
    url = "https://acme.example/clock"
    return stored(lessonry, "Leap seconds", "The clock took the leap second badly.", url=url, identity=url)


def test_a_browser_is_told_how_to_search_and_to_suggest(client, clock):
    root = ElementTree.fromstring(client.get("/opensearch.xml").content)
    urls = {url.attrib["type"]: url.attrib["template"] for url in root if url.tag.endswith("Url")}
    typed = urls["application/x-suggestions+json"].replace("{searchTerms}", "leap%20sec")
    assert typed.startswith(f"{URL}/v1/suggest/opensearch?q=")
    answer = client.get(typed)
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    query, completions, words, addresses = answer.json()
    assert query == "leap sec"
    assert len(completions) == len(words) == len(addresses)
    place = completions.index("Leap seconds")
    assert (words[place], addresses[place]) == ("title", f"{URL}/documents/{clock}")


def test_the_bookmarklet_sends_the_page_to_this_server(client):
    soup = BeautifulSoup(client.get("/tools").text, "html.parser")
    script = unquote(soup.select_one("a.bookmarklet")["href"])
    assert script.startswith("javascript:(function(){")
    assert f"open('{URL}'+'/related?url='+e(location.href)+'&title='+e(document.title)" in script
    assert soup.select_one('footer a[href="/tools"]')


def test_lessons_for_a_page_that_is_open_elsewhere(client, clock):
    page = client.get("/related", params={"url": "https://x.example", "title": HOSTILE, "text": "A leap second comes."})
    soup = BeautifulSoup(page.text, "html.parser")
    [lesson] = soup.select("ol.related > li")
    assert lesson.select_one("h3 a")["href"].startswith(f"/documents/{clock}#p")
    assert [reason.text for reason in lesson.select(".because dd")] == [
        "A leap second comes.", "The clock took the leap second badly.",
    ]  # fmt: skip
    assert HOSTILE not in page.text


def test_a_text_is_pasted_and_nothing_is_kept(client, lessonry, clock):
    before = lessonry.corpus.changes.position()
    page = client.post("/related", data={"title": "", "text": "A leap second comes to our clock."})
    assert page.status_code == 200
    assert "Leap seconds" in page.text
    assert lessonry.corpus.changes.position() == before


def test_what_cannot_be_answered_is_told_on_the_page(client, clock):
    assert "Paste a text" in client.get("/related").text
    unknown = client.get("/related", params={"url": "https://x.example/unknown"})
    assert unknown.status_code == 404
    assert "select a part of it" in unknown.text
    nothing = client.get("/related", params={"text": "Beans and peas."})
    assert "Nothing here is near enough" in nothing.text


def opened_by(home: Path, *what: str) -> str:
    done = CliRunner().invoke(cli.app, ["--home", str(home), "open", "--print", *what])
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_open_tells_the_address_of_a_page(tmp_path, lessonry, clock):
    home = tmp_path / "home"
    base = "http://127.0.0.1:8000"
    assert opened_by(home) == f"{base}/"
    assert opened_by(home, clock) == f"{base}/documents/{clock}"
    assert opened_by(home, "https://acme.example/clock?utm_source=x") == f"{base}/documents/{clock}"
    search = urlsplit(opened_by(home, "leap", "second & more"))
    assert parse_qs(search.query) == {"q": ["leap second & more"]}
