"""The command line on sources and duplicates."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.test_cli import Run, encoder, folder, run  # noqa: F401  (fixtures)
from tests.ingest.test_web import page, stocked
from tests.loopback import Answer, Site


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("LESSONRY_ALLOW_PRIVATE", "true")
    monkeypatch.setenv("LESSONRY_FETCH_PAUSE", "0")
    with Site() as made:
        yield made


def test_a_source_from_add_to_remove(run: Run, site: Site) -> None:  # noqa: F811
    stocked(site, 3)
    address = site.url("/sitemap.xml")
    added = run("sources", "add", address, "--every", "6h", "--tag", "web", "--json")
    assert (added.code, added.json["every_seconds"], added.json["last_success"]) == (0, 21600, None)
    looked = run("sources", "check", address, "--json")
    assert (looked.code, looked.json["added"]) == (0, 3)
    assert run("list", "--json").json["items"] == []
    refreshed = run("refresh", "--json")
    assert (refreshed.code, refreshed.json["items"][0]["counts"]["added"]) == (0, 3)
    assert {tuple(one["tags"]) for one in run("list", "--json").json["items"]} == {("web",)}
    assert run("refresh", "--json").json["items"] == []
    again = run("refresh", address, "--json").json["items"][0]
    assert again["counts"]["unchanged"] == 3
    (listed,) = run("sources", "list", "--json").json["items"]
    assert (listed["address"], listed["seen"], listed["gone"]) == (address, 3, 0)
    assert len(run("sources", "log", address, "--json").json["items"]) == 2
    assert run("sources", "pause", listed["id"]).code == 0
    assert run("refresh", "--all", "--json").json["items"] == []
    assert run("sources", "pause", listed["id"], "--resume").code == 0
    assert run("sources", "remove", address).code == 0
    assert run("sources", "list", "--json").json["items"] == []
    assert len(run("list", "--json").json["items"]) == 3


def test_a_refresh_that_fails_says_why_and_ends_with_1(run: Run, site: Site) -> None:  # noqa: F811
    site.pages["/feed"] = Answer(status=403)
    run("sources", "add", site.url("/feed"))
    done = run("refresh")
    assert done.code == 1
    assert "403" in done.out
    assert "403" in run("sources", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sources", "add", "https://a.example/feed", "--every", "sometimes"), "hourly, daily, weekly"),
        (("sources", "add", "https://a.example/feed", "--as", "magic"), "none of page, feed"),
        (("sources", "check", "nothing"), "no source 'nothing'"),
        (("refresh", "nothing"), "no source 'nothing'"),
        (("duplicates", "split", "nothing"), "no alias 'nothing'"),
        (("duplicates", "join", "nothing", "nobody"), "no document 'nothing'"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, words: tuple[str, ...], said: str) -> None:  # noqa: F811
    done = run(*words)
    assert done.code in (1, 2)
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_copy_is_listed_with_its_reason_split_and_joined_again(run: Run, tmp_path: Path) -> None:  # noqa: F811
    text = page(5).split("<p>")[1].split("</p>")[0]
    for name in ("first", "second"):
        (tmp_path / f"{name}.txt").write_text(f"{text} {text} {text}")
    report = run("add", "first.txt", "second.txt", "--json").json
    assert (report["added"], report["duplicate"]) == (1, 1)
    (joined,) = run("duplicates", "--json").json["joined"]
    assert joined["document"] == report["items"][0]["id"]
    assert "same" in joined["reason"]
    assert run("duplicates", "split", joined["identity"]).code == 0
    assert len(run("list", "--json").json["items"]) == 2
    assert run("duplicates", "--json").json["joined"] == []
    assert run("add", "first.txt", "second.txt", "--json").json["unchanged"] == 2
    ids = [one["id"] for one in run("list", "--json").json["items"]]
    assert run("duplicates", "join", *ids).code == 0
    assert [one["id"] for one in run("list", "--json").json["items"]] == [ids[0]]
    assert run("show", ids[1], "--json").json["id"] == ids[0]
