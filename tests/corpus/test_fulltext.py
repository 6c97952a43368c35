"""Keyword search: BM25 against the formula, snippets, stems, and an index that is never stale."""

import math
import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.fulltext import Weights, marked, snippets, stemmed, terms_in
from corpus.types import Filter
from tests.fakes import Home, words_of

K1, B = 1.2, 0.75

TEXTS = {
    "Leap": "futex spins. The futex waits; a clock runs.",
    "Valve": "The valve was open, the panel said shut. Nobody saw the clock.",
    "Crew": "Crew slept.",
    "Clock": "clock clock clock",
    "Long": "one two three four five six seven eight nine ten clock eleven twelve thirteen fourteen futex",
    "Disk": "disk disk full",
    "Queue": "queue grew",
}


def bm25(texts: dict[str, list[str]], terms: list[str]) -> dict[str, float]:
    """As FTS5 documents it: k1 = 1.2, b = 0.75, and an idf that is never negative."""
    average = sum(map(len, texts.values())) / len(texts)
    scores: dict[str, float] = {}
    for term in terms:
        having = sum(term in words for words in texts.values())
        idf = max(math.log((len(texts) - having + 0.5) / (having + 0.5)), 1e-6) if having else 0.0
        for name, words in texts.items():
            if term in words:
                count = words.count(term)
                share = count * (K1 + 1) / (count + K1 * (1 - B + B * len(words) / average))
                scores[name] = scores.get(name, 0.0) + idf * share
    return scores


@pytest.mark.parametrize(
    "terms", [["futex"], ["clock"], ["clock", "futex"], ["disk", "queue", "valve", "clock"], ["nothing"]]
)
def test_bm25_is_that_of_the_formula(home: Home, terms: list[str]) -> None:
    for name, text in TEXTS.items():
        home.put(name, text)
    titles = {document.id: document.title for document in home.corpus.documents.page(limit=99)}
    # A title is a field of the passage, so its words count too. No stem here differs from its word.
    words = {name: words_of(f"{name} {text}") for name, text in TEXTS.items()}
    right = bm25(words, terms)
    found = home.corpus.fulltext.match(" OR ".join(f'"{term}"' for term in terms), limit=99)
    assert {titles[document_id]: score for _, document_id, score in found} == pytest.approx(right)
    assert [score for *_, score in found] == sorted((score for *_, score in found), reverse=True)


def test_ties_go_by_passage_id_and_the_best_are_kept(home: Home) -> None:
    for number in range(9):
        home.put(f"Document {number}", "The valve stuck.")
    home.put("Best", "valve valve")
    found = home.corpus.fulltext.match('"valve"', limit=4)
    assert len(found) == 4
    assert home.corpus.documents.get(found[0][1]).title == "Best"
    assert [one[0] for one in found[1:]] == sorted(
        one[0] for one in home.corpus.fulltext.match('"valve"', limit=99)[1:]
    )[:3]


def test_weights_count_the_fields(home: Home) -> None:
    in_title = home.put("Valve", "Nothing of the sort, only words.")
    in_text = home.put("Words", "Nothing of the sort, only a valve.")
    for _ in range(3):
        home.put(f"Filler {_}", "Filler.")
    by_title = home.corpus.fulltext.match('"valve"', limit=9, weights=Weights(title=5, text=1))
    by_text = home.corpus.fulltext.match('"valve"', limit=9, weights=Weights(title=1, text=5))
    assert [document_id for _, document_id, _ in by_title] == [in_title, in_text]
    assert [document_id for _, document_id, _ in by_text] == [in_text, in_title]


def test_snippets_are_escaped_and_mark_stems() -> None:
    texts = {7: 'Certificates <script>alert("x")</script> & the certificate expired.', 8: "Of other things."}
    assert snippets('"certificate" OR "expires"', texts) == {
        7: '<mark>Certificates</mark> &lt;script&gt;alert("x")&lt;/script&gt; &amp; the '
        "<mark>certificate</mark> <mark>expired</mark>."
    }
    assert snippets('"nothing"', texts) == {}
    assert snippets("", texts) == {}
    assert snippets('"nothing"', {}) == {}


def test_a_snippet_shows_the_part_with_most_matches() -> None:
    text = "filler " * 60 + "the clock. " + "filler " * 60 + "the clock and the futex. " + "filler " * 30
    (snippet,) = snippets('"clock" OR "futex"', {1: text}, words=10).values()
    assert "<mark>clock</mark> and the <mark>futex</mark>" in snippet
    assert len(snippet.split()) <= 12


@given(st.text())
def test_marked_text_has_no_html_but_marks(text: str) -> None:
    bare = marked(text).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    assert ">" not in bare


def test_an_icon_in_a_text_is_no_mark() -> None:
    """Icon fonts use the private characters; a snippet marks matches and nothing else."""
    (snippet,) = snippets('"valve"', {1: "\ue000 home \ue001 and the valve \ue000"}).values()
    assert snippet.count("<mark>") == snippet.count("</mark>") == 1


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("The certificates expired", ["certificate", "expiring", "clock"], ["certificate", "expiring"]),
        ("CVE-2024-3094 again", ["cve 2024 3094", "2024 3094", "3094 2024"], ["cve 2024 3094", "2024 3094"]),
        ("valve clock", ["clock valve", "val", "lock", "ve cl"], []),
        ("futex", ["futex", "futexes"], ["futex", "futexes"]),
        ("", ["a"], []),
        ("a", [""], []),
    ],
)
def test_terms_in_a_text(text: str, terms: list[str], found: list[str]) -> None:
    assert terms_in(text, terms) == found


def test_stems_are_those_of_the_index() -> None:
    assert stemmed(["Expired certificates", "café", ""]) == {
        "Expired certificates": ["expir", "certif"],
        "café": ["cafe"],
        "": [],
    }
    assert stemmed(["again", "again"]) == {"again": ["again"]}


def test_frequencies_count_passages(home: Home) -> None:
    for name, text in TEXTS.items():
        home.put(name, text)
    assert home.corpus.fulltext.frequencies(
        ["clock", "clocks", "futex", "nothing", "futex clock", "futex nothing"]
    ) == {
        "clock": 4,
        "clocks": 4,
        "futex": 2,
        "nothing": 0,
        "futex clock": 2,
        "futex nothing": 0,
    }
    assert home.corpus.fulltext.frequencies([]) == {}


def test_the_full_text_agrees_with_the_passages_after_any_change(home: Home) -> None:
    chance = random.Random(3)
    words = "valve clock futex crew disk".split()
    for _ in range(120):
        name = f"Document {chance.randrange(12)}"
        if chance.random() < 0.7:
            home.put(name, " ".join(chance.choices(words, k=4)), title=chance.choice(words))
        elif found := [one for one in home.corpus.documents.page(limit=99) if one.source == name]:
            home.corpus.documents.remove(found[0].id)
    assert home.corpus.problems() == []
    for word in words:
        right = {
            passage.id
            for document_id in home.corpus.documents.ids()
            for passage in home.corpus.documents.passages(document_id)
            if word in words_of(f"{passage.title} {passage.text}")
        }
        assert {one[0] for one in home.corpus.fulltext.match(f'"{word}"', limit=999)} == right


def test_a_full_text_that_does_not_agree_is_told_and_mended(home: Home) -> None:
    home.put("Leap", "The valve stuck.")
    with home.corpus.db.write() as db:
        db.execute("UPDATE passages SET text = 'another text'")
    assert home.corpus.problems() == ["the full-text index does not agree with the passages"]
    home.corpus.rebuild_fulltext()
    assert home.corpus.problems() == []
    assert len(home.corpus.fulltext.match('"another"', limit=9)) == 1


def test_the_parts_of_a_score_are_those_of_its_terms(home: Home) -> None:
    for name, text in TEXTS.items():
        home.put(name, text)
    expression = '"clock" OR "clock" OR "futex waits" OR "disk"'
    whole = home.corpus.fulltext.match(expression, limit=9, weights=Weights(title=2.0))
    ids = [passage_id for passage_id, _, _ in whole]
    parts = home.corpus.fulltext.parts(["clock", "futex waits", "disk", "absent"], ids, Weights(title=2.0))
    for passage_id, _, score in whole:
        found = parts[passage_id]
        assert found.get("clock", 0) * 2 + found.get("futex waits", 0) + found.get("disk", 0) == pytest.approx(score)
        assert "absent" not in found
    assert home.corpus.fulltext.parts(["clock"], []) == {}


def test_a_filter_finds_what_all_matches_hold_inside_it_however_it_is_applied(home: Home) -> None:
    for number in range(40):
        kind, tags = ("lesson", "post-mortem")[number % 2], [f"t{number % 5}"]
        home.put(f"One {number}", "valve " * (number % 7 + 1) + "clock " * (number % 3) + "disk", kind=kind, tags=tags)
    everything = home.corpus.fulltext.match('"valve" OR "clock"', limit=100)
    assert len(everything) == 40
    for wanted in (Filter(), Filter(kind=("lesson",)), Filter(tag=("t3",)), Filter(tag=("t3",), kind=("lesson",))):
        inside = set(home.corpus.documents.passage_ids(wanted))
        right = [one for one in everything if one[0] in inside]
        for corpus in (home.corpus, home.corpus.as_strangers_see("public")):
            assert corpus.fulltext.match('"valve" OR "clock"', limit=100, wanted=wanted) == right
            assert corpus.fulltext.match('"valve" OR "clock"', limit=3, wanted=wanted) == right[:3]
            among = sorted(inside)
            assert corpus.fulltext.match('"valve" OR "clock"', limit=100, wanted=wanted, among=among) == right
            assert corpus.fulltext.match('"valve" OR "clock"', limit=3, wanted=wanted, among=among) == right[:3]
    assert home.corpus.as_strangers_see("members").fulltext.match('"valve"', limit=100) == []
    assert home.corpus.as_strangers_see("members").fulltext.match('"valve"', limit=100, among=[1, 2]) == []


def test_stems_and_snippets_of_one_text_know_nothing_of_another() -> None:
    """Each thread has one scratch index for all: empty again after each use, and after one that failed."""
    asked = [f"valves number {n}" for n in range(40)]

    def told(n: int) -> tuple[dict[str, list[str]], dict[int, str]]:
        with pytest.raises(sqlite3.OperationalError):
            snippets('"not closed', {1: "The not closed."})
        return stemmed([asked[n]]), snippets('"valve"', {n: f"The valve {n}.", n + 1: "The disk."})

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(told, range(40)))
    assert found == [({asked[n]: ["valv", "number", str(n)]}, {n: f"The <mark>valve</mark> {n}."}) for n in range(40)]
