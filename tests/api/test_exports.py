"""Collections read elsewhere: feeds by the rules of their formats, files that nothing runs in, and asking again."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from corpus.collection_state import changed
from tests.fakes import draft, opened, stored

URL = "http://127.0.0.1"
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) \x01 & "quoted"'


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> TestClient:
    return TestClient(create_app(lessonry), base_url=URL)


@pytest.fixture
def ids(lessonry: Lessonry) -> dict[str, str]:
    made = {
        "a": stored(lessonry, "a", "The disk.", url="https://example.org/a", tags=("disk", "tls"), published="2021-05"),
        "b": stored(lessonry, HOSTILE, "The valve.", kind="lesson", organization="=Acme"),
    }
    collections = lessonry.corpus.collections
    collections.create("Ein Leser", description=HOSTILE, who="Ada")
    collections.add(
        "ein-leser", made["a"], "Read **this** first:\nit is [short](https://example.org).", section="Cases"
    )
    collections.add("ein-leser", made["b"], HOSTILE, section="Cases")
    return made


def test_the_atom_feed_keeps_the_rules_of_rfc_4287(client, ids):
    answer = client.get("/v1/collections/ein-leser/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for parent in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):  # exactly one of each, and not empty
            (child,) = parent.findall(f"{ATOM}{name}")
            assert child.text
        assert parent.findtext(f"{ATOM}id", "").startswith("urn:uuid:")
        assert parent.findtext(f"{ATOM}updated", "").endswith("Z")
        alternates = [one for one in parent.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert len(alternates) == 1
        assert all(one.get("href") for one in parent.findall(f"{ATOM}link"))
    assert [one.findtext(f"{ATOM}name") for one in root.findall(f"{ATOM}author")] == ["Ada"]
    (itself,) = [one.get("href") for one in root.findall(f"{ATOM}link") if one.get("rel") == "self"]
    assert itself == f"{URL}/v1/collections/ein-leser/feed.atom"
    entries = [one.findtext(f"{ATOM}id") for one in root.findall(f"{ATOM}entry")]
    assert len(set(entries)) == 2
    assert all(one.get("type") == "html" for one in root.iter(f"{ATOM}content"))


def test_a_feed_reader_reads_the_notes_and_nothing_runs(client, ids):
    feed = feedparser.parse(client.get("/v1/collections/ein-leser/feed.atom").content, sanitize_html=False)
    assert feed.bozo == 0
    by_id = {one.link.rsplit("/", 1)[-1]: one for one in feed.entries}
    note = by_id[ids["a"]].content[0].value
    assert "<strong>Cases</strong>" in note
    assert 'Read <strong>this</strong> first:<br />\nit is <a href="https://example.org"' in note
    hostile = by_id[ids["b"]].content[0].value
    assert "<script" not in hostile
    assert "<img" not in hostile
    assert 'href="javascript' not in hostile
    assert "alert(1)" in hostile  # shown, not run
    assert [one.term for one in by_id[ids["a"]].tags] == ["disk", "tls"]


def test_the_json_feed_has_the_fields_of_its_version(client, ids):
    answer = client.get("/v1/collections/ein-leser/feed.json")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (
        f"{URL}/collections/ein-leser", f"{URL}/v1/collections/ein-leser/feed.json",
    )  # fmt: skip
    assert feed["authors"] == [{"name": "Ada"}]
    assert all(isinstance(one["id"], str) and one["content_html"] for one in feed["items"])
    (first,) = [one for one in feed["items"] if one["url"] == f"{URL}/documents/{ids['a']}"]
    assert (first["external_url"], first["tags"], first["title"]) == ("https://example.org/a", ["disk", "tls"], "a")


def test_asked_again_a_feed_says_whether_anything_changed(lessonry, client, ids):
    for path in ("feed.atom", "feed.json"):
        address = f"/v1/collections/ein-leser/{path}"
        first = client.get(address)
        assert "max-age" in first.headers["cache-control"]
        assert first.headers["last-modified"].endswith("GMT")
        again = client.get(address, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        since = {"If-Modified-Since": first.headers["last-modified"]}
        assert client.get(address, headers=since).status_code == 304
        for never in ("Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", ""):
            assert client.get(address, headers={"If-Modified-Since": never}).status_code == 200
        lessonry.corpus.collections.change("ein-leser", changed(ids["a"], note=path))
        changed_since = client.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (changed_since.status_code, changed_since.headers["etag"] != first.headers["etag"]) == (200, True)


def test_a_long_feed_is_paged_without_a_gap(lessonry, client):
    with lessonry.corpus.db.write():
        made = [draft(f"D{number}", "disk") for number in range(250)]
        for one in made:
            lessonry.corpus.documents.put(one, [])
        lessonry.corpus.collections.create("Long")
        lessonry.corpus.collections.arrange("long", [(one.id, "") for one in made])
    seen, address = [], f"{URL}/v1/collections/long/feed.atom"
    while address:
        feed = feedparser.parse(client.get(address).content)
        seen += [one.link.rsplit("/", 1)[-1] for one in feed.entries]
        assert next(one.href for one in feed.feed.links if one.rel == "self") == address
        address = next((one.href for one in feed.feed.links if one.rel == "next"), "")
    assert seen == [one.id for one in made]
    first = client.get("/v1/collections/long/feed.json").json()
    second = client.get(first["next_url"]).json()
    assert len({one["id"] for one in first["items"] + second["items"]}) == 200


def test_all_feeds_at_once(client, ids):
    root = ElementTree.fromstring(client.get("/v1/collections.opml").content)
    (outline,) = root.iter("outline")
    assert (outline.get("type"), outline.get("text")) == ("rss", "Ein Leser")
    assert client.get(outline.get("xmlUrl")).status_code == 200


def test_a_spreadsheet_runs_nothing(client, ids):
    answer = client.get("/v1/collections/ein-leser.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["position"], row["id"]) for row in rows] == [("1", ids["a"]), ("2", ids["b"])]
    assert (rows[1]["organization"], rows[1]["note"]) == ("'=Acme", HOSTILE)


def test_the_other_forms(client, ids):
    text = client.get("/v1/collections/ein-leser.md").text
    assert text.startswith("# Ein Leser\n")
    assert "## Cases" in text
    assert "1. [a](<https://example.org/a>)\n   post-mortem, May 2021\n\n   Read **this** first:" in text
    assert r"2. \<script\>" in text
    assert "<script" not in text.replace(r"\<", "")
    whole = client.get("/v1/collections/ein-leser.json").json()
    assert [one["document"]["id"] for one in whole["items"]] == list(ids.values())
    csl = json.loads(client.get("/v1/collections/ein-leser.csl.json").content)
    assert [one["id"] for one in csl] == list(ids.values())
    assert client.get("/v1/collections/ein-leser.bib").text.count("@") >= 2
    for suffix in (".md", ".csv", ".json", ".bib", ".csl.json", "/feed.atom", "/feed.json"):
        assert client.get(f"/v1/collections/nothing{suffix}").status_code == 404
    assert client.get("/v1/collections/ein-leser.exe").status_code == 404
