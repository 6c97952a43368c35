"""Dates, tags, languages, addresses and kinds: told where they are said, unknown where not."""

from datetime import date, datetime

import pytest

from corpus.types import is_partial_date
from ingest import metadata
from ingest.kinds import guess_kind

_TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-05-03", "2021-05-03"),
        ("2021-05-03T23:30:00+02:00", "2021-05-03"),
        ("2021-05-03 10:00:00Z", "2021-05-03"),
        ("2021/05/03", "2021-05-03"),
        ("2021-5-3", "2021-05-03"),
        ("20210503", "2021-05-03"),
        ("2021-05", "2021-05"),
        ("2021", "2021"),
        (2021, "2021"),
        (date(2021, 5, 3), "2021-05-03"),
        (datetime(2021, 5, 3, 12), "2021-05-03"),
        ("May 3, 2021", "2021-05-03"),
        ("Monday, May 3rd, 2021", "2021-05-03"),
        ("3 May 2021", "2021-05-03"),
        ("Sept. 3, 2021 10:15 am", "2021-09-03"),
        ("May 2021", "2021-05"),
        ("Mon, 03 May 2021 10:00:00 GMT", "2021-05-03"),
        ("13/04/2021", "2021-04-13"),
        ("04/13/2021", "2021-04-13"),
        ("04.04.2021", "2021-04-04"),
        ("2026-03-03", "2026-03-03"),
    ],
)
def test_dates(value: object, expected: str) -> None:
    assert is_partial_date(expected)
    assert metadata.partial_date(value, today=_TODAY) == expected


@pytest.mark.parametrize(
    "value",
    [
        "03/04/2021",
        "2021-02-30",
        "2021-13",
        "",
        "soon",
        "today",
        None,
        True,
        [],
        "0001-01-01",
        "2026-03-04",
        "2027",
        "12:30",
        "version 2021.1.2",
        "99999999",
        "1.2.2021.4",
        date(1, 1, 1),
        -5,
        "1970-01-01x",
    ],
)
def test_what_is_ambiguous_to_come_or_no_date_stays_unknown(value: object) -> None:
    assert metadata.partial_date(value, today=_TODAY) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2024-11-07-increased-errors.json", "2024-11-07"),
        ("20241107-LabsNFS-Outage.pdf", "2024-11-07"),
        ("2024_11_07 review.docx", "2024-11-07"),
        ("reports/outage 2024-11-07.md", "2024-11-07"),
        ("https://x.org/2021/05/03/what-happened", "2021-05-03"),
        ("https://x.org/blog/2021/05/slug", "2021-05"),
        ("post-mortem/2025-06/user-input.md", "2025-06"),
        ("https://x.org/a?d=20200101", None),
        ("build-202411071230.log", None),
        ("v2024.1.md", None),
        ("20249999.txt", None),
        ("2027-01-01-plan.md", None),
        ("notes.md", None),
    ],
)
def test_dates_in_names(name: str, expected: str | None) -> None:
    assert metadata.date_in_name(name, today=_TODAY) == expected


def test_tags() -> None:
    assert metadata.tags_of("Security,  Kubernetes; security", ["DNS", 5, None], None) == (
        "security",
        "kubernetes",
        "dns",
        "5",
    )
    assert len(metadata.tags_of([f"t{number}" for number in range(50)])) == 12


@pytest.mark.parametrize(
    ("value", "expected"),
    [("en-GB", "en"), ("de", "de"), ("pt_BR", "pt"), ("English", None), ("", None), ("und", None), (5, None)],
)
def test_languages(value: object, expected: str | None) -> None:
    assert metadata.language_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://x.org/a", "https://x.org/a"),
        ("https://x.org/?p=5", "https://x.org/?p=5"),
        ("https://x.org/", None),
        ("https://x.org", None),
        ("/a", None),
        ("javascript:alert(1)", None),
        ("https://[broken/a", None),
        ("https://x.org/a b", None),
        (None, None),
    ],
)
def test_addresses_of_pages(value: object, expected: str | None) -> None:
    assert metadata.page_address(value) == expected


def test_fields_of_front_matter_as_found_in_the_wild() -> None:
    page = metadata.stated(
        {
            "Title": "  An  outage ", "pubDate": "2021-05-03", "categories": ["DNS"], "company": {"name": "Example"},
            "link": "https://x.org/a", "lang": "en-US", "type": "Post Mortem", "uuid": "x-1",
        },
        "text",
    )  # fmt: skip
    assert (page.title, page.published, page.tags) == ("An outage", "2021-05-03", ("dns",))
    assert (page.organization, page.url, page.language) == ("Example", "https://x.org/a", "en")
    assert (page.kind, page.id) == ("post-mortem", "x-1")


def test_a_path_in_front_matter_can_hold_the_date() -> None:
    assert metadata.stated({"path": "2018/07/06/security-advisory"}, "").published == "2018-07-06"


@pytest.mark.parametrize(
    ("title", "headings", "expected"),
    [
        ("Post-mortem: the cache outage", [], "post-mortem"),
        ("Incident report for May 3", [], "post-mortem"),
        ("Outage on 2021-05-03", [], "post-mortem"),
        ("CATbleed", ["Summary", "Timeline", "Root cause"], "post-mortem"),
        ("What broke", ["Impact", "Detection", "Resolution"], "post-mortem"),
        ("Lessons learned from Apollo", [], "lesson"),
        ("What we learned from Y2K", [], "lesson"),
        ("Our project", ["Plan", "Lessons learned"], "lesson"),
        ("How to write a post-mortem", [], "guidance"),
        ("XSS Prevention Cheat Sheet", [], "guidance"),
        ("Incident response guide", ["Timeline", "Impact"], "guidance"),
        ("Release notes", ["Timeline"], None),
        ("Release notes", [], None),
        (None, [], None),
    ],
)
def test_kinds(title: str | None, headings: list[str], expected: str | None) -> None:
    assert guess_kind(title, headings) == expected


def test_the_documents_own_word_on_its_kind_counts_most() -> None:
    assert guess_kind("How to fail", [], (), "post-mortem") == "post-mortem"
    assert guess_kind("May 3", [], ("postmortem", "dns")) == "post-mortem"
