"""What /readyz tells: whether requests should be sent here, what is to be mended if not, what is missing if so."""

import tempfile
from pathlib import Path
from typing import Any

from api.wiring import Lessonry
from corpus.errors import EncoderMissing, SearchError, StoreUnusable
from corpus.mending import writing

_MUCH = 0.1
"""An index that lacks more than this share of the passages is behind; one that lacks less is only not complete."""


def readiness(lessonry: Lessonry) -> dict[str, Any]:
    """The state of one home. `why`: what keeps it from being ready. StoreUnusable if the store cannot be read."""
    why = [*_model(lessonry), *_storage(lessonry.settings.home)]
    held = lessonry.indexer.index.manifest
    stored = lessonry.corpus.changes.passage_count()
    degraded = None
    if not why:
        why, degraded = _index(lessonry, stored)
        held = lessonry.indexer.index.manifest
    return {
        "status": "not ready" if why else "ready",
        "why": why,
        "degraded": degraded,
        "revision": lessonry.corpus.changes.position()[1],
        "index": {
            "encoder": held.encoder,
            "count": held.count,
            "revision": held.revision,
            "generation": lessonry.indexer.index.generation,
            "lag": lessonry.indexer.lag,
            "pending": lessonry.indexer.pending,
        },
    }


def _model(lessonry: Lessonry) -> list[str]:
    try:
        lessonry.encoder.measure(["ready"])
    except EncoderMissing as error:
        return [f"the model is missing: {error}"]
    return []


def _storage(home: Path) -> list[str]:
    """Is there room, and the right, to write a page of a database?"""
    try:
        with writing(home), tempfile.TemporaryFile(dir=home) as file:
            file.write(bytes(4096))
            file.flush()
    except StoreUnusable as error:
        return [f"the home cannot be written to: {error.reason}"]
    return []


def _index(lessonry: Lessonry, stored: int) -> tuple[list[str], str | None]:
    """What keeps the index from being used, and what is missing from it otherwise."""
    indexer = lessonry.indexer
    try:
        if indexer.lag and not indexer.pending:  # it is quick to take in what is only not read yet
            indexer.catch_up(encode_at_most=0, wait=False)
    except (SearchError, StoreUnusable) as error:
        return [f"the index cannot be used: {error}"], None
    held = indexer.index.manifest.count
    missing = max(indexer.pending, stored - held)
    told = f"{missing} of {stored} passages are not in the index yet and are found by words only"
    if stored and not held:
        return [f"there is no index: {told}"], None
    if missing > stored * _MUCH:
        return [f"the index is behind: {told}"], None
    if missing:
        return [], told
    return [], f"the index is {indexer.lag} changes behind" if indexer.lag else None
