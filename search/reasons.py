"""Why a lesson is suggested, in two sentences: one of yours, and its nearest of theirs."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from corpus.fulltext import stemmed
from corpus.store import Corpus
from search.page import Page
from search.ties import in_common, most_telling, sentences_of
from search.types import Because, Vectors

_THEIRS = 4
"""Sentences of a suggested passage that are compared."""


class Reasons:
    """Finds the sentences to show. Safe from several threads."""

    def __init__(self, corpus: Corpus, encode_stored: Callable[[list[str]], Vectors]) -> None:
        self._corpus = corpus
        self._encode_stored = encode_stored

    def of_page(
        self, page: Page, shown: Mapping[str, int], passage_ids: Mapping[str, int]
    ) -> dict[str, tuple[Because, ...]]:
        """The reason of each suggestion: the sentence of the page at a place, and its nearest of a passage."""
        passages = self._corpus.documents.passages_by_id(list(passage_ids.values()))
        theirs = {i: passages[passage_ids[i]].text for i in shown if passage_ids[i] in passages}
        mine = {i: (page.sentences[shown[i]], page.vectors[shown[i]]) for i in theirs}
        return self._paired(mine, theirs, passage_ids)

    def of_pairs(self, pairs: Mapping[str, tuple[str, int]], item: Mapping[str, str]) -> dict[str, tuple[Because, ...]]:
        """document id -> (passage of yours, passage id of theirs): the pair of sentences with most words in common.

        `item` names the document of yours.
        """
        passages = self._corpus.documents.passages_by_id([passage_id for _, passage_id in pairs.values()])
        shown, theirs = {}, {}
        for i, (text, passage_id) in pairs.items():
            mine = sentences_of(text)
            if passage_id in passages and mine:
                theirs[i] = passages[passage_id].text
                weights = self._weights(mine, {i: theirs[i]})[i]
                shown[i] = mine[max(range(len(mine)), key=lambda place: (weights[place], -place))]
        if not shown:
            return {}
        vectors = self._encode_stored(list(shown.values()))
        yours = {i: (sentence, vector) for (i, sentence), vector in zip(shown.items(), vectors, strict=True)}
        return self._paired(yours, theirs, {i: pairs[i][1] for i in shown}, item)

    def _weights(self, mine: Sequence[str], theirs: Mapping[str, str]) -> dict[str, list[float]]:
        stems = stemmed(list(dict.fromkeys([*mine, *theirs.values()])))
        rarity = self._corpus.fulltext.frequencies(sorted({stem for sentence in mine for stem in stems[sentence]}))
        return {i: in_common(mine, text, stems.__getitem__, rarity) for i, text in theirs.items()}

    def _paired(
        self, shown: Mapping[str, tuple[str, Vectors]], theirs: Mapping[str, str], passage_ids: Mapping[str, int],
        item: Mapping[str, str] | None = None,
    ) -> dict[str, tuple[Because, ...]]:  # fmt: skip
        """Each shown sentence, with its vector, and the nearest of the suggested passage."""
        listed = {i: self._likely(sentence, sentences_of(theirs[i])) for i, (sentence, _) in shown.items()}
        texts = sorted({sentence for found in listed.values() for sentence in found})
        vectors = dict(zip(texts, self._encode_stored(texts), strict=True)) if texts else {}
        reasons: dict[str, tuple[Because, ...]] = {}
        for i, (sentence, vector) in shown.items():
            near = [max(0.0, round(float(np.dot(vector, vectors[other])), 6)) for other in listed[i]]
            if near:
                best = int(np.argmax(near))
                reasons[i] = (
                    Because(
                        yours=sentence, theirs=listed[i][best], passage_id=passage_ids[i], score=min(1.0, near[best]),
                        item=item[i] if item else None,
                    ),
                )  # fmt: skip
        return reasons

    def _likely(self, sentence: str, others: list[str]) -> list[str]:
        """Of many sentences those that share the rarest words with one."""
        if len(others) <= _THEIRS:
            return others
        weights = self._weights(others, {"": sentence})[""]
        return [others[place] for place in sorted(most_telling([weights], _THEIRS, _THEIRS))]
