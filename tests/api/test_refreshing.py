"""Subscriptions: refreshed when due, by the server and by hand; what failed is asked later, what is gone is kept."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock

from api.app import create_app
from api.refreshing import Refresher, Stopped, health, seconds_of
from api.wiring import Lessonry
from corpus.clock import later
from corpus.errors import Conflict, SourceError
from corpus.types import Subscription
from tests.fakes import opened
from tests.ingest.test_web import page, stocked
from tests.loopback import Answer, Site

DAY = 86_400


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home", allow_private=True, fetch_pause=0.0) as made:
        yield made


def subscribed(lessonry: Lessonry, address: str, **options: object) -> Subscription:
    return lessonry.corpus.subscriptions.add(address, options, every=DAY)


def test_a_refresh_counts_what_became_of_the_items_and_plans_the_next(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 5)
    source = subscribed(lessonry, site.url("/sitemap.xml"), tags=["web"], collection="Reader")
    assert [one.id for one in lessonry.corpus.subscriptions.due()] == [source.id]
    first = Refresher(lessonry).refresh(source)
    assert (first.counts["seen"], first.counts["added"], first.error) == (5, 5, None)
    assert lessonry.corpus.subscriptions.due() == []
    assert later(DAY - 60) < lessonry.corpus.subscriptions.get(source.id).due <= later(DAY)
    assert len(lessonry.corpus.collections.items("reader")) == 5
    site.put("/post/1", page(1, "<p>More was learned since.</p>"))
    site.pages["/post/2"] = Answer(status=410)
    second = Refresher(lessonry).refresh(source)
    assert {name: second.counts.get(name, 0) for name in ("seen", "added", "changed", "unchanged", "gone")} == {
        "seen": 5, "added": 0, "changed": 1, "unchanged": 4, "gone": 1,
    }  # fmt: skip
    told = health(lessonry, lessonry.corpus.subscriptions.get(source.id))
    assert (told["seen"], told["changed"], told["gone"], told["last_error"]) == (5, 1, 1, None)
    assert [one.counts["seen"] for one in lessonry.corpus.subscriptions.log(source.id)] == [5, 5]


def test_a_page_that_its_source_no_longer_lists_is_still_looked_at(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 4)
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    Refresher(lessonry).refresh(source)
    stocked(site, 2)
    site.pages["/post/3"] = Answer(status=404)
    again = Refresher(lessonry).refresh(source)
    assert (again.counts["seen"], again.counts["unchanged"], again.counts["gone"]) == (4, 4, 1)
    assert lessonry.corpus.documents.find(site.url("/post/3")).gone
    assert lessonry.corpus.documents.find(site.url("/post/2")).gone is None


def test_a_folder_is_a_source_whose_missing_files_are_gone(lessonry: Lessonry, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nThe {name} broke.")
    source = subscribed(lessonry, str(folder))
    Refresher(lessonry).refresh(source)
    (folder / "two.md").unlink()
    done = Refresher(lessonry).refresh(source)
    assert (done.counts["unchanged"], done.counts["gone"]) == (2, 1)
    assert lessonry.corpus.documents.find(str(folder / "two.md")).gone


def test_a_source_that_fails_is_asked_later_and_later_and_loses_nothing(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 3)
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    Refresher(lessonry).refresh(source)
    site.pages["/sitemap.xml"] = Answer(status=403)
    for failures, days in ((1, 1), (2, 2), (3, 4), (4, 7)):
        done = Refresher(lessonry).refresh(lessonry.corpus.subscriptions.get(source.id))
        assert "403" in str(done.error)
        after = lessonry.corpus.subscriptions.get(source.id)
        assert after.failures == failures
        assert later(days * DAY - 60) < after.due <= later(days * DAY)
    assert lessonry.corpus.documents.count() == 3
    assert health(lessonry, after)["last_success"] is not None
    stocked(site, 3)
    assert Refresher(lessonry).refresh(after).error is None
    assert lessonry.corpus.subscriptions.get(source.id).failures == 0


def test_a_server_that_asks_for_patience_gets_it(lessonry: Lessonry, site: Site) -> None:
    source = lessonry.corpus.subscriptions.add(site.url("/feed"), {}, every=3600)
    site.pages["/feed"] = Answer(status=503, headers={"Retry-After": "40000"})
    done = Refresher(lessonry).refresh(source)
    assert "503" in str(done.error)
    assert later(39_900) < lessonry.corpus.subscriptions.get(source.id).due <= later(40_000)


def test_two_processes_never_refresh_one_source_at_once(lessonry: Lessonry, site: Site) -> None:
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    locks = lessonry.settings.home / "locks"
    locks.mkdir()
    with FileLock(locks / f"{source.id}.lock"), pytest.raises(Conflict, match="another process"):
        Refresher(lessonry).refresh(source)


def test_a_refresh_that_is_stopped_is_finished_by_the_next(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 8)
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    done: list[object] = []
    with pytest.raises(Stopped):
        Refresher(lessonry).refresh(source, stop=lambda: len(done) == 3, seen=done.append)
    assert lessonry.corpus.documents.count() == 3
    assert lessonry.corpus.subscriptions.log(source.id)[0].ended is None
    assert [one.id for one in lessonry.corpus.subscriptions.due()] == [source.id]
    again = Refresher(lessonry).refresh(source)
    assert (again.counts["added"], again.counts["unchanged"]) == (5, 3)


def test_a_server_refreshes_what_is_due_and_tells_how_its_sources_do(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 4)
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    paused = subscribed(lessonry, site.url("/never"))
    lessonry.corpus.subscriptions.pause(paused.id, paused=True)
    with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
        for _ in range(400):
            told = {one["id"]: one for one in client.get("/v1/sources").json()["items"]}
            if told[source.id]["last_success"]:
                break
            time.sleep(0.025)
        assert (told[source.id]["added"], told[paused.id]["paused"]) == (4, True)
        assert client.get("/v1/documents").json()["items"]
    assert "/never" not in site.asked()


def test_schedules_are_read_as_people_write_them() -> None:
    assert [seconds_of(every) for every in ("hourly", "daily", "weekly", "30m", "6h", "2d", "1w")] == [
        3600, 86400, 604800, 1800, 21600, 172800, 604800,
    ]  # fmt: skip
    for bad in ("", "d", "1s", "0h", "4m", "-3h", "often", "9999d", "1.5h"):
        with pytest.raises(SourceError, match="hourly"):
            seconds_of(bad)


def test_a_removed_source_leaves_its_documents(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 2)
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    Refresher(lessonry).refresh(source)
    lessonry.corpus.subscriptions.remove(source.address)
    assert lessonry.corpus.subscriptions.all() == []
    assert lessonry.corpus.documents.count() == 2
    assert lessonry.corpus.subscriptions.due() == []


def test_a_bug_in_a_refresh_is_raised_and_does_not_make_it_due_at_once(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 2)
    source = subscribed(lessonry, site.url("/sitemap.xml"))

    def broken(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Refresher(lessonry).refresh(source, seen=broken)
    assert lessonry.corpus.subscriptions.due() == []
    assert "unexpected" in str(lessonry.corpus.subscriptions.log(source.id)[0].error)


def test_a_source_that_is_removed_while_it_is_refreshed_ends_quietly(lessonry: Lessonry, site: Site) -> None:
    stocked(site, 4)
    source = subscribed(lessonry, site.url("/sitemap.xml"))
    seen: list[object] = []

    def remove(outcome: object) -> None:
        seen.append(outcome)
        if len(seen) == 2:
            lessonry.corpus.subscriptions.remove(source.id)

    assert Refresher(lessonry).refresh(source, seen=remove).counts["added"] == 4
    assert lessonry.corpus.subscriptions.all() == []


def test_a_site_is_asked_for_each_page_once(lessonry: Lessonry, site: Site) -> None:
    for number in range(5):
        links = "".join(f"<a href='/docs/{other}'>{other}</a> " for other in range(5))
        site.put(f"/docs/{number}", page(number, links))
    source = subscribed(lessonry, site.url("/docs/0"), form="site")
    first = Refresher(lessonry).refresh(source)
    site.log.clear()
    second = Refresher(lessonry).refresh(source)
    assert (first.counts["added"], second.counts["unchanged"], second.counts["seen"]) == (5, 5, 5)
    assert len(site.asked("/docs")) == 5
