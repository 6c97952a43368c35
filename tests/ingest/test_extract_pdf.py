"""PDF: reading order, paragraphs, headings, running lines, menus; locked and damaged files. The PDFs are made here."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread

import pytest

from corpus.errors import NothingToRead, Unreadable
from ingest.extract import extract
from ingest.pdf_layout import Line, headed_text, in_reading_order
from ingest.types import Page


@dataclass
class Text:
    """A line of print at a place; `link` puts a link over it."""

    x: int
    y: int
    text: str
    size: int = 10
    link: bool = False


def pdf(pages: Sequence[Sequence[Text]], info: str = "", outline: Sequence[str] = (), extra: str = "") -> bytes:
    """A PDF written by hand: one font, lines at their places, an outline and an information dictionary."""
    objects = ["", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", f"<< {info} >>"]
    kids = []
    for page in pages:
        drawn = "".join(f"BT /F {t.size} Tf {t.x} {t.y} Td ({_escaped(t.text)}) Tj ET\n" for t in page) + extra
        links = [
            f"<< /Type /Annot /Subtype /Link /Rect [{t.x} {t.y - 2} {t.x + 6 * len(t.text)} {t.y + t.size}] "
            "/A << /S /URI /URI (https://x.org) >> >>"
            for t in page
            if t.link
        ]
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {len(objects)} 0 R /Annots [{' '.join(links)}] >>"
        )
        kids.append(f"{len(objects)} 0 R")
    first = len(objects) + 2
    if outline:
        last = first + len(outline) - 1
        objects.append(f"<< /Type /Outlines /First {first} 0 R /Last {last} 0 R >>")
        for at, title in enumerate(outline, first):
            following = f"/Next {at + 1} 0 R" if at < last else ""
            objects.append(f"<< /Title ({title}) /Parent {first - 1} 0 R {following} >>")
    root = f"/Outlines {first - 1} 0 R" if outline else ""
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {root} >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body = "%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    tail = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R"
    return f"{body}{tail} /Info 4 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode("latin-1")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def read(*pages: Sequence[Text], info: str = "", outline: Sequence[str] = ()) -> Page:
    return extract(pdf(pages, info, outline), name="report.pdf")


LONG = [
    "The primary database ran out of connections in the early morning of that",
    "day and every write was refused. The alarm came late because nobody had",
    "thought of this.",
]


def prose(y: int, lines: Sequence[str] = LONG, x: int = 50, size: int = 10) -> list[Text]:
    return [Text(x, y - 12 * at, line, size) for at, line in enumerate(lines)]


def test_lines_become_paragraphs() -> None:
    page = read([*prose(700), *prose(640, ["A second paragraph follows after a gap."])])
    assert page.text == f"{' '.join(LONG)}\n\nA second paragraph follows after a gap."


def test_words_divided_at_line_ends_are_joined() -> None:
    lines = [
        "The database of the customers was badly and for a very long time over-",
        "loaded, and the back-end was",
        "down.",
    ]
    text = read(prose(700, lines)).text
    assert "overloaded, and the back-end was" in text


def test_items_stay_on_lines_of_their_own() -> None:
    lines = [
        "10:00 The first alarm, which was seen by nobody at all at that time of day",
        "10:05 The second alarm",
        "10:09 Calm",
    ]
    assert read(prose(700, lines)).text.split("\n\n") == lines


def test_larger_print_and_bookmarks_are_headings() -> None:
    page = read(
        [
            Text(50, 750, "A bad day", 24),
            Text(50, 720, "What happened", 16),
            *prose(700),
            Text(50, 640, "Afterwards"),
            *prose(610),
        ],
        outline=["Afterwards"],
    )
    assert page.title == "A bad day"
    assert page.text.startswith("## What happened\n\nThe primary")
    assert "\n\n# Afterwards\n\nThe primary" in page.text


def test_what_is_drawn_out_of_order_is_read_in_order() -> None:
    footer = [Text(50, 100, "The last sentence stands below.")]
    title = [Text(50, 780, "Drawn last of all", 20)]
    text = read([*footer, *prose(700), *title]).text
    assert text.startswith("The primary")
    assert text.endswith("The last sentence stands below.")


def test_columns_are_read_one_after_the_other() -> None:
    left, right = ["Left one of it", "left two of it."], ["Right one of it", "right two of it."]
    text = read(
        [Text(50, 760, "Head over all of the two columns of the page"), *prose(700, left), *prose(700, right, x=350)]
    ).text
    assert "Left one of it left two of it." in " ".join(text.split())
    assert text.index("left two") < text.index("Right one")


def test_running_heads_and_page_numbers_are_dropped() -> None:
    pages = [
        [
            Text(50, 790, "Example Corp internal"),
            *prose(700, [f"Body of page {word}."]),
            Text(300, 20, f"Page {number} of 4"),
        ]
        for number, word in enumerate(("one", "two", "three", "four"), 1)
    ]
    text = read(*pages).text
    assert "Example Corp" not in text
    assert "of 4" not in text
    assert [word for word in ("one", "two", "three", "four") if f"Body of page {word}." in text] == [
        "one",
        "two",
        "three",
        "four",
    ]


def test_a_paragraph_goes_on_over_the_page() -> None:
    first, second = prose(60, LONG[:2]), prose(760, LONG[2:])
    assert read(first, second).text == " ".join(LONG)


def test_menus_of_a_printed_web_page_are_dropped_but_not_links_in_the_text() -> None:
    menu = [Text(20, 690 - 10 * at, f"Menu item {at}", 7, link=True) for at in range(12)]
    text = [Text(150, 750, "The outage", 20), *prose(700, x=150), Text(150, 640, "See the full report.", link=True)]
    footer = [Text(150, 30, "Text is available under a licence.", 7)]
    page = read([*menu, *footer, *text])
    assert page.title == "The outage"
    assert page.text == f"{' '.join(LONG)}\n\nSee the full report."


def test_footnotes_in_small_print_stay_where_there_are_no_menus() -> None:
    page = read([*prose(700), Text(50, 60, "1 A footnote in small print.", 7)])
    assert "A footnote in small print." in page.text


def test_a_table_of_contents_is_dropped() -> None:
    contents = [Text(50, 700, "Contents"), Text(50, 685, "1 Summary ........ 2"), Text(50, 670, "2 Timeline ....... 3")]
    page = read(
        [*contents, Text(50, 600, "Summary"), *prose(580), Text(50, 500, "Timeline"), *prose(480)],
        outline=["Summary", "Timeline"],
    )
    assert "Contents" not in page.text
    assert page.text.startswith("# Summary\n\nThe primary")


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Review of the outage", "Review of the outage"),
        ("Microsoft Word - x.doc", "A bad day"),
        ("untitled", "A bad day"),
        ("report-final.pdf", "A bad day"),
        ("", "A bad day"),
        ("A bad day - Example Wiki", "A bad day"),
    ],
)
def test_titles(stated: str, title: str) -> None:
    page = read([Text(50, 750, "A bad day", 24), *prose(700)], info=f"/Title ({stated})")
    assert page.title == title


def test_without_any_title_it_stays_unknown() -> None:
    assert read(prose(700)).title is None


def test_keywords_are_tags_and_the_making_of_the_file_is_no_publication() -> None:
    body = pdf([prose(700)], "/Keywords (DNS, Cache) /CreationDate (D:20200703164648)")
    assert extract(body, name="report.pdf").published is None
    assert extract(body, name="20200601-report.pdf").published == "2020-06-01"
    assert extract(body, name="report.pdf").tags == ("dns", "cache")


def test_pages_of_pictures() -> None:
    picture = "q 100 0 0 100 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x7f EI Q\n"
    with pytest.raises(NothingToRead, match="its pages are pictures; text recognition is not part of Lessonry"):
        extract(pdf([[]], extra=picture), name="scan.pdf")
    with pytest.raises(NothingToRead, match="its pages are empty"):
        extract(pdf([[]]), name="empty.pdf")


def test_damaged_files() -> None:
    with pytest.raises(Unreadable, match="damaged or cut off"):
        extract(b"%PDF-1.7\nrubbish", name="x.pdf")


def test_a_locked_file() -> None:
    locked = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >> /ID [<00> <00>]".format("ab" * 32)
    body = pdf([prose(700)]).replace(b"/Root 1 0 R", b"/Root 1 0 R " + locked.encode())
    with pytest.raises(Unreadable, match="locked with a password"):
        extract(body, name="x.pdf")


def test_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.pdf.MOST_PAGES", 2)
    with pytest.raises(Unreadable, match="it has 3 pages"):
        read([], [], [])
    monkeypatch.setattr("ingest.pdf.MOST_CHARACTERS", 10)
    with pytest.raises(Unreadable, match="more than 10 characters"):
        read(prose(700))


def test_threads_do_not_meet_in_pdfium() -> None:
    body = pdf([prose(700)] * 5)
    texts: list[str] = []
    threads = [Thread(target=lambda: texts.append(extract(body, name="x.pdf").text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 8
    assert len(set(texts)) == 1


def test_reading_order_without_a_pdf() -> None:
    def line(text: str, y: float, left: float = 0) -> Line:
        return Line(text, 0, left, left + 100, y, 10)

    drawn = [line("footer", 10), line("body", 500), line("side", 700, left=200), line("title", 700)]
    assert [one.text for one in in_reading_order(drawn)] == ["title", "body", "footer", "side"]


def test_shell_comments_in_print_are_no_headings() -> None:
    assert headed_text([Line("# rm -rf /", 0, 0, 50, 700, 10)], {}) == " # rm -rf /"
