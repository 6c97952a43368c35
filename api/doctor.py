"""`lessonry doctor`: is what is kept whole, and does what is derived agree with it?"""

import random
from dataclasses import dataclass
from typing import Literal

import numpy as np

from api.wiring import Lessonry
from corpus.clock import now
from search.brute_force import wrong_answers
from search.index import unpacked

_SAMPLE = 50
_ASKED = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    part: Literal["database", "full text", "vector index", "vector cache"]
    what: str

    def __str__(self) -> str:
        return f"{self.part}: {self.what}"


def examine(lessonry: Lessonry) -> list[Finding]:
    """All that is wrong; empty if all is well."""
    found = [
        Finding("full text" if "full-text" in problem else "database", problem)
        for problem in lessonry.corpus.problems()
    ]
    found += [Finding("vector index", problem) for problem in lessonry.indexer.index.problems()]
    found += _coverage(lessonry) or _answers(lessonry)
    found += _cache(lessonry)
    return found


def mend(lessonry: Lessonry, found: list[Finding]) -> list[str]:
    """Make anew what is derived and was found wrong; the database itself is backed up first and left as it is.

    Without room for the backup nothing is touched: StoreUnusable says so.
    """
    done = []
    stamp = now().replace(":", "")
    backup = lessonry.settings.home / f"before-repair-{stamp}.db"
    lessonry.corpus.backup(backup)
    done.append(f"a backup was written to {backup}")
    parts = {finding.part for finding in found}
    if "full text" in parts:
        lessonry.corpus.rebuild_fulltext()
        done.append("the full-text index was made anew")
    if "vector cache" in parts:
        lessonry.cache.clear(lessonry.encoder.id)
        done.append("the vector cache was emptied")
    if parts & {"vector index", "vector cache"}:
        count = lessonry.indexer.rebuild()
        done.append(f"the vector index was made anew: {count} passages")
    return done


def _coverage(lessonry: Lessonry) -> list[Finding]:
    """Does the index hold every passage and nothing else?"""
    pending = lessonry.indexer.catch_up(encode_at_most=0)
    held, stored = lessonry.indexer.index.manifest.count, lessonry.corpus.changes.passage_count()
    if pending:
        return [Finding("vector index", f"{pending} of {stored} passages are not in it yet")]
    if held != stored:
        return [Finding("vector index", f"it holds {held} passages, the database {stored}")]
    return []


def _answers(lessonry: Lessonry) -> list[Finding]:
    """Does the index answer a sample of queries as brute force does?"""
    asked = min(_ASKED, lessonry.corpus.changes.passage_count())
    wrong = wrong_answers(lessonry.indexer.index, lessonry.corpus.changes, lessonry.cache, asked)
    told = f"{wrong} of {asked} sampled queries are not answered as by brute force (`lessonry reindex`)"
    return [Finding("vector index", told)] if wrong else []


def _cache(lessonry: Lessonry) -> list[Finding]:
    """Does a sample of cached vectors equal what the encoder gives?"""
    sample = lessonry.corpus.changes.sample(_SAMPLE)
    cached = lessonry.cache.get(lessonry.encoder.id, [key for _, _, key in sample])
    chosen = [one for one in sample if one[2] in cached]
    random.Random(0).shuffle(chosen)
    texts = lessonry.corpus.changes.texts([one[0] for one in chosen[:8]])
    wrong = 0
    for passage_id, _, key in chosen[:8]:
        if passage_id in texts:
            expected = lessonry.encoder.encode([texts[passage_id]])[0]
            whole = len(cached[key]) in (2 * len(expected), 4 * len(expected))
            wrong += not whole or float(np.abs(unpacked([cached[key]], len(expected))[0] - expected).max()) > 1e-3
    return (
        [Finding("vector cache", f"{wrong} of {len(texts)} sampled vectors are not what the encoder gives")]
        if wrong
        else []
    )
