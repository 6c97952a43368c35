"""HTML: the content without the furniture, and what the page says of itself."""

import pytest

from corpus.errors import NothingToRead
from ingest.extract import extract
from ingest.types import Page

_SENTENCE = "The primary database ran out of connections and every write was refused for an hour. "


def read(html: str) -> Page:
    return extract(html.encode(), name="page.html")


_ARTICLE = f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
  <title>The day the cache died | Example Engineering</title>
  <meta property="og:title" content="The day the cache died">
  <meta property="og:site_name" content="Example Engineering">
  <meta property="article:published_time" content="2021-05-03T10:00:00Z">
  <meta property="article:tag" content="Caching"><meta property="article:tag" content="DNS">
  <link rel="canonical" href="https://example.org/blog/cache">
</head>
<body>
  <header><a href="/">Example Engineering logo</a></header>
  <nav><ul><li><a href="/jobs">Our open jobs</a></li><li><a href="/about">About the company</a></li></ul></nav>
  <div class="cookie-banner"><p>We use biscuits to improve your experience.</p></div>
  <article>
    <h1>The day the cache died</h1>
    <p>{_SENTENCE * 3}See the <a href="https://example.org/x">full <b>report</b></a> for more.</p>
    <h2>What we saw</h2>
    <p>{_SENTENCE * 3}</p>
    <pre><code>2021-05-03 ERROR pool timed out
    at Pool.acquire (pool.js:42)</code></pre>
    <ul><li>First we restarted the <code>pgbouncer</code>.</li><li>Then we waited.</li></ul>
    <table><tr><th>Time</th><th>Event</th></tr><tr><td>10:00</td><td>Alert</td></tr></table>
    <h3>Lessons</h3>
    <p>{_SENTENCE * 3}</p>
  </article>
  <aside class="related"><h2>Related posts</h2><a href="/y">Another sad story</a></aside>
  <footer>Copyright Example Inc.</footer>
  <script>console.log("tracking")</script>
</body></html>"""


def test_what_an_article_says_of_itself() -> None:
    page = read(_ARTICLE)
    assert page.title == "The day the cache died"
    assert page.organization == "Example Engineering"
    assert page.published == "2021-05-03"
    assert page.url == "https://example.org/blog/cache"
    assert page.tags == ("caching", "dns")
    assert page.language == "en"


def test_headings_code_lists_and_tables_survive() -> None:
    text = read(_ARTICLE).text
    assert "\n## What we saw\n" in text
    assert "\n### Lessons\n" in text
    assert "```\n2021-05-03 ERROR pool timed out\n    at Pool.acquire (pool.js:42)\n```" in text
    assert "- First we restarted the pgbouncer.\n- Then we waited." in text
    assert "Time | Event\n10:00 | Alert" in text


def test_links_and_bold_are_just_text_and_the_title_is_not_said_twice() -> None:
    text = read(_ARTICLE).text
    assert "See the full report for more." in text
    assert "example.org" not in text
    assert not text.startswith("#")
    assert "The day the cache died" not in text


@pytest.mark.parametrize(
    "furniture", ["open jobs", "biscuits", "Related", "sad story", "Copyright", "tracking", "logo"]
)
def test_furniture_is_left_out(furniture: str) -> None:
    assert furniture not in read(_ARTICLE).text


def test_a_page_without_semantic_tags_keeps_all_of_its_text() -> None:
    parts = "".join(f"<div><h2>Part {number}</h2><p>{_SENTENCE * 4}</p></div>" for number in range(1, 30))
    page = read(f"<html><body><div id=wrap>{parts}</div></body></html>")
    assert page.text.count("ran out of connections") == 29 * 4
    assert "## Part 29" in page.text


def test_asides_of_a_book_are_content() -> None:
    aside = f'<aside data-type="sidebar"><h5>A rubber hammer</h5><p>{_SENTENCE * 4}</p></aside>'
    page = read(f"<html><body><section><h1>Tools</h1><p>{_SENTENCE * 9}</p>{aside}</section></body></html>")
    assert "##### A rubber hammer" in page.text


@pytest.mark.parametrize(
    "body",
    [
        "<p>Short.</p>",
        "Short.",
        "<div>Short.",
        "<table><tr><td>Short.</table>",
        "<form><h1>Short.</h1></form>",
        "<nav></nav><b>Short.",
    ],
)
def test_never_empty_where_there_is_text(body: str) -> None:
    assert read(body).text.strip("# ") == "Short."


@pytest.mark.parametrize(
    "body", ["<html></html>", "<script>let x = 1</script>", "<p> </p>", "<img src=x>", "<!-- hi -->"]
)
def test_nothing_to_read(body: str) -> None:
    with pytest.raises(NothingToRead):
        read(body)


def test_json_ld() -> None:
    page = read(
        """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
        {"@type": "WebSite", "name": "A site"},
        {"@type": "Organization", "@id": "#org", "name": "Example Corp"},
        {"@type": "BlogPosting", "headline": "How it broke", "datePublished": "2020-02-01T00:00:00Z",
         "author": {"@type": "Person", "name": "Ada"}, "publisher": {"@id": "#org"},
         "keywords": ["TLS", "Certificates"], "inLanguage": "en-US"}]}</script><p>The certificate had expired.</p>"""
    )
    assert page.title == "How it broke"
    assert page.published == "2020-02-01"
    assert page.organization == "Example Corp"
    assert page.tags == ("tls", "certificates")
    assert page.language == "en"


def test_a_person_is_no_organization_and_broken_json_says_nothing() -> None:
    page = read(
        '<script type="application/ld+json">{"@type": "Article", "author": {"@type": "Person", "name": "Ada"}}</script>'
        '<script type="application/ld+json">{"@type": "Article", "publisher": {</script>'
        '<meta name="author" content="Ada"><p>Text.</p>'
    )
    assert page.organization is None


@pytest.mark.parametrize(
    "html",
    [
        "<p>It happened on 2021-05-03.</p>",
        "<p>Posted some time ago: <time datetime='2021-05-03'>May</time></p>",
        "<meta property='article:modified_time' content='2021-05-03'><p>Text.</p>",
        "<meta name='date' content='2999-01-01'><p>Text.</p>",
        "<meta name='date' content='03/04/2021'><p>Text.</p>",
        "<p>Copyright 2021</p>",
    ],
)
def test_a_date_that_is_not_marked_as_the_pages_own_stays_unknown(html: str) -> None:
    assert read(html).published is None


@pytest.mark.parametrize(
    "html",
    [
        "<meta name='dcterms.issued' content='2021-05-03'>",
        "<meta name='citation_publication_date' content='2021/05/03'>",
        "<meta name='DATE' content='May 3, 2021'>",
        "<time datetime='2021-05-03' pubdate>a while ago</time>",
        "<time itemprop='datePublished' datetime='2021-05-03T10:00'>a while ago</time>",
    ],
)
def test_marked_dates(html: str) -> None:
    assert read(f"{html}<p>Text.</p>").published == "2021-05-03"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Why it broke | Example</title><meta property='og:site_name' content='Example'>", "", "Why it broke"),
        ("<title>Why it broke - Example Blog</title>", "<h1>Why it broke</h1>", "Why it broke"),
        ("<title>Git | Why it broke</title>", "", "Git | Why it broke"),
        ("<title>Chapter 9: A Book</title>", "<h1>Design for Recovery</h1>", "Design for Recovery"),
        ("<meta property='og:title' content='Why | Ex'><title>Why | Ex</title>", "<h1>Why</h1>", "Why"),
        (
            "<title>Why it broke</title>",
            "<header><h1>Example</h1></header><article><h1>It broke</h1></article>",
            "It broke",
        ),
        ("", "", None),
    ],
)
def test_titles(head: str, body: str, title: str | None) -> None:
    assert read(f"<html><head>{head}</head><body>{body}<p>{_SENTENCE}</p></body></html>").title == title


def test_a_sites_root_is_not_the_pages_address() -> None:
    html = "<link rel=canonical href='https://x.org/'><meta property='og:url' content='https://x.org/post'><p>Text.</p>"
    assert read(html).url == "https://x.org/post"
    assert read("<link rel=canonical href='/post'><p>Text.</p>").url is None


def test_prose_that_starts_with_a_hash_is_no_heading() -> None:
    assert not any(line.startswith("#") for line in read("<p># apt-get install</p><p>Text.</p>").text.splitlines())


def test_html_cut_off_in_the_middle() -> None:
    page = read(_ARTICLE[: _ARTICLE.index("at Pool.acquire")])
    assert "ERROR pool timed out" in page.text
