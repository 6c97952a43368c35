"""What is outdated ranks lower: a factor on its score, so that the parts of an explanation still add up. Pure."""

from collections.abc import Mapping, Sequence

from search.ranking import Ranked

OUTDATED = 0.5
"""What the score of a superseded or obsolete lesson counts."""
_BELOW = 0.99
"""The most of its successor's score that a superseded lesson gets: it stands below it."""


def factors(scores: Mapping[str, float], outdated: Mapping[str, str | None]) -> dict[str, float]:
    """By what the score of each outdated document is multiplied; `outdated` has the successor of each, if known.

    It is OUTDATED, or less where the successor is found too and has a lower score: then it stands just below that.
    """
    found: dict[str, float] = {}

    def settled(key: str) -> float:
        """The score that a document ends up with; its successors are settled first."""
        if key in outdated and key not in found:
            found[key] = OUTDATED
            successor = outdated[key]
            if successor is not None and scores.get(successor, 0.0) > 0 and scores[key] > 0:
                found[key] = min(OUTDATED, _BELOW * settled(successor) / scores[key])
        return scores[key] * found.get(key, 1.0)

    for key in outdated.keys() & scores.keys():
        settled(key)
    return found


def lowered_scores(scores: Mapping[str, float], outdated: Mapping[str, str | None]) -> dict[str, float]:
    """Scores by document id, those of outdated documents lowered."""
    by = factors(scores, outdated)
    return {key: round(score * by[key], 6) if key in by else score for key, score in scores.items()}


def lowered(ranked: Sequence[Ranked], outdated: Mapping[str, str | None]) -> list[Ranked]:
    """Ranked documents, those that are outdated moved down; the list as it is where none are."""
    if not outdated:
        return list(ranked)
    by = factors({one.document_id: one.score for one in ranked}, outdated)
    moved = [
        one._replace(score=round(one.score * by[one.document_id], 6), factor=by[one.document_id])
        if one.document_id in by
        else one
        for one in ranked
    ]
    return sorted(moved, key=lambda one: (-one.score, one.document_id))
