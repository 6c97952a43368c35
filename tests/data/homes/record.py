"""Records a home as the code in this folder makes it: `python tests/data/homes/record.py > NAME.sql`, at each release.

Run with the code of an earlier state, from its folder, it records what that knew. `tests/corpus/test_earlier_homes.py`
opens them all.
"""

import os
import re
import sqlite3
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.getcwd())

from tests.fakes import Home

_OF_FULL_TEXT = re.compile("""(INSERT INTO|CREATE TABLE) ["']passages_(fts|terms)|PRAGMA writable_schema""")


def live_in(home: Home) -> None:
    """Something of each subject that the code at hand has."""
    corpus = home.corpus
    valve = home.put(
        "Valve", "# Causes\n\nThe valve stuck open.\n\n# Actions\n\nWe will inspect the valve each month.",
        url="https://example.org/valve", organization="Acme", published="2021-05", tags=("plant", "safety"),
    )  # fmt: skip
    disk = home.put("Disk", "The disk was full and the backup was empty.", kind="lesson")
    clock = home.put("Clock", "A leap second and the clock of Ångström.", kind="guidance")
    corpus.documents.remove(home.put("Crew", "The crew slept."))
    edited = corpus.documents.passages(disk)
    corpus.documents.edit(disk, {"title": "Disks", "tags": ["storage"]}, edited)
    corpus.collections.create("Reader", description="What to read first.")
    corpus.collections.add("reader", disk, "Before you need a backup.")
    corpus.collections.add("reader", valve, "")
    corpus.jobs.update(corpus.jobs.create({"url": "https://example.org/valve"}).id, "done", result={"added": 1})
    if hasattr(corpus, "subscriptions"):
        corpus.subscriptions.add("https://example.org/feed", {"tags": ["feed"]}, every=86_400)
        corpus.aliases.propose("test:Valve", "test:Clock", "event", "both tell of a valve", 0.5)
    if hasattr(corpus, "lifecycle"):
        corpus.lifecycle.say(valve, {"state": "verified", "owner": "Ada", "review_by": "2030-01-31"}, "Ada")
        corpus.lifecycle.say(clock, {"superseded_by": valve}, "Ben")
        corpus.feedback.give(valve, "search", "useful", query="valve")
        corpus.gaps.note("where is the manual", "told")
        corpus.accounts.set_role("Ada", "curator")
        corpus.accounts.create_token("Ada", ["read", "curate"])


def recorded(home: Path) -> str:
    """The database of a home as a script of SQL; full text is told by its declaration, and made from the passages."""
    with sqlite3.connect(home / "lessonry.db") as db:
        declared = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"))
        lines = []
        for line in db.iterdump():
            if line.startswith("INSERT INTO sqlite_master"):
                name = line.split("'")[3]
                lines.append(f"{declared[name]};")
                if "fts5vocab" not in declared[name]:
                    lines.append(f"INSERT INTO {name} ({name}) VALUES ('rebuild');")
            elif not _OF_FULL_TEXT.match(line):
                lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        with Home(Path(folder) / "home") as home:
            live_in(home)
        sys.stdout.write(recorded(Path(folder) / "home"))
