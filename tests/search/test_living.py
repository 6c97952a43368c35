"""Living collections: what they are offered and why; what was refused does not come back."""

import pytest

from corpus.collection_state import Living, living, removed
from corpus.errors import BadEdit, NotFound
from search.living import LivingCollections
from tests.fakes import Home

TEXTS = {
    "Renewal": "The certificate expired and nobody had an alarm.",
    "Certify": "A certificate expired again. An alarm rang.",
    "Backup": "The backup of the disk was full of typo.",
    "Clock": "The clock of the valve took a leap second.",
    "Both": "The disk was full and the certificate expired.",
}


@pytest.fixture
def ids(home: Home) -> dict[str, str]:
    made = {name: home.put(name, text) for name, text in TEXTS.items()}
    home.indexer.catch_up()
    home.corpus.collections.create("Certificates")
    home.corpus.collections.add("certificates", made["Renewal"], "why")
    return made


@pytest.fixture
def watch(home: Home) -> LivingCollections:
    return LivingCollections(home.corpus, home.searcher, home.related)


def waiting(home: Home) -> set[str]:
    return {one.document.title for one in home.corpus.reviews.waiting("certificates")}


def look_out(home: Home, **wanted: object) -> None:
    home.corpus.collections.change("certificates", living(Living(**wanted)))  # type: ignore[arg-type]


def test_a_saved_search_offers_what_has_its_words_and_says_where(home: Home, watch, ids) -> None:
    look_out(home, query="certificate expired")
    assert watch.look("certificates") == 2
    assert watch.look("certificates") == 0
    assert waiting(home) == {"Certify", "Both"}
    both = home.corpus.reviews.candidate("certificates", ids["Both"])
    by_search = next(one for one in both.reasons if one.by == "search")
    assert by_search.theirs == TEXTS["Both"]
    assert set(by_search.words) == {"certificate", "expired"}
    assert home.corpus.collections.get("certificates").size == 1  # nothing publishes itself


def test_a_search_of_filters_offers_all_that_pass(home: Home, watch, ids) -> None:
    tagged = home.put("Tagged", "The valve.", tags=("tls",))
    home.indexer.catch_up()
    look_out(home, query="tag:tls")
    watch.look("certificates")
    (only,) = [one for one in home.corpus.reviews.waiting("certificates") if one.reasons[0].by == "search"]
    assert only.document.id == tagged


def test_likeness_to_items_and_examples_offers_with_the_pair_of_sentences(home: Home, watch, ids) -> None:
    look_out(home)
    watch.look("certificates")
    assert waiting(home) == {"Certify", "Both"}
    (reason,) = home.corpus.reviews.candidate("certificates", ids["Certify"]).reasons
    assert (reason.by, reason.item) == ("likeness", ids["Renewal"])
    assert reason.yours in TEXTS["Renewal"]
    look_out(home, examples=(ids["Clock"],), against=(ids["Both"],))
    home.put("Second", "A leap second in the clock.")
    home.indexer.catch_up()
    watch.look("certificates")
    assert "Second" in waiting(home)
    assert "Clock" not in waiting(home)


def test_what_is_accepted_becomes_an_item_with_the_reason_as_its_note(home: Home, watch, ids) -> None:
    look_out(home, query="certificate expired")
    watch.look("certificates")
    watch.decide("certificates", ids["Both"], "accept", who="Ada", section="Cases")
    item = home.corpus.collections.items("certificates")[-1]
    assert (item.document.title, item.section) == ("Both", "Cases")
    assert item.note.startswith(f"Found by “certificate expired”: {TEXTS['Both']}")
    watch.decide("certificates", ids["Certify"], "accept", note="read this")
    assert home.corpus.collections.items("certificates")[1].note == "read this"
    home.corpus.collections.change("certificates", removed(ids["Certify"]))
    watch.look("certificates")
    assert waiting(home) == {"Backup"}  # like what was put in; the other one was decided on
    with pytest.raises(NotFound):
        watch.decide("certificates", ids["Certify"], "accept")


def test_what_is_refused_does_not_come_back_even_when_taken_in_anew(home: Home, watch, ids) -> None:
    look_out(home, query="certificate expired")
    watch.look("certificates")
    watch.decide("certificates", ids["Both"], "refuse", who="Ada", note="not ours")
    assert waiting(home) == {"Certify"}
    home.corpus.documents.remove(ids["Both"])
    home.put("Both", "The certificate expired once more.")
    home.indexer.catch_up()
    watch.look("certificates")
    assert waiting(home) == {"Certify"}
    (refused,) = home.corpus.reviews.refused("certificates")
    assert (refused.identity, refused.who, refused.note) == ("test:Both", "Ada", "not ours")
    home.corpus.collections.restore("certificates", home.corpus.collections.delete("certificates"))
    watch.look("certificates")
    assert waiting(home) == {"Certify"}


def test_it_is_due_when_passages_came_in_or_it_looks_out_for_something_else(home: Home, watch, ids) -> None:
    collections = home.corpus.collections
    assert collections.due() == []
    look_out(home, query="certificate")
    assert collections.due() == ["certificates"]
    watch.look("certificates")
    collections.add("certificates", ids["Clock"])
    assert collections.due() == []
    home.put("New", "The crew.")
    assert collections.due() == ["certificates"]
    watch.look("certificates")
    look_out(home, query="crew")
    assert collections.due() == ["certificates"]


def test_what_looks_out_for_nothing_says_so(home: Home, watch, ids) -> None:
    with pytest.raises(BadEdit, match="looks out for nothing"):
        watch.look("certificates")
    home.corpus.collections.create("Empty")
    with pytest.raises(BadEdit, match="give a search or an example"):
        home.corpus.collections.change("empty", living(Living()))
    with pytest.raises(NotFound):
        look_out(home, examples=("nothing",))
