"""What addresses hold, fetched from a site on loopback: feeds, sitemaps, lists, sites; fresh, and nothing twice."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.store import Corpus
from corpus.types import Draft, PassageText
from ingest.checkouts import Cloning
from ingest.extract import extract
from ingest.fetch import Fetcher, Limits
from ingest.pipeline import Ingestor
from ingest.sources import Sources
from ingest.types import Bounds, Options, Outcome
from ingest.visits import Visits
from tests.loopback import Answer, Site

WORDS = "cache node queue disk shard lease token proxy clock index mirror socket packet ledger valve cable".split()


def page(number: int, more: str = "") -> str:
    """A page like no other: its words are its number, spelled in nouns."""
    spelled = " ".join(WORDS[(number * 7 + place * (number + 3)) % 16] + str(number) for place in range(60))
    return (
        f"<html><head><title>Outage {number}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>Outage {number}</h1><p>In outage {number} this broke: {spelled}.</p>{more}</article></body></html>"
    )


def by_paragraph(draft: Draft) -> Sequence[PassageText]:
    return [PassageText("", part) for part in draft.full_text.split("\n\n") if part.strip()]


class Guest:
    """A corpus that takes in what a site has."""

    def __init__(self, home: Path) -> None:
        self.corpus = Corpus(home)
        limits = Limits(max_bytes=2_000_000, seconds=5)
        self.fetcher = Fetcher(limits, user_agent="Lessonry-test/1", allow_private=True)
        sources = Sources(
            Visits(self.fetcher, self.corpus.fetches),
            extract=extract,
            cloning=Cloning(folder=home / "clones"),
            bounds=Bounds(bytes=2_000_000, items=500),
        )
        self.ingestor = Ingestor(self.corpus, sources, by_paragraph)

    def add(self, source: str, **options: object) -> list[Outcome]:
        return list(self.ingestor.add(source, Options(**options)))  # type: ignore[arg-type]

    def statuses(self, source: str, **options: object) -> dict[str, int]:
        return dict(Counter(outcome.status for outcome in self.add(source, **options)))

    def texts(self) -> dict[str, str]:
        found = self.corpus.documents.get_many(self.corpus.documents.ids())
        return {document.title: document.text for document in found.values()}


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Guest]:
    made = Guest(tmp_path / "home")
    yield made
    made.fetcher.close()
    made.corpus.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


def sitemap(site: Site, paths: Sequence[str]) -> str:
    entries = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
    return f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entries}</urlset>"


def stocked(site: Site, count: int) -> list[str]:
    paths = [f"/post/{number}" for number in range(count)]
    for number, path in enumerate(paths):
        site.put(path, page(number))
    site.put("/sitemap.xml", sitemap(site, paths), "application/xml")
    return paths


def test_a_sitemap_is_taken_in_once_and_then_asked_for_changes_only(guest: Guest, site: Site) -> None:
    paths = stocked(site, 30)
    assert guest.statuses(site.url("/sitemap.xml")) == {"added": 30}
    assert sorted(site.asked("/post")) == sorted(paths)
    ids = guest.corpus.changes.since(0)
    first, revision = site.sent(), guest.corpus.changes.position()
    site.log.clear()
    assert guest.statuses(site.url("/sitemap.xml")) == {"unchanged": 30}
    assert {one.status for one in site.log if one.path != "/robots.txt"} == {304}
    assert site.sent() < first / 20
    assert guest.corpus.changes.since(0).added == ids.added
    assert guest.corpus.changes.since(revision[1]).added == []


def test_only_changed_pages_are_read_again_and_only_their_changed_passages_are_new(guest: Guest, site: Site) -> None:
    stocked(site, 20)
    guest.add(site.url("/sitemap.xml"))
    before = dict(guest.corpus.changes.since(0).added)
    for number in range(3):
        site.put(f"/post/{number}", page(number, "<p>It broke once more, in another way than before.</p>"))
    found = Counter(outcome.status for outcome in guest.add(site.url("/sitemap.xml")))
    assert found == {"changed": 3, "unchanged": 17}
    after = dict(guest.corpus.changes.since(0).added)
    assert len(after.keys() - before.keys()) == 3
    assert before.items() <= after.items()


def test_a_page_that_is_gone_is_kept_and_marked_and_unmarked_when_it_is_back(guest: Guest, site: Site) -> None:
    stocked(site, 3)
    guest.add(site.url("/sitemap.xml"))
    body = site.pages["/post/1"]
    for status in (404, 410):
        site.pages["/post/1"] = Answer(status=status)
        (gone,) = [outcome for outcome in guest.add(site.url("/sitemap.xml")) if outcome.gone]
        document = guest.corpus.documents.get(str(gone.id))
        assert (gone.status, document.title, document.gone is not None) == ("unchanged", "Outage 1", True)
        assert "broke" in document.text
    site.pages["/post/1"] = Answer(status=500)
    failed = [outcome for outcome in guest.add(site.url("/sitemap.xml")) if outcome.status == "failed"]
    assert [outcome.id for outcome in failed] == [document.id]
    site.pages["/post/1"] = body
    assert guest.statuses(site.url("/sitemap.xml")) == {"unchanged": 3}
    assert guest.corpus.documents.get(document.id).gone is None


def test_what_a_person_removed_is_not_brought_back_by_a_refresh_but_by_its_address(guest: Guest, site: Site) -> None:
    stocked(site, 3)
    guest.add(site.url("/sitemap.xml"))
    document = guest.corpus.documents.find(site.url("/post/2"))
    guest.corpus.documents.remove(document.id)
    site.log.clear()
    assert guest.statuses(site.url("/sitemap.xml"), refresh=True) == {"unchanged": 2, "skipped": 1}
    assert "/post/2" not in site.asked()
    assert guest.statuses(site.url("/sitemap.xml")) == {"unchanged": 2, "skipped": 1}
    assert guest.statuses(site.url("/post/2")) == {"added": 1}
    assert guest.statuses(site.url("/sitemap.xml"), refresh=True) == {"unchanged": 3}


def test_patterns_choose_and_limits_are_told(guest: Guest, site: Site) -> None:
    stocked(site, 12)
    assert guest.statuses(site.url("/sitemap.xml"), match=("*/post/1*",)) == {"added": 3}
    assert guest.statuses(site.url("/sitemap.xml"), match=("post/5", "post/6")) == {"added": 2}
    *_, last = guest.add(site.url("/sitemap.xml"), most=4)
    assert last.status == "skipped"
    assert "4" in str(last.error)


def test_a_feed_gives_its_entries_pages_or_their_own_text_where_the_page_says_less(guest: Guest, site: Site) -> None:
    site.put("/full", page(1))
    site.put("/teaser", "<html><body><article><p>Read more in our app.</p></article></body></html>")
    said = "The failover script promoted a replica that was forty minutes behind, and nobody had ever tried it before."
    entries = "".join(
        f"<item><title>{title}</title><link>{site.url(path)}</link><pubDate>Tue, 03 Mar 2020 10:00:00 GMT</pubDate>"
        f"<description>{text}</description></item>"
        for title, path, text in (("One", "/full", "short"), ("Two", "/teaser", said), ("Three", "/missing", said * 2))
    )
    site.put("/feed", f"<rss version='2.0'><channel><title>Ops</title>{entries}</channel></rss>", "application/rss+xml")
    found = {outcome.title: outcome for outcome in guest.add(site.url("/feed"))}
    assert {title: outcome.status for title, outcome in found.items()} == {
        "Outage 1": "added", "Two": "added", "Three": "added",
    }  # fmt: skip
    documents = {title: guest.corpus.documents.get(str(outcome.id)) for title, outcome in found.items()}
    again = {outcome.title: outcome.status for outcome in guest.add(site.url("/feed"))}
    assert again == dict.fromkeys(found, "unchanged")
    assert "In outage 1" in documents["Outage 1"].text
    assert (documents["Two"].text, documents["Two"].published) == (said, "2020-03-03")
    assert found["Three"].gone
    assert documents["Three"].gone is not None


def test_a_list_page_of_dead_moved_and_wrapped_links(guest: Guest, site: Site) -> None:
    """As the well-known lists are: 150 links, 30 of them dead, 10 that lead to one page, 5 in a web archive's wrapper."""
    lines = ["# A list of post-mortems", "", "Collected over the years.", "", "## Hardware", ""]
    for number in range(150):
        path = f"/post/{number}"
        if number == 75:
            lines += ["", "## Configuration", ""]
        if number < 105:
            site.put(path, page(number))
        elif number < 115:
            site.redirect(path, "/one-page")
        elif number < 120:
            site.put(path, page(number))
        address = site.url(path)
        if 115 <= number < 120:
            address = f"https://web.archive.org/web/20200101000000/{address}"
        lines.append(f"* [Company {number}]({address}). A {WORDS[number % 16]} of kind {number} took the site down.")
    site.put("/one-page", page(999))
    site.put("/list.md", "\n".join(lines), "text/markdown")
    outcomes = guest.add(site.url("/list.md"))
    assert len(outcomes) == 150
    assert Counter(outcome.status for outcome in outcomes) == {"added": 141, "duplicate": 9}
    dead = [outcome for outcome in outcomes if outcome.gone]
    assert sorted(outcome.source for outcome in dead) == sorted(site.url(f"/post/{n}") for n in range(120, 150))
    for outcome in dead:
        document = guest.corpus.documents.get(str(outcome.id))
        number = int(outcome.source.rsplit("/", 1)[1])
        assert document.gone is not None
        assert f"of kind {number} took the site down" in str(document.summary)
        assert document.tags == ("configuration",)
    moved = guest.corpus.documents.find(site.url("/one-page"))
    assert {guest.corpus.documents.find(site.url(f"/post/{n}")).id for n in range(105, 115)} == {moved.id}
    wrapped = guest.corpus.documents.find(site.url("/post/117"))
    assert (wrapped.title, wrapped.gone) == ("Outage 117", None)
    assert "kind 3 took" in str(guest.corpus.documents.find(site.url("/post/3")).summary)
    again = Counter(outcome.status for outcome in guest.add(site.url("/list.md")))
    assert again["added"] == again["changed"] == again["failed"] == 0
    assert guest.corpus.documents.count() == 141


def test_a_site_is_followed_below_its_first_page_and_no_further(guest: Guest, site: Site) -> None:
    site.put("/guide/", page(0, "<a href='one'>1</a> <a href='/elsewhere'>no</a> <a href='pic.png'>no</a>"))
    site.put("/guide/one", page(1, "<a href='deep/two?utm_source=x'>2</a> <a href='./#top'>back</a>"))
    site.put("/guide/deep/three", page(3))
    site.put("/elsewhere", page(4))
    site.put("/guide/deep/two?utm_source=x", page(2, "<a href='three'>3</a>"))
    found = guest.add(site.url("/guide/"), form="site", depth=2)
    assert [outcome.title for outcome in found] == ["Outage 0", "Outage 1", "Outage 2"]
    assert guest.statuses(site.url("/guide/"), form="site", depth=3) == {"unchanged": 3, "added": 1}


def test_a_calendar_without_end_is_left_at_the_limit(guest: Guest, site: Site) -> None:
    class Calendar(dict):  # type: ignore[type-arg]
        def get(self, path: str, default: object = None) -> object:
            if not path.startswith("/days/"):
                return default
            number = int(path.rsplit("/", 1)[1] or 0)
            return Answer(
                page(number, f"<a href='/days/{number + 1}'>next</a> <a href='/days/{number + 2}'>on</a>").encode()
            )

    site.pages = Calendar()
    *pages, last = guest.add(site.url("/days/0"), form="site", depth=1000, most=25)
    assert (len(pages), last.status) == (25, "skipped")
    assert len(site.asked("/days")) == 25


def test_robots_are_obeyed_item_by_item(guest: Guest, site: Site) -> None:
    stocked(site, 4)
    site.put("/robots.txt", "User-agent: *\nDisallow: /post/2\n", "text/plain")
    assert guest.statuses(site.url("/sitemap.xml")) == {"added": 3, "skipped": 1}
    assert "/post/2" not in site.asked()


def test_a_copy_at_another_address_is_an_alias_and_becomes_its_own_when_it_changes(guest: Guest, site: Site) -> None:
    site.put("/a", page(1))
    site.put("/b", page(1))
    guest.add(site.url("/a"))
    (copy,) = guest.add(site.url("/b"))
    assert copy.status == "duplicate"
    assert "same" in str(copy.error)
    assert guest.corpus.documents.find(site.url("/b")).url == site.url("/a")
    assert guest.statuses(site.url("/b")) == {"unchanged": 1}
    site.put("/b", page(77))
    assert guest.statuses(site.url("/b")) == {"added": 1}
    assert guest.corpus.documents.find(site.url("/b")).title == "Outage 77"


def test_a_copy_that_is_gone_leaves_the_document_as_it_is(guest: Guest, site: Site) -> None:
    site.put("/a", page(1))
    site.put("/b", page(1))
    (first,) = guest.add(site.url("/a"))
    guest.add(site.url("/b"))
    site.pages["/b"] = Answer(status=404)
    (copy,) = guest.add(site.url("/b"))
    assert (copy.id, copy.gone) == (first.id, True)
    assert guest.corpus.documents.get(str(first.id)).gone is None


def test_a_page_that_moves_stays_the_document_it_was(guest: Guest, site: Site) -> None:
    site.put("/old", page(1))
    (first,) = guest.add(site.url("/old"))
    site.redirect("/old", "/new")
    site.put("/new", page(1, "<p>With a new paragraph.</p>"))
    (moved,) = guest.add(site.url("/old"))
    assert (moved.status, moved.id) == ("changed", first.id)
    assert guest.corpus.documents.find(site.url("/new")).id == first.id


def feed(title: str, *entries: str) -> str:
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(entries)}</channel></rss>"


def test_entries_without_an_address_belong_to_their_feed(guest: Guest, site: Site) -> None:
    for name, text in (
        ("one", "The load balancer forgot all of its sessions."),
        ("two", "The ledger was out by a day."),
    ):
        entry = f"<item><title>Elevated errors</title><guid isPermaLink='false'>2</guid><description>{text}</description></item>"
        site.put(f"/{name}.xml", feed(name, entry), "application/rss+xml")
        assert guest.statuses(site.url(f"/{name}.xml")) == {"added": 1}
        assert guest.statuses(site.url(f"/{name}.xml")) == {"unchanged": 1}
    found = guest.corpus.documents.get_many(guest.corpus.documents.ids()).values()
    assert sorted(document.text.split()[1] for document in found) == ["ledger", "load"]


def test_two_sources_of_one_page_do_not_undo_each_other(guest: Guest, site: Site) -> None:
    stocked(site, 3)
    lines = "".join(
        f"* [Acme]({site.url(f'/post/{n}')}). A zebra router of kind {n} fell over again.\n" for n in range(3)
    )
    site.put("/list.md", f"# Outages\n\n## Routers\n\n{lines}", "text/markdown")
    guest.add(site.url("/post/1"), tags=("mine",), kind="guidance")
    guest.add(site.url("/list.md"), form="list")
    guest.add(site.url("/sitemap.xml"), tags=("sm",))
    document = guest.corpus.documents.find(site.url("/post/1"))
    assert (set(document.tags), document.kind) == ({"mine", "routers", "sm"}, "guidance")
    assert "zebra router of kind 1" in str(document.summary)
    revision = guest.corpus.changes.position()[1]
    for _ in range(2):
        site.log.clear()
        assert guest.statuses(site.url("/list.md"), form="list", refresh=True) == {"unchanged": 3}
        assert guest.statuses(site.url("/sitemap.xml"), tags=("sm",), refresh=True) == {"unchanged": 3}
        assert guest.statuses(site.url("/post/1")) == {"unchanged": 1}
        assert {one.status for one in site.log if one.path != "/robots.txt"} == {304}
    assert guest.corpus.changes.since(revision).added == []
    assert guest.corpus.documents.find(site.url("/post/1")) == document
    site.put("/list.md", f"# Outages\n\n## Switches\n\n{lines}", "text/markdown")
    assert guest.statuses(site.url("/list.md"), form="list") == {"changed": 3}
    assert set(guest.corpus.documents.find(site.url("/post/1")).tags) == {"mine", "switches", "sm"}


def test_a_page_that_moved_is_looked_for_where_it_is_now(guest: Guest, site: Site) -> None:
    site.put("/old", page(1))
    (first,) = guest.add(site.url("/old"))
    site.redirect("/old", "/new")
    site.put("/new", page(1))
    assert guest.statuses(site.url("/old")) == {"unchanged": 1}
    assert guest.corpus.documents.get(str(first.id)).url == site.url("/new")
    assert guest.corpus.documents.find(site.url("/new")).id == first.id
    site.pages["/old"] = Answer(status=404)
    (still,) = guest.add(site.url("/old"))
    assert (still.gone, still.id, still.error) == (False, first.id, None)
    site.pages["/new"] = Answer(status=404)
    (gone,) = guest.add(site.url("/old"))
    assert (gone.status, gone.gone) == ("unchanged", True)
    assert guest.corpus.documents.get(str(first.id)).gone


def test_a_page_that_says_it_is_not_there_is_gone_whatever_its_status(guest: Guest, site: Site) -> None:
    site.put("/soft", "<html><head><title>Page not found | Acme</title></head><body><main><h1>Page not found</h1>"
             "<p>Try the search.</p></main></body></html>")  # fmt: skip
    site.put("/list.md", f"# Outages\n\n* [Acme]({site.url('/soft')}). A rat ate through the cable.\n", "text/markdown")
    (listed,) = guest.add(site.url("/list.md"), form="list")
    assert (listed.status, listed.gone) == ("added", True)
    assert guest.corpus.documents.get(str(listed.id)).summary == "A rat ate through the cable."
    (alone,) = guest.add(site.url("/soft"))
    assert alone.id == listed.id
    site.put("/real", page(4).replace("Outage 4", "404 for everybody: an outage of the router that lasted a day"))
    assert guest.statuses(site.url("/real")) == {"added": 1}


def test_a_listing_of_nothing_says_so(guest: Guest, site: Site) -> None:
    index = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{site.url('/self.xml')}</loc></sitemap></sitemapindex>"
    site.put("/self.xml", index, "text/xml")
    (outcome,) = guest.add(site.url("/self.xml"))
    assert (outcome.status, outcome.error) == ("skipped", f"{site.url('/self.xml')}: there is nothing in it")


def test_many_hosts_are_read_at_the_same_time_and_each_in_order(guest: Guest) -> None:
    with Site("127.0.0.1") as one, Site("127.0.0.2") as other:
        for site in (one, other):
            for number in range(6):
                body = page(number + 100 * (site is other))
                site.pages[f"/p/{number}"] = Answer(body.encode(), seconds=0.05)
        links = [host.url(f"/p/{number}") for number in range(6) for host in (one, other)]
        lines = "".join(f"* [Report {n}]({link}) tells of an outage.\n" for n, link in enumerate(links))
        one.put("/list.md", f"# Outages\n\n{lines}", "text/markdown")
        assert guest.statuses(one.url("/list.md"), form="list") == {"added": 12}
        for site in (one, other):
            spans = [(entry.began, entry.ended) for entry in site.log if entry.path.startswith("/p/")]
            assert all(ended <= began for (_, ended), (began, _) in pairwise(spans))
            assert site.asked("/p") == [f"/p/{number}" for number in range(6)]
        mine = [(entry.began, entry.ended) for entry in one.log if entry.path.startswith("/p/")]
        theirs = [(entry.began, entry.ended) for entry in other.log if entry.path.startswith("/p/")]
        assert any(a < d and c < b for a, b in mine for c, d in theirs)


def test_a_feed_of_another_house_does_not_replace_a_page(guest: Guest) -> None:
    with Site("127.0.0.1") as victim, Site("127.0.0.2") as other:
        victim.put(
            "/short",
            "<html><head><title>Short</title></head><body><article><p>The fuse blew.</p></article></body></html>",
        )
        guest.add(victim.url("/short"))
        entry = f"<item><title>Short</title><link>{victim.url('/short')}</link><description>{'Evil words. ' * 60}</description></item>"
        other.put("/feed", feed("Other", entry), "application/rss+xml")
        guest.add(other.url("/feed"))
        assert guest.texts() == {"Short": "The fuse blew."}


@pytest.mark.parametrize("address", ["http://xn--a/", "http://[::1", "http://a b/", "http://\ud800.example/"])
def test_an_address_that_is_none_is_one_failed_item(guest: Guest, site: Site, address: str) -> None:
    site.put("/good", page(1))
    site.redirect("/moved", "http://xn--a/")
    entries = [
        {"id": str(n), "url": url, "title": "t"}
        for n, url in enumerate((address, site.url("/moved"), site.url("/good")))
    ]
    site.put("/feed", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "f", "items": entries}),
             "application/feed+json")  # fmt: skip
    found = guest.statuses(site.url("/feed"))
    assert found["added"] == 1
    assert guest.texts().keys() == {"Outage 1"}


def test_a_jira_export_alone_is_read_as_in_a_folder(guest: Guest, tmp_path: Path) -> None:
    item = (
        "<item><title>[OPS-1] Disk</title><link>https://jira.acme.example/browse/OPS-1</link><description>&lt;p&gt;The disk was"
        " full.&lt;/p&gt;</description><key id='1'>OPS-1</key><summary>Disk</summary><type>Bug</type>"
        "<created>Mon, 1 Mar 2021 10:00:00 +0000</created></item>"
    )
    export = f"<!-- RSS generated by JIRA --><rss version='0.92'><channel><title>Jira</title><build-info/>{item}</channel></rss>"
    (tmp_path / "jira.xml").write_text(export)
    (alone,) = guest.add(str(tmp_path / "jira.xml"))
    assert alone.status == "added"
    assert "The disk was full." in guest.corpus.documents.get(str(alone.id)).text


def test_a_bare_repository_and_a_folder_of_a_repository_are_cloned(guest: Guest, tmp_path: Path) -> None:
    for line in (
        "init -q -b main work",
        "-C work -c user.name=a -c user.email=a@b.example commit -q --allow-empty -m x",
    ):
        subprocess.run(
            ["git", *line.split()], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        )
    (tmp_path / "work" / "docs").mkdir()
    (tmp_path / "work" / "docs" / "how_to_restart.md").write_text("Turn it off, and on again after a while.")
    for line in (
        "-C work add .",
        "-C work -c user.name=a -c user.email=a@b.example commit -q -m y",
        "clone -q --bare work bare.git",
    ):
        subprocess.run(
            ["git", *line.split()], cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        )
    for source in (f"{tmp_path}/bare.git", f"{tmp_path}/work#docs"):
        (outcome,) = guest.add(source)
        assert outcome.status in ("added", "duplicate")
        assert outcome.title == "How to restart"
