"""Documents as they are stored: ids, passages, edits, one transaction."""

import sqlite3
from dataclasses import replace

import pytest

from corpus.documents import as_draft
from corpus.errors import NotFound
from corpus.types import PassageText, encoder_text, passage_key
from tests.fakes import Home, draft, split

LONG = "The valve stuck open and nobody saw it. " * 10
CLOCK = "The clock ran ahead by one second and all waits ended at once. " * 10


def passage_texts(home: Home, document_id: str) -> list[tuple[str, str]]:
    return [(one.heading, one.text) for one in home.corpus.documents.passages(document_id)]


def test_what_is_put_is_got(home: Home) -> None:
    one = draft(
        "Leap",
        LONG,
        kind="lesson",
        url="https://example.com/a",
        organization="Navy",
        published="2012-07",
        tags=("clock", "alarm"),
        language="en",
        source="here",
    )
    assert home.corpus.documents.put(one, split(one.title, one.text)) == "added"
    assert as_draft(home.corpus.documents.get(one.id)) == one
    assert passage_texts(home, one.id) == [(p.heading, p.text) for p in split(one.title, one.text)]
    (passage, *_) = home.corpus.documents.passages(one.id)
    assert passage.key == passage_key("Leap", passage.heading, passage.text)
    assert home.corpus.changes.texts([passage.id]) == {passage.id: encoder_text("Leap", passage.heading, passage.text)}


def test_the_id_follows_from_the_identity_alone() -> None:
    one = draft("Leap", LONG)
    assert one.id == replace(one, title="Another", text="b", url="https://b").id
    assert one.id != replace(one, identity="test:other").id
    assert len(one.id) == 16
    assert one.id.isalnum()


def test_two_documents_of_one_text_are_two(home: Home) -> None:
    first, second = home.put("One", LONG), home.put("Two", LONG)
    assert first != second
    assert home.corpus.documents.count() == 2
    assert passage_texts(home, first) == passage_texts(home, second) != []


def test_putting_again_changes_only_what_changed(home: Home) -> None:
    one = draft("Leap", f"# A\n\n{LONG}\n\n# B\n\n{CLOCK}")
    home.corpus.documents.put(one, split(one.title, one.text))
    before = home.corpus.documents.passages(one.id)
    assert home.corpus.documents.put(one, split(one.title, one.text)) == "unchanged"
    assert home.corpus.documents.passages(one.id) == before

    turned = replace(one, text=f"# B\n\n{CLOCK}\n\n# New\n\n{LONG}\n\n# A\n\n{LONG}")
    assert home.corpus.documents.put(turned, split(one.title, turned.text)) == "changed"
    after = home.corpus.documents.passages(one.id)
    assert list(dict.fromkeys(passage.heading for passage in after)) == ["B", "New", "A"]
    assert [passage.position for passage in after] == list(range(len(after)))
    ids = {(p.heading, p.text): p.id for p in before}
    for passage in after:
        assert ids.get((passage.heading, passage.text), passage.id) == passage.id
        assert passage.heading != "New" or passage.id not in ids.values()


def test_a_passage_that_stands_twice_keeps_two_ids(home: Home) -> None:
    same = [PassageText("", "The same words."), PassageText("", "The same words.")]
    one = draft("Twice", "x")
    home.corpus.documents.put(one, same)
    first = [passage.id for passage in home.corpus.documents.passages(one.id)]
    assert len(set(first)) == 2
    home.corpus.documents.put(replace(one, text="y"), [*same, PassageText("", "And more.")])
    assert [passage.id for passage in home.corpus.documents.passages(one.id)][:2] == first


def test_a_new_title_makes_new_passages_because_the_encoder_sees_it(home: Home) -> None:
    one = draft("Leap", LONG)
    home.corpus.documents.put(one, split(one.title, one.text))
    before = {passage.id for passage in home.corpus.documents.passages(one.id)}
    home.corpus.documents.put(replace(one, title="Second"), split("Second", one.text))
    after = home.corpus.documents.passages(one.id)
    assert before.isdisjoint(passage.id for passage in after)
    assert {passage.title for passage in after} == {"Second"}


def test_ids_of_passages_are_never_given_again(home: Home) -> None:
    seen: set[int] = set()
    for turn in range(4):
        document_id = home.put(f"Document {turn}", LONG)
        ids = {passage.id for passage in home.corpus.documents.passages(document_id)}
        assert seen.isdisjoint(ids)
        seen |= ids
        home.corpus.documents.remove(document_id)
    assert home.corpus.changes.passage_count() == 0


def test_what_people_set_by_hand_survives_a_refresh(home: Home) -> None:
    one = draft("Leap", LONG, kind="lesson", tags=("a",), published="2012")
    home.corpus.documents.put(one, split(one.title, one.text))
    fields = {"title": "By hand", "tags": ["z", "b"], "published": None}
    edited = home.corpus.documents.edit(one.id, fields, split("By hand", one.text))
    assert (edited.title, edited.tags, edited.published, edited.kind) == ("By hand", ("z", "b"), None, "lesson")
    assert home.corpus.documents.put(one, split(one.title, one.text)) == "unchanged"
    assert home.corpus.documents.get(one.id) == edited

    later = replace(one, text=CLOCK, kind="guidance", title="From the source")
    assert home.corpus.documents.put(later, split("By hand", CLOCK)) == "changed"
    held = home.corpus.documents.get(one.id)
    assert (held.title, held.tags, held.published) == ("By hand", ("z", "b"), None)
    assert (held.kind, held.text) == ("guidance", CLOCK)

    home.corpus.documents.edit(one.id, {"kind": "lesson"}, split("By hand", CLOCK))
    assert home.corpus.documents.edits(one.id) == {**fields, "kind": "lesson"}


def test_tags_keep_their_order_and_stand_once(home: Home) -> None:
    document_id = home.put("Leap", LONG, tags=("zebra", "apple", "zebra", "mango"))
    assert home.corpus.documents.get(document_id).tags == ("zebra", "apple", "mango")


def test_removing_takes_all_that_hangs_on_it(home: Home) -> None:
    document_id = home.put("Leap", LONG, tags=("clock",))
    home.corpus.collections.create("Reader")
    home.corpus.collections.add("reader", document_id)
    home.corpus.documents.remove(document_id)
    assert home.corpus.collections.items("reader") == []
    assert home.corpus.facets.over()["tag"] == []
    assert home.corpus.fulltext.match('"valve"', limit=9) == []
    assert home.corpus.problems() == []


@pytest.mark.parametrize("act", ["get", "remove", "edit"])
def test_what_does_not_exist_is_named(home: Home, act: str) -> None:
    documents = home.corpus.documents
    calls = {"get": documents.get, "remove": documents.remove, "edit": lambda key: documents.edit(key, {}, [])}
    with pytest.raises(NotFound, match="no document 'nothing'") as raised:
        calls[act]("nothing")
    assert (raised.value.kind, raised.value.key) == ("document", "nothing")


class Unsplittable(list[PassageText]):
    """Passages of which the second one fails while it is stored."""

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield PassageText("", "The first is fine.")
        raise RuntimeError("half way")


def test_a_fault_half_way_leaves_nothing(home: Home) -> None:
    one = draft("Leap", LONG, tags=("clock",))
    home.corpus.documents.put(one, split(one.title, one.text))
    before = list(home.corpus.db._connection().conn.iterdump())
    for change in (replace(one, text="new", tags=("new",)), draft("Other", "new")):
        with pytest.raises(RuntimeError, match="half way"):
            home.corpus.documents.put(change, Unsplittable())
    assert list(home.corpus.db._connection().conn.iterdump()) == before
    home.put("Other", LONG)
    assert home.corpus.documents.count() == 2


def test_several_writes_are_one_transaction_if_asked_for(home: Home) -> None:
    def put_two(error: Exception | None) -> None:
        with home.corpus.db.write():
            home.put("One", LONG)
            home.put("Two", LONG)
            if error:
                raise error

    before = home.corpus.changes.position()
    with pytest.raises(RuntimeError):
        put_two(RuntimeError())
    assert home.corpus.documents.ids() == []
    put_two(None)
    assert home.corpus.changes.position() == (before[0], before[1] + 1)


def test_restore_brings_back_id_times_and_edits(home: Home) -> None:
    document_id = home.put("Leap", LONG)
    old = replace(
        home.corpus.documents.get(document_id),
        id="anotherid",
        added="2001-01-01T00:00:00Z",
        changed="2002-01-01T00:00:00Z",
    )
    assert home.corpus.documents.restore(old, split("Leap", LONG), edits={"kind": "lesson"})
    assert home.corpus.documents.ids() == ["anotherid"]
    assert home.corpus.documents.get("anotherid") == old
    assert home.corpus.documents.edits("anotherid") == {"kind": "lesson"}
    assert not home.corpus.documents.restore(old, split("Leap", LONG), edits={"kind": "lesson"})


def test_a_document_restored_under_another_id_keeps_it_on_a_refresh(home: Home) -> None:
    one = draft("Leap", LONG)
    document_id = home.put("Leap", LONG)
    home.corpus.documents.restore(
        replace(home.corpus.documents.get(document_id), id="byhand"), split("Leap", LONG), edits={}
    )
    home.corpus.documents.put(replace(one, text=CLOCK), split("Leap", CLOCK))
    assert home.corpus.documents.ids() == ["byhand"]
    assert home.corpus.documents.get("byhand").text == CLOCK


@pytest.mark.parametrize("key", ["https://example.com/a", "http://www.example.com/a/?utm_source=x", "the-source", "ID"])
def test_a_document_is_found_by_id_address_and_source(home: Home, key: str) -> None:
    home.put("Other", LONG)
    document_id = home.put("Leap", LONG, identity="https://example.com/a", source="the-source")
    assert home.corpus.documents.find(document_id if key == "ID" else key).id == document_id
    with pytest.raises(NotFound):
        home.corpus.documents.find(key.replace("a", "b").replace("I", "x") + "-")


def test_many_documents_are_read_at_once(home: Home) -> None:
    """More ids than one statement can have variables."""
    raw = home.corpus.db._connection().conn
    raw.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 40)
    ids = [home.put(f"Document {number}", LONG, tags=(f"t{number}",)) for number in range(60)]
    assert home.corpus.documents.get_many([*ids, "nothing"]).keys() == set(ids)
    assert {document.id: document.tags for document in home.corpus.documents.page(limit=100)} == {
        document_id: (f"t{number}",) for number, document_id in enumerate(ids)
    }
