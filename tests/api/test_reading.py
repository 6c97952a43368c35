"""A text as it is read: anchors where its passages begin, headings in place, nothing dangerous."""

from bs4 import BeautifulSoup

from api.reading import Reading, read
from api.schemas import PassageShape
from corpus.passages import split
from tests.fakes import FakeEncoder


def reading(text: str, *, limit: int = 60, title: str = "Title") -> tuple[Reading, list[PassageShape]]:
    cut = split(text, title=title, measure=FakeEncoder().measure, limit=limit)
    passages = [PassageShape(id=n, heading=one.heading, text=one.text) for n, one in enumerate(cut, 1)]
    return read(title, text, passages), passages


def squeezed(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def text_from(soup: BeautifulSoup, passage_id: int) -> str:
    """All text from the anchor of a passage on."""
    anchor = soup.find(id=f"p{passage_id}")
    assert anchor is not None, passage_id
    following = [*anchor.strings, *(s for s in anchor.find_all_next(string=True) if anchor not in s.parents)]
    return squeezed("".join(following))


LONG = " ".join(f"Sentence {n} tells what the crew saw at {n} o'clock." for n in range(60))


def test_every_passage_is_found_where_it_begins():
    points = "\n".join(f"- point {n} is about the valve and nothing else at all" for n in range(30))
    made, passages = reading(
        f"## One\n\n{LONG}\n\n## Two\n\n{points}\n\n```\nvalve --open {'x ' * 40}\n# no heading\n```"
    )
    soup = BeautifulSoup(made.html, "lxml")
    assert len(passages) > 15
    for passage in passages:
        assert text_from(soup, passage.id).startswith(squeezed(passage.text)[:40]), passage


def test_a_long_paragraph_is_parted_at_its_passages_and_loses_nothing():
    made, passages = reading(LONG)
    soup = BeautifulSoup(made.html, "lxml")
    assert len(soup.select("p")) == len(soup.select("div.passage")) == len(passages)
    assert " ".join(soup.get_text().split()) == LONG


def test_hard_wrapped_lines_lists_and_code_stay_what_they_are():
    wrapped = "\n".join(LONG[start : start + 70] for start in range(0, 1400, 70))
    made, _ = reading(f"{wrapped}\n\n1. first {LONG[:900]}\n2. second\n\n```sh\nrm -r /\n\n\nls\n```\n", limit=80)
    soup = BeautifulSoup(made.html, "lxml")
    assert len(soup.select("ol > li")) == 2
    assert soup.pre.get_text() == "rm -r /\n\n\nls\n"


def test_headings_begin_below_the_title_which_is_not_repeated():
    made, _ = reading("# Title\n\nIntro of this.\n\n## First *part*\n\ntext one\n\n#### Deep\n\ntext two")
    assert [(one.level, one.text) for one in made.contents] == [(2, "First part"), (4, "Deep")]
    soup = BeautifulSoup(made.html, "lxml")
    assert [heading.name for heading in soup.select("h1, h2, h3, h4")] == ["h2", "h4"]
    assert all(soup.find(id=one.anchor) for one in made.contents)


def test_what_is_dangerous_or_elsewhere_is_taken_out():
    made, _ = reading(
        "<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](/local) [c](https://example.org/c) "
        "![a chart](https://evil.example/i.png)\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n"
    )
    soup = BeautifulSoup(made.html, "lxml")
    assert not soup.select("img, script, [style], [onerror]")
    assert [(a["href"], a["rel"]) for a in soup.select("a[href]")] == [
        ("https://example.org/c", ["noopener", "noreferrer", "nofollow"])
    ]
    assert "[a chart]" in soup.get_text()
    assert [cell.get_text() for cell in soup.select("td")] == ["1", "2"]


def test_texts_without_passages_or_words_can_be_read_too():
    assert read("Title", "", []).html == ""
    assert "plain" in read("Title", "plain\r\n\r\nwords", []).html
    assert read("Title", "only this", [PassageShape(id=1, heading="", text="not in it")]).html.count("p1") == 0


def test_a_huge_text_is_still_quick_and_keeps_its_anchors():
    made, passages = reading("\n\n".join(f"## Part {n}\n\n{LONG} {n}" for n in range(120)), limit=200)
    assert made.html.count('id="p') == len(passages) > 500
