"""Feeds: what they say of each entry, whatever their format, and nothing of what is not safe."""

import json
from datetime import date

import pytest

from corpus.errors import NothingToRead, Unreadable
from ingest.feeds import Listing, read_feed
from ingest.types import Page

_TODAY = date(2026, 11, 22)
_SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def read(body: str | bytes, *, source: str = "https://feeds.example/rss.xml", most: int = 100) -> Listing:
    return read_feed(body.encode() if isinstance(body, str) else body, source=source, most=most, today=_TODAY)


def rss(items: str, head: str = "<link>https://example.org/blog/</link>") -> str:
    return f'<rss version="2.0" {_SPACES}><channel><title>A blog</title>{head}{items}</channel></rss>'


def atom(entries: str, head: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A blog</title>{head}{entries}</feed>'


def only(listing: Listing) -> Page:
    assert len(listing.entries) == 1
    return listing.entries[0]


def test_an_entry_of_rss() -> None:
    item = """<item><title>Reads &amp;amp; writes</title><link>/2021/cache?a=1&amp;b=2</link><guid>17</guid>
      <description>How one rule emptied the cache.</description>
      <content:encoded><![CDATA[<h2>What broke</h2><p>The <a href="/x">cache</a>.</p><pre>a\n b</pre>]]></content:encoded>
      <pubDate>Mon, 03 May 2021 10:00:00 EST</pubDate><category>DNS</category><category>Caching</category>
      <dc:creator>Ada L.</dc:creator><dc:creator>Grace H.</dc:creator></item>"""
    listing = read(rss(item, "<language>en-gb</language><link>https://example.org/blog/</link>"))
    assert listing.title == "A blog"
    assert only(listing) == Page(
        text="## What broke\n\nThe cache.\n\n```\na\n b\n```",
        title="Reads & writes",
        url="https://example.org/2021/cache?a=1&b=2",
        id="17",
        summary="How one rule emptied the cache.",
        published="2021-05-03",
        tags=("dns", "caching"),
        language="en",
        people=("Ada L.", "Grace H."),
    )


def test_an_entry_of_atom() -> None:
    entry = """<entry xml:lang="de"><title type="html">A &lt;b&gt;day&lt;/b&gt;</title><id>urn:1</id>
      <link rel="self" href="self"/><link href="day"/><published>2021-05</published><updated>2022-01-01T00:00:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><h2>Lehre</h2><p>Ruhe.</p></div></content></entry>"""
    page = only(read(atom(entry, '<author><name>Ada</name></author><link href="https://example.org/"/>')))
    assert (page.title, page.url, page.id) == ("A day", "https://example.org/day", "urn:1")
    assert (page.text, page.published, page.language) == ("## Lehre\n\nRuhe.", "2021-05", "de")
    assert page.people == ("Ada",)


def test_an_entry_of_rss_1() -> None:
    body = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" {_SPACES}>
      <channel rdf:about="https://example.org/"><title>T</title><link>https://example.org/</link></channel>
      <item rdf:about="https://example.org/a"><title>A</title><link>https://example.org/a</link>
      <dc:date>2020-02-03T04:05:06Z</dc:date><description>Words.</description></item></rdf:RDF>"""
    page = only(read(body))
    assert (page.url, page.published, page.text) == ("https://example.org/a", "2020-02-03", "Words.")


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_older_rss_with_the_doctype_that_it_had(version: str) -> None:
    head = '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss-0.91.dtd">'
    page = only(
        read(f'{head}<rss version="{version}"><channel><item><link>https://a.org/b</link></item></channel></rss>')
    )
    assert page.url == "https://a.org/b"


def test_an_entry_of_json_feed() -> None:
    item = {
        "id": "7", "url": "day", "title": "A day", "content_html": "<h2>Lesson</h2><p>Rest.</p>", "summary": "A bad day.",
        "date_published": "2021-05-03T10:00:00+02:00", "tags": ["DNS"], "authors": [{"name": "Ada"}], "language": "en-US",
    }  # fmt: skip
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "home_page_url": "https://example.org/",
        "items": [item],
    }
    assert only(read(json.dumps(feed))) == Page(
        text="## Lesson\n\nRest.", title="A day", url="https://example.org/day", id="7", summary="A bad day.",
        published="2021-05-03", tags=("dns",), language="en", people=("Ada",),
    )  # fmt: skip


def test_json_feed_1_knows_one_author_and_may_hold_nonsense() -> None:
    items: list[object] = [
        3,
        {"content_text": "# no heading but five words"},
        {"id": "https://example.org/x"},
        {"title": "nothing"},
    ]
    feed = {"version": "https://jsonfeed.org/version/1", "author": {"name": "Ada"}, "items": items}
    first, second = read(json.dumps(feed)).entries
    assert (first.url, first.text, first.people) == (None, " # no heading but five words", ("Ada",))
    assert second.url == "https://example.org/x"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("<link>https://example.org/a</link>", "https://example.org/a"),
        ("<link> /a </link>", "https://example.org/a"),
        ("<guid>https://example.org/a</guid>", "https://example.org/a"),
        ("<guid>17</guid>", None),
        ("<guid isPermaLink='false'>https://example.org/a</guid>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>mailto:a@example.org</link>", None),
        ("<link xml:base='https://other.example/'>a</link>", "https://other.example/a"),
    ],
)
def test_where_an_entry_is(link: str, url: str | None) -> None:
    page = only(read(rss(f"<item>{link}<description>Words of which are five.</description></item>")))
    assert (page.url, page.text) == (url, "Words of which are five.")


def test_without_a_link_the_identifier_stays_and_without_text_there_is_no_entry() -> None:
    listing = read(
        rss("<item><guid>tag:a,1</guid><description>重启了数据库</description></item><item><guid>2</guid></item>")
    )
    assert [(page.id, page.url) for page in listing.entries] == [("tag:a,1", None)]
    assert listing.note == "1 entry has neither an address nor a text"


def test_a_word_or_two_without_an_address_are_no_document() -> None:
    items = "".join(f"<item><link>{link}</link><title>T</title><description>Only four words here.</description></item>"
                    for link in ("ftp://x.example/a", "/a", "javascript:x", "mailto:a@b.example"))  # fmt: skip
    listing = read(rss(items))
    assert [page.url for page in listing.entries] == ["https://example.org/a"]
    assert listing.note == "3 entries have neither an address nor a text"
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"content_text": "Only four words here."}] * 2}
    assert read(json.dumps(feed)).note == "2 entries have neither an address nor a text"


def test_relative_links_of_a_feed_without_a_site_are_relative_to_the_feed() -> None:
    page = only(read(rss("<item><link>a</link></item>", head=""), source="https://example.org/blog/rss"))
    assert page.url == "https://example.org/blog/a"


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ("<pubDate>Mon, 03 May 2021 10:00:00 GMT</pubDate>", "2021-05-03"),
        ("<pubDate>2021-05-03</pubDate>", "2021-05-03"),
        ("<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>", None),
        ("<pubDate>Fri, 01 Jan 2038 10:00:00 GMT</pubDate>", None),
        ("<pubDate>03/04/2021</pubDate>", None),
        ("<pubDate>yesterday</pubDate>", None),
        ("<atom:updated>2021-05-03T00:00:00Z</atom:updated>", None),
        ("", None),
    ],
)
def test_dates_are_those_stated_and_never_to_come(stated: str, published: str | None) -> None:
    assert only(read(rss(f"<item><link>/a</link>{stated}</item>"))).published == published


def test_nothing_is_invented() -> None:
    page = only(read(rss("<item><link>/a</link><author>joe@example.org</author></item>")))
    assert page == Page(text="", url="https://example.org/a")


def test_a_summary_that_only_begins_the_text_is_none() -> None:
    item = "<item><link>/a</link><description>The cache […]</description><content:encoded>The cache died.</content:encoded></item>"
    assert only(read(rss(item))).summary is None


def test_one_page_is_one_entry() -> None:
    items = "".join(f"<item><link>{link}</link></item>" for link in ("/a", "/a?utm_source=rss", "/a#top", "/b", "/a/"))
    assert [page.url for page in read(rss(items)).entries] == ["https://example.org/a", "https://example.org/b"]


def test_the_first_entries_of_a_huge_feed_and_how_many_were_left_out() -> None:
    listing = read(rss("".join(f"<item><link>/{number}</link></item>" for number in range(100_000))), most=3)
    assert [page.url for page in listing.entries] == [f"https://example.org/{number}" for number in range(3)]
    assert listing.left_out == 99_997


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<!DOCTYPE html><html><body><p>Hello</p></body></html>", "it is a web page, not a feed"),
        (
            "<html><head><title>A &nbsp; blog</title></head><body><p>Hello<br></body></html>",
            "it is a web page, not a feed",
        ),
        ("<urlset><url/></urlset>", "XML of another kind"),
        ('{"items": []}', "JSON of another kind"),
        ('{"items": [', "damaged JSON"),
        ("[" * 100_000, "damaged JSON"),
        ("Just words.", "no XML can be made out"),
    ],
)
def test_what_is_no_feed(body: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(body)


def test_no_bytes() -> None:
    with pytest.raises(NothingToRead):
        read(b"")


_LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{_LAUGHS}]>',
        '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss SYSTEM "http://x.example/a.dtd" [<!ENTITY % l9 SYSTEM "http://x.example/b"> %l9;]>',
        '<?x <rss ?><!-- <rss> --><!doctype rss PUBLIC "<rss>" \'>\' [<!ENTITY l9 "ha">]>',
        "<!DOCTYPE rss [",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_any_parser_sees_them(doctype: str, encoding: str) -> None:
    body = doctype + rss("<item><link>/a</link><title>&l9;</title></item>")
    with pytest.raises(Unreadable, match="DOCTYPE"):
        read(body.encode(encoding))


def test_an_article_about_entities_is_read() -> None:
    item = '<item><link>/a</link><description><![CDATA[<pre>&lt;!DOCTYPE a [&lt;!ENTITY b "c">]></pre>]]></description></item>'
    assert '<!ENTITY b "c">' in only(read(rss(item))).text


@pytest.mark.parametrize("declared", ["utf-8", "us-ascii", "no-such-thing"])
def test_a_wrong_encoding_does_no_harm(declared: str) -> None:
    words = "Für die Änderung der Größe können wir nichts, natürlich. " * 10
    body = f'<?xml version="1.0" encoding="{declared}"?>' + rss(
        f"<item><link>/a</link><description>{words}</description></item>"
    )
    assert only(read(body.encode("latin-1"))).text == words.strip()


@pytest.mark.parametrize(
    ("items", "urls"),
    [
        ("<item><title>R&D</title><link>/a?x=1&y=2</link></item>", ["a?x=1&y=2"]),
        ("<item><title>A&nbsp;b &eacute;</title><link>/a</link></item>", ["a"]),
        ("<item><link>/a</link></item><item><link>/b</link><title>cut o", ["a", "b"]),
        ("<item><link><![CDATA[/a?x=1&y=2]]></link><title>R & D</title></item>", ["a?x=1&y=2"]),
    ],
)
def test_damaged_feeds_are_read_as_far_as_they_go_and_say_so(items: str, urls: list[str]) -> None:
    body = rss(items)
    if "cut o" in items:
        body = body[: body.index("cut o") + 5]
    listing = read(body)
    assert [page.url for page in listing.entries] == [f"https://example.org/{url}" for url in urls]
    assert "damaged" in (listing.note or "")


def test_scripts_are_no_text() -> None:
    item = "<item><link>/a</link><description>&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;Words.&lt;/p&gt;</description></item>"
    assert only(read(rss(item))).text == "Words."
