"""What it is that came back: told by the bytes first, then by content type and name."""

import gzip
import io
import json
import zipfile

import pytest

from ingest.shapes import shape_of


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "words")
    return file.getvalue()


def shape(body: str | bytes, name: str = "https://example.org/thing", content_type: str | None = None) -> str:
    return shape_of(body.encode() if isinstance(body, str) else body, name=name, content_type=content_type)


_LIST = "# Sad days\n\n" + "\n".join(f"- [Tale number {number}](https://x.example/{number})" for number in range(20))
_ARTICLE = "<!doctype html><html><body><main><p>" + "Some words. " * 50 + "</p></main></body></html>"
_INDEX = (
    "<html><body><ul>"
    + "".join(f"<li><a href=/{n}>Tale number {n}</a></li>" for n in range(20))
    + "</ul></body></html>"
)
_RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{}"></rdf:RDF>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<rss version='2.0'></rss>", "feed"),
        ('\ufeff<?xml version="1.0"?>\n<!-- made by <html> -->\n<?xml-stylesheet href="a"?><rss></rss>', "feed"),
        ('<!DOCTYPE rss PUBLIC "a" "b"><rss></rss>', "feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "feed"),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>', "feed"),
        (_RDF.format("http://purl.org/rss/1.0/"), "feed"),
        ('<?xml version="1.0"?>' + _RDF.format("http://xmlns.com/foaf/0.1/"), "xml"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        ('{"items": [], "version": "https:\\/\\/jsonfeed.org\\/version\\/1"}', "feed"),
        (json.dumps({"items": ["x" * 100_000], "version": "https://jsonfeed.org/version/1.1"}), "feed"),
        ("<urlset/>", "sitemap"),
        ("<sitemapindex></sitemapindex>", "sitemap"),
        ("https://a.example/1\nhttps://a.example/2\n", "sitemap"),
        ('<?xml version="1.0"?><note>Hello</note>', "xml"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>x</body></html>', "page"),
        (_ARTICLE, "page"),
        (_INDEX, "list"),
        ('<p align="center"><img src="a.png"></p>\n\n# Title\n\nWords.', "page"),
        ('{"a": 1}', "json"),
        ("[1, 2]", "json"),
        ('[{"a": 1}]', "json"),
        ('{"a": 1}\n{"a": 2}\n', "json"),
        ("[Google](https://a.example). Words.", "page"),
        ("[[A page]] of a wiki", "page"),
        ("[1] a footnote", "page"),
        ("{% raw %} words", "page"),
        ("Just words.", "page"),
        ("https://a.example/1", "page"),
        ("", "page"),
        (b"%PDF-1.7\n", "page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "page"),
        (gzip.compress(b"<rss/>", mtime=0), "gzip"),
        (archive("a.md", "b.md"), "zip"),
        (archive(), "zip"),
        (archive("[Content_Types].xml", "word/document.xml"), "page"),
        (b"PK\x03\x04 cut off", "zip"),
        ("<rss></rss>".encode("utf-16"), "feed"),
    ],
)
def test_told_by_the_bytes(body: str | bytes, expected: str) -> None:
    assert shape(body) == expected


@pytest.mark.parametrize(
    ("body", "name", "content_type", "expected"),
    [
        (_ARTICLE, "https://a.example/feed.xml", "application/rss+xml", "page"),
        (_ARTICLE, "https://a.example/a.json", "application/json", "page"),
        ("<rss/>", "https://a.example/a.html", "text/html; charset=utf-8", "feed"),
        ("a,b\n1,2", "https://a.example/x", "text/csv; charset=utf-8", "table"),
        ("a,b\n1,2", "data.CSV", None, "table"),
        ("a\tb\n1\t2", "data.tsv", None, "table"),
        ("a,b\n1,2", "https://a.example/data.csv?raw=1", "text/plain", "table"),
        ("12", "x", "application/json", "json"),
        ("\n12", "rows.jsonl", None, "json"),
        ("<note/>", "x", "application/xml", "xml"),
        ("<note/>", "note.xml", None, "xml"),
        ("<note/>", "note.md", None, "page"),
        (_LIST, "README.md", None, "list"),
        (_LIST, "https://a.example/README.md", "text/plain", "list"),
        (_LIST, "https://a.example/readme", "text/markdown", "list"),
        (_LIST, "words.txt", None, "page"),
    ],
)
def test_then_by_type_and_name(body: str, name: str, content_type: str | None, expected: str) -> None:
    assert shape(body, name, content_type) == expected


@pytest.mark.parametrize(
    "body", ["<", "<!--", "<!DOCTYPE", "{", "[", "\0\1\2", "<?xml", "PK\3\4", "\x1f", "<" * 10_000, "{[" * 10_000]
)
def test_never_fails(body: str) -> None:
    for name in ("x", "x.md", "x.docx", "x.json", "x.pdf"):
        assert isinstance(shape(body, name), str)
