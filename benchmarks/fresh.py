"""Unrelated pages that nothing was tuned on: everyday.md, written for this, and abstracts of medicine and biology.

They were written, and drawn, after the floors and gates of both were made.
"""

import json
import random
from pathlib import Path

from unrelated import Unrelated

from search.pack_page import sentences_of

ABSTRACTS = 200


def everyday() -> list[Unrelated]:
    """Pages on moths, sonatas, canteens, kittens."""
    text = Path(__file__).with_name("everyday.md").read_text(encoding="utf-8")
    pages = (page.split("\n", 1) for page in text.removeprefix("# ").split("\n# "))
    return [Unrelated("everyday", title.strip(), body.strip(), held_out=True) for title, body in pages]


def sentences() -> list[Unrelated]:
    """The second sentence of each of them alone, as a person selects one."""
    return [Unrelated("sentence", "", sentences_of(page.text)[1], held_out=True) for page in everyday()]


def abstracts(scifact: Path) -> list[Unrelated]:
    """So many of SciFact's abstracts, drawn by lot."""
    rows = (scifact / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    drawn = [json.loads(row) for row in random.Random(20261126).sample(rows, ABSTRACTS)]
    return [Unrelated("abstract", one["title"], one["text"], held_out=True) for one in drawn]
