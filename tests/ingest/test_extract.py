"""Telling the format, decoding, and that no bytes whatsoever give anything but a page or one clear error."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ExtractError, NothingToRead, Unreadable, UnsupportedType
from ingest.extract import extract, format_of
from ingest.types import Page

_NAMES = ["a.html", "a.md", "a.html.md.erb", "a.rst", "a.txt", "a.pdf", "a.docx", "a"]
_MARKUP = st.text(st.sampled_from("<>/=\"'`~#*_[](){}%!-+:.| \n\tahpre1&;\\"), max_size=300)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _page_or_error(body: bytes, name: str) -> None:
    problem: ExtractError | None = None
    text = ""
    try:
        text = extract(body, name=name).text
    except ExtractError as error:
        problem = error
    if problem is None:
        assert text.strip()
    else:
        assert problem.source == name
        assert "\n" not in str(problem)


@pytest.mark.parametrize("name", _NAMES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.binary(max_size=400))
def test_any_bytes_give_a_page_or_one_clear_error(name: str, body: bytes) -> None:
    _page_or_error(body, name)


@pytest.mark.parametrize("name", _NAMES[:5])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=_MARKUP)
def test_any_markup_gives_a_page_or_one_clear_error(name: str, text: str) -> None:
    _page_or_error(text.encode(), name)


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7\n", b"PK\x03\x04", b"---\n", b"\xff\xfe", b"<html><body>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.binary(max_size=200))
def test_a_good_start_with_any_rest(start: bytes, body: bytes) -> None:
    _page_or_error(start + body, "a.md")


@pytest.mark.parametrize(
    "text",
    [
        "<" * 20000,
        "[" * 20000,
        "`" * 20001,
        "![](" * 8000,
        "<div>" * 8000 + "deep",
        "> " * 9000,
        "<!--" * 9000,
        "a\n===\n" * 3000,
        "{%" * 9000,
        "* " * 9000,
        "<a b='" * 5000,
        "-" * 30000,
        "1" * 30000,
        "`a`` " * 5000,
    ],
)
@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt", "a.rst"])
def test_pathological_texts_neither_hang_nor_fail(text: str, name: str) -> None:
    _page_or_error(("Word " + text).encode(), name)


@pytest.mark.parametrize("name", _NAMES)
def test_nothing_at_all(name: str) -> None:
    with pytest.raises(ExtractError) as caught:
        extract(b"", name=name)
    assert caught.value.source == name


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)), bytes(range(256)) * 8, b"\x00" * 500 + b"text"]
)
def test_a_binary_called_markdown(body: bytes) -> None:
    with pytest.raises(UnsupportedType, match=r"^notes\.md: "):
        extract(body, name="notes.md")


@pytest.mark.parametrize(
    ("name", "content_type", "body", "expected"),
    [
        ("https://x.org/a", "text/html; charset=utf-8", b"<p>hi", "html"),
        ("https://x.org/README.md", "text/html", b"<p>hi", "html"),
        ("https://x.org/README.md", "text/plain", b"# Hi", "markdown"),
        ("README.md", None, b"<!DOCTYPE html><p>hi", "html"),
        ("a.html.md.erb", None, b"# Hi", "erb"),
        ("notes", None, b"Some notes", "text"),
        ("https://x.org/report?v=2.0", None, b"  <!doctype HTML><p>hi", "html"),
        ("https://x.org/download", "application/octet-stream", b"%PDF-1.4 ...", "pdf"),
        ("https://x.org/guide.rst?raw=1", "text/plain", b"Hi", "rst"),
    ],
)
def test_the_format_is_told_by_type_name_and_bytes(
    name: str, content_type: str | None, body: bytes, expected: str
) -> None:
    assert format_of(body, name=name, content_type=content_type) == expected


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.xlsx", "picture.svgz.zip"])
def test_formats_that_are_not_documents(name: str) -> None:
    with pytest.raises(UnsupportedType):
        extract(b"a, b\n1, 2\n", name=name)


def test_a_picture_by_its_content_type() -> None:
    with pytest.raises(UnsupportedType, match="image/webp"):
        extract(b"RIFF", name="https://x.org/a", content_type="image/webp")


def test_another_zip_is_no_document() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "Some notes")
    with pytest.raises(UnsupportedType, match="a ZIP archive"):
        extract(buffer.getvalue(), name="notes.bin")


def test_what_should_be_a_pdf_or_docx_but_is_not() -> None:
    with pytest.raises(Unreadable, match="it should be a PDF"):
        extract(b"<html>not found</html>", name="report.pdf")
    with pytest.raises(Unreadable, match="it should be a DOCX"):
        extract(b"hello", name="a", content_type=_DOCX)


def test_a_locked_office_file() -> None:
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(Unreadable, match="locked with a password"):
        extract(body, name="plan.docx")
    with pytest.raises(UnsupportedType, match="an old Office document"):
        extract(body[:8] + bytes(100), name="plan.doc")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32"])
def test_encodings_of_text(encoding: str) -> None:
    text = "Die Störung begann um zwölf Uhr – das Café war zu."
    assert extract(text.encode(encoding), name="a.txt").text == text


def test_a_declared_character_set_is_used_and_a_wrong_one_does_no_harm() -> None:
    html = "<html><body><p>Сервер не отвечает на запросы клиентов.</p></body></html>"
    declared = extract(html.encode("cp1251"), name="a", content_type="text/html; charset=windows-1251")
    assert "Сервер не отвечает" in declared.text
    meta = html.replace("<html>", '<html><head><meta charset="windows-1251"></head>')
    assert "Сервер не отвечает" in extract(meta.encode("cp1251"), name="a.html").text
    assert "Сервер" in extract(html.encode(), name="a", content_type="text/html; charset=nonsense").text


def test_a_few_damaged_bytes_do_not_change_the_encoding() -> None:
    body = ("größere Störung " * 20).encode() + b"\xff end"
    assert "größere Störung" in extract(body, name="a.txt").text


def test_the_date_in_the_name_is_the_last_resort() -> None:
    assert extract(b"Text", name="2024-11-07-outage.txt").published == "2024-11-07"
    dated = b"---\ndate: 2020-01-02\n---\nText"
    assert extract(dated, name="2024-11-07-outage.md").published == "2020-01-02"


def test_plain_text_says_nothing_of_itself() -> None:
    assert extract(b"First line\r\n\r\n\r\n\r\nSecond line  \r\n", name="a.txt") == Page(
        text="First line\n\nSecond line"
    )


def test_white_space_is_nothing_to_read() -> None:
    with pytest.raises(NothingToRead):
        extract(b" \n\t\n", name="a.txt")
