"""Readers of what strangers wrote: nasty files, and such files cut up and sewn together, through each of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.nasty import NASTY
from tests.fuzz.targets import TARGETS

PIECES = [body[:2000] for body in NASTY.values() if body]


@st.composite
def sewn(draw: st.DrawFn) -> bytes:
    """Pieces of nasty files one after the other, some bytes of them changed."""
    body = bytearray()
    for piece in draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3)):
        start = draw(st.integers(0, len(piece) - 1))
        body += piece[start : start + draw(st.integers(1, 2000))]
    for at in draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        body[at] = draw(st.integers(0, 255))
    return bytes(body)


@pytest.mark.slow
@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_files_are_read_or_refused(nasty):
    for target in TARGETS.values():
        target(NASTY[nasty])


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
@given(body=st.one_of(sewn(), st.binary(max_size=300)))
def test_what_is_sewn_together_is_read_or_refused(target, body):
    TARGETS[target](body)
