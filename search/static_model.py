"""A static model: one vector a word piece, distilled from an encoder as model2vec does it; a text is a weighted mean.

Small enough to stand in a browser, where no model has to run. A linear map, fitted on the corpus's own passages and
the vectors that the encoder gives them, brings the mean of a text's pieces near to what the encoder would say of it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from search.encoders import DEFAULT_MODEL, model_source
from search.types import Encoder, Vectors

UNKNOWN = "[UNK]"
"""The piece that stands for a word that cannot be cut into pieces."""
_OFTEN = 1e-4
"""The `a` of the weights a / (a + p) of Arora et al. (2017): a piece that is met more often than this counts less."""
_RIDGE = 0.05
"""How much the fitted map is held to leave vectors as they are, as a multiple of their variance."""
_LAST_LATIN = "\u024f"


@dataclass(frozen=True)
class StaticModel:
    """`table` holds a row for each of `pieces`; a row's length is what the piece weighs."""

    pieces: tuple[str, ...]
    table: Vectors

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        vocabulary = {piece: place for place, piece in enumerate(self.pieces)}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=UNKNOWN))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        return tokenizer

    @cached_property
    def _unknown(self) -> int:
        return self.pieces.index(UNKNOWN)

    def ids(self, text: str) -> list[int]:
        """The pieces of a text; words that are not known are left out."""
        found: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return [place for place in found if place != self._unknown]

    def encode(self, texts: Sequence[str], most: int | None = None) -> Vectors:
        """Texts, or the first `most` pieces of each -> [n, dimension] of unit length; zeros if none is known."""
        sums = [self.table[self.ids(text)[:most]].sum(axis=0) for text in texts]
        return unit(np.stack(sums) if sums else np.zeros((0, self.table.shape[1]), np.float32))


def unit(vectors: Vectors) -> Vectors:
    """Each row at length one; zeros stay zeros."""
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return scaled


def vocabulary() -> tuple[str, ...]:
    """The word pieces of the default model, the most frequent ones of English first."""
    text = (Path(model_source(DEFAULT_MODEL)) / "vocab.txt").read_text(encoding="utf-8")
    return tuple(text.removesuffix("\n").split("\n"))


def distilled(encoder: Encoder, pieces: Sequence[str], folder: Path) -> StaticModel:
    """What the encoder says of each piece alone, weighted; kept in `folder`, since it takes a minute to ask."""
    name = hashlib.sha256("\n".join([encoder.id, *pieces]).encode()).hexdigest()[:16]
    path = folder / f"static-{name}.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            partial = path.with_suffix(".partial")
            with partial.open("wb") as file:
                np.save(file, _table(encoder, pieces))
            partial.replace(path)
    return StaticModel(tuple(pieces), np.load(path).astype(np.float32))


def _table(encoder: Encoder, pieces: Sequence[str]) -> NDArray[np.float16]:
    """Pieces of other scripts, and those that stand for nothing, have rows of zeros."""
    telling = [place for place, piece in enumerate(pieces) if piece[0] != "[" and max(piece) <= _LAST_LATIN]
    table = np.zeros((len(pieces), encoder.dimension), np.float16)
    vectors = encoder.encode([pieces[place].removeprefix("##") for place in telling])
    frequency = 1 / np.arange(1, len(pieces) + 1)  # by Zipf's law; the vocabulary is sorted by frequency
    frequency /= frequency.sum()
    table[telling] = vectors * (_OFTEN / (_OFTEN + frequency[telling]))[:, None]
    return table


def fit(means: Vectors, vectors: Vectors) -> Vectors:
    """The map from the means of texts to their vectors (ridge regression, held near to leaving all as it is)."""
    share = means.T @ means / max(1, len(means))
    held = (_RIDGE * np.trace(share) / len(share) + 1e-6) * np.eye(len(share), dtype=np.float32)
    to: Vectors = np.linalg.solve(share + held, means.T @ vectors / max(1, len(means)) + held)
    return to


def axes(vectors: Vectors, dimension: int) -> Vectors:
    """The directions that hold most of the vectors: [their dimension, `dimension`]."""
    turned: Vectors = np.linalg.eigh(vectors.T @ vectors)[1][:, ::-1][:, :dimension]
    return turned
