"""Related lessons: ranking against search, evidence, silence, and texts whose siblings are known. One table.

usage: python benchmarks/related.py DATA IR [--home HOME] [--only ranking|evidence|silence|held]...

DATA and IR are folders of documents and of judged sets. HOME keeps what is taken in and encoded for the next time.

ranking   nDCG@10 of suggestions for each query as a pasted page (its first line is the title), by POST /v1/related,
          against search by the same text. The query's own document is in the corpus, and copies of it word for word,
          which are never suggested: they are taken out of both lists and of the judgements.
evidence  a suggestion's score is measured anew without each sentence of the page: does the shown one cost it the most?
silence   suggestions for 200 pages about nothing of the kind; half of them were held out while the floor was made.
held      200 documents that are not taken in: is one of five suggestions right? Right is a document of the same
          folder, and where the folder is many houses or matters (OF_ONE_KIND tells) one that shares house or topic.
"""

import argparse
import copy
import hashlib
import random
import re
import statistics
import time
from collections import Counter
from pathlib import Path

import unrelated
from fastapi.testclient import TestClient

from api.app import create_app
from api.evaluation import _take_in
from api.settings import load
from api.wiring import Lessonry
from corpus.bundle import read_bundle
from corpus.documents import as_draft
from corpus.types import Document
from ingest.types import Options
from search.quality import difference, per_query, read_beir
from search.related import Related
from search.ties import same_words, sentences_of
from search.types import Query

SETS = ("gitbugs-hadoop", "peps-related")
HELD = {
    "company-postmortems": 20, "curl-advisories": 30, "rust-blog-incidents": 8, "guidance": 42, "nasa-llis": 60,
    "wikimedia-incidents/txt": 40,
}  # fmt: skip
"""Folder -> how many of its documents are held out."""
TAGGED = "nasa-llis"
"""Whose documents are right by a common topic; those without any are not held out."""
OF_ONE_KIND = ("curl-advisories", "rust-blog-incidents", "wikimedia-incidents/txt")
EVIDENCE_PAGES = 30
TIMED = 10
"""One held-out text of so many is timed."""
STARTER = Path(__file__).parents[1] / "corpus" / "starter"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("ir", type=Path)
    parser.add_argument("--home", type=Path, default=Path(".lessonry/related"))
    parser.add_argument("--only", action="append", choices=["ranking", "evidence", "silence", "held"])
    given = parser.parse_args()
    wanted = given.only or ["ranking", "silence", "held", "evidence"]
    print("| related lessons | figure |\n|---|---|")
    if "ranking" in wanted:
        for name in SETS:
            ranking(given.ir / name, given.home / name)
    if {"silence", "held", "evidence"} & set(wanted):
        held = stock(given.data, given.home)
        with starter(given.home) as small, Lessonry(load(home=given.home / "kept")) as large:
            if "silence" in wanted:
                silence("starter", small)
                silence("data", large)
            if "held" in wanted:
                siblings(large, held)
            if "evidence" in wanted:
                evidence(large, [(one.title, one.text) for one in held])


def row(what: str, figure: object) -> None:
    print(f"| {what} | {figure} |", flush=True)


def ranking(folder: Path, home: Path) -> None:
    judged = read_beir(folder)
    texts = {row["id"]: f"{row['title']}\n{row['text']}" for row in judged.documents}
    with Lessonry(load(home=home)) as lessonry:
        ids = _take_in(judged, lessonry)
        lessonry.indexer.catch_up()
        client = TestClient(create_app(lessonry), base_url="http://127.0.0.1")
        runs: dict[str, dict] = {"search": {}, "related": {}}
        qrels, times = {}, []
        for query, grades in judged.qrels.items():
            text = judged.queries[query]
            copies = {one for one, said in texts.items() if same_words(text, said)} | {query}
            qrels[query] = {one: grade for one, grade in grades.items() if one not in copies}
            found = lessonry.searcher.rank(Query(text=text[:20_000])).documents
            title, body = text.split("\n", 1) if "\n" in text else ("", text)
            start = time.perf_counter()
            answer = (
                client.post("/v1/related", json={"title": title, "text": body, "limit": 11}).raise_for_status().json()
            )
            times.append(time.perf_counter() - start)
            suggested = [one["document"]["id"] for one in answer["suggestions"]]
            listed = {"search": [one.document_id for one in found], "related": suggested}
            for name, documents in listed.items():
                others = [ids[one] for one in documents if ids[one] not in copies][:10]
                runs[name][query] = [(one, -float(place)) for place, one in enumerate(others)]
        qrels = {query: grades for query, grades in qrels.items() if any(grades.values())}
        found = {
            name: per_query(qrels, {query: run[query] for query in qrels})["ndcg@10"] for name, run in runs.items()
        }
        for name, values in found.items():
            row(f"{folder.name}: nDCG@10 of {name}, {len(qrels)} queries", f"{statistics.mean(values.values()):.3f}")
        apart = difference(found["search"], found["related"])
        row(
            f"{folder.name}: related better than search by",
            f"{apart.mean:+.3f} ({apart.low:+.3f} to {apart.high:+.3f})",
        )
        row(f"{folder.name}: ms for a page, median", f"{1000 * statistics.median(times):.0f}")


def starter(home: Path) -> Lessonry:
    lessonry = Lessonry(load(home=home / "starter"))
    read_bundle(lessonry.corpus, STARTER, lessonry.split)
    lessonry.indexer.catch_up()
    return lessonry


def stock(data: Path, home: Path) -> list[Document]:
    """The documents of DATA in a home, all but the held out ones in another; those."""
    (home / "kept").mkdir(parents=True, exist_ok=True)
    held = []
    with Lessonry(load(home=home / "data")) as everything, Lessonry(load(home=home / "kept")) as kept:
        for name in HELD:
            if not any(folder_of(one) == name for one in all_of(everything)):
                list(everything.ingestor.add(str(data / name), Options()))
        by_folder: dict[str, list[Document]] = {}
        for document in all_of(everything):
            by_folder.setdefault(folder_of(document), []).append(document)
        for name, documents in by_folder.items():
            documents.sort(key=lambda one: hashlib.sha256(one.source.rpartition("/")[2].encode()).digest())
            out = [one for one in documents if len(one.text) >= 300 and (one.tags or name != TAGGED)][: HELD[name]]
            held += out
            for one in documents:
                if one not in out and kept.corpus.documents.digest(one.id) is None:
                    kept.corpus.documents.put(as_draft(one), kept.split(one.title, one.full_text))
        kept.indexer.catch_up()
        kept.indexer.compact_if_worth_it()
    return held


def all_of(lessonry: Lessonry) -> list[Document]:
    return [lessonry.corpus.documents.get(one) for one in lessonry.corpus.documents.ids()]


def folder_of(document: Document) -> str:
    return next(name for name in HELD if f"/{name}/" in document.source)


def silence(name: str, lessonry: Lessonry) -> None:
    pages, found = unrelated.pages(), Counter()
    for page in pages:
        suggested = len(lessonry.related.of_text(page.title, page.text).items)
        found.update({page.kind: suggested, "held out" if page.held_out else "for tuning": suggested})
    kinds = ", ".join(f"{kind} {found[kind]}" for kind in unrelated.KINDS)
    halves = f"{found['for tuning']} + {found['held out']} held out"
    row(f"{name}: suggestions for {len(pages)} unrelated pages", f"{halves} ({kinds})")
    row(f"{name}: floor for a page of 1, 3, 12 passages", [round(lessonry.related.floor(n), 3) for n in (1, 3, 12)])


def siblings(lessonry: Lessonry, held: list[Document]) -> None:
    right, told, times = Counter(), Counter(), []
    for number, one in enumerate(held):
        if number % TIMED == 0:
            start = time.perf_counter()
            lessonry.related.of_text(one.title, one.text)
            times.append(time.perf_counter() - start)
        found = unexplained(lessonry).of_text(one.title, one.text).items
        told[folder_of(one)] += bool(found)
        right[folder_of(one)] += any(is_right(one, suggestion.document) for suggestion in found)
    kinds = ", ".join(f"{name} {right[name]}/{HELD[name]}" for name in HELD)
    row("data: held-out texts with a right suggestion among 5", f"{sum(right.values())}/{len(held)} ({kinds})")
    row("data: held-out texts with any suggestion", f"{sum(told.values())}/{len(held)}")
    row(
        "data: ms for a held-out text, median and most",
        f"{1000 * statistics.median(times):.0f}, {1000 * max(times):.0f}",
    )


def is_right(one: Document, other: Document) -> bool:
    folder = folder_of(one)
    if folder_of(other) != folder:
        return False
    if folder in OF_ONE_KIND:
        return True
    if folder == TAGGED:
        return bool(set(one.tags) & set(other.tags))
    return house(one, folder) == house(other, folder)


def house(document: Document, folder: str) -> str:
    return document.source.split(f"/{folder}/")[1].split("/")[0]


def evidence(lessonry: Lessonry, pages: list[tuple[str, str]]) -> None:
    """Over pages of 4 to 22 sentences, each of which can be taken out of the text as it stands."""
    random.Random(2).shuffle(pages)
    best, told, taken = 0, 0, 0
    for title, text in pages:
        passages = lessonry.split(title, text)
        every = list(dict.fromkeys(sentence for one in passages for sentence in sentences_of(one.text)))
        listed = [sentence for sentence in every if occurrences(text, sentence) == 1]
        if not 4 <= len(listed) == len(every) <= 22:
            continue
        if taken == EVIDENCE_PAGES:
            break
        taken += 1
        suggested = lessonry.related.of_text(title, text).items
        left = {sentence: scored(lessonry, title, pattern(sentence).sub("", text, count=1)) for sentence in listed}
        for one in suggested:
            drops = {sentence: one.score - found.get(one.document.id, 0.0) for sentence, found in left.items()}
            told += 1
            best += bool(one.because) and drops.get(one.because[0].yours, -1) >= max(drops.values()) - 1e-9
    share = f"{best}/{told} = {100 * best / max(told, 1):.0f} %"
    row(f"data: suggestions whose shown sentence costs the most ({taken} held-out pages)", share)


def scored(lessonry: Lessonry, title: str, text: str) -> dict[str, float]:
    return {one.document.id: one.score for one in unexplained(lessonry).of_text(title, text, 50).items}


def unexplained(lessonry: Lessonry) -> Related:
    """Scores are the same without reasons, which cost time."""
    related = copy.copy(lessonry.related)
    related._shown = lambda *_: {}
    return related


def pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, sentence.split())))


def occurrences(text: str, sentence: str) -> int:
    return len(pattern(sentence).findall(text))


if __name__ == "__main__":
    main()
