"""Action items: known again by their text, people's word wins."""

import pytest

from corpus.actions import ActionText
from corpus.errors import NotFound
from tests.fakes import Home


def test_a_refresh_keeps_numbers_and_what_people_said(home: Home):
    document = home.put("disks", "The disk was full.")
    actions = home.corpus.actions
    assert actions.unread() == [document]
    actions.read(document, [ActionText(text="Add an alarm"), ActionText(text="Buy disks"), ActionText(text="Write it")])
    actions.change(document, 1, {"state": "done", "owner": "Ada"}, "Ben")
    actions.remove(document, 2)
    mine = actions.add(document, ActionText(text="Tell the crew", due="2027-01"), "Ada")
    actions.read(document, [ActionText(text="Add an alarm"), ActionText(text="Buy disks"), ActionText(text="Test it")])
    found = {one.number: (one.text, one.state, one.owner) for one in actions.of(document)}
    assert found == {
        1: ("Add an alarm", "done", "Ada"),
        mine.number: ("Tell the crew", "open", None),
        5: ("Test it", "open", None),
    }
    standing = home.corpus.documents.get(document).standing
    assert (standing.open, standing.done, standing.dropped) == (2, 1, 0)
    assert actions.unread() == []


def test_what_the_source_says_of_an_untouched_item_is_taken_over(home: Home):
    document = home.put("disks", "The disk was full.")
    home.corpus.actions.read(document, [ActionText(text="Add an alarm")])
    home.corpus.actions.read(document, [ActionText(text="Add an alarm", state="done", owner="Ada")])
    assert [(one.state, one.owner) for one in home.corpus.actions.of(document)] == [("done", "Ada")]


def test_a_new_text_is_looked_through_again_and_a_document_takes_its_items_along(home: Home):
    document = home.put("disks", "The disk was full.")
    home.corpus.actions.read(document, [ActionText(text="Add an alarm")])
    home.put("disks", "The disk was full, and nobody saw it.")
    assert home.corpus.actions.unread() == [document]
    home.corpus.documents.remove(document)
    with pytest.raises(NotFound):
        home.corpus.actions.of(document)
    assert home.corpus.actions.page(None, limit=10) == []


def test_items_of_all_documents_are_paged_by_state(home: Home):
    ids = sorted(home.put(name, "The disk was full.") for name in "abc")
    for document in ids:
        home.corpus.actions.read(document, [ActionText(text="Do this"), ActionText(text="Done that", state="done")])
    first = home.corpus.actions.page("open", limit=2)
    assert [(one.document_id, document.id) for one, document in first] == [(i, i) for i in ids[:2]]
    rest = home.corpus.actions.page("open", limit=2, after=(ids[1], 1))
    assert [one.document_id for one, _ in rest] == [ids[2]]
    assert len(home.corpus.actions.page(None, limit=10)) == 6
