"""Sitemaps: their entries, what is hostile in them, and the walk through an index."""

import gzip

import pytest

from corpus.errors import Gone, TooLarge, Unreadable
from ingest.sitemaps import Sitemap, read_sitemap, walk
from ingest.types import Outcome, Page

_SOURCE = "https://example.org/sitemap.xml"
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body: str | bytes, *, most: int = 100, most_bytes: int = 1_000_000) -> Sitemap:
    body = body.encode() if isinstance(body, str) else body
    return read_sitemap(body, source=_SOURCE, most=most, most_bytes=most_bytes)


def urlset(*addresses: str) -> str:
    return f"<urlset {_SPACE}>{''.join(f'<url><loc>{one}</loc></url>' for one in addresses)}</urlset>"


def index(*addresses: str) -> str:
    rows = "".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in addresses)
    return f"<sitemapindex {_SPACE}>{rows}</sitemapindex>"


def urls(found: Sitemap) -> list[str | None]:
    return [page.url for page in found.entries]


def test_addresses_are_trimmed_resolved_and_each_once() -> None:
    found = read(
        urlset("\n https://example.org/a?x=1&amp;y=2 \n", "/b", "ftp://x.org/c", "", "mailto:x", "/b/", "javascript:1")
    )
    assert urls(found) == ["https://example.org/a?x=1&y=2", "https://example.org/b"]
    assert found == Sitemap(entries=found.entries)


def test_the_last_change_is_no_date_of_publication() -> None:
    found = read(f"<urlset {_SPACE}><url><loc>/a</loc><lastmod>2020-01-01</lastmod></url></urlset>")
    assert found.entries == (Page(text="", url="https://example.org/a"),)


def test_a_news_sitemap_states_title_and_date() -> None:
    news = """<n:news xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><n:publication><n:name>Ex</n:name>
      <n:language>en</n:language></n:publication><n:publication_date>2020-01-02T03:04:05Z</n:publication_date>
      <n:title>It &amp; that broke</n:title></n:news>"""
    page = read(f"<urlset {_SPACE}><url><loc>/a</loc>{news}</url></urlset>").entries[0]
    assert (page.title, page.published, page.language) == ("It & that broke", "2020-01-02", "en")


def test_an_index() -> None:
    assert read(index("/a.xml", "/b.xml.gz")).sitemaps == ("https://example.org/a.xml", "https://example.org/b.xml.gz")


def test_plain_text() -> None:
    assert urls(read("\ufeffhttps://example.org/a\r\n\r\n https://example.org/b \nnot one\n")) == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_the_first_ones_and_how_many_were_left_out() -> None:
    found = read(urlset(*(f"/{number}" for number in range(50))), most=2)
    assert urls(found) == ["https://example.org/0", "https://example.org/1"]
    assert found.left_out == 48


def test_gzip_and_several_archives_in_one() -> None:
    whole = urlset("/a", "/b").encode()
    assert urls(read(gzip.compress(whole))) == ["https://example.org/a", "https://example.org/b"]
    assert read(gzip.compress(whole[:50]) + gzip.compress(whole[50:])) == read(whole)


def test_a_gzip_bomb_is_too_large() -> None:
    with pytest.raises(TooLarge):
        read(gzip.compress(b"<" + b" " * 10_000_000))
    assert read(gzip.compress(urlset("/a").encode()), most_bytes=len(urlset("/a")))


def test_a_plain_one_that_is_too_large() -> None:
    with pytest.raises(TooLarge):
        read(urlset("/a"), most_bytes=10)


def test_gzip_in_gzip_is_refused() -> None:
    with pytest.raises(Unreadable, match="inside of another"):
        read(gzip.compress(gzip.compress(urlset("/a").encode())))


def test_a_cut_archive_is_read_as_far_as_it_goes() -> None:
    addresses = [f"/{number * 7919 % 10_007}" for number in range(5_000)]
    found = read(gzip.compress(urlset(*addresses).encode())[:-2_000], most=10_000)
    assert 0 < len(found.entries) < 5_000
    assert urls(found)[:9] == [f"https://example.org{one}" for one in addresses[:9]]
    assert "cut off" in (found.note or "")


def test_damage_in_the_middle_leaves_what_was_read_before() -> None:
    whole = urlset("/a", "/b", "/c")
    found = read(whole.replace("<loc>/b</loc>", "<loc>/b</lo</loc>"))
    assert "https://example.org/a" in urls(found)
    assert "damaged in line 1" in (found.note or "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<!DOCTYPE html><html><body>404</body></html>", "it is a web page, not a sitemap"),
        ("<rss><channel/></rss>", "it is a feed, not a sitemap"),
        ("<note/>", "XML of another kind"),
        ("Hello\nworld\nhttps://example.org/", "no sitemap"),
        (b"\x1f\x8b\x08nonsense", "gzip archive is damaged"),
        (
            '<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset><url><loc>/&a;</loc></url></urlset>',
            "DOCTYPE",
        ),
    ],
)
def test_what_is_no_sitemap(body: str | bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(body)


class Web:
    """Sitemaps by path; `asked` is the order in which they were read."""

    def __init__(self, **bodies: str) -> None:
        self.bodies = {f"https://example.org/{name}": body for name, body in bodies.items()}
        self.asked: list[str] = []

    def read(self, url: str) -> bytes:
        self.asked.append(url.rpartition("/")[2])
        if url not in self.bodies:
            raise Gone(url, "404: there is no such page")
        return self.bodies[url].encode()

    def walk(self, *, most: int = 100, most_sitemaps: int = 100, deepest: int = 5) -> list[str]:
        """Addresses, and the status of what is no page."""
        start = "https://example.org/top"
        limits = {"most": most, "most_sitemaps": most_sitemaps, "deepest": deepest, "most_bytes": 100_000}
        found = list(walk(start, self.read, **limits))
        return [f"{one.status}: {one.error}" if isinstance(one, Outcome) else (one.url or "")[20:] for one in found]


def test_a_walk_is_breadth_first_and_reads_each_sitemap_once() -> None:
    web = Web(
        top=index("/x", "/y", "/x#again", "/top"), x=index("/deep", "/y"), y=urlset("/1", "/2"), deep=urlset("/2", "/3")
    )
    assert web.walk() == ["1", "2", "3"]
    assert web.asked == ["top", "x", "y", "deep"]


def test_what_cannot_be_read_is_told_and_the_walk_goes_on() -> None:
    web = Web(top=index("/gone", "/page", "/y"), page="<html/>", y=urlset("/1"))
    gone, page, last = web.walk()
    assert gone == "failed: https://example.org/gone: 404: there is no such page"
    assert page == "failed: https://example.org/page: it is a web page, not a sitemap"
    assert last == "1"


def test_a_damaged_one_is_told_with_what_it_gave() -> None:
    found = Web(top=urlset("/1") + "<").walk()
    assert found[0].startswith("failed: https://example.org/top: the XML is damaged")
    assert found[1:] == ["1"]


def test_the_limits_of_a_walk_are_told() -> None:
    assert Web(top=urlset("/1", "/2", "/3")).walk(most=3) == ["1", "2", "3"]
    assert Web(top=urlset("/1", "/2", "/3")).walk(most=2) == [
        "1",
        "2",
        "skipped: https://example.org/top: it lists more pages than the limit of 2; the others were left out",
    ]
    few = Web(top=index("/x", "/y"), x=urlset("/1"), y=urlset("/2"))
    assert few.walk(most_sitemaps=2)[0] == "1"
    assert few.walk(most_sitemaps=2)[1].startswith("skipped: https://example.org/top: not all of its sitemaps")
    assert few.asked == ["top", "x"] * 2


def test_a_walk_does_not_go_down_for_ever() -> None:
    web = Web(top=index("/a0"), **{f"a{number}": index(f"/a{number + 1}") for number in range(50)})
    assert [line[:8] for line in web.walk(deepest=3)] == ["skipped:"]
    assert web.asked == ["top", "a0", "a1", "a2"]


def test_a_bug_in_the_reader_is_not_swallowed() -> None:
    def broken(url: str) -> bytes:
        raise KeyError(url)

    with pytest.raises(KeyError):
        list(walk(_SOURCE, broken, most=1, most_sitemaps=1, most_bytes=1))
