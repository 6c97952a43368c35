"""Why a lesson is suggested: the sentence of the page whose loss would cost it the most, and its nearest of theirs.

The loss is measured and not guessed: the page is scored again without the sentence. That is done for the few
sentences that share the rarest words with the suggestions, and serves all suggestions of the page at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.fulltext import stemmed
from corpus.store import Corpus
from search.ties import in_common, most_telling, sentences_of
from search.types import Because, Encoder

_EACH, _MOST = 3, 8
"""Sentences of the page that are left out for the sake of one suggestion, and of all."""
_THEIRS = 6
"""Sentences of a suggested passage that are compared."""


@dataclass(frozen=True, slots=True)
class Tie:
    """The nearest pair of passages of the page and of a suggested document."""

    cosine: float
    yours: int
    passage_id: int


Scores = Mapping[str, float]
"""document id -> score"""


class Reasons:
    """Finds the sentences to show. Safe from several threads."""

    def __init__(self, corpus: Corpus, encoder: Encoder) -> None:
        self._corpus = corpus
        self._encoder = encoder

    def of_page(
        self, yours: Sequence[str], ties: Mapping[str, Tie], scores: Scores, again: Callable[[str], Scores]
    ) -> dict[str, tuple[Because, ...]]:
        """The reason of each suggestion. `yours`: the page's passages; `again` scores the page without a sentence."""
        passages = self._corpus.documents.passages_by_id([tie.passage_id for tie in ties.values()])
        ties = {i: tie for i, tie in ties.items() if tie.passage_id in passages}
        mine = list(dict.fromkeys(sentence for text in yours for sentence in sentences_of(text)))
        theirs = {i: passages[tie.passage_id].text for i, tie in ties.items()}
        if not mine or not ties:
            return {}
        weights = self._weights(mine, theirs)
        places = list(range(len(mine))) if len(mine) <= _MOST else most_telling(list(weights.values()), _EACH, _MOST)
        left = {place: again(mine[place]) for place in places} if len(mine) > 1 else {}

        def cost(i: str, place: int) -> tuple[float, float, int]:
            return round(scores[i] - left[place].get(i, 0.0), 6) if left else 0.0, weights[i][place], -place

        shown = {i: mine[max(places, key=lambda place: cost(i, place))] for i in ties}
        return self._paired(shown, theirs, {i: tie.passage_id for i, tie in ties.items()})

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
        return self._paired(shown, theirs, {i: pairs[i][1] for i in shown}, item)

    def _weights(self, mine: Sequence[str], theirs: Mapping[str, str]) -> dict[str, list[float]]:
        stems = stemmed(list(dict.fromkeys([*mine, *theirs.values()])))
        rarity = self._corpus.fulltext.frequencies(sorted({stem for sentence in mine for stem in stems[sentence]}))
        return {i: in_common(mine, text, stems.__getitem__, rarity) for i, text in theirs.items()}

    def _paired(
        self, shown: Mapping[str, str], theirs: Mapping[str, str], passage_ids: Mapping[str, int],
        item: Mapping[str, str] | None = None,
    ) -> dict[str, tuple[Because, ...]]:  # fmt: skip
        """Each shown sentence with the nearest of the suggested passage."""
        listed = {i: self._likely(sentence, sentences_of(theirs[i])) for i, sentence in shown.items()}
        texts = sorted({*shown.values(), *(sentence for found in listed.values() for sentence in found)})
        vectors = dict(zip(texts, self._encoder.encode(texts), strict=True))
        reasons: dict[str, tuple[Because, ...]] = {}
        for i, sentence in shown.items():
            near = [max(0.0, round(float(np.dot(vectors[sentence], vectors[other])), 6)) for other in listed[i]]
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
