"""The pipeline on a real database: what becomes of each item, nothing twice, nothing lost."""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.documents import draft_digest
from corpus.errors import StoreUnusable, Unreachable
from corpus.store import Corpus
from corpus.types import Draft, Filter, PassageText
from corpus.urls import canonical
from ingest.checkouts import Cloning
from ingest.drafts import mention_of, readable_name, to_draft, with_mentions
from ingest.extract import extract
from ingest.fetch import Fetched, Validators
from ingest.pipeline import Ingestor, Seen, decide
from ingest.redaction import Redaction
from ingest.sources import Sources
from ingest.types import Bounds, Item, Options, Outcome, Page
from ingest.visits import Visits


class Web:
    """Pages by address; all else answers 404."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}

    def get(self, url: str) -> Fetched:
        if url not in self.pages:
            raise Unreachable(url, "the server answers 404 Not Found")
        final_url, body = self.pages[url]
        return Fetched(url=url, final_url=final_url, content_type="text/html", body=body)

    def get_if_changed(self, url: str, known: Validators) -> Fetched:
        return self.get(url)


def by_paragraph(draft: Draft) -> Sequence[PassageText]:
    return [PassageText("", part) for part in draft.text.split("\n\n") if part.strip()]


class Home:
    """A corpus, and a way into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = Corpus(folder / "home")
        self.database, self.documents = self.corpus.db, self.corpus.documents
        self.web = Web()
        self.sources = Sources(
            Visits(self.web, self.corpus.fetches),
            extract=extract,
            cloning=Cloning(folder=folder / "clones"),
            bounds=Bounds(bytes=100_000),
        )
        self.ingestor = Ingestor(self.corpus, self.sources, by_paragraph)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def add(self, source: str | Path = "", options: Options = Options(), **more: object) -> list[Outcome]:
        return list(self.ingestor.add(str(source or self.folder / "files"), options, **more))  # type: ignore[arg-type]

    def statuses(self, source: str | Path = "", options: Options = Options()) -> list[str]:
        return [outcome.status for outcome in self.add(source, options)]

    def revision(self) -> int:
        """How many transactions have written so far."""
        with self.database.read() as db:
            return int(db.execute("SELECT revision FROM state").fetchone()[0])

    def texts(self) -> set[str]:
        return {document.text for document in self.documents.get_many(self.documents.ids()).values()}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.database.close()


ITEM = Item(source="a.md", identity="file:///x/2024-11-07-database_fail-over.html.md.erb", read=lambda: Page(text=""))


def said(page: Page, options: Options) -> Draft:
    """The draft of a page with what a person says of it."""
    return with_mentions(to_draft(page, ITEM, Redaction.of(page, options.redact)), [mention_of(ITEM, options)])


# --- decide and to_draft


def test_decide_tells_by_the_digest() -> None:
    draft = Draft(identity="x", title="t", text="a")
    assert decide(None, draft) == "added"
    assert decide(draft_digest(draft), draft) == "unchanged"
    assert decide(draft_digest(Draft(identity="x", title="t", text="b")), draft) == "changed"


@pytest.mark.parametrize(
    ("front", "option", "seen"),
    [
        ("", None, None),
        ("visibility: members", None, "members"),
        ("visibility: public", None, None),  # a text opens itself to nobody
        ("", "members", "members"),
        ("", "public", "public"),
        ("visibility: members", "public", "members"),  # whoever says members is heard
    ],
)
def test_who_may_see_a_document_is_told_by_its_front_matter_and_by_a_person(
    home: Home, front: str, option: str | None, seen: str | None
) -> None:
    path = home.write("a.md", f"---\ntitle: A\n{front}\n---\n\nSome text of it.")
    (outcome,) = home.add(path, Options(visibility=option))  # type: ignore[arg-type]
    assert home.documents.get(outcome.id or "").visibility == seen


def test_what_is_kept_to_members_stays_so_when_it_is_joined_with_a_copy_and_split_off(home: Home) -> None:
    for name, visibility in (("a", None), ("b", "members")):
        draft = Draft(identity=f"test:{name}", title=name, text=name, visibility=visibility)  # type: ignore[arg-type]
        home.documents.put(draft, by_paragraph(draft))
    one, other = (home.documents.find(f"test:{name}").id for name in ("a", "b"))
    home.corpus.aliases.join(one, other, "a person said so")
    assert home.documents.get(one).visibility == "members"
    assert home.corpus.aliases.split("test:b").visibility == "members"


def test_a_draft_says_what_its_page_says_and_what_a_person_adds() -> None:
    page = Page(
        text="Text.",
        title=" A \n title ",
        kind="post-mortem",
        url="http://www.a.example/x/?utm_source=y",
        organization=" Acme  Ltd ",
        published="2024-11",
        tags=("DNS ", "cache"),
        language="en",
    )
    draft = said(page, Options(tags=("Cache", " Load  Balancer", "")))
    assert draft == Draft(
        identity="https://a.example/x",
        title="A title",
        text="Text.",
        kind="post-mortem",
        url="http://www.a.example/x/?utm_source=y",
        organization="Acme Ltd",
        published="2024-11",
        tags=("dns", "cache", "load balancer"),
        language="en",
        source="a.md",
    )


def test_control_characters_and_broken_surrogates_are_taken_out() -> None:
    page = Page(text="a\x00b\x07\r\nc\x0cd\ud800\te\x85f", title="t\x00\ni\x1b[31mt", tags=("x\x00y",))
    draft = to_draft(page, ITEM)
    assert (draft.text, draft.title, draft.tags) == ("ab\nc\nd\te\nf", "t i[31mt", ("xy",))


def test_lengths_are_bounded() -> None:
    draft = to_draft(Page(text="x", title="t" * 500, tags=tuple(map(str, range(50)))), ITEM)
    assert (len(draft.title), draft.title[-1], len(draft.tags)) == (300, "…", 20)


@pytest.mark.parametrize("url", ["/relative", "javascript:alert(1)", "mailto:a@b.example", "http://[", ""])
def test_only_a_web_address_is_an_address(url: str) -> None:
    draft = to_draft(Page(text="x", url=url, published="last week"), ITEM)
    assert (draft.url, draft.identity, draft.published) == (None, ITEM.identity, None)


@pytest.mark.parametrize(
    ("title", "kind"), [("How to review", "guidance"), ("Outage of May 3", "post-mortem"), ("Valves", "lesson")]
)
def test_the_kind_is_as_the_title_calls_it_unless_a_person_says(title: str, kind: str) -> None:
    assert to_draft(Page(text="x", title=title), ITEM).kind == kind
    assert said(Page(text="x", title=title), Options(kind="guidance")).kind == "guidance"


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        (ITEM.identity, "Database fail over"),
        ("file:///x/notes%20v1.2.txt", "Notes%20v1.2"),
        ("https://a.example/posts/The%20big_outage.html", "The big outage"),
        ("https://a.example", "A.example"),
        ("file:///x/2024-11-07.md", "2024 11 07"),
    ],
)
def test_a_document_without_title_is_called_by_the_end_of_its_address(identity: str, name: str) -> None:
    assert readable_name(identity) == name


# --- adding


def test_a_folder_is_added_once(home: Home) -> None:
    home.write("a.md", "# One\n\nFirst text.")
    home.write("b.txt", "Second text.")
    home.write("c.csv", "id,title,text\n1,Three,third\n2,Four,fourth\n")
    assert home.statuses() == ["added"] * 4
    revision = home.revision()
    assert home.statuses() == ["unchanged"] * 4
    assert (home.documents.count(), home.revision()) == (4, revision)


def test_a_change_changes_that_document_and_keeps_its_id(home: Home) -> None:
    path = home.write("a.md", "# One\n\nFirst text.")
    home.write("b.md", "# Two\n\nSecond text.")
    before = home.add()
    path.write_text("# One\n\nOther text.")
    after = home.add()
    assert [outcome.status for outcome in after] == ["changed", "unchanged"]
    assert [outcome.id for outcome in before] == [outcome.id for outcome in after]
    assert home.documents.get(str(after[0].id)).text == "Other text."


def test_a_dry_run_says_the_same_and_stores_nothing(home: Home) -> None:
    home.write("a.md", "# One\n\nFirst text.")
    home.write("b.md", "---\ntitle: none\n---\n")
    dry = home.add(options=Options(dry_run=True))
    assert (home.documents.count(), home.revision()) == (0, 0)
    assert home.add() == dry
    assert [outcome.status for outcome in dry] == ["added", "failed"]


def test_one_bad_item_is_its_own_failure_and_not_the_end(home: Home) -> None:
    home.write("a.md", "# One\n\nFirst text.")
    home.write("b.md", bytes(range(256)) * 20)
    home.write("c.md", b"Caf\xe9 au lait, and no more than that.")
    home.write("d.pdf", b"%PDF-1.4 nothing that follows is a PDF")
    home.write("e.txt", "x" * 100_001)
    home.write("f.json", '[{"text": "a"},\n{"te')
    home.write("g.csv", "a,b\n1,2\n")
    home.write("h.md", "")
    home.write("i.md", "Last text.")
    found = home.add()
    assert [outcome.status for outcome in found] == ["added", "failed", "added", *["failed"] * 5, "added"]
    assert home.texts() == {"First text.", "Café au lait, and no more than that.", "Last text."}
    for outcome in found:
        assert outcome.status == "added" or (outcome.error and "\n" not in outcome.error), outcome
        assert outcome.status == "added" or str(outcome.source) in str(outcome.error)


def test_a_source_that_is_not_there_is_one_failure(home: Home) -> None:
    [outcome] = home.add("missing.md")
    assert outcome == Outcome(source="missing.md", status="failed", error="missing.md: there is no such file or folder")


def test_a_mapped_column_that_is_not_there_is_one_failure(home: Home) -> None:
    path = home.write("a.csv", "Title,Body\na,b\n")
    [outcome] = home.add(path, Options(columns={"text": "Text"}))
    assert outcome.status == "failed"
    assert outcome.error == f"{path}: there is no column 'Text'; there are: Title, Body"


def test_a_web_page_goes_by_where_it_was_found(home: Home) -> None:
    body = b"<title>T</title><link rel=canonical href=https://victim.example/p><p>Some text that stands on the page."
    home.web.pages["http://a.example/old"] = ("https://www.a.example/new?utm_source=x", body)
    [outcome] = home.add("http://a.example/old")
    assert outcome.status == "added"
    assert home.documents.find("https://a.example/new").id == outcome.id
    assert home.statuses("http://a.example/old") == ["unchanged"]
    [failed] = home.add("http://a.example/none")
    assert (failed.status, failed.error) == ("failed", "http://a.example/none: the server answers 404 Not Found")


def test_standard_input(home: Home) -> None:
    [outcome] = home.add("-", stdin=b"Some text.")
    assert (outcome.status, outcome.source) == ("added", "standard input")
    assert [one.status for one in home.add("-", stdin=b"Some text.")] == ["unchanged"]


# --- one identity, several claims


def stating(url: str, text: str) -> str:
    return f"---\nurl: {url}\n---\n# Title\n\n{text}\n"


def test_two_files_that_state_one_address_are_two_as_long_as_they_differ(home: Home) -> None:
    url = "https://a.example/report"
    home.write("a.md", stating(url, "First text."))
    home.write("b.md", stating(url, "Second text."))
    home.write("c.md", stating(url + "?utm_source=x", "First text."))
    found = home.add()
    assert [outcome.status for outcome in found] == ["added", "added", "duplicate"]
    assert found[2].id == found[0].id == home.documents.find(url).id
    assert str(found[2].error).endswith("files/a.md")
    assert home.texts() == {"First text.", "Second text."}
    assert home.statuses() == ["unchanged", "unchanged", "duplicate"]


def test_the_second_of_two_claims_alone_does_not_take_the_first_ones_place(home: Home) -> None:
    home.write("a.md", stating("https://a.example/report", "First text."))
    second = home.write("b.md", stating("https://a.example/report", "Second text."))
    home.add()
    assert home.statuses(second) == ["unchanged"]
    second.write_text(stating("https://a.example/report", "Third text."))
    assert home.statuses(second) == ["changed"]
    assert home.texts() == {"First text.", "Third text."}


def test_rows_that_share_an_address_an_id_or_a_title_are_all_kept(home: Home) -> None:
    rows = [
        {"id": 1, "url": "https://a.example/board", "title": "t", "text": "one"},
        {"id": 2, "url": "https://a.example/board", "title": "t", "text": "two"},
        {"id": 3, "title": "t", "text": "three"},
        {"id": 3, "title": "t", "text": "four"},
        {"title": "Weekly", "text": "five"},
        {"title": "Weekly", "text": "six"},
        {"title": "Weekly", "text": "seven"},
        {"title": "Weekly", "text": "five"},
        {"text": "eight"},
        {"text": "nine"},
    ]
    home.write("a.json", json.dumps(rows))
    assert home.statuses() == ["added"] * 7 + ["duplicate", "added", "added"]
    assert home.texts() == {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    assert home.statuses() == ["unchanged"] * 7 + ["duplicate", "unchanged", "unchanged"]


def test_several_sources_can_be_one_run(home: Home) -> None:
    path = home.write("a.md", "# One\n\nFirst text.")
    seen = Seen()
    assert [home.add(path, seen=seen)[0].status for _ in range(2)] == ["added", "duplicate"]
    assert home.statuses(path) == ["unchanged"]


def test_two_documents_with_one_text_are_two_documents(home: Home) -> None:
    home.write("a.md", "# Same\n\nText.")
    home.write("b.md", "# Same\n\nText.")
    assert home.statuses() == ["added", "added"]


# --- the store


def test_each_item_is_stored_before_the_next_is_read(home: Home) -> None:
    for name in "abc":
        home.write(f"{name}.md", f"Text {name}.")
    run = home.ingestor.add(str(home.folder / "files"), Options())
    assert run.total == 3
    next(run)
    assert home.documents.count(Filter()) == 1


def test_a_store_that_cannot_be_used_ends_the_run(home: Home) -> None:
    home.write("a.md", "Text.")
    home.database.close()
    Path(home.database.path).write_bytes(b"this is no database" * 1000)
    for rest in ("-wal", "-shm"):
        Path(f"{home.database.path}{rest}").unlink(missing_ok=True)
    with pytest.raises(StoreUnusable):
        home.add()


def test_an_error_of_ours_is_not_hidden(home: Home) -> None:
    def broken(draft: Draft) -> Sequence[PassageText]:
        raise ZeroDivisionError

    home.write("a.md", "Text.")
    with pytest.raises(ZeroDivisionError):
        list(Ingestor(home.corpus, home.sources, broken).add(str(home.folder / "files"), Options()))
    assert home.documents.count() == 0


def test_a_file_name_that_is_no_text_is_stored_and_shown(home: Home) -> None:
    home.write("a.md", "One.")
    os.rename(home.folder / "files" / "a.md", os.fsencode(home.folder / "files") + b"/b\xff\nc.md")
    home.write("d\n.png", "")
    first, second = home.add()
    assert (first.status, second.status) == ("added", "skipped")
    for outcome in (first, second):
        assert f"{outcome.source}{outcome.error}".encode().isascii()
        assert "\n" not in outcome.source


def test_odd_characters_can_be_stored_and_found(home: Home) -> None:
    home.write("a.jsonl", json.dumps({"title": "a\ud800\u0000b", "text": "x\ud83dy \U0001f600", "tags": ["\ud800"]}))
    assert home.statuses() == ["added"]
    assert home.statuses() == ["unchanged"]
    with sqlite3.connect(home.database.path) as raw:
        assert raw.execute("SELECT title, text FROM documents").fetchall() == [("ab", "xy \U0001f600")]
    assert canonical("https://a.example/") == "https://a.example"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("At 14:02 the queue grew. At 14:10 we paged. At 15:30 it was over.", "post-mortem"),
        ("The queue grew and it was over by 15:30.", "lesson"),
        ("At 9:00, 12:00 and 15:00 the shift changes. " + "Nothing else tells the time. " * 300, "lesson"),
        ("At 14:02, 14:10 and 15:30 we took notes.\n\n## Lessons learned\n\nWrite things down.", "lesson"),
    ],
)
def test_a_text_that_tells_events_by_the_clock_is_a_post_mortem(text: str, kind: str) -> None:
    item = Item(source="a", identity="test:a", read=lambda: Page(text=text))
    assert to_draft(Page(text=text, title="Notes"), item).kind == kind
