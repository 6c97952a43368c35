"""related(page): what is suggested, why, when it is silent, and that the page leaves no trace."""

from collections.abc import Callable

import pytest

from corpus.errors import EncoderMissing, NotFound
from search import searcher as searcher_module
from search.page import read
from search.silence import background
from search.ties import sentences_of
from search.types import Suggestions
from tests.fakes import FakeEncoder, Home

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
        (2 + 1) / (2**0.5 * 6**0.5), abs=2e-4
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
    mine, theirs = FakeEncoder().encode([reason.yours, reason.theirs])
    assert reason.score == pytest.approx(float(mine @ theirs), abs=2e-4)


LONG = (
    "The valve stood open. The crew saw the alarm and did not trust the panel. Then the deploy went on. "
    "A backup was there. The restore took a month. Nobody had set the clock of the router."
)


@pytest.mark.parametrize("text", [PAGE, LONG, " ".join(LESSONS.values())])
def test_to_lose_the_shown_sentence_costs_a_suggestion_the_most(stocked: Home, text: str) -> None:
    """Against asking anew without each sentence; the third page has more of them than are tried."""
    found = stocked.related.of_text("Shop down", text, limit=3)
    assert found.items
    left = {}
    for sentence in sentences_of(text):
        again = stocked.related.of_text("Shop down", text.replace(sentence, ""), limit=50).items
        left[sentence] = {one.document.id: one.score for one in again}
    for one in found.items:
        costs = {sentence: one.score - scores.get(one.document.id, 0.0) for sentence, scores in left.items()}
        assert costs[one.because[0].yours] == pytest.approx(max(costs.values()), abs=1e-6)


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
    renewal = next(one.id for one in stocked.corpus.documents.page(limit=99) if one.title == "Renewal")
    found = stocked.related.of_text("A zanzibarquux title", PAGE)
    stocked.related.of_document(renewal)
    assert any(one.because for one in found.items)
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
    known = {*background(), *(f"{one.title}\n{one.text}" for one in stocked.corpus.documents.page(limit=99))}
    theirs = {
        sentence
        for text in known
        for one in [read("", text, FakeEncoder().encode)]
        if one
        for sentence in one.sentences
    }
    assert stocked.cache.count(stocked.encoder.id) <= stocked.corpus.changes.passage_count() + len(theirs)


def test_without_a_model_it_is_silent_and_says_why(stocked: Home) -> None:
    stocked.encoder.broken = EncoderMissing("fake", "it is not installed")
    found = stocked.related.of_text("Shop down", PAGE)
    assert found.items == []
    assert "it is not installed" in (found.degraded or "")


def test_where_ordinary_texts_come_near_only_what_is_nearer_counts(home: Home) -> None:
    """To the fake encoder all texts without a known word are one: a corpus that has such a text is near them all."""
    home.put("Near", "The certificate and the valve.")
    assert titles(home.related.of_text("", "The certificate of the router.")) == ["Near"]
    home.put("Small talk", "Nothing that is known here.")
    assert home.related.of_text("", "The certificate of the router.").items == []
    home.put("Nearer", "The valve.")
    assert titles(home.related.of_text("", "The valve."))[0] == "Nearer"


def test_the_words_of_ordinary_texts_count_as_much_as_their_nearness(home: Home) -> None:
    """The floor of a page is fitted on nearness times the share of words that the corpus has, and divided by its own."""
    home.put("Small talk", "\n\n".join(background()))
    home.indexer.catch_up()
    assert home.related._familiar_background() == [1.0] * len(background())
    assert home.related.floor(familiar=1.0) == home.related.floor()
    assert home.related.floor(familiar=0.5) == pytest.approx(2 * home.related.floor())
    assert home.related._familiar("Ordinary paragraphs tell of allotments: xyzzy plugh") < 1
    home.corpus.documents.remove(home.corpus.documents.find("test:Small talk").id)
    home.put("Near", "The certificate and the valve.")
    home.related.of_text("", "The certificate.")
    assert home.related._familiar("The certificate of xyzzy and plugh.") == pytest.approx(1 / 3)


def test_the_floor_does_not_stay_what_it_was_while_passages_were_pending(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searcher_module, "_ENCODE_WHILE_ASKED", 2)
    for number in range(14):
        home.put(f"Alike {number}", "The certificate expired. " + "valve " * (number % 3))
    home.put("Small talk", "Nothing that is known here.")
    home.related.of_text("", "The certificate expired.")
    early = home.related.floor()
    home.indexer.catch_up()
    assert home.related.floor() == pytest.approx(1.0, abs=1e-6)
    assert early < 0.9


def test_reports_of_the_same_event_are_told_from_similar_ones(stocked: Home) -> None:
    one, other = (stocked.corpus.documents.find(f"test:{name}") for name in ("Renewal", "Certify"))
    aliases = stocked.corpus.aliases

    def relations() -> dict[str, str]:
        return {two.document.title: two.relation for two in stocked.related.of_document(one.id, limit=50).items}

    assert set(relations().values()) == {"similar"}
    aliases.propose(other.identity, one.identity, "same event", "both tell of one day", 0.9)
    assert {title for title, relation in relations().items() if relation == "same event"} == {"Certify"}
    aliases.decide(other.identity, one.identity, "same event", "apart")
    assert set(relations().values()) == {"similar"}


def test_reports_that_tell_of_one_event_need_nobody_to_say_so(stocked: Home) -> None:
    told = {"kind": "post-mortem", "published": "2012-07-01"}
    text = "The certificate of the clock: on 2012-06-30 `futex` and `clock_was_set` kept Cassandra awake. {}"
    one = stocked.put("House one", text.format("We restarted the valve."), organization="One", **told)
    stocked.put("House two", text.format("They restarted the disk."), organization="Two", **told)
    stocked.put(
        "Another day", text.format("A router.").replace("06-30", "03-02"), organization="Three", kind="post-mortem"
    )
    relations = {two.document.title: two.relation for two in stocked.related.of_document(one, limit=50).items}
    assert relations["House two"] == "same event"
    assert relations["Another day"] == "similar"


def test_a_ticket_about_an_event_is_told_of_the_reports_of_that_event(stocked: Home) -> None:
    told = {"kind": "post-mortem", "published": "2012-07-09", "organization": "One"}
    text = "The certificate of the clock: on 2012-06-{} `futex` and `clock_was_set` kept Cassandra awake. A valve."
    stocked.put("That day", text.format("30"), **told)
    stocked.put("Another day", text.format("03"), **told)
    ticket = "Valve: the clock `clock_was_set`, `futex` and Cassandra"
    relations = [
        {two.document.title: two.relation for two in stocked.related.of_text("Alert", f"{ticket}{day}.", 50).items}
        for day in (" on 30 June 2012", " on 29 June 2012", "")
    ]
    assert [found["That day"] for found in relations] == ["same event", "similar", "similar"]
    assert [found["Another day"] for found in relations] == ["similar"] * 3


def test_another_address_of_a_document_is_never_suggested(stocked: Home) -> None:
    kept, other = (stocked.corpus.documents.find(f"test:{name}") for name in ("Renewal", "Certify"))
    stocked.corpus.aliases.join(kept.id, other.id, "the same")
    stocked.indexer.catch_up()
    assert stocked.corpus.documents.find("test:Certify").id == kept.id
    assert not {"Renewal", "Certify"} & set(titles(stocked.related.of_document(kept.id, limit=50)))


HOSTILE = [
    "\x00\x01\x02 valve \x7f", "\U0001f9ef\U0001f525 valve", "\u202eevlav\u202c valve \u05d0\u05d1", "阀门卡住了 valve",
    "((([[[{{{ valve", "valve " + " ".join(f"term{number}" for number in range(10_000)), '"valve" AND OR NOT NEAR(',
    "valve\n" * 5_000, "```\nvalve\n", "v" * 100_000 + " valve",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_gets_an_answer(stocked: Home, text: str) -> None:
    found = stocked.related.of_text("", text)
    assert found.degraded is None
    assert set(titles(found)) <= {"Stuck"}


def test_more_like_a_collection(stocked: Home) -> None:
    documents = stocked.corpus.documents
    stocked.corpus.collections.create("Certificates", slug="certificates")
    assert stocked.related.of_collection("certificates").items == []
    renewal, typo = documents.find("test:Renewal"), documents.find("test:Typo two")
    for one in (renewal, typo):
        stocked.corpus.collections.add("certificates", one.id)
    found = stocked.related.of_collection("certificates", limit=50)
    assert not {"Renewal", "Typo two"} & set(titles(found))
    assert {"Certify", "Letter"} <= set(titles(found))  # certificate; typo, config and deploy
    by_title = {one.document.title: one for one in found.items}
    assert (by_title["Certify"].because[0].item, by_title["Letter"].because[0].item) == (renewal.id, typo.id)
    assert squeezed(by_title["Letter"].because[0].yours) in squeezed(typo.text)
    scores = [one.score for one in found.items]
    assert scores == sorted(scores, reverse=True)
    against = documents.find("test:Letter").id
    fewer = stocked.related.of_collection("certificates", [against], limit=50)
    assert "Letter" not in titles(fewer)
    assert "Certify" in titles(fewer)


def test_no_such_collection_or_example(stocked: Home) -> None:
    stocked.corpus.collections.create("Empty", slug="empty")
    with pytest.raises(NotFound):
        stocked.related.of_collection("nothing")
    with pytest.raises(NotFound):
        stocked.related.of_collection("empty", ["nothing"])
