"""`lessonry eval`: a judged set, in a home of its own, asked in every mode."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.wiring import Lessonry
from corpus.types import Draft
from search.indexer import Progress
from search.quality import JudgedSet, read_beir, run_queries, summary
from search.types import MODES, Mode, Query


def evaluate(
    folder: Path, settings: Settings, modes: Sequence[Mode] = MODES, progress: Progress | None = None
) -> dict[str, Any]:
    """Take the set's documents in as any others, and measure the modes asked for.

    The set's home stays under `eval/` of the home, named by its documents, so that the next
    evaluation encodes nothing. SourceError says what is wrong with the folder.
    """
    judged = read_beir(folder)
    home = settings.home / "eval" / hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest()[:16]
    with Lessonry(settings.model_copy(update={"home": home})) as lessonry:
        ids = _take_in(judged, lessonry)
        lessonry.indexer.catch_up(progress=progress)
        lessonry.indexer.compact_if_worth_it()
        results = {}
        for mode in modes:
            run, milliseconds = run_queries(judged, _asker(lessonry, mode, ids))
            results[mode] = summary(judged.qrels, run, milliseconds)
    return {"documents": len(judged.documents), "queries": len(judged.qrels), "modes": results}


def _take_in(judged: JudgedSet, lessonry: Lessonry) -> dict[str, str]:
    """Store the documents; our id -> the set's id."""
    ids = {}
    for row in judged.documents:
        draft = Draft(identity=f"eval:{row['id']}", title=row["title"], text=row["text"], source=row["id"])
        ids[draft.id] = row["id"]
        if lessonry.corpus.documents.digest(draft.id) is None:
            passages = lessonry.split(draft.title, draft.text) or lessonry.split("", draft.title)
            lessonry.corpus.documents.put(draft, passages)
    return ids


def _asker(lessonry: Lessonry, mode: Mode, ids: dict[str, str]) -> Callable[[str, int], list[tuple[str, float]]]:
    def ask(text: str, depth: int) -> list[tuple[str, float]]:
        found = lessonry.searcher.rank(Query(text=text, mode=mode, limit=depth))
        return [(ids[one.document_id], one.score) for one in found.documents]

    return ask
