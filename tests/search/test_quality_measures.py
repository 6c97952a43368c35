"""Measures against sums done by hand, and judged sets that are not as they should be."""

from math import log2
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import SourceError
from search.quality import Difference, difference, interval, means, measure, per_query, read_beir, run_queries, times


def ranked(*ids: str) -> list[tuple[str, float]]:
    return [(document, 1.0 - place / 100) for place, document in enumerate(ids)]


def test_one_query_by_hand() -> None:
    qrels = {"q": {"a": 2, "b": 1, "c": 1, "d": 0}}
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert measure(qrels, {"q": ranked("x", "a", "d", "b")}) == {
        "ndcg@10": round((2 / log2(3) + 1 / log2(5)) / ideal, 4),
        "recall@10": 0.6667,
        "recall@100": 0.6667,
        "mrr@10": 0.5,
    }


def test_the_mean_counts_queries_without_results_as_nothing() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}, "q4": {"d": 1}}
    run = {"q1": ranked("a"), "q2": [], "q4": ranked("x", "d"), "unjudged": ranked("a")}
    assert measure(qrels, run) == {
        "ndcg@10": round((1 + 1 / log2(3)) / 4, 4),
        "recall@10": 0.5,
        "recall@100": 0.5,
        "mrr@10": round(1.5 / 4, 4),
    }


def test_what_stands_below_the_tenth_place_counts_only_for_the_deep_recall() -> None:
    run = {"q": ranked(*(f"x{n}" for n in range(10)), "a")}
    assert measure({"q": {"a": 1}}, run) == {"ndcg@10": 0.0, "recall@10": 0.0, "recall@100": 1.0, "mrr@10": 0.0}


def test_ties_count_in_the_order_that_was_answered() -> None:
    assert measure({"q": {"z": 1}}, {"q": [("z", 0.5), ("a", 0.5)]})["mrr@10"] == 1.0
    assert measure({"q": {"z": 1}}, {"q": [("a", 0.5), ("z", 0.5)]})["mrr@10"] == 0.5


def write(folder: Path, corpus: str, queries: str, qrels: str, qrels_at: str = "qrels.tsv") -> Path:
    (folder / "corpus.jsonl").write_text(corpus)
    (folder / "queries.jsonl").write_text(queries)
    (folder / qrels_at).parent.mkdir(exist_ok=True)
    (folder / qrels_at).write_text(qrels)
    return folder


CORPUS = '{"_id": "a", "title": "A", "text": "x"}\n\n{"_id": 7, "text": "y"}\n'
QUERIES = '{"_id": "q1", "text": "what"}\n{"_id": "q2", "text": "why"}\n'


@pytest.mark.parametrize("at", ["qrels.tsv", "qrels/test.tsv"])
@pytest.mark.parametrize(
    "qrels", ["query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\t7\t0\n", "q1\ta\t2\nq1\t7\t0\n", "q1\t0\ta\t2\nq1\t0\t7\t0\n"]
)
def test_a_judged_set_is_read(tmp_path: Path, qrels: str, at: str) -> None:
    judged = read_beir(write(tmp_path, CORPUS, QUERIES, qrels, at))
    assert judged.documents == [{"id": "a", "title": "A", "text": "x"}, {"id": "7", "title": "", "text": "y"}]
    assert judged.queries == {"q1": "what", "q2": "why"}
    assert judged.qrels == {"q1": {"a": 2, "7": 0}}


@pytest.mark.parametrize(
    ("corpus", "queries", "qrels", "said"),
    [
        (CORPUS + "{not json", QUERIES, "q1\ta\t1\n", r"corpus\.jsonl.*line 4 is not JSON"),
        (CORPUS + "5", QUERIES, "q1\ta\t1\n", r"corpus\.jsonl.*line 4"),
        ('{"id": "a"}', QUERIES, "q1\ta\t1\n", r"corpus\.jsonl.*line 1 has no _id"),
        (CORPUS + '{"_id": "b"}\n\udcff', QUERIES, "q1\ta\t1\n", r"corpus\.jsonl.*line 5 is not JSON"),
        ("", QUERIES, "q1\ta\t1\n", r"corpus\.jsonl.*no document"),
        (CORPUS, '{"_id": "q1", "text": " "}', "q1\ta\t1\n", r"queries\.jsonl.*line 1 has no text"),
        (CORPUS, '{"_id": "q1"}', "q1\ta\t1\n", r"queries\.jsonl.*line 1 has no text"),
        (CORPUS, "\udcff", "q1\ta\t1\n", r"queries\.jsonl"),
        (CORPUS, QUERIES, "q1\ta\t1\nq1\ta\tmuch\n", r"qrels\.tsv.*line 2 has no grade"),
        (CORPUS, QUERIES, "q9\ta\t1\n", r"qrels\.tsv.*'q9'"),
        (CORPUS, QUERIES, "\udcff", r"qrels\.tsv"),
        (CORPUS, QUERIES, "", r"qrels\.tsv.*judges nothing"),
        (CORPUS, QUERIES, "query-id\tcorpus-id\tscore\n", r"qrels\.tsv.*judges nothing"),
    ],
)
def test_what_is_wrong_with_a_set_is_said(tmp_path: Path, corpus: str, queries: str, qrels: str, said: str) -> None:
    for name, content in (("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", qrels)):
        (tmp_path / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceError, match=said):
        read_beir(tmp_path)


def test_a_byte_order_mark_and_a_document_that_comes_twice_are_no_hindrance(tmp_path: Path) -> None:
    corpus = '\ufeff{"_id": 0, "text": "x"}\n{"_id": "0", "text": "y"}\n'
    judged = read_beir(write(tmp_path, corpus, f"\ufeff{QUERIES}", "\ufeffq1\t0\t1\nq1\tb\t1\nq2\tc\t0\n"))
    assert judged.documents == [{"id": "0", "title": "", "text": "y"}]
    assert judged.qrels == {"q1": {"0": 1, "b": 1}, "q2": {"c": 0}}
    assert judged.missing == 1


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, CORPUS, QUERIES, "q1\ta\t1\n")
    (tmp_path / name).unlink()
    with pytest.raises(SourceError, match=name):
        read_beir(tmp_path)


def test_a_query_that_is_also_a_document_is_not_answered_by_itself(tmp_path: Path) -> None:
    judged = read_beir(
        write(tmp_path, CORPUS, '{"_id": "a", "text": "w"}\n{"_id": "7", "text": "v"}', "a\t7\t1\n7\t7\t1\n7\ta\t1\n")
    )
    asked: list[tuple[str, int]] = []

    def ask(text: str, depth: int) -> list[tuple[str, float]]:
        asked.append((text, depth))
        return ranked("a", "7", "b")

    run, milliseconds = run_queries(judged, ask, depth=2)
    assert {query: [document for document, _ in found] for query, found in run.items()} == {
        "a": ["7", "b"],
        "7": ["a", "7"],
    }
    assert asked == [("w", 3), ("v", 3)]
    assert len(milliseconds) == 2


def test_the_times_of_queries() -> None:
    assert times([5.0, 1.0, 3.0]) == {"p50_ms": 3.0, "p99_ms": 5.0}


def test_each_query_has_its_own_value_and_one_without_results_has_nothing() -> None:
    found = per_query({"q1": {"a": 1}, "q2": {"b": 1}}, {"q1": ranked("x", "a"), "unjudged": ranked("a")})
    assert found["mrr@10"] == {"q1": 0.5, "q2": 0.0}
    assert found["ndcg@10"] == {"q1": pytest.approx(1 / log2(3)), "q2": 0.0}
    assert means(found)["recall@10"] == 0.5


def test_an_interval_is_near_that_of_the_normal_distribution_and_always_the_same() -> None:
    values = [place % 10 / 10 for place in range(400)]
    half = 1.96 * np.std(values) / 20
    low, high = interval(values)
    assert (low, high) == (pytest.approx(0.45 - half, abs=0.003), pytest.approx(0.45 + half, abs=0.003))
    assert interval(values) == (low, high)
    assert interval([0.7] * 9) == (0.7, 0.7)


def test_a_difference_is_paired() -> None:
    """Queries differ much from each other, B from A by the same small gain: the interval is that of the gain."""
    a = {f"q{n}": n / 100 for n in range(90)}
    b = {query: value + 0.05 for query, value in reversed(a.items())}
    assert difference(a, b) == Difference(0.05, 0.05, 0.05, better=90, worse=0, queries=90)
    assert difference(b, a).mean == -0.05
    mixed = difference(a, {**a, "q1": 1.0, "q2": 0.0})
    assert (mixed.better, mixed.worse, mixed.queries) == (1, 1, 90)
    assert mixed.low < mixed.mean < mixed.high
    with pytest.raises(ValueError, match="1 queries"):
        difference(a, {**a, "another": 1.0})
