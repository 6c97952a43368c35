"""related(page): what is suggested, why, when it is silent, and that the page leaves no trace."""

from collections.abc import Callable

import pytest

from corpus.errors import EncoderMissing, NotFound
from search import searcher as searcher_module
from search.related import Related
from search.types import Suggestions
from tests.fakes import FakeEncoder, Home, split

LESSONS = {
    "Renewal": "A certificate had expired while nobody looked. The renewal job ran on one host only.\n\n"
    "- Put the date of each certificate into the alarm.",
    "Overfull": "The disk was full because the queue grew. Nobody had set a limit for it!",
    "Ahead": "The leap second sent the clock backwards (so it seemed). Timers expired at once.",
    "Stuck": "The valve stuck open and the panel said shut. The crew trusted the panel.",
    "Restore": "A backup is worth what its restore is worth. Practise the restore each month.",
    "Letter": "One typo in the config file was enough. The deploy took it everywhere.",
    "Route": "The router forgot its routes during the outage. A second router followed it.",
    "Typo two": "The config held a typo that the deploy did not see. The router refused the config.",
    "Quiet": "The alarm was silent since the alarm itself stood on the full disk.",
    "Watch": "The crew slept while the alarm rang. Two of the crew had been awake for a day.",
    "Certify": "Each certificate stands in a register with its owner. A certificate without an owner is removed.",
    "Queueing": "When the queue is full the deploy waits. A queue without an end is an outage to come.",
}

PAGE = (
    "# Status page\n\nOn Monday a certificate expired and the shop was down. Our alarm said nothing at all.\n\n"
    "```\nx509: certificate has expired\n```\n\nWe are sorry for the zanzibarquux."
)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def titles(found: Suggestions) -> list[str]:
    return [one.document.title for one in found.items]


@pytest.fixture
def stocked(home: Home) -> Home:
    for name, text in LESSONS.items():
        home.put(name, text)
    home.indexer.catch_up()
    return home


def test_what_bears_on_the_page_is_suggested_best_first(stocked: Home) -> None:
    found = stocked.related.of_text("Shop down", PAGE)
    assert titles(found)[0] == "Renewal"
    assert set(titles(found)) <= {"Renewal", "Certify", "Ahead", "Quiet", "Watch"}  # those that share a word
    scores = [one.score for one in found.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert titles(stocked.related.of_text("Shop down", PAGE, limit=1)) == ["Renewal"]


def test_the_score_is_the_cosine_lowered_where_words_are_missing(stocked: Home) -> None:
    """The page says certificate and expired; Renewal says certificate twice, expired and alarm once."""
    (best, *_) = stocked.related.of_text("", "The certificate expired.").items
    assert best.document.title == "Renewal"
    assert best.score == pytest.approx(
        (2 + 1) / (2**0.5 * 6**0.5), abs=1e-6
    )  # its words match best: nothing is taken off


def test_reasons_are_sentences_of_the_page_and_of_the_lesson(stocked: Home) -> None:
    found = stocked.related.of_text("Shop down", PAGE)
    assert found.items
    for one in found.items:
        assert one.because
        for reason in one.because:
            passage = stocked.corpus.documents.passages_by_id([reason.passage_id])[reason.passage_id]
            assert passage.document_id == one.document.id
            assert squeezed(reason.yours) in squeezed(PAGE)
            assert squeezed(reason.theirs) in squeezed(passage.text)
            assert squeezed(reason.theirs) in squeezed(one.document.text)
    (reason,) = found.items[0].because
    assert "certificate" in reason.yours
    assert "certificate" in reason.theirs
    mine, theirs = FakeEncoder().encode([reason.yours, reason.theirs])
    assert reason.score == pytest.approx(float(mine @ theirs), abs=1e-6)


def test_an_unrelated_page_gets_silence(stocked: Home) -> None:
    for text in ("A recipe for bread: flour, water, salt and patience.", "The valve's manual.", "", "  \n"):
        found = stocked.related.of_text("Bread", text)
        if "valve" not in text:
            assert found.items == []
        assert found.degraded is None


def test_half_a_character_is_no_fault(stocked: Home) -> None:
    assert titles(stocked.related.of_text("\udfff", "The valve \ud800 stuck."))[0] == "Stuck"


def test_a_page_of_one_title_is_a_page(stocked: Home) -> None:
    assert titles(stocked.related.of_text("The valve stuck", ""))[0] == "Stuck"
    assert stocked.related.of_text("", "").items == []


def test_a_document_is_never_suggested_for_itself(stocked: Home) -> None:
    for document in stocked.corpus.documents.page(limit=99):
        found = stocked.related.of_document(document.id, limit=50)
        assert document.id not in {one.document.id for one in found.items}
        assert document.title not in titles(stocked.related.of_text(document.title, document.text, limit=50))


def test_near_copies_are_dropped(stocked: Home) -> None:
    copy = stocked.put("Renewal again", LESSONS["Renewal"].replace("one host only", "just one host"))
    original = next(one.id for one in stocked.corpus.documents.page(limit=99) if one.title == "Renewal")
    assert "Renewal again" not in titles(stocked.related.of_document(original, limit=50))
    assert "Renewal" not in titles(stocked.related.of_document(copy, limit=50))
    assert "Certify" in titles(stocked.related.of_document(original, limit=50))


def test_a_removed_lesson_is_not_suggested_and_a_new_one_is(stocked: Home) -> None:
    gone = stocked.related.of_text("", "The valve stuck open.").items[0].document
    assert gone.title == "Stuck"
    stocked.corpus.documents.remove(gone.id)
    assert "Stuck" not in titles(stocked.related.of_text("", "The valve stuck open."))
    stocked.put("Stuck anew", "The valve and again the valve. The crew mended it.")
    assert titles(stocked.related.of_text("", "The valve stuck open."))[0] == "Stuck anew"


def test_no_such_document(stocked: Home) -> None:
    with pytest.raises(NotFound):
        stocked.related.of_document("nothing")


def compacted(home: Home) -> Home:
    home.indexer.rebuild()
    return home


def half_compacted(home: Home) -> Home:
    home.indexer.rebuild()
    home.corpus.documents.remove(home.put("Passing by", "The outage."))
    return home


@pytest.mark.parametrize("again", [compacted, Home.reopened, half_compacted, lambda home: home])
def test_the_same_page_gets_the_same_suggestions(stocked: Home, again: Callable[[Home], Home]) -> None:
    right = stocked.related.of_text("Shop down", PAGE).items
    with again(stocked) as later:
        assert [later.related.of_text("Shop down", PAGE).items for _ in range(2)] == [right, right]


def test_the_page_leaves_no_trace(stocked: Home) -> None:
    """Every byte of every file of the home, after all has been written that ever is."""
    known = next(one.id for one in stocked.corpus.documents.page(limit=99) if one.title == "Renewal")
    found = stocked.related.of_text("A zanzibarquux title", PAGE)
    stocked.related.of_document(known)
    assert any("certificate" in one.because[0].yours for one in found.items)
    stocked.indexer.rebuild()
    stocked.corpus.backup(stocked.folder / "backup.db")

    def traces(word: str) -> list[str]:
        files = [path for path in stocked.folder.rglob("*") if path.is_file()]
        return [path.name for path in files if word.encode() in path.read_bytes().lower()]

    assert traces("renewal job")  # the search itself finds what is kept
    for word in ("zanzibarquux", "status page", "shop was down", "shop down"):
        assert traces(word) == []
    stocked.close()
    assert traces("zanzibarquux") == []
    assert stocked.cache.count(stocked.encoder.id) == stocked.corpus.changes.passage_count()


def test_without_a_model_it_is_silent_and_says_why(stocked: Home) -> None:
    stocked.encoder.broken = EncoderMissing("fake", "it is not installed")
    found = stocked.related.of_text("Shop down", PAGE)
    assert found.items == []
    assert "it is not installed" in (found.degraded or "")


def test_the_floor_rises_with_a_corpus_whose_lessons_are_all_alike(home: Home) -> None:
    """Where every lesson is about certificates, sharing that word means nothing."""
    page = "The certificate of the router."
    for number, word in enumerate("alarm backup clock config crew deploy disk full leap outage queue valve".split()):
        home.put(f"{number}", f"The certificate and the {word}.")
        if number == 2:
            few = home.related.of_text("", page)
            assert {one.score for one in few.items} == {0.5}
    home.indexer.catch_up()
    assert home.related.floor() == pytest.approx(0.5, abs=1e-6)  # certificate in common, one word not: 1/2
    home.put("Near", "The certificate and the router and the valve.")
    home.put("Far", "The outage of the typo in the config.")
    assert titles(home.related.of_text("", page))[0] == "Near"
    assert "Far" not in titles(home.related.of_text("", page, limit=50))


def test_the_floor_does_not_stay_what_it_was_while_passages_were_pending(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searcher_module, "_ENCODE_WHILE_ASKED", 2)
    for number in range(14):
        home.put(f"Alike {number}", "The certificate expired. " + "valve " * (number % 3))
    home.related.of_text("", "The certificate expired.")
    home.indexer.catch_up()
    fresh = Related(home.corpus, home.encoder, home.indexer, split, home.searcher)
    assert home.related.floor() == fresh.floor() > 0.9
