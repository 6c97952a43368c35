"""search(Query) -> Results: keyword and vector evidence, fused, read back from the store."""

import html
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from corpus.errors import BadQuery, SearchError, StoreUnusable
from corpus.fulltext import Weights, snippets
from corpus.memo import Memo
from corpus.store import Corpus
from corpus.types import Document, Filter, Passage
from search import whitening
from search.common import Common
from search.completion import Typing
from search.explaining import explain, rarity, words_in
from search.index import Ids, Scored, cosines
from search.indexer import InStep
from search.keywords import Keywords, expression_of, keywords, spelling
from search.outdated import lowered
from search.query_language import parse
from search.ranking import IDENTIFIER_SHARE, WORDS_ONLY, Evidence, Ranked, fuse, hybrid_weight, weight_of_words
from search.shortlist import Shortlist
from search.turns import TURNS
from search.types import WORDLESS, Encoder, Explanation, Hit, Query, Results, Vectors

LONGEST_QUERY = 20_000
"""Characters. A longer text is a page, and `related` is for pages."""
MOST_HITS = 1_000

T = TypeVar("T")

_BESIDE = ThreadPoolExecutor((os.cpu_count() or 1) + 1, thread_name_prefix="search")
"""For words, while the model and FAISS are busy: all let other threads work meanwhile. A thread for each turn."""

_DEPTHS = ((0, 100), (20, 500), (128, 4_000))
"""Behind so many hits, so many passages are looked at by words and by meaning. Steps, not a slope: pages of one list
must be cut from one list, else a document may stand on two of them or on none."""
_REORDERED = 250
"""So many passages near a long query are looked at in any case: whitening brings some of them far to the front."""
_FILTERS = 8
"""Filters whose passages are remembered."""
_MEANINGS = 256
"""Questions whose vectors are remembered: the next page, another filter, and what is asked again."""
_PHRASES = 500
"""Passages looked at that have a phrase."""
_WIDE, _ENOUGH = 1_000, 4
"""Inside a filter that leaves more passages than that, a hybrid search looks for a fourth as many by words: the next
ones have less of them than thousands elsewhere, which takes long to find out. What is near has its words counted."""
_FEW = 5_000
"""Passages up to which matches are held against a list of them."""
_ENCODE_WHILE_ASKED = 32
"""Passages that a query encodes on the way, if some are new; more wait for the background."""
_FIELDS = Weights(title=2.0)
"""What a document calls itself counts double."""
_SNIPPET_WORDS = 40
_NONE = Explanation(
    bm25=None, bm25_normalised=None, keyword_weight=0.0, cosine=None, cosine_normalised=None, semantic_weight=0.0
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a query finds: documents best first, its keywords, their weight, and what is missing if anything is.

    `vector` is what the query means, None if that was not asked or is not to be had. `cut_off`: there may be more.
    """

    documents: list[Ranked]
    words: Keywords
    keyword_weight: float
    degraded: str | None
    evidence: Mapping[int, Evidence]
    vector: Vectors | None
    cut_off: bool

    @property
    def wordless(self) -> bool:
        """Documents were found, and by none of the words."""
        return bool(self.documents) and not any(one.bm25 for one in self.documents)

    def followed_by(self, deeper: "Ranking", hits: int) -> "Ranking":
        """The first hits as they are, then what a deeper search finds beside them: no page changes another."""
        first = self.documents[:hits]
        known = {one.document_id for one in first}
        rest = [one for one in deeper.documents if one.document_id not in known]
        return replace(deeper, documents=[*first, *rest])


class Searcher:
    """Answers queries over one corpus and its index. Safe from several threads."""

    def __init__(self, corpus: Corpus, encoder: Encoder, indexer: InStep) -> None:
        self._corpus = corpus
        self._indexer = indexer
        self.typing = Typing(corpus, self._frequencies)
        self._common = Common(corpus.changes, indexer.index)
        self._meaning = lru_cache(_MEANINGS)(lambda text: encoder.encode_query(text))
        self._insides = Memo[Filter, Ids](_FILTERS)

    def search(self, query: Query) -> Results:
        """The hits of a query, best first, ties by document id; BadQuery says what is wrong with it.

        A query of nothing but filters lists the documents, the latest published first. Never fails
        for want of an index: it answers by keywords then and says so in `degraded`.
        """
        asked = parse(query.text)
        plain = replace(query, text=asked.words, wanted=query.wanted.both(asked.wanted))
        with TURNS.one():
            found = self._listed(plain) if plain.wanted and not plain.text.strip() else self._found(plain)
            none = () if found.total else self.typing.unknown_names(query.text)
            meant = self.typing.did_you_mean(query.text, asked)
            return replace(found, query=query, notes=(*asked.notes, *none, *found.notes), did_you_mean=meant)

    def _found(self, query: Query) -> Results:
        found = self.rank(query)
        return Results(
            query=query,
            hits=self._hits(query, found),
            total=len(found.documents),
            facets=self._corpus.facets.of([one.document_id for one in found.documents]),
            degraded=found.degraded,
            notes=(WORDLESS,) if found.wordless and query.mode == "hybrid" else (),
        )

    def _listed(self, query: Query) -> Results:
        """The documents inside the filter, which is all that the query has."""
        _check_bounds(query)
        self._check_collections(query.wanted)
        documents = self._corpus.documents
        hits = []
        for document in documents.newest(query.wanted, limit=query.limit, offset=query.offset):
            for passage in documents.passages(document.id)[:1]:
                hits.append(
                    Hit(document=document, passage=passage, score=0.0, snippet=_beginning(passage), explanation=_NONE)
                )
        facets = self._corpus.facets.within(query.wanted)
        return Results(query=query, hits=hits, total=documents.count(query.wanted), facets=facets)

    def _check_collections(self, wanted: Filter) -> None:
        for part in wanted.parts():
            if part.collection:
                self._corpus.collections.get(part.collection)  # one that is not there is an error, not no hits

    def rank(self, query: Query, vector: Vectors | None = None) -> Ranking:
        """The documents that plain words find, best first, before anything of them is read.

        `vector`, if given, stands for the words. NotFound if it asks for a collection that there is not.
        """
        wanted = query.offset + query.limit
        found = self._ranked(query, _DEPTHS[0][1], vector)
        for hits, depth in _DEPTHS[1:]:
            too_short = len(found.documents) <= wanted and found.cut_off  # long documents fill it
            if wanted > hits or too_short:
                found = found.followed_by(self._ranked(query, depth, found.vector), hits)
        return found

    def shortlist(self, owners: Mapping[int, str], terms: Sequence[str]) -> Shortlist:
        """Passages (id -> document id) that can be ranked again by some of the terms and another vector."""
        held = self._indexer.index.vectors(list(owners))
        parts = self._corpus.fulltext.parts(terms, list(held), _FIELDS)
        matrix = np.stack(list(held.values()))
        return Shortlist(
            {i: owners[i] for i in held}, matrix, terms, [parts[i] for i in held], self._common.whitening()
        )

    def _ranked(self, query: Query, depth: int, vector: Vectors | None) -> Ranking:
        text = _checked(query)
        self._check_collections(query.wanted)
        words = keywords(text, self._frequencies)
        allowed = self._inside(query.wanted) if query.wanted else None
        long = whitening.share(words.count)
        wide = query.mode == "hybrid" and allowed is not None and len(allowed) > _WIDE
        of_words = depth // _ENOUGH if wide else depth
        matches = (query, words, allowed, of_words)
        with _beside(self._matches, *matches) if query.mode == "hybrid" else nullcontext() as matching:
            nearest, degraded = None, None
            if query.mode != "keyword":
                try:
                    degraded = self.refresh()
                    vector = self._meaning(text) if vector is None else vector
                    nearest = self._indexer.index.search(vector, max(depth, _REORDERED) if long else depth, allowed)
                except (SearchError, StoreUnusable) as error:
                    degraded, vector = f"keywords only: {error}", None
            weight = {"keyword": 1.0, "semantic": 0.0, "hybrid": hybrid_weight(long)}[query.mode]
            weight = 1.0 if vector is None else weight
            by_keyword, exact = matching() if matching else self._matches(*matches) if weight else ({}, {})
        if wide and vector is None:  # words are all there is
            of_words = depth
            by_keyword, exact = self._matches(query, words, allowed, of_words)
        cut_off = len(by_keyword) >= of_words
        if nearest and cut_off:  # what is found otherwise may have the words too
            lacking = {i for i, _ in nearest if i not in by_keyword} | {i for i in by_keyword if not by_keyword[i][1]}
            if lacking:
                ids = np.array(sorted(lacking), dtype=np.int64)
                by_keyword = {**by_keyword, **self._by_words(words.counts, query, ids, len(ids))}
        evidence = self._evidence(by_keyword, nearest or [], vector, long)
        ranked = fuse(evidence, weight, exact)
        ranked = lowered(ranked, self._corpus.lifecycle.outdated([one.document_id for one in ranked]))
        cut_off |= len(nearest or ()) >= depth
        return Ranking(ranked, words, weight_of_words(weight, bool(exact)), degraded, evidence, vector, cut_off)

    def _inside(self, wanted: Filter) -> Ids:
        """The passages inside a filter, ascending. Those of a few are remembered while nothing changes."""
        known = self._insides.at(self._corpus.changes.position())
        if wanted not in known:
            known[wanted] = np.array(self._corpus.documents.passage_ids(wanted), dtype=np.int64)
        return known[wanted]

    def refresh(self) -> str | None:
        """Take in what is new, as far as that is quick; one line on what is missing, None if nothing is."""
        pending = self._indexer.catch_up(encode_at_most=_ENCODE_WHILE_ASKED, wait=False)
        if not pending:
            return None
        return f"{pending} passages are not in the index yet and are found by keywords only (`lessonry reindex`)"

    def _frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs."""
        counts = self._indexer.word_counts(terms)
        return self._corpus.fulltext.frequencies(terms) if counts is None else counts

    def _matches(
        self, query: Query, words: Keywords, allowed: Ids | None, depth: int
    ) -> tuple[dict[int, tuple[str, float]], dict[str, float]]:
        """The matches by words: passage id -> (document id, BM25), and what documents have to the letter.

        That is 1 for the whole query, less for identifiers of it, by document id.
        """
        whole = self._having(words.whole, words, query, allowed)
        found = {passage_id: (document_id, 0.0) for passage_id, (document_id, _) in whole.items()}
        if words.counts:
            found.update(self._by_words(words.counts, query, allowed, depth))
        named = [having for name in words.identifiers if (having := self._having(name, words, query, allowed))]
        exact: dict[str, float] = {}
        for having in named:
            for document_id, share in _of_documents(having).items():
                exact[document_id] = exact.get(document_id, 0.0) + IDENTIFIER_SHARE * share / len(named)
        return found, {**exact, **_of_documents(whole)}

    def _having(self, phrase: str, words: Keywords, query: Query, allowed: Ids | None) -> dict[int, tuple[str, float]]:
        """passage id -> (document id, 1) of those that have a phrase.

        WORDS_ONLY for those that do not spell it as it was typed, if any does.
        """
        if not phrase:
            return {}
        found = self._by_words({phrase: 1}, query, allowed, _PHRASES)
        so = set(found)
        if phrase in words.spelled and len(found) > 1:
            spelled = spelling(words.spelled[phrase])
            texts = self._corpus.changes.fields(list(found))
            so = {i for i, fields in texts.items() if any(map(spelled.search, fields))} or so
        return {i: (document_id, 1.0 if i in so else WORDS_ONLY) for i, (document_id, _) in found.items()}

    def _by_words(
        self, terms: Mapping[str, int], query: Query, allowed: Ids | None, depth: int
    ) -> dict[int, tuple[str, float]]:
        """passage id -> (document id, BM25) of the best."""
        found = self._indexer.by_words(terms, depth, allowed)
        if found is None:
            few = allowed.tolist() if allowed is not None and len(allowed) <= _FEW else None
            matches = self._corpus.fulltext.match(
                expression_of(terms), limit=depth, wanted=query.wanted, among=few, weights=_FIELDS
            )
            return {passage_id: (document_id, bm25) for passage_id, document_id, bm25 in matches}
        owners = self._corpus.documents.passage_documents([passage_id for passage_id, _ in found])
        return {passage_id: (owners[passage_id], bm25) for passage_id, bm25 in found if passage_id in owners}

    def _evidence(
        self, by_keyword: dict[int, tuple[str, float]], nearest: Scored, vector: Vectors | None, whitened: float
    ) -> dict[int, Evidence]:
        """Both kinds of evidence by passage; a keyword match outside the nearest gets its cosine too."""
        near = dict(nearest)
        cosine = near if vector is None else self._cosines({*by_keyword, *near}, near, vector, whitened)
        owners = self._corpus.documents.passage_documents([i for i in cosine if i not in by_keyword])
        owners.update({passage_id: document_id for passage_id, (document_id, _) in by_keyword.items()})
        return {
            passage_id: Evidence(
                document_id, by_keyword[passage_id][1] if passage_id in by_keyword else None, cosine.get(passage_id)
            )
            for passage_id, document_id in owners.items()
        }

    def _cosines(
        self, passage_ids: set[int], near: dict[int, float], vector: Vectors, whitened: float
    ) -> dict[int, float]:
        """The closeness of passages to a query; `whitened` is the share of it that is measured after whitening.

        `near` are the cosines that the index has told already.
        """
        fitted = self._common.whitening() if whitened else None
        known = {} if fitted else near
        held = self._indexer.index.vectors(sorted(passage_ids - known.keys()))
        if not held:
            return known
        matrix = np.stack(list(held.values()))
        moved = None if fitted is None else fitted.cosines(matrix, vector)
        close = whitening.closeness(cosines(matrix, vector), moved, whitened)
        return {**known, **dict(zip(held, close.tolist(), strict=True))}

    def _hits(self, query: Query, found: Ranking) -> list[Hit]:
        ranked = found.documents[query.offset : query.offset + query.limit]
        documents = self._corpus.documents.get_many([one.document_id for one in ranked])
        passages = self._corpus.documents.passages_by_id([one.passage_id for one in ranked])
        marked = snippets(found.words.expression, {i: one.text for i, one in passages.items()}, words=_SNIPPET_WORDS)
        ranked = [one for one in ranked if one.document_id in documents and one.passage_id in passages]  # still there
        shown = [(documents[one.document_id], passages[one.passage_id]) for one in ranked]
        explanations = self._explanations(ranked, shown if query.explain else None, found)
        return [
            Hit(
                document=document,
                passage=passage,
                score=one.score,
                snippet=marked.get(passage.id) or _beginning(passage),
                explanation=told,
            )
            for one, (document, passage), told in zip(ranked, shown, explanations, strict=True)
        ]

    def _explanations(
        self, ranked: list[Ranked], shown: list[tuple[Document, Passage]] | None, found: Ranking
    ) -> list[Explanation]:
        """Why each hit stands where it does; with its words if it is given as it is shown."""
        terms, weight = found.words.terms, found.keyword_weight
        if not (shown and terms and weight):
            return [explain(one, weight, {}, {}) for one in ranked]
        rare = rarity(self._frequencies(terms), self._corpus.changes.passage_count())
        return [explain(one, weight, words, rare) for one, words in zip(ranked, words_in(shown, terms), strict=True)]


@contextmanager
def _beside(work: Callable[..., T], *given: Any) -> Iterator[Callable[[], T]]:
    """Do it in another thread meanwhile, for the same request; what is given waits for the result.

    Nothing goes on behind the end of the block: the store may be closed then. Where that thread cannot open the store
    any more, for want of file handles, this one does it, which has it open.
    """
    begun = _BESIDE.submit(copy_context().run, work, *given)

    def result() -> T:
        try:
            return begun.result()
        except StoreUnusable:
            return work(*given)

    try:
        yield result
    finally:
        wait([begun])


def _of_documents(having: Mapping[int, tuple[str, float]]) -> dict[str, float]:
    """The most that any passage of a document has, by document id."""
    found: dict[str, float] = {}
    for document_id, share in having.values():
        found[document_id] = max(share, found.get(document_id, 0.0))
    return found


def _checked(query: Query) -> str:
    text = query.text.strip()
    if not text:
        raise BadQuery("the query is empty: say what you look for")
    if len(text) > LONGEST_QUERY:
        raise BadQuery(
            f"the query has {len(text)} characters, {LONGEST_QUERY} is the most; "
            "for a whole page use related (`lessonry related --file FILE`, POST /v1/related)"
        )
    _check_bounds(query)
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()  # a terminal may pass half a character on


def _check_bounds(query: Query) -> None:
    if not 1 <= query.limit <= MOST_HITS:
        raise BadQuery(f"limit must be from 1 to {MOST_HITS}, not {query.limit}")
    if query.offset < 0:
        raise BadQuery("the page before the first one was asked for")


def _beginning(passage: Passage) -> str:
    words = passage.text.split()
    cut = " ".join(words[:_SNIPPET_WORDS]) + (" …" if len(words) > _SNIPPET_WORDS else "")
    return html.escape(cut, quote=False)
