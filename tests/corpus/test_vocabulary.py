"""Technologies that texts tell of, and words, names and titles to complete from."""

import pytest

from corpus import technologies, vocabulary
from corpus.store import Corpus
from corpus.types import Filter
from tests.fakes import Home

TOLD = {
    "Our k8s cluster and the kubelet": ["Kubernetes"],
    "The nginx-proxy before Postgres, on Amazon EC2.": ["Amazon EC2", "PostgreSQL", "nginx"],
    "x509: certificate signed by unknown authority": ["TLS"],
    "X.509, C++ and C#": ["C#", "C++", "TLS"],
    "See https://github.com/a/b": [],
    "GitHub was down; goroutines leaked in a Go service": ["GitHub", "Go"],
    "We go on; rust ate the chef's windows, the arm swung in a raid": [],
    "Windows crashed": ["Windows"],
    "The service runs on Route 53 and S3": ["Amazon Route 53", "Amazon S3"],
    "asset, dnsx, mykafka": [],
    "": [],
}


@pytest.mark.parametrize("text", TOLD)
def test_a_text_tells_of_technologies_by_whole_words(text):
    assert technologies.found_in(text) == TOLD[text]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("k8s", "Kubernetes"),
        ("POSTGRES", "PostgreSQL"),
        ("c++", "C++"),
        ("windows", "Windows"),
        ("go", "Go"),
        ("Node.js", "Node.js"),
        ("abacus", "abacus"),
    ],
)
def test_a_technology_is_known_by_its_spellings(said, name):
    assert technologies.name_of(said) == name


def test_technologies_are_a_filter_and_a_facet_and_follow_the_document(home: Home):
    one = home.put("One", "Kafka and Redis were slow.")
    home.put("Two", "Redis was full.")
    documents = home.corpus.documents
    assert home.corpus.facets.over()["technology"] == [("Redis", 2), ("Apache Kafka", 1)]
    assert documents.ids(Filter(technology=("kafka",))) == [one]
    home.put("One", "Only the disk was full.")
    assert home.corpus.facets.over()["technology"] == [("Redis", 1)]
    documents.remove(documents.ids(Filter(technology=("redis",)))[0])
    assert home.corpus.facets.over()["technology"] == []


def test_phrases_and_exclusions_look_at_the_whole_document(home: Home):
    one = home.put("One", "# A\n\nThe leap second came.\n\n# B\n\nThe clock ran ahead of the router.")
    two = home.put("Two", "A second leap of the router.")
    documents = home.corpus.documents
    assert documents.ids(Filter(phrases=("leap second",))) == [one]
    assert documents.ids(Filter(phrases=("leap second", "clock"))) == [one]
    assert documents.ids(Filter(phrases=("leap second", "second leap"))) == []
    assert documents.ids(Filter(excluded=("clock",))) == [two]
    assert documents.ids(Filter(phrases=('leap" OR "second',))) == []
    assert documents.ids(Filter(phrases=("...",))) == []
    assert set(documents.ids(Filter(excluded=("...",)))) == {one, two}


def test_two_filters_hold_both(home: Home):
    one = home.put("One", "x", tags=("a", "b"), kind="lesson")
    home.put("Two", "x", tags=("a",), kind="lesson")
    home.put("Three", "x", tags=("b",), kind="guidance")
    wanted = Filter(tag=("a",)).both(Filter(tag=("b",))).both(Filter(kind=("lesson",)))
    assert home.corpus.documents.ids(wanted) == [one]
    assert home.corpus.documents.ids(Filter(kind=("lesson",)).both(Filter(kind=("guidance",)))) == []
    assert Filter().both(Filter(tag=("a",))) == Filter(tag=("a",)).both(Filter()) == Filter(tag=("a",))


def test_words_names_and_titles(home: Home):
    home.put(
        "The certificate nobody renewed",
        "Certificates expire at night, 100 % of them.",
        organization="Acme",
        tags=("tls",),
    )
    home.put("100% CPU", "The certainty of it_all.", organization="Acme")
    known = home.corpus.vocabulary
    assert known.beginning("cert", 9) == ["certainty", "certificate", "certificates"]
    assert known.beginning("cert", 1) == ["certainty"]
    assert known.beginning("zz", 9) == []
    assert known.of_length(5, 6, "en") == ["night", "expire", "nobody"]
    assert known.of_length(5, 5, "e") == []
    assert known.names("organization") == [("Acme", 2)]
    assert known.names("tag") == [("tls", 1)]
    assert known.names("technology") == []
    assert [title for _, title in known.titles("NOBODY ren", 5)] == ["The certificate nobody renewed"]
    assert [title for _, title in known.titles("0% C", 5)] == ["100% CPU"]
    assert known.titles("%", 5) == known.titles("100%", 5)


def test_what_was_stored_before_is_taken_in_on_opening(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.put("One", "Kafka was slow.")
    with home.corpus.db.write() as db:
        for table in ("document_technologies", "words"):
            db.execute(f"DELETE FROM {table}")
    assert home.corpus.facets.over()["technology"] == []
    monkeypatch.setattr(vocabulary.technologies, "digest", lambda: "another list")
    revision = home.corpus.changes.position()[1]
    with Corpus(home.folder) as again:
        assert again.facets.over()["technology"] == [("Apache Kafka", 1)]
        assert again.vocabulary.beginning("sl", 5) == ["slow"]
        assert again.changes.position()[1] == revision + 1
    with Corpus(home.folder) as third:
        assert third.changes.position()[1] == revision + 1


def test_the_latest_published_come_first(home: Home):
    for name, published in (("Old", "2019"), ("Unknown", None), ("New", "2021-05-01"), ("Middle", "2021")):
        home.put(name, "x", published=published)
    documents = home.corpus.documents
    assert [one.title for one in documents.newest(Filter(), limit=9)] == ["New", "Middle", "Old", "Unknown"]
    assert [one.title for one in documents.newest(Filter(), limit=2, offset=1)] == ["Middle", "Old"]
    assert [one.title for one in documents.newest(Filter(since="2021"), limit=9)] == ["New", "Middle"]


def test_it_tells_how_many_words_are_known(home: Home) -> None:
    home.put("Leap", "The clock stopped. It was 12:00.")
    words = vocabulary.words_in("The CLOCK and the clocks of 12 zebras: it stopped, the clock")
    assert words == ["the", "clock", "and", "clocks", "zebras", "stopped"]
    assert home.corpus.vocabulary.known(words) == 3
    assert home.corpus.vocabulary.known([]) == 0
