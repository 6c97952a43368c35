"""A page as its sentences: what is read of it, and that to leave one out is a subtraction."""

import numpy as np
import pytest

from search.page import LONGEST, evenly, read
from tests.fakes import FakeEncoder

ENCODER = FakeEncoder()


def test_titles_headings_lines_and_sentences_in_their_order() -> None:
    page = read("Shop down", "# Shop down\n\nThe valve stuck. It was\nold.\n\n## Then\n\n- the crew\n", ENCODER.encode)
    assert page is not None
    assert page.sentences == ["Shop down", "The valve stuck.", "It was old.", "Then", "the crew"]
    assert [page.sentences[place] for place in page.telling] == page.sentences[1:]  # none is worth showing: all are


@pytest.mark.parametrize("title", ["Plan", "Change request", "  draft: NOTES"])
def test_a_title_that_says_only_what_kind_of_paper_it_is_is_left_out(title: str) -> None:
    page, untitled, titled = (read(one, "The valve stuck.", ENCODER.encode) for one in (title, "", "Valve plan"))
    assert page is not None
    assert untitled is not None
    assert titled is not None
    assert (page.sentences, page.heads) == (untitled.sentences, 0)
    assert np.array_equal(page.vector(), untitled.vector())
    assert titled.sentences == ["Valve plan", "The valve stuck."]


def test_a_page_without_words_is_none() -> None:
    assert read("", " \n((( --- \n", ENCODER.encode) is None


def test_a_line_or_two_are_short_and_a_paragraph_is_not() -> None:
    line, paragraph = (read("Shop", "The valve stuck. " + "The valves " * count, ENCODER.encode) for count in (3, 40))
    assert line is not None
    assert paragraph is not None
    assert (line.is_short(), paragraph.is_short(), paragraph.is_short(2)) == (True, False, True)


def test_what_is_too_long_for_a_sentence_is_cut_at_blanks() -> None:
    page = read("", "valve " * 500, ENCODER.encode)
    assert page is not None
    assert len(page.sentences) > 1
    assert all(len(one) <= LONGEST and set(one.split()) == {"valve"} for one in page.sentences)


def test_the_page_without_a_sentence_is_the_page_that_never_had_it() -> None:
    told = ["The valve stuck open.", "The crew trusted the alarm.", "A clock stood still.", "The queue was full."] * 12
    told = [f"{sentence[:-1]} at {number}." for number, sentence in enumerate(told)]
    page = read("Valve", " ".join(told), ENCODER.encode)
    assert page is not None
    for place in (1, 20, len(page.sentences) - 1):
        left = read("Valve", " ".join(one for one in told if one != page.sentences[place]), ENCODER.encode)
        assert left is not None
        assert np.allclose(page.vector(place), left.vector(), atol=1e-6)
        assert np.allclose(page.windows(place), left.windows(), atol=1e-6)
        assert page.reading(place) == left.reading()
        (read_in_one,) = ENCODER.encode([left.reading()])
        assert np.allclose(page.asked(read_in_one, place), left.asked(read_in_one), atol=1e-6)
        assert not np.allclose(page.vector(), left.vector(), atol=1e-6)


def test_what_is_asked_is_the_beginning_read_in_one_as_much_as_the_sum_of_the_sentences() -> None:
    page = read("Valve", "The valve stuck open. The crew trusted the alarm.", ENCODER.encode)
    assert page is not None
    (read_in_one,) = ENCODER.encode([page.reading()])
    asked = page.asked(read_in_one)
    assert np.linalg.norm(asked) == pytest.approx(1)
    assert asked @ read_in_one == pytest.approx(asked @ page.vector(), abs=1e-6)  # as near to the one as to the other


@pytest.mark.parametrize(("count", "most"), [(3, 12), (12, 12), (13, 12), (500, 12)])
def test_an_even_choice_keeps_the_first_ones(count: int, most: int) -> None:
    chosen = evenly(range(count), most)
    assert len(chosen) == min(count, most)
    assert chosen == sorted(set(chosen))
    assert chosen[:4] == list(range(count))[:4]
    assert chosen[-1] >= count - 1 - 2 * count // most
