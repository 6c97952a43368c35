"""Private matching by a pack: its agreement with the server, silence, size and time. One table.

usage: python benchmarks/pack.py DATA [--scifact SCIFACT] [--home HOME] [--only starter|data|size|fresh]...

DATA is a folder of documents. HOME, that of benchmarks/related.py, keeps what is taken in and encoded.

agreement  how many of the server's first five are among the pack's first five, over pages that the server has
           something to say on. No page is a document of the pack or of the server that it is asked of: of the starter
           corpus a fifth at a time is taken out, of DATA those that benchmarks/related.py holds out.
unrelated  the pages of benchmarks/unrelated.py that get any suggestion, from the server and from the pack.
fresh      the same for pages that nothing was tuned on: those of benchmarks/fresh.py.
size       a pack of 10,000 lessons: those of DATA again and again, with passages of others of them.
time       a match in node by that pack, over the held-out documents of DATA.
"""

import argparse
import gzip
import json
import random
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import fresh
import related
import unrelated
from unrelated import Unrelated

from api.settings import load
from api.wiring import Lessonry
from corpus.types import Document
from search import pack, pack_words, silence, static_model
from search.pack_matching import Pack
from search.static_model import StaticModel

Pair = tuple[list[str], list[str]]
"""What the server suggests for a page, and what the pack does."""
FOLDS, LESSONS = 5, 10_000
PACK_JS = Path(__file__).parents[1] / "extension" / "pack.js"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path, default=Path(".lessonry/related"))
    parser.add_argument("--only", action="append", choices=["starter", "data", "size", "fresh"])
    parser.add_argument("--scifact", type=Path, help="the folder of that judged set, for its abstracts")
    given = parser.parse_args()
    wanted = given.only or ["starter", "data", "size", "fresh"]
    print("| the pack | figure |\n|---|---|")
    if "starter" in wanted:
        agreement("starter", [pair for pairs in folds(given.home) for pair in pairs])
        with related.starter(given.home) as lessonry:
            silence_of("starter", both(lessonry, built(lessonry), unrelated.pages()))
    if "fresh" in wanted:
        with related.starter(given.home) as lessonry:
            silence_of_fresh("starter", lessonry, given.scifact)
    if {"data", "size", "fresh"} & set(wanted):
        held = related.stock(given.data, given.home)
        with Lessonry(load(home=given.home / "kept")) as lessonry:
            lessonry.indexer.catch_up()
            if "data" in wanted:
                on_data(lessonry, held)
            if "size" in wanted:
                size_and_time(lessonry, held)
            if "fresh" in wanted:
                silence_of_fresh("data", lessonry, given.scifact)


def row(what: str, figure: object) -> None:
    print(f"| {what} | {figure} |", flush=True)


def folds(home: Path) -> Iterator[list[Pair]]:
    """The starter corpus without a fifth of it, asked for that."""
    with related.starter(home) as lessonry:
        ids = sorted(lessonry.corpus.documents.ids(), key=lambda one: lessonry.corpus.documents.get(one).title)
    random.Random(7).shuffle(ids)
    for fold in range(FOLDS):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(home / "starter", Path(folder) / "home")
            with Lessonry(load(home=Path(folder) / "home")) as lessonry:
                held = [lessonry.corpus.documents.get(one) for one in ids[fold::FOLDS]]
                for document in held:
                    lessonry.corpus.documents.remove(document.id)
                lessonry.indexer.catch_up()
                yield both(lessonry, built(lessonry), held)


def built(lessonry: Lessonry) -> Pack:
    wrong_in = lessonry.settings.pages_per_wrong_suggestion
    return Pack(pack.build(lessonry.corpus, lessonry.indexer, base_of(lessonry), wrong_in, {}))


def both(lessonry: Lessonry, made: Pack, pages: Sequence[Document | Unrelated]) -> list[Pair]:
    return [(suggested(lessonry, one.title, one.text), matched(made, one.title, one.text)) for one in pages]


def agreement(name: str, pairs: Sequence[Pair]) -> None:
    asked = [(server, mine) for server, mine in pairs if server]
    shares = [len(set(server) & set(mine)) / len(server) for server, mine in asked]
    row(f"{name}: agreement of the first five", f"{statistics.mean(shares):.3f} over {len(shares)} pages")
    row(f"{name}: of these, pages that the pack is silent on", sum(not mine for _, mine in asked))


def silence_of(name: str, pairs: Sequence[Pair], pages: str = "unrelated pages") -> None:
    row(f"{name}: {pages} told by the server", f"{sum(bool(server) for server, _ in pairs)} of {len(pairs)}")
    row(f"{name}: {pages} told by the pack", f"{sum(bool(mine) for _, mine in pairs)} of {len(pairs)}")


def silence_of_fresh(name: str, lessonry: Lessonry, scifact: Path | None) -> None:
    made = built(lessonry)
    asked = {"everyday pages": fresh.everyday(), "single sentences of them": fresh.sentences()}
    if scifact:
        asked["medical abstracts"] = fresh.abstracts(scifact)
    for pages, listed in asked.items():
        silence_of(name, both(lessonry, made, listed), pages)
    thin = thinned(lessonry, made)
    for pages, listed in asked.items():
        told = sum(bool(matched(thin, page.title, page.text)) for page in listed)
        row(f"{name}, thinned as of {LESSONS:,} lessons: {pages} told by the pack", f"{told} of {len(listed)}")


def on_data(lessonry: Lessonry, held: Sequence[Document]) -> None:
    """By the pack as it is, and by one of which as much is left out as of a pack of so many lessons."""
    made = built(lessonry)
    pairs, apart = both(lessonry, made, held), both(lessonry, made, unrelated.pages())
    agreement("data", pairs)
    silence_of("data", apart)
    made = thinned(lessonry, made)
    again = [(server, matched(made, one.title, one.text)) for (server, _), one in zip(pairs, held, strict=True)]
    agreement(f"data, thinned as of {LESSONS:,} lessons", again)
    told = sum(bool(matched(made, page.title, page.text)) for page in unrelated.pages())
    row(f"data, thinned as of {LESSONS:,} lessons: unrelated pages told by the pack", f"{told} of {len(apart)}")


def thinned(lessonry: Lessonry, made: Pack) -> Pack:
    """A pack of which as much is left out as of one of so many lessons."""
    part = len(made.lessons) / LESSONS
    with (
        patch.object(pack, "_UNITS", round(part * pack._UNITS)),
        patch.object(pack_words, "_TERMS", round(part * pack_words._TERMS)),
    ):
        return built(lessonry)


def suggested(lessonry: Lessonry, title: str, text: str) -> list[str]:
    """The server's first five; sentences that are encoded once stay so."""
    answer = related.unexplained(lessonry)._answered(title, text, 5, None, lessonry.indexer.encoded)
    assert not answer.degraded, answer.degraded
    return [one.document.id for one in answer.items]


def matched(made: Pack, title: str, text: str) -> list[str]:
    return [one.document["id"] for one in made.match({"url": "", "title": title, "text": text})]


def base_of(lessonry: Lessonry) -> StaticModel:
    return static_model.distilled(lessonry.encoder, static_model.vocabulary(), lessonry.settings.models)


def size_and_time(lessonry: Lessonry, held: Sequence[Document]) -> None:
    lessons, vectors = many(list(pack._lessons(lessonry.corpus)), lessonry)
    apart = lessonry.indexer.encoded(silence.background())
    made = pack.made(lessons, vectors, apart, base_of(lessonry), lessonry.settings.pages_per_wrong_suggestion, {})
    row(f"{len(lessons):,} lessons, {len(vectors):,} passages: MB as sent", f"{len(gzip.compress(made, 6)) / 1e6:.1f}")
    row(f"{len(lessons):,} lessons: MB as unpacked", f"{len(made) / 1e6:.1f}")
    times = timed(made, [(one.title, one.text) for one in held])
    worst = sorted(times)[int(0.95 * len(times))]
    figures = f"{statistics.median(times):.0f}, {worst:.0f}, {max(times):.0f}"
    row(f"{len(lessons):,} lessons: ms for a match in node, median, of 95 %, most, over {len(times)} pages", figures)


def many(real: list[pack.Lesson], lessonry: Lessonry) -> tuple[list[pack.Lesson], dict[int, object]]:
    """So many lessons: the real ones again and again, each time with their passages in another order and another id."""
    known = lessonry.indexer.index.vectors([passage.id for one in real for passage in one.passages])
    draw = random.Random(1)
    lessons, vectors = [], {}
    for number in range(LESSONS):
        one, other = real[number % len(real)], draw.choice(real)
        passages = []
        for passage in draw.sample(other.passages, len(other.passages)):
            vectors[len(vectors)] = known[passage.id]
            passages.append(replace(passage, id=len(vectors) - 1))
        lessons.append(pack.Lesson(replace(one.document, id=f"{draw.getrandbits(64):016x}"), passages))
    return lessons, vectors


def timed(made: bytes, pages: Sequence[tuple[str, str]]) -> list[float]:
    """Milliseconds of each page; the first ones, while node warms up, are asked twice."""
    script = f"""
        import fs from "node:fs";
        import {{ openPack, match }} from {json.dumps(PACK_JS.as_uri())};
        const [file, pages] = process.argv.slice(1).map((path) => fs.readFileSync(path));
        const pack = await openPack(file);
        const time = ([title, text]) => {{
          const start = performance.now();
          match(pack, {{ url: "", title, text }});
          return performance.now() - start;
        }};
        const asked = JSON.parse(pages);
        asked.slice(0, 10).forEach(time);
        console.log(JSON.stringify(asked.map(time)));
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("pack", "pages")]
        paths[0].write_bytes(made)
        paths[1].write_text(json.dumps(pages))
        command = ["node", "--input-type=module", "-e", script, "--", *map(str, paths)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
