"""guess_kind: is it a post-mortem, a lesson or guidance? Told by title, tags and headings; else unknown."""

import re
from collections.abc import Iterable, Sequence

from corpus.types import Kind

_GUIDANCE = re.compile(
    r"\bhow[- ]to\b|\bguid(?:e|es|ance|eline|elines)\b|\bstandards?\b(?! library)|\bplaybooks?\b|\bcheat ?-?sheets?\b"
    r"|\bprinciples?\b|\bbest practices?\b|\bchecklists?\b|\btemplates?\b|\bhandbook\b|\brunbook\b"
    r"|^what (?:is|are) (?:a |an )?(?:post|incident)",
    re.IGNORECASE,
)
_POST_MORTEM = re.compile(
    r"\bpost[- ]?mortems?\b|\bincident (?:report|review|summary|documentation|analysis)|\boutages?\b|\broot cause\b"
    r"|\bservice (?:disruption|degradation|interruption)|\bwhat (?:happened|went wrong)\b|\bRCA\b"
    r"|\bafter[- ]action report",
    re.IGNORECASE,
)
_LESSON = re.compile(r"\blessons?\b(?! plan)|\bwhat (?:to|we|i)(?: have|'ve|’ve)? learn", re.IGNORECASE)
_COURSE = re.compile(r"\btimeline\b|\bchronology\b|\bwhat happened\b|\bsequence of events\b", re.IGNORECASE)
_CONSEQUENCE = re.compile(
    r"\bimpact\b|\broot causes?\b|\bresolution\b|\bremediation\b|\bactionables?\b|\baction items?\b|\bdetection\b"
    r"|\bmitigation\b|\bcontributing factors?\b|\blessons? learn",
    re.IGNORECASE,
)


def guess_kind(
    title: str | None, headings: Sequence[str], tags: Iterable[str] = (), front_kind: Kind | None = None
) -> Kind | None:
    """What the document calls itself, by its own field, its title, its tags, its headings. None if nothing says so."""
    if front_kind:
        return front_kind
    by_name = _named(title or "") or _named(" , ".join(tags))
    return by_name or _built(headings)


def _named(text: str) -> Kind | None:
    # "How to write a post-mortem" is guidance: its words come before the thing it is about.
    if _GUIDANCE.search(text):
        return "guidance"
    if _POST_MORTEM.search(text):
        return "post-mortem"
    return "lesson" if _LESSON.search(text) else None


def _built(headings: Sequence[str]) -> Kind | None:
    course = any(_COURSE.search(line) for line in headings)
    consequences = sum(1 for line in headings if _CONSEQUENCE.search(line))
    if (course and consequences) or consequences >= 3:
        return "post-mortem"
    if any(re.search(r"\broot cause\b|\bpost[- ]?mortem\b", line, re.IGNORECASE) for line in headings):
        return "post-mortem"
    learned = any(re.match(r"lessons?\b|what (we|i) learn", line, re.IGNORECASE) for line in headings)
    return "lesson" if learned else None
