"""The links of a page, and the feeds that it names."""

import pytest

from ingest.links import address, feed_links, links

_PAGE = "https://example.org/blog/post"


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("a", "https://example.org/blog/a"),
        ("/a", "https://example.org/a"),
        ("//other.example/a", "https://other.example/a"),
        (" a\nb ", "https://example.org/blog/ab"),
        ("a b", "https://example.org/blog/a%20b"),
        ("?page=2", "https://example.org/blog/post?page=2"),
        ("http://[bad", None),
        ("http://a:port/", None),
        ("http://", None),
        ("mailto:a@example.org", None),
        ("javascript:void(0)", None),
        ("data:text/html,x", None),
        ("", None),
        ("x" * 3000, None),
        (None, None),
    ],
)
def test_addresses(href: object, absolute: str | None) -> None:
    assert address(href, _PAGE) == absolute


def test_links_are_absolute_each_once_in_order_without_fragments() -> None:
    html = """<p><a href="b">b</a> <a href=/a>a</a> <a href="b#part">b</a> <a href="#top">top</a> <a>none</a>
      <a href="mailto:x@y.z">mail</a> <a rel="me NoFollow" href=/secret>no</a> <!-- <a href=/hidden>x</a> -->
      <a href="http://other.example">other</a> <link href=/style> <A HREF="/Ä">ä</A>"""
    assert links(html, _PAGE) == [
        "https://example.org/blog/b",
        "https://example.org/a",
        _PAGE,
        "http://other.example",
        "https://example.org/Ä",
    ]


def test_the_base_of_a_page_counts() -> None:
    assert links('<base href="/docs/"><a href=a>a</a>', _PAGE) == ["https://example.org/docs/a"]
    assert links('<base href="javascript:1"><a href=a>a</a>', _PAGE) == ["https://example.org/blog/a"]


def test_links_are_bounded() -> None:
    assert len(links("".join(f"<a href=/{number}>x</a>" for number in range(12_000)), _PAGE)) == 10_000


@pytest.mark.parametrize("html", ["", "   ", "words", "<!-- x -->", "<a href=", '<?xml version="1.0" encoding="x"?>'])
def test_pages_without_links(html: str) -> None:
    assert links(html, _PAGE) == feed_links(html, _PAGE) == []


def test_the_feeds_that_a_page_names() -> None:
    html = """<head><link rel=alternate type="application/rss+xml" href="/rss"><link rel="Alternate home"
      type="application/atom+xml; charset=utf-8" href="atom"><link rel=alternate type=application/feed+json href=/j>
      <link rel=alternate hreflang=de href=/de><link rel=stylesheet type=text/css href=/c>
      <link type="application/rss+xml" href=/unrelated></head>"""
    assert feed_links(html, _PAGE) == [
        "https://example.org/rss",
        "https://example.org/blog/atom",
        "https://example.org/j",
    ]
