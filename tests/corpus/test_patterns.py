"""Contributing factors: found sentence by sentence, counted by year beside all there is, kept with their passage."""

import pytest

from corpus import factors
from corpus.types import Filter

LEAP = "The clock drift was known. Nobody looked at the queue."
STORM = "First it was slow. Then a retry storm took the queue down. We wrote a runbook."


@pytest.mark.parametrize(
    ("sentence", "factor"),
    [
        ("The certificate of the router had expired on a Friday.", "expired certificate"),
        ("Every client came back at once: a thundering herd.", "retry storm"),
        ("The disk ran out of space overnight.", "capacity exhausted"),
        ("Redis is a single point of failure.", "single point of failure"),
        ("The alert on the queue did not fire.", "missing alert"),
        ("Two workers met in a race condition.", "race condition"),
        ("The change was rolled out to every region at once.", "change to everything at once"),
        ("An engineer accidentally deleted the table.", "slip of the hand"),
        ("The backup of that night had failed.", "missing or failed backup"),
    ],
)
def test_a_sentence_tells_of_its_factor(sentence, factor):
    assert factor in {told.factor for told in factors.found_in(sentence)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Backups are made every night.",
        "The certificate was renewed in time.",
        "We retry each request three times.",
        "The storm passed. A retry succeeded.",
        "Alerts fired within a minute.",
    ],
)
def test_words_that_merely_occur_tell_of_nothing(sentence):
    assert factors.found_in(sentence) == []


def test_the_sentence_is_told_by_its_place():
    text = f"A line before.\n- {STORM}"
    [told] = factors.found_in(text)
    assert (told.factor, text[told.start : told.end]) == ("retry storm", "Then a retry storm took the queue down.")


def test_words_of_two_sentences_are_not_put_together():
    assert not [one for one in factors.found_in("The backup ran. All tests failed.") if "backup" in one.factor]


def test_counts_by_year_stand_beside_all_documents_of_the_year(home):
    home.put("one", STORM, published="2020-03-01", kind="post-mortem")
    home.put("two", f"{STORM}\n\n{STORM}", published="2021", kind="lesson")
    home.put("three", "Nothing happened.", published="2021-07", kind="lesson")
    home.put("four", STORM)
    patterns = home.corpus.patterns
    base = patterns.base()
    assert (base.documents, base.years) == (4, {"2020": 1, "2021": 2})
    [storm] = [one for one in patterns.all("factor") if one.name == "retry storm"]
    assert (storm.documents, storm.years) == (3, {"2020": 1, "2021": 1})
    [lessons] = patterns.all("factor", Filter(kind=("lesson",)))
    assert (lessons.documents, lessons.years) == (1, {"2021": 1})
    assert patterns.base(Filter(kind=("lesson",))).years == {"2021": 2}


def test_technologies_are_counted_the_same_way(home):
    home.put("one", "Redis was full.", published="2020")
    home.put("two", "Redis and Kafka.", published="2021")
    found = home.corpus.patterns.all("technology")
    assert [(one.name, one.documents, one.years) for one in found] == [
        ("Redis", 2, {"2020": 1, "2021": 1}),
        ("Apache Kafka", 1, {"2021": 1}),
    ]


def test_one_sentence_a_document_the_latest_first(home):
    old = home.put("old", STORM, published="2019")
    new = home.put("new", f"{LEAP}\n\n{STORM}\n\nAnother retry storm came.", published="2021")
    found = home.corpus.patterns.sentences("retry storm", limit=5)
    assert [(one.document_id, one.text) for one in found] == [
        (new, "Then a retry storm took the queue down."),
        (old, "Then a retry storm took the queue down."),
    ]
    assert found[0].passage_id in {one.id for one in home.corpus.documents.passages(new)}
    assert [one.document_id for one in home.corpus.patterns.sentences("retry storm", limit=1, offset=1)] == [old]


def test_a_passage_that_is_gone_takes_its_sentences_along(home):
    home.put("one", STORM)
    home.put("one", "All is well now.")
    assert home.corpus.patterns.all("factor") == []
    home.put("one", STORM)
    home.corpus.documents.remove(home.corpus.documents.page(limit=1)[0].id)
    assert home.corpus.patterns.all("factor") == []


def test_another_list_is_looked_for_anew_and_the_same_is_not(home, monkeypatch):
    home.put("one", STORM)
    before = home.corpus.changes.position()
    home.corpus.patterns.catch_up()
    assert home.corpus.changes.position() == before
    monkeypatch.setattr(factors, "digest", lambda: "another")
    monkeypatch.setattr(factors, "found_in", lambda text: [factors.Told("a new factor", 0, 5)])
    home.corpus.patterns.catch_up()
    assert [one.name for one in home.corpus.patterns.all("factor")] == ["a new factor"]
