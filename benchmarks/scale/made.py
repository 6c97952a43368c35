"""A home of as many passages as asked for, put together from real sentences; the same ones give the same home.

usage: python benchmarks/scale/made.py HOME --passages 100000 --from DONOR [--seed 7]

DONOR is a home of real documents, encoded (`lessonry --home DONOR add FOLDER`). A made document takes title, kind,
house and tags of a real one; each of its passages is the greater part of one real passage and a sentence of another.
Its vector, which goes into the cache, is 0.8 of that of the first, 0.2 of that of the other, and noise as long as half
a vector, at length 1: near to what the encoder would say, and no two the same. So an index over a million of them has
what real ones have, clusters and near neighbours, and nobody waits a day for the encoder.
Tags `one-in-100`, `one-in-10000` and `single` are there to be filtered by.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.settings import load
from api.wiring import Lessonry
from corpus.passages import sentences
from corpus.types import Document, Draft, PassageText, passage_key
from ingest.twins import Twins
from search.index import packed
from search.types import Vectors

LEAST, MOST = 2, 10
"""Passages of a made document."""
NOISE = 0.5
_DOCUMENTS = 500
"""Written in one transaction."""


@dataclass(frozen=True)
class Donor:
    """Real passages: their documents, headings, sentences and vectors [n, d]."""

    documents: Sequence[Document]
    headings: Sequence[str]
    sentences: Sequence[Sequence[str]]
    vectors: Vectors


@dataclass(frozen=True)
class Made:
    """A made document, its passages, and the vectors [passages, d] that they get."""

    draft: Draft
    passages: list[PassageText]
    vectors: Vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--passages", type=int, required=True)
    parser.add_argument("--from", type=Path, required=True, dest="donor")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(f"{fill(given.home, read(given.donor), given.passages, given.seed)} documents")


def read(home: Path) -> Donor:
    """All passages of a home that have a vector and two sentences."""
    with Lessonry(load(home=home)) as lessonry:
        lessonry.indexer.catch_up()
        documents = lessonry.corpus.documents
        passages = [(documents.get(one), passage) for one in documents.ids() for passage in documents.passages(one)]
        vectors = lessonry.indexer.index.vectors([passage.id for _, passage in passages])
        told = [(document, passage, sentences(passage.text)) for document, passage in passages]
        kept = [(document, passage, said) for document, passage, said in told if len(said) > 1]
        return Donor(
            [document for document, _, _ in kept],
            [passage.heading for _, passage, _ in kept],
            [said for _, _, said in kept],
            np.stack([vectors[passage.id] for _, passage, _ in kept]),
        )


def fill(home: Path, donor: Donor, passages: int, seed: int = 7) -> int:
    """Make the home and its index; how many documents it has."""
    count = 0
    with Lessonry(load(home=home)) as lessonry:
        made = documents(donor, passages, seed)
        while batch := [one for one, _ in zip(made, range(_DOCUMENTS), strict=False)]:
            vectors = {}
            with lessonry.corpus.db.write():
                for one in batch:
                    lessonry.corpus.documents.put(one.draft, one.passages)
                    keys = [passage_key(one.draft.title, each.heading, each.text) for each in one.passages]
                    vectors.update(zip(keys, map(packed, one.vectors), strict=True))
            lessonry.cache.put(lessonry.encoder.id, vectors)
            count += len(batch)
        Twins(lessonry.corpus).know_all()
        lessonry.ingestor.catch_up()
        lessonry.indexer.catch_up()
        lessonry.indexer.compact_if_worth_it()
    return count


def documents(donor: Donor, passages: int, seed: int) -> Iterator[Made]:
    """Made documents of so many passages in all."""
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    left, number = passages, 0
    while left > 0:
        count = min(left, chance.randint(LEAST, MOST))
        left, number = left - count, number + 1
        of = donor.documents[chance.randrange(len(donor.documents))]
        firsts = [chance.randrange(len(donor.vectors)) for _ in range(count)]
        others = [chance.randrange(len(donor.vectors)) for _ in range(count)]
        yield Made(
            _draft(of, number, [donor.sentences[one][0] for one in firsts]),
            [_passage(donor, one, other, chance) for one, other in zip(firsts, others, strict=True)],
            _vectors(donor.vectors[firsts], donor.vectors[others], noise),
        )


def _draft(of: Document, number: int, said: Sequence[str]) -> Draft:
    rare = {"one-in-100": number % 100 == 50, "one-in-10000": number % 10_000 == 5_000, "single": number == 77}
    return Draft(
        identity=f"made:{number}",
        title=f"{of.title} ({number})",
        text=" ".join(said),
        kind=of.kind,
        organization=of.organization,
        published=of.published,
        tags=(*of.tags, *(tag for tag, has in rare.items() if has)),
        source=f"made:{number}",
    )


def _passage(donor: Donor, one: int, other: int, chance: random.Random) -> PassageText:
    """Most sentences of one passage, and a sentence of another in their midst."""
    said = list(donor.sentences[one])
    said.pop(chance.randrange(len(said)))
    said.insert(chance.randint(0, len(said)), chance.choice(donor.sentences[other]))
    return PassageText(heading=donor.headings[one], text=" ".join(said))


def _vectors(first: Vectors, other: Vectors, noise: np.random.Generator) -> Vectors:
    about = noise.standard_normal(first.shape).astype(np.float32)
    mixed = 0.8 * first + 0.2 * other + NOISE * about / np.linalg.norm(about, axis=1, keepdims=True)
    made: Vectors = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
    return made


if __name__ == "__main__":
    main()
