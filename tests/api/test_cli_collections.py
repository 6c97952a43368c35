"""`lessonry collections`: what it prints, and how it ends."""

import pytest

from tests.api.test_cli import Run, encoder, run  # noqa: F401
from tests.fakes import opened, stored


@pytest.fixture
def ids(tmp_path, run: Run):  # noqa: F811
    with opened(tmp_path / "home") as lessonry:
        made = {name: stored(lessonry, name, f"The disk of {name}.") for name in "abc"}
    run("collections", "create", "Reader", "--description", "Words")
    return made


def test_a_collection_is_made_ordered_noted_and_brought_back(run: Run, ids):  # noqa: F811
    assert run("collections", "add", "reader", *ids.values(), "--note", "why").code == 0
    run("collections", "move", "reader", ids["c"], 1)
    run("collections", "note", "reader", ids["a"], "read this")
    run("collections", "move", "reader", ids["b"], "--section", "Cases")
    told = run("collections", "show", "reader", "--json").json
    items = [(one["document"]["title"], one["note"], one["section"]) for one in told["items"]]
    assert items == [("c", "why", ""), ("a", "read this", ""), ("b", "why", "Cases")]
    assert "read this" in run("collections", "show", "reader").out
    run("collections", "edit", "reader", "--title", "Disks", "--curator", "Ada", "--visibility", "public")
    (listed,) = run("collections", "list", "--json").json["items"]
    assert (listed["slug"], listed["title"], listed["curators"], listed["size"]) == ("reader", "Disks", ["Ada"], 3)
    run("collections", "remove", "reader", ids["c"])
    deleted = run("collections", "delete", "reader", "--json").json
    assert run("collections", "show", "reader").code == 1
    history = run("collections", "history", "reader", "--json").json["items"]
    assert history[1]["what"] == "removed “c”"
    assert history[1]["number"] == deleted["restore"]
    assert run("collections", "restore", "reader", history[2]["number"], "--json").json["size"] == 3


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("show", "nothing"), 1, "no collection 'nothing'"),
        (("create", "Reader"), 2, "there is a collection 'reader' already"),
        (("create", "A", "--slug", "a/b"), 2, "'a-b' can"),
        (("add", "reader", "nothing"), 1, "nothing"),
        (("note", "reader", "a", "x" * 20_001), 1, "no item"),
        (("move", "reader", "a"), 2, "say where to"),
        (("edit", "reader", "--visibility", "all"), 2, "visibility"),
        (("restore", "reader", 99), 1, "99"),
    ],
)
def test_mistakes_get_one_line(run: Run, ids, words, code, says):  # noqa: F811
    done = run("collections", *(ids.get(str(word), word) for word in words))
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 1


def test_a_living_collection_is_reviewed_from_the_command_line(run: Run, ids):  # noqa: F811
    assert run("collections", "review", "reader").code == 2
    assert run("collections", "living", "reader", "--query", "disk").code == 0
    waiting = run("collections", "review", "reader", "--json").json["items"]
    assert {one["document"]["title"] for one in waiting} == {"a", "b", "c"}
    rest = run("collections", "review", "reader", "--accept", ids["a"], "--refuse", ids["b"], "--json").json["items"]
    assert [one["document"]["title"] for one in rest] == ["c"]
    (item,) = run("collections", "show", "reader", "--json").json["items"]
    assert item["note"].startswith("Found by “disk”: The disk of a.")
    assert run("collections", "living", "reader", "--off", "--json").json["living"] is None
