"""HTML: furniture by what it is and not only by its name, text that a script would draw, dates that are sure."""

import json

import pytest

from ingest.extract import extract
from ingest.types import Page

_SENTENCE = "The primary database ran out of connections and every write was refused for an hour. "
_REMARK = (
    "<div><b>Ada</b><time datetime='2022-01-0{0}'>then</time><p>I saw that too, {0} years ago.</p><a>Reply</a></div>"
)
_CARD = "<div><h3><a href='/{0}'>Post {0}</a></h3><p>Teaser number {0} says something else.</p></div>"


def read(html: str) -> Page:
    return extract(html.encode(), name="page.html")


def page(before: str = "", after: str = "", head: str = "") -> str:
    paragraphs = "".join(f"<p>{_SENTENCE * 2}</p><h2>Part {number}</h2>" for number in range(3))
    content = f"<div><h1>Why it broke</h1>{before}{paragraphs}<p>{_SENTENCE}</p></div>{after}"
    return f"<html><head>{head}</head><body><div>{content}</div></body></html>"


@pytest.mark.parametrize(
    "box",
    [
        f"<div><h2>3 comments</h2>{''.join(_REMARK.format(n) for n in range(1, 4))}</div>",
        f"<div><h2>Related posts</h2>{''.join(_CARD.format(n) for n in range(1, 4))}</div>",
        "<div class='PostComments_list__x7'><p>I saw that too.</p></div>",
        "<section itemscope itemtype='https://schema.org/Comment'><p>I saw that too.</p></section>",
        "<div><h3>About the author</h3><p>Ada bakes bread.</p></div>",
        "<div><p>Never miss a post.</p><form><input type=email></form></div>",
        "<div id=onetrust-banner><p>We use cookies, and this is a whole sentence about them.</p></div>",
    ],
)
def test_boxes_that_are_no_content(box: str) -> None:
    assert read(page(after=box)).text == read(page()).text


@pytest.mark.parametrize(
    "part",
    [
        "<h2>Related articles</h2><p>See the manual of the pool.</p>",
        "<section><h2>Comments</h2><p>Comments in the code were out of date.</p></section>",
        "<section id='related_insiders'><h2>Related insiders</h2><p>People one lives with.</p></section>",
        "<pre><code><span class='token comment'># why</span>\nrun</code></pre>",
        "<div class='no-sidebar with-comments'><p>It was DNS.</p></div>",
    ],
)
def test_content_that_only_sounds_like_furniture(part: str) -> None:
    text = read(page(before=part)).text
    for word in ("manual", "out of date", "People", "# why", "It was DNS"):
        assert (word in text) == (word in part)


def test_a_forum_is_what_people_say() -> None:
    said = "".join(f"<div class=comment><p>Answer {number}. {_SENTENCE}</p></div>" for number in range(5))
    assert read(f"<html><body>{said}</body></html>").text.count("Answer") == 5


def test_a_listing_beside_the_text_is_kept() -> None:
    assert "FATAL: 42" in read(page(after="<div><pre>FATAL: 42</pre></div>")).text


def test_line_numbers_are_no_code() -> None:
    code = "<table><tr><td><pre>1\n2</pre></td><td><pre>stop\nstart</pre></td></tr></table>"
    assert "```\nstop\nstart\n```" in read(page(before=code)).text
    assert "1\n2" not in read(page(before=code)).text


_HTML = f"<h2>What we saw</h2><p>{_SENTENCE * 3}</p><pre><code>ERROR 1\n  at x</code></pre>"
_DEEP = {"a": [{"post": {"title": "Why it broke", "body": {"html": _HTML}}}], "comments": [{"html": _SENTENCE * 40}]}
_BLOCKS = [
    {"type": "header", "data": {"text": "What we saw"}},
    {"type": "paragraph", "data": {"text": _SENTENCE * 3}},
    {"type": "code", "data": {"code": "ERROR 1\n  at x"}},
]
_MARKDOWN = f"## What we saw\n\n{_SENTENCE * 3}\n\n```\nERROR 1\n  at x\n```\n"


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(_DEEP)}</script>',
        f"<script>window.__STATE__ = {json.dumps(_DEEP)}; go()</script>",
        f"<script>var s = JSON.parse({json.dumps(json.dumps(_DEEP))})</script>",
        f'<script type="application/json">{json.dumps({"title": "Why it broke", "blocks": _BLOCKS})}</script>',
        f'<script type="application/json">{json.dumps({"p": {"title": "Why it broke", "md": _MARKDOWN}})}</script>',
    ],
)
def test_text_that_a_script_would_draw(script: str) -> None:
    found = read(
        f"<html><head><title>Why it broke | Acme</title></head><body><div id=root></div>{script}</body></html>"
    )
    assert found.title == "Why it broke"
    assert found.organization == "Acme"
    assert found.text == f"## What we saw\n\n{_SENTENCE * 3}".strip() + "\n\n```\nERROR 1\n  at x\n```"


def test_what_is_on_the_page_goes_before_what_is_embedded() -> None:
    data = json.dumps({"title": "Terms", "body": "<p>" + "Other words entirely. " * 500 + "</p>"})
    assert "Other" not in read(page(after=f'<script type="application/json">{data}</script>')).text


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/json">{"a": </script>',
        "<script>x = {" + "[" * 100_000 + "</script>",
        "<script>x = {}</script>",
    ],
)
def test_broken_scripts_say_nothing(script: str) -> None:
    assert read(f"<html><body><p>Loading</p>{script}</body></html>").text == "Loading"


_LINKED = '<script type="application/ld+json">{{"@type": "Article", "headline": "{}", "datePublished": "{}"}}</script>'


@pytest.mark.parametrize(
    ("head", "byline", "published"),
    [
        ("", "<p>Published on May 3, 2021 by Ada</p>", "2021-05-03"),
        ("", "<p>Published on <time>3 May 2021</time></p>", "2021-05-03"),
        ("", "<p>Last updated on May 3, 2021</p>", None),
        ("", "<p>The fix was published on May 3, 2021.</p>", None),
        ("", "<time class='entry-date updated' datetime=2021-05-03>x</time>", None),
        ("<meta name=date content=2022-01-01>", "<time itemprop=datePublished datetime=2021-05-03>x</time>", None),
        (_LINKED.format("Why it broke", "2021-05-03") + "<meta name=date content=2022-01-01>", "", "2021-05-03"),
        (
            "<meta property='article:published_time' content='2020-02-02'>"
            + _LINKED.format("Why it broke", "2021-05-03"),
            "",
            None,
        ),
        (_LINKED.format("Another", "2020-01-01") + _LINKED.format("Why it broke", "2021-05-03"), "", "2021-05-03"),
        (_LINKED.format("Another", "2020-01-01") + _LINKED.format("A third", "2021-05-03"), "", None),
        (_LINKED.format("Why it broke", "2999-01-01"), "", None),
    ],
)
def test_dates_are_sure_or_absent(head: str, byline: str, published: str | None) -> None:
    assert read(page(before=byline, head=head)).published == published


def test_the_dates_of_other_things_are_not_the_pages() -> None:
    after = "<div><h3><a href=/x>Post</a></h3><time class='entry-date published' datetime=2021-05-03>x</time></div>"
    assert read(page(after=after)).published is None


@pytest.mark.parametrize(
    ("title", "organization"),
    [
        ("Why it broke | Acme Engineering", "Acme Engineering"),
        ("Why it broke - Guides - Acme", "Acme"),
        ("Acme Status - Why it broke", "Acme Status"),
        ("Why it broke | Blog", None),
        ("Why it broke | acme.example", None),
        ("Why it broke: a story", None),
        ("Why it broke", None),
    ],
)
def test_the_site_that_a_title_names(title: str, organization: str | None) -> None:
    assert read(page(head=f"<title>{title}</title>")).organization == organization
