"""Help with typing: how a query may go on, and what was meant, out of the corpus's own words."""

import pytest

from search.types import Query
from tests.fakes import Home


@pytest.fixture
def stocked(home: Home) -> Home:
    home.put(
        "The certificate nobody renewed", "The certificate expired at night.", organization="Acme & Sons", tags=("tls",)
    )
    home.put(
        "A leap second",
        "The clock of the certificate ran ahead. Kafka stopped.",
        organization="Umbra",
        tags=("time", "storage"),
    )
    home.put("Certainty", "A certain valve was stuck.", organization="Umbra", kind="guidance")
    home.corpus.collections.create("Short reads")
    home.indexer.catch_up()
    return home


def offered(home: Home, typed: str, limit: int = 8) -> list[tuple[str, str]]:
    return [(one.kind, one.query) for one in home.searcher.typing.completions(typed, limit)]


def test_a_word_is_completed_the_most_frequent_first(stocked):
    found = offered(stocked, "night cert")
    assert found[:2] == [("word", "night certificate"), ("word", "night certain")]


def test_names_and_titles_are_offered_with_the_field_that_asks_for_them(stocked):
    assert ("tag", "tag:storage") in offered(stocked, "stor")
    assert ("technology", 'tech:"Apache Kafka"') in offered(stocked, "kaf")
    assert ("organization", 'org:"Acme & Sons"') in offered(stocked, "sons")
    assert ("title", "A leap second") in offered(stocked, "leap sec")
    title = next(one for one in stocked.searcher.typing.completions("leap sec", 8) if one.kind == "title")
    assert stocked.corpus.documents.get(title.document_id or "").title == "A leap second"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("x kind:g", ["x kind:guidance"]),
        ("tag:t", ["tag:time", "tag:tls"]),
        ('x org:"acme', ['x org:"Acme & Sons"']),
        ("tech:", ['tech:"Apache Kafka"']),
        ("in:sh", ["in:short-reads"]),
        ("after:20", []),
        ("http://cert", []),
        ("std::cert", []),
        ("", []),
        ("c", []),
        ('"', []),
        ("a" * 300, []),
        ("证", []),
    ],
)
def test_values_of_a_field_are_completed(stocked, typed, found):
    assert [query for _, query in offered(stocked, typed)] == found


def test_there_are_no_more_completions_than_asked_for(stocked):
    assert len(offered(stocked, "cert", 2)) == 2


def test_a_whole_name_is_nearer_than_a_word_of_another(home):
    for name in ("Umbra", "Umbra Cloud"):
        home.put(f"Of {name}", "The valve.", organization=name)
    assert home.searcher.search(Query(text="org:Umbar")).did_you_mean == "org:Umbra"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("certifcate expired", "certificate expired"),
        ("Certifictae", "Certificate"),
        ("ceertificaet night", "certificate night"),
        ("niht", "night"),
        ("vlave", "valve"),
        ("tag:storge certificate", "tag:storage certificate"),
        ("tech:kafak", 'tech:"Apache Kafka"'),
        ('org:"acme & son" night', 'org:"Acme & Sons" night'),
        ("kind:guidance certifcate", "kind:guidance certificate"),
    ],
)
def test_one_or_two_slips_are_mended(stocked, typed, meant):
    assert stocked.searcher.search(Query(text=typed)).did_you_mean == meant


@pytest.mark.parametrize(
    "typed",
    [
        "certificates expire",
        "nigh",
        "zzzzzzzz",
        "clk",
        "cert-ifcate",
        "/certifcate/x",
        "tag:tls",
        "org:umbra",
        "tech:kafka",
        "0x4711",
        "证书",
    ],
)
def test_what_is_known_or_like_nothing_is_left_alone(stocked, typed):
    found = stocked.searcher.search(Query(text=typed)).did_you_mean
    assert found is None or typed == "nigh"  # "night" is one letter away, and "nigh" occurs nowhere


def test_a_word_whose_documents_are_gone_is_offered_no_more(stocked):
    assert offered(stocked, "valv") == [("word", "valve")]
    found = stocked.searcher.search(Query(text="valve", mode="keyword")).hits[0]
    stocked.corpus.documents.remove(found.document.id)
    assert offered(stocked, "valv") == []
    assert stocked.searcher.search(Query(text="vlave")).did_you_mean is None


def test_a_text_that_was_pasted_is_not_mended(stocked):
    slips = "certifcate expierd nigth vallve stuuck cloock ahaed ranng kafkaa stoped certan leeap secnd"
    assert stocked.searcher.search(Query(text=slips)).did_you_mean is None
    assert stocked.searcher.search(Query(text="certifcate nigth")).did_you_mean == "certificate night"
