"""Sources: what is in a folder, what is left out and why, and one clear line for all that is not there."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from corpus.errors import IngestError, NothingToRead, SourceError, TooLarge, UnsupportedType
from corpus.types import Fetch
from ingest.checkouts import Cloning
from ingest.fetch import Fetched
from ingest.sources import Sources
from ingest.types import Bounds, Item, Items, Options, Outcome, Page
from ingest.visits import Visits


def plain_extract(body: bytes, *, name: str, content_type: str | None = None) -> Page:
    """A fake whose answer shows what it was given."""
    if b"\0" in body:
        raise UnsupportedType(name, "a binary file")
    return Page(text=body.decode(errors="replace"), title=content_type, url="https://stated.example/page")


class Web:
    """Pages by address; `fetched` is what was asked for."""

    def __init__(self, **pages: Fetched) -> None:
        self.pages: dict[str, Fetched] = pages
        self.fetched: list[str] = []

    def get(self, url: str) -> Fetched:
        self.fetched.append(url)
        return self.pages[url]


class Forgetful:
    """Remembers no fetches: each is the first."""

    def get(self, url: str) -> None: ...

    def kept(self, url: str) -> None: ...

    def put(self, fetch: Fetch, kept: bytes | None = None) -> None: ...


def find(
    source: str | Path,
    web: Web | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    max_bytes: int = 1000,
) -> Items:
    visits = Visits(web or Web(), Forgetful())
    sources = Sources(
        visits, extract=plain_extract, cloning=Cloning(folder=Path("never")), bounds=Bounds(bytes=max_bytes)
    )
    return sources.items(str(source), Options(columns=columns or {}), stdin=stdin)


def told(found: Items) -> dict[str, str]:
    """Last part of each source -> its text, or its status and why."""
    said = {}
    for item in found:
        if isinstance(item, Item):
            try:
                said[Path(item.source).name] = item.read().text
            except IngestError as error:
                said[Path(item.source).name] = str(error).rpartition(": ")[2]
        else:
            said[Path(item.source).name] = f"{item.status}: {(item.error or '').rpartition(': ')[2]}"
    return said


def only(found: Items) -> Item:
    [item] = found
    assert isinstance(item, Item)
    return item


def test_a_page_is_fetched_when_it_is_read_and_goes_by_where_it_was_found() -> None:
    web = Web()
    web.pages["http://www.a.example/x"] = Fetched(
        url="http://www.a.example/x", final_url="https://a.example/y?utm_source=z", content_type="text/html", body=b"hi"
    )
    item = only(find("http://www.a.example/x", web))
    assert item.identity == "https://a.example/x"
    page = item.read()
    assert (page.text, page.title, page.url) == ("hi", "text/html", "https://a.example/y?utm_source=z")
    assert web.fetched == ["http://www.a.example/x"]


def test_an_empty_answer_is_nothing_to_read() -> None:
    web = Web()
    web.pages["https://a.example/"] = Fetched(url="", final_url="", content_type=None, body=b" \n")
    with pytest.raises(NothingToRead, match="the answer is empty"):
        only(find("https://a.example/", web)).read()


def test_a_file_goes_by_its_resolved_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b.md").write_text("text")
    (tmp_path / "link.md").symlink_to(tmp_path / "a b.md")
    monkeypatch.chdir(tmp_path)
    address = (tmp_path / "a b.md").as_uri()
    for source in ("a b.md", "./a b.md", "link.md", address, address.replace("file://", "file://localhost")):
        item = only(find(source))
        assert item.identity == f"file://{tmp_path}/a b.md"
        assert (item.source, item.read().text) == (source, "text")


def test_a_folder_gives_its_documents_in_a_steady_order(tmp_path: Path) -> None:
    for name in ("z.md", "a.txt", "sub/b.md", "README", "photo.PNG", "x.tar.gz", "style.css", "app.js",
                 "package-lock.json", "poetry.lock", "tool.exe", "rows.csv", ".git/config.md", ".hidden.md",
                 "node_modules/m/README.md", "__pycache__/x.md", "empty.md", "big.txt", "cut.json"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    (tmp_path / "rows.csv").write_text("title,text\na,one\nb,two\n")
    (tmp_path / "empty.md").write_text("  \n")
    (tmp_path / "big.txt").write_text("x" * 1001)
    (tmp_path / "cut.json").write_text('[{"text": "a"},\n{"te')
    (tmp_path / "binary.md").write_bytes(b"\x00\x01")
    found = find(tmp_path)
    assert found.total == 16
    said = told(found)
    assert found.total == len(said) == 17
    assert said == {
        "README": "text",
        "a.txt": "text",
        "app.js": "skipped: source code is not a document",
        "big.txt": "larger than the limit of 0 MB (setting max_bytes)",
        "binary.md": "a binary file is not a format that Lessonry reads",
        "cut.json": "failed: the JSON ends too early (line 2)",
        "empty.md": "the file is empty",
        "package-lock.json": "skipped: a lock file is not a document",
        "photo.PNG": "skipped: an image is not a document",
        "poetry.lock": "skipped: a lock file is not a document",
        "rows.csv, row 2": "one",
        "rows.csv, row 3": "two",
        "style.css": "skipped: a style sheet is not a document",
        "tool.exe": "skipped: a program is not a document",
        "x.tar.gz": "skipped: an archive is not a document",
        "z.md": "text",
        "b.md": "text",
    }
    assert list(said)[-2:] == ["z.md", "b.md"]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    for folder in (outside, inside):
        folder.mkdir()
        (folder / "secret.md").write_text(folder.name)
    (inside / "file.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    (inside / "up").symlink_to(inside)
    (inside / "loop").symlink_to(inside / "loop")
    (inside / "same.md").symlink_to(inside / "secret.md")
    assert told(find(inside)) == {
        "file.md": "skipped: a link that leads out of the folder",
        "folder": "skipped: a link that leads out of the folder",
        "same.md": "inside",
        "secret.md": "inside",
    }


def test_a_pipe_in_a_folder_does_not_stop_everything(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "a.md").write_text("text")
    assert told(find(tmp_path)) == {"a.md": "text"}
    with pytest.raises(SourceError, match="no regular file"):
        find(tmp_path / "pipe.md")


def test_a_named_file_is_read_whatever_its_ending_says(tmp_path: Path) -> None:
    (tmp_path / "notes.css").write_text("text")
    assert only(find(tmp_path / "notes.css")).read().text == "text"


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    item = only(find(path, max_bytes=50_000_000))
    with pytest.raises(TooLarge, match=r"big.txt: larger than the limit of 50 MB \(setting max_bytes\)"):
        item.read()
    with pytest.raises(TooLarge):
        find(path.rename(tmp_path / "big.csv"), max_bytes=50_000_000)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").touch()
    with pytest.raises(NothingToRead, match=r"a\.md: the file is empty"):
        only(find(tmp_path / "a.md")).read()


def test_a_file_without_the_right_to_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text("text")

    def refused(*_: object) -> None:  # as the system would, to anyone but root
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(SourceError, match="may not be read; check its rights"):
        only(find(tmp_path / "a.md")).read()


def test_a_file_that_goes_away_in_between(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    item = only(find(tmp_path / "a.md"))
    (tmp_path / "a.md").unlink()
    with pytest.raises(SourceError, match="there is no such file or folder"):
        item.read()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("missing.md", "there is no such file or folder"),
        ("", "there is no such file or folder"),
        ("x" * 5000, "it cannot be read (File name too long)"),
        ("a\0b", "there is no such file or folder"),
        ("example.com/page", "there is no such file or folder; for a web page write https://example.com/page"),
        ("ftp://example.com/a", "ftp: addresses are not read, only http:, https: and file:"),
        ("javascript:alert(1)", "javascript: addresses are not read, only http:, https: and file:"),
        ("file://server/share/a.md", "a file: address of another machine; give a path of this one"),
        ("file:///no/such.md", "there is no such file or folder"),
    ],
)
def test_what_is_no_source_is_told_in_one_line(source: str, line: str) -> None:
    with pytest.raises(SourceError) as error:
        find(source)
    assert error.value.reason == line


def test_standard_input_is_told_apart_by_what_it_says() -> None:
    text = only(find("-", stdin=b"some text"))
    assert (text.source, text.read().text) == ("standard input", "some text")
    assert text.identity == only(find("-", stdin=b"some text")).identity != only(find("-", stdin=b"other")).identity
    assert list(told(find("-", stdin=b'{"text": "a"}\n{"text": "b"}')).values()) == ["a", "b"]
    assert list(told(find("-", stdin=b"x,y\n1,2\n", columns={"text": "y"})).values()) == ["2"]
    with pytest.raises(NothingToRead):
        find("-", stdin=b"")
    with pytest.raises(TooLarge):
        find("-", stdin=b"x" * 1001)


def test_the_number_of_items_grows_with_the_tables_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "b.jsonl").write_text('{"text": "x"}\n' * 5)
    found = find(tmp_path)
    totals = [found.total for _ in found]
    assert (totals, found.total) == ([2, 6, 6, 6, 6, 6], 6)
    assert find(tmp_path / "b.jsonl").total == 5


def test_outcomes_of_a_folder_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    [outcome] = find(tmp_path)
    assert isinstance(outcome, Outcome)
    assert (outcome.status, outcome.source) == ("failed", str(tmp_path / "a.csv"))
    assert "--map text=COLUMN" in (outcome.error or "")
