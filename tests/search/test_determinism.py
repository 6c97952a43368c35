"""The same question has the same answer, to the byte: again, on one core and on two, restarted, compacted."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.wiring import Lessonry
from corpus.passages import sentences
from search.types import Query
from tests.search import starter

QUERIES = 1_000


def queries(lessonry: Lessonry) -> list[str]:
    """The judged queries, and sentences of the documents themselves: short and long ones."""
    found = list(starter.judged().queries.values())
    for document in lessonry.corpus.documents.page(limit=1_000):
        found += [one for line in document.text.splitlines() for one in sentences(line) if len(one.split()) > 3]
    return list(dict.fromkeys(found))[:QUERIES]


def answers(lessonry: Lessonry, askers: int = 1) -> bytes:
    """All there is to an answer, of every query."""

    def ask(query: str) -> list[object]:
        hits = lessonry.searcher.search(Query(text=query, limit=10)).hits
        return [[hit.document.id, hit.passage.id, hit.score, hit.snippet, repr(hit.explanation)] for hit in hits]

    with ThreadPoolExecutor(askers) as pool:
        return "\n".join(json.dumps(one) for one in pool.map(ask, queries(lessonry))).encode()


@pytest.mark.slow
def test_a_thousand_queries_have_the_same_answers_to_the_byte(tmp_path: Path) -> None:
    with starter.opened(tmp_path) as (lessonry, _):
        assert len(queries(lessonry)) == QUERIES
        first = answers(lessonry)
        assert answers(lessonry, askers=2) == first
        lessonry.indexer.index.compact()
        assert answers(lessonry) == first
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with starter.opened(tmp_path) as (alone, _):
            assert answers(alone) == first
    finally:
        os.sched_setaffinity(0, cores)
