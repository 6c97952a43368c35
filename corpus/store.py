"""Corpus: the truth of one home, put together from its parts. Backup and restore of the whole."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from corpus.accounts import Accounts
from corpus.actions import Actions
from corpus.aliases import Aliases
from corpus.changes import ChangeLog
from corpus.clock import now
from corpus.collection_state import Visibility
from corpus.collections import Collections
from corpus.database import Database
from corpus.documents import Documents
from corpus.edits import Edits
from corpus.errors import BundleError, StoreUnusable
from corpus.facets import Facets
from corpus.feedback import Feedback
from corpus.fetches import Fetches
from corpus.fingerprints import Fingerprints
from corpus.fulltext import FullText
from corpus.gaps import Gaps
from corpus.jobs import Jobs
from corpus.lifecycle import Lifecycle
from corpus.mending import mendable, writing
from corpus.mentions import Mentions
from corpus.patterns import Patterns
from corpus.public import only_public
from corpus.review_queue import ReviewQueue
from corpus.subscriptions import Subscriptions
from corpus.vocabulary import Vocabulary

FILE = "lessonry.db"
_DISAGREES = "the full-text index does not agree with the passages"


class Corpus:
    """Everything that is known in one home folder. Raises StoreUnusable and SchemaTooNew on opening.

    `views` make it what some may see of it; see `as_strangers_see`.
    """

    def __init__(self, home: Path, views: str = "") -> None:
        self.home = home
        self.db = Database(home / FILE, views)
        self.documents = Documents(self.db)
        self.facets = Facets(self.db)
        self.collections = Collections(self.db, self.documents)
        self.reviews = ReviewQueue(self.db, self.documents)
        self.aliases = Aliases(self.db, self.documents)
        self.fingerprints = Fingerprints(self.db)
        self.changes = ChangeLog(self.db)
        self.fulltext = FullText(self.db, partial=bool(views))
        self.jobs = Jobs(self.db)
        self.fetches = Fetches(self.db)
        self.mentions = Mentions(self.db)
        self.subscriptions = Subscriptions(self.db)
        self.lifecycle = Lifecycle(self.db, self.documents)
        self.actions = Actions(self.db, self.documents)
        self.feedback = Feedback(self.db, self.documents)
        self.edits = Edits(self.db)
        self.gaps = Gaps(self.db, self.documents)
        self.vocabulary = Vocabulary(self.db)
        self.accounts = Accounts(self.db)
        self.patterns = Patterns(self.db)
        if not views:
            self.vocabulary.catch_up()
            self.patterns.catch_up()

    def as_strangers_see(self, unsaid: Visibility) -> "Corpus":
        """What is public of it, and nothing else. `unsaid`: what documents are of which nobody said anything."""
        return Corpus(self.home, only_public(unsaid))

    def problems(self) -> list[str]:
        """What is wrong with the database, one line each: its pages, its references, its full text."""
        found: list[str] = []
        with self.db.read() as db:
            found += [row[0] for row in db.execute("PRAGMA integrity_check(10)") if row[0] != "ok"]
            found += [f"a row of {row[0]} points at nothing" for row in db.execute("PRAGMA foreign_key_check")]
        try:
            with self.db.snapshot() as db:  # the check is spelled as a write; nothing of it is kept
                db.execute("INSERT INTO passages_fts (passages_fts, rank) VALUES ('integrity-check', 1)")
        except StoreUnusable as error:
            damaged = getattr(error.__cause__, "sqlite_errorname", "").startswith("SQLITE_CORRUPT")
            found.append(_DISAGREES if damaged else f"the full-text index cannot be checked: {error}")
        return found

    def rebuild_fulltext(self) -> None:
        """Make the full-text index anew from the passages."""
        with self.db.write() as db:
            db.execute("INSERT INTO passages_fts (passages_fts) VALUES ('rebuild')")

    def backup(self, target: Path) -> None:
        """Write the whole database to one file, while it is in use; checked and complete, or not there at all."""
        partial = target.with_name(target.name + ".partial")
        try:
            with writing(target):
                partial.unlink(missing_ok=True)
                partial.touch()  # a place that cannot be written is said here, by its own name
                with self.db.read() as db, mendable(target):
                    db.execute("VACUUM INTO ?", [str(partial)])
                with partial.open("rb") as file:
                    os.fsync(file.fileno())
                if fault := _fault(partial):
                    raise StoreUnusable(target, f"{fault}; check the disk")
                partial.replace(target)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def __enter__(self) -> "Corpus":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def restore_backup(source: Path, home: Path) -> None:
    """Put a backup in the place of a home's database, in one transaction of the database itself.

    The backup is checked first; other processes go on and see the restored state. BundleError
    if it is not a backup, SchemaTooNew if it is one of a newer version; then nothing has changed.
    A damaged database is set aside, under a name that says so.
    """
    if not source.is_file():
        raise BundleError(source, "there is no such file")
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
        _put_in_place(source, home)


def _put_in_place(source: Path, home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home, prefix="restore-") as folder:
        prepared = Path(folder) / FILE
        shutil.copyfile(source, prepared)
        _check(prepared, source)
        revision = _revision_to_pass(home)
        with Corpus(Path(folder)) as copy, copy.db.write() as db:
            db.execute("UPDATE state SET revision = max(revision, ?) + 1, lineage = hex(randomblob(8))", [revision])
        with closing(sqlite3.connect(prepared)) as ready, closing(sqlite3.connect(home / FILE, timeout=30)) as target:
            _fit(ready, target)
            ready.backup(target)


def _fit(ready: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Give a database pages of the size of another's, if that has any: else it could not take its place."""
    mine, size, pages = (
        one.execute(f"PRAGMA {name}").fetchone()[0]
        for one, name in ((ready, "page_size"), (target, "page_size"), (target, "page_count"))
    )
    if pages and mine != size:
        ready.execute("PRAGMA journal_mode = DELETE")
        ready.execute(f"PRAGMA page_size = {size}")
        ready.execute("VACUUM")


def _revision_to_pass(home: Path) -> int:
    """The revision of the home as it is; a database that is damaged is set aside and counts as none."""
    try:
        with Corpus(home) as current:
            return current.changes.position()[1]
    except StoreUnusable as error:
        if not getattr(error.__cause__, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise
    stamp = now().replace(":", "")
    for suffix in ("", "-wal", "-shm"):
        if (path := home / (FILE + suffix)).exists():
            path.replace(home / f"damaged-{stamp}-{FILE}{suffix}")
    return 0


def _check(path: Path, shown: Path) -> None:
    if fault := _fault(path):
        raise BundleError(shown, f"{fault}; nothing was changed")


def _fault(path: Path) -> str:
    """What is wrong with a backup; empty if it is whole."""
    try:
        with closing(sqlite3.connect(path)) as backup:
            verdict = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
            backup.execute("SELECT lineage FROM state").fetchone()
    except sqlite3.DatabaseError as error:
        return f"this is not a backup of Lessonry ({error})"
    return "" if verdict == "ok" else "the backup is damaged"
