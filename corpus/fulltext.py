"""Keyword search in the same file as the documents: never stale, because triggers keep it."""

import html
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from corpus.database import Database
from corpus.filters import where_filter
from corpus.memo import Memo
from corpus.schema_documents import TOKENIZER
from corpus.types import Filter

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Characters that no text has (noncharacters of Unicode) stand for the marks until the text is escaped."""
_OWN = threading.local()
_COUNTED = 100_000
"""Stems whose counts are remembered."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a match counts in each field."""

    title: float = 1.0
    heading: float = 1.0
    text: float = 1.0


class FullText:
    """Full-text queries; `expression` is always one made by `search.keywords`, never a person's words.

    `partial`: of the passages only some are there for who asks, while the full text is of all.
    """

    def __init__(self, db: Database, *, partial: bool = False) -> None:
        self._db = db
        self._partial = partial
        self._counted = Memo[str, int](_COUNTED)

    def match(
        self,
        expression: str,
        *,
        limit: int,
        wanted: Filter = Filter(),
        among: Sequence[int] | None = None,
        weights: Weights = Weights(),
    ) -> list[tuple[int, str, float]]:
        """(passage id, document id, BM25) of the best `limit` passages, best first, ties by id. BM25 is positive.

        Only passages of documents inside the filter; where they are few and known, they are given as `among`.
        """
        where, values = where_filter(wanted)
        if among is not None:
            values = [json.dumps(list(among))]
            found = "passages_fts WHERE +rowid IN (SELECT value FROM json_each(?)) AND passages_fts MATCH ?"
        elif wanted or self._partial:
            inside = f"passages p JOIN documents d ON d.id = p.document_id AND {where}"
            found = f"passages_fts CROSS JOIN {inside} AND p.id = passages_fts.rowid WHERE passages_fts MATCH ?"
        else:
            values, found = [], "passages_fts WHERE passages_fts MATCH ?"
        with self._db.read() as db:
            rows = db.execute(  # sorted before it is joined: of many thousand matches only the best are looked up
                "SELECT p.id, p.document_id, best.score FROM (SELECT passages_fts.rowid AS id,"
                f" -bm25(passages_fts, ?, ?, ?) AS score FROM {found} ORDER BY score DESC, 1 LIMIT ?) best"
                " JOIN passages p ON p.id = best.id ORDER BY best.score DESC, p.id",
                [weights.title, weights.heading, weights.text, *values, expression, limit],
            ).fetchall()
        return [(int(row[0]), str(row[1]), max(float(row[2]), 0.0)) for row in rows]

    def parts(
        self, terms: Sequence[str], ids: Sequence[int], weights: Weights = Weights()
    ) -> dict[int, dict[str, float]]:
        """passage id -> what each term (words, a phrase if several) adds to its BM25; terms that it lacks left out."""
        found: dict[int, dict[str, float]] = {i: {} for i in ids}
        if not found:
            return {}
        with self._db.read() as db:
            rows = db.execute(
                "SELECT f.rowid, asked.value, -bm25(passages_fts, ?, ?, ?) FROM json_each(?) asked"
                " JOIN passages_fts f ON f.passages_fts MATCH '\"' || asked.value || '\"'"
                " WHERE +f.rowid IN (SELECT value FROM json_each(?))",
                [weights.title, weights.heading, weights.text, json.dumps(list(terms)), json.dumps(list(found))],
            )
            for passage_id, term, bm25 in rows:
                found[int(passage_id)][str(term)] = max(float(bm25), 0.0)
        return found

    def frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs, after stemming; of a phrase, its rarest word's count."""
        stems = stemmed(terms)
        counts = self._counts({stem for parts in stems.values() for stem in parts})
        return {term: min((counts.get(stem, 0) for stem in stems[term]), default=0) for term in terms}

    def _counts(self, stems: set[str]) -> dict[str, int]:
        """In how many passages each stem occurs, counted once a revision: a common one takes milliseconds."""
        with self._db.remembering(self._counted) as (db, known):
            query = "SELECT term, doc FROM passages_terms WHERE term IN (SELECT value FROM json_each(?))"
            missing = sorted(stems - known.keys())
            found = dict(db.execute(query, [json.dumps(missing)]).fetchall()) if missing else {}
        known.update({stem: found.get(stem, 0) for stem in missing})
        return {stem: known[stem] for stem in stems}


def snippets(expression: str, texts: Mapping[int, str], *, words: int = 40) -> dict[int, str]:
    """By the key of each text that matches, its part with most matches, as HTML: escaped, matches in <mark>.

    In a full-text index of these texts alone: in that of all passages it takes five times as long.
    """
    if not expression:
        return {}
    with _scratch() as scratch:
        scratch.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts.items())
        rows = scratch.execute(
            "SELECT rowid, snippet(texts, 0, ?, ?, '…', ?) FROM texts WHERE texts MATCH ?",
            [_OPEN, _CLOSE, min(words, 64), expression],
        ).fetchall()
    return {int(row[0]): marked(str(row[1])) for row in rows}


def terms_in(text: str, terms: Sequence[str]) -> list[str]:
    """Those of `terms` that the full-text index finds in `text`: its stems stand there, one after the other."""
    stems = stemmed([text, *terms])
    words = " ".join(("", *stems[text], ""))
    return [term for term in terms if stems.get(term) and " ".join(("", *stems[term], "")) in words]


def places(texts: Sequence[Mapping[str, str]], terms: Sequence[str]) -> list[dict[str, tuple[str, ...]]]:
    """For each set of named texts: term -> the names of those in which the full-text index finds it, if any."""
    stems = stemmed([*{text for named in texts for text in named.values()}, *terms])
    runs = {text: " ".join(("", *parts, "")) for text, parts in stems.items() if parts}
    found = [
        {
            term: tuple(name for name, text in named.items() if runs[term] in runs.get(text, ""))
            for term in terms
            if term in runs
        }
        for named in texts
    ]
    return [{term: where for term, where in one.items() if where} for one in found]


def stemmed(terms: Sequence[str]) -> dict[str, list[str]]:
    """term -> the stems of its words, by the very tokenizer of the full-text index."""
    found: dict[str, list[str]] = {term: [] for term in terms}
    with _scratch() as scratch:
        scratch.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(found))
        listed = list(found.values())
        for stem, row in scratch.execute("SELECT term, doc FROM stems ORDER BY doc, offset"):
            listed[row].append(str(stem))
    return found


@contextmanager
def _scratch() -> Iterator[sqlite3.Connection]:
    """A full-text index in memory, empty before and after; each thread has its own, since it takes a while to make."""
    scratch: sqlite3.Connection | None = getattr(_OWN, "scratch", None)
    if scratch is None:
        scratch = sqlite3.connect(":memory:", isolation_level=None)
        scratch.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='{TOKENIZER}')")
        scratch.execute("CREATE VIRTUAL TABLE stems USING fts5vocab('texts', 'instance')")
        _OWN.scratch = scratch
    scratch.execute("BEGIN")
    try:
        yield scratch
    finally:
        scratch.execute("ROLLBACK")


def marked(text: str) -> str:
    """Text with these marks -> escaped HTML with <mark>."""
    return html.escape(text, quote=False).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
