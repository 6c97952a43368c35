"""Which documents count, counted facets, and paging: each compared with the plain definition."""

from collections import Counter
from itertools import product

import pytest

from corpus.types import Document, Filter, is_partial_date
from tests.fakes import Home

DATES = [
    None,
    "2019",
    "2020",
    "2020-01",
    "2020-04",
    "2020-05",
    "2020-05-01",
    "2020-05-31",
    "2020-12-31",
    "2021",
    "2021-01-01",
]


def earliest_and_latest(date: str) -> tuple[str, str]:
    year, month, day = ([*date.split("-"), "", ""])[:3]
    return f"{year}-{month or '01'}-{day or '01'}", f"{year}-{month or '12'}-{day or '31'}"


def may_be_inside(published: str | None, since: str | None, until: str | None) -> bool:
    """Whether the days that `published` may mean overlap with those asked for."""
    if published is None:
        return since is None and until is None
    first, last = earliest_and_latest(published)
    return (since is None or last >= earliest_and_latest(since)[0]) and (
        until is None or first <= earliest_and_latest(until)[1]
    )


def expected(document: Document, wanted: Filter, inside: set[str]) -> bool:
    return (
        (not wanted.kind or document.kind in wanted.kind)
        and (not wanted.organization or (document.organization or "").lower() in map(str.lower, wanted.organization))
        and (not wanted.tag or bool({tag.lower() for tag in document.tags} & set(map(str.lower, wanted.tag))))
        and (wanted.collection is None or (wanted.collection == "reader" and document.id in inside))
        and may_be_inside(document.published, wanted.since, wanted.until)
    )


@pytest.fixture
def stocked(home: Home) -> Home:
    home.corpus.collections.create("Reader")
    kinds = ("post-mortem", "lesson", "guidance")
    organizations = (None, "Navy", "École Royale", "Österreich AG")
    for number, (published, organization) in enumerate(product(DATES, organizations)):
        document_id = home.put(
            f"Document {number}",
            f"The valve stuck open. Number {number}.",
            published=published,
            organization=organization,
            kind=kinds[number % 3],
            tags=tuple(tag for place, tag in enumerate(("Clock", "été", "alarm")) if number >> place & 1),
        )
        if number % 5 == 0:
            home.corpus.collections.add("reader", document_id)
    return home


FILTERS = [
    Filter(),
    *(Filter(kind=kind) for kind in [("lesson",), ("lesson", "guidance")]),
    *(
        Filter(organization=(name,))
        for name in ["Navy", "NAVY", "École Royale", "Österreich AG", "nobody", "École royale"]
    ),
    *(Filter(tag=tags) for tags in [("clock",), ("CLOCK", "alarm"), ("été",), ("none",)]),
    *(Filter(collection=slug) for slug in ["reader", "nothing"]),
    *(Filter(since=date) for date in DATES if date),
    *(Filter(until=date) for date in DATES if date),
    *(Filter(since=since, until=until) for since, until in product(DATES[1::3], DATES[2::3])),
    Filter(
        kind=("lesson", "post-mortem"),
        organization=("navy",),
        tag=("clock", "alarm"),
        since="2020-05",
        collection="reader",
    ),
    Filter(kind=("guidance",), until="2020-05", tag=("été",), organization=("École Royale", "Navy")),
]


def test_every_filter_means_what_it_says(stocked: Home) -> None:
    documents = stocked.corpus.documents.page(limit=1000)
    inside = {item.document.id for item in stocked.corpus.collections.items("reader")}
    assert len(documents) == len(DATES) * 4
    for wanted in FILTERS:
        right = sorted(document.id for document in documents if expected(document, wanted, inside))
        assert stocked.corpus.documents.ids(wanted) == right, wanted
        assert stocked.corpus.documents.count(wanted) == len(right)
        assert sorted(document.id for document in stocked.corpus.documents.page(wanted, limit=1000)) == right
        passages = {p.id for document_id in right for p in stocked.corpus.documents.passages(document_id)}
        assert stocked.corpus.documents.passage_ids(wanted) == sorted(passages)
        assert {one[0] for one in stocked.corpus.fulltext.match('"valve"', limit=1000, wanted=wanted)} == passages


@pytest.mark.parametrize(
    ("published", "since", "until", "inside"),
    [
        ("2020", "2020-05", None, True),
        ("2020", None, "2020-05", True),
        ("2020-04", "2020-05", None, False),
        ("2020-05", "2020-05-31", None, True),
        ("2020-05-30", "2020-05-31", None, False),
        ("2020-12-31", None, "2020", True),
        ("2021-01-01", None, "2020-12", False),
        ("2020-05-15", "2020-05", "2020-05", True),
        (None, "1900", None, False),
        (None, None, "2100", False),
    ],
)
def test_partial_dates(home: Home, published: str | None, since: str | None, until: str | None, inside: bool) -> None:
    home.put("Leap", "The valve.", published=published)
    assert home.corpus.documents.count(Filter(since=since, until=until)) == inside


@pytest.mark.parametrize("text", ["2020", "2020-05", "2020-05-31", "0001-12", "2024-02-29"])
def test_dates_that_may_be_given(text: str) -> None:
    assert is_partial_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "2020-13",
        "2020-00",
        "2020-5",
        "2020-05-32",
        "2020-05-01T00",
        "2020\n",
        "MMXX",
        "0000",
        "2026-02-30",
        "2023-02-29",
    ],
)
def test_dates_that_may_not(text: str) -> None:
    assert not is_partial_date(text)


def test_facets_count_the_documents(stocked: Home) -> None:
    documents = stocked.corpus.documents.page(limit=1000)
    for chosen in (documents, documents[3:17], []):
        counts = {
            "kind": Counter(one.kind for one in chosen),
            "organization": Counter(one.organization for one in chosen if one.organization),
            "tag": Counter(tag for one in chosen for tag in one.tags),
            "technology": Counter(),
            "year": Counter(one.published[:4] for one in chosen if one.published),
        }
        right = {
            name: sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])) for name, counter in counts.items()
        }
        assert stocked.corpus.facets.of([one.id for one in chosen]) == right
    assert stocked.corpus.facets.over() == stocked.corpus.facets.of([one.id for one in documents])


def test_facets_of_what_is_found_need_no_row_of_a_document(stocked: Home) -> None:
    """The rows hold the texts: in a large home each is on a page of its own."""
    asked: list[str] = []
    with stocked.corpus.db.read() as db:
        db.conn.set_trace_callback(asked.append)
        stocked.corpus.facets.of([one.id for one in stocked.corpus.documents.page(limit=3)])
        db.conn.set_trace_callback(None)
        [of_documents] = [one for one in asked if "d.organization" in one and "json_each" in one]
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {of_documents}")]
    assert any("COVERING INDEX documents_facets" in step for step in plan), plan


def test_pages_follow_one_another_without_gap_or_repetition(stocked: Home) -> None:
    whole = stocked.corpus.documents.page(limit=1000)
    assert [(one.added, one.id) for one in whole] == sorted(((one.added, one.id) for one in whole), reverse=True)
    for wanted in (Filter(), Filter(kind=("lesson",))):
        right = [one for one in whole if not wanted or one.kind == "lesson"]
        seen: list[Document] = []
        while page := stocked.corpus.documents.page(
            wanted, limit=7, after=(seen[-1].added, seen[-1].id) if seen else None
        ):
            seen += page
        assert seen == right
