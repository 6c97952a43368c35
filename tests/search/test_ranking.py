"""Fusion and diversity: against a slow and plain reference, and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ranking import (
    EXACT_WEIGHT,
    IDENTIFIER_SHARE,
    KEYWORD_WEIGHT,
    Evidence,
    diversify,
    fuse,
    hybrid_weight,
    spread,
    weight_of_words,
)


def reference(evidence: dict[int, Evidence], weight: float, exact: dict[str, float]) -> list[tuple[str, int, float]]:
    """(document, passage, score) by the words of the docstring, one document after the other."""
    bm25s = [one.bm25 for one in evidence.values() if one.bm25]
    cosines = [one.cosine for one in evidence.values() if one.cosine and one.cosine > 0]

    def keyword(one: Evidence) -> float:
        return one.bm25 / max(bm25s) if one.bm25 else 0.0

    def semantic(one: Evidence) -> float:
        return one.cosine / max(cosines) if one.cosine and one.cosine > 0 else 0.0

    rows = []
    for document in {one.document_id for one in evidence.values()}:
        own = {i: one for i, one in evidence.items() if one.document_id == document}
        score = weight * max(map(keyword, own.values())) + (1 - weight) * max(map(semantic, own.values()))
        if exact:
            score = (1 - EXACT_WEIGHT) * score + EXACT_WEIGHT * exact.get(document, 0)
        passage = min(own, key=lambda i: (-(weight * keyword(own[i]) + (1 - weight) * semantic(own[i])), i))
        rows.append((document, passage, round(score, 6)))
    return sorted(rows, key=lambda row: (-row[2], row[0]))


scores = st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.5, 1.0, 7.5]), st.floats(0, 50))
cosines = st.one_of(st.none(), st.sampled_from([-0.5, 0.0, 0.25, 0.5, 1.0]), st.floats(-1, 1))
evidences = st.dictionaries(
    st.integers(1, 40), st.builds(Evidence, st.sampled_from("abcdef"), scores, cosines), max_size=25
)


exacts = st.dictionaries(st.sampled_from("abxy"), st.sampled_from([0.25, 0.5, 1.0]), max_size=3)


@given(evidences, st.sampled_from([0.0, 0.3, KEYWORD_WEIGHT, 1.0]), exacts)
def test_fusion_is_that_of_its_definition(
    evidence: dict[int, Evidence], weight: float, exact: dict[str, float]
) -> None:
    found = fuse(evidence, weight, exact)
    expected = reference(evidence, weight, exact)
    assert {one.document_id: (one.passage_id, one.score) for one in found} == {
        document: (passage, pytest.approx(score, abs=2e-6)) for document, passage, score in expected
    }
    assert [(-one.score, one.document_id) for one in found] == sorted((-one.score, one.document_id) for one in found)
    words = weight_of_words(weight, bool(exact))
    for one in found:
        assert 0 <= one.score <= 1
        own = [each for each in evidence.values() if each.document_id == one.document_id]
        assert one.bm25 == max((each.bm25 for each in own if each.bm25 is not None), default=None)
        assert one.cosine == max((each.cosine for each in own if each.cosine is not None), default=None)
        assert one.score == pytest.approx(words * one.keyword + (1 - words) * one.semantic, abs=2e-6)
        assert 0 <= one.keyword <= 1
        assert one.exact == exact.get(one.document_id, 0)


def test_by_hand() -> None:
    found = fuse(
        {
            1: Evidence("both", 4.0, 0.4),
            2: Evidence("words", 8.0, None),
            3: Evidence("meaning", None, 0.8),
            4: Evidence("both", 2.0, 0.6),
            5: Evidence("against", None, -0.3),
        },
        0.5,
    )
    assert [(one.document_id, one.passage_id, one.score) for one in found] == [
        ("both", 1, 0.625),
        ("meaning", 3, 0.5),
        ("words", 2, 0.5),
        ("against", 5, 0.0),
    ]
    assert (found[0].keyword, found[0].semantic, found[0].bm25, found[0].cosine) == (0.5, 0.75, 4.0, 0.6)


def test_who_has_the_query_to_the_letter_stands_before_all_others() -> None:
    evidence = {1: Evidence("near", 9.0, 0.9), 2: Evidence("exact", 0.5, 0.1), 3: Evidence("part", 0.5, 0.1)}
    found = fuse(evidence, 0.5, {"exact": 1.0, "part": IDENTIFIER_SHARE})
    assert [one.document_id for one in found] == ["exact", "near", "part"]


def test_words_weigh_more_in_a_long_query() -> None:
    assert [hybrid_weight(long) for long in (0, 0.5, 0.9)] == [0.5, 0.6, 0.68]


def test_one_sided_evidence_and_none() -> None:
    words = {1: Evidence("a", 2.0, None), 2: Evidence("b", 1.0, None)}
    assert [(one.document_id, one.score) for one in fuse(words)] == [("a", 0.5), ("b", 0.25)]
    meaning = {1: Evidence("a", None, 0.2), 2: Evidence("b", None, 0.1)}
    assert [(one.document_id, one.score) for one in fuse(meaning)] == [("a", 0.5), ("b", 0.25)]
    assert fuse({}) == []


def test_the_order_of_the_evidence_does_not_count() -> None:
    rows = {i: Evidence("dcba"[i % 4], float(i % 3), 0.5) for i in range(1, 20)}
    assert fuse(rows) == fuse(dict(reversed(rows.items())))


def test_diversity_by_hand() -> None:
    """a and b say the same; c is another matter. Gains after a: b 0.7*0.9-0.3*1.0=0.33, c 0.7*0.5-0=0.35."""
    alike = {frozenset("ab"): 1.0}

    def similarity(one: str, other: str) -> float:
        return alike.get(frozenset((one, other)), 0.0)

    scores = {"a": 1.0, "b": 0.9, "c": 0.5}
    assert diversify(scores, similarity, 3) == ["a", "c", "b"]
    assert diversify(scores, similarity, 2) == ["a", "c"]
    assert diversify(scores, similarity, 3, balance=1.0) == ["a", "b", "c"]
    assert diversify(scores, similarity, 0) == []
    assert diversify({}, similarity, 3) == []
    assert diversify({"x": 0.5, "y": 0.5}, similarity, 2) == ["x", "y"]


def test_of_what_is_alike_no_more_than_two_come_before_all_others() -> None:
    """a, b, c and e are reports of one matter."""

    def similarity(one: str, other: str) -> float:
        return 1.0 if {one, other} <= set("abce") else 0.0

    assert spread("abcdef", similarity, 6, 0.9, 2) == ["a", "b", "d", "f", "c", "e"]
    assert spread("abcdef", similarity, 3, 0.9, 2) == ["a", "b", "d"]
    assert spread("abc", similarity, 3, 0.9, 2) == ["a", "b", "c"]
    assert spread("", similarity, 3, 0.9, 2) == []
