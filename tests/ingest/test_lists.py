"""Lists of links: an entry for every document, with what the curator says of it; and what is no list."""

from pathlib import Path

import pytest

from ingest.lists import looks_like_list, read_list
from ingest.types import Page

_SOURCE = "https://lists.example/post-mortems/README.md"
_SHARED = Path(__file__).parents[3] / "shared" / "data"


def read(text: str, *, most: int = 1000) -> list[Page]:
    return read_list(text, source=_SOURCE, is_markdown=not text.lstrip().startswith("<"), most=most)


def only(text: str) -> Page:
    pages = read(text)
    assert len(pages) == 1
    return pages[0]


def curated(count: int) -> str:
    """A list of post-mortems as people curate them: names that are links, and a sentence or two."""
    causes = ("A wrong rule emptied every cache", "Two clocks disagreed about the year", "The spare battery was flat")
    lines = ["A List of Sad Days\n===\n", "## Contents\n\n**[Rules](#rules)**\n\n**[Clocks](#clocks)**\n"]
    for number in range(count):
        if number % 50 == 0:
            lines.append(f"## {('Rules', 'Clocks', 'Power/Heat')[number // 50 % 3]}\n")
        effect = "Orders were lost for an hour. Nobody was told." if number % 2 else "It took a day to mend."
        lines.append(f"[Company {number}](https://c{number}.example/report). {causes[number % 3]}. {effect}\n")
    lines += ["*If you know of more, please open a [request](https://host.example/new).*\n", "## Contributors\n"]
    return "\n".join(lines + [f"* [Person {number}](https://host.example/p{number})" for number in range(30)])


def test_a_list_of_post_mortems() -> None:
    pages = read(curated(150))
    assert [page.url for page in pages] == [f"https://c{number}.example/report" for number in range(150)]
    assert pages[1] == Page(
        text="",
        title="Company 1: Two clocks disagreed about the year",
        url="https://c1.example/report",
        organization="Company 1",
        summary="Two clocks disagreed about the year. Orders were lost for an hour. Nobody was told.",
        tags=("rules",),
    )
    assert [pages[number].tags for number in (49, 50, 100)] == [("rules",), ("clocks",), ("power/heat",)]
    assert looks_like_list(curated(150), is_markdown=True)


def test_the_first_ones() -> None:
    assert [page.organization for page in read(curated(150), most=2)] == ["Company 0", "Company 1"]


@pytest.mark.parametrize(
    ("item", "title", "organization", "summary"),
    [
        (
            "[Google](U). Someone pushed a bad rule.",
            "Google: Someone pushed a bad rule",
            "Google",
            "Someone pushed a bad rule.",
        ),
        (
            "[AT&T](U) A line of C brought down the phones.",
            "AT&T: A line of C brought down the phones",
            "AT&T",
            "A line of C brought down the phones.",
        ),
        (
            "[Gitlab 2017](U). Human error. The wrong folder was removed.",
            "Gitlab 2017: Human error. The wrong folder was removed",
            "Gitlab",
            "Human error. The wrong folder was removed.",
        ),
        (
            "[Etsy](U): `/tmp` was full of old files.",
            "Etsy: /tmp was full of old files",
            "Etsy",
            "/tmp was full of old files.",
        ),
        ("[How complex systems fail](U). A classic of the field by now.", "How complex systems fail", None, "A classic of the field by now."),
        ("[How They Fail](U). A classic of the field by now.", "How They Fail", None, "A classic of the field by now."),
        ("[The day the cache died](U)", "The day the cache died", None, None),
        ("[A checker](U) compares two colours.", "A checker compares two colours", None, "A checker compares two colours."),
        ("2017-01-02: [The day the cache died](U) - a sad story", "The day the cache died", None, "2017-01-02: The day the cache died - a sad story"),
        ("Google: U", "Google", None, None),
        ("Their build broke for a whole hour, as told [here](U).", "Their build broke for a whole hour, as told", None, "Their build broke for a whole hour, as told here."),
    ],
)  # fmt: skip
def test_titles_organizations_and_summaries(
    item: str, title: str, organization: str | None, summary: str | None
) -> None:
    page = only(f"# Sad days\n\n- {item}".replace("U", "https://x.example/a"))
    assert (page.title, page.organization) == (title, organization)
    assert page.summary == summary or item == "Google: U"


def test_long_sentences_are_shortened_at_a_word() -> None:
    page = only(f"- [Google](https://x.example/a). {'Someone pushed a bad rule and ' * 100}left.")
    assert (page.title or "").endswith("…")
    assert len(page.title or "") <= 110
    assert 900 < len(page.summary or "") <= 1_001


def test_names_are_organizations_only_where_most_items_have_them() -> None:
    other = "\n".join(f"- [A long tale of number {number}](https://x.example/{number})" for number in range(5))
    assert [
        page.organization for page in read(f"- [Google](https://x.example/a). Someone pushed a rule.\n{other}")
    ] == [None] * 6


def test_several_links_in_one_item_are_an_entry_each() -> None:
    pages = read(
        "- [Etsy](https://x.example/a), also [follow-up](https://x.example/b). The disks were full of old files. "
        "See also [a long talk about it](https://x.example/c), and [Etsy](https://etsy.example)."
    )
    assert [page.title for page in pages] == [
        "Etsy: The disks were full of old files",
        "Etsy: follow-up",
        "a long talk about it",
    ]
    assert [page.organization for page in pages] == ["Etsy", None, None]
    assert len({page.summary for page in pages}) == 1


def test_reports_named_by_what_they_are_get_the_sentence() -> None:
    pages = read(
        "- Last year the build broke for an hour. [Report](https://x.example/a), [follow-up](https://x.example/b)"
    )
    assert [page.title for page in pages] == [
        "Last year the build broke for an hour (Report)",
        "Last year the build broke for an hour (follow-up)",
    ]


def test_nested_items_are_their_own_and_notes_below_an_item_are_its() -> None:
    text = """
- [The outer tale of woe](https://x.example/a) in short
    - [The inner tale of woe](https://x.example/b) at length
- [A templating line too many](https://x.example/c)
    - involved: a proxy
    - impact: slow answers
"""
    pages = read(text)
    assert [page.title for page in pages] == [
        "The outer tale of woe",
        "The inner tale of woe",
        "A templating line too many",
    ]
    assert pages[0].summary == "The outer tale of woe in short"
    assert pages[1].summary == "The inner tale of woe at length"
    assert pages[2].summary == "involved: a proxy impact: slow answers"


def test_tables() -> None:
    text = """
| When | Who | What |
|------|-----|------|
| 2017 | Google | [report](https://x.example/a) |
| 2018 | Azure | [The leap day that was not](/b) |
"""
    pages = read(text)
    assert [page.title for page in pages] == ["2017, Google: report", "The leap day that was not"]
    assert pages[0].summary == "2017 | Google | report"
    assert pages[1].url == "https://lists.example/b"


def test_archived_addresses_stay_as_given_and_a_page_is_listed_once() -> None:
    archived = "https://web.archive.org/web/2017/https://x.example/a"
    pages = read(f"- [A sad day for all](  {archived} )\n- [A sad day for all](https://x.example/a)")
    assert [page.url for page in pages] == [archived]


def test_what_is_said_of_a_page_in_two_places_is_one_entry() -> None:
    text = """
## Clocks
- [Acme fell over twice](https://x.example/a#one). The first clock stood still.

## Rules
- [Acme once more](http://www.x.example/a/#two). The second rule was wrong.
- [Acme yet again](https://x.example/a). The second rule was wrong.
"""
    page = only(text)
    assert (page.title, page.url) == ("Acme fell over twice", "https://x.example/a#one")
    assert page.summary == "The first clock stood still. The second rule was wrong."
    assert page.tags == ("clocks", "rules")


def test_what_is_said_again_of_the_first_ones_is_not_lost() -> None:
    lines = [f"- [A sad day {n}](https://x.example/{n}). It was day {n}." for n in (1, 2, 3, 1)]
    lines[3] = lines[3].replace("It was", "Later than")
    pages = read("\n".join(lines), most=2)
    assert [page.summary for page in pages] == ["It was day 1. Later than day 1.", "It was day 2."]


@pytest.mark.parametrize(
    ("above", "kind"),
    [
        ("# A List of Post-mortems!\n## Clocks", "post-mortem"),
        ("# Public outages", "post-mortem"),
        ("---\ntitle: Incidents of 2020\n---\n", "post-mortem"),
        ("# Reading\n## Postmortems\n### 2020", "post-mortem"),
        ("# Reading\n## Clocks", None),
        ("# A list of incidents\n## Guides", None),
        ("# Post-mortem templates", None),
        ("# Post-mortems\n## Learning from incidents", None),
        ("# Incident response", None),
        ("# Post-mortems\n## Other lists of post-mortems", None),
    ],
)
def test_a_list_of_post_mortems_says_what_its_entries_are(above: str, kind: str | None) -> None:
    assert only(f"{above}\n\n- [The day the cache died](https://x.example/a)").kind == kind


def test_the_title_of_a_web_page_counts() -> None:
    html = _BLOG.replace("Blog", "Our outages").replace("<h1>All posts</h1>", "")
    assert only(html.format('<ul><li><a href="/a">The day the cache died</a></li></ul>')).kind == "post-mortem"


def test_footnotes_are_no_links() -> None:
    text = """- [The day the cache died](https://x.example/a). It was sad[^1] and long[^why].

[^1]: note
[^why]: https://x.example/b
    and [more](https://x.example/c)
"""
    page = only(text)
    assert (page.url, page.summary) == ("https://x.example/a", "It was sad and long.")


@pytest.mark.parametrize(
    "item",
    [
        "[Rules](#rules)",
        f"[Rules]({_SOURCE}#rules)",
        "[write to us](mailto:a@x.example)",
        "![a picture](https://x.example/a.png)",
        "[![build](https://x.example/badge.svg)](https://ci.example/builds)",
        "[Edit this page](https://host.example/edit)",
        "[Next](/page/2)",
        "[3](/page/3)",
        "[@somebody](https://social.example/somebody)",
        "[bad](http://[)",
    ],
)
def test_what_is_no_document(item: str) -> None:
    assert read(f"- {item} and some words") == []


def test_prose_around_a_list_is_not_in_it() -> None:
    text = """# Sad days

A long introduction that tells, with [a link](https://x.example/1) in it, what this is about and for whom.

## Rules

- [The first of all sad days](https://x.example/2)

## Contributing

- [Open a request](https://x.example/3)
"""
    assert [page.url for page in read(text)] == ["https://x.example/2"]


_BLOG = """<html><head><title>Blog</title></head><body>
<header><a href="/">Home</a></header><nav><ul><li><a href="/jobs">Our jobs are open</a></li></ul></nav><main>
<h1>All posts</h1>{}</main><footer><a href="/imprint">Who we are</a></footer></body></html>"""


@pytest.mark.parametrize(
    "card",
    [
        '<article><h2><a href="{0}">How post {1} came about</a></h2><p>{2} <a href="{0}">Read more</a></p></article>',
        '<a href="{0}"><h3>How post {1} came about</h3><p>{2}</p></a>',
        '<ul><li><a href="{0}">How post {1} came about</a><p>{2}</p></li></ul>',
        '<h2><a href="{0}">How post {1} came about</a></h2><p>{2}</p>',
        '<dl><dt><a href="{0}">How post {1} came about</a></dt><dd>{2}</dd></dl>',
        '<table><tr><td><a href="{0}">How post {1} came about</a></td><td>{2}</td></tr></table>',
    ],
)
def test_index_pages(card: str) -> None:
    teaser = "In which we tell what we saw, and what we did about it."
    html = _BLOG.format("".join(card.format(f"/post/{number}", number, teaser) for number in range(12)))
    pages = read(html)
    assert [page.url for page in pages] == [f"https://lists.example/post/{number}" for number in range(12)]
    assert [page.title for page in pages] == [f"How post {number} came about" for number in range(12)]
    assert all(page.summary and teaser in page.summary for page in pages)
    assert looks_like_list(html, is_markdown=False)


_WORDS = "The primary database ran out of connections and every write was refused for an hour. "


def _article(links: int, *, heading: str = "References") -> str:
    body = "\n\n".join(f"## Part {number}\n\n{_WORDS * 8}" for number in range(6))
    refs = "\n".join(f"- [Reference number {number}](https://x.example/{number})" for number in range(links))
    return f"# What we saw\n\n{body}\n\n## {heading}\n\n{refs}\n"


@pytest.mark.parametrize(
    "text",
    [
        _article(30),
        _article(0),
        "# T\n\n"
        + "\n\n".join(f"{_WORDS}See [this]({number}) and [that](x{number}). {_WORDS}" for number in range(30)),
        "# T\n\n"
        + "\n".join(f"- 10:{number} {_WORDS}([chart](https://x.example/{number}))" for number in range(10, 40)),
        "# T\n\n" + "\n".join(f"- [Part {number}](#part-{number})" for number in range(30)),
        "# T\n\n" + "\n".join(f"- [Name {number}](https://x.example/{number})" for number in range(9)),
        "# T\n\n" + "\n".join("- [The same page](https://x.example/)" for _ in range(30)),
        "# T\n\n" + "\n".join(f"- item {number}" for number in range(30)),
        "",
    ],
)
def test_what_is_no_list(text: str) -> None:
    assert not looks_like_list(text, is_markdown=True)


def test_an_article_with_navigation_is_no_list() -> None:
    links = "".join(f'<li><a href="/chapter/{number}">Chapter {number}</a></li>' for number in range(60))
    html = f"<body><nav><ul>{links}</ul></nav><main><h1>T</h1><p>{_WORDS * 20}</p></main><footer><ul>{links}</ul></footer></body>"
    assert not looks_like_list(html, is_markdown=False)


@pytest.mark.parametrize(
    "text", ["<", "[" * 5_000, "<ul><li>" * 2_000, "- [a](" * 2_000, "|" * 10_000, "<a href=/x>" * 500]
)
@pytest.mark.parametrize("is_markdown", [True, False])
def test_nonsense_gives_nothing_and_does_no_harm(text: str, is_markdown: bool) -> None:
    assert read_list(text, source=_SOURCE, is_markdown=is_markdown, most=10) == []
    assert not looks_like_list(text, is_markdown=is_markdown)


def test_real_documents_are_not_taken_for_lists() -> None:
    """Of the gathered post-mortems, advisories and chapters none is a list; of the guidance hardly any."""
    for folder in ("company-postmortems", "rust-blog-incidents", "secure-reliable-systems-book", "curl-advisories"):
        for path in (_SHARED / folder).rglob("*"):
            if path.suffix in (".md", ".html"):
                text = path.read_text(errors="replace")
                assert not looks_like_list(text, is_markdown=path.suffix == ".md"), path.name
