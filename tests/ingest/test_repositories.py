"""Repositories: made by git in the tests, read back from it; hostile ones too."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.errors import Refused, SourceError, Unreachable
from ingest import repositories
from ingest.git import GitFailed
from ingest.repositories import clone_or_update, file_dates, folder_of, is_repository, web_address

ENOUGH = 50_000_000


class Author:
    """Somebody with a repository."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "--quiet", "--initial-branch=main", str(path), at=None)

    def git(self, *arguments: str, day: str = "2020-01-01", at: Path | None = Path()) -> None:
        said = dict.fromkeys(
            (f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")), "a"
        )
        days = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        where = [] if at is None else ["-C", str(self.path)]
        subprocess.run(["git", *where, *arguments], env=environment | said | days, check=True, capture_output=True)

    def commit(self, day: str, **files: str) -> None:
        """`a__b_md` stands for a/b.md."""
        for name, text in files.items():
            path = self.path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=x", day=day)

    def move(self, old: str, new: str) -> None:
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", old, new)


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path / "theirs")


def cloned(author: Author, *, most_bytes: int = ENOUGH, seconds: float = 60) -> Path:
    into = author.path.parent / "cache" / "ours"
    return clone_or_update(str(author.path), into, seconds=seconds, most_bytes=most_bytes, allow_private=False)


LINES = "".join(f"line {number}\n" for number in range(50))


def test_a_clone_is_had_and_kept_up_to_date(author: Author) -> None:
    author.commit("2020-01-01", a_md="one", docs__b_md="b")
    into = cloned(author)
    assert is_repository(into)
    assert not is_repository(into / "docs")
    assert (into / "a.md").read_text() == "one"
    author.commit("2021-01-01", a_md="two")
    author.git("rm", "--quiet", "docs/b.md")
    author.commit("2021-01-02")
    assert cloned(author) == into
    assert (into / "a.md").read_text() == "two"
    assert not (into / "docs").exists()
    assert [path.name for path in into.parent.iterdir()] == ["ours"]


def test_a_history_that_was_written_anew_is_followed(author: Author) -> None:
    author.commit("2020-01-01", a_md="one")
    into = cloned(author)
    (into / "a.md").write_text("changed by somebody")
    author.git("commit", "--quiet", "--amend", "--message=other", day="2022-02-02")
    author.git("branch", "--move", "trunk")
    author.commit("2023-01-01", b_md="b")
    cloned(author)
    assert (into / "a.md").read_text() == "one"
    assert file_dates(into, ".") == {"a.md": ("2020-01-01", "2020-01-01"), "b.md": ("2023-01-01", "2023-01-01")}


def test_a_server_that_can_filter_keeps_the_old_contents(author: Author) -> None:
    author.git("config", "uploadpack.allowFilter", "true")
    author.commit("2020-01-01", a_md=LINES, b_md="b")
    author.commit("2020-02-01", a_md="new")
    author.move("b.md", "docs/b.md")
    author.commit("2020-03-01")
    into = cloned(author)
    assert list((into / ".git/objects/pack").glob("*.promisor"))
    assert file_dates(into, "") == {"a.md": ("2020-01-01", "2020-02-01"), "docs/b.md": ("2020-01-01", "2020-03-01")}
    author.commit("2020-04-01", a_md="newer")
    assert (cloned(author) / "a.md").read_text() == "newer"


def test_dates_of_the_first_and_the_last_commit(author: Author) -> None:
    author.commit("2020-01-01", docs__a_md="1", docs__b_md="1", other_md="1", docs2__c_md="1")
    author.commit("2020-03-01", docs__a_md="2")
    author.commit("2019-05-05", docs__a_md="3")  # a clock that went wrong
    assert file_dates(author.path, "docs") == {
        "docs/a.md": ("2019-05-05", "2020-03-01"),
        "docs/b.md": ("2020-01-01", "2020-01-01"),
    }
    assert set(file_dates(author.path, ".")) == {"docs/a.md", "docs/b.md", "other.md", "docs2/c.md"}


def test_renames_are_followed_and_what_is_gone_is_not_told(author: Author) -> None:
    author.commit("2020-01-01", a_md=LINES, gone_md="gone")
    author.move("a.md", "docs/b.md")
    author.commit("2020-02-01", docs__b_md=LINES + "and more\n")
    author.git("rm", "--quiet", "gone.md")
    author.commit("2020-03-01", a_md="another text under the old name")
    author.move("docs/b.md", "docs/ü \n\tc.md")
    author.commit("2020-04-01")
    assert file_dates(author.path, "") == {
        "docs/ü \n\tc.md": ("2020-01-01", "2020-04-01"),
        "a.md": ("2020-03-01", "2020-03-01"),
    }


def test_names_that_were_swapped(author: Author) -> None:
    author.commit("2020-01-01", a_md=LINES)
    author.commit("2021-01-01", b_md=LINES.upper())
    for old, new in (("a.md", "c.md"), ("b.md", "a.md"), ("c.md", "b.md")):
        author.move(old, new)
    author.commit("2022-01-01")
    dates = file_dates(author.path, "")
    assert dates["b.md"][1] == dates["a.md"][1] == "2022-01-01"


def test_a_second_working_tree_has_the_same_dates(author: Author, tmp_path: Path) -> None:
    author.commit("2020-01-01", a_md="a")
    author.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "second"))
    assert is_repository(tmp_path / "second")
    assert file_dates(tmp_path / "second", "") == {"a.md": ("2020-01-01", "2020-01-01")}


def test_both_sides_of_a_merge_count(author: Author) -> None:
    author.commit("2020-01-01", a_md="a")
    author.git("switch", "--quiet", "--create", "side")
    author.commit("2020-02-01", b_md="b")
    author.git("switch", "--quiet", "main")
    author.commit("2020-03-01", a_md="aa")
    author.git("merge", "--quiet", "--no-edit", "side", day="2020-04-01")
    assert file_dates(author.path, "") == {"a.md": ("2020-01-01", "2020-03-01"), "b.md": ("2020-02-01", "2020-02-01")}


# --- what goes wrong


def test_too_large_and_too_slow_leave_nothing_behind(author: Author) -> None:
    author.commit("2020-01-01", a_md=LINES * 1000)
    with pytest.raises(SourceError, match="larger than the limit of 0 MB"):
        cloned(author, most_bytes=100_000)
    with pytest.raises(SourceError, match=r"git was not done within 1e-06 s"):
        cloned(author, seconds=1e-6)
    assert list((author.path.parent / "cache").iterdir()) == []


def test_an_update_that_meets_a_limit_is_made_up_for(author: Author) -> None:
    author.commit("2020-01-01", a_md="one")
    into = cloned(author)
    author.commit("2020-02-01", a_md="two", b_md=LINES * 1000)
    with pytest.raises(SourceError, match="larger than"):
        cloned(author, most_bytes=100_000)
    assert (into / "a.md").read_text() in ("one", "two")
    (into / ".git/index.lock").touch()
    assert (cloned(author) / "a.md").read_text() == "two"


def test_what_is_no_repository(tmp_path: Path, author: Author) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(Unreachable, match="no such git repository"):
        clone_or_update(str(tmp_path / "plain"), tmp_path / "c", seconds=60, most_bytes=ENOUGH, allow_private=False)
    with pytest.raises(Unreachable, match="no such git repository"):
        file_dates(tmp_path / "plain", "")
    with pytest.raises(Unreachable, match="nothing in this repository yet"):
        file_dates(author.path, "")


def test_another_folder_is_never_touched(tmp_path: Path, author: Author) -> None:
    author.commit("2020-01-01", a_md="a")
    mine = Author(tmp_path / "mine")
    for into in (mine.path, tmp_path / "plain"):
        into.mkdir(exist_ok=True)
        (into / "keep.md").write_text("kept")
        with pytest.raises(SourceError, match="holds something else"):
            clone_or_update(str(author.path), into, seconds=60, most_bytes=ENOUGH, allow_private=False)
        assert (into / "keep.md").read_text() == "kept"


@pytest.mark.parametrize(
    "address",
    ["ext::sh -c touch% hacked", "ssh://git@github.com/o/r", "git@github.com:o/r.git", "git://github.com/o/r",
     "--upload-pack=touch hacked", "file:///nowhere", "https://me:secret@github.com/o/r", "http://127.0.0.1/r.git",
     "http://localhost/r.git", "http://[::1]/r.git", "http://10.0.0.1/r"],
)  # fmt: skip
def test_addresses_that_are_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(Refused) as error:
        clone_or_update(address, tmp_path / "c", seconds=60, most_bytes=ENOUGH, allow_private=False)
    assert "secret" not in str(error.value)


@contextmanager
def answering(status: int, **headers: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/o/r.git"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "headers", "line"),
    [
        (404, {}, "there is no such git repository"),
        (401, {"WWW_Authenticate": 'Basic realm="x"'}, "or it asks for a password"),
        (500, {}, r"git cannot read it \(.*500\)"),
    ],
)
def test_servers_that_have_none(tmp_path: Path, status: int, headers: dict[str, str], line: str) -> None:
    with answering(status, **headers) as address, pytest.raises((Unreachable, SourceError), match=line):
        clone_or_update(address, tmp_path / "c", seconds=60, most_bytes=ENOUGH, allow_private=True)
    assert list(tmp_path.iterdir()) == []


def test_git_goes_where_the_check_went_and_follows_nobody_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is resolved once, by us; a redirect to anywhere is not followed."""
    monkeypatch.setattr(repositories, "checked_addresses", lambda host, port, seconds: ["127.0.0.1"])
    with answering(302, Location="http://10.0.0.1/inside") as address:
        named = address.replace("127.0.0.1", "public.invalid")
        with pytest.raises(Unreachable, match=r"^http://public\.invalid.*it has moved; give the address"):
            clone_or_update(named, tmp_path / "c", seconds=60, most_bytes=ENOUGH, allow_private=False)


def test_nothing_of_a_repository_is_run(author: Author, tmp_path: Path) -> None:
    author.commit("2020-01-01", _gitattributes="*.md filter=evil diff=evil\n", a_md="a")
    evil = f"touch {tmp_path}/hacked"
    for name in ("core.fsmonitor", "core.pager", "filter.evil.smudge", "filter.evil.clean", "diff.external",
                 "diff.evil.textconv", "core.sshCommand", "gpg.program", "uploadpack.packObjectsHook"):  # fmt: skip
        author.git("config", name, evil)
    author.git("config", "log.showSignature", "true")
    hook = author.path / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{evil}\n")
    hook.chmod(0o755)
    into = cloned(author)
    assert file_dates(author.path, "").keys() == file_dates(into, "").keys() == {".gitattributes", "a.md"}
    assert not (tmp_path / "hacked").exists()


def test_submodules_stay_away_and_links_do_not_lead_out(author: Author, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (author.path / "docs").symlink_to(tmp_path / "secret")
    other = Author(tmp_path / "other")
    other.commit("2020-01-01", inside_md="x")
    author.git("-c", "protocol.file.allow=always", "submodule", "add", str(other.path), "sub")
    author.commit("2020-01-01", real__a_md="a")
    into = cloned(author)
    assert list((into / "sub").iterdir()) == []
    assert folder_of(into, "real").is_dir()
    for folder, line in (("docs", "leads out"), ("..", "leads out"), ("/", "leads out"), ("none", "no such folder")):
        with pytest.raises(SourceError, match=line):
            folder_of(into, folder)


def test_without_git_it_says_so(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SourceError, match="git is not installed"):
        file_dates(author.path, "")


def test_what_git_says_is_one_plain_line() -> None:
    assert GitFailed("warning: x\nfatal: bad \x1b[31mthing\x07\nmore\n").line == "bad ?[31mthing?"
    assert len(GitFailed("x" * 5000).line) == 200
    assert GitFailed("").line == "it did not say why"


@pytest.mark.parametrize(
    ("clone_url", "page"),
    [
        ("https://github.com/o/r", "https://github.com/o/r/blob/HEAD/a%20b/%C3%BC.md"),
        ("https://github.com/o/r.git", "https://github.com/o/r/blob/HEAD/a%20b/%C3%BC.md"),
        ("git@github.com:o/r.git", "https://github.com/o/r/blob/HEAD/a%20b/%C3%BC.md"),
        ("ssh://git@gitlab.com:22/g/s/r.git", "https://gitlab.com/g/s/r/-/blob/HEAD/a%20b/%C3%BC.md"),
        ("https://gitlab.example.org/g/r/", "https://gitlab.example.org/g/r/-/blob/HEAD/a%20b/%C3%BC.md"),
        ("https://github.com/o", None), ("https://example.org/o/r", None), ("/home/me/r", None), ("", None),
        ("https://me:secret@github.com/o/r", None), ("file:///github.com/o/r", None), ("http://[", None),
    ],
)  # fmt: skip
def test_where_a_file_is_on_the_web(clone_url: str, page: str | None) -> None:
    assert web_address(clone_url, "a b/ü.md") == page
