"""The words of passages in an index of tantivy, on disk. Where it stands is written with them, in one commit."""

import json
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.types import Changes
from search.index import Ids

_AT_ONCE = 5_000
"""Passages read at once."""
_HEAP = 64 * 1024 * 1024
"""Bytes that tantivy may fill before it writes a segment."""
_TOKENIZER = "lessonry"
_ID, _WORDS, _STANDS, _TOLD = "id", "words", "stands", "told"
_FEW = 300
"""Ids up to which it is quicker to ask for each than for the set of them, whose whole dictionary is gone through."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a base stands; written with it in one commit."""

    lineage: str
    revision: int
    passages: int
    words: int


@dataclass(frozen=True, slots=True)
class Base:
    """An index of tantivy."""

    index: Any
    stands: Stands
    written: int
    """When its last commit was, in nanoseconds; only good for comparing."""


def opened(folder: Path) -> Base | None:
    """The index in a folder; None if there is none, or none that can be read."""
    import tantivy

    if not (folder / "meta.json").exists():
        return None
    try:
        written = last_written(folder)
        index = tantivy.Index.open(str(folder))
        index.register_tokenizer(_TOKENIZER, _analyzer())
        searcher = index.searcher()
        about = tantivy.Query.term_query(index.schema, _STANDS, _STANDS)
        hits = searcher.search(about, 1).hits
        if not hits:  # it is being written for the first time
            return None
        [(_, address)] = hits
        return Base(index, Stands(**json.loads(str(searcher.doc(address).get_first(_TOLD)))), written)
    except (ValueError, TypeError, OSError) as error:
        log.warning("%s: the index of words cannot be read (%s); it is written anew", folder, error)
        return None


def last_written(folder: Path) -> int:
    """See Base; 0 if there is none."""
    try:
        return (folder / "meta.json").stat().st_mtime_ns
    except OSError:
        return 0


def empty(folder: Path) -> Base:
    """A new index in a folder."""
    import tantivy

    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field(_ID, indexed=True, fast=True)
    schema.add_text_field(_WORDS, tokenizer_name=_TOKENIZER, index_option="position")
    schema.add_text_field(_STANDS, tokenizer_name="raw", index_option="basic")
    schema.add_text_field(_TOLD, stored=True, tokenizer_name="raw", index_option="basic")
    index = tantivy.Index(schema.build(), path=str(folder))
    index.register_tokenizer(_TOKENIZER, _analyzer())
    return Base(index, Stands("", 0, 0, 0), 0)


def write(base: Base, changes: Changes, fields: Callable[[Sequence[int]], dict[int, tuple[str, str, str]]]) -> None:
    """All changes, and where the base stands then, in one commit."""
    import tantivy

    writer = base.index.writer(_HEAP, 1)
    added = [i for i, _ in changes.added]
    words = 0
    if base.stands.passages:
        gone = tantivy.Query.term_set_query(base.index.schema, _ID, [*changes.removed, *added])
        writer.delete_documents_by_query(gone)
    for start in range(0, len(added), _AT_ONCE):
        for passage_id, told in fields(added[start : start + _AT_ONCE]).items():
            text = text_of(*told)
            words += len(text.split())
            document = tantivy.Document()
            document.add_unsigned(_ID, passage_id)
            document.add_text(_WORDS, text)
            writer.add_document(document)
    held = base.stands
    stands = Stands(changes.lineage, changes.revision, held.passages + len(added), held.words + words)
    writer.delete_documents_by_term(_STANDS, _STANDS)
    document = tantivy.Document()
    document.add_text(_STANDS, _STANDS)
    document.add_text(_TOLD, json.dumps(asdict(stands)))
    writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


@cache
def _analyzer() -> Any:
    """Words as tantivy keeps them: as FTS5 does, but for a newer stemmer."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    words = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase()).filter(Filter.ascii_fold())
    return words.filter(Filter.stemmer("english")).build()


def stems_of(text: str) -> list[str]:
    """The words of a text as they are indexed."""
    stems: list[str] = _analyzer().analyze(text)
    return stems


def text_of(title: str, heading: str, text: str) -> str:
    """What is indexed of a passage: its title twice, since what a document calls itself counts double."""
    return f"{title}\n{title}\n{heading}\n{text}"


def frequency(searcher: Any, stem: str) -> int:
    """In how many passages a word stands."""
    return int(searcher.doc_freq(_WORDS, stem))


def phrase_frequency(searcher: Any, schema: Any, stems: Sequence[str]) -> int:
    """In how many passages words stand one after the other."""
    from tantivy import Query

    return int(searcher.search(Query.phrase_query(schema, _WORDS, [*stems]), 1, count=True).count)


def rarity_within(searcher: Any, stems: Sequence[str]) -> float:
    """The weight that tantivy itself gives a word, ln(1 + (N - n + 1/2) / (n + 1/2)); of a phrase the sum of them."""
    has = (min(frequency(searcher, stem), searcher.num_docs) for stem in stems)
    return sum(math.log(1 + (searcher.num_docs - n + 0.5) / (n + 0.5)) for n in has)


def any_of(schema: Any, terms: Sequence[tuple[list[str], float]]) -> Any:
    """Passages that have any of these words and phrases, each told by its stems and how much it counts."""
    from tantivy import Occur, Query

    parts = []
    for words, count in terms:
        phrase = len(words) > 1
        one = Query.phrase_query(schema, _WORDS, [*words]) if phrase else Query.term_query(schema, _WORDS, words[0])
        parts.append((Occur.Should, Query.boost_query(one, count)))
    return Query.boolean_query(parts)


def within(query: Any, schema: Any, allowed: Ids) -> Any:
    """What is found by a query among these passages."""
    from tantivy import Occur, Query

    ids = allowed.tolist()
    if len(ids) <= _FEW:
        listed = Query.boolean_query([(Occur.Should, Query.term_query(schema, _ID, i)) for i in ids])
    else:
        listed = Query.term_set_query(schema, _ID, ids)
    return Query.boolean_query([(Occur.Must, Query.const_score_query(listed, 0.0)), (Occur.Must, query)])


def ask(searcher: Any, query: Any, k: int) -> tuple[Ids, NDArray[np.float64]]:
    """The ids and the BM25 of the `k` best passages."""
    hits = searcher.search(query, k, count=False).hits
    if not hits:
        return np.zeros(0, np.int64), np.zeros(0)
    scores, addresses = zip(*hits, strict=True)
    return np.array(searcher.fast_field_values(_ID, list(addresses)), np.int64), np.array(scores, np.float64)
