"""The pack that browsers fetch: built when the corpus has changed, and kept as a file of its own."""

import gzip
import hashlib
import json
import threading
from pathlib import Path

from filelock import FileLock

from api.wiring import Lessonry
from corpus.clock import now
from corpus.mending import writing
from search import pack, pack_format, static_model

_KEPT = 2
"""Packs that stay: that in force, and the one before it for who is just fetching it."""


class Packs:
    """The packs of one home, for those who see these parts of it. Safe from several threads and processes."""

    def __init__(self, parts: Lessonry, name: str = "") -> None:
        self._parts = parts
        self._name = name
        self._folder = parts.settings.home / "packs" / name
        self._building: threading.Thread | None = None
        self._failed: Exception | None = None
        self._lock = threading.Lock()

    def key(self) -> str:
        """Names the pack of the corpus as it is now."""
        wrong_in, encoder = self._parts.settings.pages_per_wrong_suggestion, self._parts.encoder
        made_of = [pack_format.VERSION, encoder.id, *self._parts.corpus.changes.position(), wrong_in]
        if self._name:
            made_of += [self._name, self._parts.settings.default_visibility]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]

    def path(self, wait: float) -> Path | None:
        """The file of the pack in force, as gzip has it; None if that is still being built after so many seconds.

        What hinders the building is raised, and tried anew the next time.
        """
        path = self._folder / f"{self.key()}.gz"
        if path.exists():
            return path
        with self._lock:
            if self._building is None or not self._building.is_alive():
                self._failed = None
                self._building = threading.Thread(target=self._try, args=(path,), name="pack", daemon=True)
                self._building.start()
            building = self._building
        building.join(wait)
        if self._failed is not None:
            raise self._failed
        return path if path.exists() else None

    def _try(self, path: Path) -> None:
        try:
            with writing(path):
                self._build(path)
        except Exception as error:  # told to who asks for the pack
            self._failed = error

    def _build(self, path: Path) -> None:
        parts = self._parts
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "lock"):
            if path.exists():
                return
            parts.indexer.catch_up()
            lineage, revision = parts.corpus.changes.position()
            base = static_model.distilled(parts.encoder, static_model.vocabulary(), parts.settings.models)
            told = {"encoder": parts.encoder.id, "lineage": lineage, "revision": revision, "made": now()}
            partial = path.with_suffix(".partial")
            built = pack.build(parts.corpus, parts.indexer, base, parts.settings.pages_per_wrong_suggestion, told)
            partial.write_bytes(gzip.compress(built, 6, mtime=0))
            partial.replace(path)
            kept = sorted(self._folder.glob("*.gz"), key=lambda one: one.stat().st_mtime)
            for old in kept[:-_KEPT]:
                old.unlink(missing_ok=True)
