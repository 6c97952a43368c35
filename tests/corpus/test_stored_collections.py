"""Curated lists: order, notes, and what may not happen to them."""

import pytest

from corpus.collections import slug_of
from corpus.errors import Conflict, NotFound
from tests.fakes import Home


def items(home: Home) -> list[tuple[str, str]]:
    found = home.corpus.collections.items("reader")
    assert [item.position for item in found] == list(range(len(found)))
    return [(item.document.title, item.note) for item in found]


def test_items_stand_in_the_order_of_the_curator(home: Home) -> None:
    ids = {name: home.put(name, "The valve.") for name in "abcd"}
    collections = home.corpus.collections
    collections.create("Reader", description="To begin with")
    assert [collections.add("reader", ids[name], f"why {name}") for name in "abc"] == [True, True, True]
    assert not collections.add("reader", ids["b"], "another note")
    assert items(home) == [("a", "why a"), ("b", "why b"), ("c", "why c")]
    collections.arrange("reader", [(ids["c"], "first"), (ids["d"], "new")])
    assert items(home) == [("c", "first"), ("d", "new"), ("a", "why a"), ("b", "why b")]
    assert collections.get("reader").size == 4
    assert [one.slug for one in collections.containing(ids["a"])] == ["reader"]


def test_titles_become_addresses() -> None:
    assert slug_of("When the alarm stayed silent!") == "when-the-alarm-stayed-silent"
    assert slug_of("  École_Royale: été  ") == "école-royale-été"
    assert slug_of("../../etc/passwd") == "etc-passwd"
    assert slug_of("???") == "collection"
    assert len(slug_of("word " * 100)) <= 60


def test_what_cannot_be_is_named(home: Home) -> None:
    collections = home.corpus.collections
    collections.create("Reader")
    with pytest.raises(Conflict):
        collections.create("reader")
    for act in (
        lambda: collections.get("nothing"),
        lambda: collections.items("nothing"),
        lambda: collections.describe("nothing", title="x", description=""),
        lambda: collections.add("nothing", home.put("a", "The valve.")),
        lambda: collections.add("reader", "nothing"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_title_may_change_and_the_address_stays(home: Home) -> None:
    home.corpus.collections.create("Reader")
    home.corpus.collections.describe("reader", title="Another", description="words")
    (only,) = home.corpus.collections.all()
    assert (only.slug, only.title, only.description, only.size) == ("reader", "Another", "words", 0)
