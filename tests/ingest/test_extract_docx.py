"""DOCX: headings by style, lists, tables, properties; damaged files and bombs."""

import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml

from corpus.errors import NothingToRead, Unreadable
from ingest.extract import extract
from ingest.types import Page

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(document: Document) -> Page:
    return extract(saved(document), name="report.docx")


@pytest.fixture
def document() -> Document:
    document = docx.Document()
    document.core_properties.title = ""
    return document


def test_headings_lists_and_tables_in_order(document: Document) -> None:
    document.add_heading("The day it broke", level=1)
    document.add_paragraph("It was late.")
    document.add_heading("Timeline", level=2)
    document.add_paragraph("First", style="List Bullet")
    document.add_paragraph("Second", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Time", "Event", "10:00", "Alert"], strict=True):
        cell.text = text
    document.add_paragraph("The end.")
    page = read(document)
    assert page.title == "The day it broke"
    assert page.text == ("It was late.\n\n## Timeline\n\n- First\n- Second\n\nTime | Event\n10:00 | Alert\n\nThe end.")


def test_properties(document: Document) -> None:
    document.core_properties.title = "Review of the outage"
    document.core_properties.keywords = "DNS; Cache"
    document.core_properties.language = "en-US"
    document.core_properties.created = datetime(2021, 5, 3, tzinfo=UTC)
    document.add_paragraph("Text.")
    page = read(document)
    assert (page.title, page.tags, page.language, page.kind) == (
        "Review of the outage",
        ("dns", "cache"),
        "en",
        "post-mortem",
    )
    assert page.published is None  # when the file was made says nothing of it


@pytest.mark.parametrize("junk", ["Word Document", "report final.docx", "Untitled", "Document1"])
def test_titles_that_a_program_made_up(document: Document, junk: str) -> None:
    document.core_properties.title = junk
    document.add_heading("What happened", level=0)
    document.add_paragraph("Text.")
    assert read(document).title == "What happened"


def test_tracked_changes_hyperlinks_and_content_controls(document: Document) -> None:
    for inner in (
        "<w:r><w:t>We </w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>always</w:t></w:r></w:ins>",
        "<w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink>",
    ):
        document.element.body.insert(-1, parse_xml(f"<w:p {_W}>{inner}</w:p>"))
    held = f"<w:sdt {_W}><w:sdtContent><w:p><w:r><w:t>held text</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(-1, parse_xml(held))
    assert read(document).text == "We always\n\na link\n\nheld text"


def test_code_keeps_its_lines(document: Document) -> None:
    document.styles.add_style("Source Code", 1)
    document.add_paragraph("Before.")
    for line in ("ERROR 42", "    at main()"):
        document.add_paragraph(line, style="Source Code")
    assert read(document).text == "Before.\n\n```\nERROR 42\n    at main()\n```"


def test_an_empty_document(document: Document) -> None:
    with pytest.raises(NothingToRead):
        read(document)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_off(document: Document, share: float) -> None:
    document.add_paragraph("Text.")
    body = saved(document)
    with pytest.raises(Unreadable, match="damaged or cut off"):
        extract(body[: int(len(body) * share)], name="report.docx")


def test_broken_xml_inside(document: Document) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, b"<w:document" if entry == "word/document.xml" else old.read(entry))
    with pytest.raises(Unreadable):
        extract(buffer.getvalue(), name="report.docx")


def test_a_bomb_is_not_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as entry:
        for _ in range(201):
            entry.write(bytes(1_000_000))
    with pytest.raises(Unreadable, match="unpacks to more than 200 MB"):
        extract(buffer.getvalue(), name="report.docx")
