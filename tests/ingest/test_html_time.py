"""Hostile HTML: small pages that nest or repeat by the thousand are read to their end, and their prose is kept."""

import struct
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup, Tag

from ingest.html import read_html
from ingest.html_blocks import headed_text
from ingest.html_spans import Spans
from ingest.html_tree import cut, parsed
from ingest.lists import read_list
from ingest.shapes import shape_of

_PROSE = "".join(
    f"<p>Number {number}: the database ran out of connections and all writes failed.</p>" for number in range(9)
)
_HOSTILE = {
    "sign-ups": "<div>" * 1_000 + "<input type=email>" * 30 + "</div>" * 1_000,
    "asides with words": "<aside><p>x" * 2_000,
    "asides": "<aside>" * 8_000,
    "tables": "<table><tr><td>" * 2_000,
    "headers in headers": "<header>" * 2_000 + "<h1>t</h1>" + "</header>" * 2_000 + "<b>x</b>" * 2_000,
    "headers": "<header><h1>t</h1></header>" * 2_000,
    "articles": "<article>" * 8_000,
    "comments": "<div class=comments>" * 8_000,
    "shares": "<div id=share>" * 8_000,
    "headings that are links": "<h2><a href=/a>x</a>" * 2_000,
    "related posts": "<div><h2>Related posts</h2><ul><li><a href=/a>x</a></ul></div>" * 2_000,
    "terms": "<dl>" + "<dt><a href=/a>Tale</a></dt><dd>Of woe." * 2_000 + "</dl>",
    "scripts": "<b>x</b><script></script>" * 2_000,
    "cells in cells": "<table>" + "<row><cell>" * 90 + "<b>x</b> " * 2_000,
    "dates": "<h1>t</h1>" + "<time pubdate>" * 90 + "<b></b>" * 2_000,
    "comments in comments": "<div><h2>Comments</h2>" * 90 + "<a>x</a><time>" * 2_000,
}


@pytest.mark.parametrize("hostile", _HOSTILE.values(), ids=list(_HOSTILE))
def test_hostile_pages_are_read_to_their_end(hostile: str) -> None:
    html = f"<html><body>{hostile}{_PROSE}</body></html>"
    text = read_html(html, source="x").text
    assert all(f"Number {number}: the database" in text for number in range(9))
    assert shape_of(html.encode(), name="page.html", content_type="text/html") in ("page", "list")
    read_list(html, source="https://example.com/", is_markdown=False, most=10)


def test_what_cells_hold_is_written_once() -> None:
    html = "<table>" + "<row><cell>" * 90 + "word" + "</cell></row>" * 90 + "</table>"
    assert headed_text(parsed(html)) == "word"


def _depth(tree: Tag) -> int:
    return max(sum(1 for _ in tag.parents) for tag in tree.find_all(True))


@pytest.mark.parametrize("tag", ["div", "b", "section", "ul><li", "table><tr><td"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_tree_has_a_greatest_depth(tag: str, *, closed: bool) -> None:
    close = "".join(f"</{name}>" for name in reversed(tag.split("><"))) if closed else ""
    tree = parsed(f"<p>before</p>{f'<{tag}>in' * 500}<p>deep <i>words</i> here</p>{close * 500}<p>after</p>")
    assert _depth(tree) <= 100
    assert "".join(tree.get_text().split()) == f"before{'in' * 500}deepwordshereafter"


@pytest.mark.parametrize(
    "html", ["<p>a<p>b</i></div>c<ul><li>d<li>e</ul>", "<b><p>a</b>b</p>" * 20, "<div>" * 90 + "a<br>b", "<table><td>a"]
)
def test_a_tree_that_is_not_deep_is_as_it_was_written(html: str) -> None:
    assert str(parsed(html)) == str(BeautifulSoup(html, "lxml"))


_MIXED = (
    "<div id=a> one <p>two <a href=/x> three</a> <p>p</div><h1>t <!-- no --></h1>"
    "<section><h2><a>four</a></h2><pre> a\n b</pre><p><a>x</a><a>yy </a></p></section><h1>u</h1>"
)


def _parts() -> Iterator[Tag]:
    yield from (tree := parsed(_MIXED)).find_all(True)
    yield tree


def test_spans_count_what_reading_counts() -> None:
    parts = [*_parts()]
    spans = Spans(parts[-1])
    for tag in parts:
        assert spans.chars(tag) == len(tag.get_text())
        assert spans.dense(tag) == len(tag.get_text(strip=True))
        assert spans.prose(tag) == sum(len(part.get_text(strip=True)) for part in tag.find_all(["p", "pre"]))
        assert spans.linked(tag) == sum(len(part.get_text(strip=True)) for part in tag.find_all("a"))
        assert spans.count(tag, "a", "h1") == len(tag.find_all(["a", "h1"]))
        assert spans.first(tag, "a", "p", most=2) == tag.find_all(["a", "p"], limit=2)
        assert spans.following(tag, "h1", most=1) == (
            tag.find_all_next("h1", limit=1) if tag.parent else [parts[-1].h1]
        )


@pytest.mark.parametrize("number", [3, 300])
def test_parts_are_cut_out(number: int) -> None:
    html = "".join(f"<b>{place}</b><i>gone<u>x</u></i>" for place in range(number))
    tree = parsed(f"<p>{html}</p><p>after</p>")
    cut(tree.find_all("i"))
    assert tree.get_text() == "".join(map(str, range(number))) + "after"
    assert str(tree) == str(parsed(str(tree)))
    assert len(tree.find_all("b")) == number


def test_the_directory_of_an_archive_is_not_unpacked() -> None:
    names = [b"%08d" % number for number in range(50_000)]
    entries = b"".join(b"PK\1\2" + bytes(24) + b"\x08\0" + bytes(16) + name for name in names)
    ending = b"PK\5\6" + bytes(8) + struct.pack("<II", len(entries), 30) + bytes(2)
    body = b"PK\3\4" + bytes(26) + entries + ending
    assert shape_of(body, name="x.zip", content_type=None) == "zip"
    assert shape_of(body.replace(names[-1], b"mimetype"), name="x.zip", content_type=None) == "page"
