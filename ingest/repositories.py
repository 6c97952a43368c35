"""Folders of git repositories: had and kept up to date, when their files were written, where they are on the web."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from urllib.parse import quote, urlsplit

from corpus.errors import FetchError, Refused, SourceError, Unreachable
from corpus.mending import writing
from ingest.addresses import check_url, checked_addresses
from ingest.git import Git, GitFailed

_LOG_SECONDS = 300.0
_DAY = re.compile(r"\x01(\d{4}-\d\d-\d\d)?")
_SSH = re.compile(r"(?:ssh://)?[\w.-]+@([\w.-]+)(?::\d+/|[:/])(?!/)(.+)")
_FAULTS = {
    "could not resolve host": "there is no such host, or no network",
    "could not read username|authentication failed": "there is no such repository, or it asks for a password",
    "returned error: 404|not found|not a git repository|not appear to be": "there is no such git repository",
    "returned error: 30": "it has moved; give the address that it leads to",
    "dubious ownership": "it belongs to somebody else, so git does not open it",
    "does not have any commits|find remote ref": "there is nothing in this repository yet",
}
Change = tuple[str, str, str]
"""What happened to a file (A, M, D, R, ...), its name before, its name after."""


def is_repository(path: Path) -> bool:
    """True for the top folder of a git working tree."""
    return os.path.exists(path / ".git")


def is_bare(path: Path) -> bool:
    """True for a git repository without a working tree."""
    return all(os.path.exists(path / name) for name in ("HEAD", "objects", "refs"))


def clone_or_update(address: str, into: Path, *, seconds: float, most_bytes: int, allow_private: bool) -> Path:
    """Have the newest state of a repository, with its history, in the folder `into`; returns that.

    `address` is an http(s) address, or the path of a repository on this machine. `seconds` and `most_bytes` are for
    all of it. Raises Refused, Unreachable or SourceError; what was in `into` is then still there, or half replaced by
    what is newer, which the next call mends.
    """
    try:
        url, git = _opened(address, seconds, allow_private=allow_private)
        if not into.exists():
            _clone(git, url, into, most_bytes)
        elif is_repository(into) and _origin(git, into) == url:
            _update(git, into, most_bytes)
        else:
            raise SourceError(address, f"{into} holds something else; move that away")
    except GitFailed as error:
        raise _told(address, error) from error
    return into


def folder_of(repo: Path, folder: str) -> Path:
    """A folder in a repository; SourceError if there is none, or if a link leads out of the repository."""
    path = repo / folder
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(repo)):
        raise SourceError(str(path), "this leads out of the repository")
    if not path.is_dir():
        raise SourceError(str(path), "there is no such folder in the repository")
    return path


def file_dates(repo: Path, folder: str) -> dict[str, tuple[str, str]]:
    """The days (YYYY-MM-DD, as their authors state) of the first and the last commit to each file of a folder.

    By path in the repository. Files are followed through renames; where a clone came without old contents, only
    through those that changed nothing else. Raises SourceError or Unreachable.
    """
    partial = any((repo / ".git" / "objects" / "pack").glob("*.promisor"))  # nothing is fetched just to compare
    options = ["-z", "--format=%x01%as", "--name-status", "--date-order", "--no-relative", "--no-ext-diff"]
    command = [*_in(repo), "-c", "log.showRoot=true", "log", *options, f"-M{'100%' if partial else '50%'}", "--"]
    dates: dict[str, tuple[str, str]] = {}
    try:
        for day, name in _touched(_commits(Git(str(repo), _LOG_SECONDS).tokens(*command))):
            first, last = dates.get(name, (day, day))
            dates[name] = min(first, day), max(last, day)
    except GitFailed as error:
        raise _told(str(repo), error) from error
    within = folder.strip("/").removeprefix(".")
    return {name: days for name, days in dates.items() if not within or name.startswith(f"{within}/")}


def web_address(clone_url: str, path: str) -> str | None:
    """Where a file of a repository can be read on the web, None if that is not known of its host.

    >>> web_address("git@github.com:danluu/post-mortems.git", "README.md")
    'https://github.com/danluu/post-mortems/blob/HEAD/README.md'
    """
    ssh = _SSH.fullmatch(clone_url)
    try:
        parts = urlsplit(f"https://{ssh[1]}/{ssh[2]}" if ssh else clone_url)
    except ValueError:
        return None
    host, repository = parts.netloc.lower(), parts.path.strip("/").removesuffix(".git")
    if parts.scheme not in ("http", "https") or "@" in host:
        return None
    if host == "github.com" and repository.count("/") == 1:
        return f"https://{host}/{repository}/blob/HEAD/{quote(path)}"
    if host.split(".")[0] == "gitlab" and "/" in repository:
        return f"https://{host}/{repository}/-/blob/HEAD/{quote(path)}"
    return None


def _opened(address: str, seconds: float, *, allow_private: bool) -> tuple[str, Git]:
    """The address as git is to have it, and a git that can go nowhere else."""
    with suppress(OSError, ValueError):  # a name that no file can have
        if Path(address).exists():
            return Path(address).resolve().as_uri(), Git(address, seconds, protocols="file")
    parts = check_url(address)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if allow_private:
        return address, Git(address, seconds, protocols="http:https")
    try:
        found = checked_addresses(host, port, seconds=seconds)
    except FetchError as error:
        raise (Refused if isinstance(error, Refused) else Unreachable)(address, error.reason) from error
    except TimeoutError as error:
        raise Unreachable(address, f"no answer within {seconds:g} s") from error
    pinned = f"http.curloptResolve={host}:{port}:{','.join(_bracketed(ip) for ip in found)}"
    options = ["http.followRedirects=false", *([] if host in found else [pinned])]
    return address, Git(address, seconds, protocols="http:https", options=options)


def _bracketed(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _in(repo: Path) -> list[str]:
    """Names the repository, so that git does not look for one in the folders above."""
    return [f"--git-dir={repo / '.git'}", f"--work-tree={repo}"]


def _origin(git: Git, repo: Path) -> str:
    return next(git.tokens(*_in(repo), "config", "-z", "--default", "", "--get", "remote.origin.url"))


def _clone(git: Git, url: str, into: Path, most_bytes: int) -> None:
    """Without the contents of old versions, if the server can do that: their dates are enough."""
    with writing(into):
        into.parent.mkdir(parents=True, exist_ok=True)
    fresh = into.with_name(f"{into.name}.new")
    command = ["clone", "--quiet", "--template=", "--no-tags", "--single-branch", "--no-recurse-submodules"]
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            git.run(*command, "--filter=blob:none", "--", url, str(fresh), grows=fresh, most_bytes=most_bytes)
        except GitFailed as error:
            if not re.search("filter|promisor", error.said):
                raise
            shutil.rmtree(fresh, ignore_errors=True)
            git.run(*command, "--", url, str(fresh), grows=fresh, most_bytes=most_bytes)
        fresh.rename(into)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _update(git: Git, into: Path, most_bytes: int) -> None:
    (into / ".git" / "index.lock").unlink(missing_ok=True)  # of a git that was ended by force
    fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--force", "origin", "HEAD"]
    for command in (fetch, ["reset", "--quiet", "--hard", "FETCH_HEAD"]):
        git.run(*_in(into), *command, grows=into, most_bytes=most_bytes)


def _told(source: str, error: GitFailed) -> SourceError | Unreachable:
    for pattern, reason in _FAULTS.items():
        if re.search(pattern, error.said, re.IGNORECASE):
            return Unreachable(source, reason)
    return SourceError(source, f"git cannot read it ({error.line})")


def _commits(tokens: Iterator[str]) -> Iterator[tuple[str, list[Change]]]:
    """The day and the changes of each commit, the newest first; those without changes left out."""
    day, changes = "", list[Change]()
    for token in chain(tokens, "\x01"):
        header = _DAY.fullmatch(token)
        if header:
            if changes and day:
                yield day, changes
            day, changes = header[1] or "", []
        elif letter := token.strip()[:1]:
            before = next(tokens)
            changes.append((letter, before, next(tokens) if letter in "RC" else before))


def _touched(commits: Iterator[tuple[str, list[Change]]]) -> Iterator[tuple[str, str]]:
    """(a day, the present name of a file that was written on it), for all files that there still are."""
    names: dict[str, str | None] = {}
    for day, changes in commits:
        now = [names.setdefault(after, None if letter == "D" else after) for letter, _, after in changes]
        written = [(change, name) for change, name in zip(changes, now, strict=True) if change[0] != "D"]
        yield from ((day, name) for _, name in written if name is not None)
        renamed = [(change, name) for change, name in written if change[0] == "R"]
        names |= {after: None for (_, _, after), _ in renamed}
        names |= {before: name for (_, before, _), name in renamed}  # after that: names may have been swapped
